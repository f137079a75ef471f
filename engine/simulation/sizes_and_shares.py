"""Sizes of the clusters, and their shares of the second condition."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.optimize import brentq
from scipy.special import betaincinv, ndtri

from engine.data.moments import FloatArray, IntArray
from engine.simulation.cluster_effects import (
    contradiction,
    explained_part,
    projected_off,
    standardised,
)
from engine.simulation.scenario import Scenario

_FEWEST_ROWS = 2
# Below this, shares differ by no more than a row or two even in the largest possible clusters, and
# the quantiles of so narrow a Beta distribution are slow to compute.
_FINEST_SHARE_SPREAD = 1e-4
_POINTS_PER_STRATUM = 8
_NO_ROWS = 1e-9
# With four or five clusters, one noise vector allows only a few arrangements of the shares; twelve
# vectors find every arrangement that matters.
_ARRANGEMENTS = 12
_TILTS = np.linspace(-1.0, 1.0, 41)


def draw_sizes(scenario: Scenario, generator: np.random.Generator) -> IntArray:
    """Draw the number of rows of each cluster.

    Parameters
    ----------
    scenario
        Settings: number of clusters, rows per cluster and spread of the sizes.
    generator
        Source of the draws; it is advanced.

    Returns
    -------
    array
        Whole numbers of at least 2, shape (J,), that add up to exactly
        ``clusters * rows_per_cluster``.

    Notes
    -----
    The sizes are the minimum plus stratified lognormal quantiles. Because these are stratified,
    the spread is the requested one, and the seed only decides which cluster gets which size.
    """
    above = scenario.rows_per_cluster - _FEWEST_ROWS
    order = generator.permutation(scenario.clusters)
    wished = np.full(scenario.clusters, float(above))
    if scenario.size_spread > 0 and above > 0:
        spread_above = scenario.size_spread * scenario.rows_per_cluster / above
        wished *= _lognormal_quantiles(scenario.clusters, spread_above)
    sizes: IntArray = _FEWEST_ROWS + _apportioned(wished, above * scenario.clusters)[order]
    return sizes


def _lognormal_quantiles(count: int, spread: float) -> FloatArray:
    """Return stratified lognormal quantiles with mean 1 and coefficient of variation `spread`.

    The coefficient of variation of `count` values stays below sqrt(count − 1). A spread beyond
    what they can have yields the quantiles for a log-scale standard deviation of 10.
    """
    normal = ndtri((np.arange(count) + 0.5) / count)

    def quantiles(log_sd: float) -> FloatArray:
        relative = np.exp(log_sd * (normal - normal[-1]))
        values: FloatArray = relative / relative.mean()
        return values

    widest = 10.0
    if float(quantiles(widest).std()) <= spread:
        return quantiles(widest)
    return quantiles(brentq(lambda log_sd: float(quantiles(log_sd).std()) - spread, 0.0, widest))


def _apportioned(wished: FloatArray, total: int) -> IntArray:
    """Return the whole numbers nearest to `wished` that sum to `total` (largest remainders)."""
    counts = np.floor(wished).astype(np.int64)
    missing = total - int(counts.sum())
    counts[np.argsort(counts - wished, kind="stable")[:missing]] += 1
    return counts


def treated_counts(
    scenario: Scenario,
    sizes: IntArray,
    size_axis: FloatArray | None,
    generator: np.random.Generator,
) -> IntArray:
    """Return how many rows of each cluster are in the second condition.

    Parameters
    ----------
    scenario
        Settings: the share, its spread and both correlations with the intercepts.
    sizes
        Rows of each cluster, shape (J,).
    size_axis
        The sizes with mean 0 and variance 1, shape (J,); None if they do not vary.
    generator
        Source of the draws; it is advanced.

    Returns
    -------
    array
        Treated rows of each cluster, shape (J,).

    Raises
    ------
    ContradictionError
        No ranking makes room for both correlations.

    Notes
    -----
    Clusters are ranked by a score, tilt · size + sqrt(1 − tilt²) · noise, and get the shares in
    that order. The target is the tilt at which sizes and shares are independent given the
    intercepts: the product of the two requested correlations. If the correlations contradict
    each other there, other tilts are tried, nearest first, and then other noise.
    """
    if scenario.share_spread == 0:
        return _same_share_counts(scenario.share, sizes)
    wish_size = scenario.size_intercept_correlation
    wish_share = scenario.share_intercept_correlation
    by_share = _share_strata(scenario)
    tried = []
    for ranking in _rankings(size_axis, scenario.clusters, wish_size * wish_share, generator):
        counts = _counts_for_ranking(scenario, sizes, ranking, by_share)
        share_axis = standardised(counts / sizes)
        if size_axis is None or share_axis is None:
            return counts
        correlation = float(size_axis @ share_axis) / scenario.clusters
        explained = explained_part(wish_size, wish_share, correlation)
        if explained <= 1:
            return counts
        tried.append((explained, correlation))
    _, correlation = min(tried)
    raise contradiction(wish_size, wish_share, correlation)


def _same_share_counts(share: float, sizes: IntArray) -> IntArray:
    rows = int(sizes.sum())
    if np.ptp(sizes) == 0:
        # Use the same count everywhere, even if a mixture would come nearer to the total: only
        # then is the condition equally balanced inside every cluster.
        size = int(sizes[0])
        return np.full(len(sizes), min(max(round(share * size), 1), size - 1))
    total = min(max(round(share * rows), 1), rows - 1)
    return _apportioned(np.multiply(share, sizes, dtype=np.float64), total)


def _share_strata(scenario: Scenario) -> FloatArray | None:
    """Return the means of J equally probable strata of the Beta distribution of shares, shape (J,).

    A Beta(a, b) distribution with mean p has variance p(1 − p) / (a + b + 1), so
    share_spread² = 1 / (a + b + 1). Returns None in the limit, where shares are 0 or 1.
    """
    if scenario.share_spread == 1:
        return None
    concentration = 1 / max(scenario.share_spread, _FINEST_SHARE_SPREAD) ** 2 - 1
    points = scenario.clusters * _POINTS_PER_STRATUM
    quantiles: FloatArray = betaincinv(
        scenario.share * concentration,
        (1 - scenario.share) * concentration,
        (np.arange(points) + 0.5) / points,
    )
    return np.asarray(quantiles.reshape(scenario.clusters, _POINTS_PER_STRATUM).mean(axis=1))


def _rankings(
    size_axis: FloatArray | None, clusters: int, aim: float, generator: np.random.Generator
) -> Iterator[IntArray]:
    """Yield the clusters by rising score, each ranking of shape (J,), the most promising first."""
    if size_axis is None:
        yield np.argsort(generator.standard_normal(clusters))
        return
    for _ in range(_ARRANGEMENTS):
        noise = projected_off(generator.standard_normal(clusters), [size_axis])
        noise /= noise.std()
        for tilt in sorted(_TILTS, key=lambda tilt: abs(tilt - aim)):
            yield np.argsort(tilt * size_axis + math.sqrt(1 - tilt**2) * noise)


def _counts_for_ranking(
    scenario: Scenario, sizes: IntArray, ranking: IntArray, by_share: FloatArray | None
) -> IntArray:
    aim = scenario.share * sizes.sum()
    if by_share is None:
        treated_rows = sizes[ranking[::-1]].cumsum()[:-1]
        treated = ranking[::-1][: 1 + int(np.abs(treated_rows - aim).argmin())]
        counts = np.zeros_like(sizes)
        counts[treated] = sizes[treated]
        return counts
    shares = np.empty(len(sizes))
    shares[ranking] = by_share
    # If large clusters happen to have large shares, the share of all rows is off. Shift all shares
    # alike on the logit scale, to first order, which cannot leave the unit interval.
    room = shares * (1 - shares)
    rows_to_move = float(sizes @ room)
    if rows_to_move > _NO_ROWS:
        shares += np.clip((aim - sizes @ shares) / rows_to_move, -1, 1) * room
    total = round(float(sizes @ shares))
    return _apportioned(sizes * shares, min(max(total, 1), int(sizes.sum()) - 1))
