"""Cluster-robust standard errors are clubSandwich's, for both fits and clusters of any size."""

from __future__ import annotations

import json
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.linalg import block_diag, eigh

from engine.data.moments import Moments
from engine.data.reduction import moments_from_rows
from engine.errors import FitError
from engine.inference.cluster_robust import Correction, cluster_robust
from tests.engine.example import DATA, example, moments_of
from tests.engine.reference import FOLDER, RANDOM_INTERCEPT, compared, reference

CORRECTIONS: tuple[Correction, ...] = get_args(Correction)
CLUBSANDWICH = json.loads((FOLDER / "robust.json").read_text())


@pytest.mark.parametrize("name", RANDOM_INTERCEPT)
def test_ols_errors_are_those_of_clubsandwich(name: str) -> None:
    expected = reference(name).values["cluster_robust"]
    moments = compared(name).moments
    for correction in CORRECTIONS:
        found = cluster_robust(moments, correction=correction)
        assert_allclose(found.standard_errors, np.ravel(expected[correction]), rtol=1e-11)
    assert_allclose(found.degrees_of_freedom, np.ravel(expected["CR2_df"]), rtol=1e-11)


def perfectly_fitted(case: str) -> Moments:
    if case == "all_cluster_dummies":
        cars = example("mpg")
        return moments_of(cars.assign(kind=cars["class"]), "hwy ~ displ + kind + (1 | class)")
    sleep = reference("sleepstudy").frame
    sleep = sleep.assign(
        only=sleep["Days"] * (sleep["Subject"] == "308"),
        member=(sleep["Subject"] == "330") * 1.0,
    )
    formulas = {
        "one_cluster_varies": "Reaction ~ Days + only + (1 | Subject)",
        "one_cluster_dummy": "Reaction ~ Days + member + (1 | Subject)",
        "no_intercept": "Reaction ~ 0 + Days + (1 | Subject)",
    }
    return moments_of(sleep, formulas[case])


@pytest.mark.parametrize("case", CLUBSANDWICH["ols"])
def test_clusters_that_are_fitted_perfectly_get_clubsandwichs_pseudo_inverse(case: str) -> None:
    expected = CLUBSANDWICH["ols"][case]
    moments = perfectly_fitted(case)
    assert list(moments.names) == expected["terms"]
    for correction in CORRECTIONS:
        found = cluster_robust(moments, correction=correction)
        assert_allclose(found.standard_errors, expected[correction], rtol=1e-11)
    assert_allclose(found.degrees_of_freedom, expected["CR2_df"], rtol=1e-11)


@pytest.mark.parametrize("name", CLUBSANDWICH["mixed"])
def test_mixed_errors_are_those_of_clubsandwich_at_lme4s_ratio(name: str) -> None:
    expected = CLUBSANDWICH["mixed"][name]
    folder = FOLDER if (FOLDER / f"{name}.csv").exists() else DATA
    moments = moments_of(pd.read_csv(folder / f"{name}.csv"), expected["formula"])
    # R does not centre `year`, which costs it four digits on mpg.
    for correction in CORRECTIONS:
        found = cluster_robust(moments, expected["theta"] ** 2, correction)
        assert_allclose(found.standard_errors, expected[correction], rtol=1e-9)
    assert_allclose(found.degrees_of_freedom, expected["CR2_df"], rtol=1e-9)


def unbalanced() -> pd.DataFrame:
    """A small unbalanced design with a predictor of each kind."""
    rng = np.random.default_rng(11)
    clusters = np.repeat(np.arange(7), [1, 2, 2, 4, 5, 9, 14])
    frame = pd.DataFrame({"g": clusters, "x": rng.normal(size=len(clusters)) + 0.3 * clusters})
    frame["z"] = np.sin(clusters)
    frame["y"] = frame["x"] + rng.normal(size=7)[clusters] + rng.normal(size=len(clusters))
    return frame


def by_definition(frame: pd.DataFrame, ratio: float) -> tuple[np.ndarray, np.ndarray]:
    """Return CR2 and its degrees of freedom from n_j x n_j matrices, as the papers define them."""
    design = np.column_stack([np.ones(len(frame)), frame["x"], frame["z"]])
    parts = [np.flatnonzero(frame["g"] == g) for g in sorted(frame["g"].unique())]
    works = [np.eye(len(part)) + ratio for part in parts]
    whole = block_diag(*works)
    weight = np.linalg.inv(whole)
    bread = np.linalg.inv(design.T @ weight @ design)
    leave = np.eye(len(frame)) - design @ bread @ design.T @ weight
    residual = leave @ frame["y"].to_numpy()
    scores, columns = [], []
    for part, work in zip(parts, works, strict=True):
        x = design[part]
        root = np.linalg.cholesky(work).T
        values, vectors = eigh(root @ (work - x @ bread @ x.T) @ root.T)
        half = (vectors[:, values > 1e-10] / np.sqrt(values[values > 1e-10])) @ vectors[
            :, values > 1e-10
        ].T
        adjusted = root.T @ half @ root
        scores.append(bread @ x.T @ np.linalg.inv(work) @ adjusted @ residual[part])
        columns.append(leave[part].T @ adjusted @ np.linalg.inv(work) @ x @ bread)
    covariance = sum(np.outer(score, score) for score in scores)
    degrees = []
    for k in range(design.shape[1]):
        stacked = np.column_stack([column[:, k] for column in columns])
        entries = stacked.T @ whole @ stacked
        degrees.append(np.trace(entries) ** 2 / np.sum(entries**2))
    return covariance, np.array(degrees)


@pytest.mark.parametrize("ratio", [0.0, 1e-3, 0.4, 30.0, 1e4])
def test_p_dimensional_arithmetic_gives_what_full_matrices_give(ratio: float) -> None:
    frame = unbalanced()
    moments = moments_of(frame, "y ~ x + z + (1 | g)")
    covariance, degrees = by_definition(frame, ratio)
    found = cluster_robust(moments, ratio)
    size = np.sqrt(np.diag(covariance))
    assert_allclose(
        found.covariance / np.outer(size, size), covariance / np.outer(size, size), atol=1e-8
    )
    assert_allclose(found.degrees_of_freedom, degrees, rtol=1e-7)


@pytest.mark.parametrize("ratio", [0.0, 0.4])
def test_errors_follow_units_and_ignore_where_columns_are_counted_from(ratio: float) -> None:
    frame = unbalanced()
    plain = cluster_robust(moments_of(frame, "y ~ x + z + (1 | g)"), ratio)
    moved = frame.assign(y=1e-7 * frame["y"], x=frame["x"] * 1e5 + 1e8, z=frame["z"] + 2000)
    found = cluster_robust(moments_of(moved, "y ~ x + z + (1 | g)"), ratio)
    assert_allclose(found.standard_errors[1:], plain.standard_errors[1:] * [1e-12, 1e-7], rtol=1e-7)
    assert_allclose(found.degrees_of_freedom[1:], plain.degrees_of_freedom[1:], rtol=1e-7)


def test_a_cluster_of_a_hundred_thousand_rows_needs_no_matrix_of_that_size() -> None:
    # One such matrix would take 80 gigabytes.
    rng = np.random.default_rng(5)
    clusters = np.repeat([0, 1, 2], [100_000, 100_000, 50])
    frame = pd.DataFrame({"g": clusters, "x": rng.normal(size=len(clusters))})
    frame["y"] = frame["x"] + clusters + rng.normal(size=len(clusters))
    found = cluster_robust(moments_of(frame, "y ~ x + (1 | g)"))
    # The third cluster is too small to count, and two clusters leave one degree of freedom.
    assert_allclose(found.degrees_of_freedom[1], 1.0, atol=0.01)


def test_a_single_cluster_is_refused() -> None:
    moments = moments_from_rows(
        np.ones((4, 1)),
        np.array([1.0, 3.0, 2.0, 4.0]),
        np.zeros(4, dtype=np.intp),
        names=("(Intercept)",),
        levels=("a",),
        has_intercept=True,
    )
    with pytest.raises(FitError, match="at least two clusters"):
        cluster_robust(moments)
