"""Data whose REML criterion is searched: curves, lowest places, and the engine's own looks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from engine import Comparison
from engine.account.criterion import CriterionPoints, criterion_points
from engine.account.path import DialPath
from engine.figures.search import View, curve_ratios
from engine.models.balanced import BalancedFit, balanced_fit
from engine.models.mixed.intercept_fit import Search, best_ratio
from engine.models.mixed.intercept_fit import search as engine_search
from engine.models.mixed.likelihood import Likelihood
from pages.parts.lesson.data import fitted


@dataclass(frozen=True)
class Case:
    """Data whose curve is searched.

    Attributes
    ----------
    data, formula
        The example and its model.
    term
        Position of the coefficient that the figure shows.
    name
        What the learner picks.
    coefficient, unit
        What the coefficient is called in a sentence, and what stands behind its number.
    rows
        The rows in a few words, with places for numbers.
    view
        What the axes of the figure show.
    """

    data: str
    formula: str
    term: int
    name: str
    coefficient: str
    unit: str
    rows: str
    view: View


CASES = {
    "cars": Case(
        "mpg", "hwy ~ displ + year + (1 | class)", 1, "Cars",
        "a litre of engine size comes to", " miles per gallon", "{rows} cars in {clusters} classes",
        View((1140.0, 1200.0), (-3.95, -1.5), "slope", " mpg per litre"),
    ),
    "nights": Case(
        "sleepstudy", "Reaction ~ 1 + (1 | Subject)", 0, "Sleep",
        "the mean reaction time is", " ms", "{clusters} people on {size} days each",
        View((1880.0, 1960.0), (293.0, 304.0), "mean", " ms"),
    ),
    "subjects": Case(
        "puzzle_zero_variance", "y ~ 1 + (1 | subject)", 0, "Subjects",
        "the mean is", "", "{clusters} subjects of {size} rows each",
        View((130.0, 200.0), (4.4, 5.4), "mean"),
    ),
    "four": Case(
        "puzzle_random_vs_fixed", "y ~ x + (1 | f)", 1, "Clusters",
        "the slope is", "", "{clusters} clusters of {size} rows each",
        View((4.0, 29.0), (-0.2, 0.7), "slope"),
    ),
}  # fmt: skip
CARS, NIGHTS, SUBJECTS, FOUR = CASES


def both(case: Case) -> Comparison:
    return fitted(case.data, case.formula)


def described(case: Case) -> str:
    """The rows of the data."""
    moments = both(case).moments
    return case.rows.format(
        rows=moments.rows, clusters=len(moments.levels), size=int(moments.counts[0])
    )


def points(case: Case, *ratios: float) -> CriterionPoints:
    return criterion_points(both(case), case.term, np.array(ratios))


@cache
def curve(name: str) -> CriterionPoints:
    """All of the curve, its lowest places among its points."""
    return points(CASES[name], *curve_ratios([known.ratio for known in DialPath(at(name)).minima]))


def at(name: str) -> Comparison:
    return both(CASES[name])


@cache
def minima(name: str) -> CriterionPoints:
    """The lowest places of the curve, the lowest of all first."""
    return points(CASES[name], *(known.ratio for known in DialPath(at(name)).minima))


@cache
def engine(name: str) -> tuple[Search, CriterionPoints]:
    """How the engine searches, and its looks after the first round."""
    found = engine_search(at(name).dial)
    looks = [ratio for path in found.polished for ratio in path]
    return found, points(CASES[name], *looks)


def balanced(name: str) -> BalancedFit:
    """The estimates by formula, of data that have one."""
    fit = balanced_fit(at(name).moments)
    assert fit is not None
    return fit


@cache
def ml_ratio(name: str) -> float:
    """The ratio that maximum likelihood estimates."""
    return best_ratio(at(name).dial, Likelihood.ML)
