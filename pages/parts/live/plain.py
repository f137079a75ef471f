"""The figure with Streamlit's means only: redrawn on change, handles as form fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from .encode import encode
from .grab import Grab, Grabbed, grabbed

_LIGHT_DARK = re.compile(r"light-dark\(\s*(.+?)\s*,\s*([^,()]+(?:\([^()]*\))?)\s*\)")


def plain_figure(
    figure: Mapping[str, Any],
    key: str,
    alt: str,
    height: int,
    text_alternative: str | None,
    grab: Grab | None,
    on_grab: Callable[[], None] | None,
) -> Grabbed:
    """`st.plotly_chart`, and below it a choice of handle with a field for its value."""
    dark = st.context.theme.type == "dark"
    # WebGL traces compile code at run time, which the page's security policy forbids.
    traces = [
        {**trace, "type": "scatter"} if trace.get("type") == "scattergl" else trace
        for trace in figure["data"]
    ]
    drawing = encode({**figure, "data": traces})
    st.plotly_chart(_for_theme(drawing, dark), key=f"{key}:chart", height=height, alt=alt)
    if text_alternative:
        with st.expander("The figure in words"):
            st.write(text_alternative)
    if grab is not None:
        _handle_fields(grab, key, on_grab)
    return grabbed(key)


def _handle_fields(grab: Grab, key: str, on_grab: Callable[[], None] | None) -> None:
    state = grabbed(key)
    by_id = {handle.id: handle for handle in grab.handles}
    choice_key, value_key = f"{key}:handle", f"{key}:handle-value"

    def store(moved: Mapping[str, float], selected: str | None) -> None:
        st.session_state[key] = Grabbed(moved, selected)
        if on_grab is not None:
            on_grab()

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
    if chosen is not None:
        low, high = map(float, grab.limits)
        middle.number_input(
            "to", low, high, min(max(float(chosen.y), low), high), float(grab.step),
            key=value_key, on_change=move,
        )  # fmt: skip
        right.button("Put it back", key=f"{key}:put-back", on_click=put_back)


def _for_theme(value: Any, dark: bool) -> Any:
    if isinstance(value, str):
        return _LIGHT_DARK.sub(lambda match: match[2 if dark else 1], value)
    if isinstance(value, dict):
        return {name: _for_theme(item, dark) for name, item in value.items()}
    if isinstance(value, list):
        return [_for_theme(item, dark) for item in value]
    return value
