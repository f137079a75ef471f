"""The printouts of both models, as R's ``print(summary(lm))`` and ``print(summary(lmer))``.

The two summaries hold plain numbers, so that any source of estimates can be printed. What R
decides by itself (digits, columns, stars, abbreviations, line breaks) is in `rformat`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.data.moments import FloatArray
from engine.printout import rformat

_DIGITS = 4
"""What both summaries print: ``max(3, getOption("digits") - 3)``."""

_QUANTILES = ("Min", "1Q", "Median", "3Q", "Max")
_LARGEST_CORRELATION_BLOCK = 12


@dataclass(frozen=True)
class CoefficientTable:
    """The rows of a table of coefficients.

    Attributes
    ----------
    names
        Term names, as R writes them.
    estimates, standard_errors, t_values
        One per term, shape (p,). A term that could not be estimated is NaN in all of them.
    p_values
        Shape (p,), or None where the printout has none (``lmer``).
    """

    names: tuple[str, ...]
    estimates: FloatArray
    standard_errors: FloatArray
    t_values: FloatArray
    p_values: FloatArray | None = None


@dataclass(frozen=True)
class FTest:
    """The overall F test: its value, degrees of freedom and p-value."""

    value: float
    df1: int
    df2: int
    p_value: float


@dataclass(frozen=True)
class LmSummary:
    """What ``print(summary(lm))`` shows.

    Attributes
    ----------
    formula
        The formula on one line, blanks as R sets them: ``"y ~ x * z"``.
    data_name
        The name after ``data =``.
    residuals
        Minimum, quartiles and maximum, shape (5,); with five residual degrees of freedom or
        fewer, where R prints every residual, the residuals of all rows, shape (N,).
    coefficients
        With p-values; NaN rows for terms left out because others determine them.
    sigma
        Residual standard error, in outcome units.
    residual_df
        N − p, at least 1.
    r_squared, adjusted_r_squared, f_test
        Not shown when ``f_test`` is None: a model of the intercept alone.
    dropped_rows
        Rows left out for missing values.
    row_names
        Names of the rows, for residuals printed one by one; 1, 2, … when empty.
    """

    formula: str
    data_name: str
    residuals: FloatArray
    coefficients: CoefficientTable
    sigma: float
    residual_df: int
    r_squared: float
    adjusted_r_squared: float
    f_test: FTest | None
    dropped_rows: int = 0
    row_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class InformationCriteria:
    """What ``lmer`` shows of a fit by maximum likelihood, ``df_residual`` as R counts it."""

    aic: float
    bic: float
    log_likelihood: float
    deviance: float
    df_residual: int


@dataclass(frozen=True)
class RandomTerm:
    """One term ``( … | g)``: q effects that may correlate.

    Attributes
    ----------
    names
        The effects, shape (q,): ``("(Intercept)", "Days")``.
    variances
        Shape (q,), in squared outcome units per squared unit of the predictor.
    correlations
        Shape (q, q), ones on the diagonal, NaN beside a variance of zero.
    """

    names: tuple[str, ...]
    variances: FloatArray
    correlations: FloatArray


@dataclass(frozen=True)
class LmerSummary:
    """What ``print(summary(lmer))`` shows.

    Attributes
    ----------
    formula
        The formula on one line, blanks as R sets them: ``"y ~ x + (1 | g)"``. R shows
        ``(x || g)`` written out: ``((1 | g) + (0 + x | g))``.
    data_name
        The name after ``data =``.
    criterion
        The REML criterion, or the information criteria of a fit by maximum likelihood.
    scaled_residuals
        Minimum, quartiles and maximum of the residuals divided by σ̂, shape (5,).
    group, levels
        The clustering column and its number of clusters.
    random_terms
        One, or several when ``||`` keeps effects uncorrelated.
    residual_variance
        σ̂², in squared outcome units.
    rows
        Observations used.
    fixed_effects
        Without p-values.
    fixed_correlation
        Correlation of the estimates, shape (p, p).
    dropped_columns
        Columns of the fixed effects left out because others determine them.
    singular_note
        Whether to end with lme4's note on a boundary fit. ``lmer`` prints it unless its
        control says ``check.conv.singular = "ignore"``.
    """

    formula: str
    data_name: str
    criterion: float | InformationCriteria
    scaled_residuals: FloatArray
    group: str
    levels: int
    random_terms: tuple[RandomTerm, ...]
    residual_variance: float
    rows: int
    fixed_effects: CoefficientTable
    fixed_correlation: FloatArray
    dropped_columns: int = 0
    singular_note: bool = False


def lm_printout(summary: LmSummary) -> str:
    """Return the text of ``print(summary(lm(formula, data)))``."""
    call = rformat.deparse(f"lm(formula = {summary.formula}, data = {summary.data_name})")
    aliased = int(np.isnan(summary.coefficients.estimates).sum())
    note = f" ({aliased} not defined because of singularities)" if aliased else ""
    sigma = rformat.format_number(rformat.signif(summary.sigma, _DIGITS))
    parts = [
        "\nCall:\n",
        *(f"{line}\n" for line in call),
        "\nResiduals:\n",
        _lm_residuals(summary),
        f"\nCoefficients:{note}\n",
        _coefficients(summary.coefficients),
        f"\nResidual standard error: {sigma} on {summary.residual_df} degrees of freedom\n",
    ]
    if summary.dropped_rows:
        observations = "observation" if summary.dropped_rows == 1 else "observations"
        parts.append(f"  ({summary.dropped_rows} {observations} deleted due to missingness)\n")
    test = summary.f_test
    if test is not None:
        r_squared = rformat.format_general(summary.r_squared, _DIGITS)
        adjusted = rformat.format_general(summary.adjusted_r_squared, _DIGITS)
        value = rformat.format_general(test.value, _DIGITS)
        df1, df2 = rformat.format_number(test.df1), rformat.format_number(test.df2)
        (p_value,) = rformat.format_pvalues([test.p_value], _DIGITS)
        parts += [
            f"Multiple R-squared:  {r_squared},\tAdjusted R-squared:  {adjusted} \n",
            f"F-statistic: {value} on {df1} and {df2} DF,  p-value: {p_value}\n",
        ]
    return "".join(parts) + "\n"


def lmer_printout(summary: LmerSummary) -> str:
    """Return the text of ``print(summary(lmer(formula, data)))``."""
    criterion = summary.criterion
    if isinstance(criterion, InformationCriteria):
        title = "Linear mixed model fit by maximum likelihood  ['lmerMod']\n"
        fit = _information_criteria(criterion)
    else:
        title = "Linear mixed model fit by REML ['lmerMod']\n"
        value = rformat.format_number(rformat.round_decimals(criterion, 1))
        fit = f"REML criterion at convergence: {value}\n"
    # R keeps the number of levels as a double, and so prints 100000 as 1e+05
    levels = rformat.format_number(summary.levels, 15)
    return "".join(
        [
            title,
            rformat.fill(["Formula:", *rformat.deparse(summary.formula)]),
            f"   Data: {summary.data_name}\n\n",
            fit,
            "\nScaled residuals: \n",
            _quantiles(summary.scaled_residuals),
            "\nRandom effects:\n",
            _random_effects(summary),
            rformat.fill(
                [f"Number of obs: {summary.rows}, groups: ", f"{summary.group}, {levels}"]
            ),
            "\nFixed effects:\n",
            _coefficients(summary.fixed_effects),
            _fixed_correlation(summary.fixed_effects.names, summary.fixed_correlation),
            _fit_notes(summary),
        ]
    )


def _lm_residuals(summary: LmSummary) -> str:
    if summary.residual_df > 5:
        return _quantiles(summary.residuals)
    names = summary.row_names or tuple(str(k + 1) for k in range(len(summary.residuals)))
    return rformat.print_named(names, rformat.format_numbers(summary.residuals, _DIGITS))


def _quantiles(values: FloatArray) -> str:
    zapped = rformat.zapsmall(values, _DIGITS + 1)
    return rformat.print_named(_QUANTILES, rformat.format_numbers(zapped, _DIGITS))


def _coefficients(table: CoefficientTable) -> str:
    headers = ["Estimate", "Std. Error", "t value"]
    columns: list[Sequence[float]] = [
        table.estimates.tolist(),
        table.standard_errors.tolist(),
        table.t_values.tolist(),
    ]
    if table.p_values is not None:
        headers.append("Pr(>|t|)")
        columns.append(table.p_values.tolist())
    return rformat.print_coefmat(table.names, headers, columns, _DIGITS)


def _information_criteria(fit: InformationCriteria) -> str:
    values = (fit.aic, fit.bic, fit.log_likelihood, fit.deviance)
    cells = rformat.format_numbers(rformat.round_decimals(value, 1) for value in values)
    return rformat.print_named(
        ("AIC", "BIC", "logLik", "deviance", "df.resid"),
        (*cells, rformat.format_number(fit.df_residual)),
    )


def _random_effects(summary: LmerSummary) -> str:
    terms = summary.random_terms
    return rformat.print_variances(
        [f"{summary.group}.{k}" if k else summary.group for k in range(len(terms))],
        [term.names for term in terms],
        [term.variances.tolist() for term in terms],
        [term.correlations.tolist() for term in terms],
        summary.residual_variance,
        _DIGITS,
    )


def _fixed_correlation(names: Sequence[str], correlation: FloatArray) -> str:
    size = len(names)
    if size < 2:
        return ""
    if size > _LARGEST_CORRELATION_BLOCK:
        return (
            f"\nCorrelation matrix not shown by default, as p = {size} > "
            f"{_LARGEST_CORRELATION_BLOCK}.\nUse print(x, correlation=TRUE)  or\n"
            "    vcov(x)        if you need it\n\n"
        )
    rounded = [rformat.round_decimals(value, 3) for value in correlation.ravel().tolist()]
    cells = rformat.format_numbers(rounded, min_decimals=3)
    columns = [
        [cells[row * size + column] if row > column else "" for row in range(1, size)]
        for column in range(size - 1)
    ]
    return "\nCorrelation of Fixed Effects:\n" + rformat.print_table(
        rformat.abbreviate(names, 11)[1:],
        rformat.abbreviate(names, 6)[:-1],
        columns,
        flush_right=False,
    )


def _fit_notes(summary: LmerSummary) -> str:
    notes = ""
    if summary.dropped_columns:
        count = summary.dropped_columns
        plural = "s" if count > 1 else ""
        notes += (
            "fit warnings:\nfixed-effect model matrix is rank deficient so dropping "
            f"{count} column{plural} / coefficient{plural}\n"
        )
    if summary.singular_note:
        notes += (
            "optimizer (nloptwrap) convergence code: 0 (OK)\n"
            "boundary (singular) fit: see help('isSingular')\n\n"
        )
    return notes
