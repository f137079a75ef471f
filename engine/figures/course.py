"""Rows and both fits along one predictor, with the other predictors held at their averages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from engine.comparison import Comparison
from engine.data.design import Design
from engine.data.moments import FloatArray, IntArray
from engine.errors import DataError

LevelAt: TypeAlias = Literal["average", "zero"]

# More points than this are slow to draw and impossible to tell apart.
MOST_POINTS = 1_500
_JITTER = 0.32
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Profile:
    """What a figure of the rows and both models needs.

    Attributes
    ----------
    predictor, outcome
        Names for the two axes; ``predictor`` is empty if the model has none.
    ticks
        Levels of a categorical predictor, drawn at 0, 1, 2, ...; None for a numeric one.
    x, y, cluster
        The rows shown, shape (M,): position along the predictor (with jitter within a category),
        outcome, and cluster 0..J-1.
    rows
        Number of rows behind the fits. If M is smaller, the rows shown are a fixed sample.
    levels
        The J cluster labels.
    grid, ols, mixed
        Positions along the predictor, and the line of each model there, shape (L,).
    ols_level, mixed_level
        Each model's expected outcome at the point where clusters are compared; see ``level_at``.
    level_at
        "average" puts every predictor at its average, "zero" at zero, which makes the levels
        intercepts.
    mean_x, mean_y
        Each cluster's mean along both axes, shape (J,), with jitter within categories.
    own_offsets, shrunken_offsets
        What each cluster adds to the mixed line, by itself and in the mixed model, shape (J,), in
        outcome units.
    """

    predictor: str
    outcome: str
    ticks: tuple[str, ...] | None
    x: FloatArray
    y: FloatArray
    cluster: IntArray
    rows: int
    levels: Sequence[str]
    grid: FloatArray
    ols: FloatArray
    mixed: FloatArray
    ols_level: float
    mixed_level: float
    level_at: LevelAt
    mean_x: FloatArray
    mean_y: FloatArray
    own_offsets: FloatArray
    shrunken_offsets: FloatArray

    @property
    def x_range(self) -> tuple[float, float]:
        """Limits of the predictor axis, with a little room on both sides."""
        if self.ticks is not None:
            return -0.5, len(self.ticks) - 0.5
        low, high = float(self.grid[0]), float(self.grid[-1])
        room = 0.03 * (high - low)
        return low - room, high + room


def along(
    comparison: Comparison, predictor: str | None = None, *, level_at: LevelAt = "average"
) -> Profile:
    """Return rows and fits along one predictor.

    Parameters
    ----------
    comparison
        Both fits.
    predictor
        A predictor of the formula; by default the first one. A model without predictors has one
        position for all rows.
    level_at
        Where the levels of the clusters are compared. A predictor such as ``year`` has its zero
        far from the data, where intercepts tell little; the average always lies among the data.

    Returns
    -------
    Profile
        Rows, lines and cluster levels, in the units of the data.

    Raises
    ------
    DataError
        The formula has no such predictor.
    FitError
        Slopes vary too, and a cluster then has no single level.
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
    level = _level_row(design, comparison.mixed.names, level_at)
    clusters = comparison.clusters
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
        ols_level=float(level @ comparison.ols.estimates),
        mixed_level=float(level @ comparison.mixed.estimates),
        level_at=level_at,
        mean_x=_cluster_means_along(design, predictor),
        mean_y=clusters.means,
        own_offsets=clusters.own_effects,
        shrunken_offsets=clusters.effects,
    )


def _cluster_means_along(design: Design, predictor: str) -> FloatArray:
    """Return the mean position of each cluster along a predictor, shape (J,)."""
    size = len(design.levels)
    if not predictor:
        return np.zeros(size)
    sums = np.bincount(design.cluster_codes, design.predictors[predictor], minlength=size)
    means = sums / np.bincount(design.cluster_codes, minlength=size)
    return np.asarray(means + 0.4 * _sideways(np.arange(size)) * (predictor in design.categories))


def _shown_rows(rows: int) -> IntArray:
    if rows <= MOST_POINTS:
        return np.arange(rows)
    # A fixed seed, whichever it is, shows the same rows after every change.
    return np.sort(np.random.default_rng(0).choice(rows, MOST_POINTS, replace=False))


def _sideways(rows: IntArray) -> FloatArray:
    """Return evenly spread jitter without randomness, from multiples of the golden ratio."""
    return np.asarray((2.0 * (rows * _GOLDEN % 1.0) - 1.0) * _JITTER)


def _level_row(design: Design, names: tuple[str, ...], level_at: LevelAt) -> FloatArray:
    """Return the row of the design matrix at which clusters are compared, shape (p,)."""
    if level_at == "zero":
        return np.array(
            [0.0 if design.columns[design.names.index(n)].factors else 1.0 for n in names]
        )
    return np.asarray(_rows_at(design, names, "", np.zeros(1))[0])


def _rows_at(
    design: Design, names: tuple[str, ...], predictor: str, grid: FloatArray
) -> FloatArray:
    """Return rows of the design matrix along the predictor, shape (L, columns in ``names``)."""
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
