"""The rows of an exercise and nothing else: no line, no mean, nothing of either model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from engine.data.moments import FloatArray
from engine.figures.base import Figure, Palette, axis_title, base_layout, plain, sideways, trace

_JITTER = 0.28
# Share of the extent of the values that is left free on both sides.
_ROOM = 0.05


def exercise_figure(
    rows: pd.DataFrame,
    palette: Palette,
    *,
    outcome: str,
    predictor: str | None,
    cluster: str,
    height: int,
) -> Figure:
    """Draw rows by cluster, or with a predictor as the letters of their clusters.

    Parameters
    ----------
    rows
        The rows.
    palette
        Colours of the mode.
    outcome, predictor, cluster
        Names of the columns; None for a model with an intercept alone.
    height
        Height in pixels.
    """
    layout = base_layout(palette, height=height)
    labels = rows[cluster].to_numpy(dtype=str)
    y = rows[outcome].to_numpy(dtype=np.float64)
    if predictor is None:
        levels, place = np.unique(labels, return_inverse=True)
        drawn = trace(
            "rows", "markers", y, place + _JITTER * sideways(np.arange(len(y))),
            marker={"color": palette.data, "size": 7, "opacity": 0.8},
        )  # fmt: skip
        counts = np.bincount(place)
        layout["xaxis"] |= {"title": axis_title(outcome), "range": _around(y)}
        layout["yaxis"] |= {
            "tickvals": list(range(len(levels))),
            "ticktext": [
                f"{plain(f'{cluster} {level}')} ({count})"
                for level, count in zip(levels, counts, strict=True)
            ],
            "range": [len(levels) - 0.5, -0.5],
            "showgrid": False,
            "automargin": True,
        }
        return {"data": [drawn], "layout": layout}
    x = rows[predictor].to_numpy(dtype=np.float64)
    drawn = trace(
        "rows", "text", x, y, text=[plain(label) for label in labels],
        textfont={"size": 14, "color": palette.ink},
    )  # fmt: skip
    layout["xaxis"] |= {"title": axis_title(predictor), "range": _around(x)}
    layout["yaxis"] |= {"title": axis_title(outcome), "range": _around(y), "automargin": True}
    return {"data": [drawn], "layout": layout}


def _around(values: FloatArray) -> list[float]:
    low, high = float(values.min()), float(values.max())
    room = _ROOM * (high - low)
    return [low - room, high + room]
