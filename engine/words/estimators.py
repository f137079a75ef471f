"""All estimators of a comparison side by side: estimates and standard errors as texts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.comparison import Comparison
from engine.estimators import ESTIMATORS
from engine.words.numbers import number


@dataclass(frozen=True)
class EstimatorTable:
    """A table of texts, with one column per estimator and one row per term.

    Attributes
    ----------
    columns
        Labels of the estimators that have an answer on these data.
    rows
        By term, one cell per estimator; empty if the estimator does not have this term.
    about
        By label, a sentence that says what the estimator is.
    """

    columns: tuple[str, ...]
    rows: dict[str, tuple[str, ...]]
    about: dict[str, str]


def estimator_table(comparison: Comparison) -> EstimatorTable:
    """Return every estimator's estimates, with standard errors in parentheses.

    Parameters
    ----------
    comparison
        Both fits.
    """
    shown = [one for one in ESTIMATORS if one.id in comparison.fits]
    fits = [comparison.fits[one.id] for one in shown]
    rows = {}
    for term in dict.fromkeys(name for fit in fits for name in fit.names):
        places = [fit.names.index(term) if term in fit.names else None for fit in fits]
        errors = [
            0.0 if k is None else float(fit.standard_errors[k])
            for fit, k in zip(fits, places, strict=True)
        ]
        # Show two digits of the smallest standard error, and everything else with as many decimals.
        finest = min((10.0 * one for one in errors if math.isfinite(one) and one), default=None)
        rows[term] = tuple(
            "" if k is None else f"{number(float(fit.estimates[k]), finest)} ({_error(e, finest)})"
            for fit, k, e in zip(fits, places, errors, strict=True)
        )
    return EstimatorTable(
        columns=tuple(one.label for one in shown),
        rows=rows,
        about={one.label: one.about for one in shown},
    )


def _error(error: float, finest: float | None) -> str:
    return number(error, finest) if math.isfinite(error) else "–"


def as_lines(table: EstimatorTable) -> list[str]:
    """Lay the table out for a terminal.

    Parameters
    ----------
    table
        The table.

    Returns
    -------
    list of str
        A line of terms, then one line per estimator, in aligned columns.
    """
    heads = ["", *table.rows]
    body = [
        [label, *(cells[k] for cells in table.rows.values())]
        for k, label in enumerate(table.columns)
    ]
    widths = np.max([[len(cell) for cell in line] for line in [heads, *body]], axis=0)
    return [
        "  ".join(
            cell.ljust(width) if k == 0 else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(line, widths.tolist(), strict=True))
        ).rstrip()
        for line in [heads, *body]
    ]
