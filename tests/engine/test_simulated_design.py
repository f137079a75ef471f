"""Simulated data go to the fit as the arrays they were drawn in; the numbers stay the same."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import (
    BetwixtError,
    Comparison,
    DataError,
    FormulaError,
    Scenario,
    ScenarioError,
    compare,
    compare_design,
    simulate,
)
from engine.as_dict import to_dict
from engine.simulation import SHAPES, Simulated

INTERCEPTS = "y ~ condition + (1 | cluster)"
SLOPES = "y ~ condition + (1 + condition | cluster)"
# The last ones give the columns other parts than the page does, so a frame is built.
FORMULAS = [
    INTERCEPTS,
    SLOPES,
    "y ~ condition + (1 + condition || cluster)",
    "y ~ 0 + condition + (1 | cluster)",
    "y ~ 1 + (1 | cluster)",
    "y ~ 1 + (0 + condition | cluster)",
    "y ~ condition + cluster + (1 | cluster)",
    "cluster ~ y + (1 | condition)",
]
SCENARIOS = st.builds(
    Scenario,
    clusters=st.integers(4, 12),
    rows_per_cluster=st.integers(2, 12),
    size_spread=st.sampled_from([0.0, 0.8, 2.0]),
    between_variance=st.sampled_from([0.0, 0.5, 2.0, 1e6]),
    residual_variance=st.sampled_from([1e-6, 1.0]),
    intercept=st.sampled_from([0.0, 3.0, 1e9]),
    slope_variance=st.sampled_from([0.0, 0.7]),
    share=st.sampled_from([0.05, 0.5, 0.95]),
    share_spread=st.sampled_from([0.0, 0.3, 1.0]),
    shape=st.sampled_from(SHAPES),
    seed=st.integers(0, 10**6),
)
BY_HAND = st.dictionaries(st.integers(1, 4), st.integers(1, 30), max_size=4)
MOVED = st.dictionaries(st.integers(1, 4), st.floats(-3, 3), max_size=4)


def outcome(action: Any) -> Any:
    """Return the result of an action, or its error."""
    try:
        return action()
    except BetwixtError as error:
        return type(error), str(error)


def everything(comparison: Comparison) -> dict[str, Any]:
    return to_dict(comparison, slow_inference=False)


@pytest.mark.slow
@settings(max_examples=150)
@given(scenario=SCENARIOS, sizes=BY_HAND, means=MOVED, formula=st.sampled_from(FORMULAS))
def test_every_number_is_that_of_the_fit_to_the_frame(
    scenario: Scenario, sizes: dict[int, int], means: dict[int, float], formula: str
) -> None:
    simulated = outcome(lambda: simulate(scenario, sizes=sizes, means=means))
    if not isinstance(simulated, Simulated):
        assert simulated[0] is ScenarioError
        return
    direct = outcome(lambda: everything(compare_design(simulated.design(formula))))
    # Draw afresh, so that neither way can rely on the other.
    frame = simulate(scenario, sizes=sizes, means=means).frame
    assert direct == outcome(lambda: everything(compare(frame, formula)))


def test_rows_levels_and_residuals_are_those_of_the_frame() -> None:
    simulated = simulate(Scenario(seed=3), sizes={2: 1, 5: 80}, means={5: 2.0})
    direct, detour = compare_design(simulated.design()), compare(simulated.frame, INTERCEPTS)
    assert direct.formula == detour.formula
    assert direct.design.levels == detour.design.levels
    assert dict(direct.design.categories) == dict(detour.design.categories)
    np.testing.assert_array_equal(direct.design.matrix, detour.design.matrix)
    np.testing.assert_array_equal(direct.ols_residuals, detour.ols_residuals)
    np.testing.assert_array_equal(direct.scaled_residuals, detour.scaled_residuals)


@pytest.mark.parametrize("formula", [INTERCEPTS, SLOPES])
def test_no_frame_is_built_unless_it_is_asked_for(
    formula: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = []
    monkeypatch.setattr(pd, "DataFrame", lambda *_, **__: built.append(1))
    simulated = simulate(Scenario())
    compare_design(simulated.design(formula))
    assert built == []
    assert simulated.frame is None  # from the stand-in: a frame is built here
    assert built == [1]


def test_the_frame_is_built_once_and_shares_nothing_with_the_fit() -> None:
    simulated = simulate(Scenario())
    before = compare_design(simulated.design())
    frame = simulated.frame
    assert simulated.frame is frame
    frame.loc[:, "y"] = 0.0
    after = compare_design(simulated.design())
    np.testing.assert_array_equal(after.ols_residuals, before.ols_residuals)


def test_the_arrays_cannot_be_overwritten() -> None:
    simulated = simulate(Scenario())
    for array in (simulated.outcome, simulated.cluster_codes, simulated.treated):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.parametrize(
    ("formula", "error"), [("y ~ age + (1 | cluster)", DataError), ("y ~", FormulaError)]
)
def test_other_columns_are_refused_as_of_any_frame(formula: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        simulate(Scenario()).design(formula)
