"""The search for the variance ratio: heights of a curve, hidden or shown, below an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.account.criterion import CriterionPoints
from engine.data.moments import FloatArray
from engine.figures.base import Figure, Palette, axis_title, base_layout, short, trace
from engine.words.numbers import number, with_decimals

# Ends of the ratios that a marker can stand at; below the first only ρ = 0 is left, which has a
# place of its own on the logarithmic axis.
RATIOS = (1e-3, 1e4)
ZERO_AT = 10.0**-3.6
_ENDS = (-3.8, 4.1)
_TICKS = (0.0, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0, 10_000.0)
_PANELS = {"yaxis": (0.0, 0.6), "yaxis2": (0.67, 1.0)}
# Shares of the lower panel's height: where the marker waits, the scan, the names of the lowest
# places with the gap, the height at the present ratio, and what lies above the panel.
MARKER, _SCAN, _GAP, _TOP, _ABOVE = 0.0, 0.035, 0.12, 0.93, 0.97
# Numbers of looks that are closer than this, in powers of ten, would cover each other.
_CROWDED = 0.55
# Names stand left of what is further right on the axis than the second of these.
_FAR_LEFT, _FAR_RIGHT = 0.01, 30.0
# Characters of the data's name that have room on a phone.
_LONGEST_NAME = 36
# Points of the curve.
_POINTS = 281


@dataclass(frozen=True)
class View:
    """What the axes of the figure show.

    Attributes
    ----------
    heights
        Ends of the criterion's axis.
    estimates
        Ends of the estimate's axis, in outcome units per unit of the predictor.
    estimate, unit
        Title of that axis, one word, and what stands behind its numbers.
    """

    heights: tuple[float, float]
    estimates: tuple[float, float]
    estimate: str
    unit: str = ""

    def at(self, share: float) -> float:
        """Return the criterion at a share of the panel's height."""
        low, high = self.heights
        return low + share * (high - low)


@dataclass(frozen=True)
class Closing:
    """How the engine closes in on a minimum.

    Attributes
    ----------
    scanned
        Variance ratios that it looked at first.
    looks
        Its looks after that, in order.
    """

    scanned: FloatArray
    looks: CriterionPoints


def curve_ratios(minima: Sequence[float]) -> FloatArray:
    """Return the ratios at which to draw the curve: ascending from 0, the minima among them.

    Parameters
    ----------
    minima
        Variance ratios ρ ≥ 0 at which the curve is lowest.
    """
    grid = np.concatenate([[0.0], np.geomspace(*RATIOS, _POINTS)])
    return np.unique(np.concatenate([grid, minima]))


def search_figure(
    curve: CriterionPoints,
    palette: Palette,
    view: View,
    *,
    height: int,
    looks: CriterionPoints | None = None,
    here: CriterionPoints | None = None,
    closing: Closing | None = None,
    minima: CriterionPoints | None = None,
    gap: bool = False,
    other: bool = False,
    name: str = "",
) -> Figure:
    """Draw the heights that are known below the estimate, on one logarithmic axis of ρ.

    Parameters
    ----------
    curve
        All of the curve; its heights are drawn only if the minima are given.
    palette
        Colours of the mode.
    view
        What the axes show.
    height
        Height in pixels.
    looks
        Where somebody has looked, in order.
    here
        The one point at which the ratio is set.
    closing
        Where the engine has looked.
    minima
        Where the curve is lowest, the lowest of all first.
    gap
        Whether to draw the distance from the lowest look to the lowest minimum.
    other
        Whether to draw the criterion of maximum likelihood besides.
    name
        What the data are, written into the upper panel.

    Returns
    -------
    Figure
        A plotly figure as plain data. The criterion stands on ``yaxis``, the estimate on
        ``yaxis2``.
    """
    line = {"color": palette.mixed, "width": 3, "simplify": False}
    x = _place(curve.ratio)
    data = [
        # Plotly leaves out an axis that has no trace.
        trace(
            "floor", "lines", _place([0.0, RATIOS[1]]), [view.at(MARKER)] * 2,
            line={"color": palette.muted, "width": 1},
        ),
        trace("estimate", "lines", x, curve.estimate, yaxis="y2", line=line),
        trace(
            "ols", "markers+text", [ZERO_AT], curve.estimate[:1], yaxis="y2",
            marker={"color": palette.ols, "size": 11}, cliponaxis=False,
            text=[f"\u2002OLS {number(float(curve.estimate[0]))}"],
            textposition="bottom right",
            textfont={"size": 15, "color": palette.ols},
        ),
    ]  # fmt: skip
    if minima is not None:
        if other:
            ml = {"color": palette.muted, "width": 2, "dash": "dash", "simplify": False}
            data.append(trace("ml", "lines", x, _cut(curve.ml, view), line=ml))
        data.append(trace("curve", "lines", x, _cut(curve.reml, view), line=line))
    if closing is not None:
        data += _closing(closing, palette, view)
    if minima is not None:
        yours = float(looks.ratio[lowest(looks)]) if gap and looks is not None else None
        data += _minima(minima, palette, view, yours)
    if looks is not None and looks.ratio.size:
        data += _looks(looks, palette, view, minima if gap else None)
    if here is not None:
        data += _here(here, palette, view)
    return {"data": data, "layout": _layout(view, palette, height, name, other=other)}


def lowest(looks: CriterionPoints) -> int:
    """Return which of the looks found the lowest height, the first of them if there are several.

    Parameters
    ----------
    looks
        At least one look.
    """
    return int(np.argmin(looks.reml))


def _place(ratio: ArrayLike) -> FloatArray:
    return np.maximum(np.asarray(ratio, dtype=np.float64), ZERO_AT)


def _cut(heights: FloatArray, view: View) -> FloatArray:
    """Leave out what lies far above the panel, where a line would only cost time."""
    low, high = view.heights
    return np.where(heights > high + 2.0 * (high - low), np.nan, heights)


def _inside(points: CriterionPoints, view: View) -> tuple[FloatArray, list[str]]:
    """Return heights within the panel, and an arrow as the symbol of one that lies above it."""
    ceiling = view.at(_ABOVE)
    above = points.reml > ceiling
    symbols = ["triangle-up-open" if hidden else "circle-open" for hidden in above.tolist()]
    return np.where(above, ceiling, points.reml), symbols


def _looks(
    looks: CriterionPoints, palette: Palette, view: View, minima: CriterionPoints | None
) -> list[dict[str, Any]]:
    """Draw the looks with their numbers, those that would be covered by others without."""
    heights, symbols = _inside(looks, view)
    best, exponents = lowest(looks), np.log10(looks.ratio)
    named = [best]
    for k in reversed(range(len(exponents))):
        if np.all(np.abs(exponents[named] - exponents[k]) > _CROWDED):
            named.append(k)
    texts = [str(k + 1) if k in named else "" for k in range(len(exponents))]
    # Above an arrow at the ceiling the upper panel begins.
    at_ceiling = looks.reml > heights
    sides = [f"{'bottom' if hidden else 'top'} center" for hidden in at_ceiling.tolist()]
    drawn = [
        trace(
            "looks", "markers+text", looks.ratio, heights,
            marker={
                "color": palette.ink, "symbol": symbols, "size": 12,
                "line": {"color": palette.ink, "width": 2},
            },
            text=texts, textposition=sides, textfont={"size": 15, "color": palette.ink},
            cliponaxis=False,
        )
    ]  # fmt: skip
    if minima is None:
        return drawn
    yours, theirs = float(looks.ratio[best]), float(_place(minima.ratio)[0])
    at = view.at(_GAP)
    right = theirs >= yours
    return [
        *drawn,
        trace(
            "answer", "lines", [yours, yours], [at, float(heights[best])],
            line={"color": palette.ink, "width": 2, "dash": "dot"},
        ),
        trace(
            "gap", "lines", [yours, theirs], [at, at], line={"color": palette.mixed, "width": 4}
        ),
        trace(
            "answer's name", "text", [yours], [at],
            text=[f"\u2002you {number(yours)}\u2002"],
            textposition=f"middle {'left' if right else 'right'}",
            textfont={"size": 15, "color": palette.ink},
        ),
    ]  # fmt: skip


def _closing(closing: Closing, palette: Palette, view: View) -> list[dict[str, Any]]:
    """Draw where the engine has looked; arrows point to the side on which the curve is lower."""
    seen = closing.scanned[(closing.scanned == 0.0) | (closing.scanned >= RATIOS[0])]
    seen = seen[seen <= RATIOS[1]]
    looks = closing.looks
    drawn = [
        trace(
            "scan", "markers", _place(seen), np.full(len(seen), view.at(_SCAN)),
            marker={
                "symbol": "line-ns", "size": 8, "line": {"color": palette.mixed, "width": 1.5}
            },
        )
    ]  # fmt: skip
    if not looks.ratio.size:
        return drawn
    last = len(looks.ratio) - 1
    falling = looks.slope < 0.0
    drawn.append(
        trace(
            "engine", "markers", looks.ratio, _inside(looks, view)[0],
            marker={
                "color": palette.mixed,
                "symbol": ["triangle-right" if falls else "triangle-left" for falls in falling],
                "size": [18 if k == last else 12 for k in range(last + 1)],
                "opacity": [1.0 if k == last else 0.5 for k in range(last + 1)],
            },
        )
    )  # fmt: skip
    return drawn


def _minima(
    minima: CriterionPoints, palette: Palette, view: View, yours: float | None
) -> list[dict[str, Any]]:
    """Mark the lowest places, with names in one row that leaves room for that of an answer."""
    at, row = _place(minima.ratio), view.at(_GAP)
    texts = [
        f"\u2002{'ρ̂' if k == 0 else 'ρ'} = {number(float(ratio))}\u2002"
        for k, ratio in enumerate(minima.ratio)
    ]
    if yours is None:
        right = [each < _FAR_RIGHT for each in at.tolist()]
    else:
        right = [each >= yours for each in at.tolist()]
    terms = {"meta": {"role": "minima", "terms": ["between variance"] * len(at)}}
    stems = np.column_stack([at, at, np.full(len(at), np.nan)]).ravel()
    feet = np.column_stack([minima.reml, np.full(len(at), row), np.full(len(at), np.nan)]).ravel()
    return [
        trace(
            "stems", "lines", stems, feet,
            line={"color": palette.mixed, "width": 1.5, "dash": "dot"},
        ),
        trace(
            "minima", "markers", at, minima.reml,
            marker={
                "color": palette.mixed,
                "symbol": ["diamond", *["diamond-open"] * (len(at) - 1)],
                "size": 13,
                "line": {"color": palette.mixed, "width": 2},
            },
            cliponaxis=False,
        )
        | terms,
        trace(
            "minima's names", "text", at, np.full(len(at), row), text=texts,
            textposition=[f"middle {'right' if each else 'left'}" for each in right],
            textfont={"size": 15, "color": palette.mixed},
        ),
    ]  # fmt: skip


def _here(here: CriterionPoints, palette: Palette, view: View) -> list[dict[str, Any]]:
    at, (height,), (symbol,) = _place(here.ratio), *_inside(here, view)
    ring = {"color": palette.ink, "size": 20, "line": {"color": palette.ink, "width": 3}}
    line = {"color": palette.ink, "width": 1.2}
    # Where curves rise, names below and to the right are clear of them, or above and to the left;
    # at the left end OLS has the place below.
    ratio = float(at[0])
    side = "left" if ratio > _FAR_RIGHT else "right"
    up = "bottom" if _FAR_LEFT < ratio <= _FAR_RIGHT else "top"
    return [
        trace("line", "lines", np.repeat(at, 2), list(view.heights), line=line),
        trace(
            "estimate's line", "lines", np.repeat(at, 2), list(view.estimates), yaxis="y2",
            line=line,
        ),
        trace(
            "criterion", "markers", at, [height], marker=ring | {"symbol": symbol},
            cliponaxis=False,
        ),
        trace(
            "height", "text", at, [view.at(_TOP)],
            text=[f"\u2002{with_decimals(float(here.reml[0]), 2)}\u2002"],
            textposition=f"middle {side}", textfont={"size": 15, "color": palette.ink},
        ),
        trace(
            "mixed", "markers+text", at, here.estimate, yaxis="y2",
            marker=ring | {"symbol": "circle-open"},
            text=[f"\u2003{number(float(here.estimate[0]))}{view.unit}\u2003"],
            textposition=f"{up} {side}", textfont={"size": 15, "color": palette.ink},
            cliponaxis=False,
        ),
    ]  # fmt: skip


def _layout(view: View, palette: Palette, height: int, name: str, *, other: bool) -> dict[str, Any]:
    layout = base_layout(palette, height=height)
    layout["showlegend"] = False
    layout["margin"] |= {"l": 64}
    layout["xaxis"] |= {
        "type": "log",
        "range": list(_ENDS),
        "title": axis_title("variance ratio ρ"),
        "anchor": "y",
        "fixedrange": True,
        "tickmode": "array",
        "tickvals": _place(_TICKS).tolist(),
        "ticktext": [f"{tick:,.0f}" if tick >= 1.0 else f"{tick:g}" for tick in _TICKS],
        "showgrid": False,
    }
    layout["yaxis2"] = layout["yaxis"] | {
        "range": list(view.estimates),
        "domain": list(_PANELS["yaxis2"]),
        "anchor": "x",
        "title": axis_title(view.estimate),
        "nticks": 4,
        "fixedrange": True,
    }
    layout["yaxis"] |= {
        "range": list(view.heights),
        "domain": list(_PANELS["yaxis"]),
        "title": axis_title("REML (dashed: ML)" if other else "REML criterion"),
        "nticks": 6,
        "tickformat": ",",
        "fixedrange": True,
    }
    layout["annotations"] = [
        {
            "text": short(name, _LONGEST_NAME),
            "xref": "x domain", "x": 0.0, "xanchor": "left",
            "yref": "y2 domain", "y": 1.0, "yanchor": "top",
            "showarrow": False,
            "font": {"size": 14, "color": palette.muted},
        }
    ]  # fmt: skip
    return layout
