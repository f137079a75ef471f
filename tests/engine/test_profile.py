"""Profile-likelihood intervals.

Sources: tests/reference/profile.json, where R solved for every bound with dense matrices
(profile.R); lme4's confint, by oracle.R (NAME.json) and profile.R (profile_slopes.json); the
definition itself.
"""

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize, minimize_scalar

from engine.data.reduction import moments_from_rows
from engine.inference.profile_general import profile_slope_intervals
from engine.inference.profile_intercept import ProfileIntervals, profile_intervals
from engine.models.dial import Dial
from engine.models.mixed.fit import fit_mixed_model
from engine.models.mixed.intercept_fit import best_ratio, ratio_criterion
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.model import MixedModel
from tests.engine.reference import FOLDER, RANDOM_INTERCEPT, compared, reference
from tests.engine.slope_cases import case_model, fitted, model_of

SLOPES = json.loads((FOLDER / "profile_slopes.json").read_text())
EXACT = json.loads((FOLDER / "profile.json").read_text())
HEIGHT = 3.841458820694124  # the 95% quantile of χ² with one degree of freedom

# Bounds that lme4 misses by more than 1e-4, compared with the exact ones, because its spline
# through the profile is too coarse there.
SPLINE_TOO_COARSE = {
    ("dyestuff", ".sig01", 0),
    ("dyestuff2_singular", "(Intercept)", 0),
    ("dyestuff2_singular", "(Intercept)", 1),
}


def by_name(name: str, intervals: ProfileIntervals) -> dict[str, np.ndarray]:
    """Label the intervals as lme4 does."""
    fixed = zip(compared(name).dial.moments.names, intervals.fixed_effects, strict=True)
    return {
        ".sig01": np.array(intervals.between_sd),
        ".sigma": np.array(intervals.residual_sd),
        **dict(fixed),
    }


def simulated(clusters: int, spread: float, seed: int = 0) -> Dial:
    """Unbalanced clusters with one predictor."""
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(clusters), rng.integers(1, 12, size=clusters))
    x = rng.normal(size=len(codes)) + rng.normal(size=clusters)[codes]
    y = 3 + x + spread * rng.normal(size=clusters)[codes] + rng.normal(size=len(codes))
    return Dial(
        moments_from_rows(
            np.column_stack([np.ones(len(codes)), x]),
            y,
            codes,
            names=("(Intercept)", "x"),
            levels=tuple(map(str, range(clusters))),
            has_intercept=True,
        )
    )


@pytest.mark.parametrize("name", EXACT)
def test_bounds_are_where_the_profiled_deviance_reaches_its_height(name: str) -> None:
    found = by_name(name, profile_intervals(compared(name).dial))
    exact = EXACT[name]
    assert_allclose(found[".sig01"], exact["between_sd"], rtol=1e-9)
    assert_allclose(found[".sigma"], exact["residual_sd"], rtol=1e-9)
    for term, bounds in exact["fixed_effects"].items():
        assert_allclose(found[term], bounds, rtol=1e-9)


@pytest.mark.parametrize("name", RANDOM_INTERCEPT)
def test_bounds_equal_lme4s_where_its_spline_is_fine_enough(name: str) -> None:
    found = by_name(name, profile_intervals(compared(name).dial))
    printed = reference(name).values["profile_ci"]
    assert set(found) == set(printed)
    for term, bounds in printed.items():
        for end in (0, 1):
            if (name, term, end) not in SPLINE_TOO_COARSE:
                assert_allclose(found[term][end], bounds[end], rtol=1e-4)


@pytest.mark.parametrize(("name", "term", "end"), sorted(SPLINE_TOO_COARSE))
def test_where_lme4_differs_the_exact_bound_is_ours(name: str, term: str, end: int) -> None:
    exact = EXACT[name]["between_sd"] if term == ".sig01" else EXACT[name]["fixed_effects"][term]
    printed = reference(name).values["profile_ci"][term][end]
    found = by_name(name, profile_intervals(compared(name).dial))[term][end]
    assert abs(printed - exact[end]) > 1e4 * abs(found - exact[end])


@pytest.mark.parametrize("clusters", [8, 60])
@pytest.mark.parametrize("spread", [0.5, 3.0])
def test_at_each_bound_the_best_of_the_other_parameters_lies_at_the_height(
    clusters: int, spread: float
) -> None:
    dial = simulated(clusters, spread)
    intervals = profile_intervals(dial)
    lowest = float(ratio_criterion(dial, best_ratio(dial, Likelihood.ML), Likelihood.ML))

    def deviance(between_sd: float, residual_sd: float) -> float:
        ratio = (between_sd / residual_sd) ** 2
        point, variance = dial.at(ratio), residual_sd**2
        log_random = float(dial.log_weight_sum(ratio)[0])
        rows = dial.moments.rows
        return (
            log_random + float(point.residual_sum) / variance + rows * np.log(2 * np.pi * variance)
        )

    def least(function: Callable[[float], float]) -> float:
        grid = np.geomspace(1e-4, 1e2, 200)
        k = int(np.argmin([function(value) for value in grid]))
        ends = grid[max(k - 1, 0)], grid[min(k + 1, 199)]
        return float(minimize_scalar(function, bounds=ends, options={"xatol": 1e-12}).fun)

    for bound in intervals.between_sd:
        if bound:
            rise = least(lambda sigma, tau=bound: deviance(tau, sigma)) - lowest
            assert_allclose(rise, HEIGHT, rtol=1e-8)
    for bound in intervals.residual_sd:
        rise = least(lambda tau, sigma=bound: deviance(tau, sigma)) - lowest
        assert_allclose(rise, HEIGHT, rtol=1e-8)


def test_lower_bound_of_the_between_sd_is_zero_where_zero_cannot_be_excluded() -> None:
    for name in ("dyestuff2_singular", "penicillin_plate"):
        dial = compared(name).dial
        rise = ratio_criterion(dial, 0.0, Likelihood.ML) - ratio_criterion(
            dial, best_ratio(dial, Likelihood.ML), Likelihood.ML
        )
        excluded = rise > HEIGHT
        assert (profile_intervals(dial).between_sd[0] == 0.0) == (not excluded)


def test_a_higher_level_gives_wider_intervals() -> None:
    dial = compared("orthodont").dial
    narrow, wide = (profile_intervals(dial, level) for level in (0.8, 0.99))
    assert wide.between_sd[0] < narrow.between_sd[0] < narrow.between_sd[1] < wide.between_sd[1]
    assert np.all(wide.fixed_effects[:, 0] < narrow.fixed_effects[:, 0])
    assert np.all(wide.fixed_effects[:, 1] > narrow.fixed_effects[:, 1])


def test_many_clusters_give_the_normal_interval() -> None:
    # The likelihood region is far narrower here than any step of a search over all ratios.
    dial = simulated(20_000, 1.0)
    intervals = profile_intervals(dial)
    ratio = best_ratio(dial, Likelihood.ML)
    point = dial.at(ratio)
    variance = float(point.residual_sum) / dial.moments.rows
    reach = np.sqrt(HEIGHT * variance * np.diag(dial.covariance(point)))
    assert_allclose(intervals.fixed_effects[:, 1], point.fixed_effects + reach, rtol=1e-4)
    assert_allclose(intervals.fixed_effects[:, 0], point.fixed_effects - reach, rtol=1e-4)
    assert intervals.between_sd[0] < np.sqrt(ratio * variance) < intervals.between_sd[1]
    assert intervals.between_sd[1] - intervals.between_sd[0] < 0.1


# --- random slopes ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", SLOPES)
def test_bounds_with_random_slopes_equal_lme4s(name: str) -> None:
    intervals = profile_slope_intervals(case_model(name))
    found = [*intervals.random, intervals.residual_sd, *intervals.fixed_effects]
    # The spline of lme4 is accurate to about 2e-4 here.
    assert_allclose(found, list(SLOPES[name].values()), rtol=3e-4)


@pytest.mark.parametrize("end", [0, 1])
def test_residual_bounds_with_random_slopes_lie_at_the_height(end: int) -> None:
    # The upper bound lies where the slopes do not vary; lme4's spline gives 1.5805 there.
    model = case_model("orthodont_sex")
    sigma = profile_slope_intervals(model).residual_sd[end]
    rows = model.moments.rows

    def deviance(theta: np.ndarray) -> float:
        solution = model.solve(model.scaled_factor(theta))
        return solution.log_determinant + solution.residual_sum / sigma**2

    least = min(
        minimize(deviance, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11}).fun
        for start in ([1.0, 0.0, 0.1], [1.6, -0.07, 0.1], [0.8, 0.02, 0.0])
    )
    rise = least + rows * np.log(2 * np.pi * sigma**2)
    rise -= fitted("orthodont_sex", Likelihood.ML).fit.criterion
    assert_allclose(rise, HEIGHT, rtol=1e-6)


def test_of_two_lobes_the_one_that_reaches_farther_gives_the_bound() -> None:
    # The estimated correlation is perfect. The intercepts' standard deviation has two local maxima
    # in the likelihood region: one at this correlation, one at the opposite.
    rng = np.random.default_rng(9)
    g, x, b = np.repeat(np.arange(8), 5), rng.normal(size=40), rng.normal(size=8)
    y = 1 + (1 + 0.7 * b[g]) * x + rng.normal(size=40)
    model = model_of(pd.DataFrame({"y": y, "x": x, "g": g}), "y ~ 1 + (1 + x | g)")
    bound = profile_slope_intervals(model).random[0, 1]

    def deviance(rest: np.ndarray) -> float:
        sigma, covariance, own = rest
        solution = model.solve(model.scaled_factor([bound / sigma, covariance, own]))
        return float(
            solution.log_determinant
            + solution.residual_sum / sigma**2
            + 40 * np.log(2 * np.pi * sigma**2)
        )

    least = [
        minimize(deviance, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11}).fun
        for start in ([1.0, 0.6, 0.1], [1.0, -0.6, 0.1])
    ]
    lowest = fit_mixed_model(model, Likelihood.ML).criterion
    # The farther lobe ends at the height; the other one does not reach as far.
    assert_allclose(min(least) - lowest, HEIGHT, rtol=1e-6)
    assert max(least) - lowest > HEIGHT + 0.01


@pytest.mark.parametrize("clusters", [5, 200])
def test_an_effect_that_does_not_vary_costs_no_bound(clusters: int) -> None:
    rng = np.random.default_rng(2)
    g = np.repeat(np.arange(clusters), 20)
    x, z = rng.normal(size=(2, len(g)))
    y = 1 + x + rng.normal(size=clusters)[g] + rng.normal(size=len(g))
    model = model_of(pd.DataFrame({"y": y, "x": x, "z": z, "g": g}), "y ~ x + (1 + x + z || g)")
    intervals = profile_slope_intervals(model)
    assert np.isfinite(intervals.random).all()
    assert np.isfinite(intervals.fixed_effects).all()
    assert intervals.random[1, 0] == 0.0


def test_where_a_slope_may_not_vary_at_all_its_bounds_say_so() -> None:
    intervals = profile_slope_intervals(case_model("flat"))
    assert intervals.random[2, 0] == 0.0
    assert list(intervals.random[1]) == [-1.0, 1.0]
    assert intervals.random[2, 1] > 0.0


def test_the_general_method_gives_the_intervals_of_the_random_intercept() -> None:
    dial = compared("machines").dial
    expected = profile_intervals(dial)
    found = profile_slope_intervals(MixedModel(dial.moments, dial.moments.names))
    assert_allclose(found.random, [expected.between_sd], rtol=1e-6)
    assert_allclose(found.residual_sd, expected.residual_sd, rtol=1e-6)
    assert_allclose(found.fixed_effects, expected.fixed_effects, rtol=1e-6)
