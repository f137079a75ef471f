"""Two teams at a slope: constructed clusters, their teams, and what is drawn of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Comparison, compare
from engine.account.path import FAR
from engine.account.teams import teams
from engine.account.within_between import slope_path
from engine.figures.base import PALETTES
from engine.figures.beam import BEAM_AT
from engine.figures.tug import Tug, tug_figure
from engine.simulation.constructed import FEWEST_ROWS, constructed_rows, graded_sizes

LEVELS, CENTRES, MEANS = "ABCD", np.array([2.0, 5.0, 7.0, 8.0]), np.array([9.0, 4.0, 12.0, 15.0])
COUNTS = np.array([3, 20, 7, 11])


def fitted(counts: np.ndarray = COUNTS, centres: np.ndarray = CENTRES) -> Comparison:
    rows = constructed_rows(
        LEVELS, counts, centres, MEANS, spread=1.5, slope=-2.0, residual_sd=3.0
    )  # fmt: skip
    return compare(rows, "y ~ x + (1 | cluster)")


def test_constructed_clusters_are_exactly_as_described() -> None:
    rows = constructed_rows(
        LEVELS, COUNTS, CENTRES, MEANS, spread=1.5, slope=-2.0, residual_sd=3.0
    )  # fmt: skip
    for level, count, centre, mean in zip(LEVELS, COUNTS, CENTRES, MEANS, strict=True):
        own = rows[rows.cluster == level]
        x, y = own.x.to_numpy(), own.y.to_numpy()
        assert len(own) == count
        assert (x.mean(), y.mean(), x.std()) == pytest.approx((centre, mean, 1.5))
        slope, intercept = np.polyfit(x, y, 1)
        assert slope == pytest.approx(-2.0)
        left = y - intercept - slope * x
        assert np.sqrt(left @ left / (count - 2)) == pytest.approx(3.0)


@given(st.floats(1.0, 30.0), st.permutations(range(6)))
def test_graded_sizes_rise_by_rank_and_are_equal_at_one(most: float, ranks: list[int]) -> None:
    sizes = graded_sizes(101, most, ranks)
    assert np.all(np.diff(sizes[np.argsort(ranks)]) >= 0) and sizes.min() >= FEWEST_ROWS
    assert abs(sizes.sum() - 101) <= 6
    assert np.ptp(graded_sizes(101, 1.0, ranks)) == 0


@given(st.floats(0.0, 1e6))
def test_the_slope_is_the_mixture_and_all_lines_go_through_the_centre(ratio: float) -> None:
    dial = fitted().dial
    found = teams(dial, ratio)
    assert found.between is not None
    mixture = found.share * found.within + (1.0 - found.share) * found.between
    assert mixture == pytest.approx(found.slope, rel=1e-7, abs=1e-9)
    x, y = found.centre
    assert found.intercept + found.slope * x == pytest.approx(y)
    assert found.weights.sum() == pytest.approx(1.0)
    # The line between is least squares through the cluster means with the same weights.
    slope = np.polyfit(CENTRES, MEANS, 1, w=np.sqrt(found.weights))[0]
    assert slope == pytest.approx(found.between, rel=1e-6)


def test_without_spread_between_clusters_nobody_pulls_there() -> None:
    dial = fitted(centres=np.full(4, 5.0)).dial
    ends = [teams(dial, ratio) for ratio in (0.0, 0.4, FAR)]
    assert [each.between for each in ends] == [None] * 3
    assert [each.share for each in ends] == [1.0] * 3
    assert [each.slope for each in ends] == pytest.approx([-2.0] * 3)
    assert ends[0].intercept != pytest.approx(ends[1].intercept, abs=0.1)


def tug(ratio: float, **how: np.ndarray) -> Tug:
    both = fitted(**how)
    places = np.column_stack([how.get("centres", CENTRES), MEANS])
    ols, mixed = (teams(both.dial, each) for each in (0.0, ratio))
    return Tug(both.moments.levels, both.moments.counts, places, 1.5, ols, mixed)


def drawn(here: Tug, **what: object) -> dict[tuple[str, str], dict]:
    figure = tug_figure(
        here, PALETTES["light"], slopes=(-3.0, 3.0), x_range=(0.0, 12.0), y_range=(0.0, 20.0),
        slope="slope", predictor="x", outcome="y", height=500, **what,  # type: ignore[arg-type]
    )  # fmt: skip
    return {(trace["meta"]["role"], trace["mode"]): trace for trace in figure["data"]}


def test_before_the_answer_nothing_depends_on_the_ratio() -> None:
    figures = [drawn(tug(ratio), answer=0.5, weighed=False) for ratio in (0.0, 0.3, 40.0)]
    assert not {"mixed", "share", "way"} & {role for role, _ in figures[0]}
    for figure in figures[1:]:
        np.testing.assert_equal(figure, figures[0])


@pytest.mark.parametrize("ratio", [0.0, 0.3, FAR])
def test_the_rope_shows_both_slopes_and_the_strength_of_the_teams(ratio: float) -> None:
    here = tug(ratio)
    traces = drawn(here, answer=1.0, gap=True)
    assert traces["ols", "markers+text"]["x"] == [here.ols.slope]
    assert traces["mixed", "markers+text"]["x"] == [here.mixed.slope]
    assert traces["gap", "lines"]["x"] == [1.0, here.mixed.slope]
    inside = traces["within", "markers"]
    assert (inside["x"], inside["y"]) == ([here.mixed.within], [BEAM_AT])
    x, y = traces["mixed", "lines"]["x"], traces["mixed", "lines"]["y"]
    assert np.diff(y) / np.diff(x) == pytest.approx(here.mixed.slope)


def test_a_team_beyond_the_rope_stands_at_its_end_with_an_arrow() -> None:
    near = np.array([6.0, 6.1, 6.2, 6.3])
    here = tug(0.3, centres=near)
    assert here.mixed.between is not None and here.mixed.between > 3.0
    names = [
        trace
        for trace in tug_figure(
            here, PALETTES["light"], slopes=(-3.0, 3.0), x_range=(0.0, 12.0), y_range=(0.0, 20.0),
            slope="slope", predictor="x", outcome="y", height=500,
        )["data"]
        if trace["meta"]["role"] == "between" and trace["mode"] == "text"
    ]  # fmt: skip
    name = next(trace for trace in names if trace.get("xaxis") != "x2")
    assert name["x"] == [3.0] and name["text"][0].endswith("→")
    assert name["textposition"] == "middle left"


def test_at_infinity_nobody_pulls_between_clusters_at_all() -> None:
    dial = fitted().dial
    found, near = teams(dial, np.inf), teams(dial, FAR)
    assert found.share == 1.0 and near.share < 1.0
    assert found.slope == pytest.approx(found.within)
    assert found.weights == pytest.approx(np.full(4, 0.25))


@pytest.mark.parametrize(("ratio", "name"), [(0.0, ""), (1.0, "in OLS")])
def test_the_ring_says_whose_it_is_unless_the_team_stands_there(ratio: float, name: str) -> None:
    here = tug(ratio)
    assert here.ols.between is not None and here.mixed.between is not None
    assert (abs(here.ols.between - here.mixed.between) > 0.06 * 6.0) == bool(name)
    traces = drawn(here)
    assert traces["between before", "text"]["text"] == [name]
    assert traces["between before", "text"]["x"] == traces["between before", "markers"]["x"]


@pytest.mark.parametrize("ratio", [1e6, 1e14])
def test_the_weaker_team_keeps_its_digits_however_little_it_has_left(ratio: float) -> None:
    dial = fitted().dial
    # At a large ratio every cluster has the weight 1/ρ, but for a share of about 1/(nρ).
    spread = np.sum((CENTRES - CENTRES.mean()) ** 2)
    left = spread / (ratio * teams(dial, ratio).within_spread)
    path = slope_path(dial, ratio)
    assert path is not None
    assert teams(dial, ratio).share_between == pytest.approx(left, rel=1 / ratio + 1e-10)
    assert float(path.share_between) == pytest.approx(left, rel=1 / ratio + 1e-10)


@pytest.mark.parametrize("answer", [-2.0, 1.15, 2.6])
def test_an_answers_line_ends_above_the_names_that_it_would_strike_through(answer: float) -> None:
    # The teams pull at −2 and 1.15; from 2.12, where the ring is, its name reaches to the right.
    here = tug(1.0)
    figure = tug_figure(
        here, PALETTES["light"], slopes=(-3.0, 3.0), x_range=(0.0, 12.0), y_range=(0.0, 20.0),
        slope="slope", predictor="x", outcome="y", height=500,
    )  # fmt: skip
    on_the_rope = [trace for trace in figure["data"] if trace.get("xaxis") != "x2"]
    names = [trace["y"][0] for trace in on_the_rope if trace["mode"] == "text"]
    assert min(drawn(here, answer=answer)["answer", "lines"]["y"]) > max(names)
    assert min(drawn(here, answer=-0.5)["answer", "lines"]["y"]) == BEAM_AT
