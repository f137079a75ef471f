"""What the page of the puzzles is set to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Self, get_args

from engine.figures.course import FittedLines
from engine.figures.puzzle import outcome_range
from pages.parts.ledger import coefficient_choice
from pages.parts.lesson import session
from pages.parts.lesson.state import State, choice, flag, number, numbers, text
from pages.parts.puzzles.book import PUZZLES, puzzle_of
from pages.parts.puzzles.change import MOST_APART, Change, Tool

# Answered by nothing: the question was skipped.
SKIPPED = "skip"
# Of a figure, in pixels.
HEIGHT = 360
# Stands between clusters in a text of the state.
BETWEEN = "~"


@dataclass(frozen=True)
class PuzzlesState(State, page="puzzles", script="practise/puzzles.py"):
    """Which puzzle is open, what was answered, and what was done to its rows and its model.

    Attributes
    ----------
    puzzle
        Its id; empty for the gallery.
    answer
        As the way of answering writes it; `SKIPPED` for none.
    moved : dict
        The mean of the outcome to which a cluster was dragged, by the cluster's place among those
        of the posted rows.
    out, half
        Clusters left out, and those of which every second row is kept.
    equal, joined, centred, means, apart
        As of `Change`.
    coefficient
        Whose ledger is shown.
    """

    puzzle: str = choice("", ("", *(puzzle.id for puzzle in PUZZLES)), param="puzzle")
    answer: str = text(param="answer")
    out: str = text(param="out", most=2_000)
    half: str = text(param="half", most=2_000)
    moved: dict[int, float] = numbers((0, 999), -1e9, 1e9, param="moved")
    equal: bool = flag(param="equal")
    joined: bool = flag(param="joined")
    centred: bool = flag(param="centred")
    means: bool = flag(param="means")
    apart: float = number(1.0, 1.0, MOST_APART, 0.1, param="apart")
    coefficient: str = coefficient_choice()

    @property
    def change(self) -> Change:
        """What was done with the tools that the puzzle offers."""
        puzzle = puzzle_of(self.puzzle)
        levels = puzzle.fitted().moments.levels
        held: dict[Tool, Any] = {
            "moved": {levels[k]: mean for k, mean in self.moved.items() if k < len(levels)},
            "out": tuple(level for level in levels_in(self.out) if level in levels),
            "half": tuple(level for level in levels_in(self.half) if level in levels),
            "equal": self.equal,
            "joined": self.joined,
            "centred": self.centred,
            "means": self.means,
            "apart": self.apart,
        }
        return Change(**{tool: held[tool] for tool in puzzle.tools})

    def unchanged(self) -> Self:
        """Return the same page with the posted rows."""
        first = type(self)()
        return replace(self, **{tool: getattr(first, tool) for tool in get_args(Tool)})


def levels_in(joined: str) -> tuple[str, ...]:
    """Return the clusters that a text of the state holds."""
    return tuple(dict.fromkeys(filter(None, joined.split(BETWEEN))))


def start_of(state: PuzzlesState) -> PuzzlesState:
    """Return where the page starts: at the coefficient that the puzzle is about."""
    if not state.puzzle:
        return PuzzlesState()
    return PuzzlesState(coefficient=puzzle_of(state.puzzle).term)


def go(state: PuzzlesState) -> None:
    """Go to a state as to a page of its own, from which Back returns."""
    session.put(state)
    session.mark_step(state, start_of)


@cache
def posted_lines(name: str) -> FittedLines:
    """Return the rows of a puzzle as they were posted, and both lines."""
    puzzle = puzzle_of(name)
    return puzzle.lines(puzzle.fitted())


@cache
def posted_range(name: str) -> tuple[float, float]:
    """Return the ends of a puzzle's outcome axis: a line as steep as inside clusters has room."""
    puzzle = puzzle_of(name)
    within = puzzle.fitted().fits.get("within")
    numeric = posted_lines(name).ticks is None
    if within is None or puzzle.term not in within.names or not numeric:
        return outcome_range(posted_lines(name))
    slope = float(within.estimates[within.names.index(puzzle.term)])
    return outcome_range(posted_lines(name), slope)
