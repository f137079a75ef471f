"""One coefficient by every estimator: estimates with 95 % intervals, one below the other."""

from __future__ import annotations

import numpy as np

from engine.comparison import Comparison
from engine.estimators import ESTIMATORS
from engine.figures.base import Figure, Palette, axis_title, base_layout, trace

_ROW = 34
"""Pixels that each estimator's row takes."""
_ROOM = 0.05
"""Room beside the outermost interval, as a share of the width of all that is drawn."""


def estimators_figure(comparison: Comparison, term: str, palette: Palette) -> Figure:
    """Draw each estimator's estimate of a coefficient, with its interval where it has one.

    Parameters
    ----------
    comparison
        Both fits, and with them every estimator that has an answer.
    term
        Name of the coefficient.
    palette
        Colours.

    Returns
    -------
    dict
        A plotly figure as high as its rows need. Where the data leave an estimator no degrees of
        freedom it has a mark and no interval.
    """
    shown = [
        one
        for one in ESTIMATORS
        if one.id in comparison.fits and term in comparison.fits[one.id].names
    ]
    fits = [comparison.fits[one.id] for one in shown]
    places = [fit.names.index(term) for fit in fits]
    estimates = np.array([fit.estimates[k] for fit, k in zip(fits, places, strict=True)])
    bounds = np.array([fit.intervals()[k] for fit, k in zip(fits, places, strict=True)])
    rows = np.arange(len(shown), dtype=np.float64)[::-1]
    gap = np.full(len(shown), np.nan)
    by_model = {"ols": palette.ols, "mixed": palette.mixed}
    colours = [by_model.get(one.id.partition("_")[0], palette.no_pooling) for one in shown]
    data = [
        trace(
            "intervals",
            "lines",
            np.column_stack([bounds, gap]).ravel(),
            np.column_stack([rows, rows, gap]).ravel(),
            line={"color": palette.muted, "width": 2.5},
        ),
        trace(
            "estimates",
            "markers",
            estimates,
            rows,
            marker={"color": colours, "size": 11},
            text=[one.label for one in shown],
            hoverinfo="all",
            hovertemplate="%{text}: %{x:.4g}<extra></extra>",
        ),
    ]
    layout = base_layout(palette, height=_ROW * len(shown) + 60)
    drawn = np.concatenate([bounds.ravel(), estimates])
    drawn = drawn[np.isfinite(drawn)]
    low, high = float(drawn.min()), float(drawn.max())
    room = _ROOM * (high - low)
    layout["xaxis"] |= {"title": axis_title(f"{term}, with 95% intervals")}
    # Where all estimates are the same and none has an interval, any range will do.
    if room:
        layout["xaxis"]["range"] = [low - room, high + room]
    layout["yaxis"] |= {
        "range": [-0.7, len(shown) - 0.3],
        "showgrid": False,
        "ticks": "",
        "tickmode": "array",
        "tickvals": rows.tolist(),
        "ticktext": [one.label for one in shown],
        "automargin": True,
    }
    return {"data": data, "layout": layout}
