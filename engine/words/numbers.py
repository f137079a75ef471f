"""Numbers as sentences need them, with as many digits as the difference in question shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from engine.display import plural as plural


def number(value: float, resolution: float | None = None) -> str:
    """Write a number so that differences of size ``resolution`` show three digits.

    Parameters
    ----------
    value
        The number. Negative ones get a true minus sign.
    resolution
        Size of the differences to show, in the unit of ``value``. By default the number itself
        shows three digits.
    """
    size = abs(resolution) if resolution else abs(value)
    if not math.isfinite(value):
        return str(value)
    if value == 0.0:
        return "0"
    decimals = 2 - math.floor(math.log10(size))
    if decimals > 7 or abs(value) >= 1e9:
        digits = max(3, decimals + 1 + math.floor(math.log10(abs(value))))
        text = f"{value:#.{min(digits, 17)}g}"
    else:
        text = f"{value:,.{max(decimals, 0)}f}"
    if not float(text.replace(",", "")):
        return text.lstrip("-")
    return text.replace("-", "−")


def as_printed(text: str) -> float:
    """Return the number that a text of this module shows.

    Parameters
    ----------
    text
        The text; it may have a true minus sign and commas between thousands.
    """
    return float(text.replace("−", "-").replace(",", ""))


def pair(first: float, second: float) -> tuple[str, str]:
    """Write two numbers with the digits that show the difference between them.

    Parameters
    ----------
    first, second
        Numbers of one unit.
    """
    gap = abs(second - first)
    if gap == 0.0:
        return number(first), number(second)
    return number(first, gap), number(second, gap)


def pair_of_sizes(first: float, second: float) -> tuple[str, str]:
    """Write two numbers so that each of them, and their difference, shows three digits.

    Parameters
    ----------
    first, second
        Positive numbers of one unit.
    """
    finest = min(first, second, abs(second - first) or first)
    return number(first, finest), number(second, finest)


def share(fraction: float) -> str:
    """Write a fraction as a percentage, with a decimal only near 0% and 100%.

    Parameters
    ----------
    fraction
        From 0 to 1. One that would round to 0% or 100% is called under 0.1% or over 99.9%.
    """
    percent = 100.0 * fraction
    if 0.0 < percent < 0.1:
        return "under 0.1%"
    if 99.9 < percent < 100.0:
        return "over 99.9%"
    near_an_end = 0.0 < percent < 10.0 or 90.0 < percent < 100.0
    return f"{percent:.1f}%" if near_an_end else f"{percent:.0f}%"


def subtracting(
    before: float, after: float, others: Sequence[float], error: float
) -> tuple[str, ...]:
    """Write two numbers and their difference so that the texts subtract, and others beside them.

    Parameters
    ----------
    before, after
        Numbers of one unit.
    others
        More numbers of this unit, such as standard errors.
    error
        The smaller standard error, of which two digits are shown; 0 if there is none, and three
        decimals are.

    Returns
    -------
    tuple of str
        Both numbers, the second as written less the first as written, with its sign, and the
        others; all with the same decimals. If they are huge, or the error is tiny, all are
        multiples of one power of ten.
    """
    largest = max(map(abs, (before, after, *others)))
    decimals = 1 - math.floor(math.log10(error)) if 0.0 < error < math.inf else 3
    power = math.floor(math.log10(largest)) if largest and (decimals > 8 or largest >= 1e9) else 0
    # A double has no more digits.
    places = min(max(decimals + power, 0), 15)
    last_place = Decimal(1).scaleb(-places)
    first, second, *rest = (
        Decimal(value).scaleb(-power).quantize(last_place) for value in (before, after, *others)
    )
    unit = f"e{power}" if power else ""

    def text(value: Decimal, sign: str = "") -> str:
        digits = f"{value:{sign},.{places}f}" if value else f"{abs(value):.{places}f}"
        return f"{digits}{unit}".replace("-", "−")

    return (text(first), text(second), text(second - first, "+"), *map(text, rest))


def with_decimals(value: float, decimals: int, *, signed: bool = False) -> str:
    """Write a number with a given number of decimals.

    Parameters
    ----------
    value
        The number. Negative ones get a true minus sign, 0 gets no sign.
    decimals
        How many decimals. For more than 8 the number is written with three significant digits
        instead, in powers of ten.
    signed
        Whether positive numbers get a plus sign.
    """
    sign = "+" if signed else ""
    if decimals > 8:
        return f"{value:{sign}.3g}".replace("-", "−")
    text = f"{value:{sign},.{decimals}f}"
    if float(text.replace(",", "")) == 0.0:
        text = text.lstrip("+-")
    return text.replace("-", "−")


def four_digits(value: float) -> str:
    """Write a variance with four significant digits, in full unless it is huge or tiny.

    Parameters
    ----------
    value
        The variance, at least 0.
    """
    if value == 0.0:
        return "0"
    if not 1e-4 <= value < 1e7:
        return f"{value:.3e}".replace("-", "−")
    return f"{value:,.{max(0, 3 - math.floor(math.log10(value)))}f}"
