"""How clusters differ: variances, standard deviations and correlations of their effects."""

from __future__ import annotations

from engine.data.formula.terms import INTERCEPT
from engine.words.meanings.facts import Facts, Meaning, bracketed, effect_named, short, split_terms
from engine.words.numbers import number, share
from engine.words.reasons import named

# A correlation this close to ±1 is ±1, apart from rounding.
_ROUNDING = 1e-8
# 95% of a normal distribution lies within this many standard deviations of the mean.
_MIDDLE_95 = 1.96


def between_clusters(facts: Facts) -> Meaning:
    """Say what τ̂² is, if clusters differ in their intercepts alone.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    between, inside = facts.texts["lmer.between_variance"], facts.texts["lmer.residual_variance"]
    icc = share(facts.mixed.icc)
    return Meaning(
        "How far the intercepts of clusters lie apart in the population they are a sample of. "
        "lm has no such number: it takes rows of one cluster for independent, as if this were "
        f"0. Of the variance that the predictors leave, {icc} lies between clusters (the "
        "intraclass correlation).",
        f"τ̂² = {facts.texts['lmer.between_sd']}² = {between}\n"
        f"{between} / ({between} + {inside})\n  = {icc}",
        "no-cluster-variance",
    )


def of_effect(facts: Facts, _printout: str, effect: str) -> Meaning:
    """Say how much clusters differ in one of several effects.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    _printout
        Ignored: only lmer prints random effects.
    effect
        The effect as in the id, "TERM.NAME": number of the random term, name of the effect.
    """
    term, name = effect.split(".", maxsplit=1)
    component = facts.mixed.components[int(term) - 1]
    sd = float(component.sds[component.names.index(name)])
    variance_text, sd_text = (
        facts.texts[f"lmer.random_{kind}.{effect}"] for kind in ("variance", "sd")
    )
    why = (
        f"How far clusters lie apart in their {effect_named(name, facts.mixed)}, in the population "
        "they are a sample of. lm has no such number: it lets nothing vary between clusters, as "
        "if this were 0."
    )
    formula = f"{sd_text}² = {variance_text}"
    if sd == 0.0:
        return Meaning(f"{why} The estimate is 0, the least that a variance can be.", formula)
    if name == INTERCEPT:
        why += _where_intercepts_are(facts)
    return Meaning(why, formula + _middle_of_clusters(facts, name, sd))


def _where_intercepts_are(facts: Facts) -> str:
    effects = [name for component in facts.mixed.components for name in component.names]
    *others, last = (name for name in effects if name != INTERCEPT)
    zero = f"{', '.join(others)} and {last} are 0" if others else f"{last} is 0"
    return (
        f" It holds where {zero}: elsewhere the lines of clusters whose slopes differ lie apart by "
        "another amount."
    )


def _middle_of_clusters(facts: Facts, name: str, sd: float) -> str:
    """Return where most clusters' coefficients lie, if the fixed effects include their mean."""
    if effect_named(name, facts.mixed) != named(name):
        return ""
    mean = float(facts.mixed.estimates[facts.place(name)])
    reach = _MIDDLE_95 * sd
    low, high = number(mean - reach, reach), number(mean + reach, reach)
    return (
        "\nmiddle 95% of clusters, if Gaussian\n"
        f"  {facts.texts[f'lmer.estimate.{name}']} ± {_MIDDLE_95} SD\n  = {low} to {high}"
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
    sds = " · ".join(facts.texts[f"lmer.random_sd.{term}.{name}"] for name in (first, second))
    covariance = bracketed(short(float(component.covariance[row, column]), digits=4))
    return Meaning(
        why,
        f"covariance / (SD · SD)\n  = {covariance} / ({sds})\n"
        f"  = {facts.texts[f'lmer.random_correlation.{pair}']}",
    )
