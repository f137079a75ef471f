"""Why a coefficient differs between the two fits, as clauses with the numbers at hand."""

from __future__ import annotations

import numpy as np

from engine.account.ledger import ledger
from engine.account.movement import Cause, Movement
from engine.account.weights import WeightChange, weight_change
from engine.comparison import Comparison
from engine.data.formula.terms import INTERCEPT
from engine.words.numbers import number, share

# Up to this share of a movement what other causes add or take back goes unsaid.
_SMALL_REST = 0.25
# A part of a movement too small to show in three digits.
_UNSEEN = 1e-3

_PARTS = {
    Cause.WEIGHTS: "from clusters that count more equally",
    Cause.WITHIN_SHARE: "from comparisons inside clusters that count for more",
    Cause.CARRIED: "carried along by other coefficients",
    Cause.OWN_LINES: "from the clusters' own lines",
}


def reason(comparison: Comparison, found: Movement) -> str:
    """Return the clause that says why a coefficient differs: "the 5 largest clusters …".

    Parameters
    ----------
    comparison
        Both fits.
    found
        One of their movements.
    """
    match found.cause:
        case Cause.BOUNDARY:
            return "no variance between clusters is left, so both models are the same fit"
        case Cause.UNMOVED:
            return "the weights of clusters make no difference to it here"
        case Cause.WEIGHTS if found.term == INTERCEPT:
            return _of_weights(comparison) + _beside(found)
        case Cause.WEIGHTS:
            return _of_reweighting(comparison, found) + _beside(found)
        case Cause.WITHIN_SHARE:
            return _of_within_share(comparison, found) + _beside(found)
        case Cause.CARRIED:
            return _of_others(found)
        case Cause.OWN_LINES:
            return _of_own_lines(comparison, found) + _beside(found)
        case Cause.SEVERAL:
            return f"several things add up: {_listed_parts(found)}"


def named(term: str) -> str:
    """Name a coefficient in a sentence, without an article."""
    return "intercept" if term == INTERCEPT else f"coefficient of {term}"


def leading(found: Movement) -> str:
    """Return the coefficient that carries most of a movement along in its own direction."""
    return max(found.carried, key=lambda name: found.carried[name] * found.difference)


def _beside(found: Movement) -> str:
    """Say what else there is, where the cause alone is far from the whole movement."""
    part = found.parts[found.cause]
    if abs(part - found.difference) <= _SMALL_REST * abs(found.difference):
        return ""
    return f"; in all, {_listed_parts(found)}"


def _listed_parts(found: Movement) -> str:
    parts = [
        f"{number(part, found.difference)} {_PARTS[cause]}"
        for cause, part in found.parts.items()
        if abs(part) > _UNSEEN * abs(found.difference)
    ]
    return ", ".join(parts)


def _of_weights(comparison: Comparison) -> str:
    change = weight_change(comparison) if comparison.mixed.random_intercept_only else None
    if change is None:
        return "clusters count more equally than their rows"
    one = change.losers == 1
    side = "lower" if change.gap > 0 else "higher"
    return (
        f"{_losers(change)} from {share(change.before)} of the weight to {share(change.after)} "
        f"and {'lies' if one else 'lie on average'} {number(abs(change.gap))} {side} than those "
        "that gain it"
    )


def _of_reweighting(comparison: Comparison, found: Movement) -> str:
    simple = comparison.mixed.random_intercept_only
    equally = f"{_model(comparison)} weighs the cluster means more equally"
    change = weight_change(comparison) if simple else None
    if change is not None:
        equally += (
            f": {_losers(change)} from {share(change.before)} of the weight to "
            f"{share(change.after)}"
        )
    split = found.split
    if split is None or split.between_ols is None or split.between_mixed is None:
        return equally
    if split.within is None:
        return f"{found.term} does not vary inside clusters and {equally}"
    return (
        f"{equally}, which moves the slope between them from "
        f"{number(split.between_ols, found.difference)} to "
        f"{number(split.between_mixed, found.difference)}{_others_held(found)}"
    )


def _of_within_share(comparison: Comparison, found: Movement) -> str:
    split = found.split
    if split is None or split.within is None or split.between_ols is None:
        return "comparisons inside clusters count for more"
    # Use the decimals of both estimates, because these slopes stand in the same sentence.
    within, ols, mixed = (
        number(slope, found.difference)
        for slope in (split.within, split.between_ols, split.between_mixed or split.between_ols)
    )
    between = mixed if ols == mixed else f"{mixed} ({ols} by the weights of OLS)"
    return (
        f"{_model(comparison)} gives {share(split.lambda_mixed)} instead of "
        f"{share(split.lambda_ols)} of the weight to the slope within clusters, {within}, and the "
        f"rest to the slope between cluster means, {between}{_others_held(found)}"
    )


def _model(comparison: Comparison) -> str:
    """The model whose weights are meant; with random slopes, the first step towards them."""
    simple = comparison.mixed.random_intercept_only
    return "the mixed model" if simple else "a random intercept"


def _others_held(found: Movement) -> str:
    """Say under which condition the slopes of a split hold, if other coefficients move too."""
    return " (the other coefficients held as in OLS)" if found.carried else ""


def _of_others(found: Movement) -> str:
    most = "" if len(found.carried) == 1 else "above all "
    where = ", carried to the point where the predictors are 0" * (found.term == INTERCEPT)
    return f"it follows {most}the coefficient of {leading(found)}{where}{_beside(found)}"


def _of_own_lines(comparison: Comparison, found: Movement) -> str:
    pulls = ledger(comparison).contributions
    place = comparison.mixed.names.index(found.term)
    largest = int(np.argmax(np.abs(pulls[:, place])))
    halfway = ""
    if found.halfway is not None:
        alone = number(found.halfway, found.difference)
        halfway = f" (a random intercept alone would give {alone})"
    return (
        "clusters have lines of their own in the mixed model, which count by what each cluster "
        f"says about its line{halfway}; the largest change of pull is that of cluster "
        f"{comparison.design.levels[largest]}, {number(pulls[largest, place])}"
    )


def _losers(change: WeightChange) -> str:
    if change.losers == 1:
        return "the largest cluster goes"
    return f"the {change.losers:,} largest clusters go"
