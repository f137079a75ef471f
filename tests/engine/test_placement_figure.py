"""Where clusters are and where they are put: what the figure hides, and that its numbers agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from engine.account.placement import (
    BARS,
    MIDDLE,
    all_in_the_middle,
    apart,
    as_shares,
    bars,
    has_two_humps,
)
from engine.account.shape_study import ShapeStudy
from engine.figures.base import PALETTES, Figure
from engine.figures.placement import HIGHEST, Pull, placement_figure
from engine.figures.shapes import shapes_figure

LEVELS = np.array([0.0, 0.02, 0.43, 0.1, 0.43, 0.02, 0.0])
PLACED = np.array([0.0, 0.004, 0.188, 0.616, 0.188, 0.004, 0.0])


def drawn(**what: Any) -> Figure:
    return placement_figure(
        LEVELS, PALETTES["light"],
        unit=10.0, outcome="points", names=("above", "below"), height=500, **what,
    )  # fmt: skip


def traces(figure: Figure) -> dict[str, dict[str, Any]]:
    return {trace["meta"]["role"]: trace for trace in figure["data"]}


def test_without_the_placement_the_lower_panel_holds_no_number_but_those_drawn_by_hand() -> None:
    found = traces(drawn(drawn=np.array([0, 0, 20.0, 0, 0, 0, 0]), answer=PLACED))
    lower = {role for role, trace in found.items() if trace.get("yaxis") != "y2"}
    assert lower == {"floor", "drawn", "drawn numbers", "name of y"}
    assert found["drawn numbers"]["text"] == ["", "", "20%", "", "", "", ""]


def test_both_panels_have_one_scale() -> None:
    layout = drawn()["layout"]
    per_percent = [
        (layout[axis]["domain"][1] - layout[axis]["domain"][0]) / layout[axis]["range"][1]
        for axis in ("yaxis", "yaxis2")
    ]
    assert per_percent[0] == pytest.approx(per_percent[1])
    assert layout["yaxis"]["range"][1] > HIGHEST


def test_a_bar_with_next_to_nothing_has_no_number() -> None:
    assert traces(drawn(placed=PLACED))["placed numbers"]["text"] == [
        "", "", "19%", "62%", "19%", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("middle", "at", "said"), [(0.1, 10, "10%"), (0.6, 61.6, "you 60%"), (1.0, HIGHEST, "you 100%")]
)
def test_the_gap_runs_from_the_answer_to_the_outcome_and_no_number_is_in_the_way(
    middle: float, at: float, said: str
) -> None:
    rest = (1.0 - middle) / 2.0
    answer = np.array([0, 0, rest, middle, rest, 0, 0])
    found = traces(drawn(placed=PLACED, answer=answer, gap=True))
    assert_allclose(found["gap"]["y"], [100 * middle, 61.6])
    assert found["answer's number"]["y"] == pytest.approx([at])
    assert found["answer's number"]["text"] == [said]
    assert "gap" not in traces(drawn(placed=PLACED, answer=answer))


def test_a_cluster_on_its_way_lights_the_terms_of_its_formula() -> None:
    found = traces(drawn(placed=PLACED, pull=Pull(10.0, 3.5, 0.3)))
    assert found["own"]["x"] == [10.0] and found["landed"]["x"] == [3.5]
    assert set(found) >= {"mixed", "shrinkage"}
    assert max(found["mixed"]["y"]) < 100.0 and min(found["mixed"]["y"]) > 70.0


def test_bars_have_no_end_outside_and_hold_everything() -> None:
    values = np.array([-99.0, -2.6, -1.0, 0.0, 0.4, 1.0, 99.0])
    assert_allclose(bars(values) * 7, [2, 0, 1, 2, 1, 0, 1])
    assert_allclose(as_shares(np.zeros(BARS)), 1.0 / BARS)


def test_histograms_differ_by_what_has_to_be_moved() -> None:
    assert apart(LEVELS, LEVELS) == 0.0
    assert apart(LEVELS, all_in_the_middle()) == pytest.approx(1.0 - LEVELS[MIDDLE])
    assert has_two_humps(LEVELS) and not has_two_humps(PLACED)


def test_a_shape_that_moves_the_interval_alone_is_drawn_so() -> None:
    study = {
        "Bell": ShapeStudy(0.0, 2.2, (-4.2, 4.3), 0.94, 0.94, 0.92),
        "Skew": ShapeStudy(-0.1, 2.2, (-4.4, 4.2), 0.47, 0.91, 0.88),
    }
    figure = shapes_figure(
        study, PALETTES["dark"], reach=10.0, unit="points", studies="studies", height=400
    )
    found = traces(figure)
    assert found["of the variance"]["x"].tolist() == [94.0, 47.0]
    assert found["coverages"]["text"] == ["<b>94%</b>", "<b>47%</b>"]
    assert found["sds"]["text"] == ["\u20022.2"] * 2
    assert found["sds"]["x"].tolist() == [4.3, 4.2]
    low, high = figure["layout"]["xaxis"]["range"]
    assert low < 40.0 and high > 100.0
