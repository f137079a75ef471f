"""One look for all figures: each model keeps its colour, dash and symbol everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

# A plotly figure as plain data, {"data": [...], "layout": {...}}, with numpy arrays for numbers
# and NaN for gaps. Plotly's own figure objects validate, which takes longer than the fits.
Figure: TypeAlias = dict[str, Any]
Mode: TypeAlias = Literal["light", "dark"]


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
        The pooled fit, the mixed model, and each cluster by itself.
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


PALETTES: dict[Mode, Palette] = {
    "light": Palette(
        ink="#121a24",
        muted="#5c6675",
        grid="#e4e2dc",
        paper="#fbfaf7",
        data="#8a93a0",
        truth="#121a24",
        ols="#c4501b",
        mixed="#0067a8",
        no_pooling="#00805d",
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
FONT = '"Source Sans", "Source Sans 3", "Source Sans Pro", sans-serif'


def axis_title(text: str) -> dict[str, Any]:
    """Return an axis title in plotly's form.

    Parameters
    ----------
    text
        The title. Column names in it are data, so any plotly markup in them is escaped.
    """
    plain = text.replace("&", "&amp;").replace("<", "&lt;")
    return {"text": plain, "standoff": 6, "font": {"size": 14}}


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
            "font": {"size": 13},
            "itemwidth": 30,
            "itemclick": "toggle",
        },
        "hoverlabel": {"font": {"family": FONT, "size": 13}},
        "dragmode": False,
        "uirevision": "kept",
    }


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
