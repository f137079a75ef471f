"""Both printouts side by side, every number of them selectable, and a card that explains it."""

from .printouts import Sheet, show_printouts

__all__ = ["Sheet", "show_printouts"]
