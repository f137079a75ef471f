"""The headline of a comparison: what matters to a reader before what moves most."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from engine import Comparison, compare
from engine.account.headline import Driver, Topic, conclusions, headline
from engine.account.movement import Cause, movements
from engine.data.formula.terms import INTERCEPT
from engine.inference.satterthwaite import satterthwaite
from engine.words.verdict import one_sentence
from tests.engine.example import puzzle
from tests.engine.read_sentences import faults
from tests.engine.reference import FOLDER, compared
from tests.engine.test_sentences import FORMULAS, drawn, of_clusters


def public_capital() -> Comparison:
    frame = pd.read_csv(FOLDER / "prose" / "public_capital.csv")
    logs = {f"log_{name}": np.log(frame[name]) for name in ("gsp", "pcap", "pc", "emp")}
    formula = "log_gsp ~ log_pcap + log_pc + log_emp + unemp + (1 | state)"
    return compare(frame.assign(**logs), formula)


def test_a_lost_significance_comes_before_the_largest_movement() -> None:
    comparison = public_capital()
    found = headline(comparison)
    # lm: 0.155, t 9.0; lmer: 0.002, t 0.1.
    assert (found.topic, found.term) == (Topic.CONCLUSION, "log_pcap")
    assert found.conclusion is not None
    assert (found.conclusion.before, found.conclusion.after) == (1, 0)
    assert found.conclusion.drivers == (Driver.ESTIMATE,)
    said = one_sentence(comparison)
    assert said.startswith("The coefficient of log_pcap falls from 0.155 (OLS) to 0.002 (mixed)")
    assert "significant at 5% in OLS only (OLS p < 0.001, mixed p = 0.92)" in said
    largest = max(movements(comparison), key=lambda one: one.in_standard_errors)
    assert largest.term != "log_pcap"


def treated(seed: int) -> Comparison:
    """A treatment of whole clusters, beside a category that moves a little within them."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(20), rng.integers(5, 40, 20))
    level = rng.normal(size=20)
    group = rng.choice(["a", "b", "c"], len(g), p=[0.6, 0.35, 0.05])
    y = 0.3 * (g % 2) + level[g] + 2 * rng.normal(size=len(g))
    return compare(
        pd.DataFrame({"y": y, "treated": g % 2, "group": group, "g": g}),
        "y ~ treated + group + (1 | g)",
    )


@pytest.mark.parametrize("seed", range(12))
def test_a_treatment_of_clusters_is_spoken_of_when_its_standard_error_grows(seed: int) -> None:
    comparison = treated(seed)
    found = headline(comparison)
    ratio = comparison.mixed.standard_errors[1] / comparison.ols.standard_errors[1]
    changed = any(one.drivers for one in conclusions(comparison)[2:])
    if ratio >= 1.5 and not changed:
        assert found.term == "treated"
        assert found.topic in {Topic.STANDARD_ERROR, Topic.CONCLUSION}
        assert "standard error" in one_sentence(comparison)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_topics_is_kept(formula: str, seed: int) -> None:
    """Recompute what matters from the fits alone."""
    comparison = compare(drawn(seed), formula)
    ols, mixed, found = comparison.ols, comparison.mixed, headline(comparison)
    if not mixed.theta.any():
        assert found.topic is Topic.SAME_FIT
        return
    tests = satterthwaite(comparison.model, mixed.theta)
    signs = [np.where(one.p_values < 0.05, np.sign(one.estimates), 0.0) for one in (ols, tests)]
    changed = {
        name
        for name, before, after in zip(ols.names, *signs, strict=True)
        if before != after and name != INTERCEPT
    }
    assert (found.topic is Topic.CONCLUSION) == bool(changed)
    if changed:
        assert found.term in changed
    elif found.topic is Topic.STANDARD_ERROR:
        place = ols.names.index(found.term)
        ratio = mixed.standard_errors[place] / ols.standard_errors[place]
        assert ratio >= 1.5 or ratio <= 0.5
        assert found.movement.split is None or found.movement.split.lambda_mixed < 0.5
    elif not found.still:
        moved = movements(comparison)
        largest = max(moved, key=lambda one: one.in_standard_errors)
        follows = largest.term == INTERCEPT and largest.cause is Cause.CARRIED
        assert found.term == (largest.leader if follows else largest.term)


def test_noise_that_changes_its_sign_is_no_change_of_conclusion() -> None:
    rng = np.random.default_rng(0)
    for _ in range(40):
        g = np.repeat(np.arange(12), 8)
        x = rng.normal(size=12)[g] + rng.normal(size=96)
        y = 2 * rng.normal(size=12)[g] + rng.normal(size=96)
        comparison = compare(pd.DataFrame({"y": y, "x": x, "g": g}), "y ~ x + (1 | g)")
        told = conclusions(comparison)[1]
        if told.p_before > 0.05 and told.p_after > 0.05:
            assert not told.drivers


def test_an_intercept_competes_in_the_last_step_only() -> None:
    found = headline(puzzle("mpg"))
    assert (found.topic, found.term) == (Topic.MOVEMENT, "displ")
    assert headline(compared("dyestuff")).term == INTERCEPT


def p_value(t_value: float, degrees: float) -> float:
    return float(2.0 * stats.t.sf(abs(t_value), degrees))


@pytest.mark.parametrize("balanced", [True, False])
def test_what_changes_a_conclusion_changes_it_by_itself(balanced: bool) -> None:
    """Put each part of the mixed model's test into the test of OLS."""
    seen = set()
    for seed in range(60):
        comparison = of_clusters(seed, 4, balanced=balanced)
        found = headline(comparison)
        if found.topic is not Topic.CONCLUSION or found.conclusion is None:
            continue
        told, ols, mixed = found.conclusion, comparison.ols, comparison.mixed
        estimates, errors = ols.estimates[1], ols.standard_errors[1]
        alone = {
            Driver.ESTIMATE: p_value(mixed.estimates[1] / errors, told.degrees_before),
            Driver.ERROR: p_value(estimates / mixed.standard_errors[1], told.degrees_before),
            Driver.DEGREES: p_value(estimates / errors, told.degrees_after),
        }
        across = {part for part, p in alone.items() if (p < 0.05) != (told.p_before < 0.05)}
        if across:
            assert set(told.drivers) == across
        else:
            assert len(told.drivers) > 1
        said = one_sentence(comparison)
        assert (Driver.DEGREES in told.drivers) == ("degrees of freedom" in said), said
        assert all(fine for _, fine in faults(said)), said
        seen.add(told.drivers)
    assert {(Driver.DEGREES,), (Driver.ERROR, Driver.DEGREES)} <= seen
