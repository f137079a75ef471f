"""What the shape of the clusters' population moves, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.account.shape_study import ShapeStudy
from engine.figures.base import Figure, Palette, axis_title, base_layout, trace
from engine.words.numbers import percent, with_decimals

_PANELS = {"xaxis2": (0.0, 0.34), "xaxis": (0.4, 1.0)}
_PROMISED = 95.0
# Ends of the axis of coverage, in percent, with room for numbers at the right.
_COVERAGES, _NUMBERS = (36.0, 128.0), 108.0
_TICKS = (40, 70, 95)


def shapes_figure(
    found: Mapping[str, ShapeStudy],
    palette: Palette,
    *,
    reach: float,
    unit: str,
    studies: str,
    height: int,
) -> Figure:
    """Draw the scatter of the intercept and, beside it, how often intervals hold the truth.

    Parameters
    ----------
    found
        What was found for each shape, by its name, from the top.
    palette
        Colours of the mode.
    reach
        Ends of the intercept's axis to either side of the truth, in outcome units.
    unit
        Name of the outcome's unit.
    studies
        Title of the axis of coverage: of what the shares are.
    height
        Height in pixels.

    Returns
    -------
    Figure
        A plotly figure as plain data. Coverage stands on ``xaxis``, the intercept on ``xaxis2``.
    """
    count = len(found)
    rows = np.arange(count, dtype=float)[::-1]
    bias, sd, of_variance, of_intercept = (
        np.array([getattr(one, name) for one in found.values()])
        for name in ("bias", "sd", "variance_coverage", "coverage")
    )
    low, high = np.array([one.middle for one in found.values()]).T
    gaps = np.full(count, np.nan)
    ring = {"color": palette.mixed, "size": 13, "line": {"color": palette.mixed, "width": 2.5}}
    header = {"textposition": "middle right", "textfont": {"size": 15, "color": palette.ink}}
    data = [
        trace(
            "scatter", "lines",
            np.column_stack([low, high, gaps]).ravel(),
            np.column_stack([rows, rows, gaps]).ravel(), xaxis="x2",
            line={"color": palette.mixed, "width": 4},
        ),
        trace(
            "intercept", "markers", bias, rows, xaxis="x2",
            marker={"color": palette.mixed, "size": 12},
        ),
        trace(
            "sds", "text", high, rows, xaxis="x2",
            text=[f"\u2002{with_decimals(one, 1)}" for one in sd], textposition="middle right",
            textfont={"size": 14, "color": palette.ink}, cliponaxis=False,
        ),
        trace(
            "shortfall", "lines",
            np.column_stack([100.0 * of_variance, np.full(count, _PROMISED), gaps]).ravel(),
            np.column_stack([rows, rows, gaps]).ravel(),
            line={"color": palette.between, "width": 3},
        ),
        trace(
            "of the intercept", "markers", 100.0 * of_intercept, rows,
            marker=ring | {"symbol": "circle-open"},
        ),
        trace(
            "of the variance", "markers", 100.0 * of_variance, rows,
            marker={"color": palette.between, "size": 13, "symbol": "diamond"},
        ),
        trace(
            "coverages", "text", np.full(count, _NUMBERS), rows,
            text=[f"<b>{percent(one)}</b>" for one in of_variance],
            textposition="middle right", textfont={"size": 15, "color": palette.between},
            cliponaxis=False,
        ),
        trace(
            "name of the intercept", "text", [-reach], [count + 0.2], xaxis="x2",
            text=["<b>Intercept</b> (SD)"], cliponaxis=False, **header,
        ),
        trace(
            "names of the intervals", "text", [_COVERAGES[0]] * 2, [count + 0.2, count - 0.4],
            text=[
                "<b>95% interval holds truth</b>",
                f"{_coloured('◆', palette.between)} of τ²\u2003"
                f"{_coloured('○', palette.mixed)} of intercept",
            ],
            cliponaxis=False, **header,
        ),
    ]  # fmt: skip
    return {"data": data, "layout": _layout(list(found), palette, reach, unit, studies, height)}


def _coloured(sign: str, colour: str) -> str:
    return f'<span style="color:{colour}">{sign}</span>'


def _layout(
    names: list[str], palette: Palette, reach: float, unit: str, studies: str, height: int
) -> dict[str, Any]:
    layout = base_layout(palette, height=height)
    layout["showlegend"] = False
    count = len(names)
    layout["xaxis2"] = layout["xaxis"] | {
        "domain": list(_PANELS["xaxis2"]),
        "range": [-reach, reach],
        "title": axis_title(unit),
        "tickmode": "array",
        "tickvals": [-reach / 2.0, 0.0, reach / 2.0],
        "fixedrange": True,
        "showgrid": False,
    }
    layout["xaxis"] |= {
        "domain": list(_PANELS["xaxis"]),
        "range": list(_COVERAGES),
        "title": axis_title(studies),
        "tickmode": "array",
        "tickvals": list(_TICKS),
        "ticktext": [f"{tick}%" for tick in _TICKS],
        "fixedrange": True,
        "showgrid": False,
    }
    layout["yaxis"] |= {
        "range": [-0.7, count + 0.6],
        "showgrid": False,
        "ticks": "",
        "tickmode": "array",
        "tickvals": list(range(count - 1, -1, -1)),
        "ticktext": names,
        "automargin": True,
        "anchor": "x2",
        "fixedrange": True,
    }
    layout["shapes"] = [
        {
            "type": "line", "x0": at, "x1": at, "y0": -0.7, "y1": count - 0.7, "xref": axis,
            "yref": "y", "line": {"color": palette.muted, "width": 1.5}, "layer": "below",
        }
        for at, axis in ((_PROMISED, "x"), (0.0, "x2"))
    ]  # fmt: skip
    return layout
