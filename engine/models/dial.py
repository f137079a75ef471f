"""The dial: generalised least squares at any variance ratio, from moments alone.

At ratio ρ = τ²/σ² each cluster weighs ω_j = n_j / (1 + n_j ρ). At ρ = 0 that is ordinary
least squares; as ρ grows the intercept comes to count clusters instead of rows, and slopes
approach the within-cluster estimate. REML only chooses a point on this path.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from engine.data.moments import FloatArray, Moments
from engine.models.scaling import Scaling


def cluster_weights(counts: ArrayLike, ratio: ArrayLike) -> FloatArray:
    """Return ω = n / (1 + n ρ), the weight of a cluster of n rows at variance ratio ρ."""
    n = np.asarray(counts, dtype=np.float64)
    return np.asarray(n / (1.0 + n * np.asarray(ratio, dtype=np.float64)))


def shrinkage_factors(counts: ArrayLike, ratio: ArrayLike) -> FloatArray:
    """Return s = n ρ / (1 + n ρ): 0 is complete pooling, 1 is no pooling."""
    n_ratio = np.asarray(counts, dtype=np.float64) * np.asarray(ratio, dtype=np.float64)
    return np.asarray(n_ratio / (1.0 + n_ratio))


@dataclass(frozen=True)
class DialPoint:
    """Generalised least squares at one or many ratios ρ; ``...`` is the shape of ρ.

    Attributes
    ----------
    ratio
        The variance ratio ρ, shape (...).
    fixed_effects
        β̂(ρ) in the units of the data, shape (..., p).
    residual_sum
        Generalised residual sum of squares r²(ρ), shape (...).
    log_determinant
        log |A(ρ)|, shape (...).
    shift
        β̂(ρ) minus the pooled line, on the scaled columns, shape (..., p).
    inverse
        A(ρ)⁻¹ of the scaled columns, shape (..., p, p).
    residual_sum_derivative, log_determinant_derivative
        d r²/dρ and d log|A|/dρ, each of shape (...).
    """

    ratio: FloatArray
    fixed_effects: FloatArray
    shift: FloatArray
    inverse: FloatArray
    residual_sum: FloatArray
    log_determinant: FloatArray
    residual_sum_derivative: FloatArray
    log_determinant_derivative: FloatArray


@dataclass(frozen=True)
class Dial:
    """Everything that generalised least squares needs, as a function of the ratio.

    Clusters of equal size always share one weight, so their cross-products are added up
    once: an evaluation costs O(distinct sizes), not O(clusters).

    Work is done on scaled columns and on residuals from the pooled line, which keeps digits
    when the outcome is far from zero and makes ρ = 0 exactly ordinary least squares.
    """

    moments: Moments

    @cached_property
    def scaling(self) -> Scaling:
        """The coordinates in which the problem is solved."""
        return Scaling(self.moments)

    @cached_property
    def cluster_means(self) -> FloatArray:
        """Cluster means of the scaled columns and of the OLS residual, shape (J, p + 1)."""
        return self.moments.means @ self.scaling.residual_map

    @cached_property
    def _within(self) -> FloatArray:
        turn = self.scaling.residual_map
        return np.asarray(turn.T @ self.moments.within @ turn)

    @cached_property
    def _by_size(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Distinct sizes, clusters of each, and their summed products of means."""
        sizes, group, clusters = np.unique(
            self.moments.counts, return_inverse=True, return_counts=True
        )
        width = self.cluster_means.shape[1]
        products = np.empty((len(sizes), width * width))
        for a in range(width):
            for b in range(a + 1):
                product = np.bincount(group, self.cluster_means[:, a] * self.cluster_means[:, b])
                products[:, a * width + b] = products[:, b * width + a] = product
        return sizes.astype(np.float64), clusters.astype(np.float64), products

    def _between(self, weights: FloatArray) -> FloatArray:
        """Sum of weight x̄ x̄ᵀ over clusters; weights (..., sizes) -> (..., p + 1, p + 1)."""
        width = self.cluster_means.shape[1]
        return np.asarray((weights @ self._by_size[2]).reshape(*weights.shape[:-1], width, width))

    def log_weight_sum(self, ratio: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return Σ log(1 + n_j ρ) and its derivative Σ ω_j, each of the shape of ρ."""
        rho = np.asarray(ratio, dtype=np.float64)[..., None]
        sizes, clusters, _ = self._by_size
        return np.log1p(sizes * rho) @ clusters, cluster_weights(sizes, rho) @ clusters

    def at(self, ratio: ArrayLike) -> DialPoint:
        """Solve the generalised least squares problem at ratio ρ (scalar or array, ρ ≥ 0).

        Notes
        -----
        A(ρ) = W_XX + Σ ω_j x̄_j x̄_jᵀ, β̂(ρ) = A(ρ)⁻¹ (W_Xy + Σ ω_j x̄_j ȳ_j), with W the
        cross-products within clusters. As dω_j/dρ = −ω_j², d log|A|/dρ is
        −tr(A⁻¹ Σ ω_j² x̄_j x̄_jᵀ) and, β̂ minimising r², d r²/dρ is −Σ ω_j² ē_j² with ē_j
        the mean residual of cluster j.
        """
        rho = np.asarray(ratio, dtype=np.float64)
        weights = cluster_weights(self._by_size[0], rho[..., None])
        p = len(self.moments.names)
        cross = self._within + self._between(weights)
        moved = self._between(weights**2)
        gram = cross[..., :p, :p]
        # At large ratios the intercept's entry is tiny beside the slopes': equilibrate.
        unit = np.sqrt(np.diagonal(gram, axis1=-2, axis2=-1))
        factor = np.linalg.cholesky(gram / (unit[..., :, None] * unit[..., None, :]))
        root = np.linalg.solve(factor, np.eye(p))
        root = root / unit[..., None, :]
        inverse = np.swapaxes(root, -1, -2) @ root
        shift = np.einsum("...ab,...b->...a", inverse, cross[..., :p, p])
        # The pooled line is by definition the point ρ = 0; rounding must not move it.
        shift = np.where(rho[..., None] == 0.0, 0.0, shift)
        contrast = np.concatenate([-shift, np.ones((*rho.shape, 1))], axis=-1)
        diagonal = np.diagonal(factor, axis1=-2, axis2=-1)
        return DialPoint(
            ratio=rho,
            fixed_effects=self.scaling.effects(shift),
            shift=shift,
            inverse=inverse,
            residual_sum=np.einsum("...a,...ab,...b->...", contrast, cross, contrast),
            log_determinant=2.0 * np.sum(np.log(diagonal) + np.log(unit), axis=-1)
            + self.scaling.log_determinant,
            residual_sum_derivative=-np.einsum("...a,...ab,...b->...", contrast, moved, contrast),
            log_determinant_derivative=-np.einsum("...ab,...ba->...", inverse, moved[..., :p, :p]),
        )

    def covariance(self, point: DialPoint) -> FloatArray:
        """Return A(ρ)⁻¹ in the units of the data, shape (..., p, p); times σ² it is Var β̂."""
        return self.scaling.covariance(point.inverse)

    def mean_residuals(self, point: DialPoint) -> FloatArray:
        """Return each cluster's mean residual ȳ_j − x̄_jᵀβ̂(ρ) at one ratio, shape (J,)."""
        p = len(self.moments.names)
        return np.asarray(self.cluster_means[:, p] - self.cluster_means[:, :p] @ point.shift)
