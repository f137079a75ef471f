"""Spaghetti: lines where they are said to run, marks in their rows, and what is left out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from engine.figures.base import PALETTES, Figure
from engine.figures.spaghetti import Axes, Entry, Guess, Spaghetti, row_at, spaghetti_figure

LINES = Spaghetti(
    rows=np.array([[0.0, 1.0], [1.0, 2.0]]),
    own=np.array([[1.0, 2.0], [np.nan, np.nan]]),
    shrunken=np.array([[1.0, 1.0], [0.0, -1.0]]),
    fixed=np.array([0.5, 0.0]),
    places=np.array([[0.2, 1.0], [0.8, 2.0]]),
)
AXES = Axes((0.0, 2.0), (-3.0, 3.0), "x", "y", (0.1, 10.0), "error", log=True, ticks=(0.1, 1, 10))
ENTRIES = [
    Entry("ols", "OLS", 1.0, "1.00", is_ols=True),
    Entry("you", "you", math.nan),
    Entry("mixed", "own", 5.0, "5.00", strong=True),
]


def drawn(lines: Spaghetti = LINES, **what: Any) -> Figure:
    return spaghetti_figure(lines, ENTRIES, AXES, PALETTES["light"], height=400, key=(), **what)


def traces(figure: Figure) -> dict[str, dict[str, Any]]:
    return {trace["meta"]["role"]: trace for trace in figure["data"]}


def test_each_line_runs_from_end_to_end_of_the_axis() -> None:
    found = traces(drawn())["shrunken"]
    assert found["x"] == pytest.approx([0.0, 2.0, np.nan] * 2, nan_ok=True)
    assert found["y"] == pytest.approx([1.0, 3.0, np.nan, 0.0, -2.0, np.nan], nan_ok=True)
    assert traces(drawn())["fixed"]["y"] == pytest.approx([0.5, 0.5, np.nan], nan_ok=True)


def test_marks_stand_in_their_rows_and_an_empty_row_has_none() -> None:
    figure = drawn()
    found = traces(figure)
    assert "you" not in found
    assert (found["mixed"]["x"], found["mixed"]["y"]) == ([5.0], [row_at(2, 3)])
    said = {each["text"]: each for each in figure["layout"]["annotations"]}
    # On a logarithmic axis notes are placed by the logarithm.
    assert said["1.00"]["x"] == pytest.approx(0.0)
    # Near the right end the number stands on the left.
    assert (said["1.00"]["xanchor"], said["<b>5.00</b>"]["xanchor"]) == ("left", "right")


def test_the_gap_ends_at_the_outcome_and_is_left_out_without_one() -> None:
    assert "gap" not in traces(drawn(guess=Guess(1, 2.0, "2.00")))
    found = traces(drawn(guess=Guess(1, 2.0, "2.00", 5.0)))
    assert found["gap"]["x"] == [2.0, 5.0, 5.0]
    assert found["answer's name"]["textposition"] == "top right"


def test_the_area_of_a_disc_is_its_share_of_the_say() -> None:
    voted = Spaghetti(**{**LINES.__dict__, "votes": np.array([0.8, 0.2])})
    assert "votes" not in traces(drawn())
    large, small = traces(drawn(voted))["votes"]["marker"]["size"]
    assert large**2 / small**2 == pytest.approx(4.0)


def test_panels_stand_side_by_side_where_it_is_wide() -> None:
    layout = drawn(wide=True)["layout"]
    assert layout["xaxis2"]["domain"][1] < layout["xaxis"]["domain"][0]
    # What names the axis of a narrow panel ends where the panel does.
    assert "title" not in layout["xaxis"]
    assert layout["annotations"][-1]["xanchor"] == "right"
    below = drawn()["layout"]
    assert below["yaxis"]["domain"][1] < below["yaxis2"]["domain"][0]
    # Where the window is narrow after all, they stand below each other.
    assert layout["meta"]["narrow"] == {name: below[name] for name in layout["meta"]["narrow"]}
    assert {"xaxis", "yaxis", "xaxis2", "yaxis2", "annotations"} == set(layout["meta"]["narrow"])
