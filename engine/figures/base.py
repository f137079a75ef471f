"""One look for all figures: each model keeps its colour, dash and symbol everywhere."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from engine.data.moments import FloatArray, IntArray
from engine.display import cut

# A plotly figure as plain data, {"data": [...], "layout": {...}}, with numpy arrays for numbers
# and NaN for gaps. Plotly's own figure objects validate, which takes longer than the fits.
Figure: TypeAlias = dict[str, Any]
Mode: TypeAlias = Literal["light", "dark"]
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Palette:
    """CSS colours of one mode.

    The colours of the models are from Okabe & Ito (2008), whose palette stays distinguishable to
    colour-blind readers.

    Attributes
    ----------
    ink
        Text and rings.
    muted
        Secondary text and connecting lines.
    grid
        Grid lines and axes.
    paper
        The page behind the figure.
    data
        Rows of the data, and weights.
    truth
        The truth behind simulated data.
    ols, mixed, no_pooling
        The pooled fit, the mixed model, and each cluster by itself, which is also what comparisons
        inside clusters say.
    between
        What comparisons between clusters say.
    """

    ink: str
    muted: str
    grid: str
    paper: str
    data: str
    truth: str
    ols: str
    mixed: str
    no_pooling: str
    between: str


PALETTES: dict[Mode, Palette] = {
    "light": Palette(
        ink="#121a24",
        muted="#5c6675",
        grid="#e4e2dc",
        paper="#fbfaf7",
        data="#7f8895",
        truth="#121a24",
        ols="#c4501b",
        mixed="#0067a8",
        no_pooling="#00805d",
        between="#a3457e",
    ),
    "dark": Palette(
        ink="#eceae4",
        muted="#a7afba",
        grid="#343b46",
        paper="#171b21",
        data="#7d8794",
        truth="#eceae4",
        ols="#f0884f",
        mixed="#5cb3ec",
        no_pooling="#3cc39a",
        between="#de93c2",
    ),
}

# Dash and symbol repeat what the colour says, for print and for colour-blind readers.
DASHES = {"truth": "dot", "ols": "dash", "mixed": "solid", "no_pooling": "solid"}
NAMES = {
    "truth": "truth",
    "ols": "OLS",
    "mixed": "mixed",
    "no_pooling": "cluster by itself",
    "shrunken": "cluster in the mixed model",
}
# Characters of a title that an axis has room for.
_LONGEST_TITLE = 50
# Pixels that the name of a row takes, in the size of the font.
_NAME_HEIGHT = 15.0
FONT = '"Source Sans", "Source Sans 3", "Source Sans Pro", sans-serif'
# Of traces whose texts, and nothing else, are shown under the pointer.
HOVER_TEXT = {"hovertemplate": "%{text}<extra></extra>", "hoverinfo": "text"}


def plain(text: str) -> str:
    """Return a text that plotly shows as it is: what looks like markup in it is escaped.

    Parameters
    ----------
    text
        Any text, such as the name of a column or a cluster, which is data.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;")


def short(name: str, longest: int = 18) -> str:
    """Return a name for an axis: one line without markup, its middle left out if it is long.

    Names of clusters often begin alike and end in what tells them apart.

    Parameters
    ----------
    name
        Any text, such as the name of a cluster.
    longest
        Maximum length in characters, the ellipsis included.
    """
    line = cut(name, max(len(name), 1))
    half = (longest - 1) // 2
    return plain(line if len(line) <= longest else f"{line[:half]}…{line[-half:]}")


def axis_title(text: str) -> dict[str, Any]:
    """Return an axis title in plotly's form.

    Parameters
    ----------
    text
        The title; column names in it are data, see `short`.
    """
    return {"text": short(text, _LONGEST_TITLE), "standoff": 6, "font": {"size": 14}}


def by_area(rows: IntArray, usual: float, smallest: float, largest: float) -> FloatArray:
    """Return diameters of symbols whose areas are proportional to numbers of rows, within bounds.

    Parameters
    ----------
    rows
        Number of rows of each cluster, shape (J,).
    usual
        Diameter for a cluster of average size, in pixels.
    smallest, largest
        Bounds of the diameters, in pixels.
    """
    return np.asarray(np.clip(usual * np.sqrt(rows / rows.mean()), smallest, largest))


def ring_radii(rows: IntArray) -> list[float]:
    """Return the radius in pixels of each cluster's ring, its area proportional to the rows.

    The more clusters there are, the smaller are their rings, which would hide the rows otherwise.

    Parameters
    ----------
    rows
        Number of rows of each cluster, shape (J,).
    """
    usual = float(np.clip(30.0 / np.sqrt(len(rows)), 3.0, 5.0))
    radii: list[float] = by_area(rows, usual, 2.5, 3.0 * usual).round(1).tolist()
    return radii


def named_rows(rows: int, room: float) -> list[int]:
    """Return which rows of a figure are named: the topmost, and below it as many as have room.

    Parameters
    ----------
    rows
        Number of rows, counted from the bottom.
    room
        Height of a row in pixels.
    """
    return list(range(rows - 1, -1, -max(1, math.ceil(_NAME_HEIGHT / room))))


def base_layout(palette: Palette, *, height: int) -> dict[str, Any]:
    """Return the layout that every figure starts from: no title, no box, a quiet grid.

    Parameters
    ----------
    palette
        Colours of the mode.
    height
        Height of the figure in pixels.
    """
    axis = {
        "gridcolor": palette.grid,
        "zeroline": False,
        "linecolor": palette.grid,
        "tickcolor": palette.grid,
        "ticks": "outside",
        "ticklen": 4,
    }
    return {
        "height": height,
        "margin": {"l": 56, "r": 12, "t": 8, "b": 44},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 14, "color": palette.ink},
        "xaxis": {**axis},
        "yaxis": {**axis},
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.01,
            "yanchor": "bottom",
            "font": {"size": 14},
            "itemwidth": 30,
            "tracegroupgap": 2,
            "itemclick": "toggle",
        },
        "hoverlabel": {"font": {"family": FONT, "size": 14}},
        "dragmode": False,
        "uirevision": "kept",
    }


def growing(layout: dict[str, Any], axis: str, limits: tuple[float, float]) -> None:
    """Set the limits of an axis that holds still while a hand moves, and only then grows.

    Parameters
    ----------
    layout
        The layout of a figure, which is changed.
    axis
        Name of the axis, such as ``"yaxis"``. The browser finds it among ``layout["meta"]["hold"]``
        and marks at its edge what lies beyond it meanwhile.
    limits
        Its limits, in axis units.
    """
    layout[axis]["range"] = list(limits)
    layout["meta"] = {"hold": [axis]}


def sideways(rows: IntArray) -> FloatArray:
    """Return places from −1 to 1 that keep points apart without a pattern and without chance.

    Multiples of the golden ratio are spread evenly, however many there are.

    Parameters
    ----------
    rows
        Numbers of the points, shape (N,).
    """
    return np.asarray(2.0 * (rows * _GOLDEN % 1.0) - 1.0)


def trace(role: str, mode: str, x: Any, y: Any, **look: Any) -> dict[str, Any]:
    """Return a trace without hover text and legend entry, unless ``look`` asks for them.

    Parameters
    ----------
    role
        What the trace shows. Tests and scripts find traces by role, because their order is that
        of drawing.
    mode
        Plotly's mode: ``"lines"``, ``"markers"`` or both.
    x, y
        Coordinates, in data units and of equal length; NaN marks a gap.
    **look
        Any other attributes of a plotly scatter trace.
    """
    quiet = {"hoverinfo": "skip", "showlegend": False}
    return {
        "type": "scatter",
        "mode": mode,
        "x": x,
        "y": y,
        "meta": {"role": role},
        **quiet,
        **look,
    }
