"""Whose average? Two targets that an intercept may aim at.

Informative cluster size (large clusters sit high or low) splits the average of rows from the
average of clusters. The two targets of a slope, within and between clusters, are estimators of
their own: see `engine.estimators`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data.moments import Moments
from engine.models.within import within_estimate


@dataclass(frozen=True)
class Averages:
    """Means of the clusters' own intercepts, in outcome units.

    Attributes
    ----------
    of_rows
        Each row counted once.
    of_clusters
        Each cluster counted once.
    """

    of_rows: float
    of_clusters: float


def averages(moments: Moments) -> Averages:
    """Return the simplest estimate of each average.

    A cluster's own intercept is ȳ_j − x̄_jᵀb, b being the within slopes; 0 for a term that does
    not vary inside clusters, which is part of what a cluster is.

    Raises
    ------
    FitError
        When there are too few rows for the within estimate.
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
