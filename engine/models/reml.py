"""Restricted maximum likelihood: which point on the dial the mixed model takes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from engine.data.moments import FloatArray
from engine.errors import FitError
from engine.models.dial import Dial

# The criterion may have several minima, so the whole path is looked at before any is polished:
# from ratios too small to matter in the largest cluster to an ICC of 1 - 1e-12.
_SMALLEST = 1e-10
_LARGEST = 1e12
_POINTS_PER_DECADE = 6
# Within-cluster variation this small a share of the total is rounding noise in the data.
_NO_VARIATION = 1e-26


def reml_criterion(dial: Dial, ratio: ArrayLike) -> FloatArray:
    """Return the profiled REML criterion at variance ratio ρ, of the shape of ``ratio``.

    Equals lme4's "REML criterion at convergence" at θ = √ρ (Bates et al. 2015, eq. 41):
    Σ log(1 + n_j ρ) + log|A(ρ)| + (N − p)(1 + log(2π r²(ρ) / (N − p))).
    """
    return _criterion_and_derivative(dial, ratio)[0]


def reml_derivative(dial: Dial, ratio: ArrayLike) -> FloatArray:
    """Return d criterion / dρ in closed form, of the shape of ``ratio``."""
    return _criterion_and_derivative(dial, ratio)[1]


def _criterion_and_derivative(dial: Dial, ratio: ArrayLike) -> tuple[FloatArray, FloatArray]:
    point = dial.at(ratio)
    degrees = dial.moments.rows - len(dial.moments.names)
    log_weights, weight_sum = dial.log_weight_sum(ratio)
    variance = point.residual_sum / degrees
    criterion = log_weights + point.log_determinant + degrees * (1 + np.log(2 * np.pi * variance))
    derivative = weight_sum + point.log_determinant_slope + point.residual_sum_slope / variance
    return criterion, derivative


def reml_ratio(dial: Dial) -> float:
    """Return the variance ratio ρ̂ = τ̂²/σ̂² that minimises the REML criterion.

    The boundary ρ̂ = 0 is an answer like any other and comes out as exactly 0.0.

    Raises
    ------
    FitError
        When the ratio is not identified: every cluster a single row, or no variation left
        within clusters.
    """
    _check_identified(dial)
    largest = float(dial.moments.counts.max())
    low, high = np.log10(_SMALLEST / largest), np.log10(_LARGEST)
    inner = np.logspace(low, high, int((high - low) * _POINTS_PER_DECADE))
    grid = np.concatenate([[0.0], inner])
    derivative = reml_derivative(dial, grid)
    # A minimum lies wherever the criterion stops falling.
    candidates = [0.0]
    for k in np.flatnonzero((derivative[:-1] < 0) & (derivative[1:] >= 0)):
        candidates.append(_polish(dial, float(grid[k]), float(grid[k + 1])))
    criterion = reml_criterion(dial, np.array(candidates))
    if derivative[0] < 0:
        # Going up from zero the criterion falls at once: zero is no minimum, even where the
        # fall is too slight to show in its digits.
        criterion[0] = np.inf
    return candidates[int(np.argmin(criterion))]


def _polish(dial: Dial, low: float, high: float) -> float:
    """Return the root of the derivative between two ratios, to the last digits."""

    def slope(ratio: float) -> float:
        return float(reml_derivative(dial, ratio))

    return float(brentq(slope, low, high, xtol=1e-300, rtol=4 * np.finfo(float).eps))


def _check_identified(dial: Dial) -> None:
    moments = dial.moments
    p = len(moments.names)
    if moments.rows <= p:
        raise FitError(
            f"There are {moments.rows} rows for {p} coefficients. "
            "Remove predictors or add rows: no residual variation can be estimated."
        )
    if int(moments.counts.max()) == 1:
        raise FitError(
            f"Each of the {len(moments.levels)} clusters holds a single row, so variation "
            "between and within clusters cannot be told apart. Choose a column that groups "
            "several rows."
        )
    scatter = moments.within
    total = moments.total[p, p]
    slopes, *_ = np.linalg.lstsq(scatter[:p, :p], scatter[:p, p], rcond=1e-12)
    left = scatter[p, p] - scatter[:p, p] @ slopes
    if left <= _NO_VARIATION * total:
        raise FitError(
            "Within clusters the predictors explain the outcome exactly, so there is no "
            "residual variation to estimate. Choose another outcome or cluster column."
        )
