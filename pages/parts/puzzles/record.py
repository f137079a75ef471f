"""What was done in the puzzles, kept as what is done in the course."""

from __future__ import annotations

import time
from dataclasses import replace

from engine.words.numbers import plural
from pages.parts.lesson import progress
from pages.parts.lesson.progress import Done
from pages.parts.puzzles.puzzle import Puzzle

_GOAL = "goal"


def record_of(puzzle: Puzzle) -> str:
    """Return a puzzle's id among the records of the course."""
    return f"puzzle-{puzzle.id}"


def done_in(puzzle: Puzzle) -> str:
    """Return in a few words what was done in a puzzle; empty for nothing."""
    return done_text(progress.present().of(record_of(puzzle)))


def done_text(done: Done) -> str:
    """Return in a few words what a puzzle's record says; empty for nothing."""
    if moves := done.solved.get(_GOAL):
        return f"solved in {plural(moves, 'move')}"
    return "answered" if done.answers else ""


def note_answer(puzzle: Puzzle, written: str) -> None:
    known = progress.present()
    done = known.of(record_of(puzzle))
    done = replace(done, answers=(*done.answers, written), day=time.strftime("%Y-%m-%d"))
    progress.put(known.with_done(record_of(puzzle), done))


def may_solve(puzzle: Puzzle, *, reached: bool) -> bool:
    """Return whether to reach the goal solves it; see `progress.may_solve`."""
    return progress.may_solve(record_of(puzzle), _GOAL, reached=reached)


def note_solved(puzzle: Puzzle, moves: int) -> bool:
    """Note that the goal was reached; return whether that is new, or took fewer moves."""
    return progress.note_solved(record_of(puzzle), _GOAL, moves)
