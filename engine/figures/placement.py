"""Where clusters are, as a histogram, and below it where the mixed model puts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.account.placement import BARS, EDGES, MIDDLE, as_shares
from engine.data.moments import FloatArray
from engine.figures.base import Figure, Palette, axis_title, base_layout, trace
from engine.words.numbers import percent, with_decimals, without_zeros

# Both panels have one scale, so that bars can be compared: percent up to the top of the lower.
_PANELS = {"yaxis": (0.0, 0.57), "yaxis2": (0.61, 1.0)}
_TOP = 100.0
_UPPER_TOP = _TOP * (1.0 - 0.61) / 0.57
# Above the bars, from the top: the name of the panel, and a cluster that is pulled.
_NAME, _PULL, _TICK = 6.0, 77.0, 4.5
# What a number takes on a phone. A lower bar has its number above it.
_TEXT, _BELOW = 11.0, 1.0
# Grid lines, clear of the names.
_TICKS, _UPPER_TICKS = (0, 20, 40, 60), (0, 20, 40)
# The highest that a bar can be dragged.
HIGHEST = 80.0


def bar_positions(unit: float) -> FloatArray:
    """Return the middles of the bars, shape (`BARS`,), in outcome units.

    Parameters
    ----------
    unit
        Width of a bar: the true standard deviation, in outcome units.
    """
    return np.asarray(unit * (np.arange(BARS) - MIDDLE))


@dataclass(frozen=True)
class Pull:
    """One cluster and where it is put, in outcome units.

    Attributes
    ----------
    own, landing
        Its own mean, and where the model puts it.
    intercept
        What it is pulled towards.
    """

    own: float
    landing: float
    intercept: float


def placement_figure(
    levels: FloatArray,
    palette: Palette,
    *,
    unit: float,
    outcome: str,
    names: tuple[str, str],
    height: int,
    placed: FloatArray | None = None,
    drawn: FloatArray | None = None,
    answer: FloatArray | None = None,
    gap: bool = False,
    pull: Pull | None = None,
) -> Figure:
    """Draw the true levels above, and below them where the model puts the clusters.

    Parameters
    ----------
    levels
        Shares of the true levels in each bar, shape (`BARS`,).
    palette
        Colours of the mode.
    unit
        Width of a bar, in outcome units.
    outcome
        Title of the horizontal axis.
    names
        Names of the upper and of the lower panel.
    height
        Height in pixels.
    placed
        Shares of where the model puts them; without it the figure says nothing of it.
    drawn
        Bars that somebody is drawing, in percent, shape (`BARS`,).
    answer
        Shares that somebody expects, drawn as an outline.
    gap
        Whether to draw the distance from the answer to the outcome in the middle bar.
    pull
        A cluster to show on its way.

    Returns
    -------
    Figure
        A plotly figure as plain data. The lower panel stands on ``yaxis``, in percent up to
        `HIGHEST` and more.
    """
    data = [
        *_bars("levels", levels, unit, palette.data, palette, yaxis="y2"),
        # Plotly leaves out an axis that has no trace.
        trace(
            "floor", "lines", unit * np.array([-BARS, BARS]) / 2.0, [0.0, 0.0],
            line={"color": palette.muted, "width": 1},
        ),
    ]  # fmt: skip
    if drawn is not None:
        data += _bars("drawn", drawn / 100.0, unit, palette.ink, palette)
    if placed is not None:
        data += _bars("placed", placed, unit, palette.mixed, palette)
    if answer is not None and placed is not None:
        data += _answer(answer, placed, unit, palette, gap=gap)
    if pull is not None:
        data += _pulled(pull, palette)
    data += _names(names, unit, palette)
    return {"data": data, "layout": _layout(palette, unit, outcome, height)}


def _bars(
    role: str, shares: FloatArray, unit: float, colour: str, palette: Palette, yaxis: str = "y"
) -> list[dict[str, Any]]:
    middles, tall = bar_positions(unit), 100.0 * shares
    left, right = middles - 0.46 * unit, middles + 0.46 * unit
    gaps, floor = np.full(BARS, np.nan), np.zeros(BARS)
    inside = tall > _TEXT
    return [
        trace(
            role, "lines", np.column_stack([left, left, right, right, gaps]).ravel(),
            np.column_stack([floor, tall, tall, floor, gaps]).ravel(), yaxis=yaxis,
            fill="toself", line={"color": colour, "width": 2, "simplify": False},
        ),
        trace(
            f"{role} numbers", "text", middles, tall - _BELOW * inside, yaxis=yaxis,
            text=["" if height < 0.5 else percent(height / 100.0) for height in tall],
            textposition=[f"{'bottom' if within else 'top'} center" for within in inside],
            textfont={"size": 14, "color": palette.ink}, cliponaxis=False,
        ) | {"meta": {"role": f"{role} numbers", "terms": [role] * BARS}},
    ]  # fmt: skip


def _answer(
    answer: FloatArray, placed: FloatArray, unit: float, palette: Palette, *, gap: bool
) -> list[dict[str, Any]]:
    """Draw what was expected as an outline; its middle bar has its number."""
    tall = 100.0 * as_shares(answer)
    edges = unit * np.concatenate([[-BARS / 2.0], EDGES, [BARS / 2.0]])
    own = float(tall[MIDDLE])
    there = 100.0 * float(placed[MIDDLE])
    # At its own height, or above both bars where the outcome's number would be in the way.
    below = own < there - 2.0 * _TEXT
    number = percent(own / 100.0)
    data = [
        trace(
            "answer", "lines", np.repeat(edges, 2),
            np.concatenate([[0.0], np.repeat(tall, 2), [0.0]]),
            line={"color": palette.ink, "width": 2, "dash": "dot", "simplify": False},
        ),
        trace(
            "answer's number", "text", [0.0], [own if below else min(max(own, there), HIGHEST)],
            text=[number if below else f"you {number}"], textposition="top center",
            textfont={"size": 15, "color": palette.ink}, cliponaxis=False,
        ),
    ]  # fmt: skip
    if gap:
        aside = 0.36 * unit
        data.append(
            trace(
                "gap", "lines", [aside, aside], [own, there],
                line={"color": palette.ink, "width": 4},
            )
        )  # fmt: skip
    return data


def _pulled(pull: Pull, palette: Palette) -> list[dict[str, Any]]:
    return [
        trace(
            "mixed", "lines+text", [pull.intercept] * 3, [_PULL - _TICK, _PULL, _PULL + _TICK],
            line={"color": palette.mixed, "width": 3},
            text=["", "intercept\u2002", ""], textposition="middle left",
            textfont={"size": 14, "color": palette.mixed}, cliponaxis=False,
        ),
        trace(
            "shrinkage", "lines", [pull.own, pull.landing], [_PULL, _PULL],
            line={"color": palette.muted, "width": 2},
        ),
        trace(
            "own", "markers+text", [pull.own], [_PULL],
            marker={
                "symbol": "circle-open", "size": 13,
                "line": {"color": palette.no_pooling, "width": 2.5}, "color": palette.no_pooling,
            },
            text=[f"\u2002own mean {without_zeros(pull.own)}"], textposition="middle right",
            textfont={"size": 14, "color": palette.no_pooling}, cliponaxis=False,
        ),
        trace(
            "landed", "markers+text", [pull.landing], [_PULL],
            marker={"color": palette.mixed, "size": 13},
            text=[f"lands at {with_decimals(pull.landing, 1)}"], textposition="bottom right",
            textfont={"size": 14, "color": palette.mixed}, cliponaxis=False,
        ),
    ]  # fmt: skip


def _names(names: Sequence[str], unit: float, palette: Palette) -> list[dict[str, Any]]:
    """Name both panels, in their upper left corners."""
    tops = {"y2": _UPPER_TOP, "y": _TOP}
    return [
        trace(
            f"name of {yaxis}", "text", [-0.5 * BARS * unit], [top - _NAME], yaxis=yaxis,
            text=[name], textposition="middle right",
            textfont={"size": 15, "color": palette.ink}, cliponaxis=False,
        )
        for (yaxis, top), name in zip(tops.items(), names, strict=True)
    ]  # fmt: skip


def _layout(palette: Palette, unit: float, outcome: str, height: int) -> dict[str, Any]:
    layout = base_layout(palette, height=height)
    layout["showlegend"] = False
    layout["xaxis"] |= {
        "range": [-0.5 * BARS * unit, 0.5 * BARS * unit],
        "title": axis_title(outcome),
        "anchor": "y",
        "fixedrange": True,
        "tickmode": "array",
        "tickvals": (unit * EDGES).tolist(),
        "ticktext": [without_zeros(edge) for edge in (unit * EDGES).tolist()],
        "showgrid": False,
    }
    panels = (("yaxis2", _UPPER_TOP, _UPPER_TICKS), ("yaxis", _TOP, _TICKS))
    for name, top, ticks in panels:
        layout[name] = layout["yaxis"] | {
            "range": [0.0, top],
            "domain": list(_PANELS[name]),
            "anchor": "x",
            "fixedrange": True,
            "tickmode": "array",
            "tickvals": list(ticks),
            "ticktext": [f"{tick}%" for tick in ticks],
        }
    return layout
