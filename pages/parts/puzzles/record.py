"""What was done in the puzzles, kept as what is done in the course."""

from __future__ import annotations

import time
from dataclasses import replace

from engine.words.numbers import plural
from pages.parts.lesson import progress
from pages.parts.puzzles.puzzle import Puzzle


def _record(puzzle: Puzzle) -> str:
    return f"puzzle-{puzzle.id}"


def done_in(puzzle: Puzzle) -> str:
    """Return in a few words what was done in a puzzle; empty for nothing."""
    done = progress.present().of(_record(puzzle))
    if moves := done.solved.get("goal"):
        return f"solved in {plural(moves, 'move')}"
    return "answered" if done.answers else ""


def note_answer(puzzle: Puzzle, written: str) -> None:
    known = progress.present()
    done = known.of(_record(puzzle))
    done = replace(done, answers=(*done.answers, written), day=time.strftime("%Y-%m-%d"))
    progress.put(known.with_done(_record(puzzle), done))


def note_solved(puzzle: Puzzle, moves: int) -> bool:
    """Note that the goal was reached; return whether that is new, or took fewer moves."""
    return progress.note_solved(_record(puzzle), "goal", moves)
