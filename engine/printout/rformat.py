"""How R turns numbers, names and tables into text: the rules every printout here rests on.

Written from the help pages named in each docstring and from what R 4.2 and lme4 1.1-31 print;
``tests/reference/rformat.R`` records what R answers on some hundreds of cases.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

LINE_WIDTH = 80
"""R's ``options(width)``: where tables and vectors are broken."""

DIGITS = 7
"""R's ``options(digits)``: what ``cat`` and ``format`` show when nothing else is asked for."""

MACHINE_EPSILON = 2.220446049250313e-16

SIGNIFICANCE_LEGEND = (
    "Signif. codes:  0 \u2018***\u2019 0.001 \u2018**\u2019 0.01 \u2018*\u2019 0.05"
    " \u2018.\u2019 0.1 \u2018 \u2019 1"
)

# Beyond ASCII R drops these vowels first (Ę but not ę, and no â) and has no other lower case.
_VOWELS = frozenset("aeiouàáãäåèéêëìíîïòóôõöøùúûüāăąēĕėĘěĩīĭįıōŏőũūŭůűų")
_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz") | _VOWELS


# ------------------------------------------------------------------------------ numbers


def format_number(value: float, digits: int = DIGITS) -> str:
    """Return one number as R's ``cat`` and ``format`` show it."""
    return format_numbers([value], digits)[0]


def format_numbers(
    values: Iterable[float], digits: int = DIGITS, min_decimals: int = 0
) -> list[str]:
    """Return numbers in R's common format, padded on the left to one width.

    Parameters
    ----------
    values
        The numbers; NaN is shown as ``NaN``.
    digits
        Significant digits: as many decimals as the most demanding value needs to show this
        many, trailing zeros not counted.
    min_decimals
        R's ``nsmall``: at least this many decimals in fixed notation.

    Notes
    -----
    Fixed notation unless it is wider than scientific (``scipen = 0``); one notation for all.
    Source: help pages ``format`` and ``print.default``.
    """
    numbers = [float(value) for value in values]
    finite = [value for value in numbers if math.isfinite(value)]
    texts = [_not_finite(value) for value in numbers]
    if finite:
        template = _common_format(finite, digits, min_decimals)
        for k, value in enumerate(numbers):
            if math.isfinite(value):
                texts[k] = format(value + 0.0, template)
    return _pad_left(texts)


def _common_format(finite: Sequence[float], digits: int, min_decimals: int) -> str:
    before = decimals = mantissa = exponent_digits = 1
    decimals, sign = 0, 0
    for value in finite:
        significant, exponent = _significant(abs(value), digits)
        # 999.99 to three digits is 1e3, but has three digits before the point in fixed notation
        shorter = exponent > 0 and abs(value) < 10.0**exponent
        negative = int(value < 0)
        before = max(before, max(1, exponent + 1 - shorter) + negative)
        decimals = max(decimals, significant - exponent - 1)
        mantissa = max(mantissa, significant)
        exponent_digits = max(exponent_digits, len(str(abs(exponent))))
        sign = max(sign, negative)
    fixed_width = before + decimals + (decimals > 0)
    scientific_width = sign + mantissa + (mantissa > 1) + 2 + max(2, exponent_digits)
    if fixed_width <= scientific_width:
        return f".{max(decimals, min_decimals)}f"
    return f".{mantissa - 1}e"


def _significant(value: float, digits: int) -> tuple[int, int]:
    """Return how many of ``digits`` digits ``value`` needs, and its exponent once rounded."""
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return max(1, len(mantissa.replace(".", "").rstrip("0"))), int(exponent)


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Inf" if value > 0 else "-Inf"


def format_general(value: float, digits: int) -> str:
    """Return R's ``formatC(value, digits = digits)``: C's ``%g``, ``digits + 1`` wide or more."""
    text = f"{value:.{digits}g}" if math.isfinite(value) else _not_finite(value)
    return text.rjust(digits + 1)


def round_decimals(value: float, decimals: int) -> float:
    """Return ``value`` rounded as R 4's ``round``: to the nearer neighbour, ties to even.

    The neighbours are the two decimals around ``value`` as stored, so that ties are those of
    double precision: ``round(0.15, 1)`` is 0.1. Source: help page ``round``.
    """
    if not math.isfinite(value) or value == 0.0:
        return value
    size = abs(value)
    if decimals + math.log10(2.0) * (math.frexp(size)[1] - 1) > 15:
        return value  # no decimals beyond what a double holds
    scaled = Decimal(size).scaleb(decimals)
    below = math.floor(scaled)
    low = float(Decimal(below).scaleb(-decimals))
    high = float(Decimal(below + 1).scaleb(-decimals))
    to_low, to_high = size - low, high - size
    down = to_low < to_high or (to_low == to_high and below % 2 == 0)
    return math.copysign(low if down else high, value)


def signif(value: float, digits: int) -> float:
    """Return ``value`` rounded to ``digits`` significant digits (help page ``signif``)."""
    if not math.isfinite(value) or value == 0.0:
        return value
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    # R scales in double precision, so 10.795 to four digits is the tie 1079.5, not below it
    if decimals > 0:
        return round(value * 10.0**decimals) / 10.0**decimals
    return round(value / 10.0**-decimals) * 10.0**-decimals


def zapsmall(values: Iterable[float], digits: int) -> list[float]:
    """Return values rounded to ``digits`` digits of the largest (help page ``zapsmall``)."""
    numbers = [float(value) for value in values]
    largest = max((abs(value) for value in numbers if not math.isnan(value)), default=0.0)
    decimals = digits
    if math.isinf(largest):
        decimals = 0
    elif largest > 0:
        decimals = max(0, math.floor(digits - math.log10(largest) + 0.5))
    return [round_decimals(value, decimals) for value in numbers]


def format_pvalues(values: Iterable[float], digits: int, eps: float = MACHINE_EPSILON) -> list[str]:
    """Return p-values as R's ``format.pval``: those below ``eps`` as ``<2e-16``.

    Values of 0.0001 and more (0.001 when ``digits`` is 1) share one format, smaller ones
    another. Source: help page ``format.pval``.
    """
    numbers = [float(value) for value in values]
    texts = [""] * len(numbers)
    shown = [k for k, value in enumerate(numbers) if value >= eps]
    lowest = -3 if digits == 1 else -4
    for large in (True, False):
        group = [k for k in shown if (math.floor(math.log10(numbers[k])) >= lowest) == large]
        for k, text in zip(group, format_numbers([numbers[k] for k in group], digits), strict=True):
            texts[k] = text
    tiny = [k for k, value in enumerate(numbers) if value < eps]
    if tiny:
        bound_digits = max(1, digits - 2)
        widest = max((len(texts[k]) for k in shown), default=0)
        if shown and bound_digits > 1 and bound_digits + 6 > widest:
            bound_digits = max(1, widest - 7)
        gap = "" if bound_digits == 1 and widest <= 6 else " "
        for k in tiny:
            texts[k] = f"<{gap}{format_number(eps, bound_digits)}"
    return texts


# -------------------------------------------------------------------------------- names


def display_width(text: str) -> int:
    """Return the columns ``text`` takes in a terminal: East Asian wide characters take two."""
    width = 0
    for character in text:
        if unicodedata.category(character) not in ("Mn", "Me", "Cf"):
            width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


def abbreviate(names: Sequence[str], min_length: int) -> list[str]:
    """Return short forms of names that stay unique, as R's ``abbreviate``.

    Names longer than ``min_length`` lose, from their end: lower-case vowels, lower-case
    letters, anything; never the first letter of a word. Names that would collide are tried
    again one letter longer, at most until they are whole. Names that differ in blanks at
    their ends are one name. Source: help page ``abbreviate``, which warns of names beyond the
    Latin alphabet: there R drops letters in no order worth reproducing.
    """
    trimmed = [name.strip() for name in names]
    short = {name: _shorten(name, min_length) for name in trimmed}
    for length in range(min_length + 1, max(map(len, trimmed), default=0) + 1):
        uses = Counter(short.values())
        if len(uses) == len(short):
            break
        for name, form in short.items():
            if uses[form] > 1:
                short[name] = _shorten(name, length)
    return [short[name] for name in trimmed]


def _shorten(name: str, min_length: int) -> str:
    letters = list(name)
    spaces = sum(letter.isspace() for letter in letters)
    if len(letters) <= min_length:
        return "".join(letters)
    # R reads names beyond ASCII by another table, in which the dot is a vowel
    vowels = _VOWELS if name.isascii() else _VOWELS | {"."}
    everything = frozenset(letter for letter in letters if not letter.isspace())
    for removable, only_word_ends in (
        (vowels, True),
        (vowels, False),
        (_LOWER, True),
        (_LOWER, False),
        (everything, False),
    ):
        for k in range(len(letters) - 1, 0, -1):
            if len(letters) - spaces <= min_length:
                break
            starts_word = letters[k - 1].isspace()
            ends_word = k + 1 == len(letters) or letters[k + 1].isspace()
            if letters[k] in removable and not starts_word and (ends_word or not only_word_ends):
                del letters[k]
    return "".join(letter for letter in letters if not letter.isspace())


# ------------------------------------------------------------------------------- layout


def _pad_left(texts: Sequence[str]) -> list[str]:
    width = max((display_width(text) for text in texts), default=0)
    return [" " * (width - display_width(text)) + text for text in texts]


def _pad_right(texts: Sequence[str]) -> list[str]:
    width = max((display_width(text) for text in texts), default=0)
    return [text + " " * (width - display_width(text)) for text in texts]


def print_named(names: Sequence[str], cells: Sequence[str]) -> str:
    """Return a named vector as R prints it: names above values, both flush right."""
    padded = _pad_left([*names, *cells])
    heads, values = padded[: len(names)], padded[len(names) :]
    per_line = max(1, LINE_WIDTH // (display_width(padded[0]) + 1))
    lines = []
    for start in range(0, len(heads), per_line):
        for row in (heads, values):
            lines.append("".join(f"{cell} " for cell in row[start : start + per_line]))
    return "\n".join(lines) + "\n"


def print_table(
    row_names: Sequence[str],
    headers: Sequence[str],
    columns: Sequence[Sequence[str]],
    *,
    flush_right: bool,
) -> str:
    """Return a character matrix as R prints it without quotes, broken at the line width."""
    pad = _pad_left if flush_right else _pad_right
    labels = _pad_right(["", *row_names])
    blocks: list[list[str]] = []
    for header, column in zip(headers, columns, strict=True):
        cells = pad([header, *column])
        if not blocks or display_width(blocks[-1][0]) + 1 + display_width(cells[0]) >= LINE_WIDTH:
            blocks.append(list(labels))
        blocks[-1] = [f"{line} {cell}" for line, cell in zip(blocks[-1], cells, strict=True)]
    return "".join(f"{line}\n" for block in blocks for line in block)


def print_coefmat(
    names: Sequence[str],
    headers: Sequence[str],
    columns: Sequence[Sequence[float]],
    digits: int,
) -> str:
    """Return a table of coefficients as R's ``printCoefmat``.

    Parameters
    ----------
    names
        Row names.
    headers, columns
        Estimates, standard errors, test statistics and, optionally, p-values, which are then
        followed by significance stars and their legend. A row whose estimate is NaN is a
        coefficient that could not be estimated and shows ``NA`` throughout.
    digits
        Significant digits of the smallest estimate or standard error.

    Notes
    -----
    Estimates and errors share one format; tests and p-values show one digit less. A value
    that would be rounded to zero is shown in scientific notation instead. Source: help page
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
            stars = [_pad_right([significance_stars(value) for value in pvalues])]
            shown_headers.append("")
            legend = f"---\n{SIGNIFICANCE_LEGEND}\n"
    for column, values in zip(table, numbers, strict=True):
        for k, value in enumerate(values):
            if math.isnan(value):
                column[k] = "NA" if math.isnan(estimates[k]) else "NaN"
    return print_table(names, shown_headers, table + stars, flush_right=True) + legend


def _estimate_columns(
    estimates: list[float], errors: list[float], digits: int
) -> tuple[list[str], list[str]]:
    values = estimates + errors
    sizes = [abs(value) for value in values if math.isfinite(value) and value != 0.0]
    digits_before = 1 + math.floor(math.log10(min(sizes))) if sizes else 1
    decimals = max(1, digits - digits_before)
    cells = format_numbers([round_decimals(value, decimals) for value in values], digits)
    vanished = [k for k, value in enumerate(values) if value != 0.0 and float(cells[k]) == 0.0]
    restored = format_numbers([values[k] for k in vanished], max(1, digits - 1))
    for k, text in zip(vanished, restored, strict=True):
        cells[k] = text
    return cells[: len(estimates)], cells[len(estimates) :]


def significance_stars(pvalue: float) -> str:
    """Return R's stars for a p-value; nothing for NaN."""
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
) -> str:
    """Return the table of random effects as lme4's ``formatVC`` lays it out.

    Parameters
    ----------
    groups
        One label for each random-effects term; the other sequences run along it.
    names, variances, correlations
        The q effects of a term, their variances and their correlation matrix (q, q), NaN
        where a variance is zero.
    residual_variance
        The last row.
    digits
        Significant digits of variances and standard deviations, each column in one format;
        correlations have two decimals fewer, at least two.
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
    columns: list[list[str]] = [list(column) for column in zip(*padded, strict=True)]
    columns[2:2] = [
        format_numbers(flat, digits),
        format_numbers([math.sqrt(value) for value in flat], digits),
    ]
    return print_table([""] * len(rows), headers, columns, flush_right=False)


# --------------------------------------------------------------------------------- code


_TOKEN = re.compile(r"`(?:\\.|[^`\\])*`| (?P<operator>~|\+|-|\*|\|) |[()]|, |[^`(), ]+|.")
_PRECEDENCE = {"~": 0, "|": 1, "+": 2, "-": 2, "*": 3}
_DEPARSE_WIDTH = 60


def deparse(code: str) -> list[str]:
    """Return the lines into which R's ``deparse`` breaks a model formula or a call.

    Parameters
    ----------
    code
        The code on one line, blanks as R sets them: ``"y ~ x * z + (1 + x | g)"``.

    Notes
    -----
    A line ends after the first operator or comma that takes it past 60 bytes; what
    follows is indented once for each unfinished operator or call that was broken so.
    """
    lines, line = [], ""
    unfinished: list[tuple[int, bool]] = []
    for token in _TOKEN.finditer(code):
        text, operator = token.group(), token.group("operator")
        line += text
        if text == "(":
            unfinished.append((-1, False))
        elif text == ")":
            opened = [k for k, (level, _) in enumerate(unfinished) if level < 0]
            del unfinished[opened[-1] if opened else 0 :]
        elif operator or text == ", ":
            level = _PRECEDENCE[operator] if operator else 0
            outer = [k for k, (other, _) in enumerate(unfinished) if other < level]
            del unfinished[outer[-1] + 1 if outer else 0 :]
            breaks = len(line.encode()) > _DEPARSE_WIDTH
            unfinished.append((level, breaks))
            if breaks:
                lines.append(line)
                line = "    " * sum(broken for _, broken in unfinished)
    return [*lines, line]


def fill(items: Sequence[str]) -> str:
    """Return items on lines of the line width, as R's ``cat(..., fill = TRUE)``: bytes count."""
    text, width = "", 0
    for k, item in enumerate(items):
        if k > 0:
            text += " "
            if width + len(item.encode()) + 1 > LINE_WIDTH:
                text, width = text + "\n", 0
        text += item
        width += len(item.encode()) + 1
    return text + "\n"
