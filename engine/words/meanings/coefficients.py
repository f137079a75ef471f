"""The numbers of a coefficient: estimate, standard error, t value, p-value, correlations."""

from __future__ import annotations

import numpy as np

from engine.account.ledger import ROUNDING
from engine.account.movement import movement
from engine.account.weights import intercept_parts
from engine.account.within_between import only_slope_split
from engine.data.formula.terms import INTERCEPT
from engine.models.within import varies_within
from engine.words.meanings.facts import (
    Facts,
    Meaning,
    bracketed,
    count_text,
    short,
    split_terms,
)
from engine.words.numbers import number, plural, share
from engine.words.reasons import reason

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
    if facts.pooled:
        return Meaning(facts.same_fit, f"{before} = {after}", "no-cluster-variance")
    place = facts.place(term)
    moved = float(facts.mixed.estimates[place] - facts.ols.estimates[place])
    if abs(moved) <= ROUNDING * facts.ols.standard_errors[place]:
        return _unmoved(facts, term)
    if not facts.intercept_only:
        return _moved_beside_slopes(facts, term)
    if term == INTERCEPT:
        trial, formula = "big-clusters", _intercept_parts(facts, moved)
    else:
        inside = place in varies_within(facts.comparison.moments)
        trial = "confounded" if inside else "cluster-level-treatment"
        formula = _slope_parts(facts, printout, term, moved)
    return Meaning(
        f"From {before} (OLS) to {after} (mixed) it moves by {number(moved)}: "
        f"{reason(facts.comparison, movement(facts.comparison, place))}.",
        formula,
        trial,
    )


def _intercept_parts(facts: Facts, moved: float) -> str:
    by_weights, carried = intercept_parts(facts.comparison)
    before, after = facts.both(f"estimate.{INTERCEPT}")
    parts = f"{number(by_weights, moved)} (weights)"
    if len(carried):
        parts += f"\n  + {bracketed(number(float(carried.sum()), moved))} (slopes)"
    return (
        "weight of cluster j\n  OLS:   nⱼ\n"
        f"  mixed: nⱼ/(1 + {number(facts.mixed.variance_ratio)}·nⱼ)\n"
        f"{after} − {bracketed(before)}\n  = {parts}"
    )


def _slope_parts(facts: Facts, printout: str, term: str, moved: float) -> str:
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
    rest = 1.0 - weight
    rest_text = number(rest).replace("e-", "e−")
    return (
        "λ·within + (1 − λ)·between\n"
        f"  = {number(weight, min(weight, rest))}·{bracketed(number(tug.within, moved))}\n"
        f"  + {rest_text}·{bracketed(number(between))}\n  = {result}"
    )


def _unmoved(facts: Facts, term: str) -> Meaning:
    """Say that an estimate is the same in both fits, apart from rounding."""
    before, after = facts.both(f"estimate.{term}")
    changes = facts.changes_of_pull[:, facts.place(term)]
    unit = facts.ols.standard_errors[facts.place(term)]
    if np.abs(changes).max() <= ROUNDING * unit:
        why = "no cluster’s pull on this coefficient changes"
    else:
        why = "the changes of the clusters’ pulls on this coefficient cancel"
    return Meaning(
        f"Both fits give {after}: rows have other weights in the mixed model, but {why}.",
        f"OLS:   {before}\nmixed: {after}",
        "balanced",
    )


def _moved_beside_slopes(facts: Facts, term: str) -> Meaning:
    """Add up the clusters' contributions: with random slopes a cluster has no single weight."""
    before, after = facts.both(f"estimate.{term}")
    changes = facts.changes_of_pull[:, facts.place(term)]
    most = int(np.argmax(np.abs(changes)))
    moved, largest = float(changes.sum()), float(changes[most])
    cluster = facts.comparison.design.levels[most]
    several = len(changes) > 2
    others = f"{len(changes) - 1:,} other clusters" if several else "other cluster"
    first, rest = number(largest, moved), number(moved - largest, moved)
    return Meaning(
        f"From {before} (OLS) to {after} (mixed) it moves by {number(moved)}. In the mixed model "
        "rows have weights that depend on how much clusters differ. Of the change, cluster "
        f"{cluster} alone brings {first}, the {others} {'together ' if several else ''}{rest}.",
        "Σ XⱼᵀVⱼ⁻¹(yⱼ − Xⱼβ̂) = 0\n  OLS:   Vⱼ = I\n  mixed: Vⱼ = I + ZⱼΛΛᵀZⱼᵀ\n"
        f"{after} − {bracketed(before)}\n  = {first} ({cluster})\n  + {bracketed(rest)} ({others})",
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
    information = (
        float(facts.ols.residual_variance / errors[0] ** 2),
        float(facts.mixed.residual_variance / errors[1] ** 2),
    )
    ratio = float(errors[1] / errors[0])
    if facts.pooled:
        why = facts.same_fit
    elif max(ratio, 1.0 / ratio) < _CHANGED:
        why = f"{before} (OLS) and {after} (mixed) hardly differ."
    else:
        verb = "grows" if ratio > 1.0 else "shrinks"
        why = (
            f"From {before} (OLS) it {verb} to {after} (mixed), {_times(ratio)} its size. "
            + _why_error(facts, term, information)
        )
    inside = place in varies_within(facts.comparison.moments) or term == INTERCEPT
    return Meaning(
        why,
        f"residual SD / √information\n  = {facts.residual_sd(printout)} / "
        f"√{count_text(information[printout == 'lmer'])}\n"
        f"  = {facts.texts[f'{printout}.se.{term}']}",
        "balanced" if inside else "cluster-level-treatment",
    )


def _why_error(facts: Facts, term: str, information: tuple[float, float]) -> str:
    kept = information[1] / information[0]
    before, after = facts.residual_sd("lm"), facts.residual_sd("lmer")
    if facts.intercept_only and term == INTERCEPT:
        count = len(facts.comparison.moments.levels)
        return (
            "Rows of one cluster share its deviation and so repeat each other: what the data "
            f"say about the intercept is worth {count_text(information[1])} independent rows "
            f"instead of {count_text(information[0])}. {plural(count, 'cluster')} carry the "
            "information, however many rows they have."
        )
    what, because = (
        ("The between-cluster variance", "differences between clusters count for less")
        if facts.intercept_only
        else ("What varies between clusters", "rows of one cluster share its deviations")
    )
    return (
        f"{what} leaves the residual, whose standard deviation falls from {before} to {after}; of "
        f"the information about this coefficient {share(kept)} "
        + ("remains." if kept * _CHANGED > 1.0 else f"remains, because {because}.")
    )


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
    formula = f"{shown} / {error} = {result}"
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


def p_value(facts: Facts, printout: str, term: str) -> Meaning:
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
    degrees = float(facts.tests.degrees_of_freedom[place])
    p = float(facts.tests.p_values[place])
    return Meaning(
        "How often a true coefficient of 0 would give a t value this far from 0, if all rows "
        "were independent. lmer prints none, because the degrees of freedom are only known "
        f"approximately: Satterthwaite’s method gives {degrees:,.1f} instead of "
        f"{facts.ols.residual_df:,} and, with them, p {_small(p)}.",
        f"P(|t| ≥ {t_text.removeprefix('−')})\n  on {facts.ols.residual_df} d.f.: {result}",
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
    beside_intercept = INTERCEPT in (names[row], names[column])
    if facts.intercept_only and beside_intercept and abs(here) < abs(in_ols):
        why += (
            " In the mixed model the intercept depends more on which clusters were sampled, "
            "and that says little about the slope."
        )
    first, second = (facts.texts[f"lmer.se.{names[k]}"] for k in (column, row))
    text = facts.texts[f"lmer.correlation.{terms}"]
    return Meaning(why, f"{short(covariance)}\n  / ({first} · {second})\n  = {text}")


def _times(ratio: float) -> str:
    return f"{number(ratio) if abs(ratio) < 10.0 else number(round(ratio), 100.0)} times"


def _small(p_value: float) -> str:
    return "< 2.2e−16" if p_value < 2.2e-16 else f"= {p_value:.2g}".replace("e-", "e−")
