"""What Simulate is set to."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from engine import Scenario
from engine.data.formula.terms import INTERCEPT
from engine.figures.lines import ClusterLines
from engine.simulation import FIELDS, PRESETS, SHAPES, Preset
from engine.simulation.scenario import Shape
from pages.parts.comparison import lines_choice
from pages.parts.lesson.state import State, choice, flag, number, numbers

START = PRESETS[0].scenario
# The coefficient of the condition, as R names it.
TREATED = "conditiontreated"
_CLUSTERS = (1, int(FIELDS["clusters"].slider[1]))
# The axis of the figure, in which the hand stays, lies within this at every setting.
_HIGHEST = 10.0


def _slider(name: str, param: str) -> Any:
    """A number of the scenario, within the ends of its slider."""
    low, high, step = FIELDS[name].slider
    return number(getattr(START, name), low, high, step, param=param)


@dataclass(frozen=True)
class SimulateState(State, page="simulate", script="learn/simulate.py"):
    """The scenario, the clusters changed by hand, and what is shown of them.

    Attributes
    ----------
    between_variance, residual_variance, …, shape
        The scenario's, see `Scenario`.
    moved, resized : dict
        By cluster number: where a cluster's mean was dragged to, and the rows it was given.
    lines
        Which line each cluster gets.
    ledger
        Whether the ledger is shown.
    coefficient
        Whose ledger.
    """

    between_variance: float = _slider("between_variance", "between")
    residual_variance: float = _slider("residual_variance", "residual")
    clusters: int = _slider("clusters", "clusters")
    rows_per_cluster: int = _slider("rows_per_cluster", "rows")
    size_spread: float = _slider("size_spread", "size_spread")
    size_intercept_correlation: float = _slider("size_intercept_correlation", "size_corr")
    effect: float = _slider("effect", "effect")
    intercept: float = _slider("intercept", "intercept")
    share: float = _slider("share", "share")
    share_spread: float = _slider("share_spread", "share_spread")
    share_intercept_correlation: float = _slider("share_intercept_correlation", "share_corr")
    seed: int = _slider("seed", "seed")
    shape: Shape = choice(START.shape, SHAPES, param="shape")
    moved: dict[int, float] = numbers(_CLUSTERS, -_HIGHEST, _HIGHEST, param="moved")
    resized: dict[int, int] = numbers(_CLUSTERS, 1, 20_000, param="resized")
    lines: ClusterLines = lines_choice()
    ledger: bool = flag(param="ledger")
    coefficient: str = choice(INTERCEPT, (INTERCEPT, TREATED), param="coefficient")

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        """The page at a scenario, with nothing moved by hand."""
        return cls().at(scenario)

    def at(self, scenario: Scenario) -> Self:
        """The same page at another scenario, with every cluster put back."""
        settings = {name: getattr(scenario, name) for name in _scenario_fields()}
        return dataclasses.replace(self, **settings, moved={}, resized={})

    def scenario(self) -> Scenario:
        """The scenario that the sliders describe."""
        return Scenario(**{name: getattr(self, name) for name in _scenario_fields()})

    def preset(self) -> Preset | None:
        """The preset that the sliders stand at."""
        now = self.scenario()
        return next((preset for preset in PRESETS if preset.scenario == now), None)


@cache
def _scenario_fields() -> tuple[str, ...]:
    """The names that scenario and page share; what has no control here stays at its default."""
    shared = (each.name for each in dataclasses.fields(Scenario))
    return tuple(name for name in shared if name in SimulateState.params())
