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
from engine.data.regroup import cluster_names
from engine.figures.course import FittedLines, along
from engine.models.mixed.results import MixedFit
from engine.models.ols import OlsFit
from engine.words.numbers import as_printed, with_decimals
from pages.parts.puzzles.change import UNCHANGED, Change, Tool

Quantity: TypeAlias = Literal["estimate", "error", "t"]


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
    closer
        If above 0, it is enough that they are closer together than this.
    """

    said: str
    quantity: Quantity = "estimate"
    equal: bool = True
    closer: float = 0.0


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
    lesson
        Id of the lesson that explains it.
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
    lesson: str
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

    def gap(self, comparison: Comparison) -> str:
        """Return how far apart these numbers are, as printed."""
        ols, mixed = map(as_printed, self.numbers(comparison))
        return with_decimals(abs(ols - mixed), self.decimals)

    def is_solved(self, comparison: Comparison) -> bool:
        """Return whether the goal is reached, to the decimals that are printed."""
        if self.term not in comparison.mixed.names:
            return False
        gap = as_printed(self.gap(comparison))
        if self.goal.closer:
            return gap < self.goal.closer
        return (gap == 0.0) == self.goal.equal

    def fitted(self, change: Change = UNCHANGED) -> Comparison:
        """Return both fits to the rows after a change.

        Raises
        ------
        BetwixtError
            The rows that are left have no answer.
        """
        return _fitted(self.example, self.data.formula, change)

    def outcome_means(self, change: Change) -> dict[str, float]:
        """Return the mean of the outcome in each cluster after a change, by the cluster's name."""
        frame, formula = change.applied(_rows(self.example), self.data.formula)
        model = parse(formula)
        means = frame.groupby(cluster_names(frame, model.random.group))[model.outcome].mean()
        return {str(level): float(mean) for level, mean in means.items()}

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
    return compare(*change.applied(_rows(name), formula))


def answered_slope(fitted: FittedLines, ends: Mapping[str, float]) -> float:
    """Return the slope of a line through two heights at the ends of the others."""
    return float((ends["right"] - ends["left"]) / np.ptp(fitted.grid))
