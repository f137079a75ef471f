"""The search's figure: what it hides, what it shows, and that nothing leaves its panels."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from engine import Comparison, compare
from engine.account.criterion import CriterionPoints, criterion_points
from engine.data.examples import load
from engine.figures.base import PALETTES, Figure
from engine.figures.search import (
    RATIOS,
    ZERO_AT,
    Closing,
    View,
    curve_ratios,
    lowest,
    search_figure,
)
from engine.models.mixed.intercept_fit import search

VIEW = View((4.0, 29.0), (-0.12, 0.56), "slope")


@cache
def four() -> Comparison:
    return compare(load("puzzle_random_vs_fixed"), "y ~ x + (1 | f)")


def at(*ratios: float) -> CriterionPoints:
    return criterion_points(four(), 1, np.array(ratios))


def drawn(**what: Any) -> Figure:
    curve = criterion_points(four(), 1, curve_ratios(search(four().dial).minima))
    return search_figure(curve, PALETTES["light"], VIEW, height=500, **what)


def traces(figure: Figure) -> dict[str, dict[str, Any]]:
    return {trace["meta"]["role"]: trace for trace in figure["data"]}


def test_without_the_minima_no_height_is_drawn_but_those_looked_at() -> None:
    found = traces(drawn(looks=at(0.5, 40.0)))
    lower = [trace for trace in found.values() if trace.get("yaxis") != "y2"]
    heights = np.concatenate([np.asarray(trace["y"], float) for trace in lower])
    assert_allclose(np.unique(heights), np.unique([4.0, *at(0.5, 40.0).reml]))
    assert "curve" not in found and "minima" not in found


def test_zero_has_a_place_of_its_own_left_of_every_other_ratio() -> None:
    found = traces(drawn(minima=at(1990.0, 0.0), here=at(0.0)))
    assert RATIOS[0] > ZERO_AT
    assert found["minima"]["x"].tolist() == [1990.0, ZERO_AT]
    assert found["criterion"]["x"].tolist() == [ZERO_AT]
    assert found["curve"]["x"][0] == ZERO_AT and np.all(np.diff(found["curve"]["x"]) > 0)


def test_a_height_above_the_panel_is_an_arrow_at_its_top() -> None:
    low = View((4.0, 22.0), VIEW.estimates, "slope")
    curve = at(*curve_ratios([]))
    figure = search_figure(
        curve, PALETTES["dark"], low, height=500, looks=at(0.01, 16.0), here=at(16.0)
    )
    found = traces(figure)
    assert found["looks"]["marker"]["symbol"] == ["circle-open", "triangle-up-open"]
    assert found["looks"]["y"][1] < 22.0
    assert found["criterion"]["marker"]["symbol"] == "triangle-up-open"
    assert found["height"]["text"] == [f"\u2002{at(16.0).reml[0]:.2f}\u2002"]


@pytest.mark.parametrize("yours", [0.5, 1990.0, 9000.0])
def test_the_gap_runs_from_the_lowest_look_and_names_stand_on_either_side_of_it(
    yours: float,
) -> None:
    looks, minima = at(yours, 16.0), at(1990.0, 0.0)
    assert lowest(looks) == 0
    found = traces(drawn(looks=looks, minima=minima, gap=True))
    assert list(found["gap"]["x"]) == [yours, 1990.0]
    sides = found["minima's names"]["textposition"][0], found["answer's name"]["textposition"]
    assert sorted(sides) == ["middle left", "middle right"]


def test_arrows_of_the_engine_point_down_the_curve() -> None:
    searched = search(four().dial)
    looks = at(*searched.polished[0]).first(3)
    found = traces(drawn(closing=Closing(searched.scanned, looks)))
    pointing = [symbol.removeprefix("triangle-") for symbol in found["engine"]["marker"]["symbol"]]
    best = searched.ratio
    assert pointing == ["right" if ratio < best else "left" for ratio in looks.ratio]
    ticks = np.asarray(found["scan"]["x"])
    assert ticks[0] == ZERO_AT and np.all((ticks[1:] >= RATIOS[0]) & (ticks[1:] <= RATIOS[1]))


def test_every_axis_has_a_range_and_maximum_likelihood_is_named() -> None:
    layout = drawn(minima=at(1990.0), other=True)["layout"]
    assert all("range" in layout[axis] for axis in ("xaxis", "yaxis", "yaxis2"))
    assert layout["yaxis"]["title"]["text"] == "REML (dashed: ML)"


def test_the_figure_names_its_data() -> None:
    (name,) = drawn(name="4 clusters of 3 rows each")["layout"]["annotations"]
    assert name["text"] == "4 clusters of 3 rows each"


def test_numbers_of_looks_have_room_for_two_digits_on_a_phone() -> None:
    ratios = np.geomspace(0.5, 5.0, 12)
    looks = traces(drawn(looks=at(*ratios)))["looks"]
    named = [ratio for ratio, text in zip(ratios, looks["text"], strict=True) if text]
    # A digit is 8 pixels wide, and 7.9 powers of ten have 270 pixels there.
    assert 1 < len(named) < len(ratios)
    assert np.diff(np.log10(named)).min() * 270 / 7.9 > 16


def test_numbers_of_looks_stay_in_their_panel() -> None:
    looks = traces(drawn(looks=at(0.5, 1990.0)))["looks"]
    assert looks["marker"]["symbol"] == ["circle-open", "circle-open"]
    assert looks["textposition"] == ["top center", "top center"]
    low = View((4.0, 18.0), (-0.12, 0.56), "slope")
    curve = criterion_points(four(), 1, curve_ratios(search(four().dial).minima))
    figure = search_figure(curve, PALETTES["light"], low, height=500, looks=at(0.5, 1990.0))
    assert traces(figure)["looks"]["textposition"] == ["bottom center", "top center"]
