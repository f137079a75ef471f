"""What each cluster does to each coefficient between OLS and a model with random slopes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.data.moments import FloatArray
from engine.models.mixed.model import MixedModel


@dataclass(frozen=True)
class SlopeLedger:
    """The difference β̂_mixed − β̂_OLS, cluster by cluster; columns of both add up to it.

    Attributes
    ----------
    by_cluster
        A⁻¹ X_jᵀ (V_j⁻¹ − I) r_j, shape (J, p): the weight a cluster's rows lose times their
        distances from the OLS line.
    contributions
        Change of each cluster's pull, A⁻¹ X_jᵀV_j⁻¹r_j − (XᵀX)⁻¹ X_jᵀr_j, shape (J, p).
    """

    by_cluster: FloatArray
    contributions: FloatArray


def slope_ledger(model: MixedModel, theta: ArrayLike) -> SlopeLedger:
    """Account for the move of the estimates from OLS to the mixed model at θ.

    Notes
    -----
    As Σ X_jᵀr_j = 0 at the OLS line, any one matrix times it may be taken off each cluster's
    share. With L = Σ X_jᵀ (I − V_j⁻¹) X_j and a cluster's pull u_j = (XᵀX)⁻¹ X_jᵀr_j the two
    are linked by contribution = by_cluster + A⁻¹ L u_j, which keeps the digits where the weights
    hardly change; where they change much, the difference of the two pulls does.
    """
    p = len(model.fixed)
    factor = model.scaled_factor(theta)
    mixed = model.solve(factor).inverse
    scaling = model.scaling
    moments = scaling.moments
    means = moments.means @ scaling.residual_map
    scatter = scaling.residual_map.T @ moments.scatter @ scaling.residual_map
    scores = scatter[:, :p, p] + (moments.counts * means[:, p])[:, None] * means[:, :p]
    gram = scatter[:, :p, :p].sum(axis=0) + (means[:, :p].T * moments.counts) @ means[:, :p]

    lost = np.einsum("abj,bxj->axj", model.clusters.whiten(factor).lost, model.clusters.coupled)
    lost_scores = np.einsum("axj,aj->jx", lost[:, :p], lost[:, p])
    lost_gram = np.tensordot(lost[:, :p], lost[:, :p], axes=([0, 2], [0, 2]))
    by_cluster = -lost_scores @ mixed
    pull = np.linalg.solve(gram, scores.T).T
    if np.trace(mixed @ lost_gram) < 1.0:
        contributions = by_cluster + pull @ lost_gram @ mixed
    else:
        contributions = (scores - lost_scores) @ mixed - pull
    return SlopeLedger(
        by_cluster=by_cluster @ scaling.to_units.T,
        contributions=contributions @ scaling.to_units.T,
    )
