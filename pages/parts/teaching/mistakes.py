"""Wrong answers that a class gives to a lesson, with what the lesson says to each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.figures.base import PALETTES
from pages.parts.lesson.actions import HEIGHT
from pages.parts.lesson.commit import Answer
from pages.parts.lesson.lesson import Lesson, Look, Scene

# An answer of more values than this is a drawing, which numbers do not tell.
_MOST_VALUES = 3


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that is to be expected.

    Attributes
    ----------
    thought
        What whoever gives it thinks.
    answer
        The answer in numbers; empty where it is a drawing.
    reply
        What the lesson says to it, in Markdown.
    """

    thought: str
    answer: str
    reply: str


def mistakes(lesson: Lesson[Any, Any]) -> list[Mistake]:
    """Return the wrong answers that a lesson expects, the likeliest first."""
    return [
        Mistake(
            thought,
            lesson.commit.said(answer) if len(answer.values) <= _MOST_VALUES else "",
            lesson.reply(revealed(lesson, answer)).text,
        )
        for thought, answer in lesson.expected().items()
    ]


def revealed(lesson: Lesson[Any, Any], answer: Answer | None = None) -> Scene[Any, Any]:
    """Return what a lesson shows right after an answer, in the colours of paper."""
    state = lesson.at("reveal", step="reveal")
    look = Look(PALETTES["light"], HEIGHT)
    return Scene("reveal", state, lesson.result(state), answer, look)
