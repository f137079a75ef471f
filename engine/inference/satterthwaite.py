"""Degrees of freedom by Satterthwaite's method, as in the R package lmerTest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from engine.data.moments import FloatArray
from engine.models.dial import Dial
from engine.models.estimates import Estimates
from engine.models.mixed.derivatives import curvature, natural_basis
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.model import MixedModel

# Combinations of variances, each in its own unit, are left out if the information on them is below
# this share of the largest. lmerTest leaves them out as well.
_NO_INFORMATION = 1e-12


def scaled_inverse(information: FloatArray) -> FloatArray:
    """Return the inverse of an information matrix, or the pseudo-inverse if it is singular.

    Variances may differ by many orders of magnitude, so each is first scaled to its own unit.

    Parameters
    ----------
    information
        The matrix, symmetric, shape (m, m).

    Returns
    -------
    ndarray, shape (m, m)
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
        The model and its data.
    theta
        Its estimate θ̂ in lme4's order, shape (len θ,).
    likelihood
        The likelihood that θ̂ maximises: REML or maximum likelihood.

    Returns
    -------
    Estimates
        The fixed effects, with their usual covariance and the degrees of freedom of each.

    Notes
    -----
    Let v = σ² [A⁻¹]_kk be the variance of an estimate. Its degrees of freedom are
    2 v² / (gᵀ C g), where g is the gradient of v in the variance parameters, C = 2 H⁻¹ is their
    asymptotic covariance, and H is the Hessian of the deviance (Kuznetsova, Brockhoff &
    Christensen 2017, J. Statistical Software 82(13), section 3). All derivatives are in closed
    form. The result does not depend on the parametrisation of the variances.
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
    # The gradient of log v does not depend on units. σ² enters as log σ²; v is proportional to σ².
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


def intercept_degrees(dial: Dial, ratio: float, likelihood: Likelihood) -> FloatArray:
    """Return Satterthwaite's degrees of freedom for a model with a random intercept alone.

    Parameters
    ----------
    dial
        The data.
    ratio
        The variance ratio ρ̂ that maximises the likelihood, greater than 0.
    likelihood
        REML or maximum likelihood.

    Returns
    -------
    ndarray, shape (p,)
        Those of `satterthwaite`, from sums over distinct sizes of clusters.

    Notes
    -----
    The Hessian is that of Σ log(1 + n_j ρ) [+ log|A|] + d log σ² + r²(ρ) / σ² in ρ and log σ².
    """
    point = dial.at(ratio)
    log_random, log_determinant, squares, spread = dial.curvature(point)
    degrees = likelihood.degrees(dial.moments.rows, len(dial.moments.names))
    sigma2 = float(point.residual_sum) / degrees
    bent = log_random + float(likelihood.fixed_part(np.asarray(log_determinant)))
    mixed = -float(point.residual_sum_derivative) / sigma2
    information = np.array([[bent + squares / sigma2, mixed], [mixed, degrees]])
    slopes = np.diag(spread) / np.diag(dial.covariance(point))
    gradient = np.vstack([slopes, np.ones_like(slopes)])
    return np.asarray(1.0 / np.sum(gradient * (scaled_inverse(information) @ gradient), axis=0))
