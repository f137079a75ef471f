"""A printout: its text, and which number stands where in it.

Layouts yield pieces, plain text or a cell that knows which number it is; `laid_out` joins them and
notes where the cells land. Nobody has to look for a number in the text afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a number, blanks of its column included, and which number it is."""

    text: str
    id: str

    def __str__(self) -> str:
        return self.text


Piece: TypeAlias = str | Cell


def cells(texts: Iterable[str], ids: Iterable[str]) -> list[Piece]:
    """Return one cell for each text; an empty id leaves plain text."""
    return [Cell(text, name) if name else text for text, name in zip(texts, ids, strict=True)]


@dataclass(frozen=True, slots=True)
class Span:
    """A number where it stands in a printout.

    Attributes
    ----------
    id
        What it is, such as ``"lm.se.(Intercept)"`` or ``"lmer.residual_sd"``; the part before
        the first dot names the printout.
    line, start, end
        Line from 0, first column and the column after the last.
    text
        As it is printed: ``"<2e-16"`` keeps its sign.
    """

    id: str
    line: int
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Printout:
    """What R prints of a fit.

    Attributes
    ----------
    text
        All of it, ends of lines included.
    spans
        Every number of the fit in it, in reading order. What is not a number (``NA``, ``NaN``,
        ``Inf``) has none.
    """

    text: str
    spans: tuple[Span, ...]

    def __str__(self) -> str:
        return self.text

    def without_blank_ends(self) -> Printout:
        """Return the printout without the empty lines above and below it."""
        above = len(self.text) - len(self.text.lstrip("\n"))
        return Printout(
            self.text.strip("\n"),
            tuple(replace(span, line=span.line - above) for span in self.spans),
        )


def laid_out(pieces: Iterable[Piece]) -> Printout:
    """Join the pieces of a printout and note where its numbers stand."""
    pieces, spans = list(pieces), []
    line = column = 0
    for piece in pieces:
        text = str(piece)
        number = text.strip(" ")
        if isinstance(piece, Cell) and number[-1:].isdigit():
            start = column + text.index(number)
            spans.append(Span(piece.id, line, start, start + len(number), number))
        _, newline, last = text.rpartition("\n")
        line += text.count("\n")
        column = len(last) if newline else column + len(last)
    return Printout("".join(map(str, pieces)), tuple(spans))
