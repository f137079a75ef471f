"""How clusters differ: variances, standard deviations and correlations of their effects."""

from __future__ import annotations

from engine.data.formula.terms import INTERCEPT
from engine.words.arithmetic import enough_digits, relation
from engine.words.meanings.facts import Facts, Meaning, bracketed, effect_named, split_terms
from engine.words.numbers import as_printed, number, share
from engine.words.reasons import named

# A correlation this close to ±1 is ±1, apart from rounding.
_ROUNDING = 1e-8
# 95% of a normal distribution lies within this many standard deviations of the mean.
_MIDDLE_95 = 1.96


def between_variance(facts: Facts) -> Meaning:
    """Say what τ̂² is, if clusters differ in their intercepts alone.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    return _between_clusters(
        facts,
        "The variance of the clusters' intercepts in the population that the clusters are a "
        "sample of.",
    )


def between_sd(facts: Facts) -> Meaning:
    """Say what τ̂ is, if clusters differ in their intercepts alone.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    return _between_clusters(
        facts,
        "How far the intercepts of clusters lie apart in the population that the clusters are a "
        "sample of: their standard deviation.",
    )


def _between_clusters(facts: Facts, what: str) -> Meaning:
    between, inside = facts.texts["lmer.between_variance"], facts.texts["lmer.residual_variance"]
    sd, icc = facts.texts["lmer.between_sd"], share(facts.mixed.icc)
    total = as_printed(between) + as_printed(inside)
    of_total = as_printed(between) / total if total else 0.0
    sign = relation(of_total, icc) if icc[0].isdigit() else "is"
    return Meaning(
        f"{what} lm has no such number: it takes rows of one cluster for independent, as if this "
        f"were 0. Of the variance that the predictors leave, {icc} lies between clusters (the "
        "intraclass correlation).",
        f"τ̂² = {sd}² {relation(as_printed(sd) ** 2, between)} {between}\n"
        f"{between} / ({between} + {inside})\n  {sign} {icc}",
        "no-cluster-variance",
    )


def variance_of_effect(facts: Facts, _printout: str, effect: str) -> Meaning:
    """Say what the variance of one of several effects is.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    _printout
        Ignored: only lmer prints random effects.
    effect
        The effect as in the id, "TERM.NAME": number of the random term, name of the effect.
    """
    named_effect = effect_named(effect.split(".", maxsplit=1)[1], facts.mixed)
    return _of_effect(
        facts,
        effect,
        f"The variance of the {named_effect} over clusters, in the population that the clusters "
        "are a sample of.",
    )


def sd_of_effect(facts: Facts, _printout: str, effect: str) -> Meaning:
    """Say how far clusters differ in one of several effects.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    _printout
        Ignored: only lmer prints random effects.
    effect
        The effect as in the id, "TERM.NAME": number of the random term, name of the effect.
    """
    named_effect = effect_named(effect.split(".", maxsplit=1)[1], facts.mixed)
    return _of_effect(
        facts,
        effect,
        f"How far clusters lie apart in their {named_effect}, in the population that they are a "
        "sample of: a standard deviation.",
    )


def _of_effect(facts: Facts, effect: str, what: str) -> Meaning:
    term, name = effect.split(".", maxsplit=1)
    component = facts.mixed.components[int(term) - 1]
    sd = float(component.sds[component.names.index(name)])
    variance_text, sd_text = (
        facts.texts[f"lmer.random_{kind}.{effect}"] for kind in ("variance", "sd")
    )
    why = f"{what} lm has no such number: it lets nothing vary between clusters, as if this were 0."
    formula = f"{sd_text}² {relation(as_printed(sd_text) ** 2, variance_text)} {variance_text}"
    if sd == 0.0:
        return Meaning(f"{why} The estimate is 0, the least that a variance can be.", formula)
    if name == INTERCEPT:
        why += _where_intercepts_are(facts)
    return Meaning(why, formula + _middle_of_clusters(facts, effect, sd))


def _where_intercepts_are(facts: Facts) -> str:
    """Say where the clusters' intercepts lie so far apart, if any slope differs among them."""
    varying = [
        name
        for component in facts.mixed.components
        for name, sd in zip(component.names, component.sds, strict=True)
        if name != INTERCEPT and sd > 0.0
    ]
    if not varying:
        return ""
    *others, last = varying
    zero = f"{', '.join(others)} and {last} are 0" if others else f"{last} is 0"
    return (
        f" It holds where {zero}: elsewhere the lines of clusters whose slopes differ lie apart by "
        "another amount."
    )


def _middle_of_clusters(facts: Facts, effect: str, sd: float) -> str:
    """Return where most clusters' coefficients lie, if the fixed effects include their mean."""
    name = effect.split(".", maxsplit=1)[1]
    if effect_named(name, facts.mixed) != named(name):
        return ""
    mean_text, sd_text = (
        facts.texts[f"lmer.{of}"] for of in (f"estimate.{name}", f"random_sd.{effect}")
    )
    mean, reach = as_printed(mean_text), _MIDDLE_95 * as_printed(sd_text)
    low, high = number(mean - reach, sd), number(mean + reach, sd)
    return (
        "\nmiddle 95% of clusters, if Gaussian:\n"
        f"  {mean_text} ± {_MIDDLE_95} · {sd_text}\n  = {low} to {high}"
    )


def correlation(facts: Facts, _printout: str, pair: str) -> Meaning:
    """Say what the correlation of two effects is.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    _printout
        Ignored: only lmer prints random effects.
    pair
        Both effects as in the id, "TERM.ROW.COLUMN": number of the random term, two names.
    """
    term, names = pair.split(".", maxsplit=1)
    component = facts.mixed.components[int(term) - 1]
    second, first = split_terms(names, component.names)
    row, column = component.names.index(second), component.names.index(first)
    called = [effect_named(name, facts.mixed) for name in (first, second)]
    why = (
        f"Over clusters, whether a higher {called[0]} comes with a higher {called[1]}. lm has no "
        "such number: it lets nothing vary between clusters."
    )
    if abs(component.correlations[row, column]) > 1.0 - _ROUNDING:
        why += (
            " It is as far from 0 as a correlation can be, so the estimate lies on the boundary: "
            "in this model either of the two determines the other."
        )
    elif first == INTERCEPT and second in facts.comparison.design.predictors:
        why += (
            f" It holds for intercepts where {second} is 0: measured from another origin, the same "
            "data give another correlation."
        )
    sds = [facts.texts[f"lmer.random_sd.{term}.{name}"] for name in (first, second)]
    result = facts.texts[f"lmer.random_correlation.{pair}"]
    product = as_printed(sds[0]) * as_printed(sds[1])
    covariance = float(component.covariance[row, column])
    (shown,) = enough_digits((covariance,), lambda value: value / product, result)
    sign = relation(as_printed(shown) / product, result)
    return Meaning(
        why,
        f"covariance / (SD · SD)\n  = {bracketed(shown)} / ({sds[0]} · {sds[1]})\n"
        f"  {sign} {result}",
    )
