"""What the mixed model takes for granted about clusters: claimed to be broken only where it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine import compare
from engine.account.assumptions import contextual_effect, size_effect
from engine.inference.satterthwaite import satterthwaite
from engine.models.mixed.model import MixedModel
from engine.models.mundlak import mundlak
from engine.words.verdict import paragraphs
from tests.engine.reference import compared
from tests.engine.test_sentences import case, case_compared


def under_the_null(
    seed: int, clusters: int, predictors: int, *, equal: bool = True
) -> pd.DataFrame:
    """Predictors that work alike inside and between clusters, whose levels ignore their sizes."""
    rng = np.random.default_rng(seed)
    sizes = np.full(clusters, 6) if equal else rng.integers(2, 11, clusters)
    g = np.repeat(np.arange(clusters), sizes)
    names = [f"x{k}" for k in range(predictors)]
    x = rng.normal(size=(clusters, predictors))[g] + rng.normal(size=(len(g), predictors))
    y = x.sum(axis=1) + rng.normal(size=clusters)[g] + rng.normal(size=len(g))
    return pd.DataFrame(x, columns=names).assign(y=y, g=g)


def formula(predictors: int, extra: str = "") -> str:
    return f"y ~ {' + '.join(f'x{k}' for k in range(predictors))}{extra} + (1 | g)"


def test_the_test_of_a_cluster_mean_is_that_of_lmertest() -> None:
    comparison, expected = case_compared("context_few"), case("context_few")["contextual"]
    fit = mundlak(comparison.moments)
    assert fit is not None
    tests = satterthwaite(MixedModel(fit.moments, fit.moments.names), fit.mixed.theta)
    assert tests.estimates[-1] == pytest.approx(expected["estimate"], rel=1e-4)
    assert tests.standard_errors[-1] == pytest.approx(expected["se"], rel=1e-4)
    assert tests.degrees_of_freedom[-1] == pytest.approx(expected["df"], rel=1e-3)
    assert tests.p_values[-1] == pytest.approx(expected["p"], rel=1e-3)
    assert contextual_effect(comparison) is None


def test_a_contextual_effect_that_is_there_is_said_with_the_assumption_it_breaks() -> None:
    found = contextual_effect(compared("hsb_ses"))
    # within.R: 3.675 with standard error 0.378.
    assert found is not None
    assert found.effect == pytest.approx(3.675, abs=5e-4)
    assert found.standard_error == pytest.approx(0.378, abs=5e-4)
    said = " ".join(paragraphs(compared("hsb_ses")))
    assert "takes the clusters' levels to be independent of the predictors" in said


@pytest.mark.parametrize("decimals", [1, 2, 12])
@pytest.mark.parametrize("centred", [False, True])
def test_no_contextual_effect_is_claimed_beside_a_cluster_mean(
    decimals: int, centred: bool
) -> None:
    for seed in range(25):
        frame = under_the_null(seed, 12, 1)
        mean = frame.groupby("g").x0.transform("mean")
        frame["y"] += 2 * mean  # a contextual effect that the model holds already
        frame["m"] = mean.round(decimals)
        if centred:
            frame["m"] = frame.x0 - frame.m
        assert contextual_effect(compare(frame, formula(1, " + m"))) is None


def claimed(clusters: int, predictors: int, *, equal: bool, samples: int) -> tuple[float, float]:
    found = [
        compare(under_the_null(seed, clusters, predictors, equal=equal), formula(predictors))
        for seed in range(samples)
    ]
    context = np.mean([contextual_effect(one) is not None for one in found])
    size = np.mean([size_effect(one) is not None for one in found])
    return float(context), float(size)


@pytest.mark.parametrize("formula", ["y ~ 0 + x + (1 | g)", "y ~ 0 + x + z + (1 | g)"])
def test_nothing_is_claimed_where_a_cluster_mean_stands_in_for_the_intercept(formula: str) -> None:
    for seed in range(25):
        frame = under_the_null(seed, 20, 2)
        frame = frame.assign(x=5.0 + frame.x0, z=frame.x1 - 3.0, y=10.0 + frame.y)
        comparison = compare(frame, formula)
        assert contextual_effect(comparison) is None
        assert size_effect(comparison) is None


def test_a_contextual_effect_is_seen_where_dummies_of_a_factor_add_up_to_the_intercept() -> None:
    frame = under_the_null(0, 30, 1)
    frame["y"] += 3.0 * frame.groupby("g").x0.transform("mean")
    frame["f"] = np.array(["a", "b"])[np.arange(len(frame)) % 2]
    with_intercept, without = (
        contextual_effect(compare(frame, f"y ~ {start} + f + x0 + (1 | g)")) for start in "10"
    )
    assert with_intercept is not None and without is not None
    assert without.effect == pytest.approx(with_intercept.effect, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("equal", [True, False])
@pytest.mark.parametrize(("clusters", "predictors"), [(5, 1), (6, 2), (6, 3), (10, 3), (30, 3)])
def test_what_is_not_there_is_claimed_in_about_a_twentieth_of_samples(
    clusters: int, predictors: int, equal: bool
) -> None:
    samples = 800
    # Two standard errors of the simulation beyond 6%.
    most = 0.06 + 2.0 * np.sqrt(0.06 * 0.94 / samples)
    context, size = claimed(clusters, predictors, equal=equal, samples=samples)
    assert context <= most
    assert size <= most


def test_a_relation_of_sizes_and_levels_is_said_with_the_assumption_it_breaks() -> None:
    rng = np.random.default_rng(1)
    sizes = 2 ** rng.integers(1, 7, 30)
    g = np.repeat(np.arange(30), sizes)
    y = -0.5 * np.log2(sizes)[g] + 0.3 * rng.normal(size=30)[g] + rng.normal(size=len(g))
    comparison = compare(pd.DataFrame({"y": y, "g": g}), "y ~ 1 + (1 | g)")
    found = size_effect(comparison)
    assert found is not None
    assert found.per_doubling == pytest.approx(-0.5, abs=0.15)
    said = " ".join(paragraphs(comparison))
    assert "clusters with twice the rows lie" in said and "lower" in said
    assert "independent of their sizes" in said
    assert size_effect(compared("sleepstudy")) is None
