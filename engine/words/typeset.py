"""Formulas as values: what is written, what each term stands for, and how it is read out.

A piece is a small tree. Nothing here knows how it gets on the screen: a page turns it into MathML
or LaTeX. Numbers in it are printed numbers, so that a formula can be recomputed as a reader would.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["ols", "mixed", "within", "between", "data", "truth"]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a formula.

    Attributes
    ----------
    term
        What it stands for in the figure: the role of a trace, or an id that a trace has for one of
        its points, such as ``cluster:A``. Empty if it stands for nothing there.
    role
        Whose colour it has; None for that of the text.
    spoken
        How it is read out. By default that is put together from its parts.
    """

    term: str = ""
    role: Role | None = None
    spoken: str = ""


@dataclass(frozen=True)
class Number(Piece):
    """A number as printed, with its separators and a true minus sign."""

    text: str


@dataclass(frozen=True)
class Identifier(Piece):
    """A symbol, such as ρ, or a word that stands for a quantity."""

    text: str


@dataclass(frozen=True)
class Operator(Piece):
    """One of ``+ − · ∑ ( )``."""

    text: str


@dataclass(frozen=True)
class Row(Piece):
    """Pieces one after the other; what stands side by side is multiplied."""

    parts: tuple[Piece, ...]


@dataclass(frozen=True)
class Fraction(Piece):
    """One piece over another."""

    above: Piece
    below: Piece


@dataclass(frozen=True)
class Subscript(Piece):
    """A piece with another one at its foot; below it where the base is a sum."""

    base: Piece
    index: Piece


@dataclass(frozen=True)
class Power(Piece):
    """A piece raised to a power."""

    base: Piece
    exponent: Piece


@dataclass(frozen=True)
class Accent(Piece):
    """A symbol with a hat (an estimate) or a bar (a mean) above it."""

    base: Piece
    mark: Literal["hat", "bar"]


@dataclass(frozen=True)
class Root(Piece):
    """The square root of a piece."""

    inside: Piece


@dataclass(frozen=True)
class Logarithm(Piece):
    """The natural logarithm of a piece."""

    inside: Piece


@dataclass(frozen=True)
class Formula:
    """A quantity, its formula in symbols, the same with present numbers, and what comes out.

    Attributes
    ----------
    name
        The quantity.
    symbols
        Its formula in symbols.
    numbers
        The same with numbers, as printed.
    result
        What comes out, as printed.
    exact
        Whether the numbers as printed give the result as printed. If not, the last sign is ≈.
    """

    name: Piece
    symbols: Piece
    numbers: Piece
    result: Number
    exact: bool = True

    @property
    def sides(self) -> tuple[tuple[str, Piece], ...]:
        """The sides in order, each with the sign before it; the first has none."""
        last = "=" if self.exact else "≈"
        return ("", self.name), ("=", self.symbols), ("=", self.numbers), (last, self.result)

    @property
    def spoken(self) -> str:
        """The whole formula, read out."""
        signs = {"": "", "=": " equals ", "≈": " is about "}
        return "".join(signs[sign] + spoken(side) for sign, side in self.sides)

    @property
    def terms(self) -> tuple[str, ...]:
        """The ids of everything in it that stands for something in the figure, each once."""
        found = (piece.term for _, side in self.sides for piece in pieces(side))
        return tuple(dict.fromkeys(term for term in found if term))


def agreeing(build: Callable[[int], Formula], most: int = 6) -> Formula:
    """Return a formula whose numbers, as printed, give its result, as printed.

    Parameters
    ----------
    build
        Builds the formula, its numbers with so many digits more than usual.
    most
        Largest number of further digits tried.

    Returns
    -------
    Formula
        With as few digits as do. If none do, because the result has more digits than the numbers
        can have, it is not ``exact``.
    """
    for digits in range(most + 1):
        formula = build(digits)
        if combines(formula):
            return formula
    return replace(formula, exact=False)


def combines(formula: Formula) -> bool:
    """Return whether the numbers, as printed, give the result, as printed."""
    text = _plain(formula.result.text)
    decimals = len(text.partition(".")[2]) if "e" not in text else 0
    try:
        return f"{evaluate(formula.numbers) + 0.0:.{decimals}f}" == f"{float(text):.{decimals}f}"
    except ZeroDivisionError:
        return False


def pieces(piece: Piece) -> Iterator[Piece]:
    """Yield a piece and everything in it, outermost first.

    Parameters
    ----------
    piece
        The piece.
    """
    yield piece
    for child in children(piece):
        yield from pieces(child)


def children(piece: Piece) -> tuple[Piece, ...]:
    """Return the pieces directly inside one, in the order of writing.

    Parameters
    ----------
    piece
        The piece.
    """
    match piece:
        case Row(parts=parts):
            return parts
        case Fraction(above=first, below=second):
            return first, second
        case Subscript(base=first, index=second) | Power(base=first, exponent=second):
            return first, second
        case Accent(base=inside) | Root(inside=inside) | Logarithm(inside=inside):
            return (inside,)
    return ()


_SPOKEN = {
    "+": "plus", "−": "minus", "·": "times", "∑": "the sum",
    "ρ": "rho", "σ": "sigma", "τ": "tau", "λ": "lambda", "β": "beta", "ω": "omega",
}  # fmt: skip


def spoken(piece: Piece) -> str:
    """Return how a piece is read out.

    Parameters
    ----------
    piece
        The piece.
    """
    if piece.spoken:
        return piece.spoken
    match piece:
        case Number(text=text) | Identifier(text=text) | Operator(text=text):
            return _SPOKEN.get(text, text.replace("−", "minus "))
        case Row(parts=parts):
            return " ".join(spoken(part) for part in parts)
        case Fraction(above=above, below=below):
            return f"{_grouped(above)} over {_grouped(below)}"
        case Subscript(base=base, index=index):
            return f"{spoken(base)} {spoken(index)}"
        case Power(base=base, exponent=exponent):
            two = isinstance(exponent, Number) and exponent.text == "2"
            return f"{spoken(base)} {'squared' if two else f'to the {spoken(exponent)}'}"
        case Accent(base=base, mark=mark):
            return f"{spoken(base)} {mark}"
        case Root(inside=inside) | Logarithm(inside=inside):
            what = "the square root" if isinstance(piece, Root) else "log"
            return f"{what} of {_grouped(inside)}"
    raise TypeError(f"{type(piece).__name__} is no piece of a formula")


def _grouped(piece: Piece) -> str:
    words = spoken(piece)
    return f"({words})" if isinstance(piece, Row) and len(piece.parts) > 1 else words


def evaluate(piece: Piece) -> float:
    """Compute what the printed numbers of a piece give.

    Parameters
    ----------
    piece
        A piece without symbols.

    Raises
    ------
    ValueError
        It holds a symbol, or its operators do not fit together.
    ZeroDivisionError
        A denominator is 0 as printed.
    """
    match piece:
        case Number(text=text):
            return float(_plain(text))
        case Row(parts=parts):
            value, rest = _sum(list(parts))
            if rest:
                raise ValueError("There is a bracket too many.")
            return value
        case Fraction(above=above, below=below):
            return evaluate(above) / evaluate(below)
        case Power(base=base, exponent=exponent):
            return float(evaluate(base) ** evaluate(exponent))
        case Root(inside=inside):
            return math.sqrt(evaluate(inside))
        case Logarithm(inside=inside):
            return math.log(evaluate(inside))
    raise ValueError(f"{spoken(piece)!r} has no value.")


def _plain(text: str) -> str:
    return text.replace(",", "").replace("−", "-")


def _sum(parts: list[Piece]) -> tuple[float, list[Piece]]:
    """Read terms up to the end or to a closing bracket; return their sum and what is left."""
    total, sign = 0.0, 1.0
    for _ in range(len(parts)):
        product, parts = _product(parts)
        total += sign * product
        if not parts or _is(parts[0], ")"):
            return total, parts
        sign = -1.0 if _is(parts[0], "−") else 1.0
        parts = parts[1:]
    raise ValueError("A term is missing.")


def _product(parts: list[Piece]) -> tuple[float, list[Piece]]:
    value, found = 1.0, False
    for _ in range(len(parts)):
        if not parts or any(_is(parts[0], stop) for stop in ")+−"):
            break
        if _is(parts[0], "·"):
            parts = parts[1:]
        elif _is(parts[0], "("):
            inner, parts = _sum(parts[1:])
            if not parts:
                raise ValueError("A bracket is not closed.")
            value, parts, found = value * inner, parts[1:], True
        else:
            value, parts, found = value * evaluate(parts[0]), parts[1:], True
    if not found:
        raise ValueError("A factor is missing.")
    return value, parts


def _is(piece: Piece, text: str) -> bool:
    return isinstance(piece, Operator) and piece.text == text
