"""The treatment's effect may vary among clusters; where it does not, nothing has changed."""

import hashlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from engine import Scenario, compare, simulate
from engine.simulation import PRESETS, SHAPES, Simulated

VARYING = Scenario(slope_variance=0.5, slope_intercept_correlation=0.6, seed=5)
# Fingerprints of the data sets that the version before random slopes drew.
BEFORE = [
    (PRESETS[0].scenario, "b6fff26be42bad3d"),
    (PRESETS[1].scenario, "94fcd84bc42cea22"),
    (PRESETS[2].scenario, "900b82deaeb45d2d"),
    (PRESETS[3].scenario, "ab2510c91993b275"),
    (PRESETS[4].scenario, "6d9e217ccc2e1b0d"),
    (PRESETS[5].scenario, "6b55a8c932a268e2"),
    (Scenario(shape="one outlier", seed=37), "40e9fc2f1aa195f5"),
    (Scenario(), "d529392f4e3b1017"),
    (Scenario(clusters=4, rows_per_cluster=2, size_spread=0), "527ac99fd18ec7bb"),
    (
        Scenario(
            clusters=60,
            shape="skewed",
            share=0.3,
            share_spread=0.6,
            size_intercept_correlation=0.4,
            share_intercept_correlation=-0.5,
            seed=2**32 - 1,
        ),
        "33cde57dedb0b594",
    ),
    (
        Scenario(
            shape="two-humped",
            between_variance=4,
            residual_variance=0.25,
            intercept=-3,
            effect=2,
            seed=0,
        ),
        "9280d5de8645fc2f",
    ),
]


def fingerprint(frame: pd.DataFrame) -> str:
    """Digest a frame, with y to nine decimals: processors may differ in the sixteenth digit."""
    found = hashlib.sha256()
    for column in (
        frame["cluster"].to_numpy(np.int64),
        frame["condition"].cat.codes.to_numpy(np.int64),
        np.round(frame["y"].to_numpy(), 9) + 0.0,
    ):
        found.update(column.tobytes())
    return found.hexdigest()[:16]


def treated(simulated: Simulated) -> np.ndarray:
    return (simulated.frame["condition"] == "treated").to_numpy(float)


def by_row(simulated: Simulated, values: np.ndarray) -> np.ndarray:
    return np.repeat(values, simulated.truth.sizes)


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a, b)[0, 1])


# Where slopes do not vary


@pytest.mark.parametrize(("scenario", "expected"), BEFORE)
def test_data_sets_drawn_before_slopes_could_vary_are_drawn_again(
    scenario: Scenario, expected: str
) -> None:
    assert fingerprint(simulate(scenario).frame) == expected


@pytest.mark.parametrize("scenario", [scenario for scenario, _ in BEFORE])
def test_without_slope_variance_every_bit_is_that_of_intercept_effect_and_residual(
    scenario: Scenario,
) -> None:
    simulated = simulate(scenario)
    truth = simulated.truth
    *_, for_residuals = np.random.SeedSequence(scenario.seed).spawn(4)
    residuals = np.concatenate(
        [
            np.random.default_rng(stream).standard_normal(size)
            for stream, size in zip(
                for_residuals.spawn(scenario.clusters), truth.sizes, strict=True
            )
        ]
    )
    fixed = by_row(simulated, truth.cluster_intercepts) + scenario.effect * treated(simulated)
    expected = fixed + np.sqrt(scenario.residual_variance) * residuals
    assert simulated.frame["y"].to_numpy().tobytes() == expected.tobytes()
    assert (truth.cluster_slopes == scenario.effect).all()
    assert truth.slope_intercept_correlation is None


def test_without_slope_variance_their_correlation_changes_nothing() -> None:
    assert simulate(Scenario(slope_intercept_correlation=0.9)).frame.equals(
        simulate(Scenario()).frame
    )


# Where slopes vary


def test_rows_are_those_of_each_clusters_own_line() -> None:
    simulated, still = simulate(VARYING), simulate(replace(VARYING, slope_variance=0))
    slopes = simulated.truth.cluster_slopes - VARYING.effect
    assert slopes.std() > 0.3
    moved = simulated.frame["y"] - still.frame["y"]
    expected = by_row(simulated, slopes) * treated(simulated)
    assert_allclose(moved, expected, rtol=0, atol=1e-12)
    assert_array_equal(simulated.truth.cluster_intercepts, still.truth.cluster_intercepts)
    means = simulated.frame.groupby("cluster")["y"].mean()
    assert_allclose(simulated.drawn_means, means, rtol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("clusters", [4, 5, 24, 150])
@pytest.mark.parametrize("wish", [-0.95, 0.0, 0.6])
def test_the_correlation_of_slopes_with_intercepts_is_the_one_asked_for(
    wish: float, clusters: int, shape: str
) -> None:
    for seed in range(5):
        truth = simulate(
            Scenario(
                clusters=clusters,
                shape=shape,
                slope_variance=0.3,
                slope_intercept_correlation=wish,
                size_intercept_correlation=-0.5,
                seed=seed,
            )
        ).truth
        found = correlation(truth.cluster_slopes, truth.cluster_intercepts)
        assert found == pytest.approx(wish, abs=1e-9)
        assert truth.slope_intercept_correlation == pytest.approx(wish, abs=1e-9)
        assert truth.size_intercept_correlation == pytest.approx(-0.5, abs=1e-9)


def test_mean_and_variance_of_the_slopes_vary_over_seeds_as_in_a_random_sample() -> None:
    clusters, seeds = 8, 400
    scenario = Scenario(clusters=clusters, rows_per_cluster=2, slope_variance=1, effect=3)
    drawn = np.array(
        [simulate(replace(scenario, seed=k)).truth.cluster_slopes for k in range(seeds)]
    )
    # Means of 8 normals have variance 1/8, and sums of squares about them are χ²(7). The tolerance
    # is four standard errors over 400 seeds.
    means = drawn.mean(axis=1)
    assert means.mean() == pytest.approx(3, abs=4 * np.sqrt(1 / clusters / seeds))
    assert means.var() * clusters == pytest.approx(1, rel=4 * np.sqrt(2 / seeds))
    sums = ((drawn.T - means) ** 2).sum(axis=0)
    degrees = clusters - 1
    assert sums.mean() == pytest.approx(degrees, rel=4 * np.sqrt(2 / degrees / seeds))


def test_the_slope_variance_scales_the_same_draws() -> None:
    narrow, wide = (simulate(replace(VARYING, slope_variance=v)).truth for v in (0.5, 2.0))
    assert_allclose(
        wide.cluster_slopes - VARYING.effect,
        2 * (narrow.cluster_slopes - VARYING.effect),
        rtol=1e-12,
    )


@pytest.mark.parametrize(
    "wish",
    [
        {"between_variance": 3.0},
        {"between_variance": 0.0},
        {"residual_variance": 2.0},
        {"intercept": 1.0},
    ],
)
def test_moving_another_variance_or_the_intercept_redraws_no_slope(wish: dict[str, float]) -> None:
    assert_array_equal(
        simulate(replace(VARYING, **wish)).truth.cluster_slopes,
        simulate(VARYING).truth.cluster_slopes,
    )


def test_equal_intercepts_leave_the_correlation_undefined() -> None:
    truth = simulate(replace(VARYING, between_variance=0)).truth
    assert (truth.cluster_intercepts == VARYING.intercept).all()
    assert np.ptp(truth.cluster_slopes) > 0
    assert truth.slope_intercept_correlation is None


def test_a_cluster_moved_or_resized_keeps_its_slope() -> None:
    before, after = simulate(VARYING), simulate(VARYING, sizes={3: 500}, means={7: 2.5})
    assert_array_equal(after.truth.cluster_slopes, before.truth.cluster_slopes)
    assert_allclose(after.truth.slope_intercept_correlation, 0.6, atol=1e-9)
    rows = after.frame[after.frame["cluster"] == 3]
    gap = rows[rows.condition == "treated"].y.mean() - rows[rows.condition == "control"].y.mean()
    # This is the error of two means of some 250 residuals with variance 1.
    assert gap == pytest.approx(before.truth.cluster_slopes[2], abs=0.4)


def test_the_slopes_cannot_be_overwritten() -> None:
    with pytest.raises(ValueError, match="read-only"):
        simulate(VARYING).truth.cluster_slopes[0] = 7


def test_a_model_with_random_slopes_finds_them_again() -> None:
    scenario = replace(VARYING, clusters=400, rows_per_cluster=20)
    simulated = simulate(scenario)
    mixed = compare(simulated.frame, "y ~ condition + (1 + condition | cluster)").mixed
    (component,) = mixed.components
    truth = simulated.truth
    expected = np.cov(truth.cluster_intercepts, truth.cluster_slopes)
    # Apart from the clusters drawn, each estimate carries the noise of 20 rows. With residual
    # variance 1 and ten rows per condition its variance is 0.1 for an intercept and 0.2 for a
    # slope, over 400 clusters.
    assert_allclose(component.covariance, expected, atol=0.1)
    assert mixed.estimates[1] == pytest.approx(truth.cluster_slopes.mean(), abs=0.1)
