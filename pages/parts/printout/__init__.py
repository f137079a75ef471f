"""Both printouts side by side, every number of them selectable, and a card that explains it."""

from .printouts import PuzzleState, Sheet, show_printouts, start_of

__all__ = ["PuzzleState", "Sheet", "show_printouts", "start_of"]
