"""Which settings of a scenario change nothing, and which correlations it has room for."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from engine.data.moments import FloatArray, IntArray
from engine.errors import ContradictionError
from engine.simulation.cluster_effects import standardised
from engine.simulation.rows import design_draws, design_of
from engine.simulation.scenario import Scenario


def possible(scenario: Scenario) -> Scenario:
    """Return the scenario with correlations that can hold together.

    Parameters
    ----------
    scenario
        Any scenario.

    Returns
    -------
    Scenario
        The same scenario, or, where its two correlations contradict each other, one with the
        largest correlations in the same proportion that do not.
    """
    largest = _largest(design_of(scenario))
    if largest is None:
        return scenario
    return replace(
        scenario,
        size_intercept_correlation=largest[0],
        share_intercept_correlation=largest[1],
    )


@lru_cache(maxsize=64)
def _largest(scenario: Scenario) -> tuple[float, float] | None:
    """Return the largest correlations that can hold together; None if those asked for can."""
    try:
        design_draws(scenario)
    except ContradictionError as refused:
        return refused.largest
    return None


def idle_settings(scenario: Scenario) -> dict[str, str]:
    """Return the settings that change nothing at present.

    Parameters
    ----------
    scenario
        Any scenario.

    Returns
    -------
    dict
        By the name of such a setting, the name of the setting that is in its way: one of
        ``between_variance``, ``rows_per_cluster``, ``size_spread`` and ``share_spread``.
    """
    sizes, counts = design_draws(possible(scenario))
    idle = {}
    if scenario.rows_per_cluster == 2:
        idle["size_spread"] = "rows_per_cluster"
    sizes_vary, shares_vary = _vary(sizes), scenario.share_spread > 0 and _vary(counts / sizes)
    if not sizes_vary:
        idle["size_intercept_correlation"] = "size_spread"
    if not shares_vary:
        idle["share_intercept_correlation"] = "share_spread"
    if scenario.between_variance == 0 and scenario.slope_variance == 0:
        idle["shape"] = "between_variance"
        # Where sizes and shares both vary, the correlations also decide which cluster gets which.
        if not (sizes_vary and scenario.share_spread > 0):
            idle.setdefault("size_intercept_correlation", "between_variance")
            idle.setdefault("share_intercept_correlation", "between_variance")
    return idle


def _vary(values: IntArray | FloatArray) -> bool:
    return standardised(values) is not None
