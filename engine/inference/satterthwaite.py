"""Degrees of freedom by Satterthwaite's method, as the R package lmerTest defines them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from engine.data.moments import FloatArray
from engine.models.estimates import Estimates
from engine.models.mixed.derivatives import curvature, natural_basis
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.model import MixedModel

# Combinations of variances, each in its own unit, on which the data bear less than this share
# of the most carry no information; lmerTest leaves them out as well.
_NO_INFORMATION = 1e-12


def scaled_inverse(information: FloatArray) -> FloatArray:
    """Return the inverse of an information matrix, or its pseudo-inverse where it is flat.

    Variances may differ by many orders of magnitude, so each is brought to its own unit first.
    """
    diagonal = np.diag(information)
    units = np.where(diagonal > 0.0, np.abs(diagonal), 1.0) ** -0.5
    scaled = information * np.outer(units, units)
    inverse = np.linalg.pinv(scaled, rcond=_NO_INFORMATION, hermitian=True)
    return np.asarray(inverse * np.outer(units, units))


def satterthwaite(
    model: MixedModel, theta: ArrayLike, likelihood: Likelihood = Likelihood.REML
) -> Estimates:
    """Test each fixed effect with Satterthwaite's degrees of freedom.

    Parameters
    ----------
    model
        The model.
    theta
        Its estimate θ̂, in lme4's order.
    likelihood
        By which θ̂ was estimated.

    Notes
    -----
    With v = σ² [A⁻¹]_kk the variance of an estimate, its degrees of freedom are
    2 v² / (gᵀ C g), where g is the gradient of v in the variance parameters and C = 2 H⁻¹
    their asymptotic covariance, H being the Hessian of the deviance (Kuznetsova, Brockhoff &
    Christensen 2017, section 3). All derivatives are in closed form; the result does not
    depend on how the variance parameters are written.
    """
    solution = model.solve(model.scaled_factor(theta))
    solution = solution.rebased(natural_basis(model, solution))
    factor, pattern = model.terms.pivoted(solution.factor, np.ones(len(solution.factor)))
    bent = curvature(model, replace(solution, factor=factor), likelihood, pattern)
    degrees = likelihood.degrees(model.moments.rows, len(model.fixed))
    sigma2 = solution.residual_sum / degrees
    covariance = sigma2 * model.scaling.covariance(solution.inverse)
    derivatives = sigma2 * model.scaling.covariance(bent.variance_derivatives)
    variances = np.diag(covariance)
    # Of log v, whatever the units. σ² enters as log σ², and v is proportional to it.
    gradient = np.vstack(
        [np.diagonal(derivatives, axis1=1, axis2=2) / variances, np.ones_like(variances)]
    )
    uncertainty = 2.0 * np.sum(gradient * (scaled_inverse(bent.joint) @ gradient), axis=0)
    return Estimates(
        names=model.fixed,
        estimates=model.scaling.effects(solution.shift),
        covariance=covariance,
        degrees_of_freedom=2.0 / uncertainty,
    )
