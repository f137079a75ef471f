"""The coefficient table: both fits, their standard errors, and what lies between them."""

import math

from engine import Comparison
from engine.models.mixed.results import MixedFit
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
        decimals = _decimals(min(before_error, after_error))
        rows[term] = [
            _with_error(before, before_error, decimals),
            _with_error(after, after_error, decimals),
            _number(after - before, decimals, signed=True),
            _number(truth[term], decimals) if truth else "",
        ]
    for name, variance in _between_variances(mixed).items():
        rows[name] = ["", _short(variance), "", _short(truth[name]) if truth else ""]
    rows[RESIDUAL] = [
        _short(ols.residual_variance),
        _short(mixed.residual_variance),
        "",
        _short(truth[RESIDUAL]) if truth else "",
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
        + (" The fit is singular." if mixed.singular else "")
    )
    return table, Words(words, quiet=True)


def _between_variances(mixed: MixedFit) -> dict[str, float]:
    """Variances between clusters, by the name of their row."""
    if mixed.random_intercept_only:
        return {BETWEEN: mixed.between_variance}
    return {
        f"var. of {name} τ²": float(component.covariance[k, k])
        for component in mixed.components
        for k, name in enumerate(component.names)
    }


def _decimals(error: float) -> int:
    """Decimals that show two significant digits of a standard error."""
    if not math.isfinite(error) or error <= 0:
        return 3
    return max(0, 1 - math.floor(math.log10(error)))


def _number(value: float, decimals: int, *, signed: bool = False) -> str:
    if decimals > 8:
        text = f"{value:{'+' if signed else ''}.3g}"
    else:
        text = f"{value:{'+' if signed else ''},.{decimals}f}"
        if float(text.replace(",", "")) == 0.0:
            text = text.lstrip("+-")
    return text.replace("-", "−")


def _with_error(value: float, error: float, decimals: int) -> str:
    return f"{_number(value, decimals)} ({_number(error, decimals)})"


def _short(value: float) -> str:
    """A variance to four significant digits, in full unless it is huge or tiny."""
    if value == 0.0:
        return "0"
    if not 1e-4 <= value < 1e7:
        return f"{value:.3e}"
    return f"{value:,.{max(0, 3 - math.floor(math.log10(value)))}f}"
