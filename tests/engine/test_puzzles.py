"""Puzzles that people posted because their two fits disagreed, and the rules behind them.

Sources: Cross Validated questions 33995, 161703, 366001 and "Big disagreement in the slope
estimate when groups are treated as random vs. fixed in a mixed model".
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from engine import compare
from engine.models.dial import Dial
from engine.models.mixed.intercept_fit import ratio_criterion, ratio_derivative
from tests.engine.example import example, moments_of, puzzle

RATIOS = np.concatenate([[0.0], np.logspace(-6, 8, 29)])

POSTED = {
    "puzzle_33995_even": ([5.5, 10.0], [5.5, 10.0]),
    "puzzle_33995_uneven": ([5.5, 10.0], [8.752, 2.699]),
    "puzzle_161703": ([-1.1325, 1.1849], [1.6768, 0.6376]),
}


@pytest.mark.parametrize("name", POSTED)
def test_posted_coefficients_come_out(name: str) -> None:
    ols, mixed = POSTED[name]
    assert_allclose(puzzle(name).ols.estimates, ols, atol=5e-4)
    assert_allclose(puzzle(name).mixed.estimates, mixed, atol=5e-4)


@pytest.mark.parametrize(
    ("name", "term", "ols", "mixed"),
    [("mpg", "displ", -3.611, -2.391), ("high_school_and_beyond", "ses", 3.184, 2.390)],
)
def test_posted_slopes_come_out(name: str, term: str, ols: float, mixed: float) -> None:
    comparison = puzzle(name)
    k = comparison.mixed.names.index(term)
    assert_allclose(comparison.ols.estimates[k], ols, atol=5e-4)
    assert_allclose(comparison.mixed.estimates[k], mixed, atol=5e-4)


def test_puzzle_33995_is_not_about_uneven_sizes_but_about_one_straddling_cluster() -> None:
    rows = example("puzzle_33995_uneven")
    comparison = compare(rows[rows["m"] != 6], "y ~ x + (1 | m)")
    assert_allclose(comparison.ols.estimates[1], 11.5, atol=5e-3)
    assert_allclose(comparison.mixed.estimates[1], 11.04, atol=5e-3)


def test_puzzle_random_vs_fixed_has_two_minima_and_lmer_posted_the_higher() -> None:
    # lmer prints "boundary (singular) fit", slope 0.0086 and criterion 20.6.
    comparison = puzzle("puzzle_random_vs_fixed")
    assert_allclose(comparison.ols.estimates[1], 0.0086, atol=5e-5)
    assert_allclose(ratio_criterion(comparison.dial, 0.0), 20.6, atol=0.05)
    assert ratio_derivative(comparison.dial, 0.0) > 0
    assert_allclose(comparison.mixed.criterion, 16.2, atol=0.05)
    assert_allclose(comparison.mixed.estimates[1], 0.451, atol=5e-4)


def layout(sizes: list[int], x: list[float], seed: int = 3) -> Dial:
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    frame = pd.DataFrame({"g": clusters, "x": x})
    frame["y"] = frame["x"] + 3 * rng.normal(size=len(sizes))[clusters] + rng.normal(size=len(x))
    return Dial(moments_of(frame, "y ~ x + (1 | g)"))


def test_slopes_agree_at_every_ratio_when_x_is_balanced_inside_every_cluster() -> None:
    path = layout([2, 4, 10, 20], [0.0, 1.0] * 18).at(RATIOS).fixed_effects
    assert_allclose(path[:, 1], path[0, 1], rtol=1e-12)
    assert np.ptp(path[:, 0]) > 0.1


def test_equal_sizes_alone_do_not_make_slopes_agree() -> None:
    path = layout([4] * 4, [0, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1]).at(RATIOS)
    assert np.ptp(path.fixed_effects[:, 1]) > 0.1


def test_everything_agrees_when_x_is_constant_inside_clusters_of_one_size() -> None:
    path = layout([3] * 4, list(np.repeat([0.0, 1, 1, 5], 3))).at(RATIOS).fixed_effects
    assert_allclose(path, np.broadcast_to(path[0], path.shape), rtol=1e-12)


def test_without_between_cluster_variance_both_fits_are_one_digit_for_digit() -> None:
    frame = pd.DataFrame({"g": [1, 1, 2, 2, 3, 3, 3], "x": [0.0, 1, 0, 1, 0, 1, 2]})
    frame["y"] = frame["x"] + [1.0, -1, -1, 1, 1, -1, 0.5]
    comparison = compare(frame, "y ~ x + (1 | g)")
    assert comparison.mixed.singular
    assert_array_equal(comparison.mixed.estimates, comparison.ols.estimates)
    assert_allclose(comparison.mixed.standard_errors, comparison.ols.standard_errors, rtol=1e-13)
