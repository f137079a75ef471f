"""Values along the dial: its ends, REML's place on it, the weights, and sentences about them."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from numpy.typing import ArrayLike

from engine import compare
from engine.account.path import STEPS, DialPath
from engine.data.examples import EXAMPLES, load
from engine.figures.base import PALETTES
from engine.figures.dial import ROLES, dial_family, dial_figure
from engine.figures.weights import MOST_CLUSTERS, weights_family, weights_figure
from engine.models.between import between_estimate
from engine.models.within import within_estimate
from engine.words.dial import several_minima, standing

LIGHT = PALETTES["light"]
NAMES = [example.name for example in EXAMPLES]


@cache
def path_of(name: str) -> DialPath:
    example = next(example for example in EXAMPLES if example.name == name)
    return DialPath(compare(load(name), example.formula))


def last_term(path: DialPath) -> int:
    return len(path.comparison.mixed.names) - 1


def boundary() -> DialPath:
    """Cluster means that lie closer together than chance would put them."""
    frame = pd.DataFrame({"y": [0.0, 9, 1, 8, 2, 7, 3, 6], "g": list("aabbccdd")})
    return DialPath(compare(frame, "y ~ 1 + (1 | g)"))


@pytest.mark.parametrize("name", NAMES)
def test_the_dial_starts_at_ols(name: str) -> None:
    path = path_of(name)
    assert path.family(0).ratio[0] == 0.0
    assert_allclose(path.family(0).estimates[0], path.comparison.ols.estimates, rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_the_dial_ends_at_the_within_estimate_where_there_is_one(name: str) -> None:
    path = path_of(name)
    within = within_estimate(path.comparison.moments)
    columns = [path.comparison.mixed.names.index(term) for term in within.names]
    assert path.within.keys() == set(within.names)
    assert path.family(0).ratio[-1] == np.inf
    # Comparisons between clusters keep a trace of weight at the ratio that stands for infinity.
    assert_allclose(path.family(0).estimates[-1, columns], within.estimates, rtol=1e-9)


def test_a_term_that_is_constant_inside_clusters_ends_where_every_cluster_counts_once() -> None:
    sizes = np.array([2, 3, 5, 8, 13])
    cluster = np.repeat(np.arange(5), sizes)
    y = np.random.default_rng(1).normal(size=sizes.sum()) + cluster % 3
    frame = pd.DataFrame({"y": y, "x": cluster**2.0, "g": cluster})
    path = DialPath(compare(frame, "y ~ x + (1 | g)"))
    assert not path.within
    expected = between_estimate(path.comparison.moments).estimates
    assert_allclose(path.family(0).estimates[-1], expected, rtol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_reml_lies_at_the_lowest_point_of_the_criterion(name: str) -> None:
    path = path_of(name)
    mixed = path.comparison.mixed
    lowest = path.minima[0]
    assert_allclose(lowest.ratio, mixed.variance_ratio, rtol=1e-6)
    assert_allclose(lowest.estimates, mixed.estimates, rtol=1e-6)
    # Criteria are up to 50,000, so rounding leaves their differences ten decimals.
    assert lowest.excess < 1e-9
    family = path.family(0)
    assert family.excess.min() >= 0.0
    # The hand can stop at REML's estimate.
    assert family.ratio[np.argmin(family.excess)] == mixed.variance_ratio


@pytest.mark.parametrize("name", NAMES)
def test_every_minimum_is_well_inside_the_dial_or_at_ols(name: str) -> None:
    path = path_of(name)
    for term in range(len(path.comparison.mixed.names)):
        positions = path.scale(term).position([minimum.ratio for minimum in path.minima])
        if path.comparison.mixed.singular:
            assert positions[0] == 0.0
        elif len(path.minima) == 1:
            # Half of the dial's length puts it in the middle, wherever the other half does.
            assert 0.25 - 1.0 / STEPS <= positions[0] <= 0.75 + 1.0 / STEPS
        else:
            assert positions.max() - positions.min() > 0.25
            # In three_stories the hill between the minima is at ρ = 0.12, the lower at ρ = 221; in
            # puzzle_86032 they are at ρ = 0.4 and ρ = 2104.
            far = name in ("three_stories", "puzzle_86032")
            assert positions.max() < (0.99 if far else 0.98)


def random_path(seed: int) -> DialPath:
    """Clusters of any sizes; x varies inside them, between them, or mostly between them."""
    rng = np.random.default_rng(seed)
    clusters = int(rng.integers(4, 60))
    sizes = np.ceil(np.exp(rng.normal(rng.uniform(0.5, 4.0), rng.uniform(0.0, 1.8), clusters)))
    sizes = np.minimum(sizes, 3000).astype(int) + 1
    g = np.repeat(np.arange(clusters), sizes)
    between = rng.normal(size=clusters)
    x = 10.0 ** rng.uniform(-1.5, 1.5) * between[g] + rng.normal(size=len(g))
    effects = 10.0 ** rng.uniform(-1.5, 0.5) * (rng.normal(size=clusters) + between)
    y = effects[g] + rng.normal() * x + rng.normal(size=len(g))
    return DialPath(compare(pd.DataFrame({"y": y, "x": x, "g": g}), "y ~ x + (1 | g)"))


def paths() -> list[DialPath]:
    return [*map(path_of, NAMES), *map(random_path, range(40))]


def test_no_step_of_the_dial_takes_more_than_a_twentieth_of_the_estimates_path() -> None:
    followed = 0
    for path in paths():
        for term in range(len(path.comparison.mixed.names)):
            stops = path.scale(term).stops
            assert len(stops) == STEPS + 1
            estimates = path.at(stops).estimates[:, term]
            steps = np.abs(np.diff(estimates))
            if steps.sum() < 1e-5 * path.comparison.ols.standard_errors[term]:
                continue
            assert steps.max() < 0.05 * np.ptp(estimates), path.comparison.formula.text
            followed += 1
    assert followed > 80


def test_positions_and_ratios_of_a_dial_belong_together() -> None:
    for path in paths():
        scale = path.scale(0)
        assert np.all(np.diff(scale.stops) > 0.0)
        assert_allclose(scale.position(scale.stops), np.arange(STEPS + 1) / STEPS, atol=1e-12)
        among = np.sort(np.random.default_rng(0).lognormal(np.log(path.middle), 3.0, 50))
        assert np.all(np.diff(scale.position(among)) > 0.0)
        assert float(scale.position(0.0)) == 0.0 and float(scale.position(np.inf)) == 1.0
        assert np.diff(scale.position(path.family(0).ratio)).max() < 1.001 / STEPS


def test_one_point_equals_its_place_in_the_batch() -> None:
    path = path_of("high_school_and_beyond")
    family = path.family(1)
    alone = path.at(float(family.ratio[40]))
    assert_allclose(alone.estimates, family.estimates[40], rtol=1e-13)
    assert_allclose(alone.excess, family.excess[40], rtol=1e-9)


def test_random_or_fixed_has_a_second_minimum_at_zero() -> None:
    path = path_of("puzzle_random_vs_fixed")
    lowest, other = path.minima
    assert other.ratio == 0.0
    # The posted slopes: 0.0086 by the fit that stopped at zero, 0.4625 with dummy variables.
    assert other.estimates[1] == pytest.approx(0.0086, abs=5e-5)
    assert path.within["x"] == pytest.approx(0.4625, abs=5e-5)
    assert other.excess > lowest.excess
    family = path.family(1)
    between = (family.ratio > 0.0) & (family.ratio < lowest.ratio)
    assert family.excess[between].max() > other.excess
    said = several_minima(path, 1)
    assert "2 minima" in said and "0.0086" in said and "ρ = 0," in said
    assert said.endswith("may stop at either.")
    assert several_minima(path_of("mpg"), 1) == ""


def test_a_program_may_stop_at_any_of_three_minima(monkeypatch: pytest.MonkeyPatch) -> None:
    path = path_of("puzzle_random_vs_fixed")
    lowest, other = path.minima
    further = replace(other, ratio=0.5, excess=2.0 * other.excess)
    monkeypatch.setitem(vars(path), "minima", (lowest, other, further))
    said = several_minima(path, 1)
    assert "3 minima" in said and "ρ = 0.5," in said
    assert said.endswith("may stop at any of them.")


def test_weights_go_from_counting_rows_to_counting_clusters() -> None:
    path = path_of("inner_london_exam")
    counts = path.comparison.moments.counts
    shares = path.shares(counts, path.family(0).ratio)
    assert_allclose(shares[0], counts / counts.sum(), rtol=1e-12)
    assert_allclose(shares[-1], 1.0 / len(counts), rtol=1e-9)
    assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-12)
    largest = shares[:, np.argmax(counts)]
    assert np.all(np.diff(largest) <= 1e-12)


def test_a_boundary_fit_has_one_minimum_at_zero_and_a_dial_to_turn() -> None:
    path = boundary()
    assert path.comparison.mixed.singular
    assert [minimum.ratio for minimum in path.minima] == [0.0]
    # The middle shrinks a cluster of average size, two rows, by half: n ρ / (1 + n ρ).
    assert path.middle == pytest.approx(0.5)
    assert "at its minimum" in standing(path, 0, 0.0)[1]


def test_the_sentence_names_estimate_weight_and_distance_from_reml() -> None:
    path = path_of("high_school_and_beyond")
    at_reml = " ".join(standing(path, 1, path.comparison.mixed.variance_ratio))
    assert "coefficient of ses is 2.390" in at_reml
    assert "the REML criterion is at its minimum" in at_reml
    at_ols = " ".join(standing(path, 1, 0.0))
    assert "complete pooling" in at_ols and "3.184" in at_ols
    # The largest school has 67 of the 7,185 pupils.
    assert "The largest cluster has 0.9% of the weight of all clusters" in at_ols
    assert "459 above its minimum" in at_ols
    at_end = " ".join(standing(path, 1, np.inf))
    assert "no pooling" in at_end and "2.191" in at_end and "without bound" in at_end
    assert "2.191, the slope inside clusters." in at_end


@pytest.mark.parametrize("name", NAMES)
def test_what_moves_in_the_figures_are_the_traces_that_show_the_present_ratio(name: str) -> None:
    path = path_of(name)
    term = last_term(path)
    ratios = path.family(term).ratio
    for place in (0, 30, 70, -1):
        ratio = float(ratios[place])
        for figure, family in (
            (dial_figure(path, term, ratio, LIGHT), dial_family(path, term)),
            (weights_figure(path, ratio, LIGHT), weights_family(path, ratios)),
        ):
            for trace, attributes in family.items():
                for axis, rows in attributes.items():
                    assert_allclose(rows[place], figure["data"][trace][axis], atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_every_trace_of_the_dial_has_its_role(name: str) -> None:
    path = path_of(name)
    data = dial_figure(path, last_term(path), 0.1, LIGHT)["data"]
    assert tuple(trace["meta"]["role"] for trace in data) == ROLES


def assert_within(values: ArrayLike, limits: list[float]) -> None:
    numbers = np.asarray(values, dtype=np.float64)
    numbers = numbers[~np.isnan(numbers)]
    assert limits[0] <= numbers.min() and numbers.max() <= limits[1]


def test_nothing_leaves_the_dial_or_the_weights_at_any_ratio() -> None:
    for path in paths():
        for term in range(len(path.comparison.mixed.names)):
            figure, family = dial_figure(path, term, 0.1, LIGHT), dial_family(path, term)
            layout = figure["layout"]
            for number, trace in enumerate(figure["data"]):
                shown = trace | family.get(number, {})
                upper = "yaxis" not in trace
                assert_within(shown["x"], layout["xaxis"]["range"])
                # The criterion rises above any panel; an arrow then takes the place of the ring.
                if trace["meta"]["role"] != "criterion":
                    limits = layout["yaxis" if upper else "yaxis2"]["range"]
                    assert_within(shown["y"], limits)
            rings = [family[ROLES.index(f"criterion {what}")]["y"] for what in ("ring", "above")]
            assert np.all(np.isnan(rings).sum(axis=0) == 1)
        ratios = path.family(0).ratio
        bars = weights_family(path, ratios)[0]["x"]
        assert_within(bars, weights_figure(path, 0.1, LIGHT)["layout"]["xaxis"]["range"])


def test_axes_hold_still_while_the_dial_is_turned() -> None:
    path = path_of("mpg")
    for figure in (dial_figure, lambda path, _, *rest: weights_figure(path, *rest)):
        layouts = [figure(path, 1, ratio, LIGHT)["layout"] for ratio in (0.0, 1.3, np.inf)]
        assert layouts[0] == layouts[1] == layouts[2]
        axes = [axis for name, axis in layouts[0].items() if name[1:5] == "axis"]
        assert all(len(axis["range"]) == 2 for axis in axes)


def test_a_coefficient_that_does_not_move_is_drawn_flat() -> None:
    path = path_of("sleepstudy")
    low, high = dial_figure(path, 1, 0.0, LIGHT)["layout"]["yaxis"]["range"]
    assert np.ptp(path.family(1).estimates[:, 1]) < 1e-6 * (high - low)


def test_of_many_clusters_some_of_every_size_are_shown_largest_on_top() -> None:
    path = path_of("high_school_and_beyond")
    figure = weights_figure(path, 0.0, LIGHT)
    # At ρ = 0 weights are shares of rows; bars are start, end and gap.
    ends = np.reshape(figure["data"][0]["x"], (-1, 3))[:, 1] * path.comparison.moments.rows
    assert len(ends) == MOST_CLUSTERS
    # These are the smallest and the largest school.
    assert_allclose(ends[[0, -1]], [14.0, 67.0])
    assert np.all(np.diff(ends) > -1e-9)
    axis = figure["layout"]["yaxis"]
    assert axis["tickvals"][0] == MOST_CLUSTERS - 1 and "(67)" in axis["ticktext"][0]
    assert "40 of 160" in axis["title"]["text"]
