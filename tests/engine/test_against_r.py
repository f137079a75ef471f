"""The engine prints what R prints: `lm`, and `lmer` by REML, on the reference data.

Sources: tests/reference/NAME.json by oracle.R, tests/reference/criterion.json by criterion.R.
"""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose

from engine.models.mixed.intercept_fit import ratio_criterion
from tests.engine.reference import FOLDER, RANDOM_INTERCEPT, compared, reference

CRITERION = json.loads((FOLDER / "criterion.json").read_text())
every_reference = pytest.mark.parametrize("name", RANDOM_INTERCEPT)


@every_reference
@pytest.mark.parametrize(
    ("quantity", "attribute"),
    [("estimate", "estimates"), ("se", "standard_errors"), ("t", "t_values")],
)
def test_ols_coefficients_equal_lm(name: str, quantity: str, attribute: str) -> None:
    fit = compared(name).ols
    expected = reference(name).column("ols", quantity, fit.names)
    assert_allclose(getattr(fit, attribute), expected, rtol=1e-9)


@every_reference
def test_ols_summary_equals_lm(name: str) -> None:
    fit, expected = compared(name).ols, reference(name).values["ols"]
    assert_allclose(fit.residual_sd, expected["sigma"], rtol=1e-9)
    assert fit.residual_df == expected["df"]
    # An intercept alone explains nothing. R prints an exact 0; we keep the rounding error of 1 - 1.
    assert_allclose(fit.r_squared, expected["r2"], rtol=1e-9, atol=1e-15)
    assert_allclose(fit.adjusted_r_squared, expected["adj_r2"], rtol=1e-9, atol=1e-15)
    p_values = reference(name).column("ols", "p", fit.names)
    assert_allclose(fit.p_values, p_values, rtol=1e-9, atol=1e-300)


@every_reference
def test_terms_carry_the_names_r_gives_them(name: str) -> None:
    assert set(compared(name).mixed.names) == set(reference(name).values["lmm"]["coef"])


@every_reference
def test_criterion_at_fixed_theta_equals_lme4(name: str) -> None:
    theta = np.array(CRITERION[name]["theta"])
    criterion = ratio_criterion(compared(name).dial, theta**2)
    assert_allclose(criterion, CRITERION[name]["criterion"], rtol=1e-10)


@every_reference
def test_criterion_at_the_optimum_equals_lme4_and_is_never_above_it(name: str) -> None:
    expected = reference(name).values["lmm"]["reml_criterion"]
    criterion = compared(name).mixed.criterion
    assert_allclose(criterion, expected, rtol=1e-9)
    # "Above" means by more than the rounding error of summing the rows' contributions.
    assert criterion <= expected + 1e-12 * abs(expected)


@every_reference
def test_mixed_coefficients_equal_lme4(name: str) -> None:
    fit, ref = compared(name).mixed, reference(name)
    for quantity, values in (
        ("estimate", fit.estimates),
        ("se", fit.standard_errors),
        ("t", fit.t_values),
    ):
        assert_allclose(values, ref.column("lmm", quantity, fit.names), rtol=1e-6)
    assert_allclose(fit.residual_variance, ref.values["lmm"]["sigma2"], rtol=1e-6)


@every_reference
def test_theta_equals_lme4(name: str) -> None:
    expected = reference(name).values["lmm"]["theta"][0]
    # lme4 itself stops within about 1e-6 of the optimum on theta.
    assert_allclose(compared(name).mixed.relative_sd, expected, rtol=1e-5)


@every_reference
def test_cluster_effects_equal_lme4(name: str) -> None:
    ranef = reference(name).values["lmm"]["ranef"]
    clusters = compared(name).clusters
    assert list(clusters.levels) == ranef["level"]
    scale = np.abs(ranef["b"]).max() if np.any(ranef["b"]) else 1.0
    # Single effects pass through zero, so the largest of them sets the scale.
    assert_allclose(clusters.effects, ranef["b"], rtol=1e-6, atol=1e-6 * scale)
    assert_allclose(clusters.effect_sds, ranef["condsd"], rtol=1e-6)


def test_boundary_fit_is_exactly_zero_and_both_models_are_the_same_fit() -> None:
    comparison = compared("dyestuff2_singular")
    assert comparison.mixed.singular
    assert comparison.mixed.relative_sd == 0.0
    assert comparison.mixed.between_variance == 0.0
    assert np.array_equal(comparison.mixed.estimates, comparison.ols.estimates)
    assert np.array_equal(comparison.mixed.standard_errors, comparison.ols.standard_errors)
