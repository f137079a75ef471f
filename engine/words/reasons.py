"""Why a coefficient differs between the two fits, as clauses with the numbers at hand."""

from __future__ import annotations

import numpy as np

from engine.account.ledger import ledger
from engine.account.movement import Cause, Movement
from engine.account.weights import WeightChange, weight_change
from engine.comparison import Comparison
from engine.data.formula.terms import INTERCEPT
from engine.words.numbers import number, share


def reason(comparison: Comparison, found: Movement) -> str:
    """Return the clause that says why a coefficient differs: "the 5 largest clusters …".

    Parameters
    ----------
    comparison
        Both fits.
    found
        The coefficient's movement; its cause decides on the clause.
    """
    match found.cause:
        case Cause.BOUNDARY:
            return "no variance between clusters is left, so both models are the same fit"
        case Cause.UNMOVED:
            return "no cluster pulls at it otherwise than in OLS"
        case Cause.WEIGHTS if found.term == INTERCEPT:
            return _of_weights(comparison)
        case Cause.WEIGHTS:
            return _of_reweighting(comparison, found)
        case Cause.WITHIN_SHARE:
            return _of_within_share(comparison, found)
        case Cause.CARRIED:
            return _of_others(comparison, found)
        case Cause.OWN_LINES:
            return _of_own_lines(comparison, found)
        case Cause.SEVERAL:
            return _of_several(found)


def named(term: str) -> str:
    """Name a coefficient in a sentence, without an article.

    Parameters
    ----------
    term
        Name of the coefficient, as R writes it.
    """
    return "intercept" if term == INTERCEPT else f"coefficient of {term}"


def _of_weights(comparison: Comparison) -> str:
    change = weight_change(comparison)
    if change is None or not comparison.mixed.random_intercept_only:
        return "clusters count more equally than their rows"
    one = change.losers == 1
    side = "lower" if change.gap > 0 else "higher"
    return (
        f"{_losers(change)} from {share(change.before)} of the weight to {share(change.after)} "
        f"and {'lies' if one else 'lie on average'} {number(abs(change.gap))} {side} than those "
        "that gain it"
    )


def _of_reweighting(comparison: Comparison, found: Movement) -> str:
    equally = "the mixed model weighs the cluster means more equally"
    change = weight_change(comparison) if comparison.mixed.random_intercept_only else None
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
    model = "the mixed model" if comparison.mixed.random_intercept_only else "a random intercept"
    between = mixed if ols == mixed else f"{mixed} ({ols} by the weights of OLS)"
    return (
        f"{model} gives {share(split.lambda_mixed)} instead of {share(split.lambda_ols)} of "
        f"the weight to the slope within clusters, {within}, and the rest to the slope between "
        f"cluster means, {between}{_others_held(found)}"
    )


def _others_held(found: Movement) -> str:
    """Say under which condition the slopes of a split hold, if other coefficients move too."""
    return " (the other coefficients held as in OLS)" if found.carried else ""


def _of_others(comparison: Comparison, found: Movement) -> str:
    term = max(found.carried, key=lambda name: abs(found.carried[name]))
    place = comparison.mixed.names.index(term)
    moved = float(comparison.mixed.estimates[place] - comparison.ols.estimates[place])
    total = number(sum(found.carried.values()), found.difference)
    whole = number(found.difference, found.difference)
    most = "" if len(found.carried) == 1 else "above all "
    where = ", carried to the point where the predictors are 0" * (found.term == INTERCEPT)
    return (
        f"it follows {most}the coefficient of {term}, which moves by {number(moved)}{where}: "
        f"{'all' if total == whole else f'{total} of {whole}'} is carried along"
    )


def _of_own_lines(comparison: Comparison, found: Movement) -> str:
    pulls = ledger(comparison).contributions
    place = comparison.mixed.names.index(found.term)
    largest = int(np.argmax(np.abs(pulls[:, place])))
    halfway = number(found.after - found.own_lines, found.difference)
    return (
        "clusters have lines of their own in the mixed model, and each line counts by how well "
        f"its cluster shows it: a random intercept alone would give {halfway}; cluster "
        f"{comparison.design.levels[largest]} alone moves it by {number(pulls[largest, place])}"
    )


def _of_several(found: Movement) -> str:
    told = {
        Cause.WEIGHTS: "from clusters counting more equally",
        Cause.WITHIN_SHARE: "from comparisons inside clusters counting for more",
        Cause.CARRIED: "carried along by other coefficients",
        Cause.OWN_LINES: "from the clusters' own lines",
    }
    parts = [
        f"{number(part, found.difference)} {told[cause]}"
        for cause, part in found.parts.items()
        if abs(part) > 1e-3 * abs(found.difference)
    ]
    return f"several things add up: {', '.join(parts)}"


def _losers(change: WeightChange) -> str:
    if change.losers == 1:
        return "the largest cluster goes"
    return f"the {change.losers:,} largest clusters go"
