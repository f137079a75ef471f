"""The ledger in sentences."""

from __future__ import annotations

import numpy as np

from engine.account.ledger import Ledger, is_moved, largest
from engine.account.within_between import SlopeSplit
from engine.data.formula.terms import INTERCEPT
from engine.models.ols import OlsFit
from engine.words.numbers import (
    adding_up,
    as_printed,
    is_zero,
    number,
    pair,
    plural,
    share,
    share_of,
)

# Weights alone move an estimate about as far as all there is if by no more than this factor.
_ALONE = 2.0
# Every cluster has a vote if none has more than this times the weight of another.
_NEARLY_EVEN = 1.5


def ledger_in_words(account: Ledger, term: int, ols: OlsFit, most: int = 5) -> str:
    """Say in one sentence which clusters moved a coefficient most, and what they add up to.

    Parameters
    ----------
    account
        The ledger of p coefficients.
    term
        Position of the coefficient, from 0 to p − 1.
    ols
        The fit it moves away from; its standard error decides whether it moves at all.
    most
        How many clusters are named; the others are added up.
    """
    name = account.names[term]
    if not is_moved(account, term, float(ols.standard_errors[term])):
        return f"No cluster moves {name}: each pulls at it alike in both models."
    before = float(ols.estimates[term])
    after = before + float(account.difference[term])
    places, parts = largest(account, term, most)
    moved, texts = adding_up(before, after, parts)
    names = [f"cluster {account.levels[j]}" for j in places]
    if len(parts) > len(names):
        names.append(plural(len(account.levels) - len(names), "other"))
    listed = ", ".join(f"{who} {text}" for who, text in zip(names, texts, strict=True))
    return f"{name} moves by {moved}: {listed}."


def bars_in_words(account: Ledger, term: int, ols: OlsFit) -> str:
    """Say what the bars of the ledger's figure are.

    Parameters
    ----------
    account
        The ledger of p coefficients.
    term
        Position of the coefficient, from 0 to p − 1.
    ols
        The fit it moves away from.
    """
    estimate = float(ols.estimates[term])
    ends = estimate, estimate + float(account.difference[term])
    (before, after), (moved, _) = pair(*ends), adding_up(*ends)
    what = "intercept" if account.names[term] == INTERCEPT else "coefficient"
    return (
        f"From {before} (OLS) to {after} (mixed): each bar is how much more, or less, a cluster "
        f"pulls the {what} up in the mixed model than in OLS. The bars add up to the difference, "
        f"{moved}."
    )


def bar_texts(account: Ledger, term: int, before: float, most: int) -> tuple[str, ...]:
    """Write what each bar of the ledger's figure adds, so that they add up as printed.

    Parameters
    ----------
    account
        The ledger of p coefficients.
    term
        Position of the coefficient, from 0 to p − 1.
    before
        OLS estimate of the coefficient.
    most
        How many clusters have a bar of their own; see `largest`.
    """
    parts = largest(account, term, most)[1]
    _, texts = adding_up(before, before + float(account.difference[term]), parts)
    return tuple(text if text.startswith("−") or is_zero(text) else f"+{text}" for text in texts)


def bar_in_words(account: Ledger, term: int, ols: OlsFit, bar: int, most: int = 5) -> str:
    """Say what one bar of the ledger's figure adds, and how far the estimate has come with it.

    Parameters
    ----------
    account
        The ledger of p coefficients.
    term
        Position of the coefficient, from 0 to p − 1.
    ols
        The fit it moves away from.
    bar
        Which bar, from 0, the largest contribution first; the last one may be that of all other
        clusters.
    most
        How many clusters have a bar of their own.

    Returns
    -------
    str
        That no cluster moves the coefficient, if none does. Else with the cluster's distance and
        its weights, if these two alone move the intercept about as far as the bar does, which
        includes the cluster's part in the slopes.
    """
    before = float(ols.estimates[term])
    difference = float(account.difference[term])
    places, parts = largest(account, term, most)
    if not is_moved(account, term, float(ols.standard_errors[term])):
        return ledger_in_words(account, term, ols)
    texts = bar_texts(account, term, before, most)
    printed = [pair(before, before + difference)[0], *texts[: bar + 1]]
    reached = number(sum(as_printed(text.removeprefix("+")) for text in printed), difference)
    end = f"{texts[bar]}, and the estimate is at {reached}"
    if bar == len(parts) - 1:
        end += ", where the mixed model has it"
    if bar >= len(places):
        return f"The {plural(len(account.levels) - len(places), 'other cluster')} together: {end}."
    j = places[bar]
    who, mixed = f"Cluster {account.levels[j]}", account.weight_mixed
    if mixed is None or account.names[term] != INTERCEPT:
        return f"{who}: {end}."
    gained, distance = float(mixed[j] - account.weight_ols[j]), float(account.distance[j])
    if not parts[bar] or not 1.0 / _ALONE <= gained * distance / parts[bar] <= _ALONE:
        return f"{who}: {end}."
    where = "above" if distance > 0.0 else "below"
    what = "gains" if gained > 0.0 else "loses"
    return (
        f"{who} lies {number(abs(distance))} {where} the OLS line and {what} weight, from "
        f"{share(account.weight_ols[j])} to {share(mixed[j])}: {end}."
    )


def votes_in_words(account: Ledger) -> str:
    """Say how the weights of clusters differ in OLS, and how far less in the mixed model.

    Parameters
    ----------
    account
        The ledger of a model with a random intercept alone.
    """
    assert account.weight_mixed is not None
    ols, mixed = account.weight_ols, account.weight_mixed
    largest_two = np.argsort(ols)[-2:]
    two, two_mixed = share(ols[largest_two].sum()), share(mixed[largest_two].sum())
    if two == two_mixed:
        return f"In both models the two largest clusters have {two} of the weight."
    ends = share(mixed.min()), share(mixed.max())
    said = f"OLS lets every row vote, so that the two largest clusters have {two} of the weight; "
    if mixed.max() > _NEARLY_EVEN * mixed.min():
        return f"{said}in the mixed model they have {two_mixed}."
    return f"{said}the mixed model lets every cluster vote, each with {ends[0]} to {ends[1]}."


def slope_in_words(split: SlopeSplit) -> str:
    """Say what moves the slope of the only predictor: the weights of its two slopes.

    Parameters
    ----------
    split
        Its slopes within and between clusters; see `only_slope_split`.

    Returns
    -------
    str
        Empty if the predictor varies only inside clusters, or only between them.
    """
    if split.within is None or split.between_ols is None or split.between_mixed is None:
        return ""
    before = split.lambda_ols * split.within + (1.0 - split.lambda_ols) * split.between_ols
    total = split.mix_shift + split.reweighting
    if not total:
        return ""
    moved, (by_weight, by_slope) = adding_up(
        before, before + total, (split.mix_shift, split.reweighting)
    )
    old, new = (
        share_of(weight, split.within - slope, total)
        for weight, slope in (
            (split.lambda_ols, split.between_ols),
            (split.lambda_mixed, split.between_mixed),
        )
    )
    inside, ols, mixed = (
        number(slope, total) for slope in (split.within, split.between_ols, split.between_mixed)
    )
    between = f"{ols} in both" if ols == mixed else f"{ols} in OLS and {mixed} in the mixed model"
    said = (
        f"The slope is a weighted mean of the slope inside clusters, {inside}, and the slope "
        f"between cluster means, {between}. The slope inside has {old} of the weight in OLS and "
        f"{new} in the mixed model"
    )
    # A part too small to show is not made to show, for the sake of a sum of rounded numbers.
    if is_zero(number(split.reweighting, total)):
        return f"{said}, which moves the mean by {moved}."
    return (
        f"{said}. Of the movement by {moved}, {by_weight} comes from these weights and {by_slope} "
        "from the slope between, as clusters count more equally."
    )
