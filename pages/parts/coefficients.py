"""The coefficient table: both fits, their standard errors, and what lies between them."""

import math

import numpy as np

from engine import Comparison
from engine.data.formula.terms import INTERCEPT
from engine.models.mixed.results import MixedFit
from engine.words.numbers import four_digits, subtracting, with_decimals
from pages.parts.live import Column, Table, Words

BETWEEN = "between var. τ²"
RESIDUAL = "residual var. σ²"
# What the caption of simulated data says takes less than this, whatever the fit.
CAPTION_ROOM = 165
OVER_ROWS = "… average row"


def coefficient_table(
    comparison: Comparison, truth: dict[str, float] | None = None
) -> tuple[Table, Words]:
    """One row per term: OLS, mixed model, difference, and the truth where it is known.

    Parameters
    ----------
    comparison
        Both fits.
    truth
        True value of each term and of both variances, for simulated data. The intercept is that
        of the average cluster; `OVER_ROWS` names the one in which each row counts once.

    Returns
    -------
    table, words
        The table, and what its numbers are.
    """
    ols, mixed = comparison.ols, comparison.mixed
    rows = {}
    for k, term in enumerate(mixed.names):
        before, before_error = float(ols.estimates[k]), float(ols.standard_errors[k])
        after, after_error = float(mixed.estimates[k]), float(mixed.standard_errors[k])
        true = [] if truth is None else [truth[term]]
        if term == INTERCEPT and truth and OVER_ROWS in truth:
            true.append(truth[OVER_ROWS])
        first, second, difference, first_error, second_error, *truths = subtracting(
            before, after, (before_error, after_error, *true), min(before_error, after_error)
        )
        rows[term] = [
            f"{first} ({first_error})",
            f"{second} ({second_error})",
            difference,
            *(truths[:1] or [""]),
        ]
        if len(truths) > 1:
            rows[OVER_ROWS] = ["", "", "", truths[1]]
    for name, variance in _between_variances(mixed).items():
        rows[name] = ["", four_digits(variance), "", four_digits(truth[name]) if truth else ""]
    for name, correlation in _correlations(mixed).items():
        # Where a variance is 0 there is none.
        text = with_decimals(correlation, 2) if math.isfinite(correlation) else "–"
        rows[name] = ["", text, "", ""]
    rows[RESIDUAL] = [
        four_digits(ols.residual_variance),
        four_digits(mixed.residual_variance),
        "",
        four_digits(truth[RESIDUAL]) if truth else "",
    ]
    columns = [Column("OLS", "orange"), Column("Mixed", "blue"), Column("Diff.")]
    columns.append(Column("Truth (average cluster)", stacked=True))
    shown = len(columns) if truth else len(columns) - 1
    table = Table(
        columns[:shown],
        {name: cells[:shown] for name, cells in rows.items()},
        "Both models: estimates with standard errors in parentheses, and variances",
    )
    words = "Estimate (standard error); τ² and σ² are variances." + (
        f" Of the mixed model's variance, {mixed.icc:.1%} lies between clusters "
        "(the intraclass correlation)."
        if mixed.random_intercept_only
        else ""
    )
    if mixed.singular:
        words += " The fit is singular."
    return table, Words(words, quiet=True, room=CAPTION_ROOM if truth else 0)


def _between_variances(mixed: MixedFit) -> dict[str, float]:
    """Variances between clusters, by the name of their row."""
    if mixed.random_intercept_only:
        return {BETWEEN: mixed.between_variance}
    return {
        f"var. of {name} τ²": float(component.covariance[k, k])
        for component in mixed.components
        for k, name in enumerate(component.names)
    }


def _correlations(mixed: MixedFit) -> dict[str, float]:
    """Correlations of the effects of clusters, by the name of their row."""
    return {
        f"corr. {component.names[b]}, {component.names[a]}": float(component.correlations[a, b])
        for component in mixed.components
        for a, b in zip(*np.tril_indices(len(component.names), -1), strict=True)
    }
