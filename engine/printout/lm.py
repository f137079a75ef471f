"""The printout of ``print(summary(lm(formula, data)))``.

The summary holds plain numbers, so estimates from any source can be printed. R's own decisions
(digits, columns, stars, line breaks) are in `rformat`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data.moments import FloatArray
from engine.printout.parts import DIGITS, CoefficientTable, coefficients, quantiles
from engine.printout.rformat.code import deparse
from engine.printout.rformat.numbers import (
    format_general,
    format_number,
    format_numbers,
    format_pvalues,
    signif,
)
from engine.printout.rformat.tables import print_named
from engine.printout.spans import Cell, Piece, Printout, cells, laid_out

_FEW_DEGREES = 5


def prints_every_residual(residual_df: int) -> bool:
    """Return whether R prints every residual instead of quartiles.

    Parameters
    ----------
    residual_df
        Residual degrees of freedom. R prints every residual if there are five or fewer.
    """
    return residual_df <= _FEW_DEGREES


@dataclass(frozen=True)
class FTest:
    """The overall F test of a model.

    Attributes
    ----------
    value
        The F statistic.
    df1, df2
        Numerator and denominator degrees of freedom.
    p_value
        Upper tail probability of ``value``.
    """

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
        The formula on one line, spaced as R does: ``"y ~ x * z"``.
    data_name
        The name after ``data =``.
    residuals
        Minimum, quartiles and maximum, shape (5,), in outcome units. With five residual degrees
        of freedom or fewer R prints every residual: then those of all rows, shape (N,).
    coefficients
        The coefficients with p-values; NaN rows for terms left out because others determine them.
    sigma
        Residual standard error, in outcome units.
    residual_df
        N − p, at least 1.
    r_squared, adjusted_r_squared, f_test
        R², adjusted R² and the F test. If ``f_test`` is None, as for a model of the intercept
        alone, none of the three is shown.
    dropped_rows
        Number of rows left out for missing values.
    row_names
        Names of the rows, for residuals printed one by one; 1, 2, … if empty.
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


def lm_printout(summary: LmSummary) -> Printout:
    """Return what ``print(summary(lm(formula, data)))`` prints.

    Parameters
    ----------
    summary
        The numbers to print.

    Returns
    -------
    Printout
        The text, and where each number stands in it.

    Notes
    -----
    The ids are ``lm.estimate.TERM``, and likewise ``se``, ``t`` and ``p``;
    ``lm.residual.QUANTILE``, or ``lm.row_residual.ROW`` where every residual is printed; and
    ``lm.`` with ``sigma``, ``df``, ``dropped_terms``, ``dropped_rows``, ``r_squared``,
    ``adjusted_r_squared``, ``f``, ``f_df1``, ``f_df2``, ``f_p``.
    """
    return laid_out(
        [
            "\nCall:\n",
            *(f"{line}\n" for line in _call(summary)),
            "\nResiduals:\n",
            *_residuals(summary),
            "\nCoefficients:",
            *_dropped_terms(summary.coefficients),
            "\n",
            *coefficients("lm", summary.coefficients),
            "\n",
            *_residual_error(summary),
            *_dropped_rows(summary.dropped_rows),
            *_fit_as_a_whole(summary),
            "\n",
        ]
    )


def _call(summary: LmSummary) -> list[str]:
    return deparse(f"lm(formula = {summary.formula}, data = {summary.data_name})")


def _residuals(summary: LmSummary) -> list[Piece]:
    if not prints_every_residual(summary.residual_df):
        return quantiles("lm", summary.residuals)
    rows = summary.row_names or tuple(str(k + 1) for k in range(len(summary.residuals)))
    texts = format_numbers(summary.residuals, DIGITS)
    return print_named(rows, cells(texts, [f"lm.row_residual.{row}" for row in rows]))


def _dropped_terms(table: CoefficientTable) -> list[Piece]:
    count = int(np.isnan(table.estimates).sum())
    if not count:
        return []
    return [" (", Cell(str(count), "lm.dropped_terms"), " not defined because of singularities)"]


def _residual_error(summary: LmSummary) -> list[Piece]:
    return [
        "Residual standard error: ",
        Cell(format_number(signif(summary.sigma, DIGITS)), "lm.sigma"),
        " on ",
        Cell(str(summary.residual_df), "lm.df"),
        " degrees of freedom\n",
    ]


def _dropped_rows(count: int) -> list[Piece]:
    if not count:
        return []
    observations = "observation" if count == 1 else "observations"
    number = Cell(str(count), "lm.dropped_rows")
    return ["  (", number, f" {observations} deleted due to missingness)\n"]


def _fit_as_a_whole(summary: LmSummary) -> list[Piece]:
    test = summary.f_test
    if test is None:
        return []
    (p_value,) = format_pvalues([test.p_value], DIGITS)
    return [
        "Multiple R-squared:  ",
        Cell(format_general(summary.r_squared, DIGITS), "lm.r_squared"),
        ",\tAdjusted R-squared:  ",
        Cell(format_general(summary.adjusted_r_squared, DIGITS), "lm.adjusted_r_squared"),
        " \nF-statistic: ",
        Cell(format_general(test.value, DIGITS), "lm.f"),
        " on ",
        Cell(format_number(test.df1), "lm.f_df1"),
        " and ",
        Cell(format_number(test.df2), "lm.f_df2"),
        " DF,  p-value: ",
        Cell(p_value, "lm.f_p"),
        "\n",
    ]
