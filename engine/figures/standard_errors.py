"""Standard errors as multiples of those that OLS prints, and four intervals for a coefficient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.account.error_panel import Estimator, Kind
from engine.figures.base import Figure, Palette, axis_title, base_layout, trace
from engine.models.estimates import Estimates
from engine.words.numbers import number, with_decimals

# Rows of a coefficient from the bottom, with one above them for its name.
_ROBUST, _MIXED, _ANSWER, _OLS, _NAME = 0, 1, 2, 3, 3.85
_LANE = 4.9
# Between a mark and its numbers.
_SPACE = "\u2002\u2002"
# The room right of the intervals, as a share of their width.
_ROOM = 0.5


def answer_row(lane: int, lanes: int) -> float:
    """Return the height on ``yaxis`` of the row in which an answer about a coefficient lies.

    Parameters
    ----------
    lane
        Place of the coefficient, from the top.
    lanes
        How many there are.
    """
    return _LANE * (lanes - 1 - lane) + _ANSWER


@dataclass(frozen=True)
class Errors:
    """Standard errors of a coefficient; NaN for what is not shown.

    Attributes
    ----------
    name
        What the coefficient is.
    unit
        The error that counts as 1 on the axis, in units of the coefficient.
    ols, robust, mixed
        As OLS prints it, cluster-robust, and of the mixed model.
    copied
        As OLS prints it if rows are copied, drawn as a movement from 1.
    answer
        Where somebody expects the mixed model's, as a multiple of ``unit``.
    """

    name: str
    unit: float
    ols: float
    robust: float = np.nan
    mixed: float = np.nan
    copied: float = np.nan
    answer: float = np.nan


def times(multiple: float) -> str:
    """Write a multiple with two digits, a large one as a whole number.

    Parameters
    ----------
    multiple
        Above 0.
    """
    if abs(multiple - 1.0) < 5e-4:
        return "1"
    if multiple < 0.095:
        return number(multiple, multiple * 10.0)
    return with_decimals(multiple, 2 if multiple < 0.995 else 1 if multiple < 9.95 else 0)


def errors_figure(
    errors: Sequence[Errors],
    palette: Palette,
    *,
    axis_range: tuple[float, float],
    height: int,
    copies: str = "",
    asked: bool = False,
    gap: bool = False,
) -> Figure:
    """Draw the errors of each coefficient in a lane, as bars from 1 on a logarithmic axis.

    Parameters
    ----------
    errors
        The coefficients, from the top.
    palette
        Colours of the mode.
    axis_range
        Ends of the axis, as multiples; what lies beyond them is not drawn.
    height
        Height in pixels.
    copies
        What is said at OLS's error of copied rows.
    asked
        Whether rings for answers lie on the figure.
    gap
        Whether to draw the distance from each answer to the mixed model's error.

    Returns
    -------
    Figure
        A plotly figure as plain data. Answers lie on ``yaxis`` at `answer_row`.
    """
    lanes = len(errors)
    base = np.array([answer_row(lane, lanes) - _ANSWER for lane in range(lanes)])
    units = np.array([each.unit for each in errors])

    def within(values: Sequence[float]) -> np.ndarray[Any, np.dtype[np.float64]]:
        ratio = np.array(values) / units
        return np.where((ratio >= axis_range[0]) & (ratio <= axis_range[1]), ratio, np.nan)

    shown = [
        ("ols", [each.ols for each in errors], _OLS, palette.ols, "circle"),
        ("robust", [each.robust for each in errors], _ROBUST, palette.ols, "diamond"),
        ("mixed", [each.mixed for each in errors], _MIXED, palette.mixed, "circle"),
    ]
    data = []
    for role, values, row, colour, symbol in shown:
        if np.all(np.isnan(values)):
            continue
        at = within(values)
        data += [
            trace(
                f"{role} bar", "lines", _joined(np.where(np.isnan(at), np.nan, 1.0), at),
                _joined(base + row, base + row), line={"color": colour, "width": 3},
            ) | {"meta": {"role": role}},
            trace(
                role, "markers", at, base + row,
                marker={
                    "color": colour if role == "mixed" else palette.paper,
                    "symbol": symbol, "size": 13,
                    "line": {"width": 2.5, "color": colour},
                },
            ),
            trace(
                f"{role} numbers", "text", np.maximum(at, 1.0), base + row,
                text=[
                    "" if np.isnan(multiple) else f"{_SPACE}{number(value)} ({times(multiple)}×)"
                    for value, multiple in zip(values, at, strict=True)
                ],
                textposition="middle right", textfont={"size": 15, "color": colour},
                cliponaxis=False,
            ) | {"meta": {"role": role}},
        ]  # fmt: skip
    if copies:
        data += _copied(within([each.copied for each in errors]), base + _OLS, copies, palette)
    data += _answers(errors, base + _ANSWER, palette, gap=gap)
    data.append(
        trace(
            "names", "text", np.full(lanes, axis_range[0]), base + _NAME,
            text=[f"<b>{each.name}</b>" for each in errors], textposition="middle right",
            textfont={"size": 14, "color": palette.ink},
        )
    )  # fmt: skip
    of_rows = {
        _OLS: ("OLS", True),
        _ANSWER: ("you", asked or not all(np.isnan(each.answer) for each in errors)),
        _MIXED: ("mixed", not all(np.isnan(each.mixed) for each in errors)),
        _ROBUST: ("OLS, robust", not all(np.isnan(each.robust) for each in errors)),
    }
    seen = [(row, name) for row, (name, is_seen) in of_rows.items() if is_seen]
    layout = _rows_layout(
        [(float(start + row), name) for start in base for row, name in seen],
        (-0.6, _LANE * lanes - 0.7), palette, height,
    )  # fmt: skip
    layout["xaxis"] |= {
        "type": "log",
        "range": np.log10(axis_range).tolist(),
        "title": axis_title("standard error, times OLS's for the puzzle"),
        "tickmode": "array",
        "tickvals": [0.1, 1.0, 10.0, 100.0, 1000.0],
        "ticktext": ["0.1×", "1×", "10×", "100×", "1000×"],
        "fixedrange": True,
    }
    layout["shapes"] = [
        {
            "type": "line", "x0": 1.0, "x1": 1.0, "y0": -0.6, "y1": _LANE * lanes - 0.7,
            "line": {"color": palette.muted, "width": 1}, "layer": "below",
        }
    ]  # fmt: skip
    return {"data": data, "layout": layout}


def _joined(first: Any, second: Any) -> Any:
    """Return line segments from the first to the second, with gaps between them."""
    return np.column_stack([first, second, np.full(len(first), np.nan)]).ravel()


def _copied(at: Any, rows: Any, said: str, palette: Palette) -> list[dict[str, Any]]:
    return [
        trace(
            "copied way", "lines", _joined(np.ones(len(at)), at), _joined(rows, rows),
            line={"color": palette.ols, "width": 2, "dash": "dot"},
        ),
        trace(
            "copied", "markers+text", at, rows,
            marker={"color": palette.ols, "symbol": "arrow-left", "size": 11},
            text=[f"{said}\u2002"] * len(at), textposition="middle left",
            textfont={"size": 14, "color": palette.ols},
        ),
    ]  # fmt: skip


def _answers(
    errors: Sequence[Errors], rows: Any, palette: Palette, *, gap: bool
) -> list[dict[str, Any]]:
    answers = np.array([each.answer for each in errors])
    if np.all(np.isnan(answers)):
        return []
    outcomes = np.array([each.mixed / each.unit for each in errors])
    if not gap:
        outcomes = answers
    said = ["" if np.isnan(at) else f"{_SPACE}{times(at)}×" for at in answers]
    if gap:
        off = np.exp(np.abs(np.log(outcomes / answers)))
        said = [
            text if times(factor) in ("1", "1.0", "1.00") else f"{text}, {times(factor)}-fold off"
            for text, factor in zip(said, off, strict=True)
        ]
    drop = rows - (_ANSWER - _MIXED)
    return [
        trace(
            "gap", "lines", _joined(answers, outcomes), _joined(rows, rows),
            line={"color": palette.ink, "width": 2, "dash": "dot"},
        ),
        trace(
            "outcome", "lines", _joined(outcomes, outcomes), _joined(rows, drop if gap else rows),
            line={"color": palette.ink, "width": 1},
        ),
        trace(
            "answer", "markers", answers, rows,
            marker={"symbol": "line-ns", "size": 18, "line": {"color": palette.ink, "width": 3}},
        ),
        trace(
            "answer's name", "text", np.maximum(answers, outcomes), rows, text=said,
            textposition="middle right", textfont={"size": 14, "color": palette.ink},
            cliponaxis=False,
        ),
    ]  # fmt: skip


_FOUR: Sequence[tuple[Estimator, Kind, str]] = (
    ("ols", "model", "OLS"),
    ("ols", "robust", "OLS, robust"),
    ("mixed", "model", "mixed"),
    ("mixed", "robust", "mixed, robust"),
)


def four_answers_figure(
    answers: Mapping[tuple[Estimator, Kind], Estimates],
    terms: Mapping[int, str],
    palette: Palette,
    *,
    outcome: str,
    height: int,
) -> Figure:
    """Draw 95 % intervals of some coefficients by both models, each with both kinds of error.

    Parameters
    ----------
    answers
        As of `standard_error_panel`.
    terms
        Places of the coefficients, with what each is called, from the top.
    palette
        Colours of the mode.
    outcome
        Title of the axis.
    height
        Height in pixels.
    """
    lane = len(_FOUR) + 1.5
    bounds = {key: each.intervals() for key, each in answers.items()}
    ends = np.concatenate([each[list(terms)] for each in bounds.values()])
    low, high = float(min(ends.min(), 0.0)), float(max(ends.max(), 0.0))
    wide = high - low
    data: list[dict[str, Any]] = []
    rows = []
    for number_of, (estimator, kind, name) in enumerate(_FOUR):
        fit, key = answers[estimator, kind], (estimator, kind)
        colour = palette.ols if estimator == "ols" else palette.mixed
        places = list(terms)
        at = lane * np.arange(len(places))[::-1] + (len(_FOUR) - 1 - number_of)
        rows += [(float(place), name) for place in at]
        filled = estimator == "mixed"
        symbol = ("circle" if kind == "model" else "diamond") + ("" if filled else "-open")
        data += [
            trace(
                f"{estimator} {kind} interval", "lines",
                _joined(bounds[key][places, 0], bounds[key][places, 1]), _joined(at, at),
                line={"color": colour, "width": 3},
            ),
            trace(
                f"{estimator} {kind}", "markers", fit.estimates[places], at,
                marker={
                    "color": colour, "symbol": symbol, "size": 11,
                    "line": {"width": 2, "color": colour},
                },
            ),
            trace(
                f"{estimator} {kind} numbers", "text", np.full(len(places), high + 0.05 * wide),
                at, textposition="middle right", textfont={"size": 14, "color": colour},
                text=[
                    f"{with_decimals(fit.standard_errors[k], 3)}, "
                    f"{with_decimals(fit.degrees_of_freedom[k], 0)} df"
                    for k in places
                ],
            ),
        ]  # fmt: skip
    names = lane * np.arange(len(terms))[::-1] + len(_FOUR) - 0.05
    data.append(
        trace(
            "names", "text", np.full(len(terms), low - 0.04 * wide), names,
            text=[f"<b>{name}</b>" for name in terms.values()], textposition="middle right",
            textfont={"size": 14, "color": palette.ink},
        )
    )  # fmt: skip
    top = float(names.max()) + 0.6
    layout = _rows_layout(rows, (-0.7, top), palette, height)
    layout["xaxis"] |= {
        "range": [low - 0.04 * wide, high + _ROOM * wide],
        "title": axis_title(outcome),
        "fixedrange": True,
    }
    return {"data": data, "layout": layout}


def _rows_layout(
    rows: Sequence[tuple[float, str]], limits: tuple[float, float], palette: Palette, height: int
) -> dict[str, Any]:
    """Return the layout of a figure whose rows have names."""
    layout = base_layout(palette, height=height)
    layout["showlegend"] = False
    layout["margin"] |= {"b": 46}
    layout["yaxis"] |= {
        "range": list(limits),
        "showgrid": False,
        "ticks": "",
        "tickmode": "array",
        "tickvals": [at for at, _ in rows],
        "ticktext": [name for _, name in rows],
        "automargin": True,
        "fixedrange": True,
    }
    return layout
