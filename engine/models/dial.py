"""The dial: generalised least squares at any variance ratio, from moments alone.

At variance ratio ρ = τ²/σ² cluster j has weight ω_j = n_j / (1 + n_j ρ). At ρ = 0 the estimates
are those of ordinary least squares. As ρ grows, the intercept comes to count clusters instead of
rows, and slopes approach the within-cluster estimate. REML only chooses a point on this path.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from engine.data.moments import FloatArray, Moments
from engine.models.scaling import Scaling


def cluster_weights(counts: ArrayLike, ratio: ArrayLike) -> FloatArray:
    """Return the weights ω = n / (1 + n ρ) of clusters of n rows at variance ratio ρ.

    Parameters
    ----------
    counts
        Number of rows n of each cluster.
    ratio
        Variance ratio ρ ≥ 0, of a shape that broadcasts with ``counts``.

    Returns
    -------
    ndarray, of the broadcast shape
        The weights, in rows.
    """
    n = np.asarray(counts, dtype=np.float64)
    return np.asarray(n / (1.0 + n * np.asarray(ratio, dtype=np.float64)))


def shrinkage_factors(counts: ArrayLike, ratio: ArrayLike) -> FloatArray:
    """Return the shrinkage factors s = n ρ / (1 + n ρ) of clusters of n rows.

    Parameters
    ----------
    counts
        Number of rows n of each cluster.
    ratio
        Variance ratio ρ ≥ 0, of a shape that broadcasts with ``counts``.

    Returns
    -------
    ndarray, of the broadcast shape
        The factors: 0 is complete pooling, 1 is no pooling.
    """
    n_ratio = np.asarray(counts, dtype=np.float64) * np.asarray(ratio, dtype=np.float64)
    return np.asarray(n_ratio / (1.0 + n_ratio))


@dataclass(frozen=True)
class DialPoint:
    """Generalised least squares at one or many variance ratios ρ; ``...`` is the shape of ρ.

    Attributes
    ----------
    ratio
        The variance ratio ρ, shape (...).
    fixed_effects
        β̂(ρ) in the units of the data, shape (..., p).
    shift
        β̂(ρ) minus the pooled line, on the scaled columns, shape (..., p).
    inverse
        A(ρ)⁻¹ of the scaled columns, shape (..., p, p).
    residual_sum
        Generalised residual sum of squares r²(ρ), in squared outcome units, shape (...).
    log_determinant
        log |A(ρ)|, of the columns in the units of the data, shape (...).
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
    """Generalised least squares as a function of the variance ratio.

    Clusters of equal size always share one weight, so their cross-products are summed only
    once. An evaluation then costs O(distinct sizes), not O(clusters).

    The problem is solved on scaled columns and on residuals from the pooled line. This keeps
    digits when the outcome is far from zero and makes ρ = 0 exactly ordinary least squares.

    Attributes
    ----------
    moments
        Moments of p linearly independent columns X and the outcome.
    """

    moments: Moments

    @cached_property
    def scaling(self) -> Scaling:
        """The coordinates in which the problem is solved."""
        return Scaling(self.moments)

    @cached_property
    def cluster_means(self) -> FloatArray:
        """Cluster means of the scaled columns and of the OLS residuals, shape (J, p + 1)."""
        return self.moments.means @ self.scaling.residual_map

    @cached_property
    def _within(self) -> FloatArray:
        turn = self.scaling.residual_map
        return np.asarray(turn.T @ self.moments.within @ turn)

    @cached_property
    def _by_size(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Distinct cluster sizes, the number of clusters of each, and their summed x̄ x̄ᵀ.

        Shapes (sizes,), (sizes,) and (sizes, (p + 1)²).
        """
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
        """Return Σ weight x̄ x̄ᵀ over clusters; weights (..., sizes) -> (..., p + 1, p + 1)."""
        width = self.cluster_means.shape[1]
        return np.asarray((weights @ self._by_size[2]).reshape(*weights.shape[:-1], width, width))

    def log_weight_sum(self, ratio: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return Σ log(1 + n_j ρ), which is log|V|, and its derivative Σ ω_j.

        Parameters
        ----------
        ratio
            Variance ratio ρ ≥ 0, scalar or array.

        Returns
        -------
        tuple of two ndarrays
            Each of the shape of ``ratio``.
        """
        rho = np.asarray(ratio, dtype=np.float64)[..., None]
        sizes, clusters, _ = self._by_size
        return np.log1p(sizes * rho) @ clusters, cluster_weights(sizes, rho) @ clusters

    def at(self, ratio: ArrayLike) -> DialPoint:
        """Solve the generalised least squares problem at variance ratio ρ.

        Parameters
        ----------
        ratio
            Variance ratio ρ ≥ 0, scalar or array.

        Returns
        -------
        DialPoint

        Raises
        ------
        numpy.linalg.LinAlgError
            A(ρ) is not positive definite: columns are nearly collinear at this ratio.

        Notes
        -----
        A(ρ) = W_XX + Σ ω_j x̄_j x̄_jᵀ and β̂(ρ) = A(ρ)⁻¹ (W_Xy + Σ ω_j x̄_j ȳ_j), where W are the
        cross-products within clusters. Since dω_j/dρ = −ω_j², d log|A|/dρ is
        −tr(A⁻¹ Σ ω_j² x̄_j x̄_jᵀ). Since β̂ minimises r², d r²/dρ is −Σ ω_j² ē_j², where ē_j is
        the mean residual of cluster j.
        """
        rho = np.asarray(ratio, dtype=np.float64)
        weights = cluster_weights(self._by_size[0], rho[..., None])
        p = len(self.moments.names)
        cross = self._within + self._between(weights)
        moved = self._between(weights**2)
        gram = cross[..., :p, :p]
        # At large ratios the intercept's entry is tiny beside those of slopes: equilibrate.
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

    def curvature(self, point: DialPoint) -> tuple[float, float, float, FloatArray]:
        """Return what changes along the path at second order, and the spread of the estimates.

        Parameters
        ----------
        point
            The solution at a single ratio, as `at` returns it.

        Returns
        -------
        float, float, float, ndarray
            d² log|V| / dρ², d² log|A| / dρ², d² r² / dρ², and d A⁻¹ / dρ in the units of the data,
            shape (p, p).

        Notes
        -----
        With dω_j/dρ = −ω_j² and M_k = Σ ω_jᵏ x̄_j x̄_jᵀ, dA/dρ is −M₂ and dM₂/dρ is −2 M₃.
        """
        p = len(self.moments.names)
        sizes, clusters, _ = self._by_size
        weights = cluster_weights(sizes, point.ratio)
        second, third = self._between(weights**2), self._between(weights**3)
        contrast = np.append(-point.shift, 1.0)
        bent = point.inverse @ second[:p, :p]
        pull = (second @ contrast)[:p]
        return (
            -float(weights**2 @ clusters),
            float(2.0 * np.sum(point.inverse * third[:p, :p]) - np.sum(bent * bent.T)),
            float(2.0 * (contrast @ third @ contrast - pull @ point.inverse @ pull)),
            self.scaling.covariance(bent @ point.inverse),
        )

    def covariance(self, point: DialPoint) -> FloatArray:
        """Return A(ρ)⁻¹ in the units of the data, shape (..., p, p); times σ² it is Var β̂.

        Parameters
        ----------
        point
            The solution at one or many ratios, as `at` returns it.
        """
        return self.scaling.covariance(point.inverse)

    def mean_residuals(self, point: DialPoint) -> FloatArray:
        """Return each cluster's mean residual ȳ_j − x̄_jᵀβ̂(ρ), in outcome units, shape (J,).

        Parameters
        ----------
        point
            The solution at a single ratio, as `at` returns it.
        """
        p = len(self.moments.names)
        return np.asarray(self.cluster_means[:, p] - self.cluster_means[:, :p] @ point.shift)
