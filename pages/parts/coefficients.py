"""The coefficient table: both fits, their standard errors, and what lies between them."""

from engine import Comparison
from engine.models.mixed.results import MixedFit
from engine.words.numbers import decimals_of, four_digits, with_decimals
from engine.words.verdict import boundary_text
from pages.parts.live import Column, Table, Words

BETWEEN = "between var. τ²"
RESIDUAL = "residual var. σ²"


def coefficient_table(
    comparison: Comparison, truth: dict[str, float] | None = None
) -> tuple[Table, Words]:
    """One row per term: OLS, mixed model, difference, and the truth where it is known.

    Parameters
    ----------
    comparison
        Both fits.
    truth
        True value of each term and of both variances, for simulated data.

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
        decimals = decimals_of(min(before_error, after_error))
        rows[term] = [
            _with_error(before, before_error, decimals),
            _with_error(after, after_error, decimals),
            with_decimals(after - before, decimals, signed=True),
            with_decimals(truth[term], decimals) if truth else "",
        ]
    for name, variance in _between_variances(mixed).items():
        rows[name] = ["", four_digits(variance), "", four_digits(truth[name]) if truth else ""]
    rows[RESIDUAL] = [
        four_digits(ols.residual_variance),
        four_digits(mixed.residual_variance),
        "",
        four_digits(truth[RESIDUAL]) if truth else "",
    ]
    columns = [Column("OLS", "orange"), Column("Mixed", "blue"), Column("Diff."), Column("Truth")]
    shown = len(columns) if truth else len(columns) - 1
    table = Table(
        columns[:shown],
        {name: cells[:shown] for name, cells in rows.items()},
        "Both models: estimates with standard errors in parentheses, and variances",
    )
    words = (
        "Estimate (standard error); τ² and σ² are variances."
        + (
            f" Of the mixed model's variance, {mixed.icc:.1%} lies between clusters "
            "(the intraclass correlation)."
            if mixed.random_intercept_only
            else ""
        )
        + _boundary(comparison)
    )
    return table, Words(words, quiet=True)


def _boundary(comparison: Comparison) -> str:
    if not comparison.mixed.singular:
        return ""
    if comparison.mixed.random_intercept_only:
        return (
            " A variance of 0 is an estimate on the boundary (a singular fit): report it as it is."
        )
    return f" {boundary_text(comparison)}"


def _between_variances(mixed: MixedFit) -> dict[str, float]:
    """Variances between clusters, by the name of their row."""
    if mixed.random_intercept_only:
        return {BETWEEN: mixed.between_variance}
    return {
        f"var. of {name} τ²": float(component.covariance[k, k])
        for component in mixed.components
        for k, name in enumerate(component.names)
    }


def _with_error(value: float, error: float, decimals: int) -> str:
    return f"{with_decimals(value, decimals)} ({with_decimals(error, decimals)})"
