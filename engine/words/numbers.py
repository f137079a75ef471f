"""Numbers as sentences need them, with as many digits as the difference in question shows."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from engine.display import plural as plural

# Percentages have at most this many decimals: more are not read, though a mean would need them.
_FINEST_SHARE = 1
# Of two numbers, one this many times the other shows its own digits alone.
_FAR = 100.0
# R prints no smaller p-value: from 1 to the next number a computer holds it is this far.
R_LEAST_P = 2.2e-16
_DIGITS_OF_A_DOUBLE = 15
# Numbers beside their difference have up to this many decimals more, so that it comes out.
_MORE_DECIMALS = 3
# Rounding errors of degrees of freedom stay below this, as a share of them.
_WHOLE = 1e-9


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
        digits = decimals + 1 + math.floor(math.log10(abs(value)))
        if digits < 1:
            return number(round(value * 10.0**decimals) / 10.0**decimals)
        text = f"{value:#.{min(digits, 17)}g}".replace(".e", "e").rstrip(".")
    else:
        text = f"{value:,.{max(decimals, 0)}f}"
    if not float(text.replace(",", "")):
        return text.lstrip("-")
    return text.replace("-", "−")


def or_infinity(value: float) -> str:
    """Write a number with three significant digits, and one without bound as ∞.

    Parameters
    ----------
    value
        The number, such as a variance ratio from 0 to infinity.
    """
    return "∞" if math.isinf(value) else number(value)


def as_printed(text: str) -> float:
    """Return the number that a text of this module shows.

    Parameters
    ----------
    text
        The text; it may have a true minus sign, commas between thousands, and a sign of per cent.
    """
    plain = text.replace("−", "-").replace(",", "")
    return float(plain[:-1]) / 100.0 if plain.endswith("%") else float(plain)


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


def adding_up(
    before: float, after: float, parts: Sequence[float] = (), finest: float | None = None
) -> tuple[str, tuple[str, ...]]:
    """Write a difference, which is that of both numbers as printed, and parts that add up to it.

    Parameters
    ----------
    before, after
        Numbers of one unit, printed by `pair`.
    parts
        Numbers that add up to ``after − before``; without them there is only the difference.
    finest
        Size of the differences to show; by default the difference itself shows three digits.

    Returns
    -------
    str, tuple of str
        The difference, and its parts. Each part is within one unit of its last digit.
    """
    gap = abs(finest or after - before)
    if gap == 0.0:
        return "0", tuple(map(number, parts))
    places = _decimals(gap)
    total = _units(after, places) - _units(before, places)
    exact = [part * 10.0**places for part in parts]
    units = [math.floor(one) for one in exact]
    # Those that lose most by rounding down are rounded up, until the sum is right.
    by_loss = sorted(range(len(parts)), key=lambda k: units[k] - exact[k])
    missing = total - sum(units)
    for k in range(max(0, min(missing, len(parts)))):
        units[by_loss[k]] += 1
    for k in range(max(0, min(-missing, len(parts)))):
        units[by_loss[-1 - k]] -= 1
    return _written(total, places), tuple(_written(one, places) for one in units)


def is_zero(text: str) -> bool:
    """Return whether a number as printed is 0.

    Parameters
    ----------
    text
        The number, from `number` or `adding_up`.
    """
    return not as_printed(text)


def share_of(fraction: float, leverage: float, resolution: float) -> str:
    """Write a weight so that the weighted mean of two numbers comes out, as nearly as is read.

    Parameters
    ----------
    fraction
        The weight of one of them, from 0 to 1.
    leverage
        The difference between the two numbers.
    resolution
        Size of the differences in the mean that show three digits; see `number`.
    """
    # The mean is off by the leverage times the rounding of the weight.
    unit = float(f"1e{-_decimals(abs(resolution))}") if resolution else 1.0
    needed = 0.3 * unit / abs(leverage) if leverage else 1.0
    decimals = min(max(math.ceil(-math.log10(2.0 * needed)) - 2, 0), _FINEST_SHARE)
    plain = share(fraction)
    if plain[0].isalpha():
        text = f"{100.0 * fraction:.{decimals}f}"
        return plain if float(text) in (0.0, 100.0) else f"{text}%"
    shown = len(plain.partition(".")[2].rstrip("%"))
    return f"{100.0 * fraction:.{max(shown, decimals)}f}%"


def three_digits(fraction: float) -> str:
    """Write a factor from 0 to 1 as a percentage with three digits, or as `share` if it is tiny.

    Parameters
    ----------
    fraction
        The factor.
    """
    if 0.0 < fraction < 0.001:
        return share(fraction)
    return f"{number(100.0 * fraction)}%"


def multiple(ratio: float) -> str:
    """Write how many times one number is another: two digits, or a whole number from 10 on.

    Parameters
    ----------
    ratio
        The quotient, at least 0.
    """
    return f"{ratio:,.0f}" if ratio >= 10.0 else f"{ratio:.2g}"


def factor(ratio: float) -> str:
    """Write a factor of a product with three digits.

    Parameters
    ----------
    ratio
        The factor, at least 0.
    """
    return number(ratio) if ratio < 100.0 else f"{ratio:,.0f}"


def p_text(value: float, least: float = 0.001) -> str:
    """Write a p-value: "p = 0.031", "p = 0.42" or "p < 0.001".

    Parameters
    ----------
    value
        The p-value.
    least
        Smaller ones are only said to be below this.
    """
    if value < least:
        return f"p < {least}".replace("-", "−")
    text = f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"
    # 0.0497 is not written as 0.050, because it is on the other side of the usual level.
    return f"p = {value:.5f}" if float(text) == 0.05 else f"p = {text}".replace("-", "−")


def pair_of_sizes(first: float, second: float) -> tuple[str, str]:
    """Write two numbers so that each of them, and their difference, shows three digits.

    Digits of the smaller one say nothing about one that is a hundred times larger.

    Parameters
    ----------
    first, second
        Positive numbers of one unit.
    """
    if max(first, second) > _FAR * min(first, second):
        return number(first), number(second)
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


def percent(fraction: float) -> str:
    """Write a fraction as a whole percentage.

    Parameters
    ----------
    fraction
        From 0 to 1.
    """
    return f"{with_decimals(100.0 * fraction, 0)}%"


def without_zeros(value: float) -> str:
    """Write a number that has few digits without zeros at its end.

    Parameters
    ----------
    value
        The number, such as a tick of an axis.
    """
    return f"{value:g}".replace("-", "−")


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
        Both numbers, their difference with its sign, and the others; all with the same decimals.
        These are as many more, up to three, as it takes for the numbers as written to differ by
        their true difference as rounded; if none do, the difference is that of the numbers as
        written. If they are huge, or the error is tiny, all are multiples of one power of ten.
    """
    largest = max(map(abs, (before, after, *others)))
    decimals = 1 - math.floor(math.log10(error)) if 0.0 < error < math.inf else 3
    power = math.floor(math.log10(largest)) if largest and (decimals > 8 or largest >= 1e9) else 0
    # A double has no more digits.
    fewest = min(max(decimals + power, 0), _DIGITS_OF_A_DOUBLE)
    exact = [Decimal(value).scaleb(-power) for value in (before, after, *others)]

    def rounded(value: Decimal, places: int) -> Decimal:
        return value.quantize(Decimal(1).scaleb(-places))

    def agrees(places: int) -> bool:
        first, second = (rounded(value, places) for value in exact[:2])
        return second - first == rounded(exact[1] - exact[0], places)

    most = min(fewest + _MORE_DECIMALS, _DIGITS_OF_A_DOUBLE)
    places = next(filter(agrees, range(fewest, most + 1)), fewest)
    first, second, *rest = (rounded(value, places) for value in exact)
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


def distance_text(a: float, b: float, decimals: int) -> str:
    """Write how far two numbers lie apart, as they are printed.

    Parameters
    ----------
    a, b
        The numbers.
    decimals
        With how many decimals all three are printed.
    """
    printed = (as_printed(with_decimals(value, decimals)) for value in (a, b))
    return with_decimals(abs(next(printed) - next(printed)), decimals)


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


def _decimals(size: float) -> int:
    """How many decimals show three digits of a positive number."""
    return max(0, 2 - math.floor(math.log10(size)))


def _units(value: float, decimals: int) -> int:
    """Round to a whole number of units of the last decimal, as `number` rounds."""
    return int(f"{value:.{decimals}f}".replace(".", ""))


def _written(units: int, decimals: int) -> str:
    """Write a whole number of units of a decimal."""
    return number(units / 10.0**decimals, float(f"1e{2 - decimals}")) if units else "0"


def listed_with_and(texts: Iterable[str]) -> str:
    """Join texts as a sentence lists them: "a", "a and b", "a, b and c".

    Parameters
    ----------
    texts
        The texts.
    """
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last


def significant(value: float, digits: int) -> str:
    """Write a number with a given number of significant digits, whole parts always in full.

    Parameters
    ----------
    value
        The number. Negative ones get a true minus sign.
    digits
        How many digits to show, at least 3.
    """
    return number(value, abs(value) * 10.0 ** (3 - digits))


def typeset(printed: str) -> str:
    """Write a number of a printout of R as sentences do: "668294.9" as "668,294.9".

    Parameters
    ----------
    printed
        The number with R's digits, which stay. It gets a true minus sign, and commas in a whole
        part of four digits or more.
    """
    whole = re.sub(r"(?<![\d.])\d{4,}(?![\de]|\.\d*e)", lambda found: f"{int(found[0]):,}", printed)
    return whole.replace("-", "−")


def effective(count: float) -> str:
    """Write a number of rows or clusters, or an effective number of them.

    Parameters
    ----------
    count
        The number, at least 0; not necessarily whole.
    """
    return f"{count:,.0f}" if count >= 1000.0 else f"{count:.4g}"


def degrees(count: float, decimals: int = 1) -> str:
    """Write degrees of freedom: a whole number of them as one, others with decimals.

    Parameters
    ----------
    count
        Degrees of freedom, as a formula gives them; whole but for rounding errors counts as whole.
    decimals
        How many decimals others have.
    """
    whole = abs(count - round(count)) <= _WHOLE * max(1.0, abs(count))
    return with_decimals(count, 0 if whole else decimals)
