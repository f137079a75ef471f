"""A cluster that the user drags is moved or resized, and nothing else is redrawn."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from engine import Scenario, ScenarioError, simulate

SCENARIO = Scenario(size_spread=1.0, share_spread=0.3, seed=5)


def rows_of(frame, cluster):
    return frame.loc[frame.cluster == cluster, "y"].to_numpy()


def test_a_moved_cluster_has_the_mean_asked_for_and_keeps_its_shape() -> None:
    before, after = simulate(SCENARIO), simulate(SCENARIO, means={7: 2.5})
    assert_allclose(rows_of(after.frame, 7).mean(), 2.5, rtol=1e-12)
    steps = rows_of(after.frame, 7) - rows_of(before.frame, 7)
    assert_allclose(steps, steps[0], rtol=1e-9)
    assert_array_equal(after.drawn_means, before.drawn_means)


def test_other_clusters_do_not_notice() -> None:
    before, after = simulate(SCENARIO), simulate(SCENARIO, means={7: 2.5}, sizes={3: 90})
    for cluster in (1, 2, 8, 24):
        assert_array_equal(rows_of(after.frame, cluster), rows_of(before.frame, cluster))


def test_moving_a_cluster_to_where_it_is_changes_nothing() -> None:
    before = simulate(SCENARIO)
    after = simulate(SCENARIO, means={4: before.drawn_means[3]})
    assert_array_equal(after.frame.y, before.frame.y)


@pytest.mark.parametrize("size", [1, 10, 300])
def test_a_resized_cluster_has_its_rows_and_its_share(size: int) -> None:
    before, after = simulate(SCENARIO), simulate(SCENARIO, sizes={3: size})
    assert after.truth.sizes[2] == size
    assert len(rows_of(after.frame, 3)) == size
    assert abs(after.truth.shares[2] - before.truth.shares[2]) <= 0.5 / size
    assert after.truth.cluster_intercepts[2] == before.truth.cluster_intercepts[2]


def test_realised_correlations_follow_the_new_sizes() -> None:
    truth = simulate(SCENARIO, sizes={3: 2000}).truth
    expected = np.corrcoef(truth.sizes, truth.cluster_intercepts)[0, 1]
    assert_allclose(truth.size_intercept_correlation, expected, rtol=1e-10)


@pytest.mark.parametrize("wish", [{"means": {25: 0.0}}, {"sizes": {0: 5}}, {"sizes": {1: 0}}])
def test_what_cannot_be_is_refused(wish: dict[str, dict[int, int]]) -> None:
    with pytest.raises(ScenarioError, match=r"luster"):
        simulate(SCENARIO, **wish)
