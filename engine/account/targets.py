"""Whose average? Two targets that an intercept may aim at.

If the cluster size is informative (large clusters sit high or low), the average over rows differs
from the average over clusters. The two targets of a slope, within and between clusters, are
estimators of their own: see `engine.estimators`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data.moments import Moments
from engine.models.within import within_estimate
from engine.simulation.rows import Truth


@dataclass(frozen=True)
class Averages:
    """Means of the clusters' own intercepts, in outcome units.

    Attributes
    ----------
    of_rows
        Mean in which each row counts once.
    of_clusters
        Mean in which each cluster counts once.
    """

    of_rows: float
    of_clusters: float


def averages(moments: Moments) -> Averages:
    """Return the simplest estimate of each average.

    Parameters
    ----------
    moments
        Moments of the fixed-effects columns and the outcome in J clusters.

    Returns
    -------
    Averages
        Both averages, in outcome units.

    Raises
    ------
    FitError
        There are too few rows for the within estimate.

    Notes
    -----
    A cluster's own intercept is ȳ_j − x̄_jᵀb, where b holds the within slopes. A term that does not
    vary inside clusters has b = 0: its effect is part of the cluster's own level.
    """
    within = within_estimate(moments)
    slopes = np.zeros(len(moments.names))
    for name, estimate in zip(within.names, within.estimates, strict=True):
        slopes[moments.names.index(name)] = estimate
    predictors = moments.means[:, :-1] + moments.origin[:-1]
    own = moments.outcome_means - predictors @ slopes
    return Averages(
        of_rows=float(moments.counts @ own / moments.rows), of_clusters=float(own.mean())
    )


def true_averages(truth: Truth) -> Averages:
    """Return the averages of the clusters' true intercepts in simulated data.

    Parameters
    ----------
    truth
        What generated the data.

    Returns
    -------
    Averages
        Both averages of the clusters at hand, in outcome units: what estimators of each aim at.
    """
    own, sizes = truth.cluster_intercepts, truth.sizes
    return Averages(of_rows=float(sizes @ own / sizes.sum()), of_clusters=float(own.mean()))
