"""Outcomes with few different values: what they hold, and what the models make of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.comparison import Comparison
from engine.data.moments import FloatArray

# A scale of agreement has up to seven steps.
_MOST_VALUES = 7
# With fewer rows than this for each value it is no surprise that values recur.
_LEAST_ROWS = 3
# An outcome with more values than fit here shows so in its first rows.
_FIRST_ROWS = 1_000


@dataclass(frozen=True)
class FewValues:
    """An outcome of two values, or of few whole numbers.

    Attributes
    ----------
    values
        The different values, ascending.
    shares
        Share of the rows that hold each.
    by_ols, by_mixed
        Lowest and highest prediction for a row by OLS, and by the mixed model with the clusters'
        predicted effects, in outcome units.
    """

    values: tuple[float, ...]
    shares: tuple[float, ...]
    by_ols: tuple[float, float]
    by_mixed: tuple[float, float]

    @property
    def binary(self) -> bool:
        """Whether there are two values."""
        return len(self.values) == 2


def few_values(comparison: Comparison) -> FewValues | None:
    """Return what an outcome of few values holds, or None if it has many.

    Parameters
    ----------
    comparison
        Both fits.

    Returns
    -------
    FewValues or None
        Two values of any kind, or three to seven whole numbers, with three rows or more for each.
    """
    outcome = comparison.design.outcome
    if len(np.unique(outcome[:_FIRST_ROWS])) > _MOST_VALUES:
        return None
    values, counts = np.unique(outcome, return_counts=True)
    if len(values) > _MOST_VALUES or len(outcome) < _LEAST_ROWS * len(values):
        return None
    if len(values) > 2 and (values != np.round(values)).any():
        return None
    return FewValues(
        values=tuple(values.tolist()),
        shares=tuple((counts / len(outcome)).tolist()),
        by_ols=_ends(outcome - comparison.ols_residuals),
        by_mixed=_ends(comparison.fitted_values),
    )


def _ends(predictions: FloatArray) -> tuple[float, float]:
    return float(predictions.min()), float(predictions.max())
