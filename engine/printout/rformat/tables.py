"""Tables, named vectors and long lines as R lays them out.

Every layout returns pieces to be joined, so that cells still know which number they are.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from engine.printout.rformat.names import display_width, pad_right
from engine.printout.rformat.numbers import format_numbers, format_pvalues, round_decimals
from engine.printout.spans import Piece, cells

LINE_WIDTH = 80
"""R's ``options(width)``: the width at which tables and vectors are broken."""

SIGNIFICANCE_LEGEND = (
    "Signif. codes:  0 \u2018***\u2019 0.001 \u2018**\u2019 0.01 \u2018*\u2019 0.05"
    " \u2018.\u2019 0.1 \u2018 \u2019 1"
)


def print_named(names: Sequence[str], values: Sequence[Piece]) -> list[Piece]:
    """Return a named vector as R prints it: names above values, both flush right.

    Parameters
    ----------
    names
        One name per value.
    values
        Texts or cells.

    Returns
    -------
    list of Piece
        Pairs of lines, as many as the line width requires.
    """
    width = _widest([*names, *values])
    per_line = max(1, LINE_WIDTH // (width + 1))
    pieces: list[Piece] = []
    for start in range(0, len(names), per_line):
        for row in (names, values):
            for cell in row[start : start + per_line]:
                pieces += [_blank(cell, width), cell, " "]
            pieces.append("\n")
    return pieces


def print_table(
    row_names: Sequence[str],
    headers: Sequence[str],
    columns: Sequence[Sequence[Piece]],
    *,
    flush_right: bool,
) -> list[Piece]:
    """Return a character matrix as R prints it without quotes, broken at the line width.

    Parameters
    ----------
    row_names
        One per row, flush left.
    headers
        One per column.
    columns
        The cells, column by column.
    flush_right
        Whether headers and cells are flush right; otherwise flush left.

    Returns
    -------
    list of Piece
        The blocks of columns, one below the other.
    """
    labels = pad_right(["", *row_names])
    used = 0
    blocks: list[list[list[Piece]]] = []
    for header, column in zip(headers, columns, strict=True):
        inside: list[Piece] = [header, *column]
        width = _widest(inside)
        if not blocks or used + 1 + width >= LINE_WIDTH:
            blocks.append([[label] for label in labels])
            used = display_width(labels[0])
        for line, cell in zip(blocks[-1], inside, strict=True):
            blank = _blank(cell, width)
            line += [" ", blank, cell] if flush_right else [" ", cell, blank]
        used += 1 + width
    return [piece for line in itertools.chain(*blocks) for piece in (*line, "\n")]


def fill(items: Sequence[Sequence[Piece]]) -> list[Piece]:
    """Return items on lines of the line width, as R's ``cat(..., fill = TRUE)``.

    Parameters
    ----------
    items
        Pieces that stay together on a line. Their width counts in bytes, as in R.

    Returns
    -------
    list of Piece
        The items with blanks and line breaks between them.
    """
    pieces: list[Piece] = []
    width = 0
    for k, item in enumerate(items):
        size = len("".join(map(str, item)).encode()) + 1
        if k > 0:
            pieces.append(" ")
            if width + size > LINE_WIDTH:
                pieces.append("\n")
                width = 0
        pieces += item
        width += size
    return [*pieces, "\n"]


def _widest(texts: Sequence[Piece]) -> int:
    return max((display_width(str(text)) for text in texts), default=0)


def _blank(text: Piece, width: int) -> str:
    return " " * (width - display_width(str(text)))


def print_coefmat(
    names: Sequence[str],
    headers: Sequence[str],
    columns: Sequence[Sequence[float]],
    digits: int,
    ids: Sequence[Sequence[str]] = (),
) -> list[Piece]:
    """Return a table of coefficients as R's ``printCoefmat``.

    Parameters
    ----------
    names
        Row names.
    headers
        One per column.
    columns
        Estimates, standard errors, test statistics and, optionally, p-values, each with one
        number per row. P-values are followed by significance stars and their legend. A row whose
        estimate is NaN is a coefficient that could not be estimated, and shows ``NA`` throughout.
    digits
        Significant digits of the smallest estimate or standard error.
    ids
        Which numbers these are, in the shape of ``columns``; by default the cells are plain text.

    Returns
    -------
    list of Piece
        The table, and the legend if there are stars.

    Notes
    -----
    Estimates and errors share one format; tests and p-values show one digit less. A value that
    would be rounded to zero is shown in scientific notation instead. Source: help page
    ``printCoefmat``.
    """
    estimates, errors, tests = (list(column) for column in columns[:3])
    test_digits = max(1, min(5, digits - 1))
    table = [
        *_estimate_columns(estimates, errors, digits),
        format_numbers([round_decimals(value, test_digits) for value in tests], digits),
    ]
    numbers = [estimates, errors, tests]
    shown_headers, stars, legend = list(headers), [], ""
    if len(columns) > 3:
        pvalues = list(columns[3])
        known = [value for value in pvalues if not math.isnan(value)]
        texts = iter(format_pvalues(known, test_digits))
        table.append(["NaN" if math.isnan(value) else next(texts) for value in pvalues])
        numbers.append(pvalues)
        if any(value < 0.1 for value in known):
            stars = [pad_right([significance_stars(value) for value in pvalues])]
            shown_headers.append("")
            legend = f"---\n{SIGNIFICANCE_LEGEND}\n"
    for column, values in zip(table, numbers, strict=True):
        for k, value in enumerate(values):
            if math.isnan(value):
                column[k] = "NA" if math.isnan(estimates[k]) else "NaN"
    body = [*_with_ids(table, ids), *stars]
    return [*print_table(names, shown_headers, body, flush_right=True), legend]


def _with_ids(
    columns: Sequence[Sequence[str]], ids: Sequence[Sequence[str]]
) -> Sequence[Sequence[Piece]]:
    return [cells(*both) for both in zip(columns, ids, strict=True)] if ids else columns


def _estimate_columns(
    estimates: list[float], errors: list[float], digits: int
) -> tuple[list[str], list[str]]:
    values = estimates + errors
    sizes = [abs(value) for value in values if math.isfinite(value) and value != 0.0]
    digits_before = 1 + math.floor(math.log10(min(sizes))) if sizes else 1
    decimals = max(1, digits - digits_before)
    texts = format_numbers([round_decimals(value, decimals) for value in values], digits)
    vanished = [k for k, value in enumerate(values) if value != 0.0 and float(texts[k]) == 0.0]
    restored = format_numbers([values[k] for k in vanished], max(1, digits - 1))
    for k, text in zip(vanished, restored, strict=True):
        texts[k] = text
    return texts[: len(estimates)], texts[len(estimates) :]


def significance_stars(pvalue: float) -> str:
    """Return R's stars for a p-value.

    Parameters
    ----------
    pvalue
        The p-value; NaN gets no stars.
    """
    for bound, stars in ((0.001, "***"), (0.01, "**"), (0.05, "*"), (0.1, ".")):
        if pvalue <= bound:
            return stars
    return ""


def print_variances(
    groups: Sequence[str],
    names: Sequence[Sequence[str]],
    variances: Sequence[Sequence[float]],
    correlations: Sequence[Sequence[Sequence[float]]],
    residual_variance: float,
    digits: int,
    ids: Sequence[Sequence[str]] = (),
) -> list[Piece]:
    """Return the table of random effects as lme4's ``formatVC`` lays it out.

    Parameters
    ----------
    groups
        One label per random-effects term.
    names, variances, correlations
        For each term its q effects, their variances and their correlation matrix (q, q), with
        NaN where a variance is zero.
    residual_variance
        The variance in the last row.
    digits
        Significant digits of variances and standard deviations, each column in one format.
        Correlations have two decimals fewer than this, but at least two.
    ids
        Which numbers these are: one sequence each for the variances, the standard deviations and
        every column of correlations, with one id per row of the table and "" for an empty cell.
        By default the cells are plain text.

    Returns
    -------
    list of Piece
        The table, broken at the line width.
    """
    decimals = max(2, digits - 2)
    flat = [*(value for term in variances for value in term), residual_variance]
    correlation_columns = max(len(term) for term in names) - 1
    rows: list[list[str]] = []
    for group, effects, matrix in zip(groups, names, correlations, strict=True):
        size = len(effects)
        texts = format_numbers(
            [round_decimals(value, decimals) for row in matrix for value in row],
            min_decimals=decimals,
        )
        for j, effect in enumerate(effects):
            below = texts[j * size : j * size + j]
            rows.append([group if j == 0 else "", effect, *below])
    rows.append(["Residual", ""])
    headers = ["Groups", "Name", "Variance", "Std.Dev."]
    headers += ["Corr", *[""] * (correlation_columns - 1)] if correlation_columns else []
    padded = [row + [""] * (2 + correlation_columns - len(row)) for row in rows]
    labels, effects_shown, *below_diagonal = (list(column) for column in zip(*padded, strict=True))
    sds = [math.sqrt(value) for value in flat]
    figures = [format_numbers(flat, digits), format_numbers(sds, digits), *below_diagonal]
    columns = [labels, effects_shown, *_with_ids(figures, ids)]
    return print_table([""] * len(rows), headers, columns, flush_right=False)
