"""Formulas that hold for the numbers they show.

A reader with a calculator starts from the digits on the screen. A formula therefore gives enough of
them for its result to come out, or says that it is rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.words.numbers import as_printed, significant

# Whoever needs more digits than this to reach the result is told that it is rounded.
_MOST_DIGITS = 10


def last_place(text: str) -> float:
    """Return the value of a step in the last digit that a text shows.

    Parameters
    ----------
    text
        The number as the formatter writes it, or in per cent.
    """
    digits, _, power = text.replace("−", "-").rstrip("%").partition("e")
    decimals = len(digits.partition(".")[2])
    return 10.0 ** (int(power or 0) - decimals - 2 * text.endswith("%"))


def relation(value: float, *result: str) -> str:
    """Return "=" if a value rounds to a result as it is written, "≈" if not.

    Parameters
    ----------
    value
        What comes out of the numbers shown on one side.
    result
        The number on the other side as written, or those that are added up there.
    """
    gap = abs(value - sum(map(as_printed, result)))
    # The sum itself has a rounding error.
    within = 0.5 * max(map(last_place, result)) + 1e-12 * max(abs(value), 1e-300)
    return "=" if gap <= within else "≈"


def enough_digits(
    values: Sequence[float], combine: Callable[..., float], result: str
) -> tuple[str, ...]:
    """Write numbers with few digits that still bring out the result, three at least.

    Parameters
    ----------
    values
        Numbers that no printout shows.
    combine
        Computes the result from them.
    result
        The result as printed.

    Returns
    -------
    tuple of str
        One text per value. If no number of digits brings out the result, they have four.
    """

    def written(digits: Sequence[int]) -> tuple[str, ...]:
        return tuple(map(significant, values, digits))

    def brings_out(digits: Sequence[int]) -> bool:
        return relation(combine(*map(as_printed, written(digits))), result) == "="

    same = ([digits] * len(values) for digits in range(3, _MOST_DIGITS + 1))
    found = next(filter(brings_out, same), None)
    if found is None:
        return written([4] * len(values))
    for k in range(len(values)):
        for fewer in range(found[k] - 1, 2, -1):
            fewest = [*found[:k], fewer, *found[k + 1 :]]
            if not brings_out(fewest):
                break
            found = fewest
    return written(found)
