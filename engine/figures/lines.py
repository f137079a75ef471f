"""The main figure: rows, a line per cluster, the pooled OLS line and the mixed line."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.data.moments import FloatArray
from engine.display import plural
from engine.errors import FitError
from engine.figures.axes import covering
from engine.figures.base import (
    DASHES,
    NAMES,
    Figure,
    Palette,
    axis_title,
    base_layout,
    growing,
    plain,
    short,
    trace,
)
from engine.figures.course import FittedLines
from engine.figures.labels import apart

# The models come first; what they are compared with comes last.
_LEGEND_ORDER = ("ols", "mixed", "truth")
ClusterLines: TypeAlias = Literal["no pooling", "partial pooling", "none"]


# Labels of lines stand this far apart, as a share of the outcome axis.
_LABEL = 0.055


def lines_figure(
    fitted: FittedLines,
    palette: Palette,
    *,
    cluster_lines: ClusterLines = "partial pooling",
    truth: FloatArray | None = None,
    y_range: tuple[float, float] | None = None,
    height: int = 500,
) -> Figure:
    """Draw both fits over the rows, along one predictor.

    Parameters
    ----------
    fitted
        Rows and fits along the predictor; see `engine.figures.course`.
    palette
        Colours of the mode.
    cluster_lines
        Which line each cluster gets: its own, the mixed model's, or none.
    truth
        For simulated data, the true line at the grid, shape (L,), in outcome units.
    y_range
        Limits of the outcome axis that suffice as a rule, in outcome units: they keep the picture
        still while controls move, and grow where something drawn lies beyond. By default the
        axis is as wide as the data.
    height
        Height in pixels.

    Returns
    -------
    Figure
        A plotly figure as plain data.

    Raises
    ------
    FitError
        Slopes vary, and each cluster's own line is asked for.
    """
    clusters = _cluster_lines(fitted, cluster_lines)
    points = _points(fitted, palette)
    data: list[dict[str, Any]] = [points, _in_legend(points, rank=5)]
    if cluster_lines != "none":
        kind = "no_pooling" if cluster_lines == "no pooling" else "mixed"
        line = {"color": getattr(palette, kind), "width": 1}
        lines_of_clusters = {
            **trace("clusters", "lines", *_as_one(fitted.grid, clusters), line=line),
            "name": "clusters",
            "legendgroup": "clusters",
            # Many opaque lines would merge into one blot.
            "opacity": min(0.6, max(0.25, 12.0 / len(fitted.levels))),
        }
        data += [lines_of_clusters, _in_legend(lines_of_clusters, rank=len(_LEGEND_ORDER))]
    if truth is not None:
        data.append(_line(fitted, truth[None], palette.truth, "truth", width=2.5))
    data.append(_line(fitted, fitted.mixed, palette.mixed, "mixed", width=4))
    data.append(_line(fitted, fitted.ols, palette.ols, "ols", width=4))
    layout = base_layout(palette, height=height)
    layout["xaxis"] |= {"title": axis_title(fitted.predictor), "range": list(fitted.x_range)}
    if fitted.ticks is not None:
        layout["xaxis"] |= {
            "tickmode": "array",
            "tickvals": list(range(len(fitted.ticks))),
            "ticktext": list(map(short, fitted.ticks)),
            "showgrid": False,
        }
    layout["yaxis"] |= {"title": axis_title(fitted.outcome)}
    lines = [line for line in (clusters, fitted.ols, fitted.mixed, truth) if line is not None]
    if y_range is not None:
        growing(layout, "yaxis", covering(y_range, fitted.y, fitted.mean_y, *lines))
    if len(fitted.groups) > 1:
        extent = np.concatenate([fitted.y, *map(np.ravel, lines)])
        layout["annotations"] = _group_names(fitted, palette, float(np.ptp(extent)))
    return {"data": data, "layout": layout}


def _cluster_lines(fitted: FittedLines, which: ClusterLines) -> FloatArray:
    """Return the line of each cluster, shape (J, L), or none, shape (0, L)."""
    if which == "none":
        return np.empty((0, len(fitted.grid)))
    if which == "partial pooling":
        return fitted.partial_pooling
    if fitted.no_pooling is None:
        raise FitError("Where slopes vary, a cluster by itself need not have a line.")
    return fitted.no_pooling


def _in_legend(drawn: dict[str, Any], *, rank: int) -> dict[str, Any]:
    """Return the entry of a faint trace in the legend, which shows its colour in full."""
    # Plotly leaves a trace without any point out of the legend.
    nowhere = np.array([np.nan])
    named = trace(f"{drawn['meta']['role']} in the legend", drawn["mode"], nowhere, nowhere)
    look: dict[str, Any] = {part: {**drawn[part]} for part in ("line", "marker") if part in drawn}
    look.get("marker", {}).pop("opacity", None)
    in_legend = {"name": drawn["name"], "legendgroup": drawn["legendgroup"], "legendrank": rank}
    return {**named, **look, **in_legend, "showlegend": True}


def _points(fitted: FittedLines, palette: Palette) -> dict[str, Any]:
    # Only some clusters have rows among those shown.
    clusters, place = np.unique(fitted.cluster, return_inverse=True)
    names = [
        f"{plain(fitted.levels[j])}, {plural(int(fitted.sizes[j]), 'row')}"
        for j in clusters.tolist()
    ]
    every_row = len(fitted.x) == fitted.rows
    return {
        "type": "scatter",
        "mode": "markers",
        "showlegend": False,
        "legendgroup": "rows",
        "name": "rows" if every_row else f"{len(fitted.x):,} of {fitted.rows:,} rows",
        "meta": {"role": "rows"},
        "x": _for_pixels(fitted.x),
        "y": _for_pixels(fitted.y),
        "marker": {
            "color": palette.data,
            "size": 5,
            # A few rows stand each for itself; many would hide the lines.
            "opacity": min(0.8, max(0.4, 80.0 / len(fitted.x))),
        },
        "text": [names[k] for k in place.tolist()],
        "hovertemplate": f"cluster %{{text}}<br>{plain(fitted.outcome)} %{{y:.4g}}<extra></extra>",
    }


def _for_pixels(values: FloatArray) -> NDArray[np.floating[Any]]:
    """Halve the bytes where single precision is still far finer than a pixel."""
    largest = np.abs(values).max()
    fine = np.ptp(values) > 1e-3 * largest and 1e-30 < largest < 1e30
    return values.astype(np.float32) if fine else values


def _as_one(grid: FloatArray, lines: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return lines as one trace with gaps: one trace each is far slower to draw."""
    gap = np.full((len(lines), 1), np.nan)
    x = np.hstack([np.broadcast_to(grid, lines.shape), gap])
    return x.ravel(), np.hstack([lines, gap]).ravel()


def _line(
    fitted: FittedLines, lines: FloatArray, color: str, kind: str, *, width: float
) -> dict[str, Any]:
    """Return the lines of a model, a single one without the gap behind it."""
    x, y = (fitted.grid, lines[0]) if len(lines) == 1 else _as_one(fitted.grid, lines)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": NAMES[kind],
        "meta": {"role": kind},
        "legendrank": _LEGEND_ORDER.index(kind),
        "x": x,
        "y": y,
        "line": {"color": color, "width": width, "dash": DASHES[kind]},
        "hovertemplate": NAMES[kind] + " %{y:.4g}<extra></extra>",
    }


def _group_names(fitted: FittedLines, palette: Palette, extent: float) -> list[dict[str, Any]]:
    """Name the lines of each group, above the end of the mixed model's."""
    ends = fitted.mixed[:, -1]
    return [
        {
            "x": float(fitted.grid[-1]),
            "y": float(place),
            "xanchor": "right",
            "yanchor": "bottom",
            "yshift": 4,
            "text": short(name, 28),
            "showarrow": False,
            "font": {"size": 14, "color": palette.ink},
        }
        for name, place in zip(fitted.groups, apart(ends, _LABEL * extent), strict=True)
    ]
