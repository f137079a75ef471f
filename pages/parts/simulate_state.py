"""What Simulate is set to."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Self

from engine.data.formula.terms import INTERCEPT
from engine.figures.lines import ClusterLines
from engine.simulation import PRESETS, Preset, nearest_preset, preset_of
from engine.simulation.presets import changed_settings
from pages.parts.comparison import lines_choice
from pages.parts.lesson.state import choice, flag, numbers
from pages.parts.sandbox import CLUSTERS, SCENARIO_FIELDS, SandboxState

# The coefficient of the condition, as R names it.
TREATED = "conditiontreated"


@dataclass(frozen=True)
class SimulateState(SandboxState, page="simulate", script="learn/simulate.py"):
    """The sandbox, the clusters resized by hand, and what is shown of them.

    Attributes
    ----------
    resized : dict
        By cluster number: the rows that a cluster was given.
    lines
        Which line each cluster gets.
    ledger
        Whether the ledger is shown.
    coefficient
        Whose ledger.
    situation
        Id of the preset that was chosen last.
    """

    resized: dict[int, int] = numbers(CLUSTERS, 1, 20_000, param="resized")
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
        settings = {name: getattr(preset.scenario, name) for name in SCENARIO_FIELDS}
        return dataclasses.replace(self, **settings, moved={}, resized={}, situation=preset.id)

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
