"""The project's example data, fitted once for all tests, and moments computed directly."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from engine import Comparison, compare
from engine.data.design import build
from engine.data.formula.grammar import parse
from engine.data.moments import Moments
from engine.data.reduction import moments_from_rows

DATA = Path(__file__).resolve().parent.parent.parent / "data"

# The famous puzzles, and the model that those who asked had fitted.
PUZZLES = {
    "puzzle_33995_even": "y ~ x + (1 | m)",
    "puzzle_33995_uneven": "y ~ x + (1 | m)",
    "puzzle_161703": "Y ~ X + (1 | ID)",
    "puzzle_random_vs_fixed": "y ~ x + (1 | f)",
    "mpg": "hwy ~ displ + year + (1 | class)",
    "high_school_and_beyond": "math ~ ses + (1 | school)",
}


def example(name: str) -> pd.DataFrame:
    """Read one example data set."""
    return pd.read_csv(DATA / f"{name}.csv")


@cache
def puzzle(name: str) -> Comparison:
    """Fit the model of a famous puzzle."""
    return compare(example(name), PUZZLES[name])


def moments_of(frame: pd.DataFrame, formula: str) -> Moments:
    """Reduce a frame to moments, without fitting anything."""
    design = build(frame, parse(formula))
    return moments_from_rows(
        design.matrix,
        design.outcome,
        design.cluster_codes,
        names=design.names,
        levels=design.levels,
        has_intercept=design.has_intercept,
    )
