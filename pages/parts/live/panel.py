"""Words, tables and figures that change together: one component, one message, one pass.

Streamlit sends every element of a page by itself and its front end builds each anew. What answers
a moving hand cannot afford that, so it travels as one panel.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import streamlit as st

from engine.words.glossary import uses
from engine.words.typeset import Formula

from . import reports
from .assets import loader, plotly_url, stylesheet
from .fallback import plain_figure, plain_table, plain_words
from .figure import LiveFigure, encode_drawing, encode_figure
from .grab import read_grabbed
from .mode import plain, report_missing
from .table import Table, encode_table
from .typeset import encode_formula, latex


@dataclass(frozen=True)
class Words:
    """A paragraph of text, shown as it is.

    Attributes
    ----------
    text : str
    quiet : bool
        Shown as a caption is.
    room : int
        So many characters find room without moving what stands below.
    """

    text: str
    quiet: bool = False
    room: int = 0


@dataclass(frozen=True)
class Beside:
    """Two columns of parts, one below the other on a narrow screen.

    Attributes
    ----------
    left, right : sequence of Part
    widths : (int, int)
        Shares of the width.
    """

    left: Sequence[Part]
    right: Sequence[Part]
    widths: tuple[int, int] = (1, 1)


Part: TypeAlias = Words | Table | LiveFigure | Formula | Beside

# Without a shadow root: plotly puts its own style rules into the document's head.
_component = st.components.v2.component(
    "live_panel",
    css="".join(stylesheet(f"{name}.css") for name in ("panel", "figure", "formula", "stage")),
    js=loader("panel.js"),
    isolate_styles=False,
)


def live_panel(
    parts: Sequence[Part],
    *,
    key: str,
    sliders: Mapping[str, tuple[float, float]] | None = None,
    on_move: Callable[[Collection[str]], None] | None = None,
) -> None:
    """Show parts one below the other; the next run changes them where they stand.

    Parameters
    ----------
    parts
        What to show. Parts are told apart by their place, figures also by their keys.
    key
        Tells panels of a page apart.
    sliders
        Key of each `live_slider` that this panel answers, with its ends. They then report to the
        panel's fragment, and only that runs again; the sliders stand as the hand left them.
    on_move
        Called before the script whenever some of these, or handles of a figure, were moved in the
        browser; gets their keys.
    """
    if plain():
        _plain(parts, on_move)
        return
    figures = {figure.key for figure in _figures(parts)}
    ends = sliders or {}
    component_key = f"{key}:panel"

    def take_reports() -> None:
        # All are kept before anything else is done: a callback that asks for a rerun ends here.
        moved = [report.key for report in reports.receive(component_key) if keep(report)]
        if moved and on_move is not None:
            on_move(moved)

    def keep(report: reports.Report) -> bool:
        if report.key in figures:
            st.session_state[report.key] = read_grabbed(report.value)
        elif report.key in ends:
            low, high = ends[report.key]
            st.session_state[report.key] = min(max(float(report.value), low), high)
        return report.key in figures or report.key in ends

    drawings: list[str] = []
    panel = {
        "parts": [_encode(part, drawings) for part in parts],
        "sliders": list(ends),
        "session": reports.session(),
        "answers": reports.numbers(),
        "plotly": plotly_url(),
    }
    _component(
        key=component_key,
        # A line of JSON for the panel, and one for each drawing. As bytes, because a mapping would
        # be searched for data frames and written as JSON twice.
        data="\n".join([json.dumps(panel), *drawings]).encode(),
        on_reports_change=take_reports,
        on_missing_change=lambda: report_missing(component_key),
    )


def _figures(parts: Sequence[Part]) -> Iterator[LiveFigure]:
    for part in parts:
        if isinstance(part, LiveFigure):
            yield part
        elif isinstance(part, Beside):
            yield from _figures([*part.left, *part.right])


def _encode(part: Part, drawings: list[str]) -> dict[str, Any]:
    """The part for the browser; a figure's drawing is added to the drawings."""
    match part:
        case Words(text, quiet, room):
            pieces = _pieces(text)
            return {"kind": "words", "text": text, "pieces": pieces, "quiet": quiet, "room": room}
        case Table():
            return {"kind": "table", **encode_table(part)}
        case LiveFigure():
            drawings.append(encode_drawing(part))
            return {"kind": "figure", "line": len(drawings), **encode_figure(part)}
        case Formula():
            return {"kind": "formula", **encode_formula(part)}
        case Beside(left, right, widths):
            columns = [[_encode(inner, drawings) for inner in column] for column in (left, right)]
            return {"kind": "beside", "columns": columns, "widths": widths}


def _pieces(text: str) -> list[dict[str, str]]:
    """The text in one piece after the other; those that are terms name what explains them."""
    done, pieces = 0, []
    for use in uses(text):
        pieces.append({"text": text[done : use.start]})
        pieces.append({"text": text[use.start : use.end], "term": use.term.id})
        done = use.end
    return [*pieces, {"text": text[done:]}]


def _plain(parts: Sequence[Part], on_move: Callable[[Collection[str]], None] | None) -> None:
    """The same with Streamlit's own elements."""
    for part in parts:
        match part:
            case Words(text, quiet, _):
                plain_words(text, quiet)
            case Table():
                plain_table(part)
            case LiveFigure():
                plain_figure(part, on_move)
            case Formula():
                st.latex(latex(part))
            case Beside(left, right, widths):
                for column, inner in zip(
                    st.columns(widths, gap="medium"), (left, right), strict=True
                ):
                    with column:
                        _plain(inner, on_move)
