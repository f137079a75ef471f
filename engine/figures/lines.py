"""The main figure: rows, a line per cluster, the pooled OLS line and the mixed line."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.data.moments import FloatArray
from engine.figures.base import DASHES, NAMES, Figure, Palette, axis_title, base_layout
from engine.figures.course import Profile

# The models come first; what they are compared with comes last.
_LEGEND_ORDER = ("ols", "mixed", "truth")
ClusterLines: TypeAlias = Literal["no pooling", "partial pooling", "none"]


def lines_figure(
    profile: Profile,
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
    profile
        Rows and fits along the predictor; see `engine.figures.course`.
    palette
        Colours of the mode.
    cluster_lines
        Which line each cluster gets: its own, the mixed model's, or none.
    truth
        For simulated data, the true line at the profile's grid, shape (L,), in outcome units.
    y_range
        Limits of the outcome axis, in outcome units. Fixed limits keep the picture still while
        controls move; by default all rows fit.
    height
        Height in pixels.

    Returns
    -------
    Figure
        A plotly figure as plain data.
    """
    kind = "no_pooling" if cluster_lines == "no pooling" else "mixed"
    data: list[dict[str, Any]] = [_points(profile, palette)]
    if cluster_lines != "none":
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": "clusters",
                "meta": {"role": "clusters"},
                "legendrank": 4,
                "line": {"color": getattr(palette, kind), "width": 1},
                # Many opaque lines would merge into one blot.
                "opacity": min(0.6, max(0.2, 12.0 / len(profile.levels))),
                "hoverinfo": "skip",
                **_cluster_paths(profile, cluster_lines),
            }
        )
    if truth is not None:
        data.append(_line(profile.grid, truth, palette.truth, "truth", width=2.5))
    data.append(_line(profile.grid, profile.mixed, palette.mixed, "mixed", width=4))
    data.append(_line(profile.grid, profile.ols, palette.ols, "ols", width=4))
    layout = base_layout(palette, height=height)
    layout["xaxis"] |= {"title": axis_title(profile.predictor), "range": list(profile.x_range)}
    if profile.ticks is not None:
        layout["xaxis"] |= {
            "tickmode": "array",
            "tickvals": list(range(len(profile.ticks))),
            "ticktext": list(profile.ticks),
            "showgrid": False,
        }
    layout["yaxis"] |= {"title": axis_title(profile.outcome)}
    if y_range is not None:
        layout["yaxis"]["range"] = list(y_range)
    return {"data": data, "layout": layout}


def _points(profile: Profile, palette: Palette) -> dict[str, Any]:
    names = [profile.levels[j] for j in profile.cluster.tolist()]
    every_row = len(profile.x) == profile.rows
    return {
        "type": "scatter",
        "mode": "markers",
        "legendrank": 5,
        "name": "rows" if every_row else f"{len(profile.x):,} of {profile.rows:,} rows",
        "meta": {"role": "rows"},
        "x": _for_pixels(profile.x),
        "y": _for_pixels(profile.y),
        "marker": {"color": palette.data, "size": 5, "opacity": 0.4},
        "text": names,
        "hovertemplate": "cluster %{text}<br>%{y:.4g}<extra></extra>",
    }


def _for_pixels(values: FloatArray) -> NDArray[np.floating[Any]]:
    """Halve the bytes where single precision is still far finer than a pixel."""
    largest = np.abs(values).max()
    fine = np.ptp(values) > 1e-3 * largest and 1e-30 < largest < 1e30
    return values.astype(np.float32) if fine else values


def _cluster_paths(profile: Profile, which: ClusterLines) -> dict[str, FloatArray]:
    """Return all cluster lines as one trace with gaps: one trace each is far slower to draw."""
    offsets = profile.own_offsets if which == "no pooling" else profile.shrunken_offsets
    gap = np.full((len(offsets), 1), np.nan)
    y = np.hstack([profile.mixed + offsets[:, None], gap])
    x = np.hstack([np.broadcast_to(profile.grid, (len(offsets), len(profile.grid))), gap])
    return {"x": x.ravel(), "y": y.ravel()}


def _line(
    grid: FloatArray, values: FloatArray, color: str, kind: str, *, width: float
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": NAMES[kind],
        "meta": {"role": kind},
        "legendrank": _LEGEND_ORDER.index(kind),
        "x": grid,
        "y": values,
        "line": {"color": color, "width": width, "dash": DASHES[kind]},
        "hovertemplate": NAMES[kind] + " %{y:.4g}<extra></extra>",
    }
