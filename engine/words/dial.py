"""The position of the dial, in sentences."""

from __future__ import annotations

import math

from engine.account.path import FAR, DialPath
from engine.account.within_between import only_slope_split
from engine.words.numbers import number, share

# A criterion closer to its minimum than this reads as 0.
_AT_MINIMUM = 5e-4


def ratio_text(ratio: float) -> str:
    """Write a variance ratio with up to three significant digits.

    Parameters
    ----------
    ratio
        Variance ratio ρ, from 0 to infinity.
    """
    text = "∞" if math.isinf(ratio) else number(ratio)
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
    whose = "each cluster" if counts.min() == counts.max() else "the largest cluster"
    estimate = estimate_text(path, term, float(point.estimates[term]))
    return (
        f"{_place(ratio)}, {_named(path, term)} is {estimate}{_within_share(path, term, ratio)}.",
        f"In a mean of all clusters {whose} would count {weight}; "
        f"{_distance(float(point.excess))}.",
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
    return (
        f"The criterion has {len(path.minima)} minima: the lowest at "
        f"ρ = {ratio_text(lowest.ratio)} (estimate "
        f"{estimate_text(path, term, float(lowest.estimates[term]))}), {told}. "
        "A program that only walks downhill may stop at either."
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


def _within_share(path: DialPath, term: int, ratio: float) -> str:
    tug = only_slope_split(path.comparison.dial, min(ratio, FAR))
    if term == 0 or tug is None or tug.within is None or tug.between_mixed is None:
        return ""
    inside = 1.0 if math.isinf(ratio) else tug.lambda_mixed
    return (
        f", a weighted mean in which the slope inside clusters counts {share(inside)} and the "
        f"slope between cluster means {share(1.0 - inside)}"
    )


def _distance(excess: float) -> str:
    if math.isinf(excess):
        return "the REML criterion grows without bound"
    if excess < _AT_MINIMUM:
        return "the REML criterion is at its minimum"
    return f"the REML criterion is {number(excess)} above its minimum"
