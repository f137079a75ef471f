"""Clusters with their rows and, below, three beams: rows vote, clusters vote, weights vote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.account.targets import Averages
from engine.data.moments import FloatArray
from engine.figures.balance import Rows
from engine.figures.base import Figure, Palette, axis_title, plain, sideways, trace
from engine.figures.beam import Beam, beam_panel, weight_sizes
from engine.words.formulas import cluster_term
from engine.words.numbers import with_decimals

# Heights of the three beams, from the one on which rows vote to that of the mixed model.
BEAMS_AT = (2.0, 1.0, 0.0)
_BELOW, _ABOVE = -0.74, 2.98
# From a beam: its point of balance, an answer, its number, and the distance from it to the flag.
_FULCRUM, _ANSWER, _SAID, _GAP = -0.42, 0.32, 0.25, 0.18
# Its name is clear of the uppermost number.
_FLAG = 2.72
# Diameter in pixels of a vote that has all of a beam to itself, and of the smallest.
_LARGEST, _SMALLEST = 40.0, 4.0
# Panels, as shares of the figure's height.
_LOWER, _UPPER = (0.0, 0.5), (0.52, 1.0)
# Room above and below the clusters, in heights of a stripe.
_EDGE = 0.1
# Averages closer than this are one, in outcome units.
_SAME = 1e-9
# Dots fill this share of their cluster's height, and bars this one.
_JITTER, _BAR = 0.6, 0.8


@dataclass(frozen=True)
class Band:
    """Clusters that share a stripe of the upper panel and its name.

    Attributes
    ----------
    name
        What stands beside it; empty for no name.
    clusters
        The clusters 0..J-1, from the top.
    height
        Height of the stripe, in units of the others.
    """

    name: str
    clusters: Sequence[int]
    height: float = 1.0


@dataclass(frozen=True)
class Votes:
    """J clusters, their two averages, and who votes on them.

    Attributes
    ----------
    beam
        The clusters as rows and as the mixed model weigh them.
    flags
        The averages of rows and of clusters, in outcome units: of the data, or the true ones.
    rows
        Rows to draw.
    bands
        All clusters, from the top.
    """

    beam: Beam
    flags: Averages
    rows: Rows
    bands: Sequence[Band]


@dataclass(frozen=True)
class Names:
    """What the parts of the figure are called.

    Attributes
    ----------
    outcome, cluster
        Titles of the axes.
    of_rows, of_clusters
        The two averages.
    beams
        The two beams on which rows and clusters vote.
    """

    outcome: str
    cluster: str
    of_rows: str
    of_clusters: str
    beams: tuple[str, str]


def averages_figure(
    here: Votes,
    palette: Palette,
    names: Names,
    *,
    axis_range: tuple[float, float],
    height: int,
    counted: bool = True,
    answers: tuple[float, float] | None = None,
    gap: bool = False,
) -> Figure:
    """Draw the rows of each cluster, and below them who votes and where each beam balances.

    Parameters
    ----------
    here
        The clusters, their averages and their weights.
    palette
        Colours of the mode.
    names
        What is written beside things.
    axis_range
        Ends of the outcome axis.
    height
        Height in pixels.
    counted
        Whether to draw the votes, where they balance, and the flags; without them the figure says
        nothing of any average.
    answers
        Where somebody expects the averages of rows and of clusters.
    gap
        Whether to draw the distance from each answer to its flag.

    Returns
    -------
    Figure
        A plotly figure as plain data. The beams lie on ``yaxis``, at `BEAMS_AT`.
    """
    places, heights = _places(here.bands, len(here.beam.means))
    shown = BEAMS_AT if counted else BEAMS_AT[:2]
    ends = np.array([*axis_range, np.nan])
    data = [
        *_clusters(here, places, heights, palette),
        trace(
            "beams", "lines", np.tile(ends, len(shown)), np.repeat(shown, 3),
            line={"color": palette.muted, "width": 2},
        ),
    ]  # fmt: skip
    if counted:
        data += [
            *_flags(here.flags, names, palette),
            *_votes(here.beam, palette),
            *_fulcrums(here.beam, palette),
        ]
    if answers is not None:
        data += _answers(answers, here.flags, palette, axis_range[1], gap=gap)
    return {
        "data": data,
        "layout": _layout(here, palette, names, places, shown, axis_range, height),
    }


def _places(bands: Sequence[Band], clusters: int) -> tuple[FloatArray, FloatArray]:
    """Return the middle and the height of each cluster's part of its band, both of shape (J,)."""
    places, heights = np.empty(clusters), np.empty(clusters)
    top = 0.0
    for band in bands:
        part = band.height / len(band.clusters)
        places[list(band.clusters)] = top - part * (0.5 + np.arange(len(band.clusters)))
        heights[list(band.clusters)] = part
        top -= band.height
    return places, heights


def _clusters(
    here: Votes, places: FloatArray, heights: FloatArray, palette: Palette
) -> list[dict[str, Any]]:
    beam, rows = here.beam, here.rows
    turn = sideways(np.arange(len(rows.outcome)))
    across = places[rows.cluster] + 0.5 * _JITTER * heights[rows.cluster] * turn
    ends = np.array([-0.5, 0.5, np.nan]) * _BAR
    bars = places[:, None] + heights[:, None] * ends
    return [
        trace(
            "rows", "markers", rows.outcome, across, yaxis="y2",
            marker={"color": palette.data, "size": 5, "opacity": 0.7},
        ),
        trace(
            "own", "lines", np.repeat(beam.means, 3), bars.ravel(), yaxis="y2",
            line={"color": palette.ink, "width": 3},
        ),
    ]  # fmt: skip


def _outward(flags: Averages) -> tuple[str, str]:
    """Return on which side of each flag there is room, as the other flag is on its other side."""
    # Where both are one, rounding errors must not toss the names from side to side.
    above = flags.of_rows - flags.of_clusters > _SAME
    return ("right", "left") if above else ("left", "right")


def _flags(flags: Averages, names: Names, palette: Palette) -> list[dict[str, Any]]:
    """Return a line for each average through all beams, with its name on top: its flag."""
    return [
        trace(
            role, "lines+text", [at, at], [BEAMS_AT[-1], _FLAG], cliponaxis=False,
            line={"color": colour, "width": 2, "dash": "dot"},
            text=["", f"\u2002{plain(name)}\u2002"], textposition=f"middle {side}",
            textfont={"size": 15, "color": colour},
        )
        for role, at, name, colour, side in zip(
            ("average of rows", "average of clusters"),
            (flags.of_rows, flags.of_clusters),
            (names.of_rows, names.of_clusters),
            (palette.ols, palette.between),
            _outward(flags),
            strict=True,
        )
    ]  # fmt: skip


def _votes(beam: Beam, palette: Palette) -> list[dict[str, Any]]:
    """Return the clusters' shares of the votes on each beam."""
    clusters = len(beam.means)
    by_cluster = np.full(clusters, 1.0 / clusters)
    terms = [cluster_term(level) for level in beam.levels]
    return [
        trace(
            role, "markers", beam.means, np.full(clusters, at),
            marker={
                "color": colour,
                "size": weight_sizes(shares, _LARGEST, _SMALLEST),
                "opacity": 0.5,
                "line": {"width": 0},
            },
        )
        | {"meta": {"role": role, "terms": terms}}
        for role, shares, at, colour in zip(
            ("votes of rows", "votes of clusters", "weights"),
            (beam.by_rows.shares, by_cluster, beam.by_ratio.shares),
            BEAMS_AT,
            (palette.ols, palette.between, palette.mixed),
            strict=True,
        )
    ]  # fmt: skip


def _fulcrums(beam: Beam, palette: Palette) -> list[dict[str, Any]]:
    """Return where each beam balances, named on the side that the other averages leave free."""
    at = (beam.ols, beam.of_clusters, beam.mixed)
    middle = (beam.ols + beam.of_clusters) / 2.0
    sides = (*_outward(Averages(beam.ols, beam.of_clusters)), "")
    return [
        trace(
            role, "markers+text", [point], [beam_at + _FULCRUM], cliponaxis=False,
            marker={"symbol": "triangle-up", "size": 15, "color": colour},
            text=[f"\u00a0{name} {with_decimals(point, 1)}\u00a0"],
            textposition=f"middle {side or ('right' if point > middle else 'left')}",
            textfont={"size": 15, "color": colour},
        )
        for role, name, point, beam_at, colour, side in zip(
            ("ols", "cluster average", "mixed"),
            ("OLS", "mean of means", "mixed"),
            at,
            BEAMS_AT,
            (palette.ols, palette.between, palette.mixed),
            sides,
            strict=True,
        )
    ]  # fmt: skip


def _answers(
    answers: tuple[float, float], flags: Averages, palette: Palette, end: float, *, gap: bool
) -> list[dict[str, Any]]:
    """Return both answers, each on its beam, and how far they are from their flags.

    Their numbers stand above the right end of the beam, clear of all other names.
    """
    drawn = []
    for answer, flag, at, colour in zip(
        answers,
        (flags.of_rows, flags.of_clusters),
        BEAMS_AT[:2],
        (palette.ols, palette.between),
        strict=True,
    ):
        if gap:
            drawn.append(
                trace(
                    "gap", "lines", [answer, flag], [at + _GAP, at + _GAP],
                    line={"color": colour, "width": 4},
                )
            )  # fmt: skip
        drawn += [
            trace(
                "answer", "lines", [answer, answer], [at, at + _ANSWER],
                line={"color": palette.ink, "width": 2},
            ),
            trace(
                "answer", "markers", [answer], [at + _ANSWER],
                marker={"symbol": "circle", "size": 8, "color": palette.ink},
            ),
            trace(
                "answer's number", "text", [end], [at + _SAID], cliponaxis=False,
                text=[f"you {with_decimals(answer, 1)}"], textposition="middle left",
                textfont={"size": 15, "color": palette.ink},
            ),
        ]  # fmt: skip
    return drawn


def _layout(
    here: Votes,
    palette: Palette,
    names: Names,
    places: FloatArray,
    beams: Sequence[float],
    axis_range: tuple[float, float],
    height: int,
) -> dict[str, Any]:
    layout = beam_panel(palette, axis_range=axis_range, title=names.outcome, height=height)
    layout["yaxis"] |= {
        "range": [_BELOW, _ABOVE],
        "domain": list(_LOWER),
        "showticklabels": True,
        "automargin": True,
        "tickmode": "array",
        "tickvals": list(beams),
        # The blank keeps clear of a ring at the end of the beam.
        "ticktext": [f"{plain(name)}\u2002" for name in (*names.beams, "mixed")[: len(beams)]],
    }
    bands = [band for band in here.bands if band.name]
    layout["yaxis2"] = layout["yaxis"] | {
        "range": [-sum(band.height for band in here.bands) - _EDGE, _EDGE],
        "domain": list(_UPPER),
        "anchor": "x",
        "tickvals": [float(places[list(band.clusters)].mean()) for band in bands],
        "ticktext": [plain(band.name) for band in bands],
        "title": axis_title(names.cluster),
    }
    return layout
