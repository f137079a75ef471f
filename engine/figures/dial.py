"""The dial: an estimate and the REML criterion along the variance ratio."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from engine.account.path import DialPath
from engine.data.moments import FloatArray
from engine.figures.base import Figure, Palette, axis_title, base_layout, trace
from engine.figures.labels import GAP, RISE, beside
from engine.words.dial import estimate_text, ratio_text
from engine.words.numbers import number

# What moves with the dial: trace number -> attribute -> one row per point of the path's family.
Family: TypeAlias = dict[int, dict[str, FloatArray]]

# Left and right end of the dial as shares of the figure's width. A slider of the same width that
# uses the same shares is then aligned with the points it moves.
ENDS = (0.13, 0.98)
_PANELS = {"yaxis": (0.47, 1.0), "yaxis2": (0.0, 0.40)}
# Room beyond both ends, as much as the thumb of a slider takes.
_ROOM = 0.01
# Pixels of the height above and below the panels.
_MARGINS = 78
# Width of the panels where they are narrow, in pixels; names are placed for that width.
_NARROW = 300.0
# Roles of the traces in the order of drawing. At the current position, the lines lie behind
# everything else and the rings in front.
ROLES = (
    "line", "criterion line", "curve", "marks", "criterion", "minima", "ring", "criterion ring",
    "criterion above",
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
    family = path.family(term)
    positions = path.scale(term).position(family.ratio)
    here = path.at(ratio)
    limits = _estimate_limits(path, term)
    ceiling = _ceiling(path, term)
    curve = {"color": palette.mixed, "width": 3, "simplify": False}
    hover = [f"ρ = {ratio_text(float(rho))}" for rho in family.ratio]
    line = {"color": palette.ink, "width": 1.2}
    # A ring leaves a mark beneath it visible.
    ring = {"color": palette.ink, "size": 20, "symbol": "circle-open", "line": {"width": 3}}
    at = np.atleast_1d(path.scale(term).position(ratio))
    data: list[dict[str, Any]] = [
        trace("line", "lines", np.repeat(at, 2), list(limits), line=line),
        trace("criterion line", "lines", np.repeat(at, 2), [0.0, ceiling], line=line, yaxis="y2"),
        trace(
            "curve",
            "lines",
            positions,
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
            positions,
            # The criterion is infinite at the far end; any height above the panel will do.
            np.minimum(family.excess, 10.0 * ceiling),
            line=curve,
            text=hover,
            hoverinfo="all",
            hovertemplate="%{text}<br>%{y:.3g} above the minimum<extra></extra>",
            yaxis="y2",
        ),
        _minima(path, term, palette, ceiling),
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
        trace(
            "criterion above",
            "markers",
            at,
            _above(np.atleast_1d(here.excess), ceiling),
            marker={"color": palette.ink, "size": 14, "symbol": "triangle-up", "opacity": 1.0},
            cliponaxis=False,
            yaxis="y2",
        ),
    ]
    layout = _layout(path, term, palette, limits, ceiling, height)
    layout["annotations"] = [
        _panel_title(f"estimate of {path.comparison.mixed.names[term]}", 1.0, palette),
        _panel_title("REML criterion above its minimum", _PANELS["yaxis2"][1], palette),
        *_mark_names(path, term, palette, limits, height),
        *_minimum_names(path, term, palette, ceiling),
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
    family, ceiling = path.family(term), _ceiling(path, term)
    position = path.scale(term).position(family.ratio)[:, None]
    across = np.hstack([position, position])
    return {
        ROLES.index("line"): {"x": across},
        ROLES.index("criterion line"): {"x": across},
        ROLES.index("ring"): {"x": position, "y": family.estimates[:, [term]]},
        ROLES.index("criterion ring"): {
            "x": position,
            "y": _inside(family.excess, ceiling)[:, None],
        },
        ROLES.index("criterion above"): {
            "x": position,
            "y": _above(family.excess, ceiling)[:, None],
        },
    }


def _inside(excess: FloatArray, ceiling: float) -> FloatArray:
    """Return values within the panel; NaN hides those above."""
    return np.where(excess > ceiling, np.nan, excess)


def _above(excess: FloatArray, ceiling: float) -> FloatArray:
    """Return the top of the panel for values above it, where an arrow stands for them."""
    return np.where(excess > ceiling, ceiling, np.nan)


def _marks(path: DialPath, term: int, palette: Palette) -> dict[str, Any]:
    """Return the marks of OLS, the mixed model and the far end."""
    comparison = path.comparison
    best = float(path.scale(term).position(comparison.mixed.variance_ratio))
    return trace(
        "marks",
        "markers",
        [0.0, best, 1.0],
        [
            float(comparison.ols.estimates[term]),
            float(comparison.mixed.estimates[term]),
            float(path.family(term).estimates[-1, term]),
        ],
        marker={
            "color": [palette.ols, palette.mixed, palette.no_pooling],
            "size": 13,
            "symbol": ["circle", "diamond", "square"],
            "opacity": 1.0,
        },
        cliponaxis=False,
    )


def _mark_names(
    path: DialPath, term: int, palette: Palette, limits: tuple[float, float], height: int
) -> list[dict[str, Any]]:
    """Return a name and a number beside each mark, where the curve and the other names are not."""
    marks = _marks(path, term, palette)
    end = "within" if path.comparison.mixed.names[term] in path.within else "clusters count"
    texts = [
        f"{name} {estimate_text(path, term, estimate)}"
        for name, estimate in zip(("OLS", "mixed (REML)", end), marks["y"], strict=True)
    ]
    family = path.family(term)
    low, high = limits
    top, bottom = _PANELS["yaxis"][1], _PANELS["yaxis"][0]
    pixels = (height - _MARGINS) * (top - bottom) / (high - low)
    curve = np.column_stack(
        [
            path.scale(term).position(family.ratio) * _NARROW,
            (family.estimates[:, term] - low) * pixels,
        ]
    )
    points = np.column_stack(
        [np.array(marks["x"]) * _NARROW, (np.array(marks["y"]) - low) * pixels]
    )
    places = beside(points, texts, curve, (_NARROW, (high - low) * pixels))
    return [
        _name(x, y, text, color, side, up)
        for x, y, text, color, (side, up) in zip(
            marks["x"], marks["y"], texts, marks["marker"]["color"], places, strict=True
        )
    ]


def _minima(path: DialPath, term: int, palette: Palette, ceiling: float) -> dict[str, Any]:
    """Return the marks of the minima, an arrow for one above the panel."""
    above = [minimum.excess > ceiling for minimum in path.minima]
    others = ["triangle-up-open" if hidden else "diamond-open" for hidden in above[1:]]
    return trace(
        "minima",
        "markers",
        path.scale(term).position([minimum.ratio for minimum in path.minima]),
        [min(minimum.excess, ceiling) for minimum in path.minima],
        marker={
            "color": palette.mixed,
            "size": 13,
            "symbol": ["diamond", *others],
            "opacity": 1.0,
            "line": {"color": palette.mixed, "width": 2},
        },
        cliponaxis=False,
        yaxis="y2",
    )


def _minimum_names(
    path: DialPath, term: int, palette: Palette, ceiling: float
) -> list[dict[str, Any]]:
    names = [f"minimum: ρ = {ratio_text(path.minima[0].ratio)}"]
    for other in path.minima[1:]:
        higher = f", {number(other.excess)} higher" if other.excess > ceiling else ""
        names.append(f"another: ρ = {ratio_text(other.ratio)}{higher}")
    positions = path.scale(term).position([minimum.ratio for minimum in path.minima])
    return [
        _name(
            position,
            min(minimum.excess, ceiling),
            name,
            palette.mixed,
            _side(position),
            -1,
            "y2",
        )
        for position, minimum, name in zip(positions.tolist(), path.minima, names, strict=True)
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
        "xshift": {"left": GAP, "center": 0, "right": -GAP}[side],
        "yshift": RISE * up,
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
    values = path.family(term).estimates[:, term]
    low, high = float(values.min()), float(values.max())
    error = float(path.comparison.ols.standard_errors[term])
    spread = max(high - low, 3.0 * error)
    room = (spread - (high - low)) / 2.0 + 0.2 * spread
    return low - room, high + room


def _ceiling(path: DialPath, term: int) -> float:
    """Return the top of the criterion panel; everything between two minima must be visible."""
    family = path.family(term)
    before = family.ratio <= max(minimum.ratio for minimum in path.minima)
    hill = 1.15 * float(family.excess[before].max())
    return float(np.clip(hill, _LOWEST_CEILING, _HIGHEST_CEILING))


def _below(ceiling: float) -> float:
    """Return the room under the minimum that its name needs."""
    return 0.24 * ceiling


def _ticks(ceiling: float) -> list[float]:
    step = next(step for step in (2.0, 5.0, 10.0, 20.0) if ceiling / step < 5.0)
    return [float(tick) for tick in np.arange(0.0, ceiling, step)]


def _tick(ratio: float) -> str:
    """Write a rounded ratio; a few zeros are easier to read than a power of ten."""
    if 1e-6 <= ratio < 1.0:
        return np.format_float_positional(ratio, trim="-")
    return f"{ratio:,.4g}"


def _layout(
    path: DialPath,
    term: int,
    palette: Palette,
    limits: tuple[float, float],
    ceiling: float,
    height: int,
) -> dict[str, Any]:
    layout = base_layout(palette, height=height)
    layout["margin"] = {"l": 0, "r": 0, "t": 26, "b": _MARGINS - 26}
    layout["showlegend"] = False
    scale = path.scale(term)
    quarters = (np.array([0.25, 0.5, 0.75]) * (len(scale.stops) - 1)).astype(int)
    marked = [float(f"{stop:.2g}") for stop in scale.stops[quarters]]
    layout["xaxis"] |= {
        "title": axis_title("ρ = τ² / σ²"),
        "showgrid": False,
        "range": [-_ROOM, 1.0 + _ROOM],
        "domain": list(ENDS),
        "anchor": "y2",
        "tickmode": "array",
        "tickvals": scale.position([0.0, *marked, np.inf]).tolist(),
        "ticktext": ["0", *map(_tick, marked), "∞"],
    }
    lower = {**layout["yaxis"]}
    layout["yaxis"] |= {
        "range": list(limits),
        "domain": list(_PANELS["yaxis"]),
        "nticks": 6,
    }
    layout["yaxis2"] = lower | {
        "range": [-_below(ceiling), ceiling],
        "domain": list(_PANELS["yaxis2"]),
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
            "x0": position,
            "x1": position,
            "y0": foot,
            "y1": 1.0,
            "line": {"color": palette.mixed, "width": 1.2, "dash": "dot"},
        }
        for position in scale.position([minimum.ratio for minimum in path.minima]).tolist()
        for panel, foot in (("y", 0.0), ("y2", zero))
    ]
    return layout
