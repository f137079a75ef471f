"""Why a coefficient differs between the two fits, as clauses with the numbers at hand."""

from __future__ import annotations

import numpy as np

from engine.account.movement import Cause, Movement
from engine.account.weights import WeightChange, weight_change
from engine.comparison import Comparison
from engine.data.formula.terms import INTERCEPT
from engine.words.numbers import adding_up, is_zero, listed_with_and, number, pair, share, share_of

# Up to this share of a movement, too little to show in two digits, other causes go unsaid.
_SMALL_REST = 0.02
# How many coefficients are named that carry another one along.
_NAMED = 3

_PARTS = {
    Cause.WEIGHTS: "the clusters' weights",
    Cause.WITHIN_SHARE: "comparisons inside clusters that count for more",
    Cause.OWN_LINES: "slopes that vary among clusters",
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
            return weights_reason(comparison, found) + _beside(found)
        case Cause.WEIGHTS:
            return _of_reweighting(comparison, found) + _beside(found)
        case Cause.WITHIN_SHARE:
            return _of_within_share(comparison, found)
        case Cause.CARRIED:
            return _of_others(found) + _beside(found)
        case Cause.TOGETHER:
            return _together(found)
        case Cause.OWN_LINES:
            return _of_own_lines(comparison, found) + _beside(found)
        case Cause.SEVERAL:
            return f"several things add up: {_listed_parts(found, found.parts)}"


def named(term: str) -> str:
    """Name a coefficient in a sentence, without an article."""
    return "intercept" if term == INTERCEPT else f"coefficient of {term}"


def brief_reason(comparison: Comparison, found: Movement) -> str:
    """Return the clause that says why a coefficient hardly differs: of parts, where they tell it.

    Parameters
    ----------
    comparison
        Both fits.
    found
        One of their movements.
    """
    if found.cause in {Cause.WEIGHTS, Cause.CARRIED, Cause.SEVERAL}:
        return f"it has {_listed_parts(found, found.parts)}"
    return reason(comparison, found)


def weights_reason(comparison: Comparison, found: Movement) -> str:
    """Return the clause that says what the clusters' weights do to an intercept.

    Parameters
    ----------
    comparison
        Both fits.
    found
        The intercept's movement.
    """
    change = weight_change(comparison) if comparison.mixed.random_intercept_only else None
    if change is None:
        return "clusters count more equally than their rows"
    one = change.largest
    if one is not None:
        # With a digit more than the whole: its own rounding does not depend on the others'.
        finest = one.part / 10.0
        before, after = (share_of(s, one.distance, finest) for s in (one.before, one.after))
        rest = found.weights - one.part
        _, (own, others) = adding_up(0.0, found.weights, (one.part, rest), finest)
        beside = f", the others by {others}" if abs(rest) > _SMALL_REST * abs(one.part) else ""
        return (
            f"cluster {one.level} goes from {before} of the weight to {after} and lies "
            f"{_four_digits(one.distance)} {'below' if one.distance < 0 else 'above'} the OLS "
            f"line, which alone moves it by {own}{beside}"
        )
    before, after = (share_of(s, change.gap, found.weights) for s in (change.before, change.after))
    return (
        f"{_losers(change)} from {before} of the weight to {after} "
        f"and {'lies' if change.losers == 1 else 'lie'} {_four_digits(change.gap)} "
        f"{'lower' if change.gap > 0 else 'higher'} than those that gain it, each counted by "
        "the weight it loses or gains"
    )


def _beside(found: Movement) -> str:
    """Say what else there is, where the cause alone is far from the whole movement."""
    part = found.parts[found.cause]
    if abs(part - found.difference) <= _SMALL_REST * abs(found.difference):
        return ""
    return f"; in all, {_listed_parts(found, found.parts)}"


def _listed_parts(found: Movement, parts: dict[Cause, float]) -> str:
    """List the parts of a movement that show in its digits; as printed they add up to it."""
    _, texts = adding_up(found.before, found.after, list(parts.values()))
    return listed_with_and(
        f"{text} from {_others(found) if cause is Cause.CARRIED else _PARTS[cause]}"
        for text, cause in zip(texts, parts, strict=True)
        if not is_zero(text)
    )


def _others(found: Movement) -> str:
    """Name what carries a coefficient along: the other one, if there is only one."""
    if len(found.carried) != 1:
        return "the other coefficients"
    return f"the {named(next(iter(found.carried)))}"


def _of_reweighting(comparison: Comparison, found: Movement) -> str:
    simple = comparison.mixed.random_intercept_only
    change = weight_change(comparison) if simple else None
    largest = (
        ""
        if change is None
        else f": {_losers(change)} from {share(change.before)} of the weight to "
        f"{share(change.after)}"
    )
    split, model = found.split, _model(comparison)
    if split is not None and split.within is None:
        return f"it does not vary inside clusters, whose means {model} weighs more equally{largest}"
    equally = f"{model} weighs the cluster means more equally{largest}"
    if split is None or split.between_ols is None or split.between_mixed is None:
        return equally
    slopes = pair(split.between_ols, split.between_mixed)
    held = f" ({_others(found)} held as in OLS)" if found.carried else ""
    weight = share_of(
        1.0 - split.lambda_mixed, split.between_mixed - split.between_ols, found.difference
    )
    return (
        f"{equally}, which moves the slope between them, with {weight} of the weight in the "
        f"coefficient, from {slopes[0]} to {slopes[1]}{held}"
    )


def _of_within_share(comparison: Comparison, found: Movement) -> str:
    split = found.split
    if split is None or split.within is None or split.between_ols is None:
        return "comparisons inside clusters count for more" + _beside(found)
    # Use the decimals of both estimates, because these slopes stand in the same sentence.
    moved, between = found.difference, split.between_mixed or split.between_ols
    within, ols, mixed = (
        number(slope, moved) for slope in (split.within, split.between_ols, between)
    )
    by_ols = "" if ols == mixed else f" ({ols} by the weights of OLS)"
    of_mixed = share_of(split.lambda_mixed, split.within - between, moved)
    of_ols = share_of(split.lambda_ols, split.within - split.between_ols, moved)
    return (
        f"{_model(comparison)} gives {of_mixed} instead of {of_ols} of the weight to the slope "
        f"within clusters, {within}, and the rest to the slope between cluster means, "
        f"{mixed}{by_ols}{_beyond(found)}"
    )


def _beyond(found: Movement) -> str:
    """Say what the weighted mean of the slopes leaves, because other things move as well."""
    carried = sum(found.carried.values())
    held = found.before + found.weights + found.within_share
    rest = {
        f"the movement of {_others(found)} adds": carried,
        "slopes that vary among clusters add": found.own_lines,
    }
    _, texts = adding_up(held, found.after, list(rest.values()), found.difference)
    added = [f"{what} {t}" for what, t in zip(rest, texts, strict=True) if not is_zero(t)]
    if not added:
        return ""
    condition = f" with {_others(found)} held as in OLS" if found.carried else ""
    return (
        f"; that would give {number(held, found.difference)}{condition}, to which "
        f"{listed_with_and(added)}"
    )


def _model(comparison: Comparison) -> str:
    """The model whose weights are meant; with random slopes, the first step towards them."""
    simple = comparison.mixed.random_intercept_only
    return "the mixed model" if simple else "a random intercept"


def _of_others(found: Movement) -> str:
    """Name the coefficients that carry most of it along, with what each of them carries."""
    where = ", carried to the point where the predictors are 0" * (found.term == INTERCEPT)
    sign = 1.0 if found.difference > 0 else -1.0
    order = sorted(found.carried, key=lambda name: -sign * found.carried[name])
    if len(order) == 1:
        return f"it follows the coefficient of {order[0]}{where}"
    so_far = np.cumsum([found.carried[name] for name in order])
    enough = 1 + int(np.argmax(sign * so_far > 0.5 * abs(found.difference)))
    first = order[: min(enough, _NAMED)]
    brought = listed_with_and(
        f"that of {name} ({number(found.carried[name], found.difference)})" for name in first
    )
    total = number(found.difference, found.difference)
    return f"it follows other coefficients, above all {brought} of {total}{where}"


def _together(found: Movement) -> str:
    """Say that slopes carry each other along, and what moves all of them."""
    inside = (
        ""
        if found.inside is None
        else f"; by those alone it is {number(found.inside, found.difference)}"
    )
    return (
        f"it and the coefficient of {found.leader} carry each other along, and of the movement of "
        f"all slopes together it has {_listed_parts(found, dict(found.joint))}{inside}"
    )


def _of_own_lines(comparison: Comparison, found: Movement) -> str:
    slopes = [n for term in comparison.model.random for n in term if n != INTERCEPT]
    halfway = ""
    if found.halfway is not None:
        alone = number(found.halfway, found.difference)
        halfway = f" (a random intercept alone would give {alone})"
    assert found.pull is not None
    level, change = found.pull
    return (
        f"the {'effect' if len(slopes) == 1 else 'effects'} of {listed_with_and(slopes)} may "
        f"differ among clusters in the mixed model, which changes how much each cluster "
        f"counts{halfway}; cluster {level} changes its pull most, by "
        f"{number(change, found.difference)}"
    )


def _losers(change: WeightChange) -> str:
    if change.losers == 1:
        return "the largest cluster goes"
    return f"the {change.losers:,} largest clusters go"


def _four_digits(distance: float) -> str:
    """Write a distance so that its product with a share of the weight has three digits."""
    return number(abs(distance), 0.1 * distance)
