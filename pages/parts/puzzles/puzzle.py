"""What a puzzle is: data and prose, in the order in which they are seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from engine import Comparison, compare
from engine.data.examples import EXAMPLES, Example, load
from engine.data.formula.grammar import parse
from engine.data.regroup import (
    from_cluster_means,
    half_of_clusters,
    pulled_apart,
    without_clusters,
)
from engine.figures.course import FittedLines, along
from engine.models.mixed.results import MixedFit
from engine.models.ols import OlsFit
from engine.words.numbers import with_decimals

Quantity: TypeAlias = Literal["estimate", "error", "t"]
# What may be changed: clusters left out, clusters thinned, predictors measured from their cluster
# means, cluster means pulled apart.
Tool: TypeAlias = Literal["out", "half", "centred", "apart"]
MOST_APART = 3.0


@dataclass(frozen=True)
class Posted:
    """A number as it was posted for both models, digit for digit.

    Attributes
    ----------
    term
        Whose number it is, as the engine names it.
    ols, mixed
        The digits, with a true minus sign.
    quantity
        What of the term it is.
    """

    term: str
    ols: str
    mixed: str
    quantity: Quantity = "estimate"

    def here(self, comparison: Comparison) -> tuple[str, str]:
        """Return what the engine says of OLS and the mixed model, to the decimals posted."""
        place = comparison.mixed.names.index(self.term)
        return (
            with_decimals(value_of(comparison.ols, place, self.quantity), decimals_of(self.ols)),
            with_decimals(
                value_of(comparison.mixed, place, self.quantity), decimals_of(self.mixed)
            ),
        )


def decimals_of(posted: str) -> int:
    """Return how many decimals a number was posted with."""
    return len(posted.partition(".")[2])


def value_of(fit: OlsFit | MixedFit, place: int, quantity: Quantity) -> float:
    """Return an estimate of a fit, its standard error, or one over the other."""
    estimate, error = float(fit.estimates[place]), float(fit.standard_errors[place])
    return {"estimate": estimate, "error": error, "t": estimate / error}[quantity]


@dataclass(frozen=True)
class Change:
    """What was done to the rows. Each thing done is one move.

    Attributes
    ----------
    out, half
        Clusters left out, and clusters of which every second row is kept.
    centred
        Whether the predictors are measured from their cluster means.
    apart
        By what the distances between the cluster means of the outcome are multiplied.
    """

    out: tuple[str, ...] = ()
    half: tuple[str, ...] = ()
    centred: bool = False
    apart: float = 1.0

    @property
    def moves(self) -> int:
        """How many things were done."""
        return len(self.out) + len(self.half) + self.centred + (self.apart != 1.0)

    def applied(self, frame: pd.DataFrame, formula: str) -> pd.DataFrame:
        """Return the rows after it."""
        model = parse(formula)
        cluster = model.random.group
        frame = without_clusters(frame, cluster, self.out)
        frame = half_of_clusters(frame, cluster, self.half)
        if self.centred:
            frame = from_cluster_means(frame, cluster, model.predictors())
        return pulled_apart(frame, cluster, model.outcome, self.apart)


@dataclass(frozen=True)
class Goal:
    """What to reach by changing rows.

    Attributes
    ----------
    said
        The goal, in one sentence.
    quantity
        Of which both models' numbers are compared, for the puzzle's term.
    equal
        Whether they have to agree as printed, or to differ.
    """

    said: str
    quantity: Quantity = "estimate"
    equal: bool = True


@dataclass(frozen=True)
class Choices:
    """An answer by words, where no line can tell it.

    Attributes
    ----------
    options
        The sentences, by id.
    right
        Id of the right one.
    replies
        What is said to each, by id.
    """

    options: Mapping[str, str]
    right: str
    replies: Mapping[str, Callable[[Comparison], str]]


@dataclass(frozen=True)
class Puzzle:
    """A puzzle, in the order in which it is seen.

    Attributes
    ----------
    id
        Its name in addresses.
    title : str
    example
        Name of the example that holds its rows, its model and their source.
    asked_in
        Where it was asked, by number and title.
    asked
        What was asked, in our words.
    question
        What to answer, given what OLS says.
    predictor
        The predictor that the figure runs along; empty for the first one.
    term
        The coefficient that it is about.
    posted
        The numbers that were posted.
    why
        Why the numbers came out so, as Markdown.
    keep
        The sentence to keep.
    goal, tools, solution
        What to reach, what may be changed, and a change that reaches it, which a test plays.
    choices
        How to answer, if not by a line on the figure.
    """

    id: str
    title: str
    example: str
    asked_in: str
    asked: str
    question: Callable[[Comparison], str]
    term: str
    posted: Sequence[Posted]
    why: Callable[[Comparison], str]
    keep: str
    goal: Goal
    tools: Sequence[Tool]
    solution: Change
    predictor: str = ""
    choices: Choices | None = None

    @property
    def data(self) -> Example:
        """Its rows, model and source."""
        return next(example for example in EXAMPLES if example.name == self.example)

    @property
    def decimals(self) -> int:
        """Decimals to which the goal compares: as many as were posted of its term."""
        return max(decimals_of(each.ols) for each in self.posted if each.term == self.term)

    def numbers(self, comparison: Comparison) -> tuple[str, str]:
        """Return what the goal compares, for OLS and the mixed model, as printed."""
        place = comparison.mixed.names.index(self.term)
        ols, mixed = (
            with_decimals(value_of(fit, place, self.goal.quantity), self.decimals)
            for fit in (comparison.ols, comparison.mixed)
        )
        return ols, mixed

    def is_solved(self, comparison: Comparison) -> bool:
        """Return whether the goal is reached, to the decimals that are printed."""
        if self.term not in comparison.mixed.names:
            return False
        ols, mixed = self.numbers(comparison)
        return (ols == mixed) == self.goal.equal

    def fitted(self, change: Change = Change()) -> Comparison:
        """Return both fits to the rows after a change.

        Raises
        ------
        BetwixtError
            The rows that are left have no answer.
        """
        return _fitted(self.example, self.data.formula, change)

    def lines(self, comparison: Comparison) -> FittedLines:
        """Return the rows and both lines along its predictor."""
        return along(comparison, self.predictor or None)


@cache
def _rows(name: str) -> pd.DataFrame:
    return load(name)


@cache
def _as_posted(name: str, formula: str) -> Comparison:
    return compare(_rows(name), formula)


def _fitted(name: str, formula: str, change: Change) -> Comparison:
    if not change.moves:
        return _as_posted(name, formula)
    return compare(change.applied(_rows(name), formula), formula)


def answered_slope(fitted: FittedLines, ends: Mapping[str, float]) -> float:
    """Return the slope of a line through two heights at the ends of the others."""
    return float((ends["right"] - ends["left"]) / np.ptp(fitted.grid))
