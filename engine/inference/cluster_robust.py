"""Cluster-robust standard errors for OLS and the random-intercept model, from moments.

Within a cluster only the space spanned by the constant and the predictors matters. In an
orthonormal basis of this space a cluster of 70,000 rows is a (p + 1)-vector, the covariance of
its rows is diag(1 + nρ, 1, …, 1), and no n_j × n_j matrix is ever formed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from engine.data.moments import FloatArray, Moments
from engine.errors import FitError
from engine.models.estimates import Estimates
from engine.models.scaling import Scaling

Correction: TypeAlias = Literal["CR0", "CR1", "CR1S", "CR2"]

# Clusters per block.
_BLOCK = 1_024

# If a cluster's residuals keep less than this share of a direction, they are rounding: the
# predictors fit the cluster perfectly there. clubSandwich's tolerance.
_FITTED_PERFECTLY = 1e-12


@dataclass(frozen=True)
class RobustErrors(Estimates):
    """Estimates whose covariance allows any dependence between the rows of a cluster.

    Degrees of freedom are Satterthwaite's for CR2 and J − 1 otherwise.

    Attributes
    ----------
    correction
        The small-sample correction. CR0 is none, CR1 is the factor J/(J − 1), and CR1S is the
        factor J(N − 1)/((J − 1)(N − p)). CR2 is Bell and McCaffrey's, which is unbiased if the
        model's own covariance is right.
    """

    correction: Correction


def cluster_robust(
    moments: Moments, ratio: float = 0.0, correction: Correction = "CR2"
) -> RobustErrors:
    """Return cluster-robust standard errors of the estimates at variance ratio ρ.

    Parameters
    ----------
    moments
        Moments of p linearly independent columns X and the outcome.
    ratio
        Variance ratio ρ ≥ 0. The default 0 is ordinary least squares; ρ̂ is the random-intercept
        fit.
    correction
        The small-sample correction; see `RobustErrors`.

    Returns
    -------
    RobustErrors
        The estimates at this ratio, with their robust covariance.

    Raises
    ------
    FitError
        There are fewer than two clusters.

    Notes
    -----
    Bell & McCaffrey (2002), Survey Methodology 28:169–181, as generalised by Pustejovsky & Tipton
    (2018), J. Business & Economic Statistics 36:672–683, with working covariance V_j = I + ρ11ᵀ.
    The values are those of clubSandwich's ``vcovCR`` for fits by ``lm`` and ``lmer``. With
    M = A(ρ)⁻¹ and D_jᵀD_j = V_j, the correction is A_j = D_jᵀ(D_j(V_j − X_jMX_jᵀ)D_jᵀ)^(−1/2) D_j
    for any root D_j, and the covariance is M (Σ X_jᵀV_j⁻¹A_j r_jr_jᵀA_jᵀV_j⁻¹X_j) M.
    """
    size, p = len(moments.levels), len(moments.names)
    if size < 2:
        raise FitError("Cluster-robust standard errors need at least two clusters.")
    frame = _ClusterFrame(moments, ratio)
    degrees = np.full(p, size - 1.0)
    factor = 1.0
    if correction == "CR2":
        influence, degrees = frame.bell_mccaffrey()
    else:
        influence = frame.plain()
        if correction != "CR0":
            factor = size / (size - 1.0)
        if correction == "CR1S":
            factor *= (moments.rows - 1.0) / (moments.rows - p)
    covariance = factor * influence.T @ influence
    return RobustErrors(
        names=moments.names,
        correction=correction,
        estimates=frame.estimates,
        covariance=covariance,
        degrees_of_freedom=degrees,
    )


class _ClusterFrame:
    """Whitened predictors and residuals of every cluster in the orthonormal basis, at one ratio.

    The first basis vector is the constant, so whitening only divides the first coordinate by
    √(1 + nρ). Columns are multiplied by a root L of M = LLᵀ. This makes them orthonormal over all
    clusters together, so that least squares needs only inner products.
    """

    def __init__(self, moments: Moments, ratio: float) -> None:
        p = len(moments.names)
        counts = moments.counts.astype(np.float64)
        scaling = Scaling(moments)
        means = moments.means @ scaling.residual_map
        # Standard deviation of each coordinate under the model, in units of σ.
        self.deviation = np.ones((len(counts), p + 1))
        self.deviation[:, 0] = np.sqrt(1.0 + counts * ratio)
        of_mean = np.sqrt(counts) / self.deviation[:, 0]
        predictors = np.empty((len(counts), p + 1, p))
        predictors[:, 0] = of_mean[:, None] * means[:, :p]
        pooled = np.zeros((len(counts), p + 1))
        pooled[:, 0] = of_mean * means[:, p]
        for block in _blocks(len(counts)):
            scatter = scaling.residual_map.T @ moments.scatter_of(block) @ scaling.residual_map
            # Within a cluster, scatter = E diag(e) Eᵀ. The coordinates are √e Eᵀ for the
            # predictors and EᵀXᵀr / √e for the residual r.
            values, vectors = np.linalg.eigh(scatter[:, :p, :p])
            present = values > np.finfo(float).eps * counts[block, None]
            lengths = np.sqrt(np.where(present, values, 0.0))
            predictors[block, 1:] = lengths[:, :, None] * np.swapaxes(vectors, 1, 2)
            products = np.einsum("jak,ja->jk", vectors, scatter[:, :p, p])
            np.divide(products, lengths, out=pooled[block, 1:], where=present)
        root = np.eye(p)
        # The second pass makes the columns orthonormal to full precision (CholeskyQR2). Only then
        # can a perfectly fitted cluster be distinguished from a nearly perfectly fitted one.
        for _ in range(2):
            turn = np.linalg.inv(
                np.linalg.cholesky(np.einsum("jak,jal->kl", predictors, predictors))
            ).T
            for block in _blocks(len(counts)):
                predictors[block] = predictors[block] @ turn
            root = root @ turn
        self.predictors = predictors
        shift = np.einsum("jak,ja->k", self.predictors, pooled)
        self.residual = pooled - self.predictors @ shift
        self.estimates = scaling.effects(root @ shift)
        self.to_units = scaling.to_units @ root

    def plain(self) -> FloatArray:
        """Return each cluster's M X_jᵀV_j⁻¹r_j, in the units of the estimates, shape (J, p)."""
        return np.asarray(np.einsum("jak,ja->jk", self.predictors, self.residual) @ self.to_units.T)

    def bell_mccaffrey(self) -> tuple[FloatArray, FloatArray]:
        """Return M X_jᵀV_j⁻¹A_j r_j, shape (J, p), and Satterthwaite's degrees of freedom (p,).

        For a contrast c the variance estimate is a quadratic form in y. Its matrix has entries
        g_iᵀ V g_j = δ_ij a_iᵀV_i a_i − h_iᵀh_j, where a_j = A_jᵀV_j⁻¹X_jMc and h_j = LᵀX_jᵀa_j.
        The degrees of freedom are trace² / (sum of squared entries). The sum needs only the
        p × p matrix Σ h_jh_jᵀ, not the J × J matrix itself.
        """
        adjusted = np.empty_like(self.predictors)
        for block in _blocks(len(adjusted)):
            adjusted[block] = self._adjustment(block) @ self.predictors[block]
        influence = np.einsum("jak,ja->jk", adjusted, self.residual) @ self.to_units.T
        degrees = np.empty(len(self.to_units))
        for k, contrast in enumerate(self.to_units):
            direction = adjusted @ contrast
            own = np.einsum("ja,ja->j", direction, direction)
            shared = np.einsum("jak,ja->jk", self.predictors, direction)
            overlap = np.einsum("jk,jk->j", shared, shared)
            squares = np.sum(own * (own - 2.0 * overlap)) + np.sum((shared.T @ shared) ** 2)
            with np.errstate(invalid="ignore", divide="ignore"):
                degrees[k] = np.sum(own - overlap) ** 2 / squares
        return influence, degrees

    def _adjustment(self, clusters: slice) -> FloatArray:
        """Return Φ(Φ(I − H)Φ)^(−1/2), Φ the model's covariance, (clusters, p + 1, p + 1)."""
        deviation, predictors = self.deviation[clusters], self.predictors[clusters]
        left = np.eye(deviation.shape[1]) - predictors @ np.swapaxes(predictors, 1, 2)
        values, vectors = np.linalg.eigh(left)
        kept = values > _FITTED_PERFECTLY
        lengths = np.sqrt(np.where(kept, values, 0.0))
        if deviation.max() > 1.0:
            # Take singular values of (I − H)^(1/2) Φ: eigenvalues of Φ(I − H)Φ itself would lose
            # twice the digits where nρ is large. The number of zeros stays the same.
            variance = deviation[:, None, :] ** 2
            turned = lengths[:, :, None] * np.swapaxes(vectors, 1, 2) * variance
            _, lengths, right = np.linalg.svd(turned)
            vectors = np.swapaxes(right, 1, 2)
            kept = np.sort(kept, axis=1)[:, ::-1]
        power = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=kept)
        half = (vectors * power[:, None, :]) @ np.swapaxes(vectors, 1, 2)
        return np.asarray(deviation[:, :, None] ** 2 * half)


def _blocks(clusters: int) -> Iterator[slice]:
    return (slice(start, start + _BLOCK) for start in range(0, clusters, _BLOCK))
