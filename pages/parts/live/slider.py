"""A slider that reports while it moves."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal

import streamlit as st

from . import reports
from .assets import loader, stylesheet
from .mode import plain, report_missing

Scale = Literal["linear", "square", "log", "stops"]

_component = st.components.v2.component(
    "live_slider", css=stylesheet("slider.css"), js=loader("slider.js")
)


def live_slider(
    label: str,
    min_value: float,
    max_value: float,
    value: float,
    step: float | None = None,
    *,
    key: str,
    scale: Scale = "linear",
    stops: Sequence[float] | None = None,
    unit: str | None = None,
    format: str | None = None,
    help: str | None = None,
    report: Literal["drag", "release"] = "drag",
    disabled: bool = False,
    note: str | None = None,
    on_change: Callable[[], None] | None = None,
) -> float:
    """A slider whose value arrives in Python while the hand still moves.

    Call it inside an `st.fragment`, together with what depends on it: a fragment's run is
    never cut short by the next report, so every answer reaches the screen. Faster still is a
    `live_panel` in a fragment of its own that names this slider among its `sliders`.

    Parameters
    ----------
    label, min_value, max_value, value, step, format, help, disabled
        As for `st.slider`, with float values. ``value`` is the default: what a reset
        means. ``format`` is ``"%d"`` or ``"%.2f"`` with any number of decimals.
    key
        Key of the value in `st.session_state`. Assign
        ``st.session_state[key]`` before the call, or in a callback, to move the slider.
    scale
        How the track maps to values. ``"linear"``; ``"square"``: finer towards
        ``min_value``, linear in the root (a variance whose standard deviation matters);
        ``"log"``: needs ``min_value`` > 0; ``"stops"``: by the values at evenly spaced
        positions.
    stops
        For ``"stops"``: ascending values from ``min_value`` to ``max_value``, which may be
        infinite. Between two of them the track is linear, before infinity in the inverse.
    unit
        Shown behind the number.
    report
        ``"drag"``: while dragging, one report under way at a time, the newest value next.
        ``"release"``: once the hand lets go, for figures that play `Frames` meanwhile.
    note
        A few words that stand below the track, such as why the slider is disabled. They take no
        room of their own.
    on_change
        Called before the script whenever the value was changed in the browser.

    Returns
    -------
    float
        The present value; ``math.inf`` at the end of a scale that goes there.
    """
    _check(min_value, max_value, value, scale, stops, format)
    if plain():
        return _plain_slider(
            label, min_value, max_value, value, step, key, scale, unit, format, help,
            disabled, note, on_change,
        )  # fmt: skip

    st.session_state.setdefault(key, value)
    present = min(max(float(st.session_state[key]), min_value), max_value)
    st.session_state[key] = present

    component_key = f"{key}:slider"

    def take_report() -> None:
        for report in reports.receive(component_key):
            st.session_state[key] = float(report.value)
            if on_change is not None:
                on_change()

    _component(
        key=component_key,
        data={
            "key": key,
            "label": label,
            "min": _number(min_value),
            "max": _number(max_value),
            "value": _number(present),
            "default": _number(value),
            "step": step,
            "scale": scale,
            "stops": None if stops is None else [_number(stop) for stop in stops],
            "unit": unit,
            "format": format,
            "help": help,
            "report": report,
            "disabled": disabled,
            "note": note,
            "session": reports.session(),
            "number": reports.numbers().get(key, 0),
        },
        on_reports_change=take_report,
        on_missing_change=lambda: report_missing(component_key),
    )
    return present


def _check(
    low: float,
    high: float,
    value: float,
    scale: Scale,
    stops: Sequence[float] | None,
    format: str | None,
) -> None:
    if not low <= value <= high or not low < high:
        raise ValueError(f"needs min_value <= value <= max_value, got {low}, {value}, {high}")
    if scale == "log" and low <= 0:
        raise ValueError(f'scale="log" needs min_value > 0, got {low}')
    if (scale == "stops") != (stops is not None):
        raise ValueError('scale="stops" needs stops, and no other scale has any')
    if stops is not None:
        ascending = all(a < b for a, b in pairwise(stops))
        if len(stops) < 3 or not ascending or (stops[0], stops[-1]) != (low, high):
            raise ValueError("stops ascend from min_value to max_value")
    elif not math.isfinite(high):
        raise ValueError(f'max_value {high} needs scale="stops"')
    if format is not None and not re.fullmatch(r"%(d|\.\d+f)", format):
        raise ValueError(f'format is "%d" or "%.2f" with any number of decimals, got {format!r}')


def _number(value: float) -> float | str:
    """JSON has no infinity; both sides read the word."""
    return "Infinity" if value == math.inf else value


def _plain_slider(
    label: str,
    low: float,
    high: float,
    value: float,
    step: float | None,
    key: str,
    scale: Scale,
    unit: str | None,
    format: str | None,
    help: str | None,
    disabled: bool,
    note: str | None,
    on_change: Callable[[], None] | None,
) -> float:
    """Streamlit's slider, or on a curved scale its number input, where every value can be reached.

    Infinity stands at a million there.
    """
    text = f"{label} ({unit})" if unit else label
    high = min(high, 1e6)
    # To these widgets "%d" is the mark of integers.
    written = "%.0f" if format == "%d" else format
    step = None if step is None else float(step)
    if key in st.session_state:
        st.session_state[key] = min(max(float(st.session_state[key]), low), high)
    widget = st.slider if scale == "linear" else st.number_input
    present = widget(
        text, float(low), float(high), float(value), step, format=written, key=key,
        help=help, disabled=disabled, on_change=on_change,
        persist_state="session",
    )  # fmt: skip
    if note:
        st.caption(note)
    return float(present)
