"""The six schools, whose pupils sat one test: data of several lessons."""

from __future__ import annotations

import math
from typing import Any

from engine import Comparison
from engine.data.moments import FloatArray
from engine.figures.beam import Beam, weigh
from pages.parts.lesson.data import fitted
from pages.parts.lesson.lesson import Control, stops_to_infinity

# Titles of the axes.
AXES: dict[str, Any] = {"outcome": "score (points)", "cluster": "school (pupils)"}


def both() -> Comparison:
    """Both fits to the schools as they are."""
    return fitted("lesson_schools")


def residual_variance() -> float:
    """The residual variance that REML estimates, in squared points."""
    return both().mixed.residual_variance


def between_variance() -> float:
    """The between-cluster variance that REML estimates, in squared points."""
    return both().mixed.between_variance


def beam(ratio: float, counts: FloatArray, means: FloatArray) -> Beam:
    """The schools on a beam, with these sizes and means and at this variance ratio."""
    return weigh(both().moments.levels, counts, means, ratio)


def between_control(help_: str) -> Control:
    """A slider of the between-cluster variance, from 0 to infinity, REML's in the middle."""
    return Control(
        "between_variance",
        "Between-cluster variance τ²",
        0.0,
        math.inf,
        between_variance,
        scale="stops",
        stops=lambda: stops_to_infinity(between_variance()),
        help=help_,
    )
