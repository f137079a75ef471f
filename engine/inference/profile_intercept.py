"""Profile-likelihood intervals of the random-intercept model, as by lme4's ``confint``.

A bound is where the deviance, minimised over all other parameters, has risen by the quantile
of χ² with one degree of freedom. Equivalently, the bounds of a parameter are its extremes over
the likelihood region: all parameter values whose deviance is at most that height. At a fixed
variance ratio ρ these extremes have closed formulas, so each bound is the extreme of a function
of ρ alone. A second local minimum of the deviance is thereby seen like any other part of the
region.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtri, lambertw

from engine.data.moments import FloatArray
from engine.models.dial import Dial
from engine.models.mixed.intercept_fit import best_ratio, ratio_criterion
from engine.models.mixed.likelihood import Likelihood

# The region is evaluated on a grid of √ρ, then on ever finer grids around each extreme. The error
# of an extreme is quadratic in the error of its place, so it is enough to know the place to within
# (1/64) · 8⁻⁶ of the region.
_POINTS = 129
_ZOOMS, _ZOOM_POINTS = 6, 17
# The ρ between which the ends of the region are sought.
_SMALLEST, _LARGEST, _POINTS_PER_DECADE = 1e-14, 1e14, 6


@dataclass(frozen=True)
class ProfileIntervals:
    """Intervals from the profiled deviance (maximum likelihood, even for a REML fit).

    Attributes
    ----------
    level
        Coverage, for example 0.95.
    between_sd, residual_sd
        Lower and upper bounds of τ and of σ, in outcome units. The lower bound of τ is 0 if the
        deviance at τ = 0 does not reach the height of the interval.
    fixed_effects
        Lower and upper bound of each fixed effect, shape (p, 2), in outcome units per unit of the
        predictor.
    """

    level: float
    between_sd: tuple[float, float]
    residual_sd: tuple[float, float]
    fixed_effects: FloatArray


def profile_intervals(dial: Dial, level: float = 0.95) -> ProfileIntervals:
    """Return the profile intervals of all parameters of the random-intercept model.

    Parameters
    ----------
    dial
        The data. Their maximum-likelihood fit is found here.
    level
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    ProfileIntervals

    Raises
    ------
    FitError
        The variance ratio is not identified; see `best_ratio`.

    Notes
    -----
    The height is the least deviance plus the ``level`` quantile of χ² with one degree of freedom,
    as for lme4's ``confint`` (Bates et al. 2015, section 5).
    """
    centre = best_ratio(dial, Likelihood.ML)
    height = float(ratio_criterion(dial, centre, Likelihood.ML)) + float(chdtri(1, 1.0 - level))
    low, high = np.sqrt(_region(dial, centre, height))
    highest = _highest(lambda root: _bounds(dial, root, height), low, high)
    lower, upper = -highest[: len(highest) // 2], highest[len(highest) // 2 :]
    return ProfileIntervals(
        level=level,
        between_sd=(float(lower[0]), float(upper[0])),
        residual_sd=(float(lower[1]), float(upper[1])),
        fixed_effects=np.stack([lower[2:], upper[2:]], axis=-1),
    )


def _region(dial: Dial, centre: float, height: float) -> tuple[float, float]:
    """Return the smallest and the largest ρ at which the deviance is at most ``height``."""

    def excess(ratio: float) -> float:
        return float(ratio_criterion(dial, ratio, Likelihood.ML)) - height

    decades = np.log10(_LARGEST / _SMALLEST)
    path = np.geomspace(_SMALLEST, _LARGEST, int(decades * _POINTS_PER_DECADE))
    path = np.sort(np.concatenate([[0.0, centre], path]))
    (inside,) = np.nonzero(ratio_criterion(dial, path, Likelihood.ML) <= height)
    first, last = int(inside[0]), min(int(inside[-1]), len(path) - 2)
    low = 0.0 if first == 0 else brentq(excess, path[first - 1], path[first])
    return float(low), float(brentq(excess, path[last], path[last + 1]))


def _highest(function: Callable[[FloatArray], FloatArray], low: float, high: float) -> FloatArray:
    """Return the maximum over an interval of each of K functions, shape (K,).

    ``function`` maps places (...) to values (..., K).
    """
    grid = np.linspace(low, high, _POINTS)
    values = function(grid)
    each = np.arange(values.shape[-1])
    grid = np.repeat(grid[:, None], len(each), axis=1)
    for _ in range(_ZOOMS):
        best = np.nanargmax(values, axis=0)
        before = grid[np.maximum(best - 1, 0), each]
        after = grid[np.minimum(best + 1, len(grid) - 1), each]
        grid = np.linspace(before, after, _ZOOM_POINTS)
        values = np.diagonal(function(grid), axis1=-2, axis2=-1)
    return np.asarray(np.nanmax(values, axis=0))


def _bounds(dial: Dial, root: FloatArray, height: float) -> FloatArray:
    """Return −lower and upper bounds of (τ, σ, β) at √ρ, shape (..., 2 (2 + p)).

    They are NaN outside the region.

    Notes
    -----
    Let δ = (height − deviance(ρ)) / N. The deviance at σ² = r²/(N x) reaches the height where
    x − log x = 1 + δ, whose two solutions are values of Lambert's function. With β_k held at b,
    r² grows by (b − β̂_k)² / [A⁻¹]_kk, and the deviance reaches the height where r² has grown by
    the factor e^δ.
    """
    ratio = root**2
    point = dial.at(ratio)
    rows = dial.moments.rows
    deviance = Likelihood.ML.criterion(
        dial.log_weight_sum(ratio)[0], point.log_determinant, point.residual_sum, rows
    )
    room = (height - deviance) / rows
    room = np.where(room >= 0.0, room, np.nan)[..., None]
    residual_sum = point.residual_sum[..., None]
    relative = np.stack([root, np.ones_like(root)], axis=-1)
    least, largest = (
        relative * np.sqrt(residual_sum / (-rows * lambertw(-np.exp(-1.0 - room), branch).real))
        for branch in (-1, 0)
    )
    variances = np.diagonal(dial.covariance(point), axis1=-2, axis2=-1)
    reach = np.sqrt(variances * residual_sum * np.expm1(room))
    effects = point.fixed_effects
    return np.concatenate([-least, reach - effects, largest, effects + reach], axis=-1)
