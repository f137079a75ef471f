"""What to notice where large clusters lose weight to small ones: the figures behind the words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.account.ledger import ledger
from engine.account.weights import WeightChange, weight_change
from engine.account.within_between import SlopeSplit, only_slope_split
from engine.comparison import Comparison
from engine.errors import FitError


@dataclass(frozen=True)
class Noticed:
    """Figures of a comparison with an intercept, one predictor and clusters of unequal sizes.

    Attributes
    ----------
    weights
        How weight moves from large to small clusters, and how far below the others the large
        ones lie.
    largest_rows, largest_distance
        Rows of the largest cluster, and how far its mean lies above the OLS line, in outcome
        units.
    error_growth
        The intercept's standard error in the mixed model divided by that in OLS.
    error_floor
        √(τ̂² / J), in outcome units: the intercept's standard error if the same clusters had
        infinitely many rows.
    lowest_mean, highest_mean
        Smallest and largest cluster mean of the predictor; for a 0/1 condition, its share of the
        rows.
    slope
        The slopes within and between clusters, and the share that each has in both fits.
    """

    weights: WeightChange
    largest_rows: int
    largest_distance: float
    error_growth: float
    error_floor: float
    lowest_mean: float
    highest_mean: float
    slope: SlopeSplit


def noticed(comparison: Comparison) -> Noticed:
    """Return the figures of a comparison of this kind.

    Parameters
    ----------
    comparison
        Both fits, of an intercept, one predictor and a random intercept.

    Returns
    -------
    Noticed
        The figures, in outcome units where they have a unit.

    Raises
    ------
    FitError
        The comparison is of another kind: other fixed effects, random slopes, or clusters whose
        weights do not change.
    """
    mixed, moments = comparison.mixed, comparison.moments
    weights = weight_change(comparison)
    slope = only_slope_split(comparison.dial, mixed.variance_ratio)
    if weights is None or slope is None:
        raise FitError("Needs an intercept, one predictor and clusters that change weight.")
    account = ledger(comparison)
    largest = int(np.argmax(account.rows))
    means = moments.means[:, 1] + moments.origin[1]
    return Noticed(
        weights=weights,
        largest_rows=int(account.rows[largest]),
        largest_distance=float(account.distance[largest]),
        error_growth=float(mixed.standard_errors[0] / comparison.ols.standard_errors[0]),
        error_floor=float(np.sqrt(mixed.between_variance / len(moments.levels))),
        lowest_mean=float(means.min()),
        highest_mean=float(means.max()),
        slope=slope,
    )
