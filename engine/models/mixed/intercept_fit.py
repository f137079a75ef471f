"""The random-intercept model: which point on the dial maximises the likelihood."""

from __future__ import annotations

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

# The criterion may have several minima, so the whole path is looked at before any is polished:
# from ratios too small to matter in the largest cluster to an ICC of 1 - 1e-12.
_SMALLEST = 1e-10
_POINTS_PER_DECADE = 6


def ratio_criterion(
    dial: Dial, ratio: ArrayLike, likelihood: Likelihood = Likelihood.REML
) -> FloatArray:
    """Return the profiled criterion at variance ratio ρ, of the shape of ``ratio``.

    Equals what lme4 calls the "REML criterion at convergence" or, by maximum likelihood, the
    deviance, at θ = √ρ: Σ log(1 + n_j ρ) [+ log|A(ρ)|] + d (1 + log(2π r²(ρ) / d)) with
    d = N − p or N.
    """
    return _criterion_and_derivative(dial, ratio, likelihood)[0]


def ratio_derivative(
    dial: Dial, ratio: ArrayLike, likelihood: Likelihood = Likelihood.REML
) -> FloatArray:
    """Return d criterion / dρ in closed form, of the shape of ``ratio``."""
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


def best_ratio(dial: Dial, likelihood: Likelihood = Likelihood.REML) -> float:
    """Return the variance ratio ρ̂ = τ̂²/σ̂² that minimises the criterion.

    The boundary ρ̂ = 0 is an answer like any other and comes out as exactly 0.0.

    Raises
    ------
    FitError
        When the ratio is not identified: every cluster a single row, no variation left within
        clusters, or none left between them.
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
    if not derivatives[-1] >= 0:  # so that nan is refused too
        raise FitError(
            "Variation within clusters is too small beside that between them (less than a part "
            f"in {LARGEST_RATIO:g}) to be estimated. Choose another outcome or cluster column."
        )
    # A minimum lies wherever the criterion stops falling. Where it falls at once, going up from
    # zero, zero is none, even if the fall is too slight to show in the criterion's digits.
    candidates = [] if derivatives[0] < 0 else [0.0]
    for k in np.flatnonzero((derivatives[:-1] < 0) & (derivatives[1:] >= 0)):
        candidates.append(_polish(dial, likelihood, float(grid[k]), float(grid[k + 1])))
    if len(candidates) == 1:
        return candidates[0]
    values = ratio_criterion(dial, np.array(candidates), likelihood)
    return candidates[int(np.argmin(values))]


def _polish(dial: Dial, likelihood: Likelihood, low: float, high: float) -> float:
    """Return the root of the derivative between two ratios, to the last digits."""

    @cache
    def bent_derivative(ratio: float) -> float:
        # By −1/(ρ + high) the criterion is nearly a parabola: the same root in fewer steps.
        return (high + ratio) ** 2 * float(ratio_derivative(dial, ratio, likelihood))

    # One ratio at a time is rounded otherwise than the whole path at once.
    if bent_derivative(low) >= 0:
        return low
    if bent_derivative(high) <= 0:
        return high
    return float(brentq(bent_derivative, low, high, xtol=1e-300, rtol=4 * np.finfo(float).eps))


def fit_random_intercept(dial: Dial, likelihood: Likelihood = Likelihood.REML) -> MixedFit:
    """Fit the random-intercept model.

    Raises
    ------
    FitError
        When the variance ratio is not identified; see `best_ratio`.
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
    """Return what each cluster says by itself and in a random-intercept fit."""
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
