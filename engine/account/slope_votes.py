"""Who decides on a slope: each cluster's share of what is known about it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engine.data.moments import FloatArray
from engine.models.mixed.model import MixedModel


def slope_votes(model: MixedModel, theta: ArrayLike) -> FloatArray:
    """Return each cluster's share of the information on the slope, shape (J,).

    With A = Σ A_j, A_j = X_jᵀ V_j⁻¹ X_j, the slope is Σ aᵀ X_jᵀ V_j⁻¹ y_j with a the slope's column
    of A⁻¹. Clusters are independent, so its variance σ² aᵀ A a is the sum of σ² aᵀ A_j a, one
    for each. The shares are these parts over their sum: none is negative, they add up to 1. At
    θ = 0 they are those in ordinary least squares.

    Parameters
    ----------
    model
        A model with an intercept and one predictor, whose random effects are of these two: of the
        intercept, or of both.
    theta
        Covariance parameters θ in lme4's order.
    """
    moments = model.moments
    x = moments.names.index(model.fixed[1])
    # X_j along the cluster's mean and along x about it, so that V_j is 2 × 2. Means are from the
    # origin of the moments: from a distant zero, the squares about the overall mean would cancel.
    root = np.zeros((len(moments.counts), 2, 2))
    root[:, 0, 0] = np.sqrt(moments.counts)
    root[:, 0, 1] = root[:, 0, 0] * moments.means[:, x]
    root[:, 1, 1] = np.sqrt(moments.scatter[:, x, x])
    # The random effects are of x from its own zero.
    from_zero = np.array([[1.0, moments.origin[x]], [0.0, 1.0]])
    of_random = root @ from_zero[:, [model.fixed.index(name) for name in model.terms.names]]
    half = of_random @ model.terms.pattern.matrix(np.asarray(theta, dtype=np.float64))
    variance = np.eye(2) + half @ np.swapaxes(half, 1, 2)
    information = np.swapaxes(root, 1, 2) @ np.linalg.solve(variance, root)
    column = np.linalg.solve(information.sum(axis=0), [0.0, 1.0])
    return np.asarray(np.einsum("a,jab,b->j", column, information, column) / column[1])
