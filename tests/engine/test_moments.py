"""Moments keep the digits of the data, whatever its units, and the fits follow."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine import Comparison, DataError, FitError, compare

SIZES = np.array([2, 3, 4, 7, 12, 20])


def clustered(seed: int) -> pd.DataFrame:
    """Six clusters of unequal size, one numeric predictor, real variation at both levels."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(6), SIZES)
    x = rng.normal(size=6)[cluster] + rng.normal(size=SIZES.sum())
    y = 1 + x + 2 * rng.normal(size=6)[cluster] + rng.normal(size=SIZES.sum())
    return pd.DataFrame({"y": y, "x": x, "g": cluster})


def fitted(frame: pd.DataFrame) -> Comparison:
    return compare(frame, "y ~ x + (1 | g)")


def numbers(comparison: Comparison) -> np.ndarray:
    mixed = comparison.mixed
    return np.array(
        [
            *comparison.ols.estimates,
            *mixed.estimates,
            *mixed.standard_errors,
            mixed.between_variance,
            mixed.residual_variance,
        ]
    )


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_order_of_rows_and_names_of_clusters_do_not_matter(seed: int) -> None:
    frame = clustered(seed)
    shuffled = frame.sample(frac=1, random_state=seed)
    relabelled = shuffled.assign(g=shuffled.g.map(lambda g: f"school {(g * 5 + 3) % 6}"))
    assert_allclose(numbers(fitted(relabelled)), numbers(fitted(frame)), rtol=1e-9, atol=1e-12)


@given(seed=st.integers(0, 10_000), power=st.integers(-23, 23))
@settings(max_examples=30, deadline=None)
def test_units_of_the_outcome_scale_every_number_exactly(seed: int, power: int) -> None:
    frame = clustered(seed)
    unit = 2.0**power
    plain, scaled = fitted(frame), fitted(frame.assign(y=frame.y * unit))
    assert_allclose(scaled.ols.estimates, plain.ols.estimates * unit, rtol=1e-9)
    assert_allclose(scaled.mixed.estimates, plain.mixed.estimates * unit, rtol=1e-9)
    assert_allclose(scaled.mixed.variance_ratio, plain.mixed.variance_ratio, rtol=1e-9)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_an_outcome_far_from_zero_loses_nothing(seed: int) -> None:
    frame = clustered(seed)
    # Quarter steps are stored exactly beside 1e8, so the shifted data are the same data.
    frame["y"] = np.round(frame.y * 4) / 4
    near, far = fitted(frame), fitted(frame.assign(y=frame.y + 1e8))
    assert_allclose(far.mixed.estimates[1], near.mixed.estimates[1], rtol=1e-9, atol=1e-12)
    assert_allclose(far.mixed.standard_errors, near.mixed.standard_errors, rtol=1e-9)
    assert_allclose(far.mixed.variance_ratio, near.mixed.variance_ratio, rtol=1e-9)


def test_a_predictor_like_year_gives_the_slope_of_years_since() -> None:
    frame = clustered(1)
    frame["x"] = np.round(frame.x * 3)
    near, far = fitted(frame), fitted(frame.assign(x=frame.x + 2026))
    assert_allclose(far.mixed.estimates[1], near.mixed.estimates[1], rtol=1e-11)
    assert_allclose(
        far.mixed.estimates[0], near.mixed.estimates[0] - 2026 * near.mixed.estimates[1], rtol=1e-9
    )


@given(seed=st.integers(0, 1_000))
@settings(max_examples=20, deadline=None)
def test_balanced_one_way_data_have_the_closed_form(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups, size = 7, 5
    values = rng.normal(size=(groups, 1)) + rng.normal(size=(groups, size))
    frame = pd.DataFrame({"y": values.ravel(), "g": np.repeat(np.arange(groups), size)})
    comparison = compare(frame, "y ~ 1 + (1 | g)")
    # Searle, Casella & McCulloch (1992), Variance Components, section 3.8: REML is ANOVA there.
    between = size * values.mean(axis=1).var(ddof=1)
    within = values.var(axis=1, ddof=1).mean()
    mixed = comparison.mixed
    if between > within:
        assert_allclose(mixed.residual_variance, within, rtol=1e-10)
        assert_allclose(mixed.between_variance, (between - within) / size, rtol=1e-9)
    else:
        assert mixed.between_variance == 0.0
        assert mixed.singular


def test_collinear_and_constant_predictors_are_left_out_and_named() -> None:
    frame = clustered(2).assign(twice=lambda f: 2 * f.x + 3, flat=7.5)
    comparison = compare(frame, "y ~ x + twice + flat + (1 | g)")
    assert comparison.mixed.names == ("(Intercept)", "x")
    assert any("twice" in note for note in comparison.notes)
    assert any("flat" in note for note in comparison.notes)
    assert_allclose(comparison.mixed.estimates, fitted(frame).mixed.estimates, rtol=1e-12)


def test_a_nearly_collinear_predictor_is_kept() -> None:
    frame = clustered(2)
    frame["almost"] = frame.x + 1e-4 * np.sin(np.arange(len(frame)))
    assert compare(frame, "y ~ x + almost + (1 | g)").mixed.names[-1] == "almost"


def test_constant_outcome_is_refused_by_name() -> None:
    frame = clustered(1).assign(y=3.0)
    with pytest.raises(DataError, match="y has the same value, 3"):
        fitted(frame)


def test_single_row_clusters_are_refused() -> None:
    frame = clustered(1).assign(g=np.arange(SIZES.sum()))
    with pytest.raises(FitError, match="single row"):
        fitted(frame)


def test_no_residual_variation_is_refused() -> None:
    frame = clustered(1)
    frame["y"] = frame.g * 0.1
    with pytest.raises(FitError, match="no residual variation"):
        compare(frame, "y ~ 1 + (1 | g)")


def test_fewer_rows_than_coefficients_are_refused() -> None:
    frame = pd.DataFrame({"y": [1.0, 2, 4], "a": [1, 0, 0], "b": [0, 1, 0], "g": [1, 1, 2]})
    with pytest.raises(FitError, match="3 rows for 3 coefficients"):
        compare(frame, "y ~ a + b + (1 | g)")


@pytest.mark.parametrize("icc", [1e-8, 1e-4, 0.5, 1 - 1e-4, 1 - 1e-8])
def test_any_intraclass_correlation_is_found(icc: float) -> None:
    # Constructed so that the balanced closed form has exactly this ratio: cluster means at
    # ±sqrt(v) with v chosen from tau² + sigma²/n, deviations ±1 within.
    size, sigma2 = 4, 4 / 3
    tau2 = icc / (1 - icc) * sigma2
    mean = np.sqrt((tau2 + sigma2 / size) * 3 / 4)
    means = mean * np.array([1.0, -1.0, 1.0, -1.0])
    values = means[:, None] + np.array([1.0, -1.0, 1.0, -1.0])
    frame = pd.DataFrame({"y": values.ravel(), "g": np.repeat(np.arange(4), size)})
    mixed = compare(frame, "y ~ 1 + (1 | g)").mixed
    # tau² is what is left of two numbers that agree to -log10(icc) digits.
    assert_allclose(mixed.between_variance, tau2, rtol=1e-9 + 1e-15 / icc)
