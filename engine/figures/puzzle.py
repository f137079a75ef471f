"""A puzzle's rows, cluster means and both lines, with an answer among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from engine.display import plural
from engine.figures.base import Figure, Palette, plain, ring_radii, trace
from engine.figures.course import FittedLines
from engine.figures.lines import lines_figure

# Room above and below what is drawn, as a share of its height.
_ROOM = 0.06


def outcome_range(fitted: FittedLines, slope: float = 0.0) -> tuple[float, float]:
    """Return limits of the outcome axis that hold the rows, OLS's line and one more slope.

    They must not tell where the mixed model's line runs, but leave room to answer that it is there.

    Parameters
    ----------
    fitted
        Rows and lines along one predictor.
    slope
        Slope of a line through the middle of the rows that has room as well.
    """
    line = fitted.y.mean() + slope * (fitted.grid - fitted.x.mean())
    drawn = np.concatenate([fitted.y, fitted.ols.ravel(), line])
    low, high = float(drawn.min()), float(drawn.max())
    room = _ROOM * (high - low)
    return low - room, high + room


def puzzle_figure(
    fitted: FittedLines,
    palette: Palette,
    *,
    limits: tuple[float, float],
    answer: Sequence[float] | None = None,
    mixed: bool = True,
    rings: bool = True,
    height: int,
) -> Figure:
    """Draw rows, cluster means, OLS's line, an answer, and if it may be seen the mixed line.

    Parameters
    ----------
    fitted
        Rows and lines along one predictor.
    palette
        Colours of the mode.
    limits
        Limits of the outcome axis that suffice as a rule.
    answer
        Heights of the answer at both ends of the lines.
    mixed
        Whether the mixed model's line is drawn; without it nothing in the figure tells it.
    rings
        Whether a ring marks the mean of each cluster. Handles of the page stand there as well.
    height
        Height in pixels.
    """
    figure = lines_figure(
        # The mixed line would be among what sets the limits.
        fitted if mixed else replace(fitted, mixed=fitted.ols),
        palette,
        cluster_lines="none",
        y_range=limits,
        height=height,
    )
    if not mixed:
        figure["data"] = [each for each in figure["data"] if each["meta"]["role"] != "mixed"]
    if rings:
        figure["data"].insert(1, _rings(fitted, palette))
    if answer is not None:
        line = {"color": palette.ink, "width": 2.5, "dash": "dot"}
        drawn = trace("answer", "lines", fitted.grid[[0, -1]], answer, line=line)
        figure["data"].append({**drawn, "name": "your line", "showlegend": True})
    return figure


def _rings(fitted: FittedLines, palette: Palette) -> dict[str, Any]:
    """Draw a ring at each cluster's mean, as large as a handle there would be."""
    names = [
        f"{plain(level)}, {plural(int(size), 'row')}"
        for level, size in zip(fitted.levels, fitted.sizes, strict=True)
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "cluster means",
        "meta": {"role": "rings"},
        "legendrank": 4,
        "x": fitted.mean_x,
        "y": fitted.mean_y,
        "marker": {
            "symbol": "circle-open",
            "color": palette.no_pooling,
            "size": [2.0 * radius for radius in ring_radii(fitted.sizes)],
            "line": {"width": 2},
        },
        "text": names,
        "hovertemplate": f"cluster %{{text}}<br>mean of {plain(fitted.outcome)} "
        "%{y:.4g}<extra></extra>",
    }
