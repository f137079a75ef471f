"""Cluster means with the slopes within and between them and, below, the coefficients of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.account.teams import Teams, contextual
from engine.data.moments import FloatArray, IntArray
from engine.figures.base import DASHES, Figure, Palette, by_area, trace
from engine.figures.beam import slope_layout
from engine.figures.labels import apart
from engine.words.numbers import distance_text, with_decimals

# Rows of the lower panel from the bottom: an answer and the coefficient above it, twice, and the
# names of the two slopes.
ANSWER_ROWS = {"mean": 0.0, "own": 2.0}
_ROWS = {"mean": 1.0, "own": 3.0}
_SLOPES, _BOTTOM, _TOP = 4.0, -0.6, 4.6
# Panels, as shares of the figure's height.
_LOWER, _UPPER = (0.0, 0.46), (0.57, 1.0)
# Half the length of the piece of a line drawn at each cluster, as a share of the axis.
_PIECE = 0.024
# Heights that names of lines need, as a share of the upper panel's.
_NAME_ROOM = 0.18
# An answer beyond this share of the axis has no room for its numbers at its right; with a gap they
# are longer.
_LATE, _LATE_WITH_GAP = 0.81, 0.63
_SPACE = "\u2002"


@dataclass(frozen=True)
class Context:
    """J clusters, and a predictor's coefficients with or without its cluster means in the model.

    Attributes
    ----------
    counts
        Rows of each cluster, shape (J,).
    places
        The clusters' means along the predictor and the outcome, shape (J, 2).
    ols, mixed
        The slopes within and between clusters as OLS and as the mixed model weigh them.
    with_means
        Whether the cluster means are a predictor. The coefficient of a row's own value is then
        the within slope, and that of the mean the contextual effect; otherwise the only
        coefficient is the slope of ``ols`` and of ``mixed``.
    before
        The slopes of OLS and of the mixed model without the cluster means.
    """

    counts: IntArray
    places: FloatArray
    ols: Teams
    mixed: Teams
    with_means: bool
    before: tuple[float, float]

    @property
    def own(self) -> tuple[float, float]:
        """The coefficient of a row's own value, by OLS and by the mixed model."""
        if self.with_means:
            return self.ols.within, self.mixed.within
        return self.ols.slope, self.mixed.slope

    @property
    def mean(self) -> tuple[float, float] | None:
        """The coefficient of the cluster mean by both; None if that is not in the model."""
        if not self.with_means:
            return None
        return contextual(self.ols), contextual(self.mixed)


def context_figure(
    here: Context,
    palette: Palette,
    *,
    slopes: tuple[float, float],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    slope: str,
    predictor: str,
    outcome: str,
    names: Mapping[str, str],
    height: int,
    answers: Mapping[str, float] | None = None,
    asked: bool = False,
    gap: bool = False,
) -> Figure:
    """Draw the clusters with the lines within and between them, and the coefficients on an axis.

    With the cluster means in the model one unit of the predictor is drawn as a step whose height,
    the slope between, has two parts: the coefficient of the own value and that of the mean.

    Parameters
    ----------
    here
        The clusters and the coefficients.
    palette
        Colours of the mode.
    slopes
        Ends of the axis of coefficients, in outcome units per unit of the predictor.
    x_range, y_range
        Ends of the clusters' axes.
    slope, predictor, outcome
        Titles of the axes.
    names
        What the coefficients are called, by ``"own"`` and ``"mean"``, and by ``"alone"`` the only
        one of the model without the means.
    height
        Height in pixels.
    answers
        Where somebody expects the mixed model's coefficients, by the same ids.
    asked
        Whether the question is open: the figure then says nothing of what is true within.
    gap
        Whether to draw the distance from each answer to the mixed model's coefficient.

    Returns
    -------
    Figure
        A plotly figure as plain data. The coefficients lie on ``xaxis`` and ``yaxis``, answers
        at `ANSWER_ROWS`.
    """
    shown = ["between"] if asked else ["within", "between"]
    data = [
        *_clusters(here, palette, x_range, asked=asked),
        *_lines(here, palette, x_range, y_range, asked=asked),
        *_flags(here.mixed, palette, shown, decimals=1 if asked else 2),
        *_coefficients(here, palette, asked=asked),
        *_answers(here, answers or {}, palette, slopes, asked=asked, gap=gap),
    ]
    rows = [(at, names[name]) for name, at in (ANSWER_ROWS if asked else _ROWS).items()]
    if asked:
        rows.append((_ROWS["own"], names["alone"]))
    layout = slope_layout(
        palette,
        slopes=slopes,
        x_range=x_range,
        y_range=y_range,
        slope=slope,
        predictor=predictor,
        outcome=outcome,
        height=height,
    )
    layout["yaxis"] |= {
        "range": [_BOTTOM, _TOP],
        "domain": list(_LOWER),
        "showticklabels": True,
        "automargin": True,
        "tickmode": "array",
        "tickvals": [at for at, _ in rows],
        "ticktext": [name for _, name in rows],
    }
    layout["yaxis2"]["domain"] = list(_UPPER)
    return {"data": data, "layout": layout}


def _clusters(
    here: Context, palette: Palette, x_range: tuple[float, float], *, asked: bool
) -> list[dict[str, Any]]:
    """Return the clusters and, once the question is answered, a piece of the line within each."""
    drawn = [
        trace(
            "clusters", "markers", here.places[:, 0], here.places[:, 1], xaxis="x2", yaxis="y2",
            marker={
                "color": palette.between,
                "size": by_area(here.counts, 9.0, 4.0, 14.0),
                "opacity": 0.45,
                "line": {"width": 0},
            },
        )
    ]  # fmt: skip
    if not asked:
        reach = np.array([-1.0, 1.0, np.nan]) * _PIECE * (x_range[1] - x_range[0])
        drawn.append(
            trace(
                "within", "lines", (here.places[:, :1] + reach).ravel(),
                (here.places[:, 1:] + here.mixed.within * reach).ravel(), xaxis="x2", yaxis="y2",
                line={"color": palette.no_pooling, "width": 2}, opacity=0.6,
            )
        )  # fmt: skip
    return drawn


def _lines(
    here: Context,
    palette: Palette,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    *,
    asked: bool,
) -> list[dict[str, Any]]:
    """Return the line between clusters with the models' lines, or the step, and their names."""
    shown, slope = here.mixed, here.mixed.within + contextual(here.mixed)
    start = shown.centre
    end = start[0] + 1.0
    high = start[1] + slope
    on = {"xaxis": "x2", "yaxis": "y2"}
    from_left = np.array([x_range[0], end])
    drawn = [
        trace(
            "between", "lines", from_left, start[1] + slope * (from_left - start[0]),
            line={"color": palette.between, "width": 3, "dash": "dashdot"}, **on,
        )
    ]  # fmt: skip
    named = [("between", "between", high, palette.between)]
    if here.with_means:
        corner = start[1] + shown.within
        drawn += [
            trace(
                "unit", "lines", [start[0], end], [start[1], start[1]],
                line={"color": palette.muted, "width": 2, "dash": "dot"}, **on,
            ),
            trace(
                "unit", "text", [end], [start[1]], text=["1 unit"], textposition="bottom left",
                textfont={"size": 14, "color": palette.muted}, **on,
            ),
            trace(
                "within", "lines", [start[0], end, end], [start[1], corner, start[1]],
                line={"color": palette.no_pooling, "width": 4}, **on,
            ),
            trace(
                "contextual", "lines", [end, end], [corner, high],
                line={"color": palette.ink, "width": 5}, **on,
            ),
        ]  # fmt: skip
        number = {
            "within": with_decimals(shown.within, 2),
            "contextual": with_decimals(contextual(shown), 2),
        }
        named += [
            ("contextual", f"mean {number['contextual']}", (corner + high) / 2.0, palette.ink),
            ("within", f"own {number['within']}", (start[1] + corner) / 2.0, palette.no_pooling),
        ]
    elif not asked:
        models = [
            ("ols", "OLS", here.ols, palette.ols, DASHES["ols"], 3),
            ("mixed", "mixed", here.mixed, palette.mixed, DASHES["mixed"], 4),
        ]
        for role, name, team, colour, dash, width in models:
            heights = team.centre[1] + team.slope * (from_left - team.centre[0])
            line = {"color": colour, "width": width, "dash": dash}
            drawn.append(trace(role, "lines", from_left, heights, line=line, **on))
            named.append((role, name, float(heights[1]), colour))
    heights = apart([at for _, _, at, _ in named], _NAME_ROOM * (y_range[1] - y_range[0]))
    drawn += [
        trace(
            role, "text", [end], [at], text=[f"{_SPACE}{name}"], textposition="middle right",
            textfont={"size": 14, "color": colour}, cliponaxis=False, **on,
        )
        for (role, name, _, colour), at in zip(named, heights, strict=True)
    ]  # fmt: skip
    return drawn


def _flags(
    here: Teams, palette: Palette, shown: Sequence[str], *, decimals: int
) -> list[dict[str, Any]]:
    """Return the slopes within and between as lines across the own value, with their names."""
    between = here.within + contextual(here)
    # Neither is a number for the mean, and an answer has its name below.
    foot = _ROWS["own"] - 0.5
    known = {
        "within": ("inside", here.within, palette.no_pooling, "dot"),
        "between": ("between", between, palette.between, "dashdot"),
    }
    drawn = []
    for role in shown:
        name, at, colour, dash = known[role]
        drawn += [
            trace(
                role, "lines", [at, at], [foot, _SLOPES - 0.5],
                line={"color": colour, "width": 2, "dash": dash},
            ),
            trace(
                role, "text", [at], [_SLOPES], text=[f"{name} {with_decimals(at, decimals)}"],
                textfont={"size": 15, "color": colour}, cliponaxis=False,
            ),
        ]  # fmt: skip
    return drawn


def _coefficients(here: Context, palette: Palette, *, asked: bool) -> list[dict[str, Any]]:
    """Return both models' coefficients, and how far that of the own value is from within."""
    drawn = []
    if not asked:
        # With the means in the model: where the coefficients come from.
        for role, width, colour, at in (
            ("leftover ols", 3, palette.ols, here.before[0] if here.with_means else here.own[0]),
            ("leftover", 7, palette.mixed, here.before[1] if here.with_means else here.own[1]),
        ):
            drawn.append(
                trace(
                    role, "lines", [here.mixed.within, at], [_ROWS["own"]] * 2,
                    line={"color": colour, "width": width}, opacity=0.5 if here.with_means else 1.0,
                )
            )  # fmt: skip
    # A name beside the bars would lie on them.
    free = np.inf if asked or here.with_means else here.mixed.within
    drawn += _pair(here.own, _ROWS["own"], palette, left_of=free)
    if here.mean is not None:
        drawn += _pair(here.mean, _ROWS["mean"], palette)
    elif not asked:
        drawn.append(
            trace(
                "absent", "text", [0.0], [_ROWS["mean"]],
                text=[f"{_SPACE}not in the model"],
                textposition="middle right", textfont={"size": 14, "color": palette.muted},
            )
        )  # fmt: skip
    return drawn


def _pair(
    values: tuple[float, float], row: float, palette: Palette, *, left_of: float = np.inf
) -> list[dict[str, Any]]:
    """Return a coefficient by OLS and by the mixed model, named on either side.

    The name at the left stands left of ``left_of`` as well.
    """
    texts = [with_decimals(value, 2) for value in values]
    ols_side = "left" if values[0] < values[1] else "right"
    sides = [ols_side, "right" if ols_side == "left" else "left"]
    named = [f"OLS {texts[0]}", f"mixed {texts[1]}"]
    if texts[0] == texts[1]:
        named, sides = ["", f"both {texts[1]}"], ["right", "left"]
    looks = (("ols", palette.ols, "circle-open", 15), ("mixed", palette.mixed, "circle", 10))
    drawn = [
        trace(
            role, "markers", [value], [row],
            marker={
                "color": colour,
                "symbol": symbol,
                "size": size,
                "line": {"width": 2.5, "color": colour},
            },
        )
        for (role, colour, symbol, size), value in zip(looks, values, strict=True)
    ]  # fmt: skip
    drawn += [
        trace(
            role, "text", [min(value, left_of) if side == "left" else value], [row],
            text=[f"{2 * _SPACE}{name}{2 * _SPACE}"], textposition=f"middle {side}",
            textfont={"size": 15, "color": colour}, cliponaxis=False,
        )
        for (role, colour, *_), value, name, side in zip(looks, values, named, sides, strict=True)
        if name
    ]  # fmt: skip
    return drawn


def _answers(
    here: Context,
    answers: Mapping[str, float],
    palette: Palette,
    slopes: tuple[float, float],
    *,
    asked: bool,
    gap: bool,
) -> list[dict[str, Any]]:
    low, high = slopes
    late = low + (_LATE_WITH_GAP if gap else _LATE) * (high - low)
    outcomes = {"own": here.own[1]}
    if here.mean is not None:
        outcomes["mean"] = here.mean[1]
    drawn = []
    for name, at in answers.items():
        row, out = ANSWER_ROWS[name], outcomes.get(name, at)
        text = with_decimals(at, 2)
        far = distance_text(at, out, 2)
        if gap:
            drawn.append(
                trace(
                    "gap", "lines", [at, out, out], [row, row, row + 1.0],
                    line={"color": palette.ink, "width": 2, "dash": "dot"},
                )
            )  # fmt: skip
        ends = (at, out) if gap else (at, at)
        side = "left" if max(ends) > late else "right"
        number = f"you {text}, {far} off" if gap else text if asked else f"you {text}"
        # A ring is wider than the mark of an answer.
        space = (2 if asked else 1) * _SPACE
        drawn += [
            trace(
                "answer", "markers", [at], [row],
                marker={
                    "symbol": "line-ns",
                    "size": 18,
                    "line": {"color": palette.ink, "width": 3},
                },
            ),
            trace(
                "answer's name", "text", [min(ends) if side == "left" else max(ends)], [row],
                text=[f"{space}{number}{space}"], textposition=f"middle {side}",
                textfont={"size": 14, "color": palette.ink}, cliponaxis=False,
            ),
        ]  # fmt: skip
    return drawn
