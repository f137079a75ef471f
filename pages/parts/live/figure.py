"""A plotly figure that is updated where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .encode import to_json
from .grab import Grab, encode_grab


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


@dataclass(frozen=True)
class LiveFigure:
    """A plotly figure as part of a panel.

    Zoom and hover survive, changes that no hand is causing are animated briefly (not if
    the person asked for reduced motion), fonts and grid follow the theme.

    Attributes
    ----------
    figure : mapping
        ``{"data": [...], "layout": {...}}``: plain mappings with lists or numpy arrays.
        Few traces redraw fast: many lines belong into one trace, ``None`` or NaN between
        them. A colour ``"light-dark(#111, #eee)"`` follows the theme.
    key : str
        Key of what was grabbed in `st.session_state`.
    alt : str
        The figure's accessible name: what it shows, in a few words.
    height : int
        In pixels.
    words : str, optional
        The figure's content in words, read by screen readers.
    frames : Frames, optional
        Curves to play while a slider moves.
    grab : Grab, optional
        Handles to drag; what was moved is ``grabbed(key)``.
    """

    figure: Mapping[str, Any]
    key: str
    alt: str
    height: int = 420
    words: str | None = None
    frames: Frames | None = None
    grab: Grab | None = None


def encode_drawing(part: LiveFigure) -> str:
    """What plotly draws, as a line of JSON: the browser reads it if it differs from the last."""
    return to_json({**part.figure, "frames": _frames(part.frames)})


def encode_figure(part: LiveFigure) -> dict[str, Any]:
    """What stands around the drawing, for the browser."""
    return {
        "key": part.key,
        "height": part.height,
        "alt": part.alt,
        "words": part.words,
        "grab": None if part.grab is None else encode_grab(part.grab, part.key),
    }


def _frames(frames: Frames | None) -> dict[str, Any] | None:
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
        traces[str(index)] = arrays
    return {"slider": frames.slider, "values": values, "traces": traces}
