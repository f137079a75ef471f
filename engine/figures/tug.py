"""Cluster means with the lines through them and, below, the rope at which two teams pull."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.account.teams import Teams
from engine.data.moments import FloatArray, IntArray
from engine.figures.base import (
    DASHES,
    HOVER_TEXT,
    Figure,
    Palette,
    by_area,
    trace,
)
from engine.figures.beam import (
    BEAM_AT,
    answer_on_beam,
    beam_line,
    fulcrums,
    slope_layout,
    weight_sizes,
)
from engine.figures.labels import apart
from engine.words.numbers import share, with_decimals

# The names of the teams stand this far above the rope.
_NAMES = 0.74
# Diameter in pixels of a team that has all of the strength, and of one that is not weighed.
_LARGEST, _PLAIN = 50.0, 11.0
# Where in the height of the clusters' panel the lines' names need room, as a share of it.
_NAME_ROOM = 0.16
# Share of the width of the clusters' panel that the names take.
_NAMES_WIDTH = 0.2
_DECIMALS = 2
# An answer so near to a team or to the name of the ring, as a share of the rope, would strike
# through a name: its line then ends above.
_NEAR, _ABOVE_NAMES = 0.13, 0.94
# The name of the ring stands above it, unless it is this near to the team, and beside it by so much
# up to its middle, as shares of the rope.
_RING_NAME, _AT_ONE_PLACE, _RING_ASIDE = 0.27, 0.06, 0.085
# Strengths whose number has room on the team's disc; others are written below the rope.
_WRITTEN, _BELOW_ROPE = (0.15, 0.999), -0.3


@dataclass(frozen=True)
class Tug:
    """J clusters, and the teams that pull in OLS and in the mixed model at one variance ratio.

    Attributes
    ----------
    levels
        Labels of the clusters.
    counts
        Rows of each, shape (J,).
    places
        Their means along the predictor and the outcome, shape (J, 2).
    spread
        Standard deviation of the predictor inside clusters.
    ols, mixed
        The teams at ρ = 0, and at the ratio.
    """

    levels: Sequence[str]
    counts: IntArray
    places: FloatArray
    spread: float
    ols: Teams
    mixed: Teams


def tug_figure(
    here: Tug,
    palette: Palette,
    *,
    slopes: tuple[float, float],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    slope: str,
    predictor: str,
    outcome: str,
    height: int,
    answer: float | None = None,
    weighed: bool = True,
    gap: bool = False,
) -> Figure:
    """Draw the clusters, the lines within and between them and the models', and the rope.

    Parameters
    ----------
    here
        The clusters and the teams.
    palette
        Colours of the mode.
    slopes
        Ends of the rope, in outcome units per unit of the predictor.
    x_range, y_range
        Ends of the clusters' axes.
    slope, predictor, outcome
        Titles of the axes.
    height
        Height in pixels.
    answer
        Where somebody expects the mixed model's slope, drawn as a line across the rope.
    weighed
        Whether to draw the mixed model and the strength of the teams in it; without them the
        figure says nothing of the mixed model.
    gap
        Whether to draw the distance from the answer to the mixed model's slope.

    Returns
    -------
    Figure
        A plotly figure as plain data. The rope lies on ``xaxis`` and ``yaxis``, at `BEAM_AT`.
    """
    shown = here.mixed if weighed else here.ols
    data = [
        _own_lines(here, palette),
        *_lines(here, palette, x_range, y_range, weighed=weighed),
        *_clusters(here, shown, palette),
        beam_line(slopes, palette, "rope"),
        *_teams(here, palette, slopes, weighed=weighed),
        *fulcrums(
            here.ols.slope, here.mixed.slope if weighed else None, palette, decimals=_DECIMALS
        ),
    ]  # fmt: skip
    if answer is not None:
        names = [at for at in (shown.within, shown.between) if at is not None]
        if weighed and here.ols.between is not None and here.mixed.between is not None:
            away = np.sign(here.ols.between - here.mixed.between)
            names.append(here.ols.between + away * _RING_ASIDE * (slopes[1] - slopes[0]))
        near = min(abs(answer - at) for at in names) < _NEAR * (slopes[1] - slopes[0])
        data += answer_on_beam(
            answer,
            here.mixed.slope,
            palette,
            axis_range=slopes,
            gap=gap,
            decimals=_DECIMALS,
            foot=_ABOVE_NAMES if near else BEAM_AT,
        )
    return {
        "data": data,
        "layout": slope_layout(
            palette,
            slopes=slopes,
            x_range=x_range,
            y_range=y_range,
            slope=slope,
            predictor=predictor,
            outcome=outcome,
            height=height,
        ),
    }


def _own_lines(here: Tug, palette: Palette) -> dict[str, Any]:
    """Return a piece of the within line through each cluster's mean, as long as its rows reach."""
    reach = np.array([-1.0, 1.0, np.nan]) * np.sqrt(3.0) * here.spread
    x = here.places[:, :1] + reach
    y = here.places[:, 1:] + here.ols.within * reach
    return trace(
        "within", "lines", x.ravel(), y.ravel(), xaxis="x2", yaxis="y2",
        line={"color": palette.no_pooling, "width": 3},
    )  # fmt: skip


def _lines(
    here: Tug,
    palette: Palette,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    *,
    weighed: bool,
) -> list[dict[str, Any]]:
    """Return the lines of both teams and both models through their centres, and their names."""
    shown = here.mixed if weighed else here.ols
    lines = [
        ("within", "inside", shown.within, shown.centre, palette.no_pooling, "dot", 2),
        ("ols", "OLS", here.ols.slope, here.ols.centre, palette.ols, DASHES["ols"], 3),
    ]
    if shown.between is not None:
        lines.append(
            ("between", "between", shown.between, shown.centre, palette.between, "dashdot", 2)
        )
    if weighed:
        lines.append(
            ("mixed", "mixed", shown.slope, shown.centre, palette.mixed, DASHES["mixed"], 4)
        )
    low, high = x_range
    ends = np.array([low, high - _NAMES_WIDTH * (high - low)])
    heights = [centre[1] + tilt * (ends - centre[0]) for _, _, tilt, centre, *_ in lines]
    room = y_range[1] - y_range[0]
    least, most = y_range[0] + 0.04 * room, y_range[1] - 0.04 * room
    names = apart(np.clip([y[1] for y in heights], least, most), _NAME_ROOM * room)
    # Names that were pushed over an edge come back as they are, side by side.
    names = names - max(0.0, names.max() - most) + max(0.0, least - names.min())
    drawn = [
        trace(
            role, "lines", ends, y, xaxis="x2", yaxis="y2",
            line={"color": colour, "width": width, "dash": dash},
        )
        for (role, _, _, _, colour, dash, width), y in zip(lines, heights, strict=True)
    ]  # fmt: skip
    drawn += [
        trace(
            role, "text", [ends[1]], [y], xaxis="x2", yaxis="y2",
            text=[f"\u2002{name}"], textposition="middle right", cliponaxis=False,
            textfont={"size": 14, "color": colour},
        )
        for (role, name, _, _, colour, _, _), y in zip(lines, names, strict=True)
    ]  # fmt: skip
    return drawn


def _clusters(here: Tug, shown: Teams, palette: Palette) -> list[dict[str, Any]]:
    pairs = zip(here.levels, here.counts, here.ols.weights, shown.weights, strict=True)
    return [
        trace(
            "between", "markers", here.places[:, 0], here.places[:, 1], xaxis="x2", yaxis="y2",
            marker={
                "color": palette.between,
                "size": by_area(np.asarray(1000.0 * shown.weights), 17.0, 5.0, 60.0),
                "opacity": 0.55,
                "line": {"width": 0},
            },
            text=[
                f"{level}: {count} rows, {share(rows)} of OLS's line between, {share(own)} of this"
                for level, count, rows, own in pairs
            ],
            **HOVER_TEXT,
        ),
        trace(
            "letters", "text", here.places[:, 0], here.places[:, 1], xaxis="x2", yaxis="y2",
            text=list(here.levels), textposition="top center",
            textfont={"size": 14, "color": palette.ink},
        ),
    ]  # fmt: skip


def _teams(
    here: Tug, palette: Palette, slopes: tuple[float, float], *, weighed: bool
) -> list[dict[str, Any]]:
    """Return the teams on the rope, their names and strength, and how far they pulled."""
    shown = here.mixed if weighed else here.ols
    pulls = [("within", "inside", shown.within, shown.share, palette.no_pooling)]
    if shown.between is not None:
        pulls.append(("between", "between", shown.between, shown.share_between, palette.between))
    drawn: list[dict[str, Any]] = []
    if weighed and here.ols.between is not None:
        drawn += _ring(here, palette, slopes)
    if weighed:
        drawn.append(
            trace(
                "way", "lines", [here.ols.slope, here.mixed.slope], [BEAM_AT, BEAM_AT],
                line={"color": palette.mixed, "width": 6},
            )
        )  # fmt: skip
    for role, name, at, strength, colour in pulls:
        place = float(np.clip(at, *slopes))
        arrow = "" if place == at else " →" if at > place else "← "
        number = with_decimals(at, _DECIMALS)
        text = f"{arrow}{name} {number}" if arrow.startswith("←") else f"{name} {number}{arrow}"
        side = "center" if place == at else "left" if at > place else "right"
        size = float(weight_sizes(strength, _LARGEST)) if weighed else _PLAIN
        if weighed:
            # The rope must not strike through the number on the disc.
            drawn.append(
                trace(
                    f"{role} backing", "markers", [place], [BEAM_AT], cliponaxis=False,
                    marker={"color": palette.paper, "size": size, "opacity": 1.0},
                )
            )  # fmt: skip
        drawn += [
            trace(
                role, "markers", [place], [BEAM_AT],
                marker={
                    "color": colour,
                    "size": size,
                    "symbol": "circle" if place == at else "triangle-right",
                    "opacity": 0.55 if weighed else 1.0,
                    "line": {"width": 0},
                },
                cliponaxis=False,
                text=[f"{name} clusters: {share(strength)} of the comparisons"],
                **(HOVER_TEXT if weighed else {}),
            ),
            trace(
                role, "text", [place], [_NAMES],
                text=[text], textposition=f"middle {side}", cliponaxis=False,
                textfont={"size": 15, "color": colour},
            ),
        ]  # fmt: skip
        if weighed:
            on_disc = _WRITTEN[0] <= strength <= _WRITTEN[1] and place == at
            drawn.append(
                trace(
                    "share", "text", [place], [BEAM_AT if on_disc else _BELOW_ROPE],
                    text=[share(strength)], textposition=f"middle {side}", cliponaxis=False,
                    textfont={"size": 14, "color": palette.ink},
                )
            )  # fmt: skip
    return drawn


def _ring(here: Tug, palette: Palette, slopes: tuple[float, float]) -> list[dict[str, Any]]:
    """Return where the team between stands in OLS, with a name that leans away from the team."""
    at, now = here.ols.between, here.mixed.between
    if at is None or now is None or not slopes[0] <= at <= slopes[1]:
        return []
    away = (at - now) / (slopes[1] - slopes[0])
    return [
        trace(
            "between before", "markers", np.array([at]), [BEAM_AT],
            marker={
                "symbol": "circle-open",
                "size": 12,
                "color": palette.between,
                "line": {"width": 2, "color": palette.between},
            },
            text=[f"between clusters in OLS: {with_decimals(at, _DECIMALS)}"],
            **HOVER_TEXT,
        ),
        trace(
            "between before", "text", [at], [_RING_NAME],
            text=["in OLS" if abs(away) > _AT_ONE_PLACE else ""],
            textposition=f"middle {'left' if away < 0.0 else 'right'}",
            textfont={"size": 14, "color": palette.between},
        ),
    ]  # fmt: skip
