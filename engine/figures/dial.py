"""The dial: an estimate and the REML criterion along the variance ratio."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from engine.account.path import DialPath
from engine.data.moments import FloatArray
from engine.figures.base import Figure, Palette, axis_title, base_layout, trace
from engine.words.dial import estimate_text, ratio_text

# What moves with the dial: trace number -> attribute -> one row per point of the path's family.
Family: TypeAlias = dict[int, dict[str, FloatArray]]

# Left and right end of the dial as shares of the figure's width. A slider of the same width that
# uses the same shares is then aligned with the points it moves.
ENDS = (0.13, 0.98)
_PANELS = {"yaxis": (0.47, 1.0), "yaxis2": (0.0, 0.40)}
# Room beyond both ends, as much as the thumb of a slider takes.
_ROOM = 0.01
# Roles of the traces in the order of drawing. At the current position, the lines lie behind
# everything else and the rings in front.
ROLES = (
    "line", "criterion line", "curve", "marks", "criterion", "minima", "ring", "criterion ring",
)  # fmt: skip
# Height of the criterion panel: at least the first value, and at most the second, beyond which no
# minimum could be made out.
_LOWEST_CEILING, _HIGHEST_CEILING = 6.0, 60.0


def dial_figure(
    path: DialPath, term: int, ratio: float, palette: Palette, *, height: int = 480
) -> Figure:
    """Draw a coefficient along the dial above the REML criterion, with the dial at ``ratio``.

    The traces that follow the dial are those of `dial_family`.

    Parameters
    ----------
    path
        Both fits as points on one path.
    term
        Position of the coefficient among the p.
    ratio
        Variance ratio ρ at which the dial stands, from 0 to infinity.
    palette
        Colours of the mode.
    height
        Height in pixels.

    Returns
    -------
    Figure
        The estimate panel above, the criterion panel below.
    """
    family = path.family
    here = path.at(ratio)
    limits = _estimate_limits(path, term)
    ceiling = _ceiling(path)
    curve = {"color": palette.mixed, "width": 3, "simplify": False}
    hover = [f"ρ = {ratio_text(float(rho))}" for rho in family.ratio]
    line = {"color": palette.ink, "width": 1.2}
    # A ring leaves a mark beneath it visible.
    ring = {"color": palette.ink, "size": 20, "symbol": "circle-open", "line": {"width": 3}}
    at = np.array([float(here.position)])
    data: list[dict[str, Any]] = [
        trace("line", "lines", np.repeat(at, 2), list(limits), line=line),
        trace("criterion line", "lines", np.repeat(at, 2), [0.0, ceiling], line=line, yaxis="y2"),
        trace(
            "curve",
            "lines",
            family.position,
            family.estimates[:, term],
            line=curve,
            text=hover,
            hoverinfo="all",
            hovertemplate="%{text}<br>%{y:.4g}<extra></extra>",
        ),
        _marks(path, term, palette),
        trace(
            "criterion",
            "lines",
            family.position,
            # The criterion is infinite at the far end; any height above the panel will do.
            np.minimum(family.excess, 10.0 * ceiling),
            line=curve,
            text=hover,
            hoverinfo="all",
            hovertemplate="%{text}<br>%{y:.3g} above the minimum<extra></extra>",
            yaxis="y2",
        ),
        _minima(path, palette),
        trace("ring", "markers", at, here.estimates[[term]], marker=ring, cliponaxis=False),
        trace(
            "criterion ring",
            "markers",
            at,
            _inside(np.atleast_1d(here.excess), ceiling),
            marker=ring,
            cliponaxis=False,
            yaxis="y2",
        ),
    ]
    layout = _layout(path, palette, limits, ceiling, height)
    layout["annotations"] = [
        _panel_title(f"estimate of {path.comparison.mixed.names[term]}", 1.0, palette),
        _panel_title("REML criterion above its minimum", _PANELS["yaxis2"][1], palette),
        *_mark_names(path, term, palette),
        *_minimum_names(path, palette),
        _end_name(0.0, "left", "complete pooling", palette.ols),
        _end_name(1.0, "right", "no pooling", palette.no_pooling),
    ]
    return {"data": data, "layout": layout}


def dial_family(path: DialPath, term: int) -> Family:
    """Return what moves in `dial_figure`, for every ratio of the path's family.

    Parameters
    ----------
    path
        Both fits as points on one path.
    term
        Position of the coefficient among the p.

    Returns
    -------
    Family
        Coordinates by trace number and attribute, each with one row per point of the family:
        shape (points, 2) for lines, (points, 1) for rings.
    """
    family = path.family
    position = family.position[:, None]
    across = np.hstack([position, position])
    return {
        ROLES.index("line"): {"x": across},
        ROLES.index("criterion line"): {"x": across},
        ROLES.index("ring"): {"x": position, "y": family.estimates[:, [term]]},
        ROLES.index("criterion ring"): {
            "x": position,
            "y": _inside(family.excess, _ceiling(path))[:, None],
        },
    }


def _inside(excess: FloatArray, ceiling: float) -> FloatArray:
    """Hide values above the panel."""
    return np.where(excess > ceiling, np.nan, excess)


def _marks(path: DialPath, term: int, palette: Palette) -> dict[str, Any]:
    """Return the marks of OLS, the mixed model and the far end."""
    comparison = path.comparison
    best = float(path.at(comparison.mixed.variance_ratio).position)
    return trace(
        "marks",
        "markers",
        [0.0, best, 1.0],
        [
            float(comparison.ols.estimates[term]),
            float(comparison.mixed.estimates[term]),
            float(path.family.estimates[-1, term]),
        ],
        marker={
            "color": [palette.ols, palette.mixed, palette.no_pooling],
            "size": 13,
            "symbol": ["circle", "diamond", "square"],
            "opacity": 1.0,
        },
        cliponaxis=False,
    )


def _mark_names(path: DialPath, term: int, palette: Palette) -> list[dict[str, Any]]:
    """Return a name and a number beside each mark, above or below as the path leaves room."""
    marks = _marks(path, term, palette)
    (_, best, _), heights = marks["x"], marks["y"]
    ols, mixed, far = (estimate_text(path, term, height) for height in heights)
    end = "within" if path.comparison.mixed.names[term] in path.within else "clusters count"
    late = best > 0.6
    beside_ols = _free_side(path, term, 0.0, 0.2)
    beside_mixed = _free_side(path, term, best, -0.2 if late else 0.2)
    if path.comparison.mixed.singular:
        beside_mixed = -beside_ols
    anchor = "right" if late else "left"
    return [
        _name(0.0, heights[0], f"OLS {ols}", palette.ols, "left", beside_ols),
        _name(best, heights[1], f"mixed (REML) {mixed}", palette.mixed, anchor, beside_mixed),
        _name(1.0, heights[2], f"{end} {far}", palette.no_pooling, "right", -beside_mixed),
    ]


def _free_side(path: DialPath, term: int, position: float, step: float) -> int:
    """Return up (1) or down (−1) for a name at this position that reaches along the next step."""
    heights = np.interp(
        [position, position + step], path.family.position, path.family.estimates[:, term]
    )
    return -1 if heights[1] > heights[0] else 1


def _minima(path: DialPath, palette: Palette) -> dict[str, Any]:
    return trace(
        "minima",
        "markers",
        [minimum.position for minimum in path.minima],
        [minimum.excess for minimum in path.minima],
        marker={
            "color": palette.mixed,
            "size": 13,
            "symbol": ["diamond"] + ["diamond-open"] * (len(path.minima) - 1),
            "opacity": 1.0,
            "line": {"color": palette.mixed, "width": 2},
        },
        cliponaxis=False,
        yaxis="y2",
    )


def _minimum_names(path: DialPath, palette: Palette) -> list[dict[str, Any]]:
    names = [f"minimum: ρ = {ratio_text(path.minima[0].ratio)}"]
    names += [f"another: ρ = {ratio_text(other.ratio)}" for other in path.minima[1:]]
    return [
        _name(
            minimum.position, minimum.excess, name, palette.mixed, _side(minimum.position), -1, "y2"
        )
        for minimum, name in zip(path.minima, names, strict=True)
    ]


def _side(position: float) -> str:
    """Return which end of a name to anchor at this position, so that all of it is visible."""
    if position < 0.15:
        return "left"
    return "right" if position > 0.75 else "center"


def _name(
    x: float, y: float, text: str, color: str, side: str, up: int, axis: str = "y"
) -> dict[str, Any]:
    return {
        "x": x,
        "y": y,
        "yref": axis,
        "xanchor": side,
        "xshift": {"left": 8, "center": 0, "right": -8}[side],
        "yshift": 20 * up,
        "text": text,
        "showarrow": False,
        "font": {"color": color, "size": 14},
    }


def _panel_title(text: str, top: float, palette: Palette) -> dict[str, Any]:
    return {
        "xref": "paper",
        "yref": "paper",
        "x": 0.0,
        "y": top,
        "xanchor": "left",
        "yanchor": "bottom",
        "text": axis_title(text)["text"],
        "showarrow": False,
        "font": {"color": palette.muted, "size": 14},
    }


def _end_name(x: float, side: str, text: str, color: str) -> dict[str, Any]:
    return {
        "xref": "paper",
        "yref": "paper",
        "x": x,
        "y": 0.0,
        "xanchor": side,
        "yanchor": "top",
        "yshift": -24,
        "text": text,
        "showarrow": False,
        "font": {"color": color, "size": 14},
    }


def _estimate_limits(path: DialPath, term: int) -> tuple[float, float]:
    """Return limits with room for the names; a negligible movement is drawn as small as it is."""
    values = path.family.estimates[:, term]
    low, high = float(values.min()), float(values.max())
    error = float(path.comparison.ols.standard_errors[term])
    spread = max(high - low, 3.0 * error)
    room = (spread - (high - low)) / 2.0 + 0.2 * spread
    return low - room, high + room


def _ceiling(path: DialPath) -> float:
    """Return the top of the criterion panel; everything between two minima must be visible."""
    before = path.family.position <= max(minimum.position for minimum in path.minima)
    hill = 1.15 * float(path.family.excess[before].max())
    return float(np.clip(hill, _LOWEST_CEILING, _HIGHEST_CEILING))


def _below(ceiling: float) -> float:
    """Return the room under the minimum that its name needs."""
    return 0.24 * ceiling


def _ticks(ceiling: float) -> list[float]:
    step = next(step for step in (2.0, 5.0, 10.0, 20.0) if ceiling / step < 5.0)
    return [float(tick) for tick in np.arange(0.0, ceiling, step)]


def _layout(
    path: DialPath,
    palette: Palette,
    limits: tuple[float, float],
    ceiling: float,
    height: int,
) -> dict[str, Any]:
    layout = base_layout(palette, height=height)
    layout["margin"] = {"l": 0, "r": 0, "t": 26, "b": 52}
    layout["showlegend"] = False
    marked = [float(f"{path.middle * odds:.2g}") for odds in (1 / 3, 1.0, 3.0)]
    layout["xaxis"] |= {
        "title": axis_title("ρ = τ² / σ²"),
        "showgrid": False,
        "range": [-_ROOM, 1.0 + _ROOM],
        "domain": list(ENDS),
        "anchor": "y2",
        "tickmode": "array",
        "tickvals": [0.0, *(rho / (rho + path.middle) for rho in marked), 1.0],
        "ticktext": ["0", *(f"{rho:,.4g}" for rho in marked), "∞"],
    }
    lower = {**layout["yaxis"]}
    layout["yaxis"] |= {
        "range": list(limits),
        "domain": list(_PANELS["yaxis"]),
        "tickfont": {"size": 12},
        "nticks": 6,
    }
    layout["yaxis2"] = lower | {
        "range": [-_below(ceiling), ceiling],
        "domain": list(_PANELS["yaxis2"]),
        "tickfont": {"size": 12},
        "tickmode": "array",
        "tickvals": _ticks(ceiling),
    }
    # Each line joins a minimum in the lower panel to its estimate in the upper one.
    zero = _below(ceiling) / (_below(ceiling) + ceiling)
    layout["shapes"] = [
        {
            "type": "line",
            "layer": "below",
            "xref": "x",
            "yref": f"{panel} domain",
            "x0": minimum.position,
            "x1": minimum.position,
            "y0": foot,
            "y1": 1.0,
            "line": {"color": palette.mixed, "width": 1.2, "dash": "dot"},
        }
        for minimum in path.minima
        for panel, foot in (("y", 0.0), ("y2", zero))
    ]
    return layout
