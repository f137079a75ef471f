"""Settings that change nothing are known, and correlations that cannot be are made ones that can.

Both are checked on what is drawn.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ContradictionError
from engine.simulation import FIELDS, SHAPES, Scenario, idle_settings, possible, simulate

# What can be idle, and other values of it.
OTHERS = {
    "size_spread": (0.0, 0.5, 2.0),
    "size_intercept_correlation": (-0.95, 0.0, 0.95),
    "share_intercept_correlation": (-0.95, 0.0, 0.95),
    "shape": SHAPES,
}
# Mostly the corners, where something stops having an effect.
SCENARIOS = st.builds(
    Scenario,
    clusters=st.sampled_from([4, 5, 24]),
    rows_per_cluster=st.sampled_from([2, 3, 10]),
    size_spread=st.sampled_from([0.0, 0.1, 0.8, 2.0]),
    between_variance=st.sampled_from([0.0, 0.5]),
    share=st.sampled_from([0.05, 0.5]),
    share_spread=st.sampled_from([0.0, 0.05, 0.6, 1.0]),
    size_intercept_correlation=st.sampled_from([-0.95, 0.0, 0.5]),
    share_intercept_correlation=st.sampled_from([-0.5, 0.0, 0.95]),
    seed=st.integers(0, 50),
)


def same_data(one: Scenario, other: Scenario) -> bool:
    return simulate(possible(one)).frame.equals(simulate(possible(other)).frame)


@settings(deadline=None, max_examples=60)
@given(scenario=SCENARIOS)
def test_an_idle_setting_changes_no_number(scenario):
    for name in idle_settings(scenario):
        for value in OTHERS[name]:
            assert same_data(scenario, replace(scenario, **{name: value})), (name, value)


@pytest.mark.parametrize("name", OTHERS)
def test_a_setting_is_idle_only_while_what_it_needs_is_missing(name):
    scenario = Scenario(clusters=24, rows_per_cluster=30, size_spread=0.8, share_spread=0.4)
    assert name not in idle_settings(scenario)
    assert not all(
        same_data(scenario, replace(scenario, **{name: value})) for value in OTHERS[name]
    )
    missing = {
        "size_spread": {"rows_per_cluster": 2},
        "size_intercept_correlation": {"size_spread": 0.0},
        "share_intercept_correlation": {"share_spread": 0.0},
        "shape": {"between_variance": 0.0},
    }[name]
    assert idle_settings(replace(scenario, **missing))[name] == next(iter(missing))


def test_sizes_that_rounding_makes_equal_count_as_equal():
    scenario = Scenario(clusters=4, rows_per_cluster=3, size_spread=0.1)
    assert np.ptp(simulate(scenario).truth.sizes) == 0
    assert idle_settings(scenario)["size_intercept_correlation"] == "size_spread"


@settings(deadline=None, max_examples=60)
@given(scenario=SCENARIOS)
def test_correlations_that_contradict_each_other_become_the_largest_that_do_not(scenario):
    found = possible(scenario)
    simulate(found)
    if found == scenario:
        return
    with pytest.raises(ContradictionError) as refused:
        simulate(scenario)
    held = (found.size_intercept_correlation, found.share_intercept_correlation)
    assert held == refused.value.largest
    wished = (scenario.size_intercept_correlation, scenario.share_intercept_correlation)
    assert all(abs(one) <= abs(other) for one, other in zip(held, wished, strict=True))


def test_sizes_and_shares_cannot_be_changed_from_outside():
    truth = simulate(Scenario()).truth
    again = simulate(Scenario(between_variance=2)).truth
    assert np.array_equal(truth.sizes, again.sizes)
    for array in (truth.sizes, truth.shares):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_every_setting_that_can_be_idle_is_described():
    assert set(OTHERS) - {"shape"} <= set(FIELDS)
