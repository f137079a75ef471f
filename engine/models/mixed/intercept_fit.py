"""Fits the random-intercept model: finds the point on the dial that maximises the likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from engine.data.formula.terms import INTERCEPT
from engine.data.moments import FloatArray
from engine.data.tolerances import LARGEST_RATIO
from engine.errors import FitError
from engine.models.dial import Dial, shrinkage_factors
from engine.models.mixed.identified import check_intercept_identified, check_residual
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.results import ClusterTable, MixedFit, VarianceComponent

# The criterion may have several minima, so the whole path is scanned before any is polished, from
# ratios too small to matter in the largest cluster to an ICC of 1 − 1e-12.
_SMALLEST = 1e-10
_POINTS_PER_DECADE = 6


def ratio_criterion(
    dial: Dial, ratio: ArrayLike, likelihood: Likelihood = Likelihood.REML
) -> FloatArray:
    """Return the profiled criterion at variance ratio ρ, of the shape of ``ratio``.

    Parameters
    ----------
    dial
        The data.
    ratio
        Variance ratio ρ ≥ 0, scalar or array.
    likelihood
        REML or maximum likelihood.

    Raises
    ------
    numpy.linalg.LinAlgError
        Columns are nearly collinear at this ratio.

    Notes
    -----
    Σ log(1 + n_j ρ) [+ log|A(ρ)|] + d (1 + log(2π r²(ρ) / d)), where REML includes the term in
    brackets and has d = N − p, and maximum likelihood has d = N (Bates et al. 2015, eq. 41 and
    34). At θ = √ρ it equals lme4's "REML criterion at convergence", or the deviance.
    """
    return _criterion_and_derivative(dial, ratio, likelihood)[0]


def ratio_derivative(
    dial: Dial, ratio: ArrayLike, likelihood: Likelihood = Likelihood.REML
) -> FloatArray:
    """Return d criterion / dρ in closed form, of the shape of ``ratio``.

    Parameters
    ----------
    dial
        The data.
    ratio
        Variance ratio ρ ≥ 0, scalar or array.
    likelihood
        REML or maximum likelihood.

    Raises
    ------
    numpy.linalg.LinAlgError
        Columns are nearly collinear at this ratio.
    """
    return _criterion_and_derivative(dial, ratio, likelihood)[1]


def _criterion_and_derivative(
    dial: Dial, ratio: ArrayLike, likelihood: Likelihood
) -> tuple[FloatArray, FloatArray]:
    point = dial.at(ratio)
    degrees = likelihood.degrees(dial.moments.rows, len(dial.moments.names))
    log_random, log_random_derivative = dial.log_weight_sum(ratio)
    value = likelihood.criterion(log_random, point.log_determinant, point.residual_sum, degrees)
    derivative = (
        log_random_derivative
        + likelihood.fixed_part(point.log_determinant_derivative)
        + degrees * point.residual_sum_derivative / point.residual_sum
    )
    return value, derivative


@dataclass(frozen=True)
class Search:
    """How the minimum of a criterion was found.

    Attributes
    ----------
    scanned
        Variance ratios ρ at which the criterion's derivative was looked at first, ascending.
    polished
        For each minimum seen between two of them, the ratios looked at while closing in on it,
        in the order of the looks. The last is not always the best.
    minima
        The local minima found, ascending.
    ratio
        The lowest of them, ρ̂.
    """

    scanned: FloatArray
    polished: tuple[tuple[float, ...], ...]
    minima: tuple[float, ...]
    ratio: float


def best_ratio(dial: Dial, likelihood: Likelihood = Likelihood.REML) -> float:
    """Return the variance ratio ρ̂ = τ̂²/σ̂² that minimises the criterion.

    The boundary ρ̂ = 0 is an answer like any other and is returned as exactly 0.0.

    Parameters
    ----------
    dial
        The data.
    likelihood
        REML or maximum likelihood.

    Raises
    ------
    FitError
        As in `search`.
    """
    return search(dial, likelihood).ratio


def search(dial: Dial, likelihood: Likelihood = Likelihood.REML) -> Search:
    """Look for the variance ratio that minimises the criterion, and keep every look.

    Parameters
    ----------
    dial
        The data.
    likelihood
        REML or maximum likelihood.

    Raises
    ------
    FitError
        The ratio is not identified: every cluster is a single row, or no variation is left within
        or between clusters. Or predictors are too nearly collinear, or the variation within
        clusters is too small, to compute the ratio.
    """
    check_intercept_identified(dial.moments)
    largest = float(dial.moments.counts.max())
    low, high = np.log10(_SMALLEST / largest), np.log10(LARGEST_RATIO)
    inner = np.logspace(low, high, int((high - low) * _POINTS_PER_DECADE))
    grid = np.concatenate([[0.0], inner])
    try:
        derivatives = ratio_derivative(dial, grid, likelihood)
    except np.linalg.LinAlgError:
        raise FitError(
            "Some predictors are so nearly combinations of the others and of the clusters that "
            "their effects cannot be told apart. Remove one of them; with interactions, subtract "
            "a predictor's mean from it first."
        ) from None
    if not derivatives[-1] >= 0:  # written this way round so that nan is refused too
        raise FitError(
            "Variation within clusters is too small beside that between them (less than a part "
            f"in {LARGEST_RATIO:g}) to be estimated. Choose another outcome or cluster column."
        )
    # A minimum lies wherever the criterion stops falling. If it falls from zero upwards, zero is
    # not a minimum, even if the fall is too slight to show in the criterion's digits.
    candidates = [] if derivatives[0] < 0 else [0.0]
    looks: list[tuple[float, ...]] = []
    for k in np.flatnonzero((derivatives[:-1] < 0) & (derivatives[1:] >= 0)):
        root, path = _polish(dial, likelihood, float(grid[k]), float(grid[k + 1]))
        candidates.append(root)
        looks.append(path)
    best = 0
    if len(candidates) > 1:
        best = int(np.argmin(ratio_criterion(dial, np.array(candidates), likelihood)))
    return Search(
        scanned=grid, polished=tuple(looks), minima=tuple(candidates), ratio=candidates[best]
    )


def _polish(
    dial: Dial, likelihood: Likelihood, low: float, high: float
) -> tuple[float, tuple[float, ...]]:
    """Return the root of the derivative between two ratios, to full precision, and the looks."""
    looks: list[float] = []

    @cache
    def bent_derivative(ratio: float) -> float:
        looks.append(ratio)
        # As a function of −1/(ρ + high) the criterion is nearly a parabola. Its derivative has the
        # same root, which takes fewer steps to find.
        return (high + ratio) ** 2 * float(ratio_derivative(dial, ratio, likelihood))

    # A single ratio rounds differently from the whole path at once: check the signs at both ends.
    if bent_derivative(low) >= 0:
        return low, tuple(looks)
    if bent_derivative(high) <= 0:
        return high, tuple(looks)
    root = brentq(bent_derivative, low, high, xtol=1e-300, rtol=4 * np.finfo(float).eps)
    return float(root), tuple(looks)


def fit_random_intercept(dial: Dial, likelihood: Likelihood = Likelihood.REML) -> MixedFit:
    """Fit the random-intercept model.

    Parameters
    ----------
    dial
        The data.
    likelihood
        REML or maximum likelihood.

    Returns
    -------
    MixedFit

    Raises
    ------
    FitError
        The variance ratio is not identified; see `search`.
    """
    moments = dial.moments
    ratio = best_ratio(dial, likelihood)
    point = dial.at(ratio)
    check_residual(float(point.residual_sum))
    degrees = likelihood.degrees(moments.rows, len(moments.names))
    residual = float(point.residual_sum) / degrees
    covariance = residual * dial.covariance(point)
    return MixedFit(
        likelihood=likelihood,
        names=moments.names,
        estimates=point.fixed_effects,
        covariance=covariance,
        degrees_of_freedom=np.full(len(moments.names), np.nan),
        theta=np.array([np.sqrt(ratio)]),
        components=(VarianceComponent((INTERCEPT,), np.array([[ratio * residual]])),),
        residual_variance=residual,
        criterion=float(ratio_criterion(dial, ratio, likelihood)),
        singular=ratio == 0.0,
        rows=moments.rows,
    )


def cluster_table(dial: Dial, fit: MixedFit) -> ClusterTable:
    """Compare each cluster's own intercept with the one in a random-intercept fit.

    Parameters
    ----------
    dial
        The data.
    fit
        A random-intercept fit of these data.

    Returns
    -------
    ClusterTable

    Raises
    ------
    FitError
        The fit has random slopes.
    """
    moments = dial.moments
    own = dial.mean_residuals(dial.at(fit.variance_ratio))
    shrinkage = shrinkage_factors(moments.counts, fit.variance_ratio)
    pooled = float(fit.estimates[0]) if moments.has_intercept else 0.0
    return ClusterTable(
        levels=moments.levels,
        rows=moments.counts,
        means=moments.outcome_means,
        no_pooling=pooled + own,
        shrunken=pooled + shrinkage * own,
        own_effects=own,
        shrinkage=shrinkage,
        effects=shrinkage * own,
        effect_sds=np.sqrt(fit.between_variance * (1.0 - shrinkage)),
    )
