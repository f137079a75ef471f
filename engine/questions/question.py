"""What a question is: how people ask it, an example with one control, and an answer from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import numpy as np

from engine.data.moments import FloatArray
from engine.words.numbers import with_decimals

# Numbers of an example by what they are, those of its figure among them.
Numbers: TypeAlias = Mapping[str, float]
# A colour of the palette: what a curve is about.
Role: TypeAlias = Literal["ols", "mixed", "no_pooling", "between", "truth", "muted"]


@dataclass(frozen=True)
class Curve:
    """A number of the example that the figure follows over the control.

    Attributes
    ----------
    id
        Its name among the numbers.
    name
        What the figure calls it.
    role
        Its colour.
    dash
        Plotly's name of its dash, if not that of the role.
    """

    id: str
    name: str
    role: Role
    dash: str = ""


@dataclass(frozen=True)
class Control:
    """The one thing that can be moved.

    Attributes
    ----------
    label
        What it is, with its unit; the name of the figure's axis as well.
    places
        Where the curves are computed, ascending. The first and the last are the control's ends.
    start
        Where it stands at first; a function where the engine has to be asked.
    step
        Between two values of a slider; None for any value.
    log
        Whether it moves along logarithms.
    names
        For a choice among the places instead of a slider: what each is called.
    """

    label: str
    places: tuple[float, ...]
    start: float | Callable[[], float]
    step: float | None = None
    log: bool = False
    names: tuple[str, ...] = ()

    @property
    def first(self) -> float:
        """Where it stands at first."""
        return self.start() if callable(self.start) else self.start

    def nearest(self, value: float) -> float:
        """Return the value nearest to any number, of an address for example, that it can take."""
        inside = min(max(value, self.places[0]), self.places[-1])
        # Choices have places, and what is counted has no halves.
        counts = self.step is not None and self.step >= 1.0
        return float(round(inside)) if self.names or counts else inside


@dataclass(frozen=True)
class Question:
    """A question with its answer, computed on an example.

    Attributes
    ----------
    id
        Its address, which never changes.
    asks
        The question, as people ask it.
    setting
        What the example is, in a sentence or two.
    control
        What can be moved.
    numbers
        The example's numbers at a value of the control.
    curves
        Which of them the figure draws.
    axis
        What they are, with their unit.
    decimals
        How many decimals the figure writes, unless there is a ``write``.
    answer
        Two or three sentences with the numbers in them, given the control's value and the numbers.
    lesson
        Id of the lesson that shows it.
    also
        Words that people search for it by and that are not in the question.
    log
        Whether the axis of the numbers is logarithmic.
    write
        Writes a number of the figure; by default with ``decimals``.
    """

    id: str
    asks: str
    setting: str
    control: Control
    numbers: Callable[[float], Numbers]
    curves: tuple[Curve, ...]
    axis: str
    decimals: int
    answer: Callable[[float, Numbers], str]
    lesson: str
    also: tuple[str, ...] = ()
    log: bool = False
    write: Callable[[float], str] | None = None

    def written(self, value: float) -> str:
        """Return a number as the figure writes it."""
        return self.write(value) if self.write else with_decimals(value, self.decimals)

    def at(self, value: float) -> Numbers:
        """Return the numbers at a value; those at the places of the control are kept."""
        return _kept(self, value) if value in self.control.places else self.numbers(value)

    def family(self) -> dict[str, FloatArray]:
        """Return each curve at the places of the control, by its id."""
        found = [self.at(place) for place in self.control.places]
        return {each.id: np.array([one[each.id] for one in found]) for each in self.curves}


@cache
def _kept(question: Question, value: float) -> Numbers:
    return question.numbers(value)


def two(value: float) -> str:
    """Write a number with two decimals."""
    return with_decimals(value, 2)


def three(value: float) -> str:
    """Write a number with three decimals."""
    return with_decimals(value, 3)


def evenly(low: float, high: float, count: int) -> tuple[float, ...]:
    """Return places at equal distances, without the rounding error of adding them up."""
    return tuple(round(place, 10) for place in np.linspace(low, high, count).tolist())


def by_factors(low: float, high: float, count: int) -> tuple[float, ...]:
    """Return places at equal ratios."""
    places: Sequence[float] = np.geomspace(low, high, count).tolist()
    return (low, *places[1:-1], high)
