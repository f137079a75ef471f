"""The intercept of a model without predictors: where a beam with a weight per cluster balances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.data.moments import FloatArray
from engine.models.dial import cluster_weights, shrinkage_factors


@dataclass(frozen=True)
class Balance:
    """J cluster means on a beam, at one or many variance ratios; ``...`` is the shape of ρ.

    Attributes
    ----------
    means
        The cluster means ȳ_j, shape (J,), in outcome units.
    weights
        Their weights ω_j = n_j / (1 + n_j ρ), shape (..., J), in rows.
    shares
        Each cluster's share ω_j / Σ ω_j of the weight, shape (..., J).
    point
        Where the beam balances, Σ ω_j ȳ_j / Σ ω_j, shape (...): the estimated intercept, in
        outcome units.
    shrinkage
        Shrinkage factors s_j = n_j ρ / (1 + n_j ρ), shape (..., J).
    """

    means: FloatArray
    weights: FloatArray
    shares: FloatArray
    point: FloatArray
    shrinkage: FloatArray

    @property
    def landings(self) -> FloatArray:
        """Where the mixed model puts each cluster, shape (..., J), in outcome units.

        That is the part s_j of the way from the pooled value to the cluster's own mean.
        """
        pooled = self.point[..., None]
        return np.asarray(pooled + self.shrinkage * (self.means - pooled))


def balance(counts: ArrayLike, means: ArrayLike, ratio: ArrayLike) -> Balance:
    """Balance cluster means at any variance ratio, with sizes and means as one likes.

    Parameters
    ----------
    counts
        Rows n_j of each cluster, above 0, shape (J,).
    means
        Mean outcome of each cluster, shape (J,), in outcome units.
    ratio
        Variance ratios ρ ≥ 0 of any shape. 0 is ordinary least squares, the mean of all rows.
        At infinity each cluster has one vote; the weights are 0 there, their shares are not.

    Returns
    -------
    Balance

    Examples
    --------
    >>> balance([3, 1], [0.0, 4.0], [0.0, np.inf]).point.tolist()
    [1.0, 2.0]
    """
    own = np.asarray(means, dtype=np.float64)
    rho = np.asarray(ratio, dtype=np.float64)[..., None]
    endless = np.isinf(rho)
    finite = np.where(endless, 0.0, rho)
    weights = cluster_weights(counts, finite)
    votes = np.where(endless, 1.0, weights)
    shares = votes / votes.sum(axis=-1, keepdims=True)
    return Balance(
        means=own,
        weights=np.where(endless, 0.0, weights),
        shares=shares,
        point=np.asarray(shares @ own),
        shrinkage=np.where(endless, 1.0, shrinkage_factors(counts, finite)),
    )


def landing_error(counts: ArrayLike, levels: ArrayLike, ratio: ArrayLike) -> FloatArray:
    """Return how far a cluster lands from its true level, on average over its rows.

    Parameters
    ----------
    counts
        Rows n_j of each cluster, shape (J,).
    levels
        True levels of the clusters, shape (J,), in outcome units.
    ratio
        Variance ratios ρ ≥ 0 of any shape.

    Returns
    -------
    ndarray, shape (..., J)
        The expected landing less the level, in outcome units: (1 − s_j) times the way from the
        level to the expected pooled value. Over clusters whose levels have nothing to do with their
        sizes these errors average out. Where levels follow sizes, clusters of one size
        err in one direction.
    """
    expected = balance(counts, levels, ratio)
    return np.asarray(expected.landings - expected.means)


def dealt_by_size(counts: ArrayLike, levels: ArrayLike) -> FloatArray:
    """Return levels dealt to the clusters anew: the smaller a cluster, the higher its level.

    Parameters
    ----------
    counts
        Rows n_j of each cluster, shape (J,).
    levels
        Levels in any order, shape (J,), in outcome units.
    """
    dealt = np.empty(len(np.asarray(levels)))
    dealt[np.argsort(-np.asarray(counts), kind="stable")] = np.sort(levels)
    return dealt
