"""A table of texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Column:
    """The head of a column.

    Attributes
    ----------
    title : str
    colour : str, optional
        One of the theme's.
    stacked : bool
        One word a line, so that the head is as high whatever stands in the column.
    """

    title: str
    colour: Literal["orange", "blue"] | None = None
    stacked: bool = False


@dataclass(frozen=True)
class Table:
    """Cells as text, shown as they are.

    Attributes
    ----------
    columns : sequence of Column
    rows : mapping of name to sequence of str
        A cell for each column.
    alt : str
        The table's accessible name.
    """

    columns: Sequence[Column]
    rows: Mapping[str, Sequence[str]]
    alt: str


def encode_table(table: Table) -> dict[str, Any]:
    """The table for the browser."""
    return {
        "columns": [
            {"title": column.title, "colour": column.colour, "stacked": column.stacked}
            for column in table.columns
        ],
        "rows": [[name, *cells] for name, cells in table.rows.items()],
        "alt": table.alt,
    }
