"""A printout: its text, and which number stands where in it.

Layouts return pieces: plain text, or a cell that knows which number it is. `laid_out` joins them
and notes where the cells land, so nobody has to search the text for a number afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a number, and which number it is.

    Attributes
    ----------
    text
        The number as printed, with the blanks that pad its column.
    id
        Which number it is; see `Span`.
    """

    text: str
    id: str

    def __str__(self) -> str:
        return self.text


Piece: TypeAlias = str | Cell


def cells(texts: Iterable[str], ids: Iterable[str]) -> list[Piece]:
    """Return one cell for each text.

    Parameters
    ----------
    texts
        Numbers as printed.
    ids
        Which numbers they are, one per text; an empty id leaves plain text.
    """
    return [Cell(text, name) if name else text for text, name in zip(texts, ids, strict=True)]


@dataclass(frozen=True, slots=True)
class Span:
    """A number and its place in a printout.

    Attributes
    ----------
    id
        Which number it is, such as ``"lm.se.(Intercept)"`` or ``"lmer.residual_sd"``. The part
        before the first dot names the printout.
    line
        Its line, counted from 0.
    start, end
        Its first column, counted from 0, and the column after its last.
    text
        The number as printed: ``"<2e-16"`` keeps its sign.
    """

    id: str
    line: int
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Printout:
    """What R prints for a fit.

    Attributes
    ----------
    text
        The whole text, line ends included.
    spans
        Every number of the fit in it, in reading order. ``NA``, ``NaN`` and ``Inf`` have none.
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
    """Join the pieces of a printout and note where its numbers stand.

    Parameters
    ----------
    pieces
        Text and cells, in reading order.

    Returns
    -------
    Printout
        The text, with one span for each cell that holds a number.
    """
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
