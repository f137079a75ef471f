"""Whose average, and whose effect? Four targets that estimates may aim at.

Informative cluster size (large clusters sit high or low) splits the person-average from the
cluster-average; confounding by cluster (clusters with much of the predictor sit high or low)
splits the within from the between effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data.moments import FloatArray, IntArray, Moments
from engine.models.between import between_estimate
from engine.models.within import within_estimate


@dataclass(frozen=True)
class Targets:
    """The four targets, for clusters as they are.

    Attributes
    ----------
    person_average, cluster_average
        Mean of the clusters' own intercepts, each row counted once and each cluster counted
        once, in outcome units.
    within_effect
        Effect of one unit of the predictor inside a cluster; None when it does not vary there.
    between_effect
        Difference between cluster means per unit of the cluster's mean of the predictor, each
        cluster counted once; None when all clusters have the same mean.
    """

    person_average: float
    cluster_average: float
    within_effect: float | None
    between_effect: float | None


def true_targets(
    cluster_intercepts: FloatArray, sizes: IntArray, shares: FloatArray, effect: float
) -> Targets:
    """Return the targets of a simulated data set from its truth.

    Parameters
    ----------
    cluster_intercepts
        Each cluster's intercept without noise, shape (J,).
    sizes
        Rows of each cluster, shape (J,).
    shares
        Each cluster's mean of the predictor, shape (J,).
    effect
        Effect of the predictor inside clusters.
    """
    centred = shares - shares.mean()
    spread = float(centred @ centred)
    return Targets(
        person_average=float(sizes @ cluster_intercepts / sizes.sum()),
        cluster_average=float(cluster_intercepts.mean()),
        within_effect=effect,
        between_effect=effect + float(centred @ cluster_intercepts) / spread if spread else None,
    )


def estimated_targets(moments: Moments, term: str) -> Targets:
    """Return the simplest estimate of each target for one term of the model.

    Averages are of the clusters' own intercepts ȳ_j − x̄_jᵀb, b being the within slopes (0 for a
    term that does not vary inside clusters, which is part of what a cluster is).

    Raises
    ------
    FitError
        When there are too few rows for the within estimate.
    """
    within = within_estimate(moments)
    between = between_estimate(moments)
    slopes = np.zeros(len(moments.names))
    for name, estimate in zip(within.names, within.estimates, strict=True):
        slopes[moments.names.index(name)] = estimate
    predictors = moments.means[:, :-1] + moments.origin[:-1]
    own = moments.outcome_means - predictors @ slopes
    of_within = dict(zip(within.names, within.estimates.tolist(), strict=True))
    of_between = dict(zip(between.names, between.estimates.tolist(), strict=True))
    return Targets(
        person_average=float(moments.counts @ own / moments.rows),
        cluster_average=float(own.mean()),
        within_effect=of_within.get(term),
        between_effect=of_between.get(term),
    )
