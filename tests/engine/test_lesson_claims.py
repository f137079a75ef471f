"""What the lessons say about their numbers, lesson by lesson, recomputed by the engine.

Each expected value is the one that the lesson prints, and the tolerance half a unit of its last
digit, unless a comment says otherwise.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from engine import Comparison, Scenario, compare, compare_design, simulate
from engine.account.balance import Balance, balance, dealt_by_size, landing_error
from engine.account.cluster_lines import cluster_lines, meeting_place, theta_of
from engine.account.criterion import criterion_points
from engine.account.design_effect import design_effect, error_rate
from engine.account.error_panel import standard_error_panel
from engine.account.error_parts import error_parts
from engine.account.held_slopes import at_variances, hold_slopes
from engine.account.ledger import ledger
from engine.account.path import DialPath
from engine.account.placement import MIDDLE, Placement, has_two_humps, placement, sides
from engine.account.refit import Refit, refit
from engine.account.shape_study import outlier_grip
from engine.account.slope_votes import slope_votes
from engine.account.targets import averages, true_averages
from engine.account.within_between import SlopePath, slope_path, slope_splits, within_shares
from engine.data.examples import EXAMPLES, load
from engine.data.regroup import measured_from, split_cluster, with_cluster_means
from engine.inference.cluster_robust import cluster_robust
from engine.models.balanced import BalancedFit, balanced_fit
from engine.models.dial import Dial
from engine.models.hausman import hausman
from engine.models.mixed.intercept_fit import (
    best_ratio,
    fit_random_intercept,
    ratio_criterion,
    search,
)
from engine.models.mixed.likelihood import Likelihood
from engine.models.mundlak import mundlak
from engine.models.ols import fit_ols
from engine.simulation.constructed import constructed_rows
from engine.simulation.many_means import (
    EFFECT_SHAPES,
    Samples,
    draw_samples,
    fit_samples,
    profile_coverage,
)
from tests.engine.example import moments_of

FORMULAS = {example.name: example.formula for example in EXAMPLES}


@cache
def fitted(name: str, formula: str = "") -> Comparison:
    return compare(load(name), formula or FORMULAS[name])


def near(value: float, printed: str) -> bool:
    """Whether a value rounds to what is printed."""
    decimals = len(printed.partition(".")[2])
    return bool(abs(value - float(printed)) <= 0.5000001 * 10.0**-decimals)


# --- 1 Rows or clusters? --------------------------------------------------------------------------


@cache
def schools() -> Comparison:
    return fitted("lesson_schools")


def beam(ratio: float, biggest: int = 120) -> Balance:
    moments = schools().moments
    counts = np.where(moments.counts == 120, biggest, moments.counts)
    return balance(counts, moments.outcome_means, ratio)


def test_the_six_schools_are_as_described() -> None:
    moments = schools().moments
    assert moments.counts.tolist() == [120, 45, 12, 8, 5, 2]
    assert_allclose(moments.outcome_means, [52, 60, 71, 55, 66, 88], atol=1e-9)
    assert moments.rows == 192
    assert near(fitted("lesson_schools").mixed.residual_sd, "9")


def test_the_mixed_intercept_is_near_the_mean_of_means_and_far_from_the_mean_of_rows() -> None:
    both = schools()
    assert near(both.ols.estimates[0], "55.9")
    assert near(both.mixed.estimates[0], "64.5")
    assert near(both.moments.outcome_means.mean(), "65.3")
    assert near(both.mixed.residual_variance, "83.3")
    assert near(both.mixed.between_variance, "133.6")
    assert near(both.mixed.variance_ratio, "1.60")


def test_the_beam_balances_at_both_estimates() -> None:
    both = schools()
    assert_allclose(beam(0.0).point, both.ols.estimates[0], rtol=1e-12)
    assert_allclose(beam(both.mixed.variance_ratio).point, both.mixed.estimates[0], rtol=1e-12)
    assert_allclose(beam(0.0).weights, both.moments.counts)
    assert_allclose(beam(0.3).shares.sum(), 1.0)


def test_ten_thousand_pupils_move_ols_but_hardly_the_mixed_intercept() -> None:
    ratio = schools().mixed.variance_ratio
    assert near(float(beam(0.0, 10_000).point), "52.1")
    assert near(float(beam(ratio, 10_000).point), "64.44")
    assert near(float(beam(0.0).point - beam(0.0, 10_000).point), "3.9")
    assert near(float(beam(ratio).point - beam(ratio, 10_000).point), "0.01")


def test_at_a_small_ratio_clusters_do_not_vote_alike() -> None:
    assert near(float(beam(0.1).point), "60.9")


def test_what_the_traps_of_the_first_lesson_would_say() -> None:
    means = schools().moments.outcome_means
    assert near(0.5 * (schools().ols.estimates[0] + means.mean()), "60.6")
    assert near(0.5 * (means.min() + means.max()), "70.0")


def test_the_challenges_of_the_first_lesson_can_be_solved() -> None:
    # Two averages equal although the sizes differ: without between-cluster variance.
    assert_allclose(beam(0.0).point, schools().ols.estimates[0])
    means = schools().moments.outcome_means
    assert abs(float(beam(20.0).point) - means.mean()) < 0.1


def test_either_split_of_the_difference_is_bookkeeping() -> None:
    both = schools()
    account = ledger(both)
    assert near(account.difference[0], "8.53")
    assert near(account.contributions[0, 0], "1.75")
    assert near(account.contributions[1, 0], "-0.23")
    for left_out, remaining in (("A", "4.72"), ("B", "10.74")):
        kept = np.array([level != left_out for level in both.moments.levels])
        counts, means = both.moments.counts[kept], both.moments.outcome_means[kept]
        ends = balance(counts, means, [0.0, both.mixed.variance_ratio]).point
        assert near(float(ends[1] - ends[0]), remaining)


# --- 2 Shrinkage ----------------------------------------------------------------------------------


def test_the_school_of_two_lands_three_quarters_of_the_way() -> None:
    table, at_reml = schools().clusters, beam(schools().mixed.variance_ratio)
    assert near(table.shrunken[5], "82.4")
    assert near(100 * table.shrinkage[5], "76")
    assert_allclose(at_reml.landings, table.shrunken, rtol=1e-12)
    assert_allclose(at_reml.shrinkage, table.shrinkage, rtol=1e-12)


def test_a_cluster_shrinks_by_half_where_its_size_times_the_ratio_is_one() -> None:
    for size in (1, 2, 5, 120):
        assert balance([size, 10], [1.0, 0.0], 1.0 / size).shrinkage[0] == pytest.approx(0.5)


def test_two_clusters_of_different_size_can_land_at_the_same_place() -> None:
    start = balance([4, 12, 30], [0.0, 0.0, 50.0], 0.2)
    s = start.shrinkage
    # Both deviations from the pooled value are in the inverse proportion of the factors.
    means = np.array([-10.0 / s[0], -10.0 / s[1], 0.0])
    means[2] = -(start.weights[:2] @ means[:2]) / start.weights[2]
    landed = balance([4, 12, 30], means, 0.2).landings
    assert means[0] != means[1]
    assert landed[0] == pytest.approx(landed[1])


def test_where_level_follows_size_every_small_school_is_pulled_the_same_way() -> None:
    counts = schools().moments.counts
    ratio = schools().mixed.variance_ratio
    follows = np.linspace(50.0, 80.0, 6)  # the smaller, the higher
    error = landing_error(counts, follows, ratio)
    assert np.all(error[3:] < 0.0)
    # Levels that have nothing to do with size: over all orders, no school errs on average.
    orders = [np.roll(follows, k) for k in range(6)]
    assert_allclose(
        np.mean([landing_error(counts, o, ratio) for o in orders], axis=0), 0, atol=1e-9
    )


def test_landed_means_spread_less_than_the_clusters() -> None:
    assert schools().clusters.shrunken.std(ddof=1) < schools().mixed.between_sd


def test_what_the_traps_of_the_second_lesson_would_say() -> None:
    both = schools()
    pooled, own = both.mixed.estimates[0], both.moments.outcome_means[5]
    assert near(pooled, "64.5") and near(own, "88.0")
    assert near(0.5 * (pooled + own), "76.2")
    # Half-way is where both weights are equal, at fewer pupils than the school has.
    assert near(both.mixed.residual_variance / both.mixed.between_variance, "0.623")


def test_two_pupils_say_less_of_their_school_than_schools_differ() -> None:
    both = schools()
    scores = both.design.outcome[both.design.cluster_codes == 5]
    assert near(scores.min(), "82.6") and near(scores.max(), "93.4")
    errors = both.mixed.residual_sd / np.sqrt(both.moments.counts)
    assert near(errors[5], "6.5") and near(both.mixed.between_sd, "11.6")
    assert near(errors[0], "0.8") and near(errors[1], "1.4")
    # Most pupils are in the largest school.
    assert both.moments.counts[0] > both.moments.rows / 2


def test_the_levels_of_the_second_lesson_dealt_by_size_are_missed_by_every_small_school() -> None:
    moments = schools().moments
    levels = dealt_by_size(moments.counts, moments.outcome_means)
    assert levels.tolist() == pytest.approx([52, 55, 60, 66, 71, 88])
    error = landing_error(moments.counts, levels, schools().mixed.variance_ratio)
    for value, printed in zip(error[3:], ("-0.1", "-0.7", "-5.6"), strict=True):
        assert near(value, printed)
    assert np.all(error[3:] < 0.0)
    # Dealt in every order in turn, none is missed.
    orders = [np.roll(levels, k) for k in range(6)]
    errors = [landing_error(moments.counts, o, schools().mixed.variance_ratio) for o in orders]
    assert_allclose(np.mean(errors, axis=0), 0.0, atol=1e-12)


def test_on_average_over_clusters_the_shrunken_mean_is_nearer_than_its_own() -> None:
    """Expected squares with the variances as estimated, b ~ N(0, τ²), and a known pooled value."""
    both = schools()
    s, own = both.clusters.shrinkage, both.mixed.residual_variance / both.moments.counts
    assert_allclose(both.mixed.between_variance * (1.0 - s), s * own)
    assert np.all(both.mixed.between_variance * (1.0 - s) < own)


# --- 3 Tug of war ---------------------------------------------------------------------------------

RATIOS = np.concatenate([[0.0], np.geomspace(1e-6, 1e8, 141)])


def clinics(seed: int, sizes: np.ndarray | None = None) -> pd.DataFrame:
    """Six clinics of 2 to 300 patients, some of them treated."""
    rng = np.random.default_rng(seed)
    if sizes is None:
        sizes = np.round(np.exp(rng.uniform(np.log(2), np.log(300), 6))).astype(int)
    level = rng.normal(size=6)
    rows = [
        pd.DataFrame({"g": g, "x": (np.arange(n) < np.round(n * share)).astype(float)})
        for g, (n, share) in enumerate(zip(sizes, rng.uniform(size=6), strict=True))
    ]
    frame = pd.concat(rows, ignore_index=True)
    return frame.assign(y=level[frame.g] + rng.normal(size=len(frame)))


def path_of(frame: pd.DataFrame) -> SlopePath | None:
    return slope_path(Dial(moments_of(frame, "y ~ x + (1 | g)")), RATIOS)


@pytest.mark.parametrize("seed", range(5))
def test_a_slope_is_the_mixture_of_within_and_between_at_every_ratio(seed: int) -> None:
    frame = clinics(seed)
    found = path_of(frame)
    assert found is not None
    fixed = Dial(moments_of(frame, "y ~ x + (1 | g)")).at(RATIOS).fixed_effects
    assert_allclose(found.slope, fixed[:, 1], rtol=1e-7, atol=1e-9)
    mixture = found.share * found.within + (1.0 - found.share) * found.between
    assert_allclose(mixture, fixed[:, 1], rtol=1e-7, atol=1e-9)
    low, high = np.minimum(found.within, found.between), np.maximum(found.within, found.between)
    assert np.all((found.slope >= low - 1e-12) & (found.slope <= high + 1e-12))
    assert np.all(np.diff(found.share) > -1e-12)
    split = slope_splits(compare(frame, "y ~ x + (1 | g)").dial, float(RATIOS[80]))[1]
    assert split is not None
    assert found.within == pytest.approx(split.within)
    assert_allclose([found.share[80], found.between[80]], [split.lambda_mixed, split.between_mixed])


def test_with_equal_sizes_the_between_slope_stands_still_and_slopes_still_differ() -> None:
    found = path_of(clinics(3, np.full(6, 20)))
    assert found is not None
    assert_allclose(found.between, found.between[0], rtol=1e-9)
    assert abs(found.slope[-1] - found.slope[0]) > 0.1
    steps = np.diff(found.slope)
    assert np.all(steps * np.sign(found.within - found.slope[0]) >= -1e-12)


def test_with_unequal_sizes_the_slope_leaves_the_stretch_or_turns_back_in_some_30_percent() -> None:
    odd = total = 0
    for seed in range(250):
        found = path_of(clinics(seed))
        if found is None:
            continue
        total += 1
        way = (found.slope - found.slope[0]) / (found.within - found.slope[0])
        odd += bool(np.any(way < -1e-3) or np.any(way > 1.001) or np.any(np.diff(way) < -1e-3))
    # 250 designs leave a standard error of 3 percentage points.
    assert odd / total == pytest.approx(0.30, abs=0.09)


def test_x_decides_the_teams_so_balanced_conditions_move_intercepts_alone() -> None:
    frame = pd.DataFrame({"g": np.repeat(np.arange(4), [2, 4, 10, 20])})
    frame["x"] = np.arange(36) % 2.0
    frame["y"] = frame.g % 3 + frame.x + np.random.default_rng(1).normal(size=36)
    fixed = Dial(moments_of(frame, "y ~ x + (1 | g)")).at(RATIOS).fixed_effects
    assert_allclose(fixed[:, 1], fixed[0, 1], rtol=1e-9)
    assert np.ptp(fixed[:, 0]) > 0.1
    assert path_of(frame) is None


def test_slopes_of_opposite_sign_are_within_reach() -> None:
    scenario = Scenario(
        clusters=6, rows_per_cluster=60, share_spread=0.6, share_intercept_correlation=0.9,
        between_variance=1.0, effect=-0.5, seed=8,
    )  # fmt: skip
    both = compare_design(simulate(scenario).design())
    assert both.mixed.estimates[1] < 0.0 < both.ols.estimates[1]


# --- 4 Looking for the ratio ----------------------------------------------------------------------


def balanced(name: str) -> BalancedFit:
    found = balanced_fit(fitted(name).moments)
    assert found is not None
    return found


def test_where_no_search_is_needed_the_search_finds_the_formula() -> None:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"g": np.repeat(np.arange(12), 7)})
    frame["y"] = rng.normal(size=12)[frame.g] + rng.normal(size=84)
    both = compare(frame, "y ~ 1 + (1 | g)")
    formula = balanced_fit(both.moments)
    assert formula is not None and formula.between_variance > 0
    assert formula.between_variance == pytest.approx(
        (formula.between_square - formula.within_square) / 7
    )
    assert both.mixed.between_variance == pytest.approx(formula.between_variance, rel=1e-10)
    assert both.mixed.residual_variance == pytest.approx(formula.residual_variance, rel=1e-10)
    assert formula.residual_variance == formula.within_square


def test_a_variance_of_zero_is_an_answer() -> None:
    both, formula = fitted("puzzle_zero_variance"), balanced("puzzle_zero_variance")
    means = both.moments.outcome_means
    assert near(means.min(), "4.4") and near(means.max(), "5.3")
    assert both.mixed.between_variance == formula.between_variance == 0.0
    assert near(means.std(ddof=1), "0.33")
    assert near(np.sqrt(formula.within_square / formula.size), "0.49")
    assert near(both.mixed.residual_variance, "1.0928")
    assert near(formula.residual_variance, "1.0928")
    assert near(formula.within_square, "1.2192")
    assert near(both.ols.estimates[0], "4.8750") and near(both.ols.standard_errors[0], "0.1478")
    assert both.mixed.estimates[0] == both.ols.estimates[0]
    assert both.mixed.standard_errors[0] == pytest.approx(both.ols.standard_errors[0])


def test_two_minima_with_a_hill_between_them() -> None:
    both = fitted("puzzle_random_vs_fixed")
    deep, shallow = DialPath(both).minima
    assert shallow.ratio == 0.0
    assert near(both.mixed.criterion + shallow.excess, "20.59")
    assert near(both.mixed.criterion, "16.17")
    assert near(np.sqrt(deep.ratio), "44.6")
    assert near(float(ratio_criterion(both.dial, 4.0**2)), "26.1")
    assert near(shallow.estimates[1], "0.009") and near(deep.estimates[1], "0.451")
    assert both.moments.counts.tolist() == [3, 3, 3, 3]
    assert balanced_fit(both.moments) is None


def test_one_number_is_searched_for_and_three_with_a_random_slope() -> None:
    assert len(fitted("sleepstudy").mixed.theta) == 1
    slopes = fitted("sleepstudy", "Reaction ~ Days + (1 + Days | Subject)")
    assert len(slopes.mixed.theta) == 3


def test_the_two_criteria_are_different_functions() -> None:
    both = fitted("puzzle_random_vs_fixed")
    ratio = both.mixed.variance_ratio
    assert near(float(ratio_criterion(both.dial, ratio)), "16.17")
    assert near(float(ratio_criterion(both.dial, ratio, Likelihood.ML)), "15.19")


def test_the_engines_own_looks_end_at_its_answer() -> None:
    both = fitted("puzzle_random_vs_fixed")
    found = search(both.dial)
    assert found.ratio == both.mixed.variance_ratio
    assert found.minima[0] == 0.0 and found.ratio == found.minima[1]
    assert found.scanned[0] == 0.0 and np.all(np.diff(found.scanned) > 0)
    (looks,) = found.polished
    assert min(abs(np.array(looks) / found.ratio - 1.0)) < 1e-12
    assert len(looks) < 30


def test_the_search_of_the_cars_needs_looks_and_only_one_place_is_lowest() -> None:
    both = fitted("mpg")
    assert both.moments.rows == 234 and len(both.moments.levels) == 7
    assert near(both.ols.estimates[1], "-3.61") and near(both.mixed.estimates[1], "-2.39")
    found = search(both.dial)
    assert near(found.ratio, "2.17") and len(found.minima) == 1
    assert near(both.mixed.criterion, "1156.61")
    assert near(best_ratio(both.dial, Likelihood.ML), "1.85")
    (looks,) = found.polished
    assert len(found.scanned) == 143 and len(looks) == 8
    # The curve's parts pull against each other: one grows with ρ, the other falls.
    ratios = np.geomspace(1e-3, 1e4, 71)
    assert np.all(np.diff(both.dial.log_weight_sum(ratios)[0]) > 0)
    assert np.all(np.diff(both.dial.at(ratios).residual_sum) < 0)


def test_each_look_of_the_engine_tells_the_side_on_which_the_curve_is_lower() -> None:
    both = fitted("mpg")
    looks = np.array(search(both.dial).polished[0][:-1])
    seen = criterion_points(both, 1, looks)
    far = np.abs(looks / both.mixed.variance_ratio - 1.0) > 1e-9
    assert np.array_equal(seen.slope[far] < 0, looks[far] < both.mixed.variance_ratio)


def test_the_sleepers_ratio_has_a_formula_and_their_mean_needs_no_ratio() -> None:
    both = fitted("sleepstudy", "Reaction ~ 1 + (1 | Subject)")
    formula = balanced_fit(both.moments)
    assert formula is not None
    ratio = formula.between_variance / formula.residual_variance
    assert near(formula.between_variance, "1278.3") and near(formula.residual_variance, "1958.9")
    assert near(ratio, "0.653") and near(1278.3 / 1958.9, "0.653")
    assert both.mixed.variance_ratio == pytest.approx(ratio, rel=1e-9)
    assert_allclose(criterion_points(both, 0, [0.0, 1.0, 1e4]).estimate, both.ols.estimates[0])


def test_a_walk_downhill_from_one_misses_the_deeper_of_two_minima() -> None:
    both = fitted("puzzle_random_vs_fixed")
    walk = criterion_points(both, 1, np.linspace(0.0, 1.0, 101))
    assert np.all(walk.slope > 0.0)
    # ML has two low places as well, and calls 0 the lowest.
    ml = search(both.dial, Likelihood.ML)
    assert len(ml.minima) == 2 and ml.ratio == 0.0


def test_the_cars_slope_half_way_is_far_from_the_lowest_place() -> None:
    both = fitted("mpg")
    here = criterion_points(both, 1, 0.027)
    assert near(here.estimate, "-3.00")
    assert here.reml - both.mixed.criterion > 50.0


# --- 5 Standard errors ----------------------------------------------------------------------------


@cache
def twin() -> Comparison:
    return fitted("twin")


@pytest.mark.parametrize("name", ["twin", "lesson_schools"])
def test_copies_of_rows_fool_ols_and_hardly_the_mixed_intercept(name: str) -> None:
    moments = fitted(name).moments
    copied = Dial(moments.repeated(10))
    assert copied.moments.rows == 10 * moments.rows
    fall = fitted(name).ols.standard_errors / fit_ols(copied).standard_errors
    # √10 but for the degrees of freedom: in the schools 1919 in place of 191.
    assert fall[0] == pytest.approx(np.sqrt(10.0), rel=5e-3)
    change = fit_random_intercept(copied).standard_errors / fitted(name).mixed.standard_errors
    # In the small schools it even grows: the estimated variance between them does.
    assert change[0] == pytest.approx(1.0, abs=0.001 if name == "twin" else 0.1)


def test_moments_of_copies_are_those_of_rows_there_several_times() -> None:
    frame = load("lesson_schools")
    rows = compare(pd.concat([frame] * 3), "score ~ 1 + (1 | school)")
    copied = fit_random_intercept(Dial(schools().moments.repeated(3)))
    assert_allclose(rows.mixed.estimates, copied.estimates, rtol=1e-9)
    assert rows.mixed.between_variance == pytest.approx(copied.between_variance, rel=1e-8)


def test_the_twins_standard_errors_go_both_ways() -> None:
    ols, mixed = twin().ols, twin().mixed
    assert near(ols.standard_errors[0], "0.0019") and near(mixed.standard_errors[0], "0.0634")
    assert near(ols.standard_errors[1], "0.0026") and near(mixed.standard_errors[1], "0.0024")
    factors = mixed.standard_errors / ols.standard_errors
    assert near(factors[0], "33") and near(factors[1], "0.91")
    assert near(ols.residual_sd, "0.741") and near(mixed.residual_sd, "0.673")
    assert near(mixed.residual_sd / ols.residual_sd, "0.909")


def test_the_honest_error_of_ols_on_the_twin_is_larger_than_that_of_the_mixed_model() -> None:
    robust = cluster_robust(twin().moments)
    assert near(robust.standard_errors[0], "0.178") and near(robust.standard_errors[1], "0.011")
    assert near(robust.degrees_of_freedom[0], "3.6")
    factors = robust.standard_errors / twin().ols.standard_errors
    assert near(factors[0], "92") and near(factors[1], "4")
    assert near(twin().mixed.standard_errors[0], "0.063")
    counts = np.sort(twin().moments.counts)
    assert len(counts) == 24
    assert near(100 * counts[-2:].sum() / counts.sum(), "63")


def test_every_cluster_of_the_twin_has_the_same_own_slope() -> None:
    scatter = twin().moments.scatter
    own = scatter[:, 1, 2] / scatter[:, 1, 1] + twin().moments.line[1]
    assert all(near(slope, "-0.098") for slope in own)
    robust = cluster_robust(twin().moments, twin().mixed.variance_ratio)
    assert near(robust.standard_errors[1], "0.000002")


def test_the_split_plot_shows_both_directions_in_one_printout() -> None:
    both = fitted("puzzle_split_plot")
    assert_allclose(both.mixed.estimates, both.ols.estimates, rtol=1e-9)
    assert len(both.mixed.estimates) == 5
    assert near(both.ols.standard_errors[1], "0.4187")
    assert near(both.mixed.standard_errors[1], "0.4419")
    assert_allclose(both.ols.standard_errors[2:], 0.5922, atol=5e-5)
    assert_allclose(both.mixed.standard_errors[2:], 0.5825, atol=5e-5)
    answers = standard_error_panel(both)
    robust = answers["ols", "robust"].standard_errors
    assert_allclose(answers["mixed", "robust"].standard_errors, robust, rtol=1e-9)
    for value, printed in zip(robust[1:], ["0.442", "0.313", "0.267", "0.881"], strict=True):
        assert near(value, printed)


def test_the_panel_holds_all_four_with_degrees_of_freedom() -> None:
    both = fitted("high_school_and_beyond")
    answers = standard_error_panel(both)
    assert_allclose(answers["ols", "model"].standard_errors, both.ols.standard_errors)
    assert_allclose(answers["mixed", "model"].standard_errors, both.mixed.standard_errors)
    for estimates in answers.values():
        assert np.all(np.isfinite(estimates.intervals()))
        assert np.all(estimates.degrees_of_freedom > 100)
    assert answers["ols", "model"].degrees_of_freedom[0] == 7183


def test_an_icc_of_one_percent_doubles_the_error_rate_of_what_is_constant_in_clusters() -> None:
    effect = design_effect(np.full(40, 50), 0.01 / 0.99)
    assert effect.icc == pytest.approx(0.01)
    assert effect.of_row_mean == pytest.approx(1.49)
    assert near(100 * error_rate(effect.of_row_mean), "11")
    assert error_rate(1.0) == pytest.approx(0.05)


@pytest.mark.parametrize("condition", ["cluster", "inside"])
def test_the_error_rate_is_that_of_the_t_test_on_samples(condition: str) -> None:
    rng = np.random.default_rng(4)
    clusters, n, errors, samples = 40, 50, 0, 1500
    x = np.repeat(np.arange(clusters) % 2.0, n) if condition == "cluster" else np.arange(2000) % 2.0
    centred = x - x.mean()
    for _ in range(samples):
        noise = rng.normal(size=2000)
        y = np.repeat(0.1 * rng.normal(size=clusters), n) + np.sqrt(0.99) * noise
        slope = centred @ y / (centred @ centred)
        left = y - y.mean() - slope * centred
        errors += abs(slope) > 1.96 * np.sqrt(left @ left / 1998 / (centred @ centred))
    # Standard error of a rate of 0.11 in 1,500 samples: 0.008.
    expected = error_rate(1.49) if condition == "cluster" else 0.05
    assert errors / samples == pytest.approx(expected, abs=0.02)


def test_the_mixed_error_of_a_slope_can_be_half_that_of_ols() -> None:
    frame = pd.DataFrame({"g": np.repeat(np.arange(20), 10), "x": np.tile([0.0, 1.0], 100)})
    rng = np.random.default_rng(5)
    frame["y"] = 2.0 * rng.normal(size=20)[frame.g] + rng.normal(size=200)
    both = compare(frame, "y ~ x + (1 | g)")
    assert both.mixed.standard_errors[1] < 0.5 * both.ols.standard_errors[1]


def remade(spread: float = 1.0, copies: int = 1, sets: int = 1) -> Refit:
    return refit(twin().dial, twin().mixed.variance_ratio, spread, copies, sets)


def test_the_twin_refitted_as_it_is_is_the_twin() -> None:
    here = remade()
    assert_allclose(here.ols.standard_errors, twin().ols.standard_errors, rtol=1e-9)
    assert_allclose(here.mixed.standard_errors, twin().mixed.standard_errors, rtol=1e-6)


def test_clusters_that_do_not_differ_make_both_fits_one() -> None:
    here = remade(spread=0.0)
    assert here.mixed.variance_ratio == 0.0
    assert_allclose(here.mixed.standard_errors, here.ols.standard_errors, rtol=1e-12)


def test_moving_clusters_leaves_everything_inside_them() -> None:
    for spread in (0.3, 4.0):
        here = remade(spread)
        assert here.mixed.residual_variance == pytest.approx(twin().mixed.residual_variance, 1e-5)
        assert_allclose(here.dial.moments.triangles, twin().moments.triangles)
        # All of a robust error of OLS, the slope's as well, comes from distances between clusters.
        assert_allclose(
            here.robust.standard_errors, spread * remade().robust.standard_errors, rtol=1e-4
        )


def test_only_the_robust_error_sees_through_copies() -> None:
    before, after = remade(), remade(copies=10)
    falls = {
        name: getattr(before, name).standard_errors / getattr(after, name).standard_errors
        for name in ("ols", "mixed", "robust")
    }
    assert_allclose(falls["ols"], np.sqrt(10.0), rtol=1e-4)
    assert_allclose(falls["mixed"], [1.0, np.sqrt(10.0)], rtol=1e-3)
    assert_allclose(falls["robust"], 1.0, rtol=1e-9)


def test_ten_times_as_many_clusters_are_news_to_every_error() -> None:
    before, after = remade(), remade(sets=10)
    assert len(after.dial.moments.levels) == 240
    for name in ("ols", "mixed"):
        fall = getattr(before, name).standard_errors / getattr(after, name).standard_errors
        assert_allclose(fall, np.sqrt(10.0), rtol=0.03)
    # Of few clusters CR2 is corrected upwards, of many hardly.
    assert np.all(before.robust.standard_errors > 3.1 * after.robust.standard_errors)


def test_moments_of_more_clusters_are_those_of_their_rows() -> None:
    frame = load("lesson_schools")
    more = [frame.assign(school=frame.school + str(k)) for k in range(3)]
    rows = compare(pd.concat(more), "score ~ 1 + (1 | school)")
    copied = fit_random_intercept(Dial(schools().moments.in_more_clusters(3)))
    assert_allclose(rows.mixed.standard_errors, copied.standard_errors, rtol=1e-8)
    assert len(schools().moments.in_more_clusters(3).levels) == 18


@pytest.mark.parametrize("made", [(1.0, 1, 1), (0.0, 1, 1), (2.5, 7, 3)])
def test_errors_are_made_of_noise_weights_and_spread(made: tuple[float, int, int]) -> None:
    here = remade(*made)
    for fit, ratio in ((here.ols, 0.0), (here.mixed, here.mixed.variance_ratio)):
        parts = error_parts(here.dial, ratio, fit.residual_variance)
        assert parts is not None
        assert_allclose(fit.standard_errors, [parts.intercept_error, parts.slope_error], rtol=1e-8)


def test_all_rows_of_the_twin_are_worth_few_independent_ones() -> None:
    parts = error_parts(twin().dial, twin().mixed.variance_ratio, twin().mixed.residual_variance)
    assert parts is not None
    assert near(parts.weight, "113")


def test_the_challenges_about_errors_can_be_solved() -> None:
    wide, near_by = remade(spread=3.9), remade(spread=0.217)
    assert wide.mixed.standard_errors[1] < 0.5 * wide.ols.standard_errors[1]
    assert near_by.robust.standard_errors[1] == pytest.approx(near_by.ols.standard_errors[1], 0.01)
    assert near_by.robust.standard_errors[0] > 20.0 * near_by.ols.standard_errors[0]


# --- 6 Whose average? -----------------------------------------------------------------------------


def test_the_mixed_intercept_hits_neither_average() -> None:
    two = averages(schools().moments)
    assert near(two.of_rows, "55.9") and near(two.of_clusters, "65.3")
    assert near(schools().mixed.estimates[0], "64.5")


def test_each_average_of_the_schools_is_an_estimator_of_its_own() -> None:
    fits, two = schools().fits, averages(schools().moments)
    assert fits["ols"].estimates[0] == pytest.approx(two.of_rows)
    assert fits["between"].estimates[0] == pytest.approx(two.of_clusters)


def test_what_the_traps_of_the_sixth_lesson_would_say() -> None:
    moments = schools().moments
    counts, means = moments.counts[[0, -1]], moments.outcome_means[[0, -1]]
    assert near(float(balance(counts, means, 0.0).point), "52.6")
    assert near(means.mean(), "70.0")
    assert near(100 * moments.counts[0] / moments.rows, "62.5")
    assert near(float(beam(0.01).point), "57.5")


def test_dummies_hit_the_within_effect_and_the_line_through_the_means_the_between_effect() -> None:
    centres = np.array([2.0, 5.0, 7.0, 8.0])
    frame = constructed_rows(
        "ABCD", [40, 20, 7, 3], centres, 3.0 + 1.5 * centres, spread=1.5, slope=-2.0,
        residual_sd=3.0,
    )  # fmt: skip
    fits = compare(frame, "y ~ x + (1 | cluster)").fits
    assert fits["within"].to_dict()["x"]["estimate"] == pytest.approx(-2.0)
    assert fits["between"].to_dict()["x"]["estimate"] == pytest.approx(1.5)
    for name in ("ols", "mixed"):
        assert -1.99 < fits[name].to_dict()["x"]["estimate"] < 1.49


def test_splitting_a_school_moves_the_cluster_average_and_the_mixed_model_but_not_ols() -> None:
    split = split_cluster(load("lesson_schools"), "school", "A", 10)
    both = compare(split, FORMULAS["lesson_schools"])
    assert sorted(both.moments.counts) == [2, 5, 8, *[12] * 11, 45]
    assert both.ols.estimates[0] == pytest.approx(schools().ols.estimates[0])
    assert near(averages(both.moments).of_clusters, "57.3")
    assert near(both.mixed.estimates[0], "56.5")


def test_which_estimator_hits_which_flag() -> None:
    scenario = Scenario(
        clusters=30, rows_per_cluster=60, size_spread=1.0, size_intercept_correlation=-0.7,
        share_spread=0.0, residual_variance=1e-12, effect=0.0, seed=3,
    )  # fmt: skip
    data = simulate(scenario)
    flags = true_averages(data.truth)
    assert flags.of_rows < flags.of_clusters - 0.1
    moments = moments_of(data.frame, "y ~ 1 + (1 | cluster)")
    two = averages(moments)
    assert (two.of_rows, two.of_clusters) == pytest.approx((flags.of_rows, flags.of_clusters))
    between = balance(moments.counts, moments.outcome_means, [0.0, 0.05, 1e9]).point
    assert between[0] == pytest.approx(flags.of_rows, abs=1e-5)
    assert flags.of_rows < between[1] < flags.of_clusters
    assert between[2] == pytest.approx(flags.of_clusters, abs=1e-5)


# --- 7 Within and between -------------------------------------------------------------------------

PUPILS = "high_school_and_beyond"


def with_means() -> pd.DataFrame:
    return with_cluster_means(load(PUPILS), "school", ["ses"])


def test_four_slopes_of_ses() -> None:
    both = fitted(PUPILS)
    split = slope_splits(both.dial, both.mixed.variance_ratio)[1]
    assert split is not None and split.within is not None
    assert split.between_ols is not None and split.between_mixed is not None
    assert near(both.ols.estimates[1], "3.184") and near(both.mixed.estimates[1], "2.390")
    assert near(split.within, "2.191")
    assert near(both.fits["between"].to_dict()["ses"]["estimate"], "5.909")
    assert near(split.between_ols, "5.717") and near(split.between_mixed, "5.882")
    assert near(split.lambda_ols, "0.718") and near(split.lambda_mixed, "0.946")


def test_what_the_random_intercept_leaves_of_the_gap() -> None:
    both = fitted(PUPILS)
    path = slope_path(both.dial, [0.0, both.mixed.variance_ratio])
    assert path is not None
    assert near(path.leftover[0], "0.993") and near(path.leftover[1], "0.199")
    assert_allclose(path.slope, [both.ols.estimates[1], both.mixed.estimates[1]], rtol=1e-10)


def test_mundlaks_fix_gives_the_within_slope_by_both_models() -> None:
    both = compare(with_means(), "math ~ ses + mean_ses + (1 | school)")
    within = fitted(PUPILS).fits["within"].to_dict()["ses"]["estimate"]
    assert both.ols.estimates[1] == pytest.approx(within, rel=1e-9)
    assert both.mixed.estimates[1] == pytest.approx(within, rel=1e-9)
    assert near(both.ols.estimates[2], "3.526") and near(both.mixed.estimates[2], "3.675")
    at_any = both.dial.at([0.0, 0.01, 1.0, 100.0]).fixed_effects[:, 1]
    assert_allclose(at_any, within, rtol=1e-9)
    path = slope_path(fitted(PUPILS).dial, both.mixed.variance_ratio)
    assert path is not None
    assert near(float(path.between), "5.866")
    assert path.between - path.within == pytest.approx(both.mixed.estimates[2], rel=1e-8)


def test_mundlaks_model_needs_no_column_of_means() -> None:
    found = mundlak(fitted(PUPILS).moments)
    assert found is not None and found.terms == ("ses",)
    assert near(fit_ols(Dial(found.moments)).estimates[2], "3.526")
    assert near(found.contextual_effects[0], "3.675")


def test_mundlaks_fix_needs_the_mean_of_every_predictor_and_no_random_slope() -> None:
    bare = compare(with_means(), "math ~ ses + mean_ses + minority + (1 | school)")
    assert near(bare.ols.estimates[1], "2.000") and near(bare.mixed.estimates[1], "1.967")
    assert near(bare.fits["within"].to_dict()["ses"]["estimate"], "1.952")
    slopes = compare(with_means(), "math ~ ses + mean_ses + (1 + ses | school)")
    assert near(slopes.mixed.estimates[1], "2.190")
    assert near(slopes.ols.estimates[1], "2.191")


def test_with_the_mean_of_every_predictor_the_slope_is_that_within_again() -> None:
    rows = load(PUPILS)
    rows = with_cluster_means(
        rows.assign(minority=1.0 * (rows.minority == "Yes")), "school", ["ses", "minority"]
    )
    both = compare(rows, "math ~ ses + mean_ses + minority + mean_minority + (1 | school)")
    assert near(both.ols.estimates[1], "1.952") and near(both.mixed.estimates[1], "1.952")


def test_the_contextual_effect_depends_on_the_weights_and_the_slope_within_does_not() -> None:
    path = slope_path(fitted(PUPILS).dial, [0.0, 1e9])
    assert path is not None
    assert near(float(path.between[0] - path.within), "3.526")
    assert near(float(path.between[1] - path.within), "3.718")


def test_the_gap_between_schools_and_pupils_is_not_chance() -> None:
    tested = hausman(fitted(PUPILS).dial)
    assert tested is not None and tested.p_value < 0.001
    # Nearly nothing is left of it at a ratio that is far from that of the data.
    both = fitted(PUPILS)
    path = slope_path(both.dial, both.mixed.variance_ratio * np.array([9.0, 19.0]))
    assert path is not None
    assert path.leftover[0] > 0.02 > path.leftover[1]


def test_mundlaks_means_have_to_be_over_the_rows_that_are_fitted() -> None:
    fitted_rows = with_means().iloc[::3]
    over_all = compare(fitted_rows, "math ~ ses + mean_ses + (1 | school)")
    within = over_all.fits["within"].to_dict()["ses"]["estimate"]
    assert abs(over_all.mixed.estimates[1] - within) > 1e-3
    again = with_cluster_means(fitted_rows, "school", ["ses"])
    over_these = compare(again, "math ~ ses + mean_ses + (1 | school)")
    assert over_these.mixed.estimates[1] == pytest.approx(within, rel=1e-9)


def test_public_capital_pays_between_states_only() -> None:
    fits = fitted("puzzle_public_capital").fits
    slope = {name: fit.to_dict().get("log_pcap", {}) for name, fit in fits.items()}
    assert near(slope["ols"]["estimate"], "0.155") and near(slope["ols"]["t"], "9.0")
    assert near(slope["mixed"]["estimate"], "0.002") and near(slope["mixed"]["t"], "0.1")
    assert near(slope["mixed"]["estimate"], "0.0023") and near(slope["ols"]["estimate"], "0.1550")
    assert near(slope["within"]["estimate"], "-0.026") and near(slope["within"]["t"], "-0.9")
    assert near(slope["between"]["estimate"], "0.179")


def test_columns_of_logarithms_are_logarithms() -> None:
    frame = load("puzzle_public_capital")
    assert (len(frame), frame.state.nunique()) == (48 * 17, 48)
    for name in ("gsp", "pcap", "pc", "emp"):
        assert_allclose(frame[f"log_{name}"], np.log(frame[name]), atol=1e-10)


# --- 8 Slopes that vary ---------------------------------------------------------------------------


def test_letting_slopes_vary_usually_makes_their_standard_error_grow() -> None:
    common = fitted("sleepstudy")
    free = fitted("sleepstudy", "Reaction ~ Days + (1 + Days | Subject)")
    assert near(common.mixed.estimates[1], "10.467") and near(free.mixed.estimates[1], "10.467")
    assert near(common.mixed.standard_errors[1], "0.80")
    assert near(free.mixed.standard_errors[1], "1.55")
    assert near(common.mixed.standard_errors[0], "9.75")
    assert near(free.mixed.standard_errors[0], "6.82")
    pupils = fitted(PUPILS, "math ~ ses + (1 + ses | school)")
    assert near(fitted(PUPILS).mixed.standard_errors[1], "0.106")
    assert near(pupils.mixed.standard_errors[1], "0.118")


STORIES = {"ols": "(1 | z)", "intercept": "(1 | z)", "both": "(1 + x | z)", "apart": "(1 + x || z)"}


def story(random: str, zero: float = 0.0) -> Comparison:
    return compare(measured_from(load("three_stories"), "x", zero), f"y ~ x + {random}")


def test_four_models_tell_four_stories() -> None:
    assert near(story("(1 | z)").ols.estimates[1], "-0.330")
    assert near(story("(1 | z)").mixed.estimates[1], "0.940")
    assert near(story("(1 | z)").mixed.standard_errors[1], "0.04")
    both = story("(1 + x | z)").mixed
    assert near(both.estimates[1], "-0.786") and both.singular
    assert both.components[0].correlations[0, 1] == pytest.approx(-1.0)
    assert near(story("(1 + x || z)").mixed.estimates[1], "-0.059")
    errors = [
        fit.standard_errors[1] for fit in (story("(1 | z)").ols, both, story("(1 + x || z)").mixed)
    ]
    assert story("(1 | z)").mixed.standard_errors[1] < min(errors)


def test_the_running_site_holds_all_of_the_spread_inside_sites() -> None:
    moments = story("(1 | z)").moments
    assert moments.counts.tolist() == [10, *[2] * 10]
    assert near(100 * within_shares(moments, 1)[0], "99.9")


@pytest.mark.parametrize(("zero", "printed"), [(2.0, "-0.500"), (5.0, "-0.744"), (9.0, "-0.073")])
def test_without_a_correlation_the_slope_depends_on_where_zero_is(
    zero: float, printed: str
) -> None:
    assert near(story("(1 + x || z)", zero).mixed.estimates[1], printed)
    assert near(story("(1 | z)", zero).ols.estimates[1], "-0.330")
    assert near(story("(1 | z)", zero).mixed.estimates[1], "0.940")
    assert near(story("(1 + x | z)", zero).mixed.estimates[1], "-0.786")


def test_the_ten_sites_borrow_their_slopes_from_the_pattern_between_them() -> None:
    free = story("(1 + x | z)")
    lines = cluster_lines(free.model, free.mixed.theta)
    slopes = lines.shrunken[1:, 1]
    assert near(slopes.max(), "-0.74") and near(slopes.min(), "-1.08")
    expected = free.mixed.estimates + free.random_effects.effects
    assert_allclose(lines.shrunken, expected, rtol=1e-9)
    moments = story("(1 | z)").moments
    means = moments.means + moments.origin
    ten = least_squares_slope(means[1:, 1], means[1:, 2])
    assert near(ten, "-0.98")


def least_squares_slope(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.polyfit(x, y, 1)[0])


def test_theta_of_two_deviations_and_a_correlation_is_that_of_the_model() -> None:
    free = fitted("sleepstudy", "Reaction ~ Days + (1 + Days | Subject)").mixed
    component = free.components[0]
    sds = component.sds / free.residual_sd
    assert_allclose(theta_of(*sds, component.correlations[0, 1]), free.theta, rtol=1e-9)


def test_a_clusters_own_line_is_least_squares_in_it() -> None:
    both = fitted("sleepstudy", "Reaction ~ Days + (1 + Days | Subject)")
    frame = load("sleepstudy")
    lines = cluster_lines(both.model, theta_of(1e4, 1e4, 0.0))
    for level, own in zip(lines.levels, lines.own, strict=True):
        rows = frame[frame.Subject.astype(str) == level]
        assert_allclose(own[1], least_squares_slope(rows.Days, rows.Reaction), rtol=1e-9)
    # With variances without bound, nothing is shrunken.
    assert_allclose(lines.shrunken, lines.own, rtol=1e-5)


SLEEP = "Reaction ~ Days + (1 + Days | Subject)"


def test_the_error_of_an_average_slope_is_that_of_a_mean_of_own_slopes() -> None:
    free = fitted("sleepstudy", SLEEP)
    spread = cluster_lines(free.model, free.mixed.theta).own_slope_sd
    assert near(spread, "6.56")
    assert free.mixed.standard_errors[1] == pytest.approx(spread / np.sqrt(18), rel=1e-6)
    component = free.mixed.components[0]
    held = at_variances(
        free.model, *component.sds, component.correlations[0, 1], free.mixed.residual_sd
    )
    assert_allclose(held.standard_errors, free.mixed.standard_errors, rtol=1e-9)
    days = float(free.moments.scatter[0, 1, 1])
    assert near(days, "82.5")
    assert held.own_slope_sd(days) == pytest.approx(spread, rel=1e-6)


def test_with_slopes_held_at_their_estimate_or_at_0_both_fits_come_out() -> None:
    free, common = fitted("sleepstudy", SLEEP), fitted("sleepstudy")
    component = free.mixed.components[0]
    correlation = float(component.correlations[0, 1])
    for slope_sd, fit in ((component.sds[1], free.mixed), (0.0, common.mixed)):
        held = hold_slopes(free.model, slope_sd, correlation)
        # The search stops where the gradient is small.
        assert_allclose(held.standard_errors, fit.standard_errors, rtol=2e-6)
        assert_allclose(held.estimates, fit.estimates, rtol=1e-9)
        assert held.residual_sd == pytest.approx(fit.residual_sd, rel=1e-6)
        assert held.intercept_sd == pytest.approx(fit.components[0].sds[0], rel=2e-6)


@pytest.mark.parametrize("slope_sd", [0.0, 1.0, 20.0])
def test_where_all_have_the_same_days_neither_variance_nor_correlation_moves_the_slope(
    slope_sd: float,
) -> None:
    model = fitted("sleepstudy", SLEEP).model
    found = [at_variances(model, 25.0, slope_sd, r, 26.0) for r in (-1.0, 0.0, 0.7, 1.0)]
    for each in found:
        assert each.estimates[1] == pytest.approx(10.46729, rel=1e-6)
        assert each.standard_errors[1] == pytest.approx(found[0].standard_errors[1], rel=1e-9)
        assert_allclose(slope_votes(model, each.theta), 1 / 18, rtol=1e-8)


def test_one_slope_for_all_takes_the_slopes_for_noise_and_levels_for_farther_apart() -> None:
    free, common = fitted("sleepstudy", SLEEP).mixed, fitted("sleepstudy").mixed
    assert near(common.residual_sd, "31.0") and near(free.residual_sd, "25.6")
    assert near(common.components[0].sds[0], "37.1") and near(free.components[0].sds[0], "24.7")
    only_noise = common.standard_errors[1] * free.residual_sd / common.residual_sd
    assert near(only_noise, "0.66")


@pytest.mark.parametrize(
    ("random", "percent"),
    [("(1 | z)", "99.5"), ("(1 + x | z)", "9.9"), ("(1 + x || z)", "43")],
)
def test_who_has_the_say_on_the_slope(random: str, percent: str) -> None:
    found = story(random)
    votes = slope_votes(found.model, found.mixed.theta)
    assert near(100 * votes[0], percent)
    assert votes.sum() == pytest.approx(1.0) and np.all(votes >= 0.0)
    none = slope_votes(found.model, np.zeros(len(found.mixed.theta)))
    assert near(100 * none[0], "34")
    x = load("three_stories").x
    squares = (x - x.mean()) ** 2
    assert_allclose(none[0], squares[:10].sum() / squares.sum(), rtol=1e-9)


@pytest.mark.parametrize("random", ["(1 | z)", "(1 + x | z)", "(1 + x || z)"])
def test_votes_are_shares_of_the_slopes_variance(random: str) -> None:
    found = story(random, zero=3.0)
    frame, theta = load("three_stories"), found.mixed.theta
    x = np.column_stack([np.ones(len(frame)), frame.x - 3.0])
    lower = found.model.terms.pattern.matrix(theta)
    random_part = x[:, : len(lower)] @ lower
    same = frame.z.to_numpy()[:, None] == frame.z.to_numpy()
    covariance = np.eye(len(frame)) + same * (random_part @ random_part.T)
    weights = np.linalg.solve(x.T @ np.linalg.solve(covariance, x), x.T)[1]
    weights = np.linalg.solve(covariance, weights)
    parts = [
        weights[rows] @ covariance[np.ix_(rows, rows)] @ weights[rows]
        for rows in (np.flatnonzero(frame.z == level) for level in found.moments.levels)
    ]
    assert_allclose(slope_votes(found.model, theta), np.array(parts) / sum(parts), rtol=1e-7)


def test_a_cluster_that_reaches_far_takes_no_slope_from_the_others() -> None:
    x = np.tile([0.0, 1.0, 2.0, 3.0], 4)
    cluster = np.repeat(np.arange(4), 4)
    x[cluster == 3] *= 1e7
    noise = np.random.default_rng(1).normal(scale=0.1, size=16)
    frame = pd.DataFrame({"y": 2.0 * x + noise, "x": x, "g": cluster})
    lines = cluster_lines(compare(frame, "y ~ x + (1 | g)").model, np.array([1.0]))
    assert_allclose(lines.own[:, 1], 2.0, atol=0.2)
    frame.loc[cluster < 3, "x"] = 5.0
    one = cluster_lines(compare(frame, "y ~ x + (1 | g)").model, np.array([1.0]))
    assert np.isnan(one.own[:3, 1]).all() and np.isfinite(one.own[3, 1])
    assert np.isnan(one.own_slope_sd)


@pytest.mark.parametrize(
    "what", [{"between_sd": 0.0}, {"residual_sd": -1.0}, {"clusters": 1}, {"rows": 1}]
)
def test_clusters_that_cannot_be_placed_are_refused(what: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"rows": 2, "clusters": 9, "between_sd": 1.0, "residual_sd": 1.0} | what
    with pytest.raises(ValueError, match=r"above 0|at least 2"):
        placement("bell", asked.pop("rows"), seed=1, **asked)


@pytest.mark.parametrize("random", ["(1 | z)", "(1 + x | z)"])
@pytest.mark.parametrize("zero", [1e3, -1e6, 1.6e9])
def test_votes_do_not_depend_on_where_zero_is(random: str, zero: float) -> None:
    here, there = story(random), story(random, zero=zero)
    theta = here.mixed.theta
    if len(theta) == 3:
        # The same covariance, written for a zero elsewhere: level and slope at the new zero.
        factor = np.array([[theta[0], 0.0], [theta[1], theta[2]]])
        moved = np.array([[1.0, zero], [0.0, 1.0]]) @ factor
        lower = np.linalg.qr(moved.T, mode="r").T
        lower *= np.where(np.diag(lower) < 0.0, -1.0, 1.0)
        theta = lower[np.tril_indices(2)]
    found = slope_votes(there.model, theta)
    assert found.sum() == pytest.approx(1.0, abs=1e-12) and np.all(found >= 0.0)
    if abs(zero) <= 1e3 or random == "(1 | z)":
        # Far from 0 the values of x have lost digits themselves.
        lost = 50.0 * float(np.spacing(abs(zero)))
        assert_allclose(found, slope_votes(here.model, here.mixed.theta), rtol=1e-7 + lost)


@pytest.mark.parametrize("correlation", [-1.0, -0.9, 0.0, 0.7])
@pytest.mark.parametrize("slope_sd", [0.0, 0.5, 5.92, 60.0])
def test_held_slopes_leave_the_rest_at_the_lowest_place_of_the_criterion(
    correlation: float, slope_sd: float
) -> None:
    model = fitted("sleepstudy", SLEEP).model
    degrees = model.moments.rows - 2

    def criterion(intercept_sd: float, sd: float) -> float:
        theta = theta_of(intercept_sd / sd, slope_sd / sd, correlation)
        here = model.solve(model.scaled_factor(theta))
        noise = degrees * 2.0 * np.log(sd)
        determinants = here.log_determinant + here.fixed_log_determinant
        return float(determinants + noise + here.residual_sum / sd**2)

    held = hold_slopes(model, slope_sd, correlation)
    found = criterion(held.intercept_sd, held.residual_sd)
    elsewhere = [
        criterion(intercept_sd, sd)
        for intercept_sd in [0.0, *np.geomspace(2.0, 200.0, 20)]
        for sd in np.geomspace(20.0, 50.0, 15)
    ]
    assert found <= min(elsewhere) + 1e-9


def test_from_where_the_lines_meet_forbidding_a_correlation_costs_nothing() -> None:
    both = story("(1 + x | z)").mixed
    meet = meeting_place(both.components[0])
    assert near(meet, "4.5")
    apart = story("(1 + x || z)", meet).mixed
    assert_allclose(apart.estimates[1], both.estimates[1], rtol=1e-6)
    assert apart.criterion == pytest.approx(both.criterion, abs=1e-6)
    assert near(story("(1 + x || z)", 4.5).mixed.criterion, "61.9")
    assert near(story("(1 + x || z)").mixed.criterion, "87.1")


@pytest.mark.parametrize("zero", [-0.3, 9.4])
def test_from_two_places_the_slope_without_a_correlation_is_none(zero: float) -> None:
    assert abs(story("(1 + x || z)", zero).mixed.estimates[1]) < 0.02


def test_lines_do_not_move_with_the_zero_they_are_measured_from() -> None:
    here, there = story("(1 + x | z)"), story("(1 + x | z)", 5.0)
    lines = [cluster_lines(each.model, each.mixed.theta) for each in (here, there)]
    moved = lines[1].measured_from(-5.0)
    assert_allclose(moved.shrunken, lines[0].shrunken, rtol=1e-5)
    assert_allclose(moved.own[0], lines[0].own[0], rtol=1e-9)
    assert_allclose(moved.fixed, lines[0].fixed, rtol=1e-5)


# --- 9 Not Gaussian -------------------------------------------------------------------------------

# Thirty clusters of 2 to 40 rows, small ones more frequent than large ones.
SIZES = np.geomspace(2, 40, 30).round().astype(int)


def drawn(counts: object, shape: str, samples: int) -> Samples:
    return draw_samples(
        counts, between_variance=1.0, residual_variance=4.0, shape=shape, samples=samples, seed=6
    )


def test_the_batch_of_fits_is_one_fit_at_a_time() -> None:
    samples = drawn(SIZES, "exponential", 8)
    found = fit_samples(samples)
    for k in range(8):
        rows = [
            mean + spread
            for n, mean in zip(SIZES, samples.means[k], strict=True)
            for spread in np.linspace(-1.0, 1.0, n)
        ]
        frame = pd.DataFrame({"y": rows, "g": np.repeat(np.arange(30), SIZES)})
        # Stretch the rows about their means to the sum of squares that was drawn.
        means = frame.groupby("g").y.transform("mean")
        away = frame.y - means
        frame["y"] = means + away * np.sqrt(samples.within[k] / (away @ away))
        fit = compare(frame, "y ~ 1 + (1 | g)")
        assert found.ratio[k] == pytest.approx(fit.mixed.variance_ratio, rel=1e-7, abs=1e-9)
        assert found.intercept[k] == pytest.approx(fit.mixed.estimates[0], rel=1e-7)
        assert found.standard_error[k] == pytest.approx(fit.mixed.standard_errors[0], rel=1e-7)
        assert_allclose(found.predictions[k], fit.clusters.effects, rtol=1e-6, atol=1e-9)


def test_with_equal_sizes_the_intercept_is_the_mean_of_the_means_under_any_shape() -> None:
    for shape in EFFECT_SHAPES:
        samples = drawn(np.full(9, 5), shape, 20)
        assert_allclose(fit_samples(samples).intercept, samples.means.mean(axis=1), atol=1e-12)


def test_predictions_pile_up_where_hardly_any_cluster_lives() -> None:
    samples = drawn(np.full(200, 2), "two humps", 400)
    found = fit_samples(samples)
    assert near(100 * np.mean(abs(samples.effects) < 0.5), "9")
    # A standard error of 0.5 percentage points.
    assert 100 * np.mean(abs(found.predictions) < 0.5) == pytest.approx(63, abs=1.5)


def test_with_more_rows_the_humps_come_back() -> None:
    middle = [
        np.mean(abs(fit_samples(drawn(np.full(200, rows), "two humps", 50)).predictions) < 0.5)
        for rows in (2, 5, 20, 100)
    ]
    assert np.all(np.diff(middle) < -0.05)
    assert middle[-1] == pytest.approx(0.09, abs=0.06)


def test_one_outlier_loosens_the_grip_on_everybody() -> None:
    means = np.random.default_rng(9).normal(size=12)
    frame = pd.DataFrame({"g": np.repeat(np.arange(12), 4)})
    frame["y"] = means[frame.g] + np.tile([-2.0, -1.0, 1.0, 2.0], 12)
    usual = compare(frame, "y ~ 1 + (1 | g)").clusters.shrinkage
    away = compare(frame.assign(y=frame.y + 8.0 * (frame.g == 3)), "y ~ 1 + (1 | g)")
    assert np.all(away.clusters.shrinkage > usual + 0.1)


def test_shrinkage_is_the_best_linear_prediction_whatever_the_shape() -> None:
    ratio, n = 0.25, 4
    best = n * ratio / (1.0 + n * ratio)
    for shape in EFFECT_SHAPES:
        samples = drawn(np.full(500, n), shape, 200)
        error = [
            float(np.mean((factor * samples.means - samples.effects) ** 2))
            for factor in (best - 0.1, best, best + 0.1)
        ]
        assert error[1] == min(error)


@pytest.mark.parametrize(
    ("shape", "rows", "gain"),
    [("bell", 2, 0.0), ("bell", 20, 0.0), ("two humps", 2, 0.015), ("two humps", 20, 0.276)],
)
def test_only_under_a_bell_no_rule_is_better_than_one_share_for_all(
    shape: str, rows: int, gain: float
) -> None:
    samples = drawn(np.full(2000, rows), shape, 100)
    means, effects = samples.means.ravel(), samples.effects.ravel()
    share = rows * 0.25 / (1.0 + rows * 0.25)
    straight = float(np.mean((share * means - effects) ** 2))
    # The rule that bends: the mean level of all clusters with nearly this own mean.
    bins = np.digitize(means, np.linspace(-5.0, 5.0, 101))
    by_bin = np.bincount(bins, effects) / np.maximum(np.bincount(bins), 1)
    bent = float(np.mean((by_bin[bins] - effects) ** 2))
    # Bins as wide as this cost 0.0025 of the error with twenty rows.
    assert 1.0 - bent / straight == pytest.approx(gain, abs=0.005)


def test_where_the_model_puts_clusters_is_between_all_pooled_and_their_own_means() -> None:
    here = at_two("two humps")
    assert near(100 * here.levels[MIDDLE], "9")
    assert here.levels[MIDDLE] < here.means[MIDDLE] < here.placed[MIDDLE]
    assert here.placed_sd < here.between_sd and here.mean_error > 10.0
    assert here.landing(10.0) == pytest.approx(
        here.intercept + here.shrinkage * (10.0 - here.intercept)
    )
    assert not has_two_humps(here.placed) and has_two_humps(here.levels)


def test_the_model_hides_on_which_side_a_skewed_population_lies() -> None:
    here = at_two("exponential")
    (low, high), (put_low, put_high) = sides(here.levels), sides(here.placed)
    assert low - high > 0.1
    assert abs(put_low - put_high) < 0.05


@pytest.mark.parametrize("shape", EFFECT_SHAPES)
def test_from_two_rows_every_shape_looks_the_same(shape: str) -> None:
    assert 0.55 < at_two(shape).placed[MIDDLE] < 0.7


def at_two(shape: str) -> Placement:
    return placement(shape, 2, clusters=5000, between_sd=10.0, residual_sd=20.0, seed=2)


def test_an_outlier_has_a_grip_on_the_shrinkage_of_all_others() -> None:
    found = outlier_grip(30, 4, 60.0, between_sd=10.0, residual_sd=20.0, seed=2)
    assert found.sds[1] > 1.3 * found.sds[0]
    assert found.shrinkage[1] > found.shrinkage[0] + 0.1


def test_a_batch_in_groups_of_equal_size_has_the_sums_of_squares_of_its_clusters() -> None:
    samples = drawn(np.array([7, 2, 7, 2, 3]), "log-normal", 6)
    ratio, centre = np.linspace(0.0, 2.0, 6), 0.4
    weights = samples.counts / (1.0 + samples.counts * ratio[:, None])
    expected = np.sum(weights * (samples.means - centre) ** 2, axis=1)
    by_size = samples.centre(ratio)[0]
    assert samples.sizes.rows.tolist() == [2, 3, 7]
    assert_allclose(np.sum(by_size * samples.sizes.about(centre), axis=1), expected, rtol=1e-12)
    assert_allclose(samples.centre(ratio)[1], weights.sum(axis=1), rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("shape", EFFECT_SHAPES)
def test_over_many_samples_the_shape_leaves_the_intercept_alone(shape: str) -> None:
    found = fit_samples(drawn(SIZES, shape, 20_000)).intercept
    assert abs(found.mean()) < 0.02
    # The lesson prints 0.23, for sizes of its own between 2 and 40.
    assert found.std() == pytest.approx(0.23, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shape", "printed"),
    [("bell", 94), ("exponential", 77), ("log-normal", 47), ("two humps", 99.5)],
)
def test_coverage_of_the_variances_interval_depends_on_the_shape(
    shape: str, printed: float
) -> None:
    found = profile_coverage(drawn(np.full(30, 20), shape, 20_000), 1.0)
    # The lesson's numbers are of samples of their own, with standard errors of up to one point.
    assert 100 * found.between_variance == pytest.approx(printed, abs=1.5)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("clusters", "shape", "printed"),
    [(30, "log-normal", 90), (6, "log-normal", 86), (6, "bell", 92)],
)
def test_few_clusters_and_strong_skew_cost_the_intercepts_interval_coverage(
    clusters: int, shape: str, printed: float
) -> None:
    found = profile_coverage(drawn(np.full(clusters, 20), shape, 20_000), 1.0)
    assert 100 * found.intercept == pytest.approx(printed, abs=3.0)
