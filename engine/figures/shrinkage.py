"""Where each cluster's level lands: its own, the shrunken one, and the pooled lines."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.data.moments import FloatArray
from engine.figures.base import DASHES, NAMES, Figure, Palette, axis_title, base_layout
from engine.models.mixed.results import ClusterTable

# Pixels that a row of the figure needs for its cluster's name.
_NAMED_ROW = 10.0


def shrinkage_figure(
    clusters: ClusterTable,
    palette: Palette,
    *,
    mixed: float,
    ols: float,
    truth: float | None = None,
    axis_range: tuple[float, float] | None = None,
    title: str = "level of each cluster",
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
        Limits of the level axis, in outcome units; by default all levels fit.
    title
        Title of the level axis.
    height
        Height in pixels. If there is no room for names, clusters go without.

    Returns
    -------
    Figure
        A plotly figure as plain data.
    """
    order = np.lexsort((np.arange(len(clusters.rows)), clusters.rows))
    position = np.arange(len(order), dtype=float)
    own, shrunken = mixed + clusters.own_effects[order], mixed + clusters.effects[order]
    labels = [f"{clusters.levels[j]} ({clusters.rows[j]:,})" for j in order]
    room = height / (len(order) + 5.0)
    size = _symbol_sizes(clusters.rows[order].astype(float), 0.9 * room)
    hover = [
        # If the texts stay the same, the browser only moves the symbols and redraws nothing else.
        f"cluster {clusters.levels[j]}: {clusters.rows[j]:,} rows"
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
        layout["xaxis"]["range"] = list(axis_range)
    named = room >= _NAMED_ROW
    layout["yaxis"] |= {
        "range": [-0.8, len(order) - 0.2],
        "showgrid": False,
        "ticks": "",
        "title": axis_title("cluster (rows)" if named else "clusters, largest on top"),
        "tickmode": "array",
        "tickvals": position.tolist() if named else [],
        "ticktext": labels if named else [],
        "tickfont": {"size": min(13.0, room)},
        "automargin": True,
    }
    return {"data": data, "layout": layout}


def _symbol_sizes(rows: FloatArray, room: float) -> FloatArray:
    """Return sizes with area proportional to rows, within the pixels of one row of the figure."""
    largest = float(np.clip(room, 5.0, 15.0))
    return np.asarray(np.maximum(largest * np.sqrt(rows / rows.max()), 4.0))


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
