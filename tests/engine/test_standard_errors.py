"""Why a standard error changes: parts add up, a stated cause is most of it, R's values."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine import compare
from engine.account.boundary import relative_error
from engine.account.standard_errors import ErrorCause, error_changes
from engine.account.standstill import Standstill, standstill
from tests.engine.reference import compared
from tests.engine.test_sentences import FORMULAS, case_compared, drawn


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("seed", range(6))
def test_a_stated_cause_is_more_than_half_of_the_change(formula: str, seed: int) -> None:
    """Recompute the parts from the fits and from A(ρ) by its definition."""
    comparison = compare(drawn(seed), formula)
    if not comparison.mixed.theta.any():
        return
    ols, mixed = comparison.ols, comparison.mixed
    for place, one in enumerate(error_changes(comparison)):
        change = math.log(mixed.standard_errors[place] / ols.standard_errors[place])
        assert sum(one.parts.values()) == pytest.approx(change, abs=1e-9)
        residual = 0.5 * math.log(mixed.residual_variance / ols.residual_variance)
        assert one.parts[ErrorCause.RESIDUAL] == pytest.approx(residual, rel=1e-9)
        shares = {cause: part / change for cause, part in one.parts.items()}
        drivers = {cause for cause, share in shares.items() if share > 0.5}
        if one.cause is ErrorCause.RESIDUAL:
            assert residual / change > 0.5 and 1.0 - residual / change <= 0.5
        elif one.cause is ErrorCause.SEVERAL:
            assert len(drivers) != 1
        else:
            assert drivers == {one.cause}


@pytest.mark.parametrize("seed", range(6))
def test_the_own_information_of_a_slope_is_its_spread_about_the_weighted_means(seed: int) -> None:
    frame = drawn(seed)
    comparison = compare(frame, "y ~ x + k + z + (1 | g)")
    if not comparison.mixed.theta.any():
        return
    counts = frame.groupby("g").size()
    means = frame.groupby("g").x.mean()
    inside = ((frame.x - frame.groupby("g").x.transform("mean")) ** 2).sum()
    information = []
    for weights in (counts, counts / (1 + counts * comparison.mixed.variance_ratio)):
        information.append(inside + weights @ (means - np.average(means, weights=weights)) ** 2)
    part = error_changes(comparison)[1].parts[ErrorCause.CLUSTERS]
    assert part == pytest.approx(0.5 * math.log(information[0] / information[1]), rel=1e-8)


def test_an_intercept_far_from_the_data_has_the_error_of_its_slopes() -> None:
    found = error_changes(case_compared("intercept_se"))[0]
    assert found.levels is not None
    for level, error in zip(found.levels, (found.before, found.after), strict=True):
        assert math.hypot(level.height, level.slopes) == pytest.approx(error, rel=1e-9)
        assert level.slopes > level.height
    assert found.mean is None


def test_a_mean_of_equal_clusters_has_its_design_effect() -> None:
    found = error_changes(compared("dyestuff"))[0]
    # lm 11.5065, lmer 19.3834; 30 rows / (1 + 4 · 0.41848) = 11.2.
    assert found.cause is ErrorCause.CLUSTERS
    assert found.mean is not None
    assert found.mean.worth.rows_of_weighted_mean == pytest.approx(11.22, abs=0.01)
    assert found.mean.after / found.mean.worth.rows_of_weighted_mean == pytest.approx(
        19.3834**2, rel=1e-4
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sleepstudy", Standstill.BALANCED),
        ("orthodont", Standstill.BALANCED),
        ("orthodont_interaction", Standstill.MEANS_IN_MODEL),
    ],
)
def test_why_nothing_moves_in_balanced_designs(name: str, kind: Standstill) -> None:
    assert standstill(compared(name)).kind is kind


def test_why_nothing_moves_with_an_exact_cluster_mean_and_in_a_growth_study() -> None:
    found = standstill(case_compared("growth"))
    assert (found.kind, found.slopes) == (Standstill.SAME_DESIGN, ("time",))
    frame = drawn(1).assign(g=lambda f: np.arange(len(f)) // 6)
    frame = frame[: len(frame) // 6 * 6].copy()
    frame["exact"] = frame.groupby("g").x.transform("mean")
    comparison = compare(frame, "y ~ x + exact + (1 | g)")
    assert standstill(comparison).kind is Standstill.MEANS_IN_MODEL
    assert standstill(comparison).both == ("x",)


def test_an_outcome_that_happens_to_cancel_is_no_balanced_design() -> None:
    """Two sizes; within each, the levels cancel, so that no weights move the mean."""
    frame = drawn(0)[["g"]].iloc[:0]
    sizes = np.array([3, 3, 9, 9])
    g = np.repeat(np.arange(4), sizes)
    y = np.array([-1.0, 1.0, -2.0, 2.0])[g] + np.tile([-1.0, 0.0, 1.0], 8)
    frame = frame.reindex(range(24)).assign(g=g, y=y)
    assert standstill(compare(frame, "y ~ 1 + (1 | g)")).kind is Standstill.CANCELLING


def test_how_well_the_between_cluster_variance_is_known() -> None:
    # Balanced: √(2 / (J − 1)) (1 + 1 / (n ρ)).
    counts = np.full(6, 5)
    assert relative_error(counts, 0.7) == pytest.approx(np.sqrt(2 / 5) * (1 + 1 / 3.5))
