"""The puzzles, in the order of the gallery."""

from __future__ import annotations

from pages.parts.puzzles.book.balance import EVEN, SPLIT_PLOT, ZERO_VARIANCE
from pages.parts.puzzles.book.few_clusters import RANDOM_OR_FIXED, TEN_SITES, THREES, UNEVEN
from pages.parts.puzzles.book.two_slopes import CAPITAL, FUEL, PETROL, SCHOOLS
from pages.parts.puzzles.puzzle import Puzzle

PUZZLES = (
    EVEN,
    UNEVEN,
    THREES,
    RANDOM_OR_FIXED,
    FUEL,
    SCHOOLS,
    TEN_SITES,
    CAPITAL,
    PETROL,
    SPLIT_PLOT,
    ZERO_VARIANCE,
)


def puzzle_of(name: str) -> Puzzle:
    """Return the puzzle of an id."""
    return next(puzzle for puzzle in PUZZLES if puzzle.id == name)
