"""The position of the dial, in sentences."""

from __future__ import annotations

import math
from decimal import Decimal

from engine.account.path import FAR, DialPath
from engine.account.within_between import only_slope_split
from engine.words.numbers import as_printed, number, or_infinity, share

# A criterion closer to its minimum than this reads as 0.
_AT_MINIMUM = 5e-4
# Most decimals of a percentage.
_MOST_DECIMALS = 8


def ratio_text(ratio: float) -> str:
    """Write a variance ratio with up to three significant digits.

    Parameters
    ----------
    ratio
        Variance ratio ρ, from 0 to infinity.
    """
    text = or_infinity(ratio)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def estimate_text(path: DialPath, term: int, estimate: float) -> str:
    """Write an estimate with the decimals that show two or three digits of its OLS standard error.

    Parameters
    ----------
    path
        Both fits as points on one path.
    term
        Position of the coefficient among the p.
    estimate
        Its value at some point of the path, in the coefficient's unit.
    """
    return number(estimate, 3.0 * float(path.comparison.ols.standard_errors[term]))


def standing(path: DialPath, term: int, ratio: float) -> tuple[str, str]:
    """Say in two sentences where the dial stands.

    Parameters
    ----------
    path
        Both fits as points on one path.
    term
        Position of the coefficient among the p.
    ratio
        Variance ratio ρ at which the dial stands, from 0 to infinity.

    Returns
    -------
    str, str
        The estimate; the largest weight and how far the REML criterion is above its minimum.
    """
    point = path.at(ratio)
    counts = path.comparison.moments.counts
    weight = share(float(path.shares(counts, ratio).max()))
    which = "Each cluster has" if counts.min() == counts.max() else "The largest cluster has"
    estimate = estimate_text(path, term, float(point.estimates[term]))
    return (
        f"{_place(ratio)}, {_named(path, term)} is {estimate}{_mix(path, term, ratio, estimate)}.",
        f"{which} {weight} of the weight of all clusters; {_distance(float(point.excess))}.",
    )


def several_minima(path: DialPath, term: int) -> str:
    """Say that the criterion has more than one minimum, and what is at stake.

    Parameters
    ----------
    path
        Both fits as points on one path.
    term
        Position of the coefficient among the p.

    Returns
    -------
    str
        Empty if there is only one minimum.
    """
    lowest, *others = path.minima
    if not others:
        return ""
    told = " and ".join(
        f"another at ρ = {ratio_text(other.ratio)}, {number(other.excess)} higher "
        f"({estimate_text(path, term, float(other.estimates[term]))})"
        for other in others
    )
    places = "either" if len(others) == 1 else "any of them"
    return (
        f"The criterion has {len(path.minima)} minima: the lowest at "
        f"ρ = {ratio_text(lowest.ratio)} (estimate "
        f"{estimate_text(path, term, float(lowest.estimates[term]))}), {told}. "
        f"A program that only walks downhill may stop at {places}."
    )


def _place(ratio: float) -> str:
    if ratio == 0.0:
        return "At ρ = 0 (complete pooling, OLS)"
    if math.isinf(ratio):
        return "At ρ → ∞ (no pooling)"
    return f"At ρ = {ratio_text(ratio)}"


def _named(path: DialPath, term: int) -> str:
    moments = path.comparison.moments
    if term == 0 and moments.has_intercept:
        return "the intercept"
    return f"the coefficient of {moments.names[term]}"


def _mix(path: DialPath, term: int, ratio: float, estimate: str) -> str:
    """Say what the estimate is made of: levels of clusters, or two slopes if it is the only one."""
    moments = path.comparison.moments
    if term == 0 and moments.has_intercept:
        # Its normal equation: the weighted sum of what the clusters' means leave over is 0.
        levels = "levels where the predictors are 0" if len(moments.names) > 1 else "means"
        return f", the mean of the clusters' {levels}, each counted by its weight"
    split = only_slope_split(path.comparison.dial, min(ratio, FAR))
    if term == 0 or split is None or split.within is None:
        return ""
    inside = estimate_text(path, term, split.within)
    if split.between_mixed is None or math.isinf(ratio):
        return ", the slope inside clusters"
    between = estimate_text(path, term, split.between_mixed)
    percent, rest = _percentages(split.lambda_mixed, inside, between, estimate)
    if as_printed(rest) == 0.0:
        return ", practically the slope inside clusters"
    if as_printed(percent) == 0.0:
        return ", practically the slope between cluster means"
    return (
        f": {percent}% of {inside}, the slope inside clusters, and {rest}% of {between}, the slope "
        "between"
    )


def _percentages(fraction: float, first: str, second: str, mixed: str) -> tuple[str, str]:
    """Write a share and its rest so that the mix of two numbers as printed comes out.

    It may miss by one in the last digit, because all three are rounded.
    """
    last_digit = 10.0 ** int(Decimal(mixed.replace("−", "-").replace(",", "")).as_tuple().exponent)
    one, other, wanted = map(as_printed, (first, second, mixed))
    for decimals in range(1, _MOST_DECIMALS + 1):
        percent = round(100.0 * fraction, decimals)
        found = (percent * one + (100.0 - percent) * other) / 100.0
        if abs(found - wanted) <= 1.01 * last_digit:
            break
    return f"{percent:.{decimals}f}", f"{100.0 - percent:.{decimals}f}"


def _distance(excess: float) -> str:
    if math.isinf(excess):
        return "the REML criterion grows without bound"
    if excess < _AT_MINIMUM:
        return "the REML criterion is at its minimum"
    return f"the REML criterion is {number(excess)} above its minimum"
