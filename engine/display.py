"""What a console or a notebook shows of a result: a table of one screen, or one short line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import islice

# Beside four numbers of eleven characters this fills a line of 80.
_LONGEST_NAME = 28


def digits(value: float) -> str:
    """Return a number with five significant digits.

    Parameters
    ----------
    value
        Any number.
    """
    return f"{value:.5g}"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun: 1 cluster, 24 clusters, 7,185 rows.

    Parameters
    ----------
    count
        How many there are.
    noun
        The singular, whose plural adds an s.
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def cut(text: str, longest: int = _LONGEST_NAME) -> str:
    """Return a text on one line, shortened to a maximum length.

    Parameters
    ----------
    text
        Any text, such as a column name. Control characters, which a console would obey, become
        blanks.
    longest
        Maximum length in characters, the ellipsis included.
    """
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def listed(texts: Iterable[str], count: int, most: int = 6) -> str:
    """Join the first texts with commas, and say how many more there are.

    Parameters
    ----------
    texts
        The texts; each is cut to the length of a name.
    count
        How many texts there are in all.
    most
        How many are shown.
    """
    shown = ", ".join(islice((cut(text) for text in texts), most))
    return f"{shown} and {count - most:,} more" if count > most else shown


def effects(names: Sequence[str], estimates: Iterable[float]) -> str:
    """Return the first terms with their estimates, on one line.

    Parameters
    ----------
    names
        The p term names.
    estimates
        One per term, shape (p,).
    """
    pairs = zip(names, estimates, strict=True)
    return listed((f"{cut(name, 16)} {digits(value)}" for name, value in pairs), len(names))


@dataclass(frozen=True)
class Table:
    """A table of numbers, as plain text or as HTML.

    Attributes
    ----------
    above
        Lines above the table.
    header
        Column headings. The first column holds labels, the others hold numbers.
    rows
        The cells, row by row, each row as long as ``header``.
    below
        Lines below the table.
    """

    above: Sequence[str]
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    below: Sequence[str]

    def text(self) -> str:
        """Return the table with its columns aligned."""
        lines = [self.header, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]

        def line(cells: Sequence[str]) -> str:
            label, *numbers = cells
            right = (cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True))
            return "  ".join([label.ljust(widths[0]), *right]).rstrip()

        return "\n".join([*self.above, "", *map(line, lines), *self.below])

    def html(self) -> str:
        """Return the table as HTML, with every text escaped, column names included."""

        def row(tag: str, cells: Sequence[str]) -> str:
            label, *numbers = map(escape, cells)
            inner = "".join(f"<{tag}>{cell}</{tag}>" for cell in numbers)
            return f"<tr><th>{label}</th>{inner}</tr>"

        caption = "<br>".join(map(escape, self.above))
        body = "".join(row("td", cells) for cells in self.rows)
        span = len(self.header)
        foot = "".join(f'<tr><td colspan="{span}">{escape(line)}</td></tr>' for line in self.below)
        return (
            f"<table><caption>{caption}</caption><thead>{row('th', self.header)}</thead>"
            f"<tbody>{body}</tbody><tfoot>{foot}</tfoot></table>"
        )
