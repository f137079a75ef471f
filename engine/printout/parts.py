"""What the printouts of both models have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.data.moments import FloatArray
from engine.printout.rformat.numbers import format_numbers, zapsmall
from engine.printout.rformat.tables import print_coefmat, print_named
from engine.printout.spans import Piece, cells

DIGITS = 4
"""What both summaries print: ``max(3, getOption("digits") - 3)``."""

QUANTILES = ("Min", "1Q", "Median", "3Q", "Max")
"""How R names the minimum, the quartiles and the maximum of the residuals."""

_COLUMNS = {"estimate": "Estimate", "se": "Std. Error", "t": "t value", "p": "Pr(>|t|)"}


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


def coefficients(printout: str, table: CoefficientTable) -> list[Piece]:
    """Lay out a table of coefficients, ``printout`` being "lm" or "lmer"."""
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
    """Lay out minimum, quartiles and maximum of the residuals, shape (5,)."""
    texts = format_numbers(zapsmall(values, DIGITS + 1), DIGITS)
    ids = [f"{printout}.residual.{name}" for name in QUANTILES]
    return print_named(QUANTILES, cells(texts, ids))
