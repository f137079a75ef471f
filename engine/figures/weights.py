"""Each cluster's weight at a point of the dial, from counting rows to counting clusters."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.account.path import DialPath
from engine.data.moments import FloatArray, IntArray
from engine.figures.base import (
    Figure,
    Palette,
    axis_title,
    base_layout,
    named_rows,
    short,
    trace,
)
from engine.figures.dial import Family

MOST_CLUSTERS = 40
# Pixels of the height that legend and axis take.
_AROUND = 100.0
_BAR = 0


def weights_figure(path: DialPath, ratio: float, palette: Palette, *, height: int = 470) -> Figure:
    """Draw each cluster's share of the weight at ``ratio``, the largest cluster on top.

    If there are more than `MOST_CLUSTERS` clusters, that many are shown, evenly spaced in the
    order of size. The traces that follow the dial are those of `weights_family`.

    Parameters
    ----------
    path
        Both fits as points on one path.
    ratio
        Variance ratio ρ at which the dial stands, from 0 to infinity.
    palette
        Colours of the mode.
    height
        Height in pixels.

    Returns
    -------
    Figure
        A plotly figure as plain data.
    """
    moments = path.comparison.moments
    shown = _shown_clusters(moments.counts)
    counts = moments.counts[shown]
    place = np.arange(len(shown), dtype=np.float64)
    rows = counts / moments.rows
    equal = 1.0 / len(moments.levels)
    room = (height - _AROUND) / (len(shown) + 0.6)
    named = named_rows(len(shown), room)
    labels = [f"{short(moments.levels[shown[k]])} ({counts[k]:,})" for k in named]
    data: list[dict[str, Any]] = [
        {
            **trace("weights", "lines", _bars(path.shares(counts, ratio)), _rungs(place)),
            "name": "at this ρ",
            "showlegend": True,
            "line": {"color": palette.data, "width": float(np.clip(0.62 * room, 2.0, 14.0))},
        },
        {
            **trace("rows count", "markers", rows, place),
            "name": "rows count (OLS)",
            "showlegend": True,
            "marker": {
                "symbol": "line-ns",
                "size": min(0.9 * room, 14.0),
                "line": {"color": palette.ols, "width": 2.5},
            },
        },
        {
            **trace("clusters count", "lines", [equal, equal], [-0.8, len(shown) - 0.2]),
            "name": "clusters count (ρ → ∞)",
            "showlegend": True,
            "line": {"color": palette.no_pooling, "width": 2},
        },
    ]
    layout = base_layout(palette, height=height)
    layout["xaxis"] |= {
        "title": axis_title("weight among clusters"),
        "range": [0.0, 1.06 * max(float(rows.max()), equal)],
        "tickformat": ".1~%",
        "nticks": 5,
    }
    layout["yaxis"] |= {
        "title": axis_title(_which(len(shown), len(moments.levels))),
        "range": [-0.8, len(shown) - 0.2],
        "showgrid": False,
        "ticks": "",
        "tickmode": "array",
        "tickvals": named,
        "ticktext": labels,
        "automargin": True,
    }
    return {"data": data, "layout": layout}


def weights_family(path: DialPath, ratios: FloatArray) -> Family:
    """Return what moves in `weights_figure`.

    Parameters
    ----------
    path
        Both fits as points on one path.
    ratios
        The variance ratios ρ that the dial steps through, shape (points,).

    Returns
    -------
    Family
        Coordinates of the bars, shape (points, 3 clusters): start, end and gap of each bar.
    """
    counts = path.comparison.moments.counts
    return {_BAR: {"x": _bars(path.shares(counts[_shown_clusters(counts)], ratios))}}


def _shown_clusters(counts: IntArray) -> IntArray:
    """Return the positions of the clusters to show, smallest cluster first."""
    order = np.lexsort((-np.arange(len(counts)), counts))
    steps = np.linspace(0, len(counts) - 1, min(len(counts), MOST_CLUSTERS))
    return np.asarray(order[np.round(steps).astype(int)])


def _which(shown: int, clusters: int) -> str:
    return "cluster (rows)" if shown == clusters else f"{shown} of {clusters:,} clusters (rows)"


def _bars(shares: FloatArray) -> FloatArray:
    """Return bars from zero as one line (start, end, gap); shape (..., J) -> (..., 3 J)."""
    gap = np.full(shares.shape, np.nan)
    return np.stack([np.zeros(shares.shape), shares, gap], axis=-1).reshape(*shares.shape[:-1], -1)


def _rungs(place: FloatArray) -> FloatArray:
    return np.column_stack([place, place, np.full(len(place), np.nan)]).ravel()
