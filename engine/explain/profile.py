"""Rows and both fits along one predictor, the others held at their averages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.comparison import Comparison
from engine.data.design import Design
from engine.data.moments import FloatArray, IntArray
from engine.errors import DataError

# More points than this are neither drawn quickly nor told apart.
MOST_POINTS = 2_000
_JITTER = 0.32
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Profile:
    """What a figure of both models over the rows needs.

    Attributes
    ----------
    predictor, outcome
        Names for the two axes; ``predictor`` is empty when the model has none.
    ticks
        Levels of a categorical predictor, drawn at 0, 1, 2, ...; None for a number.
    x, y, cluster
        Rows shown, shape (M,): position along the predictor (spread out sideways within a
        category), outcome, and cluster 0..J-1.
    rows
        Rows behind the fits; when M is smaller, the rows shown are a fixed sample.
    levels
        The J cluster labels.
    grid, ols, mixed
        Positions along the predictor and both models' lines there, shape (L,).
    own_offsets, shrunken_offsets
        What to add to the mixed line for each cluster by itself and in the mixed model, (J,).
    """

    predictor: str
    outcome: str
    ticks: tuple[str, ...] | None
    x: FloatArray
    y: FloatArray
    cluster: IntArray
    rows: int
    levels: tuple[str, ...]
    grid: FloatArray
    ols: FloatArray
    mixed: FloatArray
    own_offsets: FloatArray
    shrunken_offsets: FloatArray

    @property
    def x_range(self) -> tuple[float, float]:
        """Limits that leave a little room on both sides."""
        if self.ticks is not None:
            return -0.5, len(self.ticks) - 0.5
        low, high = float(self.grid[0]), float(self.grid[-1])
        room = 0.03 * (high - low)
        return low - room, high + room


def along(comparison: Comparison, predictor: str | None = None) -> Profile:
    """Return rows and fits along one predictor.

    Parameters
    ----------
    comparison
        Both fits.
    predictor
        A predictor of the formula; by default the first one. A model without predictors gets
        one position for all rows.

    Raises
    ------
    DataError
        When the formula has no such predictor.
    """
    design = comparison.design
    if predictor is None:
        predictor = next(iter(design.predictors), "")
    elif predictor not in design.predictors:
        raise DataError(
            f"The model has no predictor {predictor}; it has {', '.join(design.predictors)}."
        )
    shown = _shown_rows(design.rows)
    ticks: tuple[str, ...] | None
    if predictor in design.categories:
        ticks = design.categories[predictor]
        grid = np.arange(len(ticks), dtype=np.float64)
        x = design.predictors[predictor][shown] + _sideways(shown)
    elif predictor:
        ticks = None
        values = design.predictors[predictor]
        grid = np.array([values.min(), values.max()], dtype=np.float64)
        x = np.asarray(values[shown], dtype=np.float64)
    else:
        ticks = ("all rows",)
        grid = np.array([-_JITTER, _JITTER])
        x = _sideways(shown)
    matrix = _rows_at(design, comparison.mixed.names, predictor, grid)
    clusters = comparison.clusters
    pooled = float(comparison.mixed.estimates[0]) if comparison.moments.has_intercept else 0.0
    return Profile(
        predictor=predictor,
        outcome=design.outcome_name,
        ticks=ticks,
        x=x,
        y=design.outcome[shown],
        cluster=design.cluster_codes[shown],
        rows=design.rows,
        levels=design.levels,
        grid=grid,
        ols=matrix @ comparison.ols.estimates,
        mixed=matrix @ comparison.mixed.estimates,
        own_offsets=clusters.no_pooling - pooled,
        shrunken_offsets=clusters.effects,
    )


def _shown_rows(rows: int) -> IntArray:
    if rows <= MOST_POINTS:
        return np.arange(rows)
    # Any fixed seed would do: the same rows must be shown after every change.
    return np.sort(np.random.default_rng(0).choice(rows, MOST_POINTS, replace=False))


def _sideways(rows: IntArray) -> FloatArray:
    """Spread points evenly and without chance (multiples of the golden ratio)."""
    return np.asarray((2.0 * (rows * _GOLDEN % 1.0) - 1.0) * _JITTER)


def _rows_at(
    design: Design, names: tuple[str, ...], predictor: str, grid: FloatArray
) -> FloatArray:
    """Rows of the design matrix along the predictor, shape (L, columns in ``names``)."""
    averages = {
        name: float(values.mean())
        for name, values in design.predictors.items()
        if name not in design.categories
    }
    matrix = np.ones((len(grid), len(names)))
    for place, name in enumerate(names):
        for factor, level in design.columns[design.names.index(name)].factors:
            if factor == predictor:
                matrix[:, place] *= grid if level is None else grid == level
            elif level is None:
                matrix[:, place] *= averages[factor]
            else:
                matrix[:, place] *= float(np.mean(design.predictors[factor] == level))
    return matrix
