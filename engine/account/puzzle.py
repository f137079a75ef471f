"""What to notice where large clusters lose weight to small ones: the figures behind the words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.account.weights import (
    OneCluster,
    each_cluster,
    intercept_parts,
    leading_cluster,
)
from engine.account.within_between import SlopeSplit, only_slope_split
from engine.comparison import Comparison
from engine.errors import FitError


@dataclass(frozen=True)
class Noticed:
    """Figures of a comparison with an intercept, one predictor and clusters of unequal sizes.

    Attributes
    ----------
    leading, largest
        The cluster whose change of weight moves the intercept most in the way that it goes, and
        the largest of the others: what their weights do to it.
    others
        By how much the weights of all other clusters together move the intercept, in outcome
        units.
    carried
        By how much the change of the slope moves the intercept, in outcome units. All parts add
        up to the intercept's movement.
    reference_rows
        Rows in which the predictor is 0; for a 0/1 predictor OLS's intercept is their mean.
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

    leading: OneCluster
    largest: OneCluster
    others: float
    carried: float
    reference_rows: int
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
        The comparison is of another kind: other fixed effects, random slopes, or clusters of one
        size.
    """
    mixed, moments = comparison.mixed, comparison.moments
    slope = only_slope_split(comparison.dial, mixed.variance_ratio)
    counts = moments.counts
    if slope is None or not mixed.random_intercept_only or counts.min() == counts.max():
        raise FitError("Needs an intercept, one predictor and clusters of unequal sizes.")
    clusters, leading = each_cluster(comparison), leading_cluster(comparison)
    largest = max((one for one in clusters if one != leading), key=lambda one: one.before)
    means = moments.means[:, 1] + moments.origin[1]
    (values,) = comparison.design.predictors.values()
    by_weights, carried = intercept_parts(comparison)
    return Noticed(
        leading=leading,
        largest=largest,
        others=by_weights - leading.part - largest.part,
        carried=float(carried[0]),
        reference_rows=int(np.count_nonzero(values == 0)),
        error_growth=float(mixed.standard_errors[0] / comparison.ols.standard_errors[0]),
        error_floor=float(np.sqrt(mixed.between_variance / len(moments.levels))),
        lowest_mean=float(means.min()),
        highest_mean=float(means.max()),
        slope=slope,
    )
