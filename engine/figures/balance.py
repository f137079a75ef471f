"""Clusters as dots with their means and, below, a beam that carries the means as weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.account.balance import Balance, balance
from engine.account.path import FAR
from engine.data.moments import FloatArray, IntArray
from engine.figures.base import Figure, Palette, axis_title, base_layout, trace
from engine.words.formulas import cluster_term
from engine.words.numbers import share, with_decimals

# Where the beam lies in its panel, and how far the panel reaches below and above it.
BEAM_AT, _BELOW, _ABOVE = 0.0, -1.25, 1.5
_FULCRUM, _LETTERS, _GAP, _TOP = -0.62, 0.62, 0.95, 1.2
# Diameter in pixels of a weight that has all of the beam to itself.
_LARGEST = 62.0
# A gap of less than this share of the axis has no room for its number.
_NARROW = 0.05
_JITTER, _GOLDEN = 0.3, 0.6180339887498949


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
        balance(counts, means, min(ratio, FAR)),
    )


@dataclass(frozen=True)
class Rows:
    """The rows to draw.

    Attributes
    ----------
    outcome
        Shape (M,).
    cluster
        The cluster 0..J-1 of each, shape (M,).
    """

    outcome: FloatArray
    cluster: IntArray


def rows_of(here: Beam, rows: Rows) -> Rows:
    """Return the rows to draw for clusters of other sizes and means than those of the rows.

    Of each cluster they are as many as it has, evenly spaced by outcome and at most all of them,
    moved to its mean.

    Parameters
    ----------
    here
        The clusters.
    rows
        Rows of the same clusters.
    """
    outcome, cluster = [], []
    for j, (count, mean) in enumerate(zip(here.counts, here.means, strict=True)):
        known = np.sort(rows.outcome[rows.cluster == j])
        shown = min(len(known), max(1, round(count)))
        drawn = known[((np.arange(shown) + 0.5) * len(known) / shown).astype(int)]
        outcome.append(drawn + (mean - drawn.mean()))
        cluster.append(np.full(shown, j))
    return Rows(np.concatenate(outcome), np.concatenate(cluster))


def balance_figure(
    here: Beam,
    rows: Rows,
    palette: Palette,
    *,
    axis_range: tuple[float, float],
    outcome: str,
    cluster: str,
    height: int,
    answer: float | None = None,
    weighed: bool = True,
    gap: bool = False,
) -> Figure:
    """Draw the rows of each cluster, the largest on top, and the beam below them.

    Parameters
    ----------
    here
        The clusters and their weights.
    rows
        Their rows.
    palette
        Colours of the mode.
    axis_range
        Ends of the outcome axis.
    outcome, cluster
        Titles of the axes.
    height
        Height in pixels.
    answer
        Where somebody expects the mixed model's intercept, drawn as a line.
    weighed
        Whether to draw the weights of the mixed model and where they balance; without them the
        figure says nothing of the mixed model.
    gap
        Whether to draw the distance from the answer to the mixed model's intercept.

    Returns
    -------
    Figure
        A plotly figure as plain data. The beam lies on ``yaxis``, at `BEAM_AT`.
    """
    rank = ranked(here)
    turn = np.mod(np.arange(len(rows.outcome)) * _GOLDEN, 1.0)
    spread = _JITTER * (2.0 * turn - 1.0)
    low, high = axis_range
    data = [
        trace(
            "rows", "markers", rows.outcome, rank[rows.cluster] + spread, yaxis="y2",
            marker={"color": palette.data, "size": 5, "opacity": 0.7},
        ),
        trace(
            "own", "markers", here.means, rank, yaxis="y2",
            marker={"symbol": "line-ns", "size": 20, "line": {"color": palette.ink, "width": 3}},
        ) | {"meta": {"role": "own", "terms": list(map(cluster_term, here.levels))}},
        trace(
            "beam", "lines", [low, high], [BEAM_AT, BEAM_AT],
            line={"color": palette.muted, "width": 2},
        ),
        *_weights(here, palette, weighed=weighed),
        *fulcrums(here.ols, here.mixed if weighed else None, palette),
        *answer_on_beam(
            answer, here.mixed, palette, axis_range=axis_range, rows=len(rank), gap=gap
        ),
    ]  # fmt: skip
    layout = beam_layout(
        here, rank, palette,
        axis_range=axis_range, outcome=outcome, cluster=cluster, height=height,
    )  # fmt: skip
    return {"data": data, "layout": layout}


def ranked(here: Beam) -> IntArray:
    """Return the row of each cluster in a figure, shape (J,): the largest is on top."""
    rank = np.empty(len(here.counts), dtype=np.int64)
    rank[np.lexsort((-np.arange(len(here.counts)), here.counts))] = np.arange(len(here.counts))
    return rank


def _weights(here: Beam, palette: Palette, *, weighed: bool) -> list[dict[str, Any]]:
    shares = here.by_ratio.shares if weighed else np.zeros(len(here.means))
    beam = np.full(len(here.means), BEAM_AT)
    terms = {"terms": list(map(cluster_term, here.levels))}
    look: dict[str, Any] = {}
    if weighed:
        pairs = zip(here.levels, here.by_rows.shares, shares, strict=True)
        look = {
            "text": [
                f"{level}: {share(rows)} of lm, {share(own)} of lmer" for level, rows, own in pairs
            ],
            "hovertemplate": "%{text}<extra></extra>",
            "hoverinfo": "text",
        }
    return [
        trace(
            "weights", "markers", here.means, beam,
            marker={
                "color": palette.mixed if weighed else palette.muted,
                "size": np.maximum(_LARGEST * np.sqrt(shares), 7.0),
                "opacity": 0.55,
                "line": {"width": 0},
            },
            **look,
        ) | {"meta": {"role": "weights", **terms}},
        trace(
            "letters", "text", here.means, beam + _LETTERS,
            text=list(here.levels), textfont={"size": 14, "color": palette.ink},
        ) | {"meta": {"role": "letters", **terms}},
    ]  # fmt: skip


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
    shown = [("ols", "lm", ols, palette.ols, "triangle-up-open", left)]
    if mixed is not None:
        right = "right" if left == "left" else "left"
        shown.append(("mixed", "lmer", mixed, palette.mixed, "triangle-up", right))
    return [
        trace(
            role, "markers+text", [at], [_FULCRUM],
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
    middle = (axis_range[0] + axis_range[1]) / 2.0
    # The label stands on the side that the gap, or the axis's end, leaves free.
    leans_left = outcome > answer if gap else answer > middle
    side = "left" if leans_left else "right"
    drawn = [
        trace("answer", "lines", [answer, answer], [foot, _ABOVE], line=line),
        trace(
            "answer's name", "text", [answer], [_TOP],
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
        wide = width > _NARROW * (axis_range[1] - axis_range[0])
        drawn += [
            trace(
                "gap", "lines", [answer, outcome], [_GAP, _GAP],
                line={"color": palette.mixed, "width": 4},
            ),
            trace(
                "outcome", "lines", [outcome, outcome], [_FULCRUM, _GAP],
                line={"color": palette.mixed, "width": 2},
            ),
            trace(
                "gap's size", "text", [(answer + outcome) / 2.0], [_TOP],
                text=[with_decimals(width, decimals) if wide else ""],
                textfont={"size": 15, "color": palette.mixed},
            ),
        ]  # fmt: skip
    return drawn


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
    palette, axis_range, outcome, cluster, height
        As of `balance_figure`.
    """
    layout = base_layout(palette, height=height)
    quiet = {"showgrid": False, "ticks": "", "zeroline": False}
    layout["margin"] |= {"b": 42}
    layout["showlegend"] = False
    layout["xaxis"] |= {
        "range": list(axis_range),
        "title": axis_title(outcome),
        "anchor": "y",
        "fixedrange": True,
    }
    layout["yaxis"] |= quiet | {
        "range": [_BELOW, _ABOVE],
        "domain": [0.0, 0.42],
        "showticklabels": False,
        "fixedrange": True,
    }
    order = np.argsort(rank)
    layout["yaxis2"] = layout["yaxis"] | {
        "range": [-0.6, len(rank) - 0.4],
        "domain": [0.42, 1.0],
        "anchor": "x",
        "showticklabels": True,
        "tickmode": "array",
        "tickvals": np.arange(len(rank)).tolist(),
        "ticktext": [f"{here.levels[j]} ({here.counts[j]:,.0f})" for j in order],
        "title": axis_title(cluster),
        "automargin": True,
    }
    return layout
