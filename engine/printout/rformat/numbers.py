"""Numbers as R's ``format``, ``round`` and their relatives write them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from engine.printout.rformat.names import pad_left

DIGITS = 7
"""R's ``options(digits)``: significant digits that ``cat`` and ``format`` show by default."""

MACHINE_EPSILON = 2.220446049250313e-16


def format_number(value: float, digits: int = DIGITS) -> str:
    """Return one number as R's ``cat`` and ``format`` show it.

    Parameters
    ----------
    value
        The number.
    digits
        Significant digits, trailing zeros not counted.
    """
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
        Significant digits: all values get as many decimals as the most demanding one needs to
        show this many, trailing zeros not counted.
    min_decimals
        R's ``nsmall``: at least this many decimals in fixed notation.

    Returns
    -------
    list of str
        One text per value, all of one width.

    Notes
    -----
    All values share one notation, fixed unless that is wider than scientific (``scipen = 0``).
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
    return pad_left(texts)


def _common_format(finite: Sequence[float], digits: int, min_decimals: int) -> str:
    before = decimals = mantissa = exponent_digits = 1
    decimals, sign = 0, 0
    for value in finite:
        significant, exponent = _significant(abs(value), digits)
        # 999.99 to three digits is 1e3, but in fixed notation has three digits before the point.
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
    """Return R's ``formatC(value, digits = digits)``: C's ``%g``.

    Parameters
    ----------
    value
        The number.
    digits
        Significant digits. The text is padded on the left to at least ``digits + 1`` characters.
    """
    text = f"{value:.{digits}g}" if math.isfinite(value) else _not_finite(value)
    return text.rjust(digits + 1)


def round_decimals(value: float, decimals: int) -> float:
    """Return a number rounded as by R 4's ``round``: to the nearer neighbour, ties to even.

    Parameters
    ----------
    value
        The number.
    decimals
        Decimals to keep.

    Notes
    -----
    The neighbours are the two decimal numbers around ``value`` as stored, so ties are those of
    double precision: ``round(0.15, 1)`` is 0.1. Source: help page ``round``.
    """
    if not math.isfinite(value) or value == 0.0:
        return value
    size = abs(value)
    if decimals + math.log10(2.0) * (math.frexp(size)[1] - 1) > 15:
        return value  # a double holds no further decimals
    scaled = Decimal(size).scaleb(decimals)
    below = math.floor(scaled)
    low = float(Decimal(below).scaleb(-decimals))
    high = float(Decimal(below + 1).scaleb(-decimals))
    to_low, to_high = size - low, high - size
    down = to_low < to_high or (to_low == to_high and below % 2 == 0)
    return math.copysign(low if down else high, value)


def signif(value: float, digits: int) -> float:
    """Return a number rounded to significant digits (help page ``signif``).

    Parameters
    ----------
    value
        The number.
    digits
        Significant digits to keep.
    """
    if not math.isfinite(value) or value == 0.0:
        return value
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    # R scales in double precision, which turns 10.795 to four digits into the tie 1079.5.
    if decimals > 0:
        return round(value * 10.0**decimals) / 10.0**decimals
    return round(value / 10.0**-decimals) * 10.0**-decimals


def zapsmall(values: Iterable[float], digits: int) -> list[float]:
    """Return numbers rounded to the digits of the largest (help page ``zapsmall``).

    Parameters
    ----------
    values
        The numbers.
    digits
        Significant digits of the largest; all numbers get as many decimals as it has.
    """
    numbers = [float(value) for value in values]
    largest = max((abs(value) for value in numbers if not math.isnan(value)), default=0.0)
    decimals = digits
    if math.isinf(largest):
        decimals = 0
    elif largest > 0:
        decimals = max(0, math.floor(digits - math.log10(largest) + 0.5))
    return [round_decimals(value, decimals) for value in numbers]


def format_pvalues(values: Iterable[float], digits: int, eps: float = MACHINE_EPSILON) -> list[str]:
    """Return p-values as R's ``format.pval`` shows them.

    Parameters
    ----------
    values
        The p-values, none of them NaN.
    digits
        Significant digits.
    eps
        Values below this are shown as less than it, such as ``<2e-16``.

    Returns
    -------
    list of str
        One text per p-value.

    Notes
    -----
    Values of 0.0001 and more (0.001 if ``digits`` is 1) share one format, smaller values
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
