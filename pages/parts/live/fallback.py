"""The parts of a panel with Streamlit's means only: redrawn on change, handles as form fields."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts.markdown import escaped

from .encode import to_json
from .figure import LiveFigure
from .grab import Grab, Grabbed, grabbed
from .table import Table

_LIGHT_DARK = re.compile(r"light-dark\(\s*(.+?)\s*,\s*([^,()]+(?:\([^()]*\))?)\s*\)")

# The buttons of a chart by name and in full, as for the live figures, since plotly's own list
# grows: one of them uploads the figure to plotly's company.
_CONFIG = {
    "displaylogo": False,
    "modeBarButtons": [
        ["zoom2d", "pan2d"],
        ["zoomIn2d", "zoomOut2d", "resetScale2d"],
        ["toImage"],
    ],
    "showSendToCloud": False,
    "plotlyServerURL": "",
}


def plain_words(text: str, quiet: bool) -> None:
    """A paragraph, or a caption."""
    (st.caption if quiet else st.markdown)(escaped(text))


def plain_table(table: Table) -> None:
    """The table by `st.table`, which reads Markdown: names of rows may be data."""
    titles = [
        f":{column.colour}[**{column.title}**]" if column.colour else column.title
        for column in table.columns
    ]
    frame = pd.DataFrame(
        [list(cells) for cells in table.rows.values()],
        index=[escaped(name) for name in table.rows],
        columns=titles,
    )
    st.table(frame, border="horizontal", alt=table.alt)


def plain_figure(part: LiveFigure, on_move: Callable[[Collection[str]], None] | None) -> None:
    """`st.plotly_chart`, and below it a choice of handle with a field for its value."""
    dark = st.context.theme.type == "dark"
    drawing = _for_theme(json.loads(to_json(part.figure)), dark)
    st.plotly_chart(
        drawing, key=f"{part.key}:chart", height=part.height, alt=part.alt, config=_CONFIG
    )
    if part.words:
        with st.expander("The figure in words"):
            st.markdown(escaped(part.words))
    if part.grab is not None:
        _handle_fields(part.grab, part.key, on_move)


def _handle_fields(grab: Grab, key: str, on_move: Callable[[Collection[str]], None] | None) -> None:
    state = grabbed(key)
    by_id = {handle.id: handle for handle in grab.handles}
    choice_key, value_key = f"{key}:handle", f"{key}:handle-value"

    def store(moved: Mapping[str, float], selected: str | None) -> None:
        st.session_state[key] = Grabbed(moved, selected)
        if on_move is not None:
            on_move([key])

    def choose() -> None:
        st.session_state.pop(value_key, None)
        store(state.moved, st.session_state[choice_key])

    def move() -> None:
        if state.selected is not None:
            store({**state.moved, state.selected: st.session_state[value_key]}, state.selected)

    def put_back() -> None:
        st.session_state.pop(value_key, None)
        rest = {name: y for name, y in state.moved.items() if name != state.selected}
        store(rest, state.selected)

    left, middle, right = st.columns(3, vertical_alignment="bottom")
    left.selectbox(
        "Move",
        list(by_id),
        index=None,
        format_func=lambda name: by_id[name].label,
        key=choice_key,
        on_change=choose,
    )
    chosen = by_id.get(state.selected) if state.selected is not None else None
    if chosen is not None and grab.along != "nowhere":
        low, high = map(float, grab.limits)
        here = float(chosen.x if grab.along == "x" else chosen.y)
        # On a logarithmic axis the step is a factor; here each value is typed.
        step = None if grab.log else float(grab.step)
        middle.number_input(
            "to", low, high, min(max(here, low), high), step, key=value_key, on_change=move
        )
        right.button("Put it back", key=f"{key}:put-back", on_click=put_back)


def _for_theme(value: Any, dark: bool) -> Any:
    if isinstance(value, str):
        return _LIGHT_DARK.sub(lambda match: match[2 if dark else 1], value)
    if isinstance(value, dict):
        return {name: _for_theme(item, dark) for name, item in value.items()}
    if isinstance(value, list):
        return [_for_theme(item, dark) for item in value]
    return value
