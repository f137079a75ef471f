"""Kenward and Roger's small-sample adjustment, as in the R package pbkrtest."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engine.inference.satterthwaite import scaled_inverse
from engine.models.estimates import Estimates
from engine.models.mixed.derivatives import natural_basis, sensitivity
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.model import MixedModel


def kenward_roger(model: MixedModel, theta: ArrayLike) -> Estimates:
    """Adjust the inference on the fixed effects for the uncertainty of the estimated variances.

    With very few clusters the adjustment can overshoot and make a variance negative. The
    standard error is then NaN.

    Parameters
    ----------
    model
        The model and its data.
    theta
        Its REML estimate θ̂ in lme4's order, shape (len θ,). The method is defined for REML only.

    Returns
    -------
    Estimates
        The fixed effects, with the adjusted covariance and the degrees of freedom of each.

    Notes
    -----
    Kenward & Roger (1997), Biometrics 53:983–997, as in Halekoh & Højsgaard (2014), J. Statistical
    Software 59(9), section 4. The covariance of the rows is Σ = Σ γ_i G_i, linear in γ. With
    Φ = (XᵀΣ⁻¹X)⁻¹, P_i = −XᵀΣ⁻¹G_iΣ⁻¹X and
    Q_ij = XᵀΣ⁻¹G_iΣ⁻¹G_jΣ⁻¹X, the adjusted covariance is
    Φ_A = Φ + 2 Φ Σ W_ij (Q_ij − P_i Φ P_j) Φ, where W is the covariance of γ̂ from its expected
    information. No matrix over rows is needed: within a cluster every G_i except that of the
    residual acts on q directions only. Using Σ/σ² for Σ, or other coordinates of the random
    effects, changes neither Φ_A nor the degrees of freedom.
    """
    p = len(model.fixed)
    solution = model.solve(model.scaled_factor(theta))
    solution = solution.rebased(natural_basis(model, solution))
    moves = model.terms.pattern.moves()
    symmetric = np.maximum(moves, np.swapaxes(moves, 1, 2))
    sums = sensitivity(model, solution, symmetric, residual=True)
    phi = solution.inverse
    derivatives, second = -sums.first[:, :p, :p], sums.second[..., :p, :p]

    turned = derivatives @ phi
    gamma = 2.0 * scaled_inverse(sums.restricted_traces(phi))
    spread = np.einsum("ij,ijxy->xy", gamma, second)
    spread -= np.einsum("ixy,ij,jyz->xz", turned, gamma, derivatives, optimize=True)
    adjusted = model.scaling.covariance(phi + 2.0 * phi @ spread @ phi)

    degrees = Likelihood.REML.degrees(model.moments.rows, p)
    sigma2 = solution.residual_sum / degrees
    variances = np.diag(model.scaling.covariance(phi))
    shares = np.diagonal(model.scaling.covariance(phi @ turned), axis1=1, axis2=2) / variances
    return Estimates(
        names=model.fixed,
        estimates=model.scaling.effects(solution.shift),
        covariance=sigma2 * adjusted,
        # For a single coefficient the paper's moment matching reduces to this.
        degrees_of_freedom=2.0 / np.einsum("ik,ij,jk->k", shares, gamma, shares, optimize=True),
    )
