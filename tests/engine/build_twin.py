"""The twin: rows on which ``lm`` and ``lmer`` print the published figures.

The rows behind the question that this program answers are not public. What was published is R's
output of ``lm(pSHP2 ~ condition)`` and ``lmer(pSHP2 ~ condition + (1 | cluster))`` on 326,362 rows
in 24 clusters. The twin is a reconstruction from these figures, not the original measurements:
other rows would print the same figures, and what the figures leave open cannot be learnt from it.

1. `_DESIGN` nearly prints the figures. It holds sizes, means and spreads of the clusters, and one
   noise distribution for all of them.
2. All figures except the residuals' quantiles depend only on the cluster means and on the sum of
   squares within clusters. `_with_figures` works on the moments and finds the smallest change of
   these that reproduces the figures.
3. `_rows` fills every cell, one condition of one cluster, with evenly spaced quantiles of the
   noise, stretched to exactly the cell's mean and spread, and puts four rows at the extremes.
4. `_with_quartiles` works on the rows and finds the smallest change of spreads and noise that
   reproduces the quartiles and preserves the sum of squares.

``python -m tests.engine.build_twin`` writes the finished rows to ``data/twin.parquet``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import ndtr

from engine.data.examples import FOLDER
from engine.data.moments import FloatArray, IntArray, Moments, lower
from engine.models.dial import Dial, shrinkage_factors
from engine.models.mixed.intercept_fit import ratio_derivative

_CONDITION = pd.CategoricalDtype(["unstim", "stim"])

# A point inside the rounding intervals of all published figures that depend on moments. Standard
# errors, t values, R², F and the REML criterion follow from these numbers and the sizes. The
# criterion, 668294.9 on 326,360 degrees of freedom, fixes seven digits of the residual variance.
# lmer stops some millionths above the best ratio; with this ratio both still print the same.
_OLS = np.array([0.583864, -0.106348])
_OLS_RESIDUAL_VARIANCE = 0.740892**2
_MIXED = np.array([0.719139, -0.097682])
_RESIDUAL_VARIANCE = 0.4535234
_RATIO = 0.0961893 / _RESIDUAL_VARIANCE

_QUARTERS = (0.25, 0.50, 0.75)
_OLS_QUARTILES = (-0.5963, -0.1943, 0.5046)
_SCALED_QUARTILES = (-0.7061, -0.2411, 0.6576)

# Extreme residuals and the clusters that hold them, without stimulation. These are wide clusters,
# where such rows stand out least, chosen so that each row is extreme for only one of the models.
_OLS_EXTREMES = {14: -3.6408, 5: 6.9230}
_SCALED_EXTREMES = {19: -5.9819, 7: 10.0387}

_DECIMALS = 5
_NEWTON_STEPS = 8


@dataclass(frozen=True)
class _Cells:
    """Everything that determines the rows, except for the extremes.

    Attributes
    ----------
    counts
        Rows of each cluster without and with stimulation, shape (J, 2).
    intercepts
        Mean of each cluster without stimulation, shape (J,).
    slope
        What stimulation adds to the mean, the same in every cluster.
    spreads
        Standard deviation (divisor n) within each cluster's two cells, shape (J,).
    noise
        Components of a normal mixture: weight, mean, standard deviation; shape (components, 3).
        Its own location and scale do not matter.
    """

    counts: IntArray
    intercepts: FloatArray
    slope: float
    spreads: FloatArray
    noise: FloatArray

    def moments(self) -> Moments:
        """Return the moments, which are those of any rows with these counts, means and spreads."""
        rows = self.counts.sum(axis=1)
        share = self.counts[:, 1] / rows
        size = len(rows)
        scatter = np.zeros((size, 3, 3))
        scatter[:, 1, 1] = rows * share * (1.0 - share)
        scatter[:, 1, 2] = scatter[:, 2, 1] = scatter[:, 1, 1] * self.slope
        scatter[:, 2, 2] = scatter[:, 1, 1] * self.slope**2 + rows * self.spreads**2
        return Moments(
            names=("(Intercept)", "conditionstim"),
            levels=tuple(str(j + 1) for j in range(size)),
            counts=rows,
            origin=np.zeros(3),
            line=np.zeros(2),
            means=np.column_stack([np.ones(size), share, self.intercepts + self.slope * share]),
            triangles=lower(scatter),
            has_intercept=True,
            constant=np.array([1.0, 0.0]),
        )


# A cluster's spread is a factor times that of the noise below, in the noise's own units.
_NOISE = np.array(
    [
        (0.4992, -0.7445, 0.2322),
        (0.2866, 0.6739, 0.4751),
        (0.1629, 0.7626, 0.6020),
        (0.0513, 1.0579, 0.8000),
    ]
)
_NOISE_SD = np.sqrt(_NOISE[:, 0] @ (_NOISE[:, 1] ** 2 + _NOISE[:, 2] ** 2))
# Rows without and with stimulation, mean without stimulation, factor of the spread.
_CLUSTERS = np.array(
    [
        (51_208, 56_225, 0.8040, 0.6785),
        (43_260, 55_271, 0.1653, 0.3809),
        (11_223, 13_450, 0.7600, 1.1891),
        (7_164, 9_204, 0.6511, 1.0635),
        (6_751, 8_606, 0.8205, 1.2853),
        (3_543, 4_748, 0.2978, 0.5810),
        (3_177, 4_479, 0.6981, 1.1617),
        (2_191, 3_247, 1.2201, 0.5619),
        (2_060, 2_715, 0.7766, 0.6464),
        (1_887, 2_439, 0.6003, 1.0738),
        (1_660, 2_565, 0.2514, 0.6073),
        (1_547, 2_518, 0.5701, 0.9242),
        (1_562, 2_376, 0.6381, 0.9749),
        (1_415, 2_363, 0.8528, 1.2965),
        (1_323, 1_959, 0.4160, 0.8062),
        (1_256, 1_840, 1.3112, 1.0400),
        (938, 1_463, 0.5295, 1.0100),
        (1_009, 1_303, 0.6347, 0.9475),
        (748, 1_053, 1.1122, 1.5078),
        (511, 760, 1.1279, 1.0364),
        (482, 671, 1.1223, 1.4217),
        (350, 580, 0.7640, 0.8321),
        (291, 555, 0.8489, 1.1929),
        (170, 246, 0.2861, 0.6809),
    ]
)
_DESIGN = _Cells(
    counts=_CLUSTERS[:, :2].astype(np.intp),
    intercepts=_CLUSTERS[:, 2],
    slope=-0.0977,
    spreads=_CLUSTERS[:, 3] * _NOISE_SD,
    noise=_NOISE,
)


def build_twin() -> pd.DataFrame:
    """Build the twin, which is always the same.

    Returns
    -------
    pandas.DataFrame
        ``pSHP2`` (float32, 5 decimals), ``condition`` ("unstim", the reference, or "stim") and
        ``cluster`` (1 to 24); 326,362 rows, sorted by cluster, condition and outcome.
    """
    cells = _with_quartiles(_with_figures(_DESIGN))
    outcome = _rows(cells, *_fitted(cells))
    cell = np.repeat(np.arange(cells.counts.size), cells.counts.ravel())
    return pd.DataFrame(
        {
            "pSHP2": outcome.round(_DECIMALS).astype(np.float32),
            "condition": pd.Categorical.from_codes(cell % 2, dtype=_CONDITION),
            "cluster": cell // 2 + 1,
        }
    )


def _with_figures(cells: _Cells) -> _Cells:
    """Move the means and the common spread until the moments give the figures."""

    def moved(by: FloatArray) -> _Cells:
        return replace(
            cells,
            intercepts=cells.intercepts + by[:-2],
            slope=cells.slope + float(by[-2]),
            spreads=cells.spreads * np.exp(by[-1]),
        )

    def misses(by: FloatArray) -> FloatArray:
        dial = Dial(moved(by).moments())
        point = dial.at([0.0, _RATIO])
        variances = point.residual_sum / (dial.moments.rows - 2)
        return np.concatenate(
            [
                (point.fixed_effects - [_OLS, _MIXED]).ravel(),
                variances - [_OLS_RESIDUAL_VARIANCE, _RESIDUAL_VARIANCE],
                # REML chooses this ratio if the derivative of its criterion is zero there.
                [float(ratio_derivative(dial, _RATIO))],
            ]
        )

    return moved(_smallest_change(misses, unknowns=len(cells.counts) + 2, step=1e-6))


def _with_quartiles(cells: _Cells) -> _Cells:
    """Change spreads and noise, in proportion, until the rows give the quartiles."""
    size = len(cells.counts)
    rows = cells.counts.sum(axis=1)
    ols_fit, mixed_fit = _fitted(cells)

    def changed(by: FloatArray) -> _Cells:
        spreads = cells.spreads * np.exp(by[:size])
        spreads *= np.sqrt((rows @ cells.spreads**2) / (rows @ spreads**2))
        return replace(cells, spreads=spreads, noise=cells.noise * np.exp(by[size:]).reshape(-1, 3))

    def misses(by: FloatArray) -> FloatArray:
        outcome = _rows(changed(by), ols_fit, mixed_fit)
        ols = outcome - _by_row(cells, ols_fit)
        scaled = (outcome - _by_row(cells, mixed_fit)) / np.sqrt(_RESIDUAL_VARIANCE)
        return np.concatenate(
            [
                np.quantile(ols, _QUARTERS) - _OLS_QUARTILES,
                np.quantile(scaled, _QUARTERS) - _SCALED_QUARTILES,
            ]
        )

    return changed(_smallest_change(misses, unknowns=size + cells.noise.size, step=1e-3))


def _smallest_change(
    misses: Callable[[FloatArray], FloatArray], unknowns: int, step: float
) -> FloatArray:
    """Return the root near zero of a function with fewer values than unknowns.

    Newton's method uses the derivatives at zero throughout (finite differences over ``step``),
    because the root is so near that they hardly change. Each step is the shortest solution.
    """
    change = np.zeros(unknowns)
    missed = misses(change)
    slopes = np.column_stack([(misses(ahead) - missed) / step for ahead in step * np.eye(unknowns)])
    shortest = np.linalg.pinv(slopes)
    for _ in range(_NEWTON_STEPS):
        change = change - shortest @ missed
        missed = misses(change)
    return change


def _fitted(cells: _Cells) -> tuple[FloatArray, FloatArray]:
    """Return the cells' fitted values by OLS and, with b̂_j, by the mixed model, each (J, 2)."""
    dial = Dial(cells.moments())
    shrinkage = shrinkage_factors(dial.moments.counts, _RATIO)
    effects = shrinkage * dial.mean_residuals(dial.at(_RATIO))
    ols, mixed = _OLS.cumsum(), _MIXED.cumsum()
    return np.tile(ols, (len(effects), 1)), mixed + effects[:, None]


def _by_row(cells: _Cells, values: FloatArray) -> FloatArray:
    """Repeat each cell's value, shape (J, 2), in all its rows, shape (N,)."""
    return np.asarray(np.repeat(values.ravel(), cells.counts.ravel()))


def _rows(cells: _Cells, ols_fit: FloatArray, mixed_fit: FloatArray) -> FloatArray:
    """Return the outcome of all rows, cell by cell and ascending in each, shape (N,)."""
    sigma = np.sqrt(_RESIDUAL_VARIANCE)
    extremes = {j: ols_fit[j - 1, 0] + residual for j, residual in _OLS_EXTREMES.items()}
    extremes |= {j: mixed_fit[j - 1, 0] + sigma * scaled for j, scaled in _SCALED_EXTREMES.items()}
    grid, cumulative = _distribution(cells.noise)

    def cell(count: int, mean: float, spread: float) -> FloatArray:
        even = np.interp((np.arange(count) + 0.5) / count, cumulative, grid)
        return np.asarray(mean + spread * (even - even.mean()) / even.std())

    def cell_with(extreme: float, count: int, mean: float, spread: float) -> FloatArray:
        others, away = count - 1, extreme - mean
        left = np.sqrt((count * spread**2 - away**2 * count / others) / others)
        return np.sort(np.append(cell(others, mean - away / others, left), extreme))

    parts = []
    for j, (unstim, stim) in enumerate(cells.counts.tolist()):
        mean, spread = cells.intercepts[j], cells.spreads[j]
        if j + 1 in extremes:
            parts.append(cell_with(extremes[j + 1], unstim, mean, spread))
        else:
            parts.append(cell(unstim, mean, spread))
        parts.append(cell(stim, mean + cells.slope, spread))
    return np.concatenate(parts)


def _distribution(noise: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return a grid and the noise's cumulative distribution on it, for interpolation."""
    weights, means, sds = noise.T
    grid = np.linspace((means - 6.0 * sds).min(), (means + 6.0 * sds).max(), 20_001)
    return grid, ndtr((grid[:, None] - means) / sds) @ (weights / weights.sum())


if __name__ == "__main__":
    build_twin().to_parquet(
        FOLDER / "twin.parquet",
        index=False,
        compression="zstd",
        compression_level=19,
        use_dictionary=["condition", "cluster"],
        column_encoding={"pSHP2": "BYTE_STREAM_SPLIT"},
    )
