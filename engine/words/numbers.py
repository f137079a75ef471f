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
    return f"−{text[1:]}" if text.startswith("-") else text


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
