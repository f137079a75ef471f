"""The balanced one-way layout, where the REML estimates have a formula."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data.moments import Moments


@dataclass(frozen=True)
class BalancedFit:
    """REML estimates of J clusters of n rows each, in closed form.

    Attributes
    ----------
    size
        Rows n in each cluster.
    between_square
        MSB = n Σ (ȳ_j − ȳ)² / (J − 1), in squared outcome units.
    within_square
        MSW = Σ (y − ȳ_j)² / (N − J), in squared outcome units.
    between_variance
        τ̂² = (MSB − MSW) / n, or 0 if that is negative, in squared outcome units.
    residual_variance
        σ̂² = MSW; where τ̂² is 0 it is the variance of all rows, in squared outcome units.
    """

    size: int
    between_square: float
    within_square: float
    between_variance: float
    residual_variance: float


def balanced_fit(moments: Moments) -> BalancedFit | None:
    """Fit the random-intercept model without a search, where that is possible.

    Parameters
    ----------
    moments
        Moments of the columns X and the outcome.

    Returns
    -------
    BalancedFit or None
        None unless the intercept is the only column, all clusters have the same size of at least
        two rows, and there are at least two clusters.

    Notes
    -----
    Searle, Casella & McCulloch (1992), *Variance Components*, section 3.8.
    """
    size, clusters = int(moments.counts[0]), len(moments.counts)
    equal = moments.counts.min() == moments.counts.max()
    if not (moments.has_intercept and len(moments.names) == 1 and equal and size > 1 < clusters):
        return None
    within_sum = float(moments.within[-1, -1])
    between_sum = size * float(np.sum((moments.means[:, -1] - moments.means[:, -1].mean()) ** 2))
    between_square = between_sum / (clusters - 1)
    within_square = within_sum / (moments.rows - clusters)
    difference = between_square - within_square
    return BalancedFit(
        size=size,
        between_square=between_square,
        within_square=within_square,
        between_variance=max(difference, 0.0) / size,
        residual_variance=within_square
        if difference > 0.0
        else (between_sum + within_sum) / (moments.rows - 1),
    )
