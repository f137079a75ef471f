"""How cluster weights change between the two fits, and what that does to the intercept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.comparison import Comparison
from engine.data.moments import FloatArray
from engine.models.dial import cluster_weights


@dataclass(frozen=True)
class WeightChange:
    """How weight moves from large to small clusters between OLS and the mixed model.

    Attributes
    ----------
    losers
        Number of clusters that lose weight.
    before, after
        The share of the weight that these clusters have together, in OLS and in the mixed model.
    gap
        How far they lie below the clusters that gain weight, by mean OLS residual, in outcome
        units, in the mean of each group weighted by the weight that its clusters lose or gain. The
        weights alone move the intercept by ``(before − after) · gap``.
    largest
        The one cluster that brings more than half of that, if any does.
    """

    losers: int
    before: float
    after: float
    gap: float
    largest: OneCluster | None


@dataclass(frozen=True)
class OneCluster:
    """One cluster's part in a shift of weight.

    Attributes
    ----------
    level
        Its label.
    before, after
        Its share of the weight, in OLS and in the mixed model.
    distance
        How far its mean lies above the OLS line, in outcome units. It moves the intercept by
        ``part``, ``(after − before) · distance``.
    """

    level: str
    before: float
    after: float
    distance: float

    @property
    def part(self) -> float:
        """What its change of weight does to the intercept, in outcome units."""
        return (self.after - self.before) * self.distance


def weight_change(comparison: Comparison) -> WeightChange | None:
    """Describe the shift of weight between clusters.

    Parameters
    ----------
    comparison
        Both fits, of a model with a random intercept alone.

    Returns
    -------
    WeightChange or None
        None if all clusters have the same size, or if no weight moves.
    """
    counts = comparison.moments.counts
    if counts.min() == counts.max():
        return None
    before, after = weight_shares(comparison)
    lost = before > after
    moved = float((after - before)[~lost].sum())
    if moved <= 0.0:
        return None
    whole = float((after - before) @ comparison.dial.cluster_means[:, -1])
    one = leading_cluster(comparison)
    return WeightChange(
        losers=int(lost.sum()),
        before=float(before[lost].sum()),
        after=float(after[lost].sum()),
        gap=whole / moved,
        largest=one if one.part * whole > 0.5 * whole**2 else None,
    )


def each_cluster(comparison: Comparison) -> tuple[OneCluster, ...]:
    """Split what the clusters' weights do to the intercept, cluster by cluster.

    Parameters
    ----------
    comparison
        Both fits, of a model with an intercept and a random intercept alone.

    Returns
    -------
    tuple of OneCluster
        One per cluster. Their parts add up to the first of `intercept_parts`.
    """
    return tuple(
        OneCluster(level=str(level), before=before, after=after, distance=distance)
        for level, before, after, distance in zip(
            comparison.moments.levels,
            *(shares.tolist() for shares in weight_shares(comparison)),
            comparison.dial.cluster_means[:, -1].tolist(),
            strict=True,
        )
    )


def leading_cluster(comparison: Comparison) -> OneCluster:
    """Return the cluster whose weight moves the intercept most in the way that all weights do.

    Parameters
    ----------
    comparison
        Both fits, of a model with an intercept and a random intercept alone.
    """
    before, after = weight_shares(comparison)
    distances = comparison.dial.cluster_means[:, -1]
    parts = (after - before) * distances
    most = int(np.argmax(parts * parts.sum()))
    return OneCluster(
        level=str(comparison.moments.levels[most]),
        before=float(before[most]),
        after=float(after[most]),
        distance=float(distances[most]),
    )


def intercept_parts(comparison: Comparison, ratio: float | None = None) -> tuple[float, FloatArray]:
    """Split the intercept's movement into the part of the weights and that of each slope.

    Parameters
    ----------
    comparison
        Both fits, of a model with an intercept.
    ratio
        The variance ratio ρ to which it moves; by default that of the mixed fit.

    Returns
    -------
    float, array
        The part of the weights, and the part of each slope, shape (p − 1,), in outcome units.

    Notes
    -----
    An intercept is Σ w_j (ȳ_j − x̄_jᵀb), where w holds the shares of the weight. The intercepts
    for the shares v (OLS) and w therefore differ by Σ (w_j − v_j) r̄_j − x̃_wᵀ Δb, where r̄_j is the
    cluster's mean OLS residual and x̃_w the w-weighted mean of the predictors.
    """
    moments, dial = comparison.moments, comparison.dial
    rho = comparison.mixed.variance_ratio if ratio is None else ratio
    before, after = weight_shares(comparison, rho)
    p = len(moments.names)
    centre = after @ moments.means[:, 1:p] + moments.origin[1:p]
    slopes = dial.at(rho).fixed_effects[1:] - comparison.ols.estimates[1:]
    return float((after - before) @ dial.cluster_means[:, -1]), -centre * slopes


def weight_shares(
    comparison: Comparison, ratio: float | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return each cluster's share of the weight in OLS and at a variance ratio.

    Parameters
    ----------
    comparison
        Both fits.
    ratio
        The variance ratio ρ of the second set of shares; by default that of the mixed fit.

    Returns
    -------
    array, array
        n_j / N, as in OLS, and ω_j / Σω at the ratio, each of shape (J,).
    """
    counts = comparison.moments.counts.astype(np.float64)
    rho = comparison.mixed.variance_ratio if ratio is None else ratio
    weights = cluster_weights(counts, rho)
    return counts / counts.sum(), weights / weights.sum()
