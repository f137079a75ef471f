"""The numbers of a coefficient: estimate, standard error, t value, p-value, correlations."""

from __future__ import annotations

import numpy as np

from engine.account.ledger import ROUNDING
from engine.account.movement import movement
from engine.account.standard_errors import ErrorCause
from engine.account.weights import intercept_parts
from engine.account.within_between import only_slope_split
from engine.data.formula.terms import INTERCEPT
from engine.models.within import varies_within
from engine.words.arithmetic import enough_digits, last_place, relation
from engine.words.columns import held_text
from engine.words.meanings.facts import Facts, Meaning, bracketed, split_terms
from engine.words.numbers import (
    R_LEAST_P,
    adding_up,
    as_printed,
    degrees,
    effective,
    number,
    p_text,
    plural,
    share,
    significant,
)
from engine.words.reasons import reason
from engine.words.standard_errors import error_reason

# Two standard errors, or the quantities behind them, count as different from this ratio on.
_CHANGED = 1.02
# Correlations smaller than this are rounding error.
_UNCORRELATED = 1e-12


def estimate(facts: Facts, printout: str, term: str) -> Meaning:
    """Say why an estimate moved.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    printout
        "lm" or "lmer": whose number it is.
    term
        Name of the coefficient.
    """
    before, after = facts.both(f"estimate.{term}")
    place = facts.place(term)
    holds = _for_which_rows(facts, term)
    if facts.pooled:
        formula = _one_below_the_other(before, after)
        return Meaning(facts.same_fit + holds, formula, "no-cluster-variance")
    moved = float(facts.mixed.estimates[place] - facts.ols.estimates[place])
    if abs(moved) <= ROUNDING * facts.ols.standard_errors[place]:
        return _unmoved(facts, term, holds)
    if not facts.intercept_only:
        return _moved_beside_slopes(facts, term, holds)
    found = movement(facts.comparison, place)
    why = (
        f"From {before} (OLS) to {after} (mixed) it moves by {number(moved)}: "
        f"{reason(facts.comparison, found)}.{holds}"
    )
    if term == INTERCEPT:
        return Meaning(why, _intercept_parts(facts), "big-clusters")
    inside = place in varies_within(facts.comparison.moments)
    return Meaning(
        why + _what_is_compared(facts, term),
        _slope_parts(facts, printout, term),
        "confounded" if inside else "cluster-level-treatment",
    )


def _for_which_rows(facts: Facts, term: str) -> str:
    """Say for which rows the coefficient of a predictor beside its interactions holds."""
    rows = held_text(facts.comparison.design, term, facts.mixed.names)
    if not rows:
        return ""
    return f" It holds where {rows}: the interaction lets it differ elsewhere."


def _intercept_parts(facts: Facts) -> str:
    of_weights, carried = intercept_parts(facts.comparison)
    before, after = facts.both(f"estimate.{INTERCEPT}")
    ratio = number(facts.mixed.variance_ratio)
    parts = [of_weights, *([float(carried.sum())] if len(carried) else [])]
    _, texts = adding_up(0.0, sum(parts), parts)
    labels = ("weights", "slope" if len(carried) == 1 else "slopes")
    difference = as_printed(after) - as_printed(before)
    terms = "\n  + ".join(
        f"{bracketed(text) if k else text} ({label})"
        for k, (text, label) in enumerate(zip(texts, labels, strict=False))
    )
    sign = relation(difference, *texts)
    return (
        f"weights: OLS nⱼ, mixed\n  nⱼ/(1 + {ratio}·nⱼ)\n"
        f"{after} − {bracketed(before)}\n  {sign} {terms}"
    )


def _what_is_compared(facts: Facts, term: str) -> str:
    """Say what the slopes within and between clusters are, where there is one slope alone."""
    tug = only_slope_split(facts.comparison.dial, facts.mixed.variance_ratio)
    if tug is None or tug.within is None or tug.between_ols is None:
        return ""
    if not facts.is_indicator(term):
        return (
            " The slope within clusters compares rows of one cluster, the slope between clusters "
            "compares the clusters' means."
        )
    moments = facts.comparison.moments
    shares = moments.means[:, 1] + moments.origin[1]
    return (
        f" The slope between clusters compares a cluster where all rows have {term} = 1 with one "
        f"where none has, whereas in the data this share goes from {share(float(shares.min()))} to "
        f"{share(float(shares.max()))}."
    )


def _slope_parts(facts: Facts, printout: str, term: str) -> str:
    result = facts.texts[f"{printout}.estimate.{term}"]
    tug = only_slope_split(facts.comparison.dial, facts.mixed.variance_ratio)
    if tug is None:
        ratio = "0" if printout == "lm" else number(facts.mixed.variance_ratio)
        return f"β̂(ρ) = A(ρ)⁻¹ c(ρ) at ρ = {ratio}: {result}"
    weight = tug.lambda_ols if printout == "lm" else tug.lambda_mixed
    between = tug.between_ols if printout == "lm" else tug.between_mixed
    if tug.within is None or between is None:
        only = "within" if between is None else "between"
        return f"slope {only} clusters = {result}"
    # The smaller weight tells how many decimals both need.
    small_is_between = weight > 0.5
    slopes = (between, tug.within) if small_is_between else (tug.within, between)

    def total(small: float, slope_of_small: float, other: float) -> float:
        return small * slope_of_small + (1.0 - small) * other

    small, *texts = enough_digits((min(weight, 1.0 - weight), *slopes), total, result)
    large = number(1.0 - as_printed(small), 100.0 * last_place(small))
    sign = relation(total(*map(as_printed, (small, *texts))), result)
    terms = [f"{small} · {bracketed(texts[0])}", f"{large} · {bracketed(texts[1])}"]
    within, other = reversed(terms) if small_is_between else terms
    return (
        "share within · slope within\n+ share between · slope between\n"
        f"  = {within}\n  + {other}\n  {sign} {result}"
    )


def _unmoved(facts: Facts, term: str, holds: str) -> Meaning:
    """Say that an estimate is the same in both fits, apart from rounding."""
    before, after = facts.both(f"estimate.{term}")
    changes = facts.changes_of_pull[:, facts.place(term)]
    unit = facts.ols.standard_errors[facts.place(term)]
    if np.abs(changes).max() <= ROUNDING * unit:
        why = "no cluster's pull on this coefficient changes"
    else:
        why = "the changes of the clusters' pulls on this coefficient cancel"
    return Meaning(
        f"Both fits give {after}: rows have other weights in the mixed model, but {why}.{holds}",
        _one_below_the_other(before, after),
        "balanced",
    )


def _one_below_the_other(before: str, after: str) -> str:
    return f"OLS:   {before}\nmixed: {after}"


def _moved_beside_slopes(facts: Facts, term: str, holds: str) -> Meaning:
    """Add up the clusters' contributions: with random slopes a cluster has no single weight."""
    before, after = facts.both(f"estimate.{term}")
    changes = facts.changes_of_pull[:, facts.place(term)]
    most = int(np.argmax(np.abs(changes)))
    moved, largest = float(changes.sum()), float(changes[most])
    cluster = facts.comparison.design.levels[most]
    several = len(changes) > 2
    others = f"{len(changes) - 1:,} other clusters" if several else "other cluster"
    _, (first, rest) = adding_up(0.0, moved, [largest, moved - largest])
    sign = relation(as_printed(after) - as_printed(before), first, rest)
    return Meaning(
        f"From {before} (OLS) to {after} (mixed) it moves by {number(moved)}. In the mixed model "
        "rows have weights that depend on how much clusters differ. Of the change, cluster "
        f"{cluster} alone brings {first}, the {others} {'together ' if several else ''}{rest}."
        f"{holds}",
        "Σ XⱼᵀVⱼ⁻¹(yⱼ − Xⱼβ̂) = 0\n  OLS:   Vⱼ = I\n  mixed: Vⱼ = I + ZⱼΛΛᵀZⱼᵀ\n"
        f"{after} − {bracketed(before)}\n  {sign} {first} (cluster {cluster})\n"
        f"  + {bracketed(rest)} ({others})",
    )


def standard_error(facts: Facts, printout: str, term: str) -> Meaning:
    """Say why a standard error changed: the size of the residuals, and the information.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    printout
        "lm" or "lmer": whose number it is.
    term
        Name of the coefficient.
    """
    place = facts.place(term)
    before, after = facts.both(f"se.{term}")
    errors = facts.ols.standard_errors[place], facts.mixed.standard_errors[place]
    ratio = float(errors[1] / errors[0])
    if facts.pooled:
        why = facts.same_fit
    elif max(ratio, 1.0 / ratio) < _CHANGED:
        why = f"{before} (OLS) and {after} (mixed) hardly differ."
    else:
        found = facts.error_changes[place]
        verb = "grows" if ratio > 1.0 else "shrinks"
        why = f"From {before} (OLS) it {verb} to {after} (mixed), {_times(ratio)} its size"
        by_clusters = facts.intercept_only and found.cause is ErrorCause.CLUSTERS and ratio > 1.0
        if term == INTERCEPT and by_clusters:
            why += f". {_why_rows_repeat(facts)}"
        else:
            why += f", because {error_reason(facts.comparison, found)}."
    inside = place in varies_within(facts.comparison.moments) or term == INTERCEPT
    return Meaning(
        why,
        _error_formula(facts, printout, term),
        "balanced" if inside else "cluster-level-treatment",
    )


def _worth_in_rows(facts: Facts, printout: str) -> float:
    """How many independent rows have a mean with the standard error of the intercept."""
    place = facts.place(INTERCEPT)
    if printout == "lm":
        return facts.ols.residual_variance / float(facts.ols.standard_errors[place]) ** 2
    one_row = facts.mixed.between_variance + facts.mixed.residual_variance
    return one_row / float(facts.mixed.standard_errors[place]) ** 2


def _why_rows_repeat(facts: Facts) -> str:
    before, after = (_worth_in_rows(facts, printout) for printout in ("lm", "lmer"))
    which = ""
    if facts.reference is not None:
        name, level, _ = facts.reference
        which = f", those with {name} “{level}”"
    text = (
        "Rows of one cluster share its deviation and so repeat each other: the intercept is known "
        f"as well as the mean of {effective(after)} independent rows, whereas OLS takes "
        f"{effective(before)} rows for independent{which}."
    )
    count = len(facts.comparison.moments.levels)
    varying = varies_within(facts.comparison.moments)
    floor = float(np.sqrt(facts.mixed.between_variance / count))
    error = float(facts.mixed.standard_errors[facts.place(INTERCEPT)])
    if len(varying) == len(facts.mixed.names) - 1 and floor**2 > 0.5 * error**2:
        text += (
            f" However many rows they hold, {plural(count, 'cluster')} leave about "
            f"√(τ̂² / {count:,}) = {significant(floor, 3)} of it."
        )
    return text


def _error_formula(facts: Facts, printout: str, term: str) -> str:
    place, result = facts.place(term), facts.texts[f"{printout}.se.{term}"]
    fit = facts.ols if printout == "lm" else facts.mixed
    error, variance = float(fit.standard_errors[place]), fit.residual_variance

    def root(variance: float, information: float) -> float:
        return float(np.sqrt(variance / information))

    if term == INTERCEPT and facts.intercept_only:
        worth = _worth_in_rows(facts, printout)
        values, head = (worth * error**2, worth), "√(variance of a row / independent rows)"
    else:
        values, head = (variance, variance / error**2), "√(residual variance / information)"
    texts = enough_digits(values, root, result)
    sign = relation(root(*map(as_printed, texts)), result)
    return f"{head}\n  = √({texts[0]} / {texts[1]})\n  {sign} {result}"


def t_value(facts: Facts, printout: str, term: str) -> Meaning:
    """Say what becomes of a t value when its numerator and denominator both change.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    printout
        "lm" or "lmer": whose number it is.
    term
        Name of the coefficient.
    """
    place = facts.place(term)
    before, after = facts.both(f"t.{term}")
    shown, error, result = (
        facts.texts[f"{printout}.{name}.{term}"] for name in ("estimate", "se", "t")
    )
    quotient = as_printed(shown) / as_printed(error) if as_printed(error) else np.inf
    formula = f"{shown} / {error} {relation(quotient, result)} {result}"
    if facts.pooled:
        return Meaning(facts.same_fit, formula, "no-cluster-variance")
    of_estimate = float(facts.mixed.estimates[place] / facts.ols.estimates[place])
    of_error = float(facts.mixed.standard_errors[place] / facts.ols.standard_errors[place])
    return Meaning(
        f"The estimate in units of its standard error: {before} by OLS, {after} in the mixed "
        f"model, whose estimate is {_times(of_estimate)} and whose standard error is "
        f"{_times(of_error)} that of OLS.",
        formula,
        "balanced",
    )


def p_of_t(facts: Facts, printout: str, term: str) -> Meaning:
    """Say what lm's p-value takes for granted, and why lmer has none.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    printout
        "lm" or "lmer": whose number it is.
    term
        Name of the coefficient.
    """
    place = facts.place(term)
    t_text, result = (facts.texts[f"{printout}.{name}.{term}"] for name in ("t", "p"))
    found = float(facts.tests.degrees_of_freedom[place])
    p = float(facts.tests.p_values[place])
    why = (
        "How often a true coefficient of 0 would give a t value this far from 0, if all rows "
        "were independent. lmer prints none, because the degrees of freedom are only known "
        f"approximately: Satterthwaite's method gives {degrees(found, 1)} instead of "
        f"{facts.ols.residual_df:,} and, with them, {p_text(p, R_LEAST_P)}."
    )
    if result.startswith("<"):
        why += f" R prints {result} for anything smaller."
    return Meaning(
        why,
        f"P(|t| ≥ {t_text.removeprefix('−')})\n  on {facts.ols.residual_df:,} d.f.: {result}",
        "few-clusters",
    )


def correlation(facts: Facts, _printout: str, terms: str) -> Meaning:
    """Say what the correlation of two estimates is, and what it is in OLS.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    _printout
        Ignored: only lmer prints these correlations.
    terms
        Both coefficients as in the id, "ROW.COLUMN".
    """
    names = facts.mixed.names
    row, column = (facts.place(name) for name in split_terms(terms, names))
    errors = facts.ols.standard_errors
    in_ols = float(facts.ols.covariance[row, column] / (errors[row] * errors[column]))
    here, covariance = (
        float(matrix[row, column]) for matrix in (facts.mixed.correlation, facts.mixed.covariance)
    )
    if abs(here) < _UNCORRELATED:
        here = covariance = 0.0
    if abs(in_ols) < _UNCORRELATED:
        in_ols = 0.0
    why = (
        "The sampling correlation of two estimates, not of the predictors: over many samples, "
        "whether one comes out high when the other does. lm does not print it; there it is "
        f"{number(in_ols)}."
    )
    if INTERCEPT in (names[row], names[column]) and _is_between(facts):
        why += (
            " In the mixed model most of the intercept's error is which clusters were sampled, and "
            "that tells little about the slope."
        )
    first, second = (facts.texts[f"lmer.se.{names[k]}"] for k in (column, row))
    text = facts.texts[f"lmer.correlation.{terms}"]
    product = as_printed(first) * as_printed(second)
    (shown,) = enough_digits((covariance,), lambda value: value / product, text)
    sign = relation(as_printed(shown) / product, text)
    return Meaning(
        why, f"covariance / (SE · SE)\n  = {shown}\n  / ({first} · {second})\n  {sign} {text}"
    )


def _is_between(facts: Facts) -> bool:
    """Return whether most of the intercept's variance is that of the clusters' mean effect."""
    if not facts.intercept_only:
        return False
    of_clusters = facts.mixed.between_variance / len(facts.comparison.moments.levels)
    return of_clusters > 0.5 * float(facts.mixed.standard_errors[facts.place(INTERCEPT)]) ** 2


def _times(ratio: float) -> str:
    return f"{number(ratio) if abs(ratio) < 10.0 else number(round(ratio), 100.0)} times"
