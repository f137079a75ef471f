"""A plotly figure that is updated where it stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from . import reports
from .assets import loader, plotly_url, stylesheet
from .encode import encode
from .grab import Grab, Grabbed, encode_grab, grabbed
from .mode import plain, report_missing
from .plain import plain_figure

# Without a shadow root: plotly puts its own style rules into the document's head.
_component = st.components.v2.component(
    "live_figure",
    css=stylesheet("figure.css"),
    js=loader("figure.js"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Frames:
    """A whole family of curves over one control, played without asking the server.

    Attributes
    ----------
    slider : str
        Key of the `live_slider` that the figure follows; give that slider
        ``report="release"``.
    values : array of shape (frames,)
        Ascending values of the control; between two of them the figure interpolates.
    traces : mapping of trace index to mapping of attribute to array (frames, points)
        For example ``{3: {"y": lines}}``. Scatter traces only.
    """

    slider: str
    values: ArrayLike
    traces: Mapping[int, Mapping[str, ArrayLike]]


def live_figure(
    figure: Mapping[str, Any],
    *,
    key: str,
    alt: str,
    height: int = 420,
    text_alternative: str | None = None,
    frames: Frames | None = None,
    grab: Grab | None = None,
    on_grab: Callable[[], None] | None = None,
) -> Grabbed:
    """Draw a plotly figure; the next run changes it where it stands.

    Zoom and hover survive, changes that no hand is causing are animated briefly (not if
    the person asked for reduced motion), fonts and grid follow the theme.

    Parameters
    ----------
    figure
        ``{"data": [...], "layout": {...}}``: plain mappings with lists or numpy arrays.
        Few traces redraw fast: many lines belong into one trace, ``None`` or NaN between
        them. A colour ``"light-dark(#111, #eee)"`` follows the theme.
    key
        Key of what was grabbed in `st.session_state`.
    alt
        The figure's accessible name: what it shows, in a few words.
    height
        In pixels.
    text_alternative
        The figure's content in words, read by screen readers.
    frames
        Curves to play while a slider moves.
    grab
        Handles to drag.
    on_grab
        Called before the script whenever a handle was moved or chosen.

    Returns
    -------
    Grabbed
        The same as ``grabbed(key)``.
    """
    if plain():
        return plain_figure(figure, key, alt, height, text_alternative, grab, on_grab)

    component_key = f"{key}:figure"

    def take_report() -> None:
        reported = reports.receive(key, component_key)
        if reported is not None:
            moved = {str(name): float(y) for name, y in reported["moved"].items()}
            st.session_state[key] = Grabbed(moved, reported["selected"])
            if on_grab is not None:
                on_grab()

    content = {
        "data": encode(figure["data"]),
        "layout": encode(figure.get("layout", {})),
        "frames": _encode_frames(frames),
        "height": height,
    }
    _component(
        key=component_key,
        data={
            **content,
            # Spares the redraw when a run changed other things only.
            "version": crc32(json.dumps(content).encode()),
            "key": key,
            "plotly": plotly_url(),
            "alt": alt,
            "text": text_alternative,
            "grab": None if grab is None else encode_grab(grab, key),
            "number": reports.numbers().get(key, 0),
        },
        on_report_change=take_report,
        on_missing_change=lambda: report_missing(component_key),
    )
    return grabbed(key)


def _encode_frames(frames: Frames | None) -> dict[str, Any] | None:
    if frames is None:
        return None
    values = np.asarray(frames.values, dtype=np.float64)
    traces: dict[str, dict[str, Any]] = {}
    for index, attributes in frames.traces.items():
        arrays = {name: np.asarray(rows, np.float32) for name, rows in attributes.items()}
        for name, rows in arrays.items():
            if rows.ndim != 2 or len(rows) != len(values):
                raise ValueError(
                    f"frames of trace {index}, {name}: needs shape ({len(values)}, points), "
                    f"got {rows.shape}"
                )
        traces[str(index)] = encode(arrays)
    return {"slider": frames.slider, "values": encode(values), "traces": traces}
