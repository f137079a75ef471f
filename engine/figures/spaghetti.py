"""Lines of clusters, each with a slope of its own, and below them marks on an axis in rows."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.data.moments import FloatArray
from engine.figures.base import Figure, Palette, axis_title, base_layout, trace
from engine.words.numbers import with_decimals, without_zeros

# Where the rows' panel ends and the lines' begins, as shares of the height; and where the lines'
# ends and the rows' begins if they stand side by side, as shares of the width.
_ROWS_END, _LINES_BEGIN = 0.36, 0.5
_LINES_END, _ROWS_BEGIN = 0.43, 0.69
# Diameter in pixels of the disc of a cluster that decides alone, and the smallest.
_LARGEST, _SMALLEST = 58.0, 5.0
# Between a mark and its number, in pixels and as blanks; and between a row's name and its axis.
_GAP, _SPACE, _MARGIN = 14, "\u2003\u2002", "\u2002"
_AXES = ("xaxis", "yaxis", "xaxis2", "yaxis2")
# From here on, as a share of the axis, a mark has its number on its left.
_TURN = 0.72


@dataclass(frozen=True)
class Spaghetti:
    """Rows in J clusters, and lines through them.

    Attributes
    ----------
    rows
        Predictor and outcome, shape (N, 2).
    fixed
        The model's average line, shape (2,).
    own, shrunken
        Intercept and slope of each cluster by itself, and in the model, shape (J, 2); NaN for a
        line that is not drawn, None for none at all.
    places
        The clusters' means along predictor and outcome, shape (J, 2); for ``votes`` only.
    votes
        Each cluster's share of the say on the average slope, drawn as a disc at its mean; None
        for no discs.
    names
        Places of the upper panel that have a name: predictor, outcome and the name of each.
    zero
        A place of the predictor to mark; NaN for none.
    is_ols
        Whether the model is OLS.
    """

    rows: FloatArray
    fixed: FloatArray
    own: FloatArray | None = None
    shrunken: FloatArray | None = None
    places: FloatArray | None = None
    votes: FloatArray | None = None
    names: Sequence[tuple[float, float, str]] = ()
    zero: float = math.nan
    is_ols: bool = False


@dataclass(frozen=True)
class Entry:
    """A row of the lower panel.

    Attributes
    ----------
    role
        What it shows; one role may stand for several entries.
    name
        Its name at the axis.
    value
        Where its mark stands; NaN for an empty row.
    text
        What is said at the mark.
    error
        Half the length of the line through it; NaN for none.
    is_ols
        Whether it is an estimate of OLS.
    strong
        Whether it is the one that the lines show.
    """

    role: str
    name: str
    value: float
    text: str = ""
    error: float = math.nan
    is_ols: bool = False
    strong: bool = False


@dataclass(frozen=True)
class Guess:
    """An answer, drawn in a row of its own.

    Attributes
    ----------
    row
        Place of its row from the top.
    value
        Where it stands.
    text
        What is said at it.
    outcome
        Where the right answer stands, to draw the distance; NaN for none.
    """

    row: int
    value: float
    text: str
    outcome: float = math.nan


@dataclass(frozen=True)
class Axes:
    """What the axes of the figure are.

    Attributes
    ----------
    x, y
        Ends of the lines' axes.
    predictor, outcome
        Their titles.
    marks
        Ends of the marks' axis.
    mark
        Its title.
    log
        Whether it is logarithmic.
    ticks
        Where it is labelled; by default plotly decides.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    predictor: str
    outcome: str
    marks: tuple[float, float]
    mark: str
    log: bool = False
    ticks: Sequence[float] = ()


def row_at(place: int, rows: int) -> float:
    """Return the height on ``yaxis`` of a row of the lower panel.

    Parameters
    ----------
    place
        Its place from the top.
    rows
        How many there are.
    """
    return float(rows - 1 - place)


def spaghetti_figure(
    lines: Spaghetti,
    entries: Sequence[Entry],
    axes: Axes,
    palette: Palette,
    *,
    height: int,
    key: Sequence[tuple[str, str]],
    guess: Guess | None = None,
    wide: bool = False,
) -> Figure:
    """Draw clusters with their lines, and marks on an axis below them.

    Parameters
    ----------
    lines
        What the upper panel shows.
    entries
        Rows of the lower panel, from the top.
    axes
        All axes.
    palette
        Colours of the mode.
    height
        Height in pixels.
    key
        What the lines are: a colour's name in the palette and what it stands for, each.
    guess
        An answer.
    wide
        Whether the marks stand beside the lines, for windows that are wide and low. What the
        layout is where there is no room for that, the browser finds in ``layout["meta"]``.

    Returns
    -------
    Figure
        A plotly figure as plain data. The marks lie on ``xaxis`` and ``yaxis``, at `row_at`.
    """
    data = [
        trace(
            "rows", "markers", lines.rows[:, 0], lines.rows[:, 1], xaxis="x2", yaxis="y2",
            marker={"color": palette.data, "size": 5, "opacity": 0.7},
        ),
        *_lines(lines, axes, palette),
        *_discs(lines, palette),
        *(_guess(guess, entries, axes, palette) if guess else []),
        *_entries(entries, palette),
    ]  # fmt: skip
    layout = _layout(lines, entries, axes, palette, height, key)
    if wide:
        upright = {name: copy.deepcopy(layout[name]) for name in (*_AXES, "annotations")}
        _side_by_side(layout)
        layout["meta"] = {"narrow": upright}
    return {"data": data, "layout": layout}


def _discs(lines: Spaghetti, palette: Palette) -> list[dict[str, Any]]:
    if lines.votes is None or lines.places is None:
        return []
    return [
        trace(
            "votes", "markers", lines.places[:, 0], lines.places[:, 1], xaxis="x2", yaxis="y2",
            marker={
                "color": palette.ols if lines.is_ols else palette.mixed,
                "size": np.maximum(_LARGEST * np.sqrt(lines.votes), _SMALLEST),
                "opacity": 0.45,
                "line": {"width": 0},
            },
        )
    ]  # fmt: skip


def _lines(lines: Spaghetti, axes: Axes, palette: Palette) -> list[dict[str, Any]]:
    colour = palette.ols if lines.is_ols else palette.mixed
    none = np.empty((0, 2))
    drawn: list[tuple[str, FloatArray, dict[str, Any]]] = [
        (
            "own",
            none if lines.own is None else lines.own,
            {"color": palette.no_pooling, "width": 1.5, "dash": "dot"},
        ),
        (
            "shrunken",
            none if lines.shrunken is None else lines.shrunken,
            {"color": colour, "width": 1.2},
        ),
        ("fixed", lines.fixed[None], {"color": colour, "width": 5}),
    ]
    if lines.is_ols:
        drawn[-1][2]["dash"] = "dash"
    ends = np.array(axes.x)
    return [
        trace(
            role, "lines",
            np.tile([*ends, np.nan], len(each)),
            np.column_stack([each[:, :1] + each[:, 1:] * ends, np.full(len(each), np.nan)]).ravel(),
            xaxis="x2", yaxis="y2", line=line,
        )
        for role, each, line in drawn
    ]  # fmt: skip


def _beside(value: float, error: float, axes: Axes) -> tuple[float, bool]:
    """Return where what is said at a mark stands, and whether that is on its left."""
    ends = np.array([*axes.marks, value])
    low, high, here = np.log(ends) if axes.log else ends
    left = here - low > _TURN * (high - low)
    reach = 0.0 if math.isnan(error) else error
    return float(value + (-reach if left else reach)), bool(left)


def _entries(entries: Sequence[Entry], palette: Palette) -> list[dict[str, Any]]:
    drawn = []
    for place, entry in enumerate(entries):
        if math.isnan(entry.value):
            continue
        y = row_at(place, len(entries))
        colour = palette.ols if entry.is_ols else palette.mixed
        if not math.isnan(entry.error):
            ends = [entry.value - entry.error, entry.value + entry.error]
            drawn.append(
                trace(f"{entry.role} error", "lines", ends, [y, y], line={"color": colour})
            )
        drawn.append(
            trace(
                entry.role, "markers", [entry.value], [y],
                marker={
                    "color": colour if entry.strong else palette.paper,
                    "size": 15 if entry.strong else 11,
                    "line": {"width": 2.5, "color": colour},
                },
                cliponaxis=False,
            )
        )  # fmt: skip
    return drawn


def _numbers(entries: Sequence[Entry], axes: Axes, palette: Palette) -> list[dict[str, Any]]:
    """Return what is said at the marks, on a ground of its own that no line strikes through."""
    said = []
    for place, entry in enumerate(entries):
        if math.isnan(entry.value):
            continue
        where, left = _beside(entry.value, entry.error, axes)
        said.append(
            {
                "x": math.log10(where) if axes.log else where,
                "y": row_at(place, len(entries)),
                "xanchor": "right" if left else "left",
                "xshift": -_GAP if left else _GAP,
                "yanchor": "middle",
                "text": f"<b>{entry.text}</b>" if entry.strong else entry.text,
                "font": {"size": 15, "color": palette.ols if entry.is_ols else palette.mixed},
                "bgcolor": palette.paper,
                "borderpad": 1,
                "showarrow": False,
            }
        )
    return said


def _guess(
    guess: Guess, entries: Sequence[Entry], axes: Axes, palette: Palette
) -> list[dict[str, Any]]:
    y = row_at(guess.row, len(entries))
    _, left = _beside(guess.value, math.nan, axes)
    drawn, height = [], "middle"
    if not math.isnan(guess.outcome):
        drawn = [
            trace(
                "gap", "lines", [guess.value, guess.outcome, guess.outcome], [y, y, y - 1.0],
                line={"color": palette.ink, "width": 2, "dash": "dot"},
            )
        ]  # fmt: skip
        # Above the line, and inside the panel whichever way that leads.
        left, height = guess.outcome < guess.value, "top"
    return [
        *drawn,
        trace(
            "answer", "markers", [guess.value], [y],
            marker={"symbol": "line-ns", "size": 20, "line": {"color": palette.ink, "width": 3}},
        ),
        trace(
            "answer's name", "text", [guess.value], [y], text=[f"{_SPACE}{guess.text}{_SPACE}"],
            textposition=f"{height} {'left' if left else 'right'}", cliponaxis=False,
            textfont={"size": 14, "color": palette.ink},
        ),
    ]  # fmt: skip


def _layout(
    lines: Spaghetti,
    entries: Sequence[Entry],
    axes: Axes,
    palette: Palette,
    height: int,
    key: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    layout = base_layout(palette, height=height)
    layout["margin"] |= {"t": 26, "b": 44}
    layout["showlegend"] = False
    bare = dict(layout["xaxis"])
    layout["xaxis"] = bare | {
        "range": np.log10(axes.marks).tolist() if axes.log else list(axes.marks),
        "title": axis_title(axes.mark),
        "anchor": "y",
        "fixedrange": True,
        "tickangle": 0,
    }
    if axes.log:
        layout["xaxis"]["type"] = "log"
    else:
        layout["xaxis"] |= {"zeroline": True, "zerolinecolor": palette.muted, "zerolinewidth": 1}
    if axes.ticks:
        layout["xaxis"] |= {
            "tickmode": "array",
            "tickvals": list(axes.ticks),
            "ticktext": [without_zeros(tick) for tick in axes.ticks],
        }
    layout["yaxis"] |= {
        "range": [-0.6, len(entries) - 0.4],
        "domain": [0.0, _ROWS_END],
        "showgrid": False,
        "ticks": "",
        "tickmode": "array",
        "tickvals": [row_at(place, len(entries)) for place in range(len(entries))],
        "ticktext": [
            (f"<b>{each.name}</b>" if each.strong else each.name) + _MARGIN for each in entries
        ],
        "automargin": True,
        "fixedrange": True,
    }
    layout["xaxis2"] = bare | {
        "range": list(axes.x), "anchor": "y2", "fixedrange": True, "nticks": 7,
    }  # fmt: skip
    layout["yaxis2"] = bare | {
        "range": list(axes.y),
        "domain": [_LINES_BEGIN, 1.0],
        "title": axis_title(axes.outcome),
        "anchor": "x2",
        "fixedrange": True,
        "nticks": 5,
    }
    layout["annotations"] = [
        *_notes(lines, axes, palette, key),
        *_numbers(entries, axes, palette),
    ]
    if not math.isnan(lines.zero):
        layout["shapes"] = [
            {
                "type": "line", "xref": "x2", "yref": "y2 domain",
                "x0": lines.zero, "x1": lines.zero, "y0": 0.0, "y1": 1.0,
                "line": {"color": palette.ink, "width": 2, "dash": "dot"},
            }
        ]  # fmt: skip
    return layout


def _notes(
    lines: Spaghetti, axes: Axes, palette: Palette, key: Sequence[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Return the upper panel's texts: the predictor, the key, and the names of places."""
    in_panel = {"xref": "x2 domain", "yref": "y2 domain", "showarrow": False}
    notes = [
        # Inside the panel: between the panels there is no room for it in a low window.
        axis_title(axes.predictor)
        | in_panel
        | {"x": 1.0, "y": 0.0, "xanchor": "right", "yanchor": "bottom", "bgcolor": palette.paper},
        in_panel
        | {
            # Towards the left it has the margin as well.
            "x": 1.0, "y": 1.0, "xanchor": "right", "yanchor": "bottom",
            "text": "\u2003".join(
                f'<span style="color:{getattr(palette, name)}">{said}</span>' for name, said in key
            ),
            "font": {"size": 14},
        },
    ]  # fmt: skip
    on_panel = in_panel | {"xref": "x2", "bgcolor": palette.paper, "borderpad": 1}
    notes += [
        on_panel
        | {
            "yref": "y2", "x": x, "y": y, "yanchor": "top", "yshift": -6,
            "text": name, "font": {"size": 14},
        }
        for x, y, name in lines.names
    ]  # fmt: skip
    if not math.isnan(lines.zero):
        far = lines.zero > (axes.x[0] + axes.x[1]) / 2.0
        notes.append(
            on_panel
            | {
                "x": lines.zero, "y": 1.0, "yanchor": "top", "yshift": -2,
                "xanchor": "right" if far else "left", "xshift": -4 if far else 4,
                "text": f"zero at {with_decimals(lines.zero, 1)}", "font": {"size": 14},
            }
        )  # fmt: skip
    return notes


def _side_by_side(layout: dict[str, Any]) -> None:
    layout["xaxis2"]["domain"], layout["yaxis2"]["domain"] = [0.0, _LINES_END], [0.0, 1.0]
    layout["xaxis"]["domain"], layout["yaxis"]["domain"] = [_ROWS_BEGIN, 1.0], [0.0, 1.0]
    # The names have the room between the panels.
    layout["yaxis"]["automargin"] = False
    layout["annotations"][1] |= {"xref": "paper", "x": 0.0, "xanchor": "left"}
    if "tickvals" in layout["xaxis"]:
        layout["xaxis"] |= {each: layout["xaxis"][each][::2] for each in ("tickvals", "ticktext")}
    # A title would stand in the middle of a panel that may be narrower.
    layout["annotations"].append(
        layout["xaxis"].pop("title")
        | {
            "xref": "paper", "x": 1.0, "xanchor": "right",
            "yref": "paper", "y": 0.0, "yanchor": "top", "yshift": -26, "showarrow": False,
        }
    )  # fmt: skip
