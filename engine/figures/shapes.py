"""What the shape of the clusters' population moves, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.account.shape_study import ShapeStudy
from engine.figures.base import Figure, Palette, axis_title, base_layout, trace
from engine.figures.placement import percent
from engine.words.numbers import with_decimals

_PANELS = {"yaxis": (0.0, 0.53), "yaxis2": (0.68, 1.0)}
# What a normal estimate's middle 95 % reach to either side, in standard deviations.
_REACH = 1.96
_PROMISED = 95.0
# Ends of the axis of coverage, in percent, with room for numbers at the right.
_COVERAGES = (38.0, 112.0)


def shapes_figure(
    studies: Mapping[str, ShapeStudy],
    palette: Palette,
    *,
    reach: float,
    unit: str,
    intervals: tuple[str, str],
    height: int,
) -> Figure:
    """Draw the scatter of the intercept above, and below it how often intervals hold the truth.

    Parameters
    ----------
    studies
        One for each shape, by its name, from the top.
    palette
        Colours of the mode.
    reach
        Ends of the upper axis to either side of the truth, in outcome units.
    unit
        Name of the outcome's unit.
    intervals
        What the interval of τ² and that of the intercept with few clusters are called.
    height
        Height in pixels.

    Returns
    -------
    Figure
        A plotly figure as plain data. Coverage stands on ``xaxis`` and ``yaxis``, the intercept
        on ``xaxis2`` and ``yaxis2``.
    """
    found = list(studies.values())
    rows = np.arange(len(found), dtype=float)[::-1]
    bias, sd = (np.array([getattr(one, name) for one in found]) for name in ("bias", "sd"))
    of_variance, of_few = (
        100.0 * np.array([getattr(one, name) for one in found])
        for name in ("variance_coverage", "few_coverage")
    )
    gaps = np.full(len(found), np.nan)
    upper = {"xaxis": "x2", "yaxis": "y2"}
    font = {"size": 14, "color": palette.ink}
    data = [
        trace(
            "scatter", "lines",
            np.column_stack([bias - _REACH * sd, bias + _REACH * sd, gaps]).ravel(),
            np.column_stack([rows, rows, gaps]).ravel(),
            line={"color": palette.mixed, "width": 4}, **upper,
        ),
        trace(
            "intercept", "markers", bias, rows, marker={"color": palette.mixed, "size": 12},
            **upper,
        ),
        trace(
            "scatter's numbers", "text", bias + _REACH * sd, rows,
            text=[f"\u2002SD {with_decimals(one, 1)}" for one in sd],
            textposition="middle right", textfont=font, cliponaxis=False, **upper,
        ),
        trace(
            "name of the upper panel", "text", [-reach], [len(found) - 0.1],
            text=["<b>The intercept</b>, middle 95% of studies"], textposition="middle right",
            textfont={"size": 15, "color": palette.ink}, cliponaxis=False, **upper,
        ),
        trace(
            "shortfall", "lines",
            np.column_stack([of_variance, np.full(len(found), _PROMISED), gaps]).ravel(),
            np.column_stack([rows, rows, gaps]).ravel(),
            line={"color": palette.between, "width": 3},
        ),
        trace(
            "variance", "markers", of_variance, rows,
            marker={"color": palette.between, "size": 13, "symbol": "diamond"},
        ),
        trace(
            "few", "markers", of_few, rows,
            marker={
                "color": palette.mixed, "size": 13, "symbol": "circle-open",
                "line": {"color": palette.mixed, "width": 2.5},
            },
        ),
        trace(
            "coverages", "text", np.full(len(found), 101.0), rows,
            text=[
                f"<b>{percent(one / 100.0)}</b>, {percent(few / 100.0)}"
                for one, few in zip(of_variance, of_few, strict=True)
            ],
            textposition="middle right", textfont=font, cliponaxis=False,
        ),
        trace(
            "names of the intervals", "text", [_COVERAGES[0]] * 2,
            [len(found) + 0.75, len(found) - 0.1],
            text=[
                "<b>How often a 95% interval holds the truth</b>",
                f"{_coloured('◆', palette.between)} {intervals[0]}\u2003"
                f"{_coloured('◯', palette.mixed)} {intervals[1]}",
            ],
            textposition="middle right", textfont={"size": 15, "color": palette.ink},
            cliponaxis=False,
        ),
    ]  # fmt: skip
    return {"data": data, "layout": _layout(list(studies), palette, reach, unit, height)}


def _coloured(sign: str, colour: str) -> str:
    return f'<span style="color:{colour}">{sign}</span>'


def _layout(
    names: list[str], palette: Palette, reach: float, unit: str, height: int
) -> dict[str, Any]:
    layout = base_layout(palette, height=height)
    layout["showlegend"] = False
    count = len(names)
    axis = layout["xaxis"] | {"fixedrange": True}
    layout["xaxis2"] = axis | {
        "range": [-reach, reach],
        "anchor": "y2",
        "title": axis_title(f"{unit} from the truth"),
        "nticks": 6,
    }
    layout["xaxis"] = axis | {
        "range": list(_COVERAGES),
        "anchor": "y",
        "title": axis_title("share of the studies"),
        "tickmode": "array",
        "tickvals": [40, 60, 80, 95],
        "ticktext": ["40%", "60%", "80%", "95%"],
        "showgrid": False,
    }
    of_rows = layout["yaxis"] | {
        "showgrid": False,
        "ticks": "",
        "tickmode": "array",
        "tickvals": list(range(count - 1, -1, -1)),
        "ticktext": names,
        "automargin": True,
        "fixedrange": True,
    }
    layout["yaxis2"] = of_rows | {
        "range": [-0.6, count + 0.4],
        "domain": list(_PANELS["yaxis2"]),
        "anchor": "x2",
    }
    layout["yaxis"] = of_rows | {
        "range": [-0.6, count + 1.2],
        "domain": list(_PANELS["yaxis"]),
        "anchor": "x",
    }
    line = {"color": palette.muted, "width": 1.5}
    layout["shapes"] = [
        {
            "type": "line", "x0": at, "x1": at, "y0": -0.6, "y1": count - 0.5, "xref": x, "yref": y,
            "line": line, "layer": "below",
        }
        for at, x, y in ((_PROMISED, "x", "y"), (0.0, "x2", "y2"))
    ]  # fmt: skip
    return layout
