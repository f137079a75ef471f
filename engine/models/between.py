"""The between estimate: what the cluster means alone say, each cluster counted once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.data.moments import IntArray, Moments
from engine.models.estimates import Estimates
from engine.models.scaling import Scaling


@dataclass(frozen=True)
class BetweenFit(Estimates):
    """Least squares through the cluster means.

    Its terms are those that cluster means can tell, in the order of the model. All but the
    estimates are NaN when there are no more clusters than coefficients.

    Attributes
    ----------
    residual_variance
        Of the cluster means about the line, RSS / (J − q), in squared outcome units.
    residual_df
        J − q.
    """

    residual_variance: float
    residual_df: int


def between_estimate(moments: Moments) -> BetweenFit:
    """Regress cluster means on cluster means, unweighted: ``plm(model = "between")`` in R.

    A predictor with the same mean in every cluster, or whose means are a combination of those
    before it, is left out as R leaves it out.
    """
    reduced = _one_row_per_cluster(moments)
    kept = reduced.independent_columns()
    size, q = len(moments.levels), len(kept)
    reduced = reduced.select(kept)
    scaling = Scaling(reduced)
    means = reduced.means @ scaling.residual_map
    factor = np.linalg.qr(means[:, :q])
    root = np.linalg.inv(factor.R)
    shift = root @ (factor.Q.T @ means[:, q])
    residual = means[:, q] - means[:, :q] @ shift
    degrees = size - q
    variance = float(residual @ residual) / degrees if degrees else np.nan
    estimates = scaling.effects(shift)
    return BetweenFit(
        names=reduced.names,
        estimates=estimates,
        covariance=variance * scaling.covariance(root @ root.T),
        degrees_of_freedom=np.full(q, float(degrees)),
        residual_variance=variance,
        residual_df=degrees,
    )


def _one_row_per_cluster(moments: Moments) -> Moments:
    counts: IntArray = np.ones_like(moments.counts)
    # Means are never squared against one another, so the outcome needs no line here.
    return replace(
        moments,
        counts=counts,
        line=np.zeros_like(moments.line),
        means=np.column_stack([moments.means[:, :-1], moments.outcome_shifts]),
        triangles=np.zeros_like(moments.triangles),
    )
