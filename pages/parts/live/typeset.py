"""Formulas on the wire: MathML as nested lists, and LaTeX where the component cannot run."""

from __future__ import annotations

from typing import Any

from engine.words.typeset import (
    Accent,
    Formula,
    Fraction,
    Identifier,
    Logarithm,
    Number,
    Operator,
    Piece,
    Power,
    Root,
    Row,
    Subscript,
    spoken,
)

# The sign for a product that is not written; screen readers say "times".
_INVISIBLE_TIMES = "\u2062"
_MARKS = {"hat": "^", "bar": "¯"}
_GREEK = {"ρ": r"\rho ", "σ": r"\sigma ", "τ": r"\tau ", "λ": r"\lambda ", "β": r"\beta ",
          "ω": r"\omega ", "π": r"\pi "}  # fmt: skip
_SIGNS = {"−": "-", "·": r"\cdot ", "∑": r"\sum ", "(": r"\left(", ")": r"\right)"}


def encode_formula(formula: Formula) -> dict[str, Any]:
    """The formula for the browser: terms with the sign before each, as trees of MathML.

    Mathematics is not broken into lines by browsers, but a line may end before any of these.
    """
    terms = [each for sign, side in formula.sides for each in _summands(sign, side)]
    return {
        "spoken": formula.spoken,
        "sides": [{"sign": sign, "tree": tree(term)} for sign, term in terms],
    }


def _summands(sign: str, side: Piece) -> list[tuple[str, Piece]]:
    """The terms of a sum outside of all brackets, with the sign before each."""
    if not isinstance(side, Row) or side.term or side.role:
        return [(sign, side)]
    terms: list[list[Piece]] = [[]]
    signs, depth = [sign], 0
    for part in side.parts:
        text = part.text if isinstance(part, Operator) else ""
        depth += (text == "(") - (text == ")")
        if text in {"+", "−"} and not depth and terms[-1]:
            signs.append(text)
            terms.append([])
        else:
            terms[-1].append(part)
    return [(sign, Row(tuple(parts))) for sign, parts in zip(signs, terms, strict=True)]


def tree(piece: Piece) -> list[Any]:
    """A piece as MathML: name of the element, what it stands for, and its text or its children."""
    about: dict[str, str] = {}
    if piece.role:
        about["colour"] = piece.role
    if piece.term:
        about |= {"term": piece.term, "spoken": spoken(piece)}
    match piece:
        case Number(text=text):
            return ["mn", about, text]
        case Identifier(text=text):
            return ["mi", about, text]
        case Operator(text=text):
            return ["mo", about, text]
        case Row(parts=parts):
            return ["mrow", about, _spaced(parts)]
    return [*_layout(piece, about)]


def _layout(piece: Piece, about: dict[str, str]) -> tuple[str, dict[str, str], list[Any]]:
    """What has parts above, below or inside."""
    match piece:
        case Fraction(above=above, below=below):
            return "mfrac", about, [tree(above), tree(below)]
        case Subscript(base=base, index=index):
            below_it = isinstance(base, Operator)
            return "munder" if below_it else "msub", about, [tree(base), tree(index)]
        case Power(base=base, exponent=exponent):
            return "msup", about, [tree(base), tree(exponent)]
        case Accent(base=base, mark=mark):
            return "mover", about, [tree(base), ["mo", {"accent": "true"}, _MARKS[mark]]]
        case Root(inside=inside):
            return "msqrt", about, [tree(inside)]
        case Logarithm(inside=inside):
            signs = [["mo", {}, sign] for sign in "()"]
            return "mrow", about, [["mi", {}, "log"], signs[0], tree(inside), signs[1]]
    raise TypeError(f"{type(piece).__name__} is no piece of a formula")


def _is_sign(piece: Piece) -> bool:
    return isinstance(piece, Operator) or (
        isinstance(piece, Subscript) and isinstance(piece.base, Operator)
    )


def _spaced(parts: tuple[Piece, ...]) -> list[list[Any]]:
    """The parts of a row, with a sign for each product that is not written."""
    shown: list[list[Any]] = []
    for before, part in zip((None, *parts), parts, strict=False):
        if before is not None and not _is_sign(before) and not _is_sign(part):
            shown.append(["mo", {}, _INVISIBLE_TIMES])
        shown.append(tree(part))
    return shown


def latex(formula: Formula) -> str:
    """The formula in LaTeX, without what it stands for."""
    return " ".join(f"{_SIGNS.get(sign, sign)} {_latex(side)}" for sign, side in formula.sides)


def _latex(piece: Piece) -> str:
    match piece:
        case Number(text=text):
            return text.replace("−", "-").replace(",", "{,}")
        case Identifier(text=text):
            return _GREEK.get(text, text if len(text) == 1 else rf"\text{{{text}}}")
        case Operator(text=text):
            return _SIGNS.get(text, text)
        case Row(parts=parts):
            return "".join(map(_latex, parts))
        case Fraction(above=above, below=below):
            return rf"\frac{{{_latex(above)}}}{{{_latex(below)}}}"
        case Subscript(base=base, index=index):
            return f"{{{_latex(base)}}}_{{{_latex(index)}}}"
        case Power(base=base, exponent=exponent):
            return f"{{{_latex(base)}}}^{{{_latex(exponent)}}}"
    return _latex_over(piece)


def _latex_over(piece: Piece) -> str:
    match piece:
        case Accent(base=base, mark=mark):
            return rf"\{mark}{{{_latex(base)}}}"
        case Root(inside=inside):
            return rf"\sqrt{{{_latex(inside)}}}"
        case Logarithm(inside=inside):
            return rf"\log\left({_latex(inside)}\right)"
    raise TypeError(f"{type(piece).__name__} is no piece of a formula")
