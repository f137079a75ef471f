"""Both printouts side by side, every number of them selectable, and a card that explains it."""

from .printouts import LECTURE_STEPS, PuzzleState, Sheet, show_printouts, start_of

__all__ = ["LECTURE_STEPS", "PuzzleState", "Sheet", "show_printouts", "start_of"]
