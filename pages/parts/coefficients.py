"""The coefficient table: both fits, their standard errors, and what lies between them."""

import math

import pandas as pd
import streamlit as st

from engine import Comparison
from engine.models.mixed import MixedFit
from pages.parts.markdown import plain

OLS = ":orange[**OLS**]"
MIXED = ":blue[**Mixed**]"
BETWEEN = "between var. τ²"
RESIDUAL = "residual var. σ²"


def coefficient_table(comparison: Comparison, truth: dict[str, float] | None = None) -> None:
    """Show one row per term: OLS, mixed model, difference, and the truth where it is known.

    Parameters
    ----------
    comparison
        Both fits.
    truth
        True value of each term and of both variances, for simulated data.
    """
    numbers = comparison.to_frame()
    rows = {}
    for term, row in numbers.iterrows():
        decimals = _decimals(min(row["ols_se"], row["mixed_se"]))
        cells = {
            OLS: _with_error(row["ols"], row["ols_se"], decimals),
            MIXED: _with_error(row["mixed"], row["mixed_se"], decimals),
            "Diff.": _number(row["difference"], decimals, signed=True),
        }
        if truth is not None:
            cells["Truth"] = _number(truth[str(term)], decimals)
        rows[plain(str(term))] = cells
    ols, mixed = comparison.ols, comparison.mixed
    for name, variance in _between_variances(mixed).items():
        rows[name] = {OLS: "", MIXED: _short(variance), "Diff.": ""}
    rows[RESIDUAL] = {
        OLS: _short(ols.residual_variance),
        MIXED: _short(mixed.residual_variance),
        "Diff.": "",
    }
    if truth is not None:
        rows[BETWEEN]["Truth"] = _short(truth[BETWEEN])
        rows[RESIDUAL]["Truth"] = _short(truth[RESIDUAL])
    st.table(
        pd.DataFrame.from_dict(rows, orient="index"),
        border="horizontal",
        alt="Both models: estimates with standard errors in parentheses, and variances",
    )
    st.caption(
        "Estimate (standard error); τ² and σ² are variances."
        + (
            f" Of the mixed model's variance, {mixed.icc:.1%} lies between clusters "
            "(the intraclass correlation)."
            if mixed.random_intercept_only
            else ""
        )
        + (" The fit is singular." if mixed.singular else "")
    )


def _between_variances(mixed: MixedFit) -> dict[str, float]:
    """Variances between clusters, by the name of their row."""
    if mixed.random_intercept_only:
        return {BETWEEN: mixed.between_variance}
    return {
        f"var. of {plain(name)} τ²": float(component.covariance[k, k])
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
