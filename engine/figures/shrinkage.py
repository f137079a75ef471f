"""Where each cluster's mean lands: its own, the shrunken one, and those of both models."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.data.moments import FloatArray
from engine.display import plural
from engine.figures.axes import covering
from engine.figures.base import (
    DASHES,
    NAMES,
    Figure,
    Palette,
    axis_title,
    base_layout,
    by_area,
    growing,
    named_rows,
    plain,
    short,
)
from engine.models.mixed.results import ClusterTable

# Pixels of the height that legend and axis take.
_AROUND = 80.0


def shrinkage_figure(
    clusters: ClusterTable,
    palette: Palette,
    *,
    mixed: float,
    ols: float,
    truth: float | None = None,
    axis_range: tuple[float, float] | None = None,
    title: str = "mean of each cluster",
    height: int = 340,
) -> Figure:
    """Draw one row per cluster, the largest on top: open circle to filled circle.

    Parameters
    ----------
    clusters
        The cluster table of a mixed fit with J clusters.
    palette
        Colours of the mode.
    mixed, ols, truth
        Expected outcome by both models, and in truth, where the clusters are compared (at the
        predictors' zero these are the intercepts), in outcome units. Drawn as vertical lines;
        without a truth its line is left out.
    axis_range
        Limits of the axis that suffice as a rule, in outcome units; they grow where something
        drawn lies beyond. By default the axis is as wide as the data.
    title
        Title of the axis.
    height
        Height in pixels. If there is no room for every name, only some clusters are named.

    Returns
    -------
    Figure
        A plotly figure as plain data.
    """
    order = np.lexsort((np.arange(len(clusters.rows)), clusters.rows))
    position = np.arange(len(order), dtype=float)
    own, shrunken = mixed + clusters.own_effects[order], mixed + clusters.effects[order]
    labels = [f"{short(clusters.levels[j])} ({clusters.rows[j]:,})" for j in order]
    room = (height - _AROUND) / (len(order) + 0.6)
    largest = float(np.clip(0.9 * room, 5.0, 15.0))
    size = by_area(clusters.rows[order], 0.7 * largest, 4.0, largest)
    hover = [
        # If the texts stay the same, the browser only moves the symbols and redraws nothing else.
        f"cluster {plain(clusters.levels[j])}, {plural(int(clusters.rows[j]), 'row')}"
        for j in order
    ]
    marker = {"color": palette.no_pooling, "size": size}
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "meta": {"role": "arrows"},
            "x": _gapped(own, shrunken),
            "y": _gapped(position, position),
            "line": {"color": palette.muted, "width": 1.5},
            "hoverinfo": "skip",
            "showlegend": False,
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": NAMES["no_pooling"],
            "meta": {"role": "no_pooling"},
            "x": own,
            "y": position,
            "marker": {**marker, "symbol": "circle-open", "line": {"width": 1.8}},
            "text": hover,
            "hovertemplate": "%{text}<br>by itself %{x:.3g}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": NAMES["shrunken"],
            "meta": {"role": "shrunken"},
            "x": shrunken,
            "y": position,
            # By default plotly outlines symbols of several sizes in the colour of the page.
            "marker": {
                "color": palette.mixed,
                "size": size,
                "symbol": "circle",
                "line": {"width": 0},
            },
            "text": hover,
            "hovertemplate": "%{text}<br>in the mixed model %{x:.3g}<extra></extra>",
        },
        _vertical("ols", ols, len(order), palette.ols, NAMES["ols"]),
        _vertical("mixed", mixed, len(order), palette.mixed, NAMES["mixed"]),
    ]
    if truth is not None:
        data.append(_vertical("truth", truth, len(order), palette.truth, NAMES["truth"]))
    layout = base_layout(palette, height=height)
    layout["xaxis"] |= {"title": axis_title(title)}
    if axis_range is not None:
        ends = [ols, mixed] if truth is None else [ols, mixed, truth]
        growing(layout, "xaxis", covering(axis_range, own, shrunken, ends))
    named = named_rows(len(order), room)
    layout["yaxis"] |= {
        "range": [-0.8, len(order) - 0.2],
        "showgrid": False,
        "ticks": "",
        "title": axis_title("cluster (rows)"),
        "tickmode": "array",
        "tickvals": named,
        "ticktext": [labels[k] for k in named],
        "automargin": True,
    }
    return {"data": data, "layout": layout}


def _gapped(start: FloatArray, end: FloatArray) -> FloatArray:
    """Return segments start→end as one trace, with a gap (NaN) after each pair."""
    return np.column_stack([start, end, np.full(len(start), np.nan)]).ravel()


def _vertical(kind: str, at: float, rows: int, color: str, name: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "meta": {"role": kind},
        "x": [at, at],
        "y": [-0.8, rows - 0.2],
        "line": {"color": color, "width": 2, "dash": DASHES[kind]},
        "showlegend": False,
        "hovertemplate": f"{name} %{{x:.4g}}<extra></extra>",
    }
