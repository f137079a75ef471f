"""Cluster-robust standard errors for both fits, from moments.

Inside a cluster everything that matters happens in the space spanned by the constant and the
predictors. In an orthonormal basis of it a cluster of 70,000 rows is a (p + 1)-vector, the
covariance of its rows is diag(1 + nρ, 1, …, 1), and no n_j × n_j matrix ever appears.
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

# Clusters worked on at once.
_BLOCK = 1_024

# Below this share of its full size, what a cluster leaves of a direction is rounding: the
# predictors fit that cluster perfectly there. clubSandwich's tolerance.
_FITTED_PERFECTLY = 1e-12


@dataclass(frozen=True)
class RobustErrors(Estimates):
    """Estimates whose covariance allows any dependence between the rows of a cluster.

    Degrees of freedom are Satterthwaite's for CR2 and J − 1 otherwise.

    Attributes
    ----------
    correction
        Which small-sample correction: CR0 none; CR1 J/(J − 1); CR1S J(N − 1)/((J − 1)(N − p));
        CR2 that of Bell and McCaffrey, unbiased when the model's own covariance is right.
    """

    correction: Correction


def cluster_robust(
    moments: Moments, ratio: float = 0.0, correction: Correction = "CR2"
) -> RobustErrors:
    """Return cluster-robust standard errors of the estimates at variance ratio ρ.

    Parameters
    ----------
    moments
        Moments of linearly independent columns.
    ratio
        Variance ratio ρ: 0, the default, is ordinary least squares; ρ̂ is the mixed fit.
    correction
        Small-sample correction, see `RobustErrors`.

    Raises
    ------
    FitError
        With fewer than two clusters.

    Notes
    -----
    Bell & McCaffrey (2002), Survey Methodology 28:169–181, as generalised by Pustejovsky & Tipton
    (2018), J. Business & Economic Statistics 36:672–683, with working covariance V_j = I + ρ11ᵀ;
    the values of clubSandwich's ``vcovCR`` for fits by ``lm`` and ``lmer``. With M = A(ρ)⁻¹ and
    D_jᵀD_j = V_j the correction is A_j = D_jᵀ(D_j(V_j − X_jMX_jᵀ)D_jᵀ)^(−1/2) D_j, whichever root
    D_j is taken, and the covariance M (Σ X_jᵀV_j⁻¹A_j r_jr_jᵀA_jᵀV_j⁻¹X_j) M.
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
    √(1 + nρ). Columns are turned by a root L of M = LLᵀ, which makes them orthonormal over all
    clusters together: least squares is then a matter of inner products.
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
            # Inside a cluster, scatter = E diag(e) Eᵀ: coordinates are √e Eᵀ for the predictors
            # and Eᵀ X'r / √e for the residual.
            values, vectors = np.linalg.eigh(scatter[:, :p, :p])
            present = values > np.finfo(float).eps * counts[block, None]
            lengths = np.sqrt(np.where(present, values, 0.0))
            predictors[block, 1:] = lengths[:, :, None] * np.swapaxes(vectors, 1, 2)
            products = np.einsum("jak,ja->jk", vectors, scatter[:, :p, p])
            np.divide(products, lengths, out=pooled[block, 1:], where=present)
        root = np.eye(p)
        # The second pass makes the columns orthonormal to the last digits (CholeskyQR2), which
        # is what tells a cluster that is fitted perfectly from one that nearly is.
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
        """Return M X_jᵀV_j⁻¹r_j of each cluster in the units of the data, shape (J, p)."""
        return np.asarray(np.einsum("jak,ja->jk", self.predictors, self.residual) @ self.to_units.T)

    def bell_mccaffrey(self) -> tuple[FloatArray, FloatArray]:
        """Return M X_jᵀV_j⁻¹A_j r_j, shape (J, p), and Satterthwaite's degrees of freedom (p,).

        For a contrast c the variance estimate is a quadratic form in y with matrix entries
        g_iᵀ V g_j = δ_ij a_iᵀV_i a_i − h_iᵀh_j, where a_j = A_jᵀV_j⁻¹X_jMc and h_j = LᵀX_jᵀa_j.
        Its degrees of freedom are trace² / (sum of squared entries); that sum needs only the
        p × p matrix Σ h_jh_jᵀ, never the J × J one.
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
        """Return Φ(Φ(I − H)Φ)^(−1/2) with Φ the model's covariance, (clusters, p + 1, p + 1)."""
        deviation, predictors = self.deviation[clusters], self.predictors[clusters]
        left = np.eye(deviation.shape[1]) - predictors @ np.swapaxes(predictors, 1, 2)
        values, vectors = np.linalg.eigh(left)
        kept = values > _FITTED_PERFECTLY
        lengths = np.sqrt(np.where(kept, values, 0.0))
        if deviation.max() > 1.0:
            # Singular values of (I − H)^(1/2) Φ: those of the product itself would lose twice
            # the digits where nρ is large. As many are zero as before.
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
