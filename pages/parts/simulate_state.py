"""What Simulate is set to."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from engine import Scenario
from engine.data.formula.terms import INTERCEPT
from engine.figures.lines import ClusterLines
from engine.simulation import FIELDS, PRESETS, SHAPES, Preset, nearest_preset, preset_of
from engine.simulation.presets import changed_settings
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
    situation
        Id of the preset that was chosen last.
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
    situation: str = choice(PRESETS[0].id, [preset.id for preset in PRESETS], param="situation")

    @classmethod
    def of(cls, preset: Preset) -> Self:
        """The page at a preset."""
        return cls().at(preset)

    def at(self, preset: Preset) -> Self:
        """The same page at another preset, with every cluster put back."""
        settings = {name: getattr(preset.scenario, name) for name in _scenario_fields()}
        return dataclasses.replace(self, **settings, moved={}, resized={}, situation=preset.id)

    def scenario(self) -> Scenario:
        """The scenario that the sliders describe."""
        return Scenario(**{name: getattr(self, name) for name in _scenario_fields()})

    @property
    def preset(self) -> Preset:
        """The preset that was chosen last."""
        return preset_of(self.situation)

    @property
    def changed(self) -> bool:
        """Whether a hand has made something else of the preset; another sample does not count."""
        by_hand = any(cluster <= self.clusters for cluster in {**self.moved, **self.resized})
        return by_hand or bool(changed_settings(self.preset.scenario, self.scenario()))

    @property
    def resampled(self) -> bool:
        """Whether the sample is another than the preset's own."""
        return self.seed != self.preset.scenario.seed


def start_of(state: SimulateState) -> SimulateState:
    """Where the page starts: what an address does not call a situation is the nearest preset."""
    return SimulateState(situation=nearest_preset(state.scenario()).id)


@cache
def _scenario_fields() -> tuple[str, ...]:
    """The names that scenario and page share; what has no control here stays at its default."""
    shared = (each.name for each in dataclasses.fields(Scenario))
    return tuple(name for name in shared if name in SimulateState.params())
