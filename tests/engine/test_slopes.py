"""Random slopes: the criterion anywhere, its optimum, and what follows from it.

Sources: tests/reference/slopes.json (lme4 by slopes.R), sleepstudy_slopes.json and
orthodont_slopes.json (lme4 by oracle.R); dense matrices built here; exact invariances.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize, minimize_scalar

from engine.account.ledger import slopes_ledger
from engine.data.moments import Moments
from engine.data.reduction import moments_from_rows
from engine.errors import FitError
from engine.models.dial import Dial
from engine.models.mixed.derivatives import criterion_gradient
from engine.models.mixed.fit import fit_mixed_model, random_effects
from engine.models.mixed.intercept_fit import ratio_criterion
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.model import MixedModel
from engine.models.ols import fit_ols
from tests.engine.reference import reference
from tests.engine.slope_cases import CASES, case_model, fitted, model_of

every_case = pytest.mark.parametrize("name", CASES)
both = pytest.mark.parametrize("likelihood", Likelihood)
SLOPES = (("(Intercept)", "x"),)


def simulated(seed: int = 3, *, shift: float = 0.0, scale: float = 1.0) -> pd.DataFrame:
    """Unbalanced clusters (one of a single row) whose intercepts and slopes vary."""
    rng = np.random.default_rng(seed)
    sizes = np.array([1, 2, 3, 5, 7, 9, 4, 6, 8, 5, 3, 10])
    group = np.repeat(np.arange(len(sizes)), sizes)
    x = rng.normal(size=len(group))
    intercept, slope = rng.normal(size=(2, len(sizes))) * [[1.0], [0.7]]
    y = 2.0 + x + intercept[group] + slope[group] * x + rng.normal(scale=0.5, size=len(group))
    return pd.DataFrame({"y": scale * y, "x": x + shift, "g": group})


def dense_criterion(
    frame: pd.DataFrame, z: np.ndarray, factor: np.ndarray, likelihood: Likelihood
) -> float:
    """Return the criterion of y ~ x from the covariance matrix of all rows."""
    y, x = frame["y"].to_numpy(), np.column_stack([np.ones(len(frame)), frame["x"]])
    same = frame["g"].to_numpy()[:, None] == frame["g"].to_numpy()
    v = np.eye(len(y)) + same * (z @ factor @ factor.T @ z.T)
    a = x.T @ np.linalg.solve(v, x)
    residual = y - x @ np.linalg.solve(a, x.T @ np.linalg.solve(v, y))
    d = likelihood.degrees(*x.shape)
    spread = np.log(2 * np.pi * residual @ np.linalg.solve(v, residual) / d)
    fixed = np.linalg.slogdet(a)[1] if likelihood is Likelihood.REML else 0.0
    return float(np.linalg.slogdet(v)[1] + fixed + d * (1 + spread))


# --- the criterion at any θ ------------------------------------------------------------------


@both
@pytest.mark.parametrize("random", ["1 + x", "0 + x", "1 + x ||"])
@pytest.mark.parametrize("size", [1e-3, 1.0, 1e3])
def test_criterion_is_that_of_the_full_covariance_matrix(
    random: str, size: float, likelihood: Likelihood
) -> None:
    frame = simulated()
    bar = "||" if random.endswith("||") else "|"
    model = model_of(frame, f"y ~ x + ({random.removesuffix('||')} {bar} g)")
    theta = size * np.array([0.9, -0.4, 0.6])[: len(model.terms.pattern.rows)]
    z = np.column_stack([np.ones(len(frame)), frame["x"]])[:, -len(model.terms.names) :]
    expected = dense_criterion(frame, z, model.terms.pattern.matrix(theta), likelihood)
    # The dense matrix itself loses digits as its condition number grows, which is about size².
    assert_allclose(model.criterion(theta, likelihood), expected, rtol=1e-10)


@every_case
def test_criterion_at_fixed_theta_equals_lme4(name: str) -> None:
    case, model = CASES[name], case_model(name)
    for likelihood, key in (
        (Likelihood.REML, "reml_criterion"),
        (Likelihood.ML, "ml_deviance"),
    ):
        values = [model.criterion(theta, likelihood) for theta in case["at"]]
        assert_allclose(values, case[key], rtol=1e-10)


@both
@every_case
def test_gradient_is_the_derivative_of_the_criterion(name: str, likelihood: Likelihood) -> None:
    model = case_model(name)
    theta = np.array(CASES[name]["at"][1])
    gradient = criterion_gradient(model, theta, likelihood)
    step = 1e-3 * np.eye(len(theta))
    # Richardson's extrapolation of central differences has an error of fourth order.
    value = [[model.criterion(theta + k * h, likelihood) for k in (-2, -1, 1, 2)] for h in step]
    numeric = np.array(value) @ [1.0, -8.0, 8.0, -1.0] / (12 * 1e-3)
    assert_allclose(gradient, numeric, rtol=1e-6, atol=1e-7 * np.abs(gradient).max())


def test_without_slopes_the_criterion_is_the_dials() -> None:
    frame = simulated()
    model = model_of(frame, "y ~ x + (1 | g)")
    dial = Dial(model.moments)
    for theta in (0.0, 1e-4, 0.7, 50.0, 1e5):
        assert_allclose(model.criterion([theta]), ratio_criterion(dial, theta**2), rtol=1e-13)


# --- the optimum -----------------------------------------------------------------------------


@both
@every_case
def test_criterion_at_the_optimum_equals_lme4_and_is_never_above_it(
    name: str, likelihood: Likelihood
) -> None:
    case = fitted(name, likelihood)
    assert_allclose(case.fit.criterion, case.values["criterion"], rtol=1e-9)
    # "Above" means by more than the rounding error of summing the rows' contributions.
    assert case.fit.criterion <= case.values["criterion"] * (1 + 1e-13)
    assert_allclose(case.fit.aic, case.values["aic"], rtol=1e-9)
    assert_allclose(case.fit.bic, case.values["bic"], rtol=1e-9)


@both
@every_case
def test_estimates_equal_lme4(name: str, likelihood: Likelihood) -> None:
    fit, expected = fitted(name, likelihood).fit, fitted(name, likelihood).values
    assert list(fit.names) == expected["names"]
    assert_allclose(fit.estimates, expected["estimate"], rtol=1e-6)
    assert_allclose(fit.standard_errors, expected["se"], rtol=1e-6)
    assert_allclose(fit.residual_variance, expected["sigma2"], rtol=1e-6)
    # Entries of θ pass through zero, so the largest of them sets the scale.
    assert_allclose(fit.theta, expected["theta"], atol=1e-6 * np.max(expected["theta"]))


@both
@every_case
def test_random_effects_equal_lme4(name: str, likelihood: Likelihood) -> None:
    case = fitted(name, likelihood)
    predicted = random_effects(case.model, case.fit)
    assert list(predicted.levels) == sorted(case.values["levels"])
    order = [case.values["levels"].index(level) for level in predicted.levels]
    effects = np.array(case.values["effects"])[order]
    sds = np.array(case.values["effect_sds"])[order]
    assert_allclose(predicted.effects, effects, atol=1e-6 * np.abs(effects).max())
    assert_allclose(predicted.sds, sds, atol=1e-6 * sds.max())


@both
@every_case
def test_nothing_moves_the_criterion_at_the_optimum(name: str, likelihood: Likelihood) -> None:
    case = fitted(name, likelihood)
    theta = case.fit.theta
    gradient = criterion_gradient(case.model, theta, likelihood)
    # A relative change of 1e-9 in any entry of θ changes the criterion by less than its rounding
    # error.
    assert np.abs(gradient * np.abs(theta).max()).max() < 1e-7


@pytest.mark.parametrize("name", ["sleepstudy_slopes", "orthodont_slopes"])
def test_published_references_are_met(name: str) -> None:
    ref = reference(name)
    z = ref.values["slopes"]
    model = model_of(ref.frame, f"{ref.values['fixed']} + (1 + {z} | {ref.values['group']})")
    fit, lmm = fit_mixed_model(model), ref.values["lmm"]
    assert_allclose(fit.criterion, lmm["reml_criterion"], rtol=1e-12)
    assert_allclose(fit.estimates, ref.column("lmm", "estimate", fit.names), rtol=1e-9)
    assert_allclose(fit.standard_errors, ref.column("lmm", "se", fit.names), rtol=1e-6)
    assert_allclose(fit.theta, lmm["theta"], rtol=1e-5)
    (component,) = fit.components
    printed = [row for row in lmm["varcorr"] if row["grp"] == ref.values["group"]]
    assert_allclose(component.sds, [row["sdcor"] for row in printed[:2]], rtol=1e-6)
    assert_allclose(component.correlations[0, 1], printed[2]["sdcor"], rtol=1e-5)


# --- the boundary ----------------------------------------------------------------------------


@both
def test_a_correlation_of_minus_one_is_found_exactly(likelihood: Likelihood) -> None:
    fit = fitted("flat", likelihood).fit
    assert fit.singular
    assert fit.theta[2] == 0.0
    assert_allclose(fit.components[0].correlations[0, 1], -1.0, rtol=1e-15)


@both
def test_a_slope_that_does_not_vary_has_a_standard_deviation_of_exactly_zero(
    likelihood: Likelihood,
) -> None:
    case = fitted("flat_uncorrelated", likelihood)
    assert case.fit.singular
    assert case.fit.theta[1] == 0.0
    assert not random_effects(case.model, case.fit).effects[:, 1].any()


def test_at_the_boundary_the_criterion_rises_inwards() -> None:
    case = fitted("flat", Likelihood.REML)
    inside = case.fit.theta + np.array([0.0, 0.0, 1e-3])
    assert case.model.criterion(inside) > case.fit.criterion


def test_a_variance_too_small_to_show_in_the_criterion_is_not_called_zero() -> None:
    # The mean squares of this balanced one-way layout make τ̂² 1e-9 times σ̂².
    ratio, n, clusters = 1e-9, 5, 40
    within = np.tile([-1.0, 1.0, 0.0, -1.0, 1.0], clusters) * np.sqrt((n - 1) / 4)
    spread = np.linspace(-1.0, 1.0, clusters)
    spread *= np.sqrt((1 + n * ratio) / n * (clusters - 1) / np.sum(spread**2))
    frame = pd.DataFrame({"y": within + np.repeat(spread, n), "g": np.repeat(range(clusters), n)})
    fit = fit_mixed_model(model_of(frame, "y ~ 1 + (1 | g)"))
    assert not fit.singular
    assert_allclose(fit.theta[0] ** 2, ratio, rtol=1e-4)


@both
def test_an_intercept_that_does_not_vary_beside_a_slope_that_does_is_found(
    likelihood: Likelihood,
) -> None:
    rng = np.random.default_rng(11)
    g = np.repeat(np.arange(150), rng.integers(1, 25, size=150))
    x = rng.normal(size=len(g))
    y = rng.normal(size=150)[g] * x + rng.normal(size=len(g))
    model = model_of(pd.DataFrame({"y": y, "x": x, "g": g}), "y ~ x + (1 + x | g)")
    fit = fit_mixed_model(model, likelihood)
    # As the first variance nears 0, the rest of the lower triangle can rotate almost freely.
    assert np.abs(criterion_gradient(model, fit.theta, likelihood)).max() < 1e-8
    lowest = min(
        minimize(
            lambda t: (model.criterion(t, likelihood), criterion_gradient(model, t, likelihood)),
            start,
            jac=True,
            bounds=[(0, None), (None, None), (0, None)],
            method="L-BFGS-B",
        ).fun
        for start in ([0.1, 0.5, 0.5], [0.1, -0.5, 0.5], [0.01, 1.0, 0.01], [0.5, 0.0, 1.0])
    )
    assert fit.criterion <= lowest + 1e-9


@pytest.mark.parametrize(("intercept", "slope"), [(1e4, 1.0), (1.0, 1e4), (1e4, 1e4), (1e-4, 1e3)])
def test_effects_of_very_different_sizes_cost_no_convergence(
    intercept: float, slope: float
) -> None:
    rng = np.random.default_rng(6)
    g = np.repeat(np.arange(30), rng.integers(2, 12, size=30))
    x = rng.normal(size=len(g))
    b = rng.normal(size=(2, 30)) * [[intercept], [slope]]
    y = b[0, g] + b[1, g] * x + rng.normal(size=len(g))
    model = model_of(pd.DataFrame({"y": y, "x": x, "g": g}), "y ~ x + (1 + x | g)")
    fit = fit_mixed_model(model)
    slopes = np.abs(criterion_gradient(model, fit.theta)) * np.maximum(1.0, np.abs(fit.theta))
    assert slopes.max() < 1e-5
    assert_allclose(fit.residual_variance, 1.0, rtol=0.3)


def test_without_any_variation_among_clusters_the_fit_is_ordinary_least_squares() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": np.tile(np.arange(6.0), 8), "g": np.repeat(range(8), 6)})
    noise = rng.normal(size=(8, 6))
    # Every cluster gets the same line, so nothing varies among clusters.
    design = np.column_stack([np.ones(6), np.arange(6.0)])
    noise -= noise @ design @ np.linalg.pinv(design)
    frame["y"] = 1 + 2 * frame["x"] + noise.ravel()
    model = model_of(frame, "y ~ x + (1 + x | g)")
    fit, pooled = fit_mixed_model(model), fit_ols(Dial(model.moments))
    assert fit.singular
    assert not fit.theta.any()
    assert_allclose(fit.estimates, pooled.estimates, rtol=1e-15)
    assert_allclose(fit.standard_errors, pooled.standard_errors, rtol=1e-14)


@pytest.mark.parametrize("seed", range(12))
@both
def test_no_start_of_a_general_optimiser_gets_lower(seed: int, likelihood: Likelihood) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 10, size=rng.integers(5, 20)) + 1
    g = np.repeat(np.arange(len(sizes)), sizes)
    u, v = rng.normal(size=(2, len(g)))
    b = rng.normal(size=(3, len(sizes))) * (10 ** rng.uniform(-2, 1, size=(3, 1)))
    y = b[0, g] + b[1, g] * u + b[2, g] * v + rng.normal(size=len(g))
    frame = pd.DataFrame({"y": y, "u": u, "v": v, "g": g})
    bar = "|" if seed % 2 else "||"
    model = model_of(frame, f"y ~ u + v + (1 + u {bar} g)")
    rows, columns = model.terms.pattern.rows, model.terms.pattern.columns
    bounds = [(0, None) if r == c else (None, None) for r, c in zip(rows, columns, strict=True)]
    lowest = min(
        minimize(
            lambda t: (model.criterion(t, likelihood), criterion_gradient(model, t, likelihood)),
            np.where(rows == columns, start, 0.0),
            jac=True,
            bounds=bounds,
            method="L-BFGS-B",
        ).fun
        for start in (0.05, 0.5, 2.0, 8.0)
    )
    assert fit_mixed_model(model, likelihood).criterion <= lowest + 1e-9


@pytest.mark.parametrize(
    ("seed", "likelihood", "ridge", "inner"),
    [(161, Likelihood.ML, 0.3, 1.67), (205, Likelihood.REML, 2.0, 4.19)],
)
def test_of_two_minima_the_lower_one_is_found(
    seed: int, likelihood: Likelihood, ridge: float, inner: float
) -> None:
    # With four clusters, the criterion along the intercept's θ has a minimum at 0 and one inside.
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(4), 6)
    x = rng.normal(size=24) + 2 * rng.normal(size=4)[g]
    b = rng.normal(size=(2, 4))
    frame = pd.DataFrame({"y": b[0, g] + 8 * b[1, g] * x + rng.normal(size=24), "x": x, "g": g})
    model = model_of(frame, "y ~ x + (1 + x || g)")

    def profiled(intercept: float) -> float:
        found = minimize_scalar(
            lambda slope: model.criterion([intercept, slope], likelihood), bounds=(0.1, 50.0)
        )
        return float(found.fun)

    along = [profiled(theta) for theta in (0.0, ridge, inner, 2 * inner)]
    assert along[0] < along[1] > along[2] < along[3]
    fit = fit_mixed_model(model, likelihood)
    assert_allclose(fit.theta[0], 0.0 if along[0] < along[2] else inner, rtol=0.01)
    assert fit.criterion <= min(along) + 1e-12


# --- invariances -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("year", [1.0, 2000.0, 1e6])
def test_shifting_the_slopes_predictor_changes_no_prediction(seed: int, year: float) -> None:
    # Sixteenths keep the shifted predictor exact.
    frame = simulated(seed)
    frame["x"] = np.round(16 * frame["x"]) / 16
    moved = frame.assign(x=frame["x"] + year)
    model, other = (model_of(f, "y ~ x + (1 + x | g)") for f in (frame, moved))
    fit, shifted = fit_mixed_model(model), fit_mixed_model(other)
    assert_allclose(shifted.criterion, fit.criterion, rtol=1e-12)
    assert_allclose(shifted.estimates[1], fit.estimates[1], rtol=1e-9)
    assert_allclose(shifted.standard_errors[1], fit.standard_errors[1], rtol=1e-9)
    slopes, moved_slopes = random_effects(model, fit), random_effects(other, shifted)
    assert_allclose(moved_slopes.effects[:, 1], slopes.effects[:, 1], rtol=1e-7, atol=1e-9)
    assert_allclose(moved_slopes.sds[:, 1], slopes.sds[:, 1], rtol=1e-7)


@pytest.mark.parametrize("factor", [1e-7, 1e7])
def test_scaling_the_outcome_scales_the_answer(factor: float) -> None:
    fits = [
        fit_mixed_model(model_of(simulated(scale=s), "y ~ x + (1 + x | g)")) for s in (1.0, factor)
    ]
    assert_allclose(fits[1].theta, fits[0].theta, rtol=1e-9)
    assert_allclose(fits[1].estimates, factor * fits[0].estimates, rtol=1e-10)
    assert_allclose(fits[1].standard_errors, factor * fits[0].standard_errors, rtol=1e-10)


def test_an_outcome_far_from_zero_costs_no_digits() -> None:
    frame = simulated()
    frame["y"] = np.round(frame["y"] * 1024) / 1024
    fits = [
        fit_mixed_model(model_of(frame.assign(y=frame["y"] + shift), "y ~ x + (1 + x | g)"))
        for shift in (0.0, 1e8)
    ]
    assert_allclose(fits[1].theta, fits[0].theta, rtol=1e-9)
    assert_allclose(fits[1].estimates[1], fits[0].estimates[1], rtol=1e-10)


def test_rows_and_cluster_labels_may_be_permuted() -> None:
    frame = simulated()
    mixed = frame.sample(frac=1.0, random_state=1).assign(g=lambda f: 99 - f["g"])
    fits = [fit_mixed_model(model_of(f, "y ~ x + (1 + x | g)")) for f in (frame, mixed)]
    assert_allclose(fits[1].theta, fits[0].theta, rtol=1e-9)
    assert_allclose(fits[1].estimates, fits[0].estimates, rtol=1e-11)


def test_many_clusters_alike_are_one_problem_however_many_they_are() -> None:
    # 2,000 clusters with the same five x need only a handful of representatives.
    rng = np.random.default_rng(2)
    g = np.repeat(np.arange(2000), 5)
    x = np.tile([0.0, 1.0, 2.0, 4.0, 7.0], 2000)
    b = rng.normal(size=(2, 2000))
    frame = pd.DataFrame({"y": b[0, g] + b[1, g] * x + rng.normal(size=len(g)), "x": x, "g": g})
    model = model_of(frame, "y ~ x + (1 + x | g)")
    assert len(model.representatives.weights) <= 2 * 3
    whole = model.clusters
    theta = np.array([0.7, -0.2, 0.9])
    whitened = whole.whiten(model.scaled_factor(theta))
    solution = model.solve(model.scaled_factor(theta))
    assert_allclose(solution.log_determinant, whitened.log_determinants.sum(), rtol=1e-13)
    rotated = np.einsum("abj,bmj->amj", whitened.kept, whole.coupled)
    cross = model.outside + np.einsum("amj,anj->mn", rotated, rotated)
    contrast = np.append(-solution.shift, 1.0)
    assert_allclose(solution.residual_sum, contrast @ cross @ contrast, rtol=1e-12)


# --- the ledger ------------------------------------------------------------------------------


@both
@every_case
def test_ledger_entries_sum_to_the_difference_from_least_squares(
    name: str, likelihood: Likelihood
) -> None:
    case = fitted(name, likelihood)
    entries = slopes_ledger(case.model, case.fit.theta)
    fixed: Moments = case.model.scaling.moments
    pooled = fit_ols(Dial(fixed))
    difference = case.fit.estimates - pooled.estimates
    scale = np.abs(pooled.estimates).max()
    assert entries.by_cluster.shape == (len(fixed.levels), len(fixed.names))
    assert_allclose(entries.by_cluster.sum(axis=0), difference, atol=1e-12 * scale)
    assert_allclose(entries.contributions.sum(axis=0), difference, atol=1e-12 * scale)


@pytest.mark.parametrize("size", [1e-3, 1.0, 30.0])
def test_ledger_entry_is_the_weight_a_cluster_loses_times_its_residuals(size: float) -> None:
    frame = simulated()
    model = model_of(frame, "y ~ x + (1 + x | g)")
    theta = size * np.array([0.8, -0.3, 0.6])
    x = np.column_stack([np.ones(len(frame)), frame["x"]])
    y = frame["y"].to_numpy()
    residual = y - x @ np.linalg.lstsq(x, y)[0]
    factor = model.terms.pattern.matrix(theta)
    a, scores, weighted = np.zeros((2, 2)), [], []
    for level in model.moments.levels:
        own = frame["g"].to_numpy() == int(level)
        omega = np.linalg.inv(np.eye(own.sum()) + x[own] @ factor @ factor.T @ x[own].T)
        a += x[own].T @ omega @ x[own]
        scores.append(x[own].T @ residual[own])
        weighted.append(x[own].T @ omega @ residual[own])
    before, after = np.array(scores), np.array(weighted)
    lost = np.linalg.solve(a, (after - before).T).T
    moved = np.linalg.solve(a, after.T).T - np.linalg.solve(x.T @ x, before.T).T
    entries = slopes_ledger(model, theta)
    assert_allclose(entries.by_cluster, lost, rtol=1e-7, atol=1e-9 * np.abs(lost).max())
    assert_allclose(entries.contributions, moved, rtol=1e-7, atol=1e-9 * np.abs(moved).max())


def test_ledger_of_a_model_without_variation_among_clusters_is_empty() -> None:
    entries = slopes_ledger(model_of(simulated(), "y ~ x + (1 + x | g)"), np.zeros(3))
    assert not entries.by_cluster.any()
    assert not entries.contributions.any()


# --- what has no answer ----------------------------------------------------------------------


def _rows(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.groupby("g").head(2)


def _one_cell(cell: float) -> pd.DataFrame:
    """Thirty clusters whose slopes vary, one row of x mistyped."""
    rng = np.random.default_rng(1)
    g, x = np.repeat(np.arange(30), 10), rng.normal(size=300)
    b = rng.normal(size=(2, 30))
    y = 1 + x + b[0, g] + b[1, g] * x + rng.normal(size=300)
    x[17] = cell
    return pd.DataFrame({"y": y, "x": x, "g": g})


def _one_lab() -> pd.DataFrame:
    """Eight labs whose slopes vary, one measured over 0 to 3000 and seven over 0 to 1."""
    rng = np.random.default_rng(1)
    g, x = np.repeat(np.arange(8), 12), rng.uniform(size=96)
    x[g == 0] *= 3000
    y = 1 + x + rng.normal(size=8)[g] * x + 0.3 * rng.normal(size=96)
    return pd.DataFrame({"y": y, "x": x, "g": g})


@pytest.mark.parametrize(
    ("frame", "random"),
    [(_one_cell(99999.0), "1 + x"), (_one_cell(1e7), "1 + x"), (_one_lab(), "0 + x")],
    ids=["one cell", "one cell, farther", "one lab"],
)
def test_a_cluster_with_far_larger_predictors_does_not_hide_what_the_others_show(
    frame: pd.DataFrame, random: str
) -> None:
    fit = fit_mixed_model(model := model_of(frame, f"y ~ x + ({random} | g)"))
    z = np.column_stack([np.ones(len(frame)), frame["x"]])[:, -len(model.terms.names) :]

    def dense(theta: np.ndarray) -> float:
        return dense_criterion(frame, z, model.terms.pattern.matrix(theta), Likelihood.REML)

    # The parabola through θ and the points 1% to either side has its vertex near θ.
    here = dense(fit.theta)
    for step in np.diag(0.01 * fit.theta):
        below, above = dense(fit.theta - step), dense(fit.theta + step)
        assert below + above - 2 * here > 0
        # Measured in steps. The criterion's third derivative alone moves the vertex by 0.008 steps.
        assert abs(0.5 * (below - above) / (below + above - 2 * here)) < 0.02


@pytest.mark.parametrize(
    ("change", "formula", "words"),
    [
        (_rows, "y ~ x + (1 + x | g)", "rows for 24 random effects"),
        (lambda f: f.assign(z=3.0), "y ~ x + (1 + z | g)", "z is constant"),
        (lambda f: f.assign(z=2 * f["x"] + 1), "y ~ x + (1 + x + z | g)", "z is constant or"),
        (lambda f: f.assign(y=f["g"] + f["g"] * f["x"]), "y ~ x + (1 + x | g)", "exactly"),
    ],
)
def test_data_without_an_answer_are_refused_by_name(
    change: Callable[[pd.DataFrame], pd.DataFrame], formula: str, words: str
) -> None:
    frame = simulated()
    with pytest.raises(FitError, match=words):
        fit_mixed_model(model_of(change(frame), formula))


def test_a_column_of_z_need_not_be_a_predictor() -> None:
    frame = simulated()
    moments = moments_from_rows(
        np.column_stack([np.ones(len(frame)), frame["x"]]),
        frame["y"].to_numpy(),
        frame["g"].to_numpy(),
        names=("(Intercept)", "x"),
        levels=tuple(map(str, range(12))),
        has_intercept=True,
    )
    model = MixedModel(moments, fixed=("(Intercept)",), random=SLOPES)
    fit = fit_mixed_model(model)
    y, z = frame["y"].to_numpy(), np.column_stack([np.ones(len(frame)), frame["x"]])
    factor = model.terms.pattern.matrix(fit.theta)
    same = frame["g"].to_numpy()[:, None] == frame["g"].to_numpy()
    weight = np.linalg.inv(np.eye(len(y)) + same * (z @ factor @ factor.T @ z.T)).sum(axis=0)
    assert fit.names == ("(Intercept)",)
    assert_allclose(fit.estimates[0], weight @ y / weight.sum(), rtol=1e-10)
