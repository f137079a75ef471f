"""What a challenge is: a goal on simulated data, where one starts, and what may be moved."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from engine.comparison import Comparison, compare_design
from engine.simulation import Scenario, Simulated, possible, simulate
from engine.simulation.presets import changed_settings
from engine.words.numbers import as_printed, four_digits, with_decimals

# A setting of the scenario by its name, or a cluster's mean by its number, and where it is put.
Move: TypeAlias = tuple[str | int, float]


@dataclass(frozen=True)
class Played:
    """What the checks of a challenge look at.

    Attributes
    ----------
    simulated
        The rows, and the truth behind them.
    comparison
        Both fits to them.
    """

    simulated: Simulated
    comparison: Comparison


@dataclass(frozen=True)
class Setup:
    """What a hand has set: a scenario, and clusters that were moved.

    Attributes
    ----------
    scenario
        The settings.
    means
        Means of y of clusters that were moved, by cluster number from 1, in units of y.
    """

    scenario: Scenario
    means: Mapping[int, float] = field(default_factory=dict)

    def after(self, move: Move) -> Setup:
        """Return the same after one more move."""
        what, value = move
        if isinstance(what, int):
            return replace(self, means={**self.means, what: value})
        changed = {what: value}
        return replace(self, scenario=replace(self.scenario, **changed))  # type: ignore[arg-type]

    def moves_from(self, start: Scenario) -> int:
        """Return how many settings and clusters stand elsewhere than at the start.

        However often one of them was taken up, it is one move; put back, it is none.
        """
        return len(changed_settings(start, self.scenario)) + len(self.means)

    def played(self) -> Played:
        """Draw the rows and fit both models.

        Raises
        ------
        FitError
            The models have no answer on these rows.
        """
        simulated = simulate(possible(self.scenario), means=self.means)
        return Played(simulated, compare_design(simulated.design()))


@dataclass(frozen=True)
class Condition:
    """A number, and where it has to lie.

    Attributes
    ----------
    what
        What it is, as the beginning of a sentence that the number ends.
    value
        The number; NaN where there is none.
    decimals
        With how many it is printed. It has to lie there as printed. None for a number that has to
        be exact.
    least, most
        Its limit; one of them is given.
    unit
        What stands behind the number, with its blank.
    """

    what: str
    value: float
    decimals: int | None
    least: float = -math.inf
    most: float = math.inf
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether the number, as printed, lies within the limits."""
        if not math.isfinite(self.value):
            return False
        return self.least <= as_printed(self._written(self.value)) <= self.most

    @property
    def said(self) -> str:
        """The number with its limit, and whether it is reached, as a sentence."""
        found = "none" if math.isnan(self.value) else self._written(self.value) + self.unit
        if self.decimals is None:
            limit = f"exactly {self._written(self.most)}"
        elif math.isfinite(self.least):
            limit = f"at least {self._written(self.least)}"
        else:
            limit = f"at most {self._written(self.most)}"
        sign = "%" if self.unit == "%" else ""
        return f"{self.what} {found} ({limit}{sign}: {'reached' if self.met else 'not yet'})."

    def _written(self, value: float) -> str:
        return four_digits(value) if self.decimals is None else with_decimals(value, self.decimals)


@dataclass(frozen=True)
class Challenge:
    """A goal that the app checks, on simulated data.

    Attributes
    ----------
    id
        Its address, which never changes.
    title
        A few words.
    goal
        What to reach, in one sentence.
    start
        Where it starts, always from the same sample.
    controls
        The settings that may be moved, by name; at most three. One below which the page has
        something to say at times, such as why it has no effect, comes last: that takes no room.
    rings
        Whether clusters may be moved.
    conditions
        What has to hold, each with the number that it is about.
    hint
        For who is stuck.
    shows
        What the present numbers show once the goal is reached.
    lesson
        Id of the lesson that explains it.
    solution
        Moves that reach it, which a test plays.
    """

    id: str
    title: str
    goal: str
    start: Scenario
    conditions: Callable[[Played], Sequence[Condition]]
    hint: str
    shows: Callable[[Played], str]
    lesson: str
    solution: Sequence[Move]
    controls: tuple[str, ...] = ()
    rings: bool = False

    def allowed(self, setup: Setup) -> Setup:
        """Return a set-up with everything back at the start that may not be moved here."""
        kept = {name: getattr(setup.scenario, name) for name in self.controls}
        means = {
            cluster: mean
            for cluster, mean in setup.means.items()
            if self.rings and 1 <= cluster <= kept.get("clusters", self.start.clusters)
        }
        return Setup(replace(self.start, **kept), means)

    def reached(self, played: Played) -> bool:
        """Return whether every condition is met."""
        return all(condition.met for condition in self.conditions(played))

    def so_far(self, played: Played) -> str:
        """Say how far one is: each number with its limit."""
        return " ".join(condition.said for condition in self.conditions(played))
