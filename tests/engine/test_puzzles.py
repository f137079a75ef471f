"""Puzzles that people posted because their two fits disagreed, and the rules behind them.

Sources: Cross Validated questions 33995, 161703, 366001 and "Big disagreement in the slope
estimate when groups are treated as random vs. fixed in a mixed model".
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from engine import compare
from engine.models.dial import Dial
from engine.models.mixed.intercept_fit import ratio_criterion, ratio_derivative
from engine.models.mixed.results import MixedFit
from engine.models.ols import OlsFit
from tests.engine.example import example, moments_of, puzzle
from tests.engine.reference import FOLDER

RATIOS = np.concatenate([[0.0], np.logspace(-6, 8, 29)])

# puzzles.R: what R prints for every famous puzzle on its own rows.
IN_R = json.loads((FOLDER / "puzzles.json").read_text())
TWO_VALLEYS = "puzzle_random_vs_fixed"


def assert_as_in_r(fit: OlsFit | MixedFit, in_r: dict[str, dict[str, float]]) -> None:
    estimates = [in_r[name]["estimate"] for name in fit.names]
    errors = [in_r[name]["se"] for name in fit.names]
    # lmer stops when its steps become small, so four digits of a standard error are what it gives.
    assert_allclose(fit.estimates, estimates, rtol=1e-4, atol=1e-4 * min(errors))
    assert_allclose(fit.standard_errors, errors, rtol=1e-4)


@pytest.mark.parametrize("name", IN_R)
def test_both_fits_of_every_puzzle_are_those_of_r(name: str) -> None:
    found = compare(example(name), IN_R[name]["formula"])
    assert_as_in_r(found.ols, IN_R[name]["ols"]["coef"])
    # Where the criterion has two minima, that of lmer as it comes is the wrong one.
    wanted = IN_R[name]["deep" if name == TWO_VALLEYS else "lmm"]
    assert_as_in_r(found.mixed, wanted["coef"])
    assert_allclose(found.mixed.criterion, wanted["criterion"], rtol=1e-6)


def test_puzzle_33995_is_not_about_uneven_sizes_but_about_one_straddling_cluster() -> None:
    rows = example("puzzle_33995_uneven")
    comparison = compare(rows[rows["m"] != 6], "y ~ x + (1 | m)")
    assert_allclose(comparison.ols.estimates[1], 11.5, atol=5e-3)
    assert_allclose(comparison.mixed.estimates[1], 11.04, atol=5e-3)


def test_puzzle_random_vs_fixed_has_two_minima_and_lmer_stops_at_the_higher() -> None:
    comparison = puzzle(TWO_VALLEYS)
    higher, deeper = IN_R[TWO_VALLEYS]["lmm"], IN_R[TWO_VALLEYS]["deep"]
    assert higher["theta"] == 0.0
    assert_allclose(ratio_criterion(comparison.dial, 0.0), higher["criterion"], rtol=1e-9)
    assert ratio_derivative(comparison.dial, 0.0) > 0
    assert deeper["criterion"] < higher["criterion"] - 4.0
    assert_allclose(comparison.mixed.theta, deeper["theta"], rtol=1e-4)


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
