"""The coefficient that a page speaks of first."""

from engine import Comparison
from engine.account.movement import movements


def headline_term(comparison: Comparison) -> str:
    """Return the name of the coefficient that the sentence over both fits is about."""
    return max(movements(comparison), key=lambda found: found.in_standard_errors).term
