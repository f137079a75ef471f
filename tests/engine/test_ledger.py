"""The ledger accounts for every coefficient's move, cluster by cluster; the tug of war for one."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from engine import Scenario, compare
from engine.account.ledger import intercept_ledger, is_moved, ledger
from engine.account.within_between import only_slope_split
from engine.data.examples import load
from engine.data.moments import Moments
from engine.models.dial import Dial
from engine.models.ols import fit_ols
from engine.simulation import simulate
from engine.words.ledger import ledger_in_words
from tests.engine.example import PUZZLES, example, moments_of, puzzle
from tests.engine.reference import RANDOM_INTERCEPT, compared

# From a ratio too small to matter to an intraclass correlation of 1 - 1e-10.
RATIOS = [1e-12, 1e-6, 1e-3, 0.2, 3.0, 1e4, 1e10]


def assert_accounts_for(moments: Moments, ratio: float) -> None:
    dial = Dial(moments)
    found = intercept_ledger(moments, ratio)
    printed = dial.at(ratio).fixed_effects - dial.at(0.0).fixed_effects
    # Anything smaller is rounding error: coefficients carry 15 digits, and nobody reads more
    # than a billionth of a standard error.
    rounding = 1e-9 * fit_ols(dial).standard_errors
    assert np.all(np.abs(found.difference - printed) <= rounding)
    for entries in (found.contributions, found.by_cluster):
        short = np.abs(entries.sum(axis=0) - found.difference)
        assert np.all(short <= 1e-11 * np.abs(entries).max(axis=0) + 1e-4 * rounding)


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("name", PUZZLES)
def test_entries_sum_to_the_difference_of_the_coefficients(name: str, ratio: float) -> None:
    assert_accounts_for(puzzle(name).moments, ratio)


@pytest.mark.parametrize("name", RANDOM_INTERCEPT)
def test_entries_sum_to_the_printed_difference_on_the_reference_data(name: str) -> None:
    comparison = compared(name)
    assert_accounts_for(comparison.moments, comparison.mixed.variance_ratio)


@pytest.mark.parametrize("name", PUZZLES)
def test_every_entry_is_exactly_zero_without_between_cluster_variance(name: str) -> None:
    found = intercept_ledger(puzzle(name).moments, 0.0)
    for entries in (found.difference, found.contributions, found.by_cluster):
        assert_array_equal(entries, 0.0)
    assert_array_equal(found.weight_mixed, found.weight_ols)


def test_entries_are_weight_lost_times_distance() -> None:
    # y ~ 1: sizes 1 and 3, means 4 and 0, so the pooled mean is 1 and at ρ = 1 the weights are
    # 1/2 and 3/4: the mixed mean is 8/5, which is 3/5 above.
    frame = pd.DataFrame({"g": ["a", "b", "b", "b"], "y": [4.0, -1.0, 0.0, 1.0]})
    found = intercept_ledger(moments_of(frame, "y ~ 1 + (1 | g)"), 1.0)
    assert_allclose(found.distance, [3.0, -1.0])
    assert_allclose(found.weight_ols, [1 / 4, 3 / 4])
    assert_allclose(found.weight_mixed, [2 / 5, 3 / 5])
    assert_allclose(found.difference, [3 / 5])
    # The change of weight times the distance: (2/5 - 1/4) 3 and (3/5 - 3/4)(-1).
    assert_allclose(found.contributions[:, 0], [0.45, 0.15])
    # -(n - w) r / Σw with Σw = 5/4: -(1/2) 3 / (5/4) and -(9/4)(-1) / (5/4).
    assert_allclose(found.by_cluster[:, 0], [-1.2, 1.8])


def test_contributions_are_row_weights_times_residuals() -> None:
    comparison = puzzle("mpg")
    ratio = comparison.mixed.variance_ratio
    matrix, codes = comparison.design.matrix, comparison.design.cluster_codes
    residual = comparison.design.outcome - matrix @ comparison.ols.estimates
    weight = np.linalg.inv(np.eye(len(codes)) + ratio * (codes[:, None] == codes))
    gained = np.linalg.solve(matrix.T @ weight @ matrix, matrix.T @ weight)
    gained -= np.linalg.solve(matrix.T @ matrix, matrix.T)
    expected = np.array([(gained * residual)[:, codes == j].sum(axis=1) for j in range(7)])
    found = intercept_ledger(comparison.moments, ratio)
    assert_allclose(found.contributions, expected, rtol=1e-6)


def test_frame_has_one_row_per_cluster_and_term() -> None:
    comparison = puzzle("mpg")
    found = ledger(comparison)
    table = found.to_frame()
    assert len(table) == 7 * 3
    sums = table.groupby("term", sort=False)["contribution"].sum()
    assert list(sums.index) == list(comparison.mixed.names)
    assert_allclose(sums, comparison.mixed.estimates - comparison.ols.estimates, rtol=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    exponent=st.floats(-10, 10),
    shift=st.sampled_from([0.0, 2000.0, 1e8]),
    scale=st.sampled_from([1e-7, 1.0, 1e7]),
)
def test_ledger_balances_for_any_sizes_ratio_and_units(
    seed: int, exponent: float, shift: float, scale: float
) -> None:
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(6), rng.integers(1, 200, 6))
    frame = pd.DataFrame({"g": clusters, "x": rng.normal(size=len(clusters)) + shift})
    frame["y"] = scale * (frame["x"] - shift + clusters + rng.normal(size=len(clusters)))
    found = intercept_ledger(moments_of(frame, "y ~ x + (1 | g)"), 10.0**exponent)
    for entries in (found.contributions, found.by_cluster):
        largest = np.abs(entries).max(axis=0)
        assert np.all(np.abs(entries.sum(axis=0) - found.difference) <= 1e-9 * largest)


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("name", ["puzzle_33995_uneven", "puzzle_161703", "high_school_and_beyond"])
def test_tug_of_war_adds_up_to_both_slopes_and_their_difference(name: str, ratio: float) -> None:
    dial = Dial(puzzle(name).moments)
    found = only_slope_split(dial, ratio)
    assert found is not None
    assert found.within is not None
    assert found.between_ols is not None
    assert found.between_mixed is not None
    ols, mixed = dial.at(0.0).fixed_effects[1], dial.at(ratio).fixed_effects[1]
    for share, between, slope in (
        (found.lambda_ols, found.between_ols, ols),
        (found.lambda_mixed, found.between_mixed, mixed),
    ):
        assert_allclose(share * found.within + (1 - share) * between, slope, rtol=1e-12)
    assert_allclose(found.mix_shift + found.reweighting, mixed - ols, atol=1e-13 * abs(ols))


def test_puzzle_161703_has_the_posted_tug_of_war() -> None:
    comparison = puzzle("puzzle_161703")
    found = only_slope_split(comparison.dial, comparison.mixed.variance_ratio)
    assert found is not None
    # The slopes are 0.409 within and 1.573 between. The share of the former is 0.334 in OLS and
    # 0.804 in the mixed model. Sizes are equal.
    assert found.term == "X"
    assert_allclose(found.within, 0.409, atol=5e-4)
    assert_allclose(found.between_ols, 1.573, atol=5e-4)
    assert_allclose([found.lambda_ols, found.lambda_mixed], [0.334, 0.804], atol=1e-3)
    assert abs(found.reweighting) < 1e-12


def test_balanced_condition_leaves_nothing_to_pull() -> None:
    frame = pd.DataFrame({"g": np.repeat([1, 2, 3], [2, 4, 8]), "x": [0.0, 1.0] * 7})
    frame["y"] = frame["x"] + frame["g"] ** 2 + np.sin(np.arange(14))
    found = only_slope_split(Dial(moments_of(frame, "y ~ x + (1 | g)")), 0.7)
    assert found is not None
    assert (found.lambda_ols, found.lambda_mixed) == (1.0, 1.0)
    assert (found.between_ols, found.mix_shift, found.reweighting) == (None, 0.0, 0.0)


def test_predictor_of_clusters_is_all_reweighting() -> None:
    frame = pd.DataFrame(
        {"g": np.repeat([1, 2, 3], [2, 4, 8]), "x": np.repeat([0, 1, 5], [2, 4, 8])}
    )
    frame["y"] = frame["x"] + frame["g"] ** 2 + np.sin(np.arange(14))
    moments = moments_of(frame, "y ~ x + (1 | g)")
    found = only_slope_split(Dial(moments), 0.7)
    assert found is not None
    assert (found.lambda_ols, found.lambda_mixed, found.within) == (0.0, 0.0, None)
    slopes = Dial(moments).at([0.0, 0.7]).fixed_effects[:, 1]
    assert_allclose(found.reweighting, slopes[1] - slopes[0], rtol=1e-10)


@pytest.mark.parametrize(
    "formula",
    ["hwy ~ displ + year + (1 | class)", "hwy ~ 1 + (1 | class)", "hwy ~ 0 + displ + (1 | class)"],
)
def test_there_is_no_tug_of_war_beyond_one_predictor_and_an_intercept(formula: str) -> None:
    assert only_slope_split(Dial(moments_of(example("mpg"), formula)), 1.0) is None


def test_words_name_the_largest_and_add_up() -> None:
    comparison = compare(load("twin"), "pSHP2 ~ condition + (1 | cluster)")
    account = ledger(comparison)
    words = ledger_in_words(account, 0, comparison.ols)
    # 0.719139 - 0.583864, tests/reference/twin.
    assert words.startswith("(Intercept) moves by 0.135: cluster 2 ")
    numbers = [float(text.replace("−", "-")) for text in re.findall(r" (−?\d+\.\d+)[,.]", words)]
    assert len(numbers) == 6
    assert abs(sum(numbers) - 0.135) < 6 * 0.0005


def test_where_the_clusters_are_alike_no_cluster_moves_anything() -> None:
    balanced = simulate(Scenario(size_spread=0.0, share_spread=0.0)).frame
    comparison = compare(balanced, "y ~ condition + (1 | cluster)")
    assert not comparison.mixed.singular
    account = ledger(comparison)
    for term, error in enumerate(comparison.ols.standard_errors):
        assert not is_moved(account, term, error)
    assert ledger_in_words(account, 0, comparison.ols).startswith("No cluster moves (Intercept)")
