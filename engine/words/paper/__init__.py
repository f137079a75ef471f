"""Sentences for the methods and the results of a paper, with the numbers of one's own model.

A passage is for a situation, and there is one of a model only if the situation is the model's. The
text is plain: names appear as in the data, without markup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.account.headline import headline
from engine.comparison import Comparison, compare_example
from engine.data.formula.terms import INTERCEPT
from engine.words.paper.coefficients import between, disagree, few_clusters, separate, within
from engine.words.paper.design import model, sample
from engine.words.paper.passage import Passage, named
from engine.words.paper.variances import icc, singular, slopes

__all__ = ["SITUATIONS", "Passage", "Situation", "choices", "first_choice", "passages"]


@dataclass(frozen=True)
class Situation:
    """A situation in which a paper has something to say.

    Attributes
    ----------
    title
        What it is called.
    example, formula, term
        An example that is in it, its model, and which coefficient.
    passage
        Returns what to say of a model, given the place of a coefficient; None if the model is not
        in this situation.
    """

    title: str
    example: str
    formula: str
    term: str
    passage: Callable[[Comparison, int], Passage | None]

    def of_example(self) -> Passage:
        """Return what to say of the example."""
        comparison = compare_example(self.example, self.formula)
        passage = self.passage(comparison, comparison.mixed.names.index(self.term))
        assert passage is not None
        return passage


def choices(comparison: Comparison) -> dict[str, str]:
    """Return the coefficients a paper may report, by the model's name of each, as sentences do.

    Parameters
    ----------
    comparison
        Both fits.

    Returns
    -------
    dict of str to str
        The slopes; the intercept only if there are none.
    """
    names = comparison.mixed.names
    kept = [name for name in names if name != INTERCEPT] or list(names)
    return {name: named(comparison, names.index(name)).removeprefix("the ") for name in kept}


def first_choice(comparison: Comparison) -> str:
    """Return the coefficient to start with: the one to speak of first, if it is a choice.

    Parameters
    ----------
    comparison
        Both fits.
    """
    kept = choices(comparison)
    term = headline(comparison).term
    return term if term in kept else next(iter(kept))


_PUPILS = ("high_school_and_beyond", "math ~ ses + (1 | school)", "ses")
_PLOTS = ("puzzle_split_plot", "y ~ a + b + (1 | s)", "aa2")

SITUATIONS: Mapping[str, Situation] = {
    "sample": Situation("Sample sizes", *_PUPILS, sample),
    "model": Situation("The model", *_PUPILS, model),
    "within": Situation("A coefficient answered within clusters", *_PUPILS, within),
    "between": Situation("A coefficient answered between clusters", *_PLOTS, between),
    "slopes": Situation(
        "Random slopes",
        "sleepstudy",
        "Reaction ~ Days + (1 + Days | Subject)",
        "Days",
        slopes,
    ),
    "disagree": Situation(
        "OLS and the mixed model disagree",
        "puzzle_public_capital",
        "log_gsp ~ log_pcap + log_pc + log_emp + unemp + (1 | state)",
        "log_pcap",
        disagree,
    ),
    "separated": Situation("Within and between separated", *_PUPILS, separate),
    "few-clusters": Situation("Few clusters", *_PLOTS, few_clusters),
    "icc": Situation("Intraclass correlation and design effect", *_PUPILS, icc),
    "singular": Situation(
        "A singular fit",
        "puzzle_zero_variance",
        "y ~ 1 + (1 | subject)",
        INTERCEPT,
        singular,
    ),
}


def passages(comparison: Comparison, term: str) -> dict[str, Passage]:
    """Return what a paper can say of a model.

    Parameters
    ----------
    comparison
        Both fits.
    term
        The coefficient it is about, one of `choices`.

    Returns
    -------
    dict of str to Passage
        By the id of each situation that is the model's.
    """
    place = comparison.mixed.names.index(term)
    found = {name: each.passage(comparison, place) for name, each in SITUATIONS.items()}
    return {name: passage for name, passage in found.items() if passage is not None}
