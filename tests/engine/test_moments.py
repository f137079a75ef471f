"""Moments keep the digits of the data, whatever its units, and so do the fits."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine import Comparison, DataError, FitError, compare
from engine.models.between import between_estimate
from engine.models.within import varies_within, within_estimate

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
    # Quarter steps are exact even near 1e8, so the shifted data are the same data.
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
    with pytest.raises(DataError, match="“y” has the same value, 3"):
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
    # The data are constructed so that the balanced closed form has exactly this ratio: cluster
    # means at ±sqrt(v), where v follows from tau² + sigma²/n, and deviations of ±1 within.
    size, sigma2 = 4, 4 / 3
    tau2 = icc / (1 - icc) * sigma2
    mean = np.sqrt((tau2 + sigma2 / size) * 3 / 4)
    means = mean * np.array([1.0, -1.0, 1.0, -1.0])
    values = means[:, None] + np.array([1.0, -1.0, 1.0, -1.0])
    frame = pd.DataFrame({"y": values.ravel(), "g": np.repeat(np.arange(4), size)})
    mixed = compare(frame, "y ~ 1 + (1 | g)").mixed
    # tau² is the difference of two numbers that agree to -log10(icc) digits.
    assert_allclose(mixed.between_variance, tau2, rtol=1e-9 + 1e-15 / icc)


# --- models that hold the constant without naming it ----------------------------------------------


def coded(seed: int) -> pd.DataFrame:
    """Clusters with a categorical predictor; values are multiples of 1/8, so shifts are exact."""
    frame = clustered(seed)
    rng = np.random.default_rng(seed)
    a, b = rng.integers(1, 8, size=(2, len(frame)))
    return frame.assign(
        y=np.round(frame.y * 8) / 8,
        x=np.round(frame.x * 8) / 8,
        f=np.array(["a", "b", "c"])[np.arange(len(frame)) % 3],
        h=np.array(["u", "v"])[rng.permutation(len(frame)) % 2],
        one=1.0,
        five=5.0,
        part=a / 8,
        rest=1 - a / 8,
        percent=100 * b / 8,
        others=100 - 100 * b / 8,
    )


def same_fit(one: Comparison, other: Comparison, rtol: float) -> None:
    """Assert what two formulas for one model must share, whatever their coefficients."""
    for quantity in ("residual_variance", "between_variance", "criterion"):
        found, expected = getattr(one.mixed, quantity), getattr(other.mixed, quantity)
        assert_allclose(found, expected, rtol=rtol, err_msg=quantity)
    assert_allclose(one.ols.residual_variance, other.ols.residual_variance, rtol=rtol)


# The criterion is the same only if a map of determinant 1 relates the coefficients.
@given(seed=st.integers(0, 10_000), far=st.integers(0, 40), shifted=st.booleans())
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize(
    ("without", "with_intercept"),
    [
        ("y ~ 0 + f + (1 | g)", "y ~ f + (1 | g)"),
        ("y ~ 0 + f + x + (1 | g)", "y ~ f + x + (1 | g)"),
        ("y ~ 0 + x + f + (1 | g)", "y ~ x + f + (1 | g)"),
        ("y ~ 0 + f:h + x + (1 | g)", "y ~ f * h + x + (1 | g)"),
        ("y ~ 0 + one + x + (1 | g)", "y ~ x + (1 | g)"),
        ("y ~ 0 + part + rest + x + (1 | g)", "y ~ part + x + (1 | g)"),
    ],
)
def test_a_model_that_holds_the_constant_fits_as_with_an_intercept_however_far_the_data_lie(
    without: str, with_intercept: str, seed: int, far: int, shifted: bool
) -> None:
    frame = coded(seed)
    away = frame.assign(y=frame.y + 2.0**far, x=frame.x + (2.0**far if shifted else 0.0))
    same_fit(compare(away, without), compare(frame, with_intercept), rtol=1e-9)


@pytest.mark.parametrize(
    ("formula", "coefficients"),
    [
        ("y ~ 0 + five + x + (1 | g)", {"five": 1 / 5}),
        ("y ~ 0 + x + f + (1 | g)", {"fa": 1, "fb": 1, "fc": 1}),
        ("y ~ 0 + percent + x + others + (1 | g)", {"percent": 1 / 100, "others": 1 / 100}),
        ("y ~ 1 + x + (1 | g)", {"(Intercept)": 1}),
        ("y ~ 0 + x + (1 | g)", None),
        ("y ~ 0 + x:f + (1 | g)", None),
        ("y ~ 0 + part + x + (1 | g)", None),
    ],
)
def test_the_combination_that_is_constant_is_found(
    formula: str, coefficients: dict[str, float] | None
) -> None:
    moments = compare(coded(1), formula).moments
    if coefficients is None:
        assert moments.constant is None
        assert not moments.origin.any()
    else:
        assert moments.constant is not None
        found = dict(zip(moments.names, moments.constant, strict=True))
        assert {name: value for name, value in found.items() if value} == coefficients


def test_columns_that_are_nearly_constant_together_are_not_taken_for_the_constant() -> None:
    rng = np.random.default_rng(1)
    frame = coded(1).assign(near=lambda f: 1 + 1e-9 * rng.normal(size=len(f)))
    assert compare(frame, "y ~ 0 + near + x + (1 | g)").moments.constant is None


@given(seed=st.integers(0, 10_000), power=st.integers(0, 34))
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize(
    "formula",
    [
        "y ~ x + (1 | g)",
        "y ~ 0 + x + (1 | g)",
        "y ~ x + f + (1 | g)",
        "y ~ 0 + x + f + (1 | g)",
        "y ~ x + (1 + x | g)",
    ],
)
def test_predictors_may_explain_nearly_everything(formula: str, seed: int, power: int) -> None:
    """The residuals of y + 2^power x are those of y: their digits are all in the data."""
    frame = coded(seed)
    steep = compare(frame.assign(y=frame.y + 2.0**power * frame.x), formula)
    plain = compare(frame, formula)
    # Sums and slopes are rounded relative to the outcome, 2^power: at most 5e-6 of the noise.
    rtol = 1e-9 + 2.0**power * 1e-15
    assert_allclose(steep.ols.residual_variance, plain.ols.residual_variance, rtol=rtol)
    assert_allclose(steep.mixed.residual_variance, plain.mixed.residual_variance, rtol=rtol)
    assert_allclose(steep.mixed.theta, plain.mixed.theta, rtol=rtol, atol=100 * rtol)
    slope = list(plain.mixed.names).index("x")
    moved = steep.mixed.estimates - plain.mixed.estimates
    assert_allclose(moved[slope], 2.0**power, rtol=1e-12, atol=rtol)


@pytest.mark.parametrize("between", [1e2, 1e4, 1e5])
def test_so_may_they_inside_clusters_that_lie_far_apart(between: float) -> None:
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(40), 10)
    x = np.round(rng.normal(size=400) * 8) / 8
    apart = np.round(between * rng.normal(size=40))[g]
    noise = np.round(rng.normal(size=400) * 8) / 8
    plain = pd.DataFrame({"y": apart + noise, "x": x, "g": g})
    steep = compare(plain.assign(y=lambda f: f.y + 1e6 * f.x), "y ~ x + (1 | g)")
    assert_allclose(
        steep.mixed.residual_variance,
        compare(plain, "y ~ x + (1 | g)").mixed.residual_variance,
        rtol=1e-8,
    )


# --- columns that complete the constant in other places -------------------------------------------


def two_arms(seed: int) -> pd.DataFrame:
    """Clusters with both levels of h, whose share is 1 − z; the outcome is far from 0."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(20), 8)
    x, z = np.round(rng.normal(size=160) * 8) / 8, np.tile([0.0, 1.0], 80)
    level, effect = rng.normal(size=(2, 20))
    y = 100 + 2 * x + level[g] + effect[g] * z + rng.normal(size=160)
    return pd.DataFrame(
        {
            "y": np.round(y * 8) / 8,
            "x": x,
            "z": z,
            "w": 1 - z,
            "h": np.where(z == 1, "trt", "ctl"),
            "x2": 2 * x + 3,
            "c": 15.66,
            "g": g,
        }
    )


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ 0 + x + (0 + h | g)",
        "y ~ 0 + w + (0 + z | g)",
        "y ~ 0 + x2 + (1 + x | g)",
        "y ~ 0 + x + (0 + c | g)",
        "y ~ 0 + x + w + (0 + z | g)",
    ],
)
def test_what_has_random_effects_alone_does_not_make_the_constant(formula: str) -> None:
    """The oracle at θ̂ is brute force: generalised least squares on the rows as they are."""
    frame = two_arms(1)
    comparison = compare(frame, formula)
    mixed, model = comparison.mixed, comparison.model
    matrix = comparison.design.matrix
    names = [column.name for column in comparison.design.columns]
    known = dict(zip(names, matrix.T, strict=True)) | {"(Intercept)": np.ones(len(frame))}
    design = np.column_stack([known[name] for name in mixed.names])
    effects = np.column_stack([known[name] for name in model.terms.names])
    relative = model.terms.pattern.matrix(mixed.theta)
    own = effects @ relative
    same = frame.g.to_numpy()[:, None] == frame.g.to_numpy()
    covariance = np.eye(len(frame)) + same * (own @ own.T)
    precision = np.linalg.inv(covariance)
    gram = design.T @ precision @ design
    expected = np.linalg.solve(gram, design.T @ precision @ frame.y.to_numpy())
    residual = frame.y.to_numpy() - design @ expected
    variance = residual @ precision @ residual / (len(frame) - design.shape[1])
    assert_allclose(mixed.estimates, expected, rtol=1e-7)
    assert_allclose(mixed.residual_variance, variance, rtol=1e-7)
    assert_allclose(mixed.covariance, variance * np.linalg.inv(gram), rtol=1e-6)


@given(constant=st.floats(0.01, 1000), seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_a_constant_column_is_as_good_as_the_intercept_for_what_varies(
    constant: float, seed: int
) -> None:
    frame = clustered(seed).assign(c=constant)
    found, plain = compare(frame, "y ~ 0 + c + x + (1 | g)"), fitted(frame)
    assert varies_within(found.moments) == varies_within(plain.moments) == [1]
    assert_allclose(
        within_estimate(found.moments).estimates, within_estimate(plain.moments).estimates
    )
    assert_allclose(found.mixed.estimates[1], plain.mixed.estimates[1], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("constant", [12345.6, 365.2425, 3.14159265, 2e6, 1e-9])
def test_any_constant_column_is_known_for_one(constant: float) -> None:
    frame = clustered(3).assign(c=constant)
    found = compare(frame, "y ~ 0 + c + x + (1 | g)").moments.constant
    assert found is not None
    assert_allclose(found, [1 / constant, 0.0], rtol=1e-12)


@pytest.mark.parametrize("tiny", [1e-310, 5e-324])
@pytest.mark.parametrize("varies", [False, True])
def test_a_column_near_the_smallest_number_is_left_out_and_named(tiny: float, varies: bool) -> None:
    frame = clustered(4)
    frame["c"] = tiny * (1 + np.arange(len(frame)) % 3 if varies else 1)
    comparison = compare(frame, "y ~ 0 + c + x + (1 | g)")
    assert comparison.mixed.names == ("x",)
    assert "c was left out" in comparison.notes[0]


@pytest.mark.parametrize("formula", ["K ~ C + (1 | g)", "K ~ C + (1 + C | g)"])
@pytest.mark.parametrize("unit", [lambda c: c + 273.15, lambda c: 0.1 * c + 1000.1])
def test_an_outcome_computed_from_a_predictor_is_refused(formula: str, unit: object) -> None:
    """Only the rounding of the outcome is left, however far from zero it lies."""
    rng = np.random.default_rng(1)
    celsius = 37 + np.round(0.05 * rng.normal(size=48), 3)
    frame = pd.DataFrame({"C": celsius, "K": unit(celsius), "g": np.arange(48) // 6})  # type: ignore[operator]
    with pytest.raises(FitError, match="explain the outcome exactly"):
        compare(frame, formula)


def test_fewer_clusters_than_columns_between_leave_the_first() -> None:
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(3), 10)
    frame = pd.DataFrame(rng.normal(size=(30, 4)), columns=["x", "p", "q", "y"]).assign(g=g, one=1)
    moments = compare(frame, "y ~ 0 + one + x + p + q + (1 | g)").moments
    assert between_estimate(moments).names == ("one", "x", "p")
