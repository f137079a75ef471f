"""Residuals and their spread: what each model leaves unexplained."""

from __future__ import annotations

import numpy as np

from engine.account.residuals import extreme_row
from engine.printout.parts import QUANTILES
from engine.words.arithmetic import enough_digits, last_place, relation
from engine.words.meanings.facts import Facts, Meaning, bracketed
from engine.words.numbers import adding_up, as_printed, number, significant

_FIRST, _LAST = QUANTILES[0], QUANTILES[-1]
_MIDDLE = QUANTILES[len(QUANTILES) // 2]
_QUARTERS = QUANTILES[1], QUANTILES[-2]
# A median closer to 0 than this share of the residual standard deviation says nothing.
_SKEWED = 0.01


def in_outcome_units(facts: Facts, name: str) -> str:
    """Write a quantile of the mixed model's residuals in outcome units: printed value times σ̂.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    name
        Name of the quantile, one of `QUANTILES`.
    """
    return significant(_quantile(facts, name), 4)


def _quantile(facts: Facts, name: str) -> float:
    position = QUANTILES.index(name) / (len(QUANTILES) - 1)
    residuals = facts.comparison.scaled_residuals
    return float(np.quantile(residuals, position)) * facts.mixed.residual_sd


def quantile(facts: Facts, _printout: str, name: str) -> Meaning:
    """Say from which line, and in which unit, each program measures, and why the two differ.

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
    unscaled, sd = in_outcome_units(facts, name), facts.residual_sd("lmer")
    product = as_printed(scaled) * as_printed(sd)
    outcome = facts.comparison.design.outcome_name
    line = "the same line" if facts.pooled else "each cluster's own line"
    why = (
        f"lm measures from the one OLS line, in units of {outcome}; lmer measures from {line} "
        f"and divides by σ̂. In units of {outcome}, {scaled} is {unscaled}"
        + (f"; OLS has {plain}." if plain else ".")
    )
    formula = f"{scaled} · {sd} {relation(product, unscaled)} {unscaled}"
    if facts.pooled:
        return Meaning(why, formula)
    if name in (_FIRST, _LAST):
        return _extreme(facts, name, why, formula)
    return Meaning(why + (_skew(facts) if name == _MIDDLE else _spread_of_half(facts)), formula)


def _extreme(facts: Facts, name: str, why: str, formula: str) -> Meaning:
    """Add whose row it is, and what its cluster's own line does to the residual."""
    row = extreme_row(facts.comparison, largest=name == _LAST)
    result = in_outcome_units(facts, name)
    residual = row.from_ols_line - row.own_line
    _, (from_ols, line) = adding_up(
        0.0, residual, (row.from_ols_line, -row.own_line), abs(residual) / 10.0
    )
    if not as_printed(line):
        return Meaning(why, formula)
    side = "above" if row.own_line > 0.0 else "below"
    which = "smallest" if name == _FIRST else "largest"
    other = "" if row.extreme_in_ols else f", which is not the {which} there"
    why += (
        f" In lmer it is a row of cluster {row.cluster}, whose own line lies {line.lstrip('−')} "
        f"{side} the OLS line there: from the OLS line its residual is {from_ols}{other}."
    )
    sign = relation(as_printed(from_ols) + as_printed(line), result)
    return Meaning(why, f"{formula}\n{from_ols} + {bracketed(line)} {sign} {result}")


def _spread_of_half(facts: Facts) -> str:
    """Say how wide the middle half of the residuals is, by both models."""
    if f"lm.residual.{_QUARTERS[0]}" not in facts.texts:
        return ""
    low, high = (as_printed(facts.texts[f"lm.residual.{name}"]) for name in _QUARTERS)
    own_low, own_high = (_quantile(facts, name) for name in _QUARTERS)
    before, after = high - low, own_high - own_low
    if not before > after:
        return ""
    shown = [significant(width, 3) for width in (after, before)]
    return (
        " Rows lie nearer to their cluster's own line than to the one OLS line: the middle half of "
        f"the residuals spans {shown[0]} instead of {shown[1]}."
    )


def _skew(facts: Facts) -> str:
    """Say what a median away from 0 tells about residuals whose mean is 0."""
    median = float(np.median(facts.comparison.ols_residuals))
    if not facts.comparison.moments.has_intercept or (
        abs(median) < _SKEWED * facts.ols.residual_sd
    ):
        return ""
    more, fewer = ("below", "above") if median < 0.0 else ("above", "below")
    return (
        f" OLS residuals have the mean 0, so here more rows lie {more} the line than {fewer} it, "
        f"and those {fewer} lie farther away."
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
    bare, shown = number(outcome - residual, residual), number(outcome, residual)
    fitted = bracketed(bare)
    return Meaning(
        f"How far this row lies from the OLS line, in units of "
        f"{facts.comparison.design.outcome_name}. With so few residual degrees of freedom R "
        "prints every residual of lm; lmer prints quartiles, measured from each cluster's own "
        "line and divided by σ̂.",
        f"{shown} − {fitted} {relation(as_printed(shown) - as_printed(bare), text)} {text}",
    )


def spread(facts: Facts) -> Meaning:
    """Say how the single residual variance of OLS divides into two.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    sd, variance = facts.residual_sd("lm"), ols_variance(facts)
    mixed_sd, inside = facts.residual_sd("lmer"), facts.texts["lmer.residual_variance"]
    of_ols = _square(sd, facts.ols.residual_sd, variance)
    of_mixed = _square(mixed_sd, facts.mixed.residual_sd, inside)
    if facts.pooled:
        formula = of_ols if facts.by_reml else f"{of_ols}\n{of_mixed}"
        return Meaning(facts.same_fit, formula, "no-cluster-variance")
    if not facts.intercept_only:
        return Meaning(
            f"OLS has one residual variance, {variance}, for all that its line leaves. The mixed "
            f"model gives each cluster a line of its own: {inside} is the variance of the rows "
            "about those lines.",
            f"OLS: {of_ols}\nmixed: {of_mixed}",
            "no-cluster-variance",
        )
    between, between_sd = facts.texts["lmer.between_variance"], facts.texts["lmer.between_sd"]
    squares = as_printed(between_sd) ** 2 + as_printed(mixed_sd) ** 2
    total = as_printed(between) + as_printed(inside)
    # Three digits of this are shown: the sum has the last place of the finer part.
    finest = 150.0 * min(map(last_place, (between, inside)))
    return Meaning(
        f"OLS has one residual variance, {variance}, for all that its line leaves. The mixed "
        f"model divides it: {between} between clusters, {inside} between the rows of a "
        "cluster. The two need not add up to the one: τ̂² counts clusters alike, OLS counts "
        "rows.",
        f"OLS: {of_ols}\n"
        f"mixed: {between_sd}² + {mixed_sd}²\n  {relation(squares, between, inside)} "
        f"{between} + {inside}\n  = {number(total, finest)}",
        "no-cluster-variance",
    )


def _square(printed: str, sd: float, variance: str) -> str:
    """Write a variance as a square, of the printed number where its digits are enough."""
    if relation(as_printed(printed) ** 2, variance) != "=":
        (printed,) = enough_digits((sd,), lambda value: value**2, variance)
    return f"{printed}² {relation(as_printed(printed) ** 2, variance)} {variance}"


def ols_variance(facts: Facts) -> str:
    """Write the residual variance of OLS, which no printout shows.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    return number(facts.ols.residual_variance)
