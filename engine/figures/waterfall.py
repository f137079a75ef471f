"""The ledger as a waterfall: from the OLS estimate to the mixed one, cluster by cluster."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.account.ledger import Ledger, largest
from engine.display import plural
from engine.figures.base import (
    DASHES,
    NAMES,
    Figure,
    Palette,
    axis_title,
    base_layout,
    plain,
    short,
)
from engine.words.ledger import bar_texts

# By default so many clusters get a bar of their own.
_MOST_NAMED = 10


def ledger_figure(
    account: Ledger,
    term: int,
    palette: Palette,
    *,
    ols: float,
    height: int = 420,
    most: int = _MOST_NAMED,
    drawn: int | None = None,
) -> Figure:
    """Draw what each cluster adds to one coefficient, the largest contributions first.

    Parameters
    ----------
    account
        The ledger of a comparison with J clusters and p terms.
    term
        Position of the coefficient among the p.
    palette
        Colours of the mode.
    ols
        OLS estimate of the coefficient, in its own units. The waterfall starts there and ends at
        the mixed estimate.
    height
        Height in pixels.
    most
        How many clusters get a bar of their own; the others share one.
    drawn
        How many of the bars are there, the largest first; by default all. The others keep their
        place.

    Returns
    -------
    Figure
        A plotly figure as plain data.
    """
    named, steps = largest(account, term, most)
    texts = bar_texts(account, term, ols, most)
    left = len(account.levels) - len(named)
    labels = [f"{short(account.levels[j])} ({account.rows[j]:,})" for j in named]
    mixed = account.weight_mixed
    words = [
        f"cluster {plain(account.levels[j])}, {plural(int(account.rows[j]), 'row')}, "
        f"mean {account.distance[j]:+.3g} "
        f"off the OLS line<br>weight {account.weight_ols[j]:.1%} in OLS"
        + ("" if mixed is None else f", {mixed[j]:.1%} in the mixed model")
        for j in named
    ]
    if left:
        labels.append(f"{left} others")
        words.append(f"the other {left} clusters together")
    ends = ols + np.cumsum(steps)
    starts = np.concatenate([[ols], ends[:-1]])
    rows = np.arange(len(steps), dtype=float)[::-1]
    there = np.arange(len(steps)) < (len(steps) if drawn is None else drawn)
    seen_ends = np.where(there, ends, np.nan)
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "meta": {"role": "bars"},
            "orientation": "h",
            "base": starts,
            "x": np.where(there, steps, np.nan),
            "y": rows,
            "width": 0.62,
            "marker": {"color": palette.no_pooling, "opacity": 0.85},
            "text": [text if seen else "" for text, seen in zip(texts, there, strict=True)],
            "textposition": "outside",
            "constraintext": "inside",
            "textfont": {"size": 15, "color": palette.ink},
            "cliponaxis": False,
            "customdata": words,
            "hovertemplate": "%{customdata}<br>moves the estimate by %{text}<extra></extra>",
            "showlegend": False,
        },
        {
            "type": "scatter",
            "mode": "lines",
            "meta": {"role": "steps"},
            # Each step leads from the end of a bar down to the start of the next.
            "x": np.column_stack([seen_ends, seen_ends, np.full(len(ends), np.nan)]).ravel(),
            "y": np.column_stack([rows, rows - 1.0, np.full(len(ends), np.nan)]).ravel(),
            "line": {"color": palette.muted, "width": 1},
            "hoverinfo": "skip",
            "showlegend": False,
        },
        _end("ols", ols, palette.ols, len(rows)),
        _end("mixed", float(ends[-1]), palette.mixed, len(rows)),
    ]
    reach = float(np.ptp(np.concatenate([starts, ends]))) or 1.0
    low, high = float(min(starts.min(), ends.min())), float(max(starts.max(), ends.max()))
    layout = base_layout(palette, height=height)
    layout["bargap"] = 0.3
    layout["xaxis"] |= {
        "title": axis_title(f"estimate of {account.names[term]}"),
        "range": [low - 0.18 * reach, high + 0.18 * reach],
    }
    layout["yaxis"] |= {
        "range": [-1.0, len(rows) - 0.3],
        "showgrid": False,
        "ticks": "",
        "title": axis_title("cluster (rows)"),
        "tickmode": "array",
        "tickvals": rows.tolist(),
        "ticktext": labels,
        "automargin": True,
    }
    return {"data": data, "layout": layout}


def _end(kind: str, at: float, color: str, rows: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "meta": {"role": kind},
        "mode": "lines",
        "name": f"{NAMES[kind]} {at:.4g}".replace("-", "−"),
        "x": [at, at],
        "y": [-1.0, rows - 0.3],
        "line": {"color": color, "width": 2, "dash": DASHES[kind]},
        "hovertemplate": f"{NAMES[kind]} %{{x:.5g}}<extra></extra>",
    }
