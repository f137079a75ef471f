"""One look for every figure: each model keeps its colour, dash and symbol everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

# A plotly figure as plain data, {"data": [...], "layout": {...}}, with numpy arrays for numbers
# and NaN for gaps: validated figure objects cost more time than the fits behind them.
Figure: TypeAlias = dict[str, Any]
Mode: TypeAlias = Literal["light", "dark"]


@dataclass(frozen=True)
class Palette:
    """Colours of one mode; the four models are from Okabe & Ito (2008), safe for all eyes."""

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
        ink="#1f2733",
        muted="#5c6675",
        grid="#e4e2dc",
        paper="#fbfaf7",
        data="#8a93a0",
        truth="#1f2733",
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

# Dash and symbol repeat what the colour says, for print and for eyes that need it.
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
    """Return an axis title; column names are data, so plotly's markup in them is disarmed."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;")
    return {"text": plain, "standoff": 6, "font": {"size": 14}}


def base_layout(palette: Palette, *, height: int) -> dict[str, Any]:
    """Return the layout every figure starts from: no title, no box, quiet grid."""
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
    """Return a trace that says nothing on hover and stands in no legend, unless ``look`` says so.

    Its role says what it shows, for whoever looks for it: the order of traces is that of drawing.
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
