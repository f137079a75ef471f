"""Why a coefficient differs between the two fits, as clauses with the present numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.comparison import Comparison
from engine.data.moments import FloatArray
from engine.errors import FitError
from engine.explain.tug_of_war import TugOfWar, tug_of_war
from engine.explain.wording import number, share
from engine.models.dial import cluster_weights
from engine.models.within import varies_within, within_estimate


@dataclass(frozen=True)
class WeightChange:
    """How weight moves from large to small clusters between OLS and the mixed model.

    Attributes
    ----------
    losers
        Number of clusters that lose weight.
    before, after
        Their share of the weight in OLS and in the mixed model.
    gap
        How far they lie below those that gain it, by mean OLS residual, in outcome units.
        ``(before − after) · gap`` is what the weights alone do to the intercept.
    """

    losers: int
    before: float
    after: float
    gap: float


def weight_change(comparison: Comparison) -> WeightChange | None:
    """Describe the shift of weight between clusters; None when all have the same size."""
    counts = comparison.moments.counts
    if counts.min() == counts.max():
        return None
    before, after = _shares(comparison)
    lost = before > after
    moved = float((after - before)[~lost].sum())
    if moved <= 0.0:
        return None
    gap = float((after - before) @ comparison.dial.cluster_means[:, -1]) / moved
    return WeightChange(
        losers=int(lost.sum()),
        before=float(before[lost].sum()),
        after=float(after[lost].sum()),
        gap=gap,
    )


def intercept_parts(comparison: Comparison) -> tuple[float, FloatArray]:
    """Split the intercept's movement: cluster weights, and what each slope carries along.

    An intercept is Σ w_j (ȳ_j − x̄_jᵀb) with w the shares of the weight. So two of them differ by
    Σ (w_j − v_j) r̄_j − x̃_wᵀ Δb, with r̄_j the mean OLS residual and x̃_w the w-weighted mean.
    """
    moments = comparison.moments
    before, after = _shares(comparison)
    p = len(moments.names)
    centre = after @ moments.means[:, 1:p] + moments.origin[1:p]
    slopes = comparison.mixed.estimates[1:] - comparison.ols.estimates[1:]
    return float((after - before) @ comparison.dial.cluster_means[:, -1]), -centre * slopes


def _shares(comparison: Comparison) -> tuple[FloatArray, FloatArray]:
    counts = comparison.moments.counts.astype(np.float64)
    weights = cluster_weights(counts, comparison.mixed.variance_ratio)
    return counts / counts.sum(), weights / weights.sum()


def reason(comparison: Comparison, term: int) -> str:
    """Return the clause that says why this coefficient differs: "the 5 largest clusters …"."""
    if comparison.moments.has_intercept and term == 0:
        return _of_intercept(comparison)
    name = comparison.moments.names[term]
    if term not in varies_within(comparison.moments):
        return f"{name} does not vary inside clusters and {_equalising(comparison)}"
    tug = tug_of_war(comparison.moments, comparison.mixed.variance_ratio)
    if tug is not None:
        return _of_only_slope(comparison, tug, term)
    return _of_slope(comparison, term)


def _of_intercept(comparison: Comparison) -> str:
    change = weight_change(comparison)
    if change is None:
        return _discounting()
    one = change.losers == 1
    side = "lower" if change.gap > 0 else "higher"
    return (
        f"{_losers(change)} from {share(change.before)} of the weight to {share(change.after)} "
        f"and {'lies' if one else 'lie on average'} {number(abs(change.gap))} {side} than those "
        "that gain it"
    )


def _of_only_slope(comparison: Comparison, tug: TugOfWar, term: int) -> str:
    if tug.within is None or tug.between_ols is None or tug.between_mixed is None:
        return _equalising(comparison)
    # With the decimals of both estimates, beside which these slopes stand in one sentence.
    moved = float(comparison.mixed.estimates[term] - comparison.ols.estimates[term])
    if abs(tug.reweighting) > abs(tug.mix_shift):
        return (
            f"{_equalising(comparison)}, which moves the slope between them from "
            f"{number(tug.between_ols, moved)} to {number(tug.between_mixed, moved)}"
        )
    return (
        f"the mixed model gives {share(tug.lambda_mixed)} instead of {share(tug.lambda_ols)} of "
        f"the weight to the slope within clusters, {number(tug.within, moved)}, and the rest to "
        f"the slope between cluster means, {number(tug.between_ols, moved)}"
    )


def _of_slope(comparison: Comparison, term: int) -> str:
    situation = f"with {share(comparison.mixed.icc)} of the residual variation between clusters"
    name = comparison.moments.names[term]
    before, after = comparison.ols.estimates[term], comparison.mixed.estimates[term]
    try:
        within = within_estimate(comparison.moments)
    except FitError:
        return f"{situation}, {_equalising(comparison)}"
    if name in within.names:
        target = float(within.estimates[within.names.index(name)])
        if (target - before) * (after - before) > 0:
            part = (after - before) / (target - before)
            way = "past" if part > 1.0 else f"{share(part)} of the way to"
            return (
                f"{situation}, comparisons inside clusters count for more: the mixed estimate "
                f"lies {way} the within-cluster estimate, {number(target, after - before)}"
            )
    return f"{situation}, {_equalising(comparison)}"


def _equalising(comparison: Comparison) -> str:
    change = weight_change(comparison)
    if change is None:
        return _discounting()
    return (
        f"the mixed model weighs the cluster means more equally: {_losers(change)} from "
        f"{share(change.before)} of the weight to {share(change.after)}"
    )


def _discounting() -> str:
    return "the mixed model gives differences between cluster means less weight"


def _losers(change: WeightChange) -> str:
    if change.losers == 1:
        return "the largest cluster goes"
    return f"the {change.losers:,} largest clusters go"
