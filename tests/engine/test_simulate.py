"""Simulated data keep what their scenario promises."""

from __future__ import annotations

from dataclasses import replace
from typing import get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Comparison, compare
from engine.account.ledger import ledger
from engine.errors import ContradictionError, ScenarioError
from engine.simulation import (
    FIELDS,
    PRESETS,
    SHAPES,
    Scenario,
    Simulated,
    nearest_preset,
    preset_of,
    simulate,
)

EVERY_SHAPE = pytest.mark.parametrize("shape", SHAPES)


def noise(simulated: Simulated, scenario: Scenario) -> list[np.ndarray]:
    """Return the residuals of each cluster, in units of their standard deviation."""
    frame, truth = simulated.frame, simulated.truth
    treated = (frame["condition"] == "treated").to_numpy()
    expected = np.repeat(truth.cluster_intercepts, truth.sizes) + scenario.effect * treated
    residuals = (frame["y"].to_numpy() - expected) / np.sqrt(scenario.residual_variance)
    return np.split(residuals, truth.sizes.cumsum()[:-1])


def deviations(scenario: Scenario) -> np.ndarray:
    return simulate(scenario).truth.cluster_intercepts - scenario.intercept


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a, b)[0, 1])


# The frame and its truth


def test_the_frame_holds_whole_clusters_in_order_and_two_conditions():
    simulated = simulate(Scenario())
    frame, truth = simulated.frame, simulated.truth
    assert list(frame.columns) == ["cluster", "condition", "y"]
    assert frame["cluster"].is_monotonic_increasing
    assert list(frame["condition"].cat.categories) == ["control", "treated"]
    by_cluster = frame.groupby("cluster")["condition"]
    assert list(by_cluster.groups) == list(range(1, 25))
    np.testing.assert_array_equal(by_cluster.size(), truth.sizes)
    shares = by_cluster.agg(lambda condition: (condition == "treated").mean())
    np.testing.assert_array_equal(shares, truth.shares)


@pytest.mark.parametrize("scenario", [Scenario(), *(preset.scenario for preset in PRESETS)])
def test_the_same_scenario_gives_the_same_data(scenario):
    assert simulate(scenario).frame.equals(simulate(scenario).frame)


def test_another_seed_gives_other_sizes_shares_intercepts_and_noise():
    one, two = (simulate(Scenario(seed=seed)) for seed in (1, 2))
    assert not np.array_equal(one.truth.sizes, two.truth.sizes)
    assert not np.array_equal(one.truth.shares, two.truth.shares)
    assert not np.isclose(one.truth.cluster_intercepts, two.truth.cluster_intercepts).any()
    assert not np.isclose(one.frame["y"], two.frame["y"]).all()


def test_the_truth_cannot_be_overwritten():
    truth = simulate(Scenario()).truth
    with pytest.raises(ValueError, match="read-only"):
        truth.sizes[0] = 7


def test_icc_is_the_between_part_of_the_variance():
    scenario = Scenario(between_variance=3, residual_variance=1)
    assert scenario.icc == simulate(scenario).truth.icc == 0.75


# Moving a variance or a coefficient redraws nothing


@EVERY_SHAPE
def test_variances_scale_and_coefficients_shift_the_same_draws(shape):
    unit = Scenario(
        intercept=0, effect=0, between_variance=1, residual_variance=1, shape=shape, seed=5
    )
    moved = replace(unit, intercept=3, effect=-2, between_variance=4, residual_variance=9)
    before, after = simulate(unit), simulate(moved)
    between = np.repeat(before.truth.cluster_intercepts, before.truth.sizes)
    residual = before.frame["y"] - between
    treated = before.frame["condition"] == "treated"
    np.testing.assert_allclose(
        after.frame["y"], 3 - 2 * treated + 2 * between + 3 * residual, rtol=0, atol=1e-12
    )
    assert after.frame[["cluster", "condition"]].equals(before.frame[["cluster", "condition"]])


@pytest.mark.parametrize(
    "wish",
    [
        {"rows_per_cluster": 60},
        {"size_spread": 1.5},
        {"share": 0.7},
        {"share_spread": 0.5},
        {"size_intercept_correlation": -0.7},
        {"share_intercept_correlation": 0.8},
        {"shape": "skewed"},
    ],
)
def test_no_wish_about_the_design_redraws_the_residuals_of_rows_that_stay(wish):
    scenario = Scenario()
    moved = replace(scenario, **wish)
    for before, after in zip(
        noise(simulate(scenario), scenario), noise(simulate(moved), moved), strict=True
    ):
        kept = min(len(before), len(after))
        np.testing.assert_allclose(after[:kept], before[:kept], rtol=0, atol=1e-12)


def test_moving_the_share_leaves_sizes_alone_and_flips_rows_one_way():
    few, many = (simulate(Scenario(share=share)) for share in (0.4, 0.6))
    np.testing.assert_array_equal(few.truth.sizes, many.truth.sizes)
    treated_in_few = few.frame["condition"] == "treated"
    assert (many.frame["condition"][treated_in_few] == "treated").all()


# Sizes


@pytest.mark.parametrize("rows", [2, 3, 42, 1000])
@pytest.mark.parametrize("spread", [0, 0.1, 0.8, 2])
@pytest.mark.parametrize("clusters", [4, 5, 24, 150])
def test_rows_add_up_and_no_cluster_has_fewer_than_two(clusters, spread, rows):
    sizes = simulate(
        Scenario(clusters=clusters, rows_per_cluster=rows, size_spread=spread)
    ).truth.sizes
    assert sizes.sum() == clusters * rows
    assert sizes.min() >= 2


@pytest.mark.parametrize("spread", [0, 0.2, 0.8, 1.2, 2])
def test_size_spread_is_the_coefficient_of_variation_of_the_sizes(spread):
    sizes = simulate(Scenario(size_spread=spread, rows_per_cluster=200)).truth.sizes
    # Rounding moves each size by less than one row of 200.
    assert sizes.std() / sizes.mean() == pytest.approx(spread, abs=1 / 200)


# Shares


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.95])
def test_share_spread_zero_gives_equal_clusters_the_same_share(share):
    shares = simulate(Scenario(size_spread=0, share_spread=0, share=share)).truth.shares
    assert np.ptp(shares) == 0
    assert shares[0] == pytest.approx(share, abs=0.5 / 42)


def test_share_spread_zero_gives_unequal_clusters_the_same_share_as_rows_allow():
    truth = simulate(Scenario(share_spread=0, share=0.3)).truth
    assert (np.abs(truth.shares - 0.3) < 1 / truth.sizes).all()
    assert truth.sizes @ truth.shares == pytest.approx(round(0.3 * truth.sizes.sum()))


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
@pytest.mark.parametrize("clusters", [4, 24, 100])
def test_share_spread_one_gives_every_cluster_one_condition_and_both_occur(clusters, share):
    truth = simulate(Scenario(share_spread=1, share=share, clusters=clusters)).truth
    assert set(truth.shares) == {0.0, 1.0}
    rows = truth.sizes.sum()
    # Whole clusters meet the share to within half of the largest, or stop at a single cluster.
    assert abs(truth.sizes @ truth.shares - share * rows) <= truth.sizes.max()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("spread", [0.1, 0.3, 0.6])
def test_shares_have_the_spread_and_the_total_asked_for(spread, seed):
    truth = simulate(
        Scenario(share_spread=spread, rows_per_cluster=500, clusters=60, seed=seed)
    ).truth
    assert truth.sizes @ truth.shares == 0.5 * truth.sizes.sum()
    # 60 strata lose little of the Beta distribution's spread, and shifting all shares to meet the
    # total changes it by a few per cent at most.
    assert truth.shares.std() / 0.5 == pytest.approx(spread, rel=0.05)


# Correlations


@pytest.mark.parametrize("clusters", [8, 24, 100])
@pytest.mark.parametrize("by_share", [-0.9, 0, 0.5])
@pytest.mark.parametrize("by_size", [-0.7, 0, 0.4, 0.9])
def test_realised_correlations_are_the_ones_asked_for(by_size, by_share, clusters):
    for seed, shape in enumerate(SHAPES):
        truth = simulate(
            Scenario(
                clusters=clusters,
                size_intercept_correlation=by_size,
                share_intercept_correlation=by_share,
                shape=shape,
                seed=seed,
            )
        ).truth
        realised_by_size = correlation(truth.sizes, truth.cluster_intercepts)
        realised_by_share = correlation(truth.shares, truth.cluster_intercepts)
        # The requirement is ±0.02, but construction gives all digits.
        assert realised_by_size == pytest.approx(by_size, abs=1e-9)
        assert realised_by_share == pytest.approx(by_share, abs=1e-9)
        assert truth.size_intercept_correlation == pytest.approx(realised_by_size, abs=1e-9)
        assert truth.share_intercept_correlation == pytest.approx(realised_by_share, abs=1e-9)


@pytest.mark.parametrize("clusters", [4, 5, 6])
def test_correlations_hold_with_as_few_clusters_as_there_can_be(clusters):
    for seed in range(20):
        truth = simulate(
            Scenario(
                clusters=clusters,
                size_intercept_correlation=-0.7,
                share_intercept_correlation=0.5,
                seed=seed,
            )
        ).truth
        assert correlation(truth.sizes, truth.cluster_intercepts) == pytest.approx(-0.7, abs=1e-9)
        assert correlation(truth.shares, truth.cluster_intercepts) == pytest.approx(0.5, abs=1e-9)


def test_a_correlation_with_what_does_not_vary_is_ignored_and_undefined():
    wishes = {"size_intercept_correlation": 0.9, "share_intercept_correlation": -0.9}
    truth = simulate(Scenario(size_spread=0, share_spread=0, **wishes)).truth
    assert truth.size_intercept_correlation is None
    assert truth.share_intercept_correlation is None
    plain = simulate(Scenario(size_spread=0, share_spread=0)).truth
    np.testing.assert_array_equal(truth.cluster_intercepts, plain.cluster_intercepts)


def test_shares_that_differ_by_rounding_only_are_not_correlated_with():
    truth = simulate(Scenario(share_spread=0, share_intercept_correlation=0.9)).truth
    assert truth.share_intercept_correlation is None
    plain = simulate(Scenario(share_spread=0)).truth
    np.testing.assert_array_equal(truth.cluster_intercepts, plain.cluster_intercepts)


def test_correlations_are_undefined_without_cluster_variance():
    truth = simulate(Scenario(between_variance=0)).truth
    assert (truth.cluster_intercepts == 0).all()
    assert truth.size_intercept_correlation is None
    assert truth.share_intercept_correlation is None


# Widely spread sizes and shares cannot correlate strongly enough to allow both requests.
CONTRADICTION = Scenario(
    size_spread=2, size_intercept_correlation=0.95, share_intercept_correlation=0.95
)


def test_contradicting_correlations_are_refused_with_the_largest_that_work():
    with pytest.raises(ContradictionError, match=r"correlation 0\.95 and") as raised:
        simulate(CONTRADICTION)
    words = str(raised.value).split(" hold together are ")[1].split(". ")[0].split(" and ")
    by_size, by_share = (float(word) for word in words)
    assert (by_size, by_share) == raised.value.largest
    assert 0.5 < by_size < 0.95
    truth = simulate(
        replace(
            CONTRADICTION,
            size_intercept_correlation=by_size,
            share_intercept_correlation=by_share,
        )
    ).truth
    assert correlation(truth.sizes, truth.cluster_intercepts) == pytest.approx(by_size)
    with pytest.raises(ScenarioError):
        simulate(
            replace(
                CONTRADICTION,
                size_intercept_correlation=by_size + 0.02,
                share_intercept_correlation=by_share + 0.02,
            )
        )


# Shapes


# Moments of order 1 to 8 by definition. Those of the standard normal are known, and those of the
# exponential minus one are the numbers of derangements. An even mixture of h + N(0, v) and
# -h + N(0, v), with h = 0.9 and v = 1 - h², has the binomial sums of h^(k - i) times the moments of
# N(0, v).
MOMENTS = {
    "gaussian": (0, 1, 0, 3, 0, 15, 0, 105),
    "skewed": (0, 1, 2, 9, 44, 265, 1854, 14833),
    "two-humped": (0, 1, 0, 1.6878, 0, 3.8206, 0, 10.7023),
}


@pytest.mark.parametrize("shape", MOMENTS)
def test_each_shape_has_mean_zero_variance_one_and_the_moments_of_its_distribution(shape):
    clusters, seeds = 150, 60
    scenario = Scenario(
        clusters=clusters, rows_per_cluster=2, share_spread=0, between_variance=1, shape=shape
    )
    drawn = np.array([deviations(replace(scenario, seed=seed)) for seed in range(seeds)])
    moment = dict(enumerate(MOMENTS[shape], start=1))
    for order in (1, 2, 3, 4):
        standard_error = np.sqrt((moment[2 * order] - moment[order] ** 2) / (clusters * seeds))
        assert (drawn**order).mean() == pytest.approx(moment[order], abs=4 * standard_error)


@pytest.mark.parametrize("clusters", [4, 24, 150])
def test_one_outlier_makes_up_its_part_of_a_variance_of_one(clusters):
    seeds = 2000 // clusters
    scenario = Scenario(
        clusters=clusters,
        rows_per_cluster=2,
        share_spread=0,
        between_variance=1,
        shape="one outlier",
    )
    drawn = np.array([deviations(replace(scenario, seed=seed)) for seed in range(seeds)])
    # The others are N(m, v) with |m| = sqrt(0.6 / (J - 1)) and v = 0.4 J / (J - 1). Their squares
    # have variance 2v² + 4m²v, and they are (J - 1) / J of all draws.
    mean_squared, variance = 0.6 / (clusters - 1), 0.4 * clusters / (clusters - 1)
    others = (clusters - 1) / clusters * (2 * variance**2 + 4 * mean_squared * variance)
    assert (drawn**2).mean() == pytest.approx(1, abs=4 * np.sqrt(others / drawn.size))
    outlying = np.abs(drawn).max(axis=1)
    if clusters > 4:
        np.testing.assert_allclose(outlying, np.sqrt(0.6 * (clusters - 1)), rtol=1e-9)


def test_mean_and_variance_of_the_intercepts_vary_over_seeds_as_in_a_random_sample():
    clusters, seeds = 8, 200
    scenario = Scenario(clusters=clusters, between_variance=1)
    drawn = np.array([deviations(replace(scenario, seed=seed)) for seed in range(seeds)])
    # Means of 8 standard normals have variance 1/8. Their sums of squares are χ²(7), with variance
    # 14 and excess kurtosis 12/7. Four standard errors of a variance over 200 seeds are
    # 4·sqrt((2 + excess)/200) times the variance.
    degrees = clusters - 1
    assert drawn.mean(axis=1).var() * clusters == pytest.approx(1, rel=4 * np.sqrt(2 / seeds))
    sums = ((drawn.T - drawn.mean(axis=1)) ** 2).sum(axis=0)
    assert sums.mean() == pytest.approx(degrees, rel=4 * np.sqrt(2 / degrees / seeds))
    spread_of_variance = 4 * np.sqrt((2 + 12 / degrees) / seeds)
    assert sums.var() == pytest.approx(2 * degrees, rel=spread_of_variance)


# Errors


@pytest.mark.parametrize("name", FIELDS)
def test_every_control_is_refused_outside_its_range_by_name_value_and_range(name):
    low, high = FIELDS[name].low, FIELDS[name].high
    for value in (low - 1, high + 1 + abs(high), float("nan"), "much", None):
        with pytest.raises(ScenarioError) as raised:
            Scenario(**{name: value})
        assert str(raised.value).startswith(f"{name} is {value!r}; it must be ")
        assert f"from {low:g} to " in str(raised.value)


@pytest.mark.parametrize("name", ["clusters", "rows_per_cluster", "seed"])
def test_a_fraction_is_refused_where_a_whole_number_is_meant(name):
    with pytest.raises(ScenarioError, match="a whole number"):
        Scenario(**{name: 8.5})


def test_an_unknown_shape_is_refused_with_the_known_ones():
    with pytest.raises(ScenarioError, match=r"'lumpy'.*gaussian, skewed, two-humped, one outlier"):
        Scenario(shape="lumpy")


def test_more_rows_than_a_computer_should_hold_are_refused():
    with pytest.raises(ScenarioError, match="40,000,000"):
        Scenario(clusters=2000, rows_per_cluster=20_000)


# Every scenario


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("end", [0, 1])
def test_any_single_control_works_at_its_extreme(name, end):
    simulated = simulate(Scenario(**{name: (FIELDS[name].low, FIELDS[name].high)[end]}))
    assert np.isfinite(simulated.frame["y"]).all()
    assert simulated.frame["condition"].nunique() == 2


def value_of(name: str) -> st.SearchStrategy:
    low, high = FIELDS[name].low, FIELDS[name].high
    if name == "rows_per_cluster":
        return st.integers(2, 60)
    if name == "clusters":
        return st.integers(4, 40)
    whole = get_type_hints(Scenario)[name] is int
    return st.integers(low, high) if whole else st.floats(low, high)


@settings(max_examples=100, deadline=None)
@given(
    st.fixed_dictionaries(
        {name: value_of(name) for name in FIELDS} | {"shape": st.sampled_from(SHAPES)}
    )
)
def test_any_scenario_gives_finite_numbers_and_right_counts_or_says_why_not(wishes):
    scenario = Scenario(**wishes)
    try:
        simulated = simulate(scenario)
    except ScenarioError:
        # The only impossible request is the pair of correlations.
        simulate(replace(scenario, share_intercept_correlation=0, size_intercept_correlation=0))
        return
    frame, truth = simulated.frame, simulated.truth
    assert len(frame) == scenario.clusters * scenario.rows_per_cluster
    assert np.isfinite(frame["y"]).all()
    assert np.isfinite(truth.cluster_intercepts).all()
    assert np.isfinite(truth.cluster_slopes).all()
    assert truth.sizes.min() >= 2
    assert frame["condition"].nunique() == 2
    assert truth.shares.min() >= 0
    assert truth.shares.max() <= 1
    for realised, wished in (
        (truth.size_intercept_correlation, scenario.size_intercept_correlation),
        (truth.share_intercept_correlation, scenario.share_intercept_correlation),
        (truth.slope_intercept_correlation, scenario.slope_intercept_correlation),
    ):
        assert realised is None or realised == pytest.approx(wished, abs=1e-6)


# Presets


def test_presets_have_names_of_their_own_and_two_sentences_at_most():
    assert len({preset.name for preset in PRESETS}) == len(PRESETS)
    for preset in PRESETS:
        assert preset.description.endswith(".")
        assert preset.description.count(". ") <= 1


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_a_preset_is_nearest_to_itself_and_to_what_little_was_changed(preset):
    assert preset_of(preset.id) is preset
    assert nearest_preset(replace(preset.scenario, seed=999)) is preset
    assert nearest_preset(replace(preset.scenario, residual_variance=0.35)) is preset
    assert nearest_preset(replace(preset.scenario, intercept=1)) is preset


def fitted(which: str) -> tuple[Simulated, Comparison]:
    simulated = simulate(preset_of(which).scenario)
    return simulated, compare(simulated.frame, "y ~ condition + (1 | cluster)")


def test_balanced_clusters_give_the_same_coefficients_and_other_standard_errors():
    simulated, both = fitted("balanced")
    assert np.ptp(simulated.truth.sizes) == np.ptp(simulated.truth.shares) == 0
    np.testing.assert_allclose(both.mixed.estimates, both.ols.estimates, rtol=1e-9)
    assert both.mixed.standard_errors[0] > 2 * both.ols.standard_errors[0]
    assert both.mixed.standard_errors[1] < both.ols.standard_errors[1]


def test_big_clusters_that_sit_low_pull_the_ols_intercept_down_and_not_the_mixed_one():
    simulated, both = fitted("big-clusters")
    assert simulated.truth.size_intercept_correlation < -0.5
    average_cluster = simulated.truth.cluster_intercepts.mean()
    assert both.ols.estimates[0] < average_cluster - 3 * both.mixed.standard_errors[0]
    assert abs(both.mixed.estimates[0] - average_cluster) < both.mixed.standard_errors[0]


def test_confounding_with_the_cluster_turns_the_sign_of_the_ols_effect_only():
    simulated, both = fitted("confounded")
    assert simulated.truth.share_intercept_correlation > 0.5
    assert simulated.truth.effect < 0
    assert both.ols.estimates[1] > 2 * both.ols.standard_errors[1]
    assert abs(both.mixed.estimates[1] - simulated.truth.effect) < both.mixed.standard_errors[1]


def test_no_cluster_variance_is_estimated_as_exactly_none():
    simulated, both = fitted("no-cluster-variance")
    assert simulated.truth.between_variance == 0
    assert both.mixed.singular
    assert both.mixed.between_variance == 0
    np.testing.assert_array_equal(both.mixed.estimates, both.ols.estimates)


def test_few_clusters_miss_their_variance_by_more_than_half():
    simulated, both = fitted("few-clusters")
    truth = simulated.truth
    assert 0 < both.mixed.between_variance < truth.between_variance / 2
    # Generalised least squares by the true variances has this standard error.
    treated = (simulated.frame["condition"] == "treated").to_numpy()
    design = np.column_stack([np.ones(len(treated)), treated])
    information = np.zeros((2, 2))
    for rows in np.split(design, truth.sizes.cumsum()[:-1]):
        covariance = truth.between_variance + truth.residual_variance * np.eye(len(rows))
        information += rows.T @ np.linalg.solve(covariance, rows)
    true_error = np.sqrt(np.linalg.inv(information)[0, 0])
    assert both.mixed.standard_errors[0] < 0.8 * true_error


def test_cluster_level_treatment_makes_the_ols_standard_error_far_too_small():
    simulated, both = fitted("cluster-level-treatment")
    assert set(simulated.truth.shares) == {0.0, 1.0}
    ratio = both.ols.standard_errors[1] / both.mixed.standard_errors[1]
    assert ratio == pytest.approx(1 / 4, abs=0.05)


def test_one_odd_cluster_draws_ols_up_and_holds_back_the_shrinkage_of_the_rest():
    simulated, both = fitted("odd-cluster")
    deviation = simulated.truth.cluster_intercepts - simulated.truth.cluster_intercepts.mean()
    odd = deviation.argmax()
    assert odd == simulated.truth.sizes.argmax()
    assert deviation[odd] > 3 * np.abs(np.delete(deviation, odd)).max()
    assert deviation[odd] ** 2 > (deviation**2).sum() / 2
    # The headline's movement is the odd cluster's: far more than half of it.
    account = ledger(both)
    assert account.difference[0] < -both.ols.standard_errors[0]
    assert account.contributions[odd, 0] < 0.75 * account.difference[0]
    assert abs(account.difference[1]) < 0.25 * both.ols.standard_errors[1]
    others = simulated.frame[simulated.frame["cluster"] != odd + 1]
    without = compare(others, "y ~ condition + (1 | cluster)")
    # The shrinkage factor is the share of its own deviation that a cluster keeps.
    assert (np.delete(both.clusters.shrinkage, odd) > without.clusters.shrinkage).all()


# Whose average


@pytest.mark.parametrize("size_correlation", [-0.7, 0.0, 0.4])
def test_the_intercept_of_rows_is_that_of_the_population_in_which_rows_count(size_correlation):
    scenario = Scenario(
        clusters=200, size_spread=1.2, intercept=2, size_intercept_correlation=size_correlation
    )
    found = []
    for seed in range(40):
        truth = simulate(replace(scenario, seed=seed)).truth
        found.append(truth.sizes @ truth.cluster_intercepts / truth.sizes.sum())
    expected = truth.intercept_of_rows
    assert expected == pytest.approx(2 + size_correlation * np.sqrt(0.5) * 1.2, abs=0.02)
    assert np.mean(found) == pytest.approx(expected, abs=4 * np.std(found) / np.sqrt(40))


def test_where_size_says_nothing_both_averages_are_one():
    for wish in ({"size_spread": 0}, {"between_variance": 0}, {"size_intercept_correlation": 0}):
        truth = simulate(replace(Scenario(size_intercept_correlation=0.5), **wish)).truth
        assert truth.intercept_of_rows == pytest.approx(truth.intercept, abs=1e-12)
