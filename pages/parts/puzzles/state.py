"""What the page of the puzzles is set to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from engine.figures.course import FittedLines
from pages.parts.ledger import coefficient_choice
from pages.parts.lesson import session
from pages.parts.lesson.state import State, choice, flag, number, text
from pages.parts.puzzles.book import PUZZLES, puzzle_of
from pages.parts.puzzles.puzzle import MOST_APART, Change

# Answered by nothing: the question was skipped.
SKIPPED = "skip"
# Of a figure, in pixels.
HEIGHT = 400
# Stands between clusters in a text of the state.
BETWEEN = "~"


@dataclass(frozen=True)
class PuzzlesState(State, page="puzzles", script="practise/puzzles.py"):
    """Which puzzle is open, what was answered, and what was done to its rows.

    Attributes
    ----------
    puzzle
        Its id; empty for the gallery.
    answer
        As the way of answering writes it; `SKIPPED` for none.
    out, half
        Clusters left out, and those of which every second row is kept.
    centred
        Whether predictors are measured from their cluster means.
    apart
        By what the distances between the cluster means are multiplied.
    coefficient
        Whose ledger is shown.
    """

    puzzle: str = choice("", ("", *(puzzle.id for puzzle in PUZZLES)), param="puzzle")
    answer: str = text(param="answer")
    out: str = text(param="out", most=2_000)
    half: str = text(param="half", most=2_000)
    centred: bool = flag(param="centred")
    apart: float = number(1.0, 1.0, MOST_APART, 0.1, param="apart")
    coefficient: str = coefficient_choice()

    @property
    def change(self) -> Change:
        """What was done to the rows, with the tools that the puzzle offers."""
        tools = puzzle_of(self.puzzle).tools
        return Change(
            levels_in(self.out) if "out" in tools else (),
            levels_in(self.half) if "half" in tools else (),
            self.centred and "centred" in tools,
            self.apart if "apart" in tools else 1.0,
        )


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
