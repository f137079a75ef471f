"""Numbers as sentences need them: as many digits as the difference under discussion shows."""

from __future__ import annotations

import math

from engine.display import plural as plural


def number(value: float, resolution: float | None = None) -> str:
    """Write a number so that differences of size ``resolution`` show three digits.

    Without a resolution the number itself shows three digits. Uses a true minus sign.
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


def pair(first: float, second: float) -> tuple[str, str]:
    """Write two numbers with the digits that show the difference between them."""
    gap = abs(second - first)
    if gap == 0.0:
        return number(first), number(second)
    return number(first, gap), number(second, gap)


def pair_of_sizes(first: float, second: float) -> tuple[str, str]:
    """Write two positive numbers so that each, and the difference, shows three digits."""
    finest = min(first, second, abs(second - first) or first)
    return number(first, finest), number(second, finest)


def share(fraction: float) -> str:
    """Write a fraction as a percentage, with a decimal only where whole ones would hide it."""
    percent = 100.0 * fraction
    if 0.0 < percent < 0.1:
        return "under 0.1%"
    if 99.9 < percent < 100.0:
        return "over 99.9%"
    near_an_end = 0.0 < percent < 10.0 or 90.0 < percent < 100.0
    return f"{percent:.1f}%" if near_an_end else f"{percent:.0f}%"


def decimals_of(error: float) -> int:
    """Return how many decimals show two significant digits of a standard error; 3 for none."""
    if not math.isfinite(error) or error <= 0:
        return 3
    return max(0, 1 - math.floor(math.log10(error)))


def with_decimals(value: float, decimals: int, *, signed: bool = False) -> str:
    """Write a number with so many decimals, or in powers of ten where they would be too many.

    ``signed`` also writes the sign of positive numbers. Uses a true minus sign, and none for 0.
    """
    sign = "+" if signed else ""
    if decimals > 8:
        return f"{value:{sign}.3g}".replace("-", "−")
    text = f"{value:{sign},.{decimals}f}"
    if float(text.replace(",", "")) == 0.0:
        text = text.lstrip("+-")
    return text.replace("-", "−")


def four_digits(value: float) -> str:
    """Write a variance with four significant digits, in full unless it is huge or tiny."""
    if value == 0.0:
        return "0"
    if not 1e-4 <= value < 1e7:
        return f"{value:.3e}".replace("-", "−")
    return f"{value:,.{max(0, 3 - math.floor(math.log10(value)))}f}"
