"""Clusters by their size: how far each lies from the OLS line, and what its weight is."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.account.ledger import Ledger
from engine.data.moments import FloatArray
from engine.figures.base import (
    DASHES,
    NAMES,
    Figure,
    Palette,
    axis_title,
    base_layout,
    short,
    trace,
)

# So many clusters, the largest, are named.
_NAMED = 2
# Room beyond the outermost clusters, as a share of the axis.
_ROOM = 0.06


def distances_figure(account: Ledger, palette: Palette, *, outcome: str, height: int) -> Figure:
    """Draw each cluster's distance from the OLS line against its rows; nothing of the mixed model.

    Parameters
    ----------
    account
        The ledger of J clusters.
    palette
        Colours of the mode.
    outcome
        What the distance is measured in: the outcome's name.
    height
        Height in pixels.

    Returns
    -------
    Figure
        A plotly figure as plain data.
    """
    reach = float(np.abs(account.distance).max())
    figure = _by_rows(
        account,
        palette,
        [
            {
                **trace("ols", "lines", _ends(account), np.zeros(2)),
                "name": "OLS line",
                "showlegend": True,
                "line": {"color": palette.ols, "width": 2, "dash": DASHES["ols"]},
            },
            _points("distances", "a cluster's mean", account, account.distance, palette.no_pooling),
        ],
        height=height,
    )
    figure["layout"]["yaxis"] |= {
        "title": axis_title(f"{outcome}, above or below OLS"),
        "range": [-1.2 * reach, 1.2 * reach],
    }
    figure["data"].append(_names(account, account.distance, palette))
    return figure


def shares_figure(account: Ledger, palette: Palette, *, height: int) -> Figure:
    """Draw each cluster's share of the weight in both models against its rows.

    Parameters
    ----------
    account
        The ledger of J clusters, of a model with a random intercept alone.
    palette
        Colours of the mode.
    height
        Height in pixels.

    Returns
    -------
    Figure
        A plotly figure as plain data.
    """
    assert account.weight_mixed is not None
    largest = float(max(account.weight_ols.max(), account.weight_mixed.max()))
    figure = _by_rows(
        account,
        palette,
        [
            _points("ols", NAMES["ols"], account, account.weight_ols, palette.ols, open_=True),
            _points("mixed", NAMES["mixed"], account, account.weight_mixed, palette.mixed),
            _names(account, account.weight_ols, palette),
        ],
        height=height,
    )
    figure["layout"]["yaxis"] |= {
        "title": axis_title("share of the weight"),
        "range": [-0.04 * largest, 1.15 * largest],
        "tickformat": ".0%",
    }
    return figure


def _by_rows(
    account: Ledger, palette: Palette, data: list[dict[str, Any]], *, height: int
) -> Figure:
    layout = base_layout(palette, height=height)
    layout["xaxis"] |= {
        "title": axis_title("rows in the cluster"),
        "type": "log",
        "range": np.log10(_ends(account)),
        "dtick": 1,
    }
    return {"data": data, "layout": layout}


def _ends(account: Ledger) -> FloatArray:
    low, high = np.log10([account.rows.min(), account.rows.max()])
    room = _ROOM * (high - low or 1.0)
    return np.asarray(10.0 ** np.array([low - room, high + room]))


def _points(
    role: str, name: str, account: Ledger, values: FloatArray, colour: str, *, open_: bool = False
) -> dict[str, Any]:
    symbol = "circle-open" if open_ else "circle"
    return {
        **trace(role, "markers", account.rows.astype(np.float64), values),
        "name": name,
        "showlegend": True,
        "marker": {"color": colour, "symbol": symbol, "size": 13, "line": {"width": 2}},
    }


def _names(account: Ledger, values: FloatArray, palette: Palette) -> dict[str, Any]:
    largest = np.argsort(-account.rows, kind="stable")[:_NAMED]
    return trace(
        "names", "text", account.rows[largest].astype(np.float64), values[largest],
        text=[f"cluster {short(account.levels[j])}\u2002" for j in largest],
        textposition="middle left", textfont={"size": 14, "color": palette.ink},
    )  # fmt: skip
