"""A question's example: its numbers as curves over the control, and where the control stands."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.data.moments import FloatArray
from engine.figures.base import DASHES, Figure, Palette, axis_title, base_layout, plain, trace
from engine.questions.question import Control, Curve, Numbers, Question

# Dashes of curves whose colour has none of its own in other figures.
_DASHES = DASHES | {"no_pooling": "longdash", "between": "dashdot", "muted": "dot"}
# Room above and below the curves, and beside the first and the last choice.
_ROOM, _BESIDE = 0.08, 0.4


def question_figure(question: Question, value: float, palette: Palette, *, height: int) -> Figure:
    """Draw the curves of a question and a mark on each where the control stands.

    Parameters
    ----------
    question
        The question.
    value
        Where its control stands.
    palette
        Colours of the mode.
    height
        Height in pixels.

    Returns
    -------
    Figure
        A plotly figure as plain data. Its axes are the same at every value.
    """
    family, here = question.family(), question.at(value)
    data = []
    for each in question.curves:
        data += _curve(question, each, family[each.id], value, here, palette)
    layout = base_layout(palette, height=height)
    layout["xaxis"] |= _along(question.control)
    layout["yaxis"] |= {"title": axis_title(question.axis), "automargin": True}
    layout["yaxis"] |= _across(family, log=question.log)
    layout["legend"] |= {"itemclick": False, "itemdoubleclick": False}
    layout["margin"] |= {"t": 12}
    layout["shapes"] = [
        {
            "type": "line", "x0": value, "x1": value, "y0": 0.0, "y1": 1.0, "yref": "paper",
            "line": {"color": palette.muted, "width": 1, "dash": "dot"},
        }
    ]  # fmt: skip
    return {"data": data, "layout": layout}


def _curve(
    question: Question,
    curve: Curve,
    values: FloatArray,
    value: float,
    here: Numbers,
    palette: Palette,
) -> list[dict[str, Any]]:
    colour = getattr(palette, curve.role)
    dash = curve.dash or _DASHES[curve.role]
    line = {"color": colour, "width": 2.5, "dash": dash}
    written = question.written(here[curve.id])
    return [
        trace(
            curve.id, "lines", np.array(question.control.places), values,
            name=f"{plain(curve.name)} <b>{written}</b>", showlegend=True, line=line,
        ),
        trace(
            f"{curve.id} here", "markers", [value], [here[curve.id]],
            marker={"color": colour, "size": 12, "line": {"color": palette.paper, "width": 2}},
        ),
    ]  # fmt: skip


def _along(control: Control) -> dict[str, Any]:
    """The axis of the control."""
    low, high = control.places[0], control.places[-1]
    axis: dict[str, Any] = {"title": axis_title(control.label)}
    if control.names:
        ticks = {"tickvals": list(control.places), "ticktext": list(control.names)}
        return axis | ticks | {"range": [low - _BESIDE, high + _BESIDE]}
    if control.log:
        # Room for the mark at either end, and a tick for every power of ten.
        ends = np.log10([low, high])
        room = 0.03 * float(ends[1] - ends[0])
        return axis | {"type": "log", "dtick": 1, "range": [ends[0] - room, ends[1] + room]}
    room = 0.03 * (high - low)
    return axis | {"range": [low - room, high + room]}


def _across(family: dict[str, FloatArray], *, log: bool) -> dict[str, Any]:
    """The axis of the numbers."""
    values = np.concatenate(list(family.values()))
    if log:
        values = np.log10(values)
    low, high = float(values.min()), float(values.max())
    room = _ROOM * (high - low)
    axis: dict[str, Any] = {"range": [low - room, high + room]}
    return axis | ({"type": "log", "dtick": 1} if log else {})
