"""Generalised least squares along the variance ratio: its ends, its derivative, its algebra."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from engine import Comparison, compare
from engine.models.dial import cluster_weights, shrinkage_factors
from engine.models.mixed.intercept_fit import ratio_criterion, ratio_derivative
from tests.engine.reference import RANDOM_INTERCEPT, compared


def unbalanced(seed: int = 3) -> pd.DataFrame:
    """Clusters of 1 to 40 rows, a predictor that varies within and between them."""
    rng = np.random.default_rng(seed)
    sizes = np.array([1, 2, 3, 5, 8, 13, 21, 40])
    cluster = np.repeat(np.arange(8), sizes)
    x = rng.normal(size=8)[cluster] + rng.normal(size=sizes.sum())
    y = 2 + 0.5 * x + rng.normal(size=8)[cluster] + rng.normal(size=sizes.sum())
    return pd.DataFrame({"y": y, "x": x, "g": cluster})


def dense_gls(frame: pd.DataFrame, ratio: float) -> tuple[np.ndarray, float, float]:
    """Solve textbook generalised least squares with the full covariance matrix of all rows."""
    matrix = np.column_stack([np.ones(len(frame)), frame.x])
    same = frame.g.to_numpy()[:, None] == frame.g.to_numpy()[None, :]
    covariance = np.eye(len(frame)) + ratio * same
    weighted = np.linalg.solve(covariance, matrix)
    gram = matrix.T @ weighted
    effects = np.linalg.solve(gram, weighted.T @ frame.y)
    residual = frame.y - matrix @ effects
    total = float(residual @ np.linalg.solve(covariance, residual))
    return effects, total, float(np.linalg.slogdet(gram)[1])


@pytest.mark.parametrize("ratio", [0.0, 1e-6, 0.3, 1.0, 40.0, 1e6])
def test_dial_equals_generalised_least_squares_with_the_full_covariance(ratio: float) -> None:
    frame = unbalanced()
    point = compare(frame, "y ~ x + (1 | g)").dial.at(ratio)
    effects, total, log_determinant = dense_gls(frame, ratio)
    # The dense solve itself loses digits as the covariance matrix nears singularity.
    assert_allclose(point.fixed_effects, effects, rtol=1e-8)
    assert_allclose(point.residual_sum, total, rtol=1e-8)
    assert_allclose(point.log_determinant, log_determinant, rtol=1e-8)


def test_many_ratios_at_once_equal_one_at_a_time() -> None:
    dial = compared("hsb_ses").dial
    ratios = np.array([[0.0, 0.1], [2.0, 1e5]])
    together = dial.at(ratios)
    assert together.fixed_effects.shape == (2, 2, 2)
    for index in np.ndindex(2, 2):
        alone = dial.at(ratios[index])
        assert_allclose(together.fixed_effects[index], alone.fixed_effects, rtol=1e-14)
        assert_allclose(together.residual_sum[index], alone.residual_sum, rtol=1e-14)


def test_slope_goes_to_the_within_estimate_and_intercept_counts_clusters() -> None:
    frame = unbalanced()
    dial = compare(frame, "y ~ x + (1 | g)").dial
    centred = frame[["x", "y"]] - frame.groupby("g")[["x", "y"]].transform("mean")
    within = float(centred.x @ centred.y / (centred.x @ centred.x))
    at_infinity = dial.at(1e12).fixed_effects
    assert_allclose(at_infinity[1], within, rtol=1e-9)
    means = frame.groupby("g")[["x", "y"]].mean()
    assert_allclose(at_infinity[0], float((means.y - within * means.x).mean()), rtol=1e-9)


@pytest.mark.parametrize("name", RANDOM_INTERCEPT)
def test_derivative_is_the_slope_of_the_criterion(name: str) -> None:
    dial = compared(name).dial
    ratios = np.array([0.05, 0.7, 3.0])
    step = 1e-4 * ratios
    difference = ratio_criterion(dial, ratios + step) - ratio_criterion(dial, ratios - step)
    # Central differences have an error of order step², plus rounding error divided by step.
    assert_allclose(ratio_derivative(dial, ratios), difference / (2 * step), rtol=2e-5, atol=1e-4)


@pytest.mark.parametrize("name", sorted(set(RANDOM_INTERCEPT) - {"dyestuff2_singular"}))
def test_derivative_vanishes_at_the_optimum(name: str) -> None:
    comparison = compared(name)
    ratio = comparison.mixed.variance_ratio
    curvature = ratio_derivative(comparison.dial, ratio * 1.001) / (0.001 * ratio)
    step_left = float(ratio_derivative(comparison.dial, ratio) / curvature)
    assert abs(step_left) < 1e-12 * ratio


def test_weights_run_from_rows_to_clusters() -> None:
    counts = np.array([1, 10, 1000])
    assert_allclose(cluster_weights(counts, 0.0), counts)
    assert_allclose(cluster_weights(counts, 1e12) * 1e12, 1.0, rtol=1e-9)
    assert_allclose(shrinkage_factors(counts, 0.5), 1 - cluster_weights(counts, 0.5) / counts)


@pytest.fixture(scope="module")
def school() -> Comparison:
    return compared("hsb_ses")


def test_effects_follow_from_shrinkage(school: Comparison) -> None:
    table = school.clusters
    pooled = school.mixed.estimates[0]
    assert_allclose(table.shrunken - pooled, table.shrinkage * (table.no_pooling - pooled))
    assert_allclose(table.effects, table.shrunken - pooled, atol=1e-12)


def test_means_are_the_raw_means(school: Comparison) -> None:
    frame = pd.DataFrame({"y": school.design.outcome, "g": school.design.cluster_codes})
    assert_allclose(school.clusters.means, frame.groupby("g").y.mean(), rtol=1e-13)
