"""What a console or a notebook shows of a result: a table on one screen, or one short line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import islice

# With four numbers of eleven characters beside it, a line of 80.
_LONGEST_NAME = 28


def digits(value: float) -> str:
    """Return a number with five digits."""
    return f"{value:.5g}"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun: 1 cluster, 24 clusters, 7,185 rows."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def cut(text: str, longest: int = _LONGEST_NAME) -> str:
    """Return a text on one line, without what a console would obey, cut where it is too long."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def listed(texts: Iterable[str], count: int, most: int = 6) -> str:
    """Return the first of some texts, separated by commas, and how many more there are."""
    shown = ", ".join(islice((cut(text) for text in texts), most))
    return f"{shown} and {count - most:,} more" if count > most else shown


def effects(names: Sequence[str], estimates: Iterable[float]) -> str:
    """Return the first terms with their estimates."""
    pairs = zip(names, estimates, strict=True)
    return listed((f"{cut(name, 16)} {digits(value)}" for name, value in pairs), len(names))


@dataclass(frozen=True)
class Table:
    """A table of numbers, as plain text or as HTML.

    Attributes
    ----------
    above, below
        Lines above and below the table.
    header
        What stands above the columns; the first holds labels, the others numbers.
    rows
        The cells, row by row.
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
        """Return the table as HTML; every text is escaped, names of columns among them."""

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
