"""A model with varying slopes whose variance of slopes is set by hand; the rest is estimated."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize, minimize_scalar

from engine.account.cluster_lines import theta_of
from engine.data.moments import FloatArray
from engine.models.mixed.model import MixedModel, Solution

# The criterion bends by twice the degrees of freedom along log σ, which this gives to 1e-8.
_SMALL_GRADIENT = 1e-6
# Where the search begins at the best of: τ₀ in units of σ, and log σ beside that inside clusters.
_RATIOS = np.geomspace(0.05, 20.0, 7)
_NOISE = (0.0, 0.15, 0.5)


@dataclass(frozen=True)
class HeldSlopes:
    """Generalised least squares at variances of intercepts, slopes and residuals.

    Attributes
    ----------
    intercept_sd, slope_sd
        τ₀ in outcome units, τ₁ in outcome units per unit of the predictor.
    correlation
        Of intercepts and slopes.
    residual_sd
        σ, in outcome units.
    theta
        Covariance parameters θ in lme4's order, shape (3,).
    estimates, standard_errors
        Of intercept and slope, shape (2,).
    """

    intercept_sd: float
    slope_sd: float
    correlation: float
    residual_sd: float
    theta: FloatArray
    estimates: FloatArray
    standard_errors: FloatArray

    def own_slope_sd(self, spread: float) -> float:
        """Return how much a cluster's own least-squares slope varies: √(τ₁² + σ²/S).

        Parameters
        ----------
        spread
            S: squares of the predictor about the cluster's mean, summed.
        """
        return math.sqrt(self.slope_sd**2 + self.residual_sd**2 / spread)


def at_variances(
    model: MixedModel,
    intercept_sd: float,
    slope_sd: float,
    correlation: float,
    residual_sd: float,
) -> HeldSlopes:
    """Return what the model says at variances that are all given.

    Parameters
    ----------
    model
        A model with an intercept and one predictor, both random and correlated: ``(1 + x | g)``.
    intercept_sd, slope_sd, correlation, residual_sd
        As of `HeldSlopes`; the residual standard deviation is above 0.
    """
    theta = theta_of(intercept_sd / residual_sd, slope_sd / residual_sd, correlation)
    solution = model.solve(model.scaled_factor(theta))
    covariance = residual_sd**2 * model.scaling.covariance(solution.inverse)
    return HeldSlopes(
        intercept_sd=intercept_sd,
        slope_sd=slope_sd,
        correlation=correlation,
        residual_sd=residual_sd,
        theta=theta,
        estimates=model.scaling.effects(solution.shift),
        standard_errors=np.sqrt(np.diag(covariance)),
    )


def hold_slopes(model: MixedModel, slope_sd: float, correlation: float) -> HeldSlopes:
    """Estimate everything but how slopes vary, by REML.

    σ² cannot be profiled out as usual, since τ₁ is held in its own unit and not as a multiple of
    σ. The criterion is therefore minimised over σ and τ₀: log|V| + log|A| + d log(2πσ²) + r²/σ²
    with d = N − p.

    Parameters
    ----------
    model
        A model with an intercept and one predictor, both random and correlated: ``(1 + x | g)``.
    slope_sd
        τ₁ ≥ 0; at 0 all clusters have one slope, and the estimates are those of ``(1 | g)``.
    correlation
        From −1 to 1.
    """
    degrees = model.moments.rows - len(model.fixed)

    def solved(intercept: float, slope: float) -> Solution:
        return model.solve(model.scaled_factor(theta_of(intercept, slope, correlation)))

    def criterion(place: FloatArray) -> float:
        log_sd, intercept = place
        here = solved(intercept, slope_sd * math.exp(-log_sd))
        noise = degrees * (math.log(2.0 * math.pi) + 2.0 * float(log_sd))
        left = here.residual_sum * math.exp(-2.0 * log_sd)
        return here.log_determinant + here.fixed_log_determinant + noise + left

    # The criterion may have several minima, one of them at τ₀ = 0. A grid finds the valley.
    inside = 0.5 * math.log(solved(1.0, 1.0).residual_sum / degrees)
    noise_sds = [inside + step for step in _NOISE]
    start = min((np.array([sd, ratio]) for sd in noise_sds for ratio in _RATIOS), key=criterion)
    found = minimize(
        criterion,
        start,
        method="L-BFGS-B",
        # Central differences, or rounding would keep the gradient from getting small.
        jac="3-point",
        bounds=[(None, None), (0.0, None)],
        options={"ftol": 1e-15, "gtol": _SMALL_GRADIENT},
    )

    def at_zero(log_sd: float) -> float:
        return criterion(np.array([log_sd, 0.0]))

    lowest = minimize_scalar(at_zero, bracket=(noise_sds[0], noise_sds[-1]))
    log_sd, intercept = found.x if found.fun < lowest.fun else (float(lowest.x), 0.0)
    sd = math.exp(log_sd)
    return at_variances(model, intercept * sd, slope_sd, correlation, sd)
