"""Within, between, Mundlak, Hausman, design effect and targets: plm's values and known facts.

Sources: tests/reference/NAME.json by oracle.R, tests/reference/within.json by within.R.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from engine import Scenario, compare, simulate
from engine.account.design_effect import design_effect
from engine.account.targets import averages
from engine.data.moments import Moments
from engine.errors import FitError
from engine.models.between import between_estimate
from engine.models.dial import Dial
from engine.models.hausman import hausman
from engine.models.mundlak import mundlak
from engine.models.within import within_estimate
from tests.engine.example import DATA, moments_of, puzzle
from tests.engine.reference import FOLDER, RANDOM_INTERCEPT, compared, reference

PLM: dict[str, dict[str, Any]] = json.loads((FOLDER / "within.json").read_text())
every_panel = pytest.mark.parametrize("name", PLM)


def panel(name: str) -> Moments:
    """Return the moments of the data as within.R used them."""
    folder = FOLDER if (FOLDER / f"{name}.csv").exists() else DATA
    frame = pd.read_csv(folder / f"{name}.csv")
    if "year" in frame:
        frame["year"] -= 1999
    return moments_of(frame, PLM[name]["formula"])


@pytest.mark.parametrize("name", RANDOM_INTERCEPT)
def test_within_estimates_are_those_of_lm_with_cluster_dummies(name: str) -> None:
    expected = reference(name).values.get("within") or {}
    found = within_estimate(compared(name).moments)
    for k, term in enumerate(found.names):
        assert_allclose(found.estimates[k], expected[term]["estimate"], rtol=1e-11)
        assert_allclose(found.standard_errors[k], expected[term]["se"], rtol=1e-11)


def test_a_term_that_is_constant_inside_clusters_has_no_within_estimate() -> None:
    # Beside subject dummies, R prints a number for SexMale, which compares reference subjects.
    assert within_estimate(compared("orthodont").moments).names == ("age",)


@every_panel
def test_within_and_between_are_those_of_plm(name: str) -> None:
    moments = panel(name)
    for found, model in (
        (within_estimate(moments), "within"),
        (between_estimate(moments), "between"),
    ):
        expected = PLM[name][model]
        assert list(found.names) == expected["names"]
        assert_allclose(found.estimates, expected["estimate"], rtol=1e-11)
        assert_allclose(found.standard_errors, expected["se"], rtol=1e-11)


@every_panel
def test_hausman_test_is_that_of_plm(name: str) -> None:
    dial, expected = Dial(panel(name)), PLM[name]
    found = hausman(dial)
    assert found is not None
    assert_allclose(found.variance_ratio, expected["ratio"], rtol=1e-10)
    assert_allclose(dial.at(found.variance_ratio).fixed_effects, expected["random"], rtol=1e-10)
    assert_allclose(found.statistic, expected["chisq"], rtol=1e-9)
    assert found.degrees_of_freedom == expected["df"]
    assert_allclose(found.p_value, expected["p"], rtol=1e-8)


def test_hausman_says_when_its_statistic_has_no_distribution() -> None:
    # On mpg the difference of the covariance matrices is not positive definite.
    undefined, defined = hausman(Dial(panel("mpg"))), hausman(Dial(panel("hsb_ses")))
    assert undefined is not None
    assert defined is not None
    assert (undefined.defined, defined.defined) == (False, True)


@pytest.mark.parametrize("name", ["sleepstudy", "orthodont_interaction", "machines", "dyestuff"])
def test_balanced_designs_leave_hausman_nothing_to_test(name: str) -> None:
    assert hausman(compared(name).dial) is None


@every_panel
def test_mundlak_model_is_that_of_lme4(name: str) -> None:
    expected = PLM[name]["mundlak"]
    found = mundlak(panel(name))
    assert found is not None
    assert list(found.terms) == expected["terms"]
    # lme4 stops within 1e-6 of the optimum in theta, which its standard errors inherit.
    assert_allclose(found.mixed.relative_sd, expected["theta"], atol=2e-6)
    assert_allclose(found.contextual_effects, expected["contextual"], rtol=1e-6)
    assert_allclose(found.standard_errors, expected["se"], rtol=5e-6)
    assert_allclose(found.statistic, expected["wald"], rtol=1e-5)
    assert_allclose(found.p_value, expected["p"], rtol=1e-4)


@every_panel
def test_mundlak_slopes_are_the_within_estimates(name: str) -> None:
    moments = panel(name)
    within, found = within_estimate(moments), mundlak(moments)
    assert found is not None
    slopes = [found.mixed.estimates[found.mixed.names.index(term)] for term in within.names]
    assert_allclose(slopes, within.estimates, rtol=1e-11)


@pytest.mark.parametrize("name", ["sleepstudy", "dyestuff", "orthodont_interaction"])
def test_there_is_no_contextual_effect_where_cluster_means_are_equal(name: str) -> None:
    assert mundlak(compared(name).moments) is None


def test_the_dial_ends_at_the_within_estimate() -> None:
    comparison = puzzle("mpg")
    end = comparison.dial.at(1e12).fixed_effects[1:]
    assert_allclose(end, within_estimate(comparison.moments).estimates, rtol=1e-9)


def test_puzzle_random_vs_fixed_hides_a_strong_within_effect() -> None:
    # Posted: pooled slope 0.0086, with cluster dummies 0.4625.
    comparison = puzzle("puzzle_random_vs_fixed")
    assert_allclose(comparison.ols.estimates[1], 0.0086, atol=5e-5)
    assert_allclose(within_estimate(comparison.moments).estimates, 0.4625, atol=5e-5)


def test_terms_that_only_differ_together_inside_clusters_are_left_out() -> None:
    frame = pd.DataFrame({"g": [1, 1, 2, 2, 3, 3, 3], "x": [0.0, 1, 3, 5, 2, 2, 7]})
    frame["z"] = frame["x"] + frame["g"] ** 2
    frame["w"] = [1.0, 1, 2, 4, 8, 7, 1]
    frame["y"] = [1.0, 3, 2, 5, 4, 4, 9]
    found = within_estimate(moments_of(frame, "y ~ x + z + w + (1 | g)"))
    assert found.names == ("w",)
    alone = within_estimate(moments_of(frame, "y ~ x + w + (1 | g)"))
    assert_allclose(found.estimates, alone.estimates[1:], rtol=1e-10)
    assert_allclose(found.standard_errors, alone.standard_errors[1:], rtol=1e-10)


def test_too_few_rows_inside_clusters_are_refused() -> None:
    frame = pd.DataFrame({"g": [1, 2, 2], "x": [0.0, 1, 3], "y": [1.0, 2, 5]})
    with pytest.raises(FitError, match="3 rows for 2 cluster intercepts and 1 slopes"):
        within_estimate(moments_of(frame, "y ~ x + (1 | g)"))


def test_as_many_clusters_as_coefficients_leave_no_standard_error() -> None:
    frame = pd.DataFrame({"g": [1, 1, 2, 2], "x": [0.0, 1, 3, 4], "y": [1.0, 2, 5, 4]})
    frame["z"] = [1.0, 0, 1, 1]
    found = between_estimate(moments_of(frame, "y ~ x + z + (1 | g)"))
    # The fit is the line through two points, (0.5, 1.5) and (3.5, 4.5); z adds nothing.
    assert found.names == ("(Intercept)", "x")
    assert_allclose(found.estimates, [1.0, 1.0], rtol=1e-12)
    assert found.residual_df == 0
    assert np.isnan(found.standard_errors).all()


@pytest.mark.parametrize("ratio", [0.0, 1e-6, 0.3, 50.0])
def test_design_effect_of_equal_clusters_is_the_textbooks(ratio: float) -> None:
    found = design_effect(np.full(12, 7), ratio)
    icc = ratio / (1 + ratio)
    assert_allclose(found.icc, icc)
    assert_allclose(found.of_row_mean, 1 + 6 * icc)
    assert_allclose(found.of_weighted_mean, 1 + 6 * icc)
    assert_allclose(found.rows_of_weighted_mean, 84 / (1 + 6 * icc))


@pytest.mark.parametrize("ratio", [1e-3, 0.3, 50.0])
def test_design_effects_of_unequal_clusters_are_ratios_of_variances(ratio: float) -> None:
    sizes = np.array([1, 1, 2, 5, 40])
    covariance = np.eye(49) + ratio * (
        np.repeat(np.arange(5), sizes)[:, None] == np.repeat(np.arange(5), sizes)
    )
    independent = (1 + ratio) / 49
    found = design_effect(sizes, ratio)
    assert_allclose(found.of_row_mean, covariance.mean() / independent)
    assert_allclose(found.of_weighted_mean, 1 / np.linalg.inv(covariance).sum() / independent)
    assert_allclose(found.rows_of_row_mean * found.of_row_mean, 49)


def test_averages_split_as_the_scenario_asks() -> None:
    """The truth is the mean of noise-free intercepts, counting each row or each cluster once."""
    gaps = []
    for correlation in (0.0, -0.8):
        truth = simulate(
            Scenario(size_spread=0.8, share_spread=0.4, size_intercept_correlation=correlation)
        ).truth
        of_rows = truth.sizes @ truth.cluster_intercepts / truth.sizes.sum()
        gaps.append(of_rows - truth.cluster_intercepts.mean())
    # Correlations are realised exactly, so 0 is 0 apart from rounding.
    assert gaps[0] == pytest.approx(0.0, abs=1e-9)
    assert gaps[1] < -0.2


def test_averages_and_estimators_approach_the_truth() -> None:
    scenario = Scenario(
        clusters=40,
        rows_per_cluster=4000,
        share_spread=0.5,
        size_intercept_correlation=-0.6,
        share_intercept_correlation=0.3,
    )
    simulated = simulate(scenario)
    truth, term = simulated.truth, "conditiontreated"
    comparison = compare(simulated.frame, "y ~ condition + (1 | cluster)")
    found = averages(comparison.moments)
    own = truth.cluster_intercepts
    # Over 160,000 rows, standard errors are near 0.005; 0.03 for means of the smallest clusters.
    assert_allclose(found.of_rows, truth.sizes @ own / truth.sizes.sum(), atol=0.02)
    assert_allclose(found.of_clusters, own.mean(), atol=0.02)
    within, between = comparison.fits["within"], comparison.fits["between"]
    assert_allclose(within.to_dict()[term]["estimate"], truth.effect, atol=0.03)
    centred = truth.shares - truth.shares.mean()
    contextual = centred @ own / (centred @ centred)
    assert_allclose(between.to_dict()[term]["estimate"], truth.effect + contextual, atol=0.15)
