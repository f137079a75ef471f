"""What all beams have in common: clusters above, and below them a line that weights balance on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.account.balance import Balance, balance
from engine.data.moments import FloatArray, IntArray
from engine.figures.base import Palette, axis_title, base_layout, trace
from engine.words.numbers import distance_text, with_decimals

# Where the beam lies in its panel, how far the panel reaches below and above it, and the panel's
# share of the figure's height.
BEAM_AT, _BELOW, _ABOVE = 0.0, -1.25, 1.5
_PANEL = 0.42
# Where points of balance stand, and above the beam the gap and the name of an answer.
FULCRUM_AT, _GAP, _TOP = -0.62, 0.95, 1.2
# Least diameter in pixels of a weight.
_SMALLEST = 7.0
# A gap of less than this share of the axis has no room for its number, and this share of it is room
# for the name of an answer on a phone held upright.
_NARROW, _NAME = 0.05, 0.25


@dataclass(frozen=True)
class Beam:
    """J clusters as OLS and the mixed model weigh them at one variance ratio.

    Attributes
    ----------
    levels
        Labels of the clusters.
    counts
        Rows of each, shape (J,).
    ratio
        The variance ratio ρ.
    by_rows, by_ratio
        The same beam at ρ = 0, and at the ratio.
    """

    levels: Sequence[str]
    counts: FloatArray
    ratio: float
    by_rows: Balance
    by_ratio: Balance

    @property
    def means(self) -> FloatArray:
        """The cluster means, shape (J,), in outcome units."""
        return self.by_ratio.means

    @property
    def ols(self) -> float:
        """The mean of all rows, in outcome units."""
        return float(self.by_rows.point)

    @property
    def mixed(self) -> float:
        """The intercept of the mixed model at the ratio, in outcome units."""
        return float(self.by_ratio.point)

    @property
    def of_clusters(self) -> float:
        """The mean in which each cluster counts once, in outcome units."""
        return float(self.means.mean())


def weigh(levels: Sequence[str], counts: ArrayLike, means: ArrayLike, ratio: float) -> Beam:
    """Return clusters as OLS and the mixed model weigh them.

    Parameters
    ----------
    levels
        Labels of the J clusters.
    counts, means
        Rows and mean outcome of each, shape (J,).
    ratio
        Variance ratio ρ ≥ 0, which may be infinite.
    """
    return Beam(
        levels,
        np.asarray(counts, dtype=np.float64),
        ratio,
        balance(counts, means, 0.0),
        balance(counts, means, ratio),
    )


def ranked(here: Beam) -> IntArray:
    """Return the row of each cluster in a figure, shape (J,): the largest is on top."""
    rank = np.empty(len(here.counts), dtype=np.int64)
    rank[np.lexsort((-np.arange(len(here.counts)), here.counts))] = np.arange(len(here.counts))
    return rank


def beam_line(
    axis_range: tuple[float, float], palette: Palette, role: str = "beam"
) -> dict[str, Any]:
    """Return the beam, from one end of the axis to the other."""
    line = {"color": palette.muted, "width": 2}
    return trace(role, "lines", list(axis_range), [BEAM_AT, BEAM_AT], line=line)


def weight_sizes(shares: ArrayLike, largest: float, smallest: float = _SMALLEST) -> FloatArray:
    """Return diameters of weights in pixels, their areas proportional to shares of all weight.

    Parameters
    ----------
    shares
        From 0 to 1.
    largest
        Diameter of a weight that has all of the beam to itself.
    smallest
        Least diameter, for a weight to be seen at all.
    """
    return np.asarray(np.maximum(largest * np.sqrt(shares), smallest))


def fulcrums(
    ols: float, mixed: float | None, palette: Palette, *, decimals: int = 1
) -> list[dict[str, Any]]:
    """Return where the beam balances by OLS and by the mixed model, named on either side.

    Parameters
    ----------
    ols, mixed
        Both estimates, in units of the axis; None for the mixed model says nothing of it.
    palette
        Colours of the mode.
    decimals
        Of the numbers.

    Returns
    -------
    list of dict
        Traces on ``xaxis`` and ``yaxis``, below the beam.
    """
    left = "left" if mixed is None or ols <= mixed else "right"
    shown = [("ols", "OLS", ols, palette.ols, "triangle-up-open", left)]
    if mixed is not None:
        right = "right" if left == "left" else "left"
        shown.append(("mixed", "mixed", mixed, palette.mixed, "triangle-up", right))
    return [
        trace(
            role, "markers+text", [at], [FULCRUM_AT],
            marker={
                "color": colour,
                "symbol": symbol,
                "size": 18,
                "line": {"width": 2, "color": colour},
            },
            text=[f"\u2002{name} {with_decimals(at, decimals)}\u2002"],
            textposition=f"middle {side}",
            textfont={"size": 15, "color": colour},
            cliponaxis=False,
        )
        for role, name, at, colour, symbol, side in shown
    ]  # fmt: skip


def answer_on_beam(
    answer: float | None,
    outcome: float,
    palette: Palette,
    *,
    axis_range: tuple[float, float],
    gap: bool,
    rows: int | None = None,
    decimals: int = 1,
    foot: float = BEAM_AT,
) -> list[dict[str, Any]]:
    """Return the line of an answer, its name, and the distance to what came out.

    Parameters
    ----------
    answer, outcome
        Both in units of the axis; without an answer there are no traces.
    palette
        Colours of the mode.
    axis_range
        Ends of the axis.
    gap
        Whether to draw the distance.
    rows
        Clusters in an upper panel on ``yaxis2``, which the line crosses too; None for no panel.
    decimals
        Of the numbers.
    foot
        Where the line begins, in the panel of the beam.

    Returns
    -------
    list of dict
        Traces on ``xaxis`` and ``yaxis``, above the beam.
    """
    if answer is None:
        return []
    line = {"color": palette.ink, "width": 2, "dash": "dot"}
    low, high = axis_range
    # The name stands on the side that the gap, or the axis's end, leaves free; where the axis ends
    # too soon, it stands flush with that end, above the line.
    leans_left = outcome > answer if gap else answer > (low + high) / 2.0
    room = (answer - low if leans_left else high - answer) / (high - low)
    flush = room < _NAME
    side = "left" if leans_left != flush else "right"
    at = answer if not flush else low if leans_left else high
    drawn = [
        trace("answer", "lines", [answer, answer], [foot, _GAP if flush else _ABOVE], line=line),
        trace(
            "answer's name", "text", [at], [_TOP],
            text=[f"\u2002you {with_decimals(answer, decimals)}\u2002"],
            textposition=f"middle {side}", textfont={"size": 15, "color": palette.ink},
            cliponaxis=False,
        ),
    ]  # fmt: skip
    if rows is not None:
        ends = [-0.6, rows - 0.4]
        drawn.append(trace("answer above", "lines", [answer, answer], ends, yaxis="y2", line=line))
    if gap:
        width = abs(outcome - answer)
        wide = width > _NARROW * (high - low)
        # Beside the outcome, unless the name is in the way.
        middle = outcome if flush else (answer + outcome) / 2.0
        place = f"middle {'left' if outcome < answer else 'right'}" if flush else "middle center"
        drawn += [
            trace(
                "gap", "lines", [answer, outcome], [_GAP, _GAP],
                line={"color": palette.mixed, "width": 4},
            ),
            trace(
                "outcome", "lines", [outcome, outcome], [FULCRUM_AT, _GAP],
                line={"color": palette.mixed, "width": 2},
            ),
            trace(
                "gap's size", "text", [middle], [_TOP],
                text=[distance_text(answer, outcome, decimals) if wide else ""], textposition=place,
                textfont={"size": 15, "color": palette.mixed},
            ),
        ]  # fmt: skip
    return drawn


def beam_panel(
    palette: Palette, *, axis_range: tuple[float, float], title: str, height: int
) -> dict[str, Any]:
    """Return the layout of a figure whose lower panel, ``xaxis`` and ``yaxis``, holds a beam.

    Parameters
    ----------
    palette
        Colours of the mode.
    axis_range
        Ends of the beam.
    title
        Title of its axis.
    height
        Height in pixels.
    """
    layout = base_layout(palette, height=height)
    layout["margin"] |= {"b": 42}
    layout["showlegend"] = False
    layout["xaxis"] |= {
        "range": list(axis_range),
        "title": axis_title(title),
        "anchor": "y",
        "fixedrange": True,
    }
    layout["yaxis"] |= {
        "showgrid": False,
        "ticks": "",
        "zeroline": False,
        "range": [_BELOW, _ABOVE],
        "domain": [0.0, _PANEL],
        "showticklabels": False,
        "fixedrange": True,
    }
    return layout


def beam_layout(
    here: Beam,
    rank: IntArray,
    palette: Palette,
    *,
    axis_range: tuple[float, float],
    outcome: str,
    cluster: str,
    height: int,
) -> dict[str, Any]:
    """Return the layout of both panels: clusters by size on ``yaxis2``, a beam on ``yaxis``.

    Parameters
    ----------
    here
        The clusters.
    rank
        The row of each, as `ranked` gives it.
    palette, axis_range, height
        As of `beam_panel`.
    outcome, cluster
        Titles of the axes.
    """
    layout = beam_panel(palette, axis_range=axis_range, title=outcome, height=height)
    order = np.argsort(rank)
    layout["yaxis2"] = layout["yaxis"] | {
        "range": [-0.6, len(rank) - 0.4],
        "domain": [_PANEL, 1.0],
        "anchor": "x",
        "showticklabels": True,
        "tickmode": "array",
        "tickvals": np.arange(len(rank)).tolist(),
        "ticktext": [f"{here.levels[j]} ({here.counts[j]:,.0f})" for j in order],
        "title": axis_title(cluster),
        "automargin": True,
    }
    return layout


def slope_layout(
    palette: Palette,
    *,
    slopes: tuple[float, float],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    slope: str,
    predictor: str,
    outcome: str,
    height: int,
) -> dict[str, Any]:
    """Return the layout of clusters on ``xaxis2`` and ``yaxis2`` above a beam of slopes.

    Parameters
    ----------
    palette, height
        As of `beam_panel`.
    slopes, slope
        Ends of the beam, and the title of its axis.
    x_range, y_range
        Ends of the clusters' axes.
    predictor, outcome
        Titles of these.
    """
    layout = beam_panel(palette, axis_range=slopes, title=slope, height=height)
    bare = base_layout(palette, height=height)["xaxis"] | {"fixedrange": True, "nticks": 5}
    layout["xaxis"] |= {
        "zeroline": True,
        "zerolinecolor": palette.muted,
        "zerolinewidth": 1,
    }
    layout["xaxis2"] = bare | {"range": list(x_range), "anchor": "y2"}
    layout["yaxis2"] = bare | {
        "range": list(y_range),
        "domain": [0.52, 1.0],
        "title": axis_title(outcome),
        "anchor": "x2",
    }
    # Inside the panel: between the panels there is no room for it in a low window.
    layout["annotations"] = [
        axis_title(predictor)
        | {
            "xref": "x2 domain",
            "yref": "y2 domain",
            "x": 1.0,
            "y": 0.0,
            "xanchor": "right",
            "yanchor": "bottom",
            "showarrow": False,
        }
    ]
    return layout
