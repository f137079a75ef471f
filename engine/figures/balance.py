"""Clusters as dots with their means and, below, a beam that carries the means as weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.data.moments import FloatArray, IntArray
from engine.figures.base import HOVER_TEXT, Figure, Palette, sideways, trace
from engine.figures.beam import (
    BEAM_AT,
    Beam,
    answer_on_beam,
    beam_layout,
    beam_line,
    fulcrums,
    ranked,
    weight_sizes,
)
from engine.figures.labels import apart
from engine.words.formulas import cluster_term
from engine.words.numbers import share

# The clusters' letters stand above the beam, at least this share of it apart.
_LETTERS, _APART = 0.62, 0.055
# Diameter in pixels of a weight that has all of the beam to itself.
_LARGEST = 62.0
_JITTER = 0.3


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
    order = np.lexsort((rows.outcome, rows.cluster))
    ends = np.searchsorted(rows.cluster[order], np.arange(1, len(here.counts)))
    by_cluster = np.split(rows.outcome[order], ends)
    for j, (count, mean) in enumerate(zip(here.counts, here.means, strict=True)):
        known = by_cluster[j]
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
    palette, axis_range, outcome, cluster, height
        As of `beam_layout`.
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
    spread = _JITTER * sideways(np.arange(len(rows.outcome)))
    data = [
        trace(
            "rows", "markers", rows.outcome, rank[rows.cluster] + spread, yaxis="y2",
            marker={"color": palette.data, "size": 5, "opacity": 0.7},
        ),
        trace(
            "own", "markers", here.means, rank, yaxis="y2",
            marker={"symbol": "line-ns", "size": 20, "line": {"color": palette.ink, "width": 3}},
        ) | {"meta": {"role": "own", "terms": list(map(cluster_term, here.levels))}},
        beam_line(axis_range, palette),
        *_weights(here, palette, axis_range, weighed=weighed),
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


def _weights(
    here: Beam, palette: Palette, axis_range: tuple[float, float], *, weighed: bool
) -> list[dict[str, Any]]:
    shares = here.by_ratio.shares if weighed else np.zeros(len(here.means))
    beam = np.full(len(here.means), BEAM_AT)
    letters = apart(here.means, _APART * (axis_range[1] - axis_range[0]))
    terms = {"terms": list(map(cluster_term, here.levels))}
    look: dict[str, Any] = {}
    if weighed:
        pairs = zip(here.levels, here.by_rows.shares, shares, strict=True)
        look = {
            "text": [
                f"{level}: {share(rows)} of the weight in OLS, {share(own)} in the mixed model"
                for level, rows, own in pairs
            ],
        } | HOVER_TEXT
    return [
        trace(
            "weights", "markers", here.means, beam,
            marker={
                "color": palette.mixed if weighed else palette.muted,
                "size": weight_sizes(shares, _LARGEST),
                "opacity": 0.55,
                "line": {"width": 0},
            },
            **look,
        ) | {"meta": {"role": "weights", **terms}},
        trace(
            "letters", "text", letters, beam + _LETTERS,
            text=list(here.levels), textfont={"size": 14, "color": palette.ink},
        ) | {"meta": {"role": "letters", **terms}},
    ]  # fmt: skip
