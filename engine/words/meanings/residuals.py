"""Residuals and their spread: what each model leaves unexplained."""

from __future__ import annotations

import numpy as np

from engine.printout.parts import QUANTILES
from engine.words.meanings.facts import Facts, Meaning, bracketed
from engine.words.numbers import number


def quantile(facts: Facts, _printout: str, name: str) -> Meaning:
    """Say from which line, and in which unit, each program measures its residuals.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    _printout
        Ignored: the meaning is the same in both printouts.
    name
        Name of the quantile, one of `QUANTILES`.
    """
    scaled = facts.texts[f"lmer.residual.{name}"]
    plain = facts.texts.get(f"lm.residual.{name}")
    position = QUANTILES.index(name) / (len(QUANTILES) - 1)
    value = float(np.quantile(facts.comparison.scaled_residuals, position))
    in_units = value * facts.mixed.residual_sd
    unscaled = number(in_units, in_units / 10.0)
    outcome = facts.comparison.design.outcome_name
    return Meaning(
        f"lm measures from the one OLS line, in units of {outcome}; lmer measures from each "
        f"cluster’s own line and divides by σ̂. In units of {outcome}, {scaled} is {unscaled}"
        + (f"; OLS has {plain}." if plain else "."),
        f"{scaled} · {facts.residual_sd('lmer')} = {unscaled}",
        "no-cluster-variance",
    )


def of_row(facts: Facts, _printout: str, row: str) -> Meaning:
    """Say why lm prints this residual by itself.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    _printout
        Ignored: only lm prints single residuals.
    row
        Name of the row.
    """
    text = facts.texts[f"lm.row_residual.{row}"]
    place = int(np.searchsorted(facts.comparison.design.row_numbers, int(row)))
    outcome = float(facts.comparison.design.outcome[place])
    residual = float(facts.comparison.ols_residuals[place])
    fitted = bracketed(number(outcome - residual, residual))
    return Meaning(
        f"How far this row lies from the OLS line, in units of "
        f"{facts.comparison.design.outcome_name}. With so few residual degrees of freedom R "
        "prints every residual of lm; lmer prints quartiles, measured from each cluster’s own "
        "line and divided by σ̂.",
        f"{number(outcome, residual)} − {fitted} = {text}",
    )


def spread(facts: Facts) -> Meaning:
    """Say how the single residual variance of OLS divides into two.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    sd, variance = facts.residual_sd("lm"), number(facts.ols.residual_variance)
    mixed_sd, inside = facts.residual_sd("lmer"), facts.texts["lmer.residual_variance"]
    if facts.pooled:
        mixed = "" if facts.by_reml else f"\n{mixed_sd}² = {inside}"
        return Meaning(facts.same_fit, f"{sd}² = {variance}{mixed}", "no-cluster-variance")
    if not facts.intercept_only:
        return Meaning(
            f"OLS has one residual variance, {variance}, for all that its line leaves. The mixed "
            f"model gives each cluster a line of its own: {inside} is the variance of the rows "
            "about those lines.",
            f"OLS:   {sd}² = {variance}\nmixed: {mixed_sd}² = {inside}",
            "no-cluster-variance",
        )
    between, between_sd = facts.texts["lmer.between_variance"], facts.texts["lmer.between_sd"]
    total = number(facts.mixed.between_variance + facts.mixed.residual_variance)
    return Meaning(
        f"OLS has one residual variance, {variance}, for all that its line leaves. The mixed "
        f"model divides it: {between} between clusters, {inside} between the rows of a "
        "cluster. The two need not add up to the one: τ̂² counts clusters alike, OLS counts "
        "rows.",
        f"OLS:   {sd}² = {variance}\n"
        f"mixed: {between_sd}² + {mixed_sd}²\n  = {between} + {inside}\n  = {total}",
        "no-cluster-variance",
    )
