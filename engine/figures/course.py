"""Rows along one predictor, with the fitted lines of both models and of each cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from engine.comparison import Comparison
from engine.data.design import Design
from engine.data.formula.terms import INTERCEPT, Column
from engine.data.moments import FloatArray, IntArray
from engine.errors import DataError
from engine.figures.base import sideways

AdjustedTo: TypeAlias = Literal["average", "zero"]

# More points than this are slow to draw and impossible to tell apart.
MOST_POINTS = 1_500
# More lines of each model than this are impossible to tell apart.
_MOST_GROUPS = 6
_JITTER = 0.32


@dataclass(frozen=True)
class FittedLines:
    """What a figure of the rows and both models needs.

    A line is a mean of fitted values: those of all rows for a model, those of its own rows for a
    cluster, with the predictor alone set to each position of the grid. Where the other predictors
    do not vary inside a cluster, its line therefore runs through its fitted values.

    Attributes
    ----------
    predictor, outcome
        Names for the two axes; ``predictor`` is empty if the model has none.
    ticks
        Levels of a categorical predictor, drawn at 0, 1, 2, ...; None for a numeric one.
    x, y, cluster
        The rows shown, shape (M,): position along the predictor (with jitter within a category;
        without a predictor, clusters side by side), outcome, and cluster 0..J-1.
    rows
        Number of rows behind the fits. If M is smaller, the rows shown are a fixed sample.
    levels
        The J cluster labels.
    sizes
        Number of rows of each cluster, shape (J,).
    grid
        Positions along the predictor, shape (L,).
    groups
        What the K lines of each model stand for: the levels of the factors that the predictor
        interacts with. A single line has an empty name.
    ols, mixed
        The lines of each model, shape (K, L), in outcome units.
    no_pooling, partial_pooling
        The line of each cluster by itself, with the slopes of the mixed model, and in the mixed
        model, shape (J, L). A cluster has no line by itself where slopes vary.
    ols_mean, mixed_mean
        Each model's expected outcome where clusters are compared; see ``adjusted_to``.
    adjusted_to
        "average" puts every column of the model at its average, "zero" at zero, which makes the
        adjusted means intercepts.
    mean_x, mean_y
        Each cluster's mean along both axes, shape (J,), with jitter within categories.
    """

    predictor: str
    outcome: str
    ticks: tuple[str, ...] | None
    x: FloatArray
    y: FloatArray
    cluster: IntArray
    rows: int
    levels: Sequence[str]
    sizes: IntArray
    grid: FloatArray
    groups: tuple[str, ...]
    ols: FloatArray
    mixed: FloatArray
    no_pooling: FloatArray | None
    partial_pooling: FloatArray
    ols_mean: float
    mixed_mean: float
    adjusted_to: AdjustedTo
    mean_x: FloatArray
    mean_y: FloatArray

    @property
    def x_range(self) -> tuple[float, float]:
        """Limits of the predictor axis, with a little room on both sides."""
        if self.ticks is not None:
            return -0.5, len(self.ticks) - 0.5
        low, high = float(self.grid[0]), float(self.grid[-1])
        room = 0.03 * (high - low)
        return low - room, high + room


def along(
    comparison: Comparison, predictor: str | None = None, *, adjusted_to: AdjustedTo = "average"
) -> FittedLines:
    """Return rows and fits along one predictor.

    Parameters
    ----------
    comparison
        Both fits.
    predictor
        A predictor of the formula; by default the first one. A model without predictors has one
        position for all rows.
    adjusted_to
        Where the means of the clusters are compared. A predictor such as ``year`` has its zero
        far from the data, where intercepts tell little; the average always lies among the data.

    Returns
    -------
    FittedLines
        Rows and lines, in the units of the data.

    Raises
    ------
    DataError
        The formula has no such predictor.
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
        x = design.predictors[predictor][shown] + _JITTER * sideways(shown)
    elif predictor:
        ticks = None
        values = design.predictors[predictor]
        grid = np.array([values.min(), values.max()], dtype=np.float64)
        x = np.asarray(values[shown], dtype=np.float64)
    else:
        ticks = ("all rows",)
        grid = np.array([-_JITTER, _JITTER])
        x = _beside_each_other(design)[shown]
    names = comparison.mixed.names
    columns = _columns(design, names)
    course = _along_grid(columns, predictor, grid)
    groups = _groups(design, columns, predictor)
    rest = np.array([_overall_means(design, columns, predictor, at) for _, at in groups])
    adjusted = _adjusted_row(design, columns, adjusted_to)
    sizes = np.bincount(design.cluster_codes, minlength=len(design.levels))
    no_pooling, partial_pooling = _cluster_lines(comparison, predictor, grid, sizes)
    return FittedLines(
        predictor=predictor,
        outcome=design.outcome_name,
        ticks=ticks,
        x=x,
        y=design.outcome[shown],
        cluster=design.cluster_codes[shown],
        rows=design.rows,
        levels=design.levels,
        sizes=sizes,
        grid=grid,
        groups=tuple(label for label, _ in groups),
        ols=(rest * comparison.ols.estimates) @ course,
        mixed=(rest * comparison.mixed.estimates) @ course,
        no_pooling=no_pooling,
        partial_pooling=partial_pooling,
        ols_mean=float(adjusted @ comparison.ols.estimates),
        mixed_mean=float(adjusted @ comparison.mixed.estimates),
        adjusted_to=adjusted_to,
        mean_x=_cluster_means_along(design, predictor, sizes),
        mean_y=_mean_by_cluster(design, design.outcome, sizes),
    )


def _cluster_lines(
    comparison: Comparison, predictor: str, grid: FloatArray, sizes: IntArray
) -> tuple[FloatArray | None, FloatArray]:
    """Return each cluster's line by itself and in the mixed model, both of shape (J, L)."""
    design, mixed = comparison.design, comparison.mixed
    fixed = _columns(design, mixed.names)
    rest = _cluster_means(design, fixed, predictor, sizes)
    lines = (rest * mixed.estimates) @ _along_grid(fixed, predictor, grid)
    if mixed.random_intercept_only:
        clusters = comparison.clusters
        return lines + clusters.own_effects[:, None], lines + clusters.effects[:, None]
    effects = comparison.random_effects
    random = _columns(design, effects.names)
    own = effects.effects * _cluster_means(design, random, predictor, sizes)
    return None, lines + own @ _along_grid(random, predictor, grid)


def _columns(design: Design, names: Sequence[str]) -> list[Column]:
    by_name = {column.name: column for column in design.columns}
    # A design without a fixed intercept has no column for a random one.
    by_name.setdefault(INTERCEPT, Column(INTERCEPT, ()))
    return [by_name[name] for name in names]


def _along_grid(columns: Sequence[Column], predictor: str, grid: FloatArray) -> FloatArray:
    """Return what the predictor puts into each column along the grid, shape (columns, L)."""
    course = np.ones((len(columns), len(grid)))
    for line, column in zip(course, columns, strict=True):
        for name, level in column.factors:
            if name == predictor:
                line *= grid if level is None else grid == level
    return course


def _rest(
    design: Design, column: Column, predictor: str, at: Mapping[str, int]
) -> FloatArray | float:
    """Return the rest of a column, without the predictor and with some factors at one level.

    The rest has one value per row, shape (N,), or is a number that all rows share.
    """
    shared, by_row = 1.0, None
    for name, level in column.factors:
        if name in at:
            shared *= float(at[name] == level)
        elif name != predictor:
            values = design.predictors[name]
            part = np.asarray(values if level is None else values == level, dtype=np.float64)
            by_row = part if by_row is None else by_row * part
    return shared if by_row is None else shared * by_row


def _overall_means(
    design: Design, columns: Sequence[Column], predictor: str, at: Mapping[str, int]
) -> FloatArray:
    """Return the mean over all rows of the rest of each column, shape (columns,)."""
    return np.array([np.mean(_rest(design, column, predictor, at)) for column in columns])


def _cluster_means(
    design: Design, columns: Sequence[Column], predictor: str, sizes: IntArray
) -> FloatArray:
    """Return the mean in each cluster of the rest of each column, shape (J, columns)."""
    means = np.empty((len(sizes), len(columns)))
    for k, column in enumerate(columns):
        rest = _rest(design, column, predictor, {})
        means[:, k] = rest if isinstance(rest, float) else _mean_by_cluster(design, rest, sizes)
    return means


def _mean_by_cluster(design: Design, values: FloatArray | IntArray, sizes: IntArray) -> FloatArray:
    return np.asarray(np.bincount(design.cluster_codes, values, minlength=len(sizes)) / sizes)


def _groups(
    design: Design, columns: Sequence[Column], predictor: str
) -> list[tuple[str, Mapping[str, int]]]:
    """Return the levels of factors that interact with the predictor, as they occur, with a name.

    One group without a name stands for all rows, if there are no such factors or too many levels.
    """
    names = [{name for name, _ in column.factors} for column in columns]
    partners = set().union(*(found for found in names if predictor in found)) - {predictor}
    factors = [name for name in design.categories if name in partners]
    if not factors:
        return [("", {})]
    codes = np.stack([design.predictors[name] for name in factors])
    cells = np.unique(codes.astype(np.int64), axis=1).T.tolist()
    if len(cells) > _MOST_GROUPS:
        return [("", {})]
    return [
        (
            ", ".join(design.categories[name][k] for name, k in zip(factors, cell, strict=True)),
            dict(zip(factors, cell, strict=True)),
        )
        for cell in cells
    ]


def _cluster_means_along(design: Design, predictor: str, sizes: IntArray) -> FloatArray:
    """Return the mean position of each cluster along a predictor, shape (J,)."""
    if not predictor:
        return _across(len(sizes))
    means = _mean_by_cluster(design, design.predictors[predictor], sizes)
    jitter = 0.4 * _JITTER * sideways(np.arange(len(sizes)))
    return means + jitter * (predictor in design.categories)


def _shown_rows(rows: int) -> IntArray:
    if rows <= MOST_POINTS:
        return np.arange(rows)
    # A fixed seed, whichever it is, shows the same rows after every change.
    return np.sort(np.random.default_rng(0).choice(rows, MOST_POINTS, replace=False))


def _across(clusters: int) -> FloatArray:
    """Return a position for each of J clusters, evenly over the room for jitter, shape (J,)."""
    return np.asarray(_JITTER * ((2.0 * np.arange(clusters) + 1.0) / clusters - 1.0))


def _beside_each_other(design: Design) -> FloatArray:
    """Return a position for each row where there is no predictor: beside its cluster's others."""
    clusters = len(design.levels)
    around = 0.6 * _JITTER * sideways(np.arange(design.rows)) / clusters
    return np.asarray(_across(clusters)[design.cluster_codes] + around)


def _adjusted_row(design: Design, columns: Sequence[Column], adjusted_to: AdjustedTo) -> FloatArray:
    """Return the row of the design matrix at which clusters are compared, shape (columns,)."""
    if adjusted_to == "zero":
        return np.array([0.0 if column.factors else 1.0 for column in columns])
    return _overall_means(design, columns, "", {})
