"""Derivatives of the mixed model's quantities in its covariance parameters, in closed form.

Let V move in a direction V̇ = Z S Zᵀ (S symmetric, q × q). The derivatives of log|V| and of
[X y]ᵀ V⁻¹ [X y], and the second moments that Kenward and Roger need, are all inner products of
two small arrays per cluster: P = V^(−1/2) V̇ V^(−1/2) in the cluster's special directions, and
P V^(−1/2) [X y].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.data.moments import FloatArray
from engine.models.mixed.clusters import gram
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.model import MixedModel, Solution
from engine.models.mixed.terms import Pattern

# Eigenvalues below this share of the largest are rounding noise.
_ROUNDING = 1e-15


@dataclass(frozen=True)
class Sensitivity:
    """Sums over clusters for m directions V̇_a in which V moves.

    Attributes
    ----------
    traces
        tr(V⁻¹V̇_a V⁻¹V̇_b), shape (m, m).
    first
        [X e]ᵀ V⁻¹V̇_a V⁻¹ [X e], e = y − X β̂, shape (m, p + 1, p + 1).
    second
        [X e]ᵀ V⁻¹V̇_a V⁻¹V̇_b V⁻¹ [X e], shape (m, m, p + 1, p + 1).
    """

    traces: FloatArray
    first: FloatArray
    second: FloatArray

    def restricted_traces(self, inverse: FloatArray) -> FloatArray:
        """Return tr(P V̇_a P V̇_b) with P = V⁻¹ − V⁻¹X A⁻¹ XᵀV⁻¹, shape (m, m).

        Half of it is the expected information of REML (Harville 1977, J. American Statistical
        Association 72:320–338, section 4).

        Parameters
        ----------
        inverse
            A⁻¹ = (XᵀV⁻¹X)⁻¹ on the scaled columns, shape (p, p).
        """
        p = len(inverse)
        turned = self.first[:, :p, :p] @ inverse
        return np.asarray(
            self.traces
            - 2.0 * np.einsum("ijxy,yx->ij", self.second[..., :p, :p], inverse)
            + np.einsum("ixy,jyx->ij", turned, turned)
        )


def sensitivity(
    model: MixedModel, solution: Solution, directions: FloatArray, *, residual: bool = False
) -> Sensitivity:
    """Return the sums over clusters for V̇_a = Z S_a Zᵀ.

    Parameters
    ----------
    model
        The model.
    solution
        Its solution, which also defines the coordinates of Z.
    directions
        The symmetric matrices S_a, shape (m, q, q).
    residual
        Whether to append the identity as the last direction, in which the residual variance
        moves V; the result then has m + 1 directions.

    Returns
    -------
    Sensitivity
    """
    clusters, root, rotated = model.representatives, solution.root, solution.rotated
    moved = np.einsum("ack,mcd->madk", root, directions)
    pulled = np.einsum("madk,bdk->mabk", moved, root)
    if residual:
        kept = solution.whitened.kept
        pulled = np.concatenate([pulled, np.einsum("ack,bck->abk", kept, kept)[None]])
    applied = np.einsum("mabk,bxk->maxk", pulled, rotated)
    traces = np.tensordot(pulled * clusters.weights, pulled, axes=([1, 2, 3], [1, 2, 3]))
    first = np.tensordot(applied, rotated, axes=([1, 3], [0, 2]))
    second = np.tensordot(applied, applied, axes=([1, 3], [1, 3])).transpose(0, 2, 1, 3)
    if residual:
        # Outside the special directions V is the identity, so these rows count in full.
        special = len(root) * len(model.moments.counts)
        traces[-1, -1] += model.moments.rows - special
        first[-1] += solution.outside
        second[-1, -1] += solution.outside
    return Sensitivity(traces=traces, first=first, second=second)


def covariance_gradient(
    model: MixedModel, solution: Solution, likelihood: Likelihood
) -> FloatArray:
    """Return the gradient of the criterion in D = F Fᵀ: the symmetric G with d crit = tr(G dD).

    Parameters
    ----------
    model
        The model.
    solution
        Its solution at F.
    likelihood
        REML or maximum likelihood.

    Returns
    -------
    ndarray, shape (q, q)
        G, in the coordinates of Z of the solution.

    Notes
    -----
    With B_j = Z_jᵀ V_j⁻¹ X_j and e_j = Z_jᵀ V_j⁻¹ (y_j − X_j β̂):
    G = Σ Z_jᵀ V_j⁻¹ Z_j [− Σ B_j A⁻¹ B_jᵀ] − (d / r²) Σ e_j e_jᵀ; the term in brackets is in
    REML only.
    """
    p = len(model.fixed)
    clusters = model.representatives
    coupled = np.einsum("ack,axk->xck", solution.root, solution.rotated)
    slope = gram(solution.root * np.sqrt(clusters.weights))
    if likelihood is Likelihood.REML:
        fixed = np.tensordot(solution.half, coupled[:p], axes=(0, 0))
        slope -= np.tensordot(fixed, fixed, axes=([0, 2], [0, 2]))
    score = coupled[p]
    degrees = likelihood.degrees(model.moments.rows, p)
    return np.asarray(slope - degrees / solution.residual_sum * (score @ score.T))


def criterion_gradient(
    model: MixedModel, theta: ArrayLike, likelihood: Likelihood = Likelihood.REML
) -> FloatArray:
    """Return d criterion / dθ in closed form, shape (len θ,).

    Parameters
    ----------
    model
        The model.
    theta
        θ in lme4's parametrisation and order, shape (len θ,).
    likelihood
        REML or maximum likelihood.
    """
    to_scaled = model.random_scaling.to_scaled
    factor = to_scaled @ model.terms.pattern.matrix(np.asarray(theta, dtype=np.float64))
    slope = covariance_gradient(model, model.solve(factor), likelihood)
    return model.terms.pattern.entries(2.0 * to_scaled.T @ slope @ factor)


def natural_basis(model: MixedModel, solution: Solution) -> FloatArray:
    """Return a basis B of the random effects in which they are equally well determined.

    Within each term, the mean over clusters of Bᵀ Zᵀ V⁻¹ Z B is the identity. In these
    coordinates the covariance parameters are as independent as they can be, however much the
    variances differ and however the effects are correlated.

    Parameters
    ----------
    model
        The model.
    solution
        Its solution, which defines V and the coordinates of Z.

    Returns
    -------
    ndarray, shape (q, q)
        B, block diagonal with a block per term; see `Solution.rebased`.
    """
    basis = np.zeros_like(solution.factor)
    weights = model.representatives.weights
    mean = gram(solution.root * np.sqrt(weights / weights.sum()))
    for block in model.terms.blocks:
        values, vectors = np.linalg.eigh(mean[block, block])
        basis[block, block] = vectors / np.sqrt(np.maximum(values, _ROUNDING * values[-1]))
    return basis


@dataclass(frozen=True)
class Curvature:
    """Derivatives of the criterion in the m free entries of F, and in σ².

    Attributes
    ----------
    gradient, hessian
        Gradient and Hessian of the profiled criterion, shapes (m,) and (m, m).
    joint
        Hessian in (F, log σ²) of the criterion profiled over β only, at σ² = r²/d, shape
        (m + 1, m + 1).
    effect_derivatives, variance_derivatives
        dβ̂/dF and dA⁻¹/dF on the scaled columns, shapes (m, p) and (m, p, p).
    """

    gradient: FloatArray
    hessian: FloatArray
    joint: FloatArray
    effect_derivatives: FloatArray
    variance_derivatives: FloatArray


def curvature(
    model: MixedModel, solution: Solution, likelihood: Likelihood, pattern: Pattern
) -> Curvature:
    """Differentiate the criterion twice, in closed form.

    Parameters
    ----------
    model
        The model.
    solution
        Its solution at F.
    likelihood
        REML or maximum likelihood.
    pattern
        The m free entries of F.

    Returns
    -------
    Curvature
    """
    p, m = len(model.fixed), len(pattern.rows)
    degrees = likelihood.degrees(model.moments.rows, p)
    moves = pattern.moves()
    half = moves @ solution.factor.T
    directions = half + np.swapaxes(half, 1, 2)
    moved = sensitivity(model, solution, directions)
    slope = covariance_gradient(model, solution, likelihood)
    inverse = solution.inverse
    precision = degrees / solution.residual_sum

    fixed = moved.first[:, :p, :p] @ inverse
    score = moved.first[:, :p, p]
    residual_derivatives = -moved.first[:, p, p]
    residual_curvature = 2.0 * (moved.second[:, :, p, p] - score @ inverse @ score.T)
    fixed_curvature = 2.0 * np.einsum("abxy,yx->ab", moved.second[..., :p, :p], inverse)
    fixed_curvature -= np.einsum("axy,byx->ab", fixed, fixed)

    # D is quadratic in F: its constant second derivative is weighted by the criterion's gradient.
    bend = 2.0 * np.einsum("axz,xy,byz->ab", moves, slope, moves)
    joint = np.empty((m + 1, m + 1))
    joint[:m, :m] = (
        bend
        - moved.traces
        + likelihood.fixed_part(fixed_curvature)
        + precision * residual_curvature
    )
    joint[m, :m] = joint[:m, m] = -precision * residual_derivatives
    joint[m, m] = degrees
    profiled = joint[:m, :m] - np.outer(joint[m, :m], joint[m, :m]) / degrees
    return Curvature(
        gradient=np.einsum("xy,axy->a", slope, directions),
        hessian=0.5 * (profiled + profiled.T),
        joint=joint,
        effect_derivatives=-score @ inverse,
        variance_derivatives=inverse @ moved.first[:, :p, :p] @ inverse,
    )
