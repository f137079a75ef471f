"""The between estimate: a regression through the cluster means, each cluster counted once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.data.moments import IntArray, Moments
from engine.models.estimates import Estimates
from engine.models.scaling import Scaling


@dataclass(frozen=True)
class BetweenFit(Estimates):
    """Least squares through the cluster means.

    Its q terms are those that the cluster means identify, in the order of the model. With no
    more clusters than coefficients, the residual variance and the covariance are NaN.

    Attributes
    ----------
    residual_variance
        Variance of the cluster means about the line, RSS / (J − q), in squared outcome units.
    residual_df
        Residual degrees of freedom J − q.
    """

    residual_variance: float
    residual_df: int


def between_estimate(moments: Moments) -> BetweenFit:
    """Regress the cluster means of y on those of X, unweighted.

    A predictor is left out, as in R, if its mean is the same in every cluster or its means are a
    combination of those of predictors before it.

    Parameters
    ----------
    moments
        Moments of the columns X and the outcome.

    Returns
    -------
    BetweenFit

    Notes
    -----
    Equals ``plm(model = "between")`` of the R package plm.
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
    # The regression works on the means and not on their cross-products, so it needs no line.
    return replace(
        moments,
        counts=counts,
        line=np.zeros_like(moments.line),
        means=np.column_stack([moments.means[:, :-1], moments.outcome_shifts]),
        triangles=np.zeros_like(moments.triangles),
    )
