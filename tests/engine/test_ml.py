"""The random-intercept model by maximum likelihood, and the code it shares with REML.

Sources: tests/reference/NAME.json (lme4 by oracle.R); closed forms for balanced data.
"""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from engine.data.reduction import moments_from_rows
from engine.errors import FitError
from engine.models.dial import Dial
from engine.models.mixed.intercept_fit import best_ratio, ratio_criterion, ratio_derivative
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.model import MixedModel
from tests.engine.reference import RANDOM_INTERCEPT, compared, reference

every_reference = pytest.mark.parametrize("name", RANDOM_INTERCEPT)
both = pytest.mark.parametrize("likelihood", Likelihood)


def one_way(y: np.ndarray) -> Dial:
    """Return the dial of y ~ 1 for one cluster per row of ``y``."""
    clusters, n = y.shape
    return Dial(
        moments_from_rows(
            np.ones((y.size, 1)),
            y.ravel(),
            np.repeat(np.arange(clusters), n),
            names=("(Intercept)",),
            levels=tuple(map(str, range(clusters))),
            has_intercept=True,
        )
    )


@every_reference
def test_deviance_at_the_optimum_equals_lme4_and_is_never_above_it(name: str) -> None:
    dial, expected = compared(name).dial, reference(name).values["ml"]["deviance"]
    deviance = ratio_criterion(dial, best_ratio(dial, Likelihood.ML), Likelihood.ML)
    assert_allclose(deviance, expected, rtol=1e-9)
    # "Above" means by more than the rounding error of summing the rows' contributions.
    assert deviance <= expected * (1 + 1e-13)


@every_reference
def test_estimates_equal_lme4(name: str) -> None:
    dial, expected = compared(name).dial, reference(name).values["ml"]
    ratio = best_ratio(dial, Likelihood.ML)
    point = dial.at(ratio)
    # lme4 itself stops within about 1e-6 of the optimum on theta.
    assert_allclose(np.sqrt(ratio), expected["theta"][0], rtol=1e-5)
    assert_allclose(point.residual_sum / dial.moments.rows, expected["sigma2"], rtol=1e-6)
    estimates = [expected["coef"][name] for name in dial.moments.names]
    assert_allclose(point.fixed_effects, estimates, rtol=1e-6)


@both
@every_reference
def test_criterion_is_that_of_the_model_with_slopes_when_it_has_none(
    name: str, likelihood: Likelihood
) -> None:
    dial = compared(name).dial
    model = MixedModel(dial.moments, dial.moments.names)
    for theta in (0.0, 1e-3, 0.8, 30.0, 1e4):
        expected = ratio_criterion(dial, theta**2, likelihood)
        assert_allclose(model.criterion([theta], likelihood), expected, rtol=1e-12)


@both
def test_derivative_is_that_of_the_criterion(likelihood: Likelihood) -> None:
    dial = compared("orthodont").dial
    ratio = np.array([0.01, 0.5, 3.0, 40.0])
    step = 1e-4 * ratio
    difference = ratio_criterion(dial, ratio + step, likelihood) - ratio_criterion(
        dial, ratio - step, likelihood
    )
    slope = ratio_derivative(dial, ratio, likelihood)
    assert_allclose(difference / (2 * step), slope, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("likelihood", "between_degrees"), [(Likelihood.REML, 11), (Likelihood.ML, 12)]
)
@pytest.mark.parametrize("spread", [0.2, 1.0, 100.0])
def test_balanced_one_way_data_have_a_closed_form(
    likelihood: Likelihood, between_degrees: int, spread: float
) -> None:
    rng = np.random.default_rng(5)
    clusters, n = 12, 7
    y = rng.normal(size=(clusters, n)) + spread * rng.normal(size=(clusters, 1))
    dial = one_way(y)
    means = y.mean(axis=1)
    within = np.sum((y - means[:, None]) ** 2) / (clusters * (n - 1))
    between = n * np.sum((means - means.mean()) ** 2) / between_degrees
    ratio = best_ratio(dial, likelihood)
    assert_allclose(ratio, max(0.0, (between / within - 1) / n), rtol=1e-10)
    if ratio:
        sigma2 = dial.at(ratio).residual_sum / likelihood.degrees(clusters * n, 1)
        assert_allclose(sigma2, within, rtol=1e-10)


def test_the_boundary_is_found_exactly_by_both() -> None:
    # Every cluster has the same mean.
    y = np.random.default_rng(1).normal(size=(6, 5))
    dial = one_way(y - y.mean(axis=1, keepdims=True))
    assert best_ratio(dial, Likelihood.ML) == 0.0
    assert best_ratio(dial, Likelihood.REML) == 0.0


def test_maximum_likelihood_finds_less_variation_between_clusters_than_reml() -> None:
    for name in RANDOM_INTERCEPT:
        dial = compared(name).dial
        ml, reml = best_ratio(dial, Likelihood.ML), best_ratio(dial, Likelihood.REML)
        assert ml < reml or ml == reml == 0.0


@pytest.mark.parametrize("seed", range(5))
def test_an_outcome_that_the_predictors_explain_inside_every_cluster_is_refused(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(9), 8)
    x = np.column_stack([np.ones(72), rng.normal(size=72), 1e-7 * rng.normal(size=72)])
    y = x @ [0.3, 1.7, 3e7] + rng.normal(size=9)[codes]
    levels = tuple(map(str, range(9)))
    names = ("(Intercept)", "u", "v")
    moments = moments_from_rows(x, y, codes, names=names, levels=levels, has_intercept=True)
    with pytest.raises(FitError, match="explain the outcome exactly"):
        best_ratio(Dial(moments), Likelihood.ML)


@both
def test_clusters_of_single_rows_are_refused(likelihood: Likelihood) -> None:
    with pytest.raises(FitError, match="single row"):
        best_ratio(one_way(np.arange(8.0)[:, None]), likelihood)
