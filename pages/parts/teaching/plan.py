"""What to show in class, minute by minute; the lecture views are entered from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """Some minutes of a class.

    Attributes
    ----------
    minutes
        How many.
    lesson
        Id of the lesson whose lecture view is shown; empty for the puzzle's, None for neither.
    does
        What the lecturer does, in a sentence or two.
    """

    minutes: int
    lesson: str | None
    does: str


@dataclass(frozen=True)
class Plan:
    """A class.

    Attributes
    ----------
    title
        What it is called.
    steps
        In their order.
    """

    title: str
    steps: Sequence[Step]

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return sum(step.minutes for step in self.steps)

    def starts(self) -> list[int]:
        """Return the minute at which each step begins."""
        return [sum(each.minutes for each in self.steps[:k]) for k in range(len(self.steps))]


_PUZZLE = (
    "Read the question aloud. Hands up: will the mixed intercept be larger, smaller, or the same? "
    "Then press → as you talk; from its end → leads to *Rows or clusters?*"
)
_VOTES = (
    "Everybody writes down a number before you go on: on the worksheet, or on a phone by the QR "
    "code. Ask three people why. Then press →."
)

PLANS: tuple[Plan, ...] = (
    Plan(
        "15 minutes",
        (
            Step(5, "", _PUZZLE),
            Step(9, "rows-or-clusters", _VOTES),
            Step(1, None, "Leave the last sentence on the wall, and hand out the homework."),
        ),
    ),
    Plan(
        "50 minutes",
        (
            Step(6, "", _PUZZLE),
            Step(10, "rows-or-clusters", _VOTES),
            Step(
                8,
                "shrinkage",
                "Ask where a school of two pupils lands; let one half of the room argue for its "
                "own mean, the other for the mean of all.",
            ),
            Step(
                12,
                "tug-of-war",
                "The same for a slope. Ask whether clinics of equal size would make both models "
                "agree; after the answer slide *Largest clinic* to 1.",
            ),
            Step(
                10,
                "standard-errors",
                "Which of the two standard errors grows? Vote on both before →.",
            ),
            Step(
                4,
                None,
                "Ask the first question once more, and let somebody who was wrong explain it. Hand "
                "out the homework.",
            ),
        ),
    ),
)
