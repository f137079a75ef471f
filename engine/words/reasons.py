"""Why a coefficient differs between the two fits, as clauses with the present numbers."""

from __future__ import annotations

from engine.account.weights import WeightChange, weight_change
from engine.account.within_between import TugOfWar, tug_of_war
from engine.comparison import Comparison
from engine.errors import FitError
from engine.models.within import varies_within, within_estimate
from engine.words.numbers import number, share


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
