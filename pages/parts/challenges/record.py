"""What was reached in the challenges, kept as what is done in the course."""

from __future__ import annotations

from engine.challenges import Challenge
from pages.parts.lesson import progress

RECORD = "challenges"
"""Its id among the records of the course."""


def fewest_moves(challenge: Challenge) -> int | None:
    """Return in how few moves a challenge was solved; None if it was not."""
    return progress.present().of(RECORD).solved.get(challenge.id)


def may_solve(challenge: Challenge, *, reached: bool) -> bool:
    """Return whether to reach a challenge solves it; see `progress.may_solve`."""
    return progress.may_solve(RECORD, challenge.id, reached=reached)


def note_solved(challenge: Challenge, moves: int) -> bool:
    """Note that a goal was reached; return whether that is new, or took fewer moves."""
    return progress.note_solved(RECORD, challenge.id, moves)
