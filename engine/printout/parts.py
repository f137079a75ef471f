"""What the printouts of both models have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.data.moments import FloatArray
from engine.printout.rformat.numbers import format_numbers, zapsmall
from engine.printout.rformat.tables import print_coefmat, print_named
from engine.printout.spans import Piece, cells

DIGITS = 4
"""Significant digits in both summaries: ``max(3, getOption("digits") - 3)``."""

QUANTILES = ("Min", "1Q", "Median", "3Q", "Max")
"""R's names for the minimum, the quartiles and the maximum of the residuals."""

_COLUMNS = {"estimate": "Estimate", "se": "Std. Error", "t": "t value", "p": "Pr(>|t|)"}


@dataclass(frozen=True)
class CoefficientTable:
    """The rows of a table of coefficients.

    Attributes
    ----------
    names
        The p term names, as R writes them.
    estimates, standard_errors
        Shape (p,), in outcome units per unit of the predictor. NaN for a term that could not be
        estimated.
    t_values
        Shape (p,); NaN for the same terms.
    p_values
        Shape (p,), or None if the printout has none (``lmer``).
    """

    names: tuple[str, ...]
    estimates: FloatArray
    standard_errors: FloatArray
    t_values: FloatArray
    p_values: FloatArray | None = None


def coefficients(printout: str, table: CoefficientTable) -> list[Piece]:
    """Lay out a table of coefficients.

    Parameters
    ----------
    printout
        "lm" or "lmer", the first part of the ids.
    table
        The p coefficients.

    Returns
    -------
    list of Piece
        Text and cells, to be joined by `laid_out`.
    """
    columns: list[Sequence[float]] = [
        table.estimates.tolist(),
        table.standard_errors.tolist(),
        table.t_values.tolist(),
    ]
    if table.p_values is not None:
        columns.append(table.p_values.tolist())
    kinds = list(_COLUMNS)[: len(columns)]
    return print_coefmat(
        table.names,
        [_COLUMNS[kind] for kind in kinds],
        columns,
        DIGITS,
        ids=[[f"{printout}.{kind}.{name}" for name in table.names] for kind in kinds],
    )


def quantiles(printout: str, values: FloatArray) -> list[Piece]:
    """Lay out the minimum, the quartiles and the maximum of the residuals.

    Parameters
    ----------
    printout
        "lm" or "lmer", the first part of the ids.
    values
        The five numbers in ascending order, shape (5,).

    Returns
    -------
    list of Piece
        Text and cells, to be joined by `laid_out`.
    """
    texts = format_numbers(zapsmall(values, DIGITS + 1), DIGITS)
    ids = [f"{printout}.residual.{name}" for name in QUANTILES]
    return print_named(QUANTILES, cells(texts, ids))
