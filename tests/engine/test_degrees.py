"""Degrees of freedom and adjusted standard errors of the mixed model's fixed effects.

Sources: lmerTest and pbkrtest, by oracle.R (tests/reference/NAME.json) and slopes.R
(slopes.json); exact cases; Kenward and Roger's formulas evaluated with dense matrices.
"""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.special import stdtr

from engine.inference.kenward_roger import kenward_roger
from engine.inference.satterthwaite import intercept_degrees, satterthwaite
from engine.models.mixed.fit import fit_mixed_model
from engine.models.mixed.intercept_fit import fit_random_intercept
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.model import MixedModel
from tests.engine.reference import RANDOM_INTERCEPT, compared, reference
from tests.engine.slope_cases import CASES, fitted, model_of

SLOPE_REFERENCES = ("sleepstudy_slopes", "orthodont_slopes")
WITH_KENWARD_ROGER = tuple(
    name
    for name in (*RANDOM_INTERCEPT, *SLOPE_REFERENCES)
    if "kenward_roger" in reference(name).values
)


@cache
def estimated(name: str) -> tuple[MixedModel, np.ndarray]:
    """Return the model of a reference and its REML estimate θ̂."""
    if name in RANDOM_INTERCEPT:
        moments = compared(name).dial.moments
        return MixedModel(moments, moments.names), np.array([compared(name).mixed.relative_sd])
    ref = reference(name)
    z, group = ref.values["slopes"], ref.values["group"]
    model = model_of(ref.frame, f"{ref.values['fixed']} + (1 + {z} | {group})")
    return model, fit_mixed_model(model).theta


def in_order(name: str, values: list[float]) -> np.ndarray:
    """R lists the terms as ``names`` of the coefficient table."""
    names = list(reference(name).values["lmm"]["coef"])
    return np.atleast_1d(values)[[names.index(term) for term in estimated(name)[0].fixed]]


# --- Satterthwaite ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*RANDOM_INTERCEPT, *SLOPE_REFERENCES])
def test_satterthwaite_equals_lmertest(name: str) -> None:
    tests, expected = satterthwaite(*estimated(name)), reference(name).values["satterthwaite"]
    assert_allclose(tests.degrees_of_freedom, in_order(name, expected["df"]), rtol=1e-5)
    # P-values as small as 1e-300 magnify the last digits of t.
    assert_allclose(tests.p_values, in_order(name, expected["p"]), rtol=1e-3, atol=1e-100)


@pytest.mark.parametrize("likelihood", Likelihood)
@pytest.mark.parametrize("name", CASES)
def test_satterthwaite_with_random_slopes_equals_lmertest(
    name: str, likelihood: Likelihood
) -> None:
    case = fitted(name, likelihood)
    tests = satterthwaite(case.model, case.fit.theta, likelihood)
    assert_allclose(tests.estimates, case.fit.estimates, rtol=1e-12)
    assert_allclose(tests.standard_errors, case.fit.standard_errors, rtol=1e-9)
    assert_allclose(tests.degrees_of_freedom, case.values["satterthwaite"]["df"], rtol=1e-5)


def test_balanced_one_way_data_give_one_degree_less_than_clusters() -> None:
    model, theta = estimated("dyestuff")
    assert_allclose(satterthwaite(model, theta).degrees_of_freedom, [5.0], rtol=1e-10)
    assert_allclose(kenward_roger(model, theta).degrees_of_freedom, [5.0], rtol=1e-10)


def test_at_the_boundary_degrees_are_those_of_least_squares() -> None:
    model, theta = estimated("dyestuff2_singular")
    assert theta[0] == 0.0
    tests = satterthwaite(model, theta)
    assert_allclose(tests.degrees_of_freedom, [29.0], rtol=1e-12)
    assert_allclose(tests.p_values, compared("dyestuff2_singular").ols.p_values, rtol=1e-10)


def test_an_effect_seen_inside_balanced_clusters_has_their_degrees() -> None:
    # 18 subjects with 10 days each: 180 rows less 18 cluster means and one slope.
    model, theta = estimated("sleepstudy")
    assert_allclose(satterthwaite(model, theta).degrees_of_freedom[1], 161.0, rtol=1e-9)
    assert_allclose(kenward_roger(model, theta).degrees_of_freedom[1], 161.0, rtol=1e-9)


def test_wald_intervals_end_where_the_test_is_at_its_level() -> None:
    tests = satterthwaite(*estimated("orthodont"))
    for level in (0.5, 0.95, 0.999):
        lower, upper = tests.intervals(level).T
        assert_allclose(lower + upper, 2 * tests.estimates, rtol=1e-12)
        t = (upper - tests.estimates) / tests.standard_errors
        assert_allclose(2 * stdtr(tests.degrees_of_freedom, -t), 1 - level, rtol=1e-9)


# --- Kenward and Roger -----------------------------------------------------------------------


@pytest.mark.parametrize("name", WITH_KENWARD_ROGER)
def test_kenward_roger_equals_pbkrtest(name: str) -> None:
    tests = kenward_roger(*estimated(name))
    expected = reference(name).values["kenward_roger"]
    assert_allclose(tests.degrees_of_freedom, in_order(name, expected["df"]), rtol=1e-6)
    assert_allclose(tests.standard_errors, in_order(name, expected["se"]), rtol=1e-6)
    assert_allclose(tests.p_values, in_order(name, expected["p"]), rtol=1e-4, atol=1e-100)


@pytest.mark.parametrize("name", [n for n in CASES if "kenward_roger" in CASES[n]["reml"]])
def test_kenward_roger_with_random_slopes_equals_pbkrtest(name: str) -> None:
    case = fitted(name, Likelihood.REML)
    tests = kenward_roger(case.model, case.fit.theta)
    expected = case.values["kenward_roger"]
    assert_allclose(tests.degrees_of_freedom, expected["df"], rtol=1e-6)
    assert_allclose(tests.standard_errors, expected["se"], rtol=1e-6)


def unbalanced(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 9, size=10)
    g = np.repeat(np.arange(10), sizes)
    x = rng.normal(size=len(g))
    b = rng.normal(size=(2, 10))
    return pd.DataFrame({"y": b[0, g] + b[1, g] * x + rng.normal(size=len(g)), "x": x, "g": g})


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("random", ["(1 | g)", "(1 + x | g)", "(1 + x || g)", "(0 + x | g)"])
def test_kenward_roger_is_that_of_the_full_covariance_matrix(seed: int, random: str) -> None:
    frame = unbalanced(seed)
    model = model_of(frame, f"y ~ x + {random}")
    fit = fit_mixed_model(model)
    x = np.column_stack([np.ones(len(frame)), frame["x"]])
    z = x[:, [("(Intercept)", "x").index(name) for name in model.terms.names]]
    same = frame["g"].to_numpy()[:, None] == frame["g"].to_numpy()
    pieces = []
    pattern = model.terms.pattern
    for row, column in zip(pattern.rows, pattern.columns, strict=True):
        symmetric = np.zeros((z.shape[1],) * 2)
        symmetric[row, column] = symmetric[column, row] = 1.0
        pieces.append(same * (z @ symmetric @ z.T))
    pieces.append(np.eye(len(z)))
    factor = model.terms.pattern.matrix(fit.theta)
    sigma = fit.residual_variance * (pieces[-1] + same * (z @ factor @ factor.T @ z.T))
    inverse = np.linalg.inv(sigma)
    phi = np.linalg.inv(x.T @ inverse @ x)
    p = [-x.T @ inverse @ g @ inverse @ x for g in pieces]
    q = [[x.T @ inverse @ g @ inverse @ h @ inverse @ x for h in pieces] for g in pieces]
    information = np.array(
        [
            [
                np.trace(inverse @ pieces[i] @ inverse @ pieces[j])
                - 2 * np.trace(phi @ q[i][j])
                + np.trace(phi @ p[i] @ phi @ p[j])
                for j in range(len(pieces))
            ]
            for i in range(len(pieces))
        ]
    )
    w = 2 * np.linalg.inv(information)
    indices = range(len(pieces))
    spread = sum(w[i, j] * (q[i][j] - p[i] @ phi @ p[j]) for i in indices for j in indices)
    adjusted = phi + 2 * phi @ spread @ phi
    share = np.array([np.diag(phi @ one @ phi) / np.diag(phi) for one in p])

    result = kenward_roger(model, fit.theta)
    assert_allclose(result.covariance, adjusted, rtol=1e-8)
    assert_allclose(
        result.degrees_of_freedom, 2 / np.einsum("ik,ij,jk->k", share, w, share), rtol=1e-8
    )


@pytest.mark.parametrize("spread", [1e2, 1e4])
def test_where_clusters_differ_far_more_than_rows_every_effect_has_their_degrees(
    spread: float,
) -> None:
    # The data amount to one exact intercept and one exact slope from each of ten clusters.
    rng = np.random.default_rng(8)
    g = np.repeat(np.arange(10), 7)
    x = rng.normal(size=len(g))
    b = spread * rng.normal(size=(2, 10))
    frame = pd.DataFrame({"y": b[0, g] + b[1, g] * x + rng.normal(size=len(g)), "x": x, "g": g})
    model = model_of(frame, "y ~ x + (1 + x | g)")
    theta = fit_mixed_model(model).theta
    assert_allclose(satterthwaite(model, theta).degrees_of_freedom, [9.0, 9.0], rtol=2 / spread)
    assert_allclose(kenward_roger(model, theta).degrees_of_freedom, [9.0, 9.0], rtol=2 / spread)


@pytest.mark.parametrize("year", [2000.0, 1e5])
def test_degrees_do_not_depend_on_where_the_slopes_predictor_has_its_zero(year: float) -> None:
    frame = unbalanced(2)
    frame["x"] = np.round(16 * frame["x"]) / 16
    results = []
    for shift in (0.0, year):
        model = model_of(frame.assign(x=frame["x"] + shift), "y ~ x + (1 + x | g)")
        theta = fit_mixed_model(model).theta
        results.append((satterthwaite(model, theta), kenward_roger(model, theta)))
    for before, after in zip(*results, strict=True):
        assert_allclose(after.degrees_of_freedom[1], before.degrees_of_freedom[1], rtol=1e-6)
        assert_allclose(after.standard_errors[1], before.standard_errors[1], rtol=1e-8)


def test_many_rows_need_no_more_than_their_clusters_moments() -> None:
    # Each row a hundred times: the same means and sizes a hundred times as large. The oracle
    # is the balanced one-way layout, where both methods give one degree less than clusters.
    rng = np.random.default_rng(4)
    y = rng.normal(size=(24, 1)) + rng.normal(size=(24, 13_000))
    frame = pd.DataFrame({"y": y.ravel(), "g": np.repeat(np.arange(24), y.shape[1])})
    model = model_of(frame, "y ~ 1 + (1 | g)")
    theta = fit_mixed_model(model).theta
    assert_allclose(satterthwaite(model, theta).degrees_of_freedom, [23.0], rtol=1e-6)
    assert_allclose(kenward_roger(model, theta).degrees_of_freedom, [23.0], rtol=1e-9)


@pytest.mark.parametrize("likelihood", Likelihood)
@pytest.mark.parametrize("name", RANDOM_INTERCEPT)
def test_degrees_of_a_random_intercept_are_those_of_the_general_model(
    name: str, likelihood: Likelihood
) -> None:
    dial = compared(name).dial
    fit = fit_random_intercept(dial, likelihood)
    if fit.singular:
        return
    model = MixedModel(dial.moments, dial.moments.names)
    general = satterthwaite(model, fit.theta, likelihood).degrees_of_freedom
    assert_allclose(intercept_degrees(dial, fit.variance_ratio, likelihood), general, rtol=1e-9)
