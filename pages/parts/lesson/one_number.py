"""Answers of one number on an axis: drawn, beside what came out, and the belief behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pages.parts.lesson.commit import Answer
from pages.parts.lesson.lesson import RIGHT, Scene


def value_of(answer: Answer | None) -> float | None:
    """Return where an answer stands; None if there is none yet."""
    return answer.value if answer is not None and answer.values else None


def placed_at(value: float) -> Answer:
    """Return the answer that stands there."""
    return Answer({"at": value})


def compared(scene: Scene[Any, Any], *, as_asked: bool, drawn: bool = True) -> dict[str, Any]:
    """Return what a figure draws of the answer: ``answer`` and ``gap``.

    Parameters
    ----------
    scene
        What is shown. While a challenge is worked at, the answer would be in the way.
    as_asked
        Whether all is as in the question: only then can the answer be compared with what comes
        out, and not while it is still to be found by play.
    drawn
        Whether the answer belongs into this figure at all.
    """
    seen = drawn and scene.step != "do"
    return {
        "answer": value_of(scene.answer) if seen else None,
        "gap": as_asked and scene.step != "play",
    }


def you_and(scene: Scene[Any, Any], points: Callable[[float], str], out: str) -> str:
    """Return what came out in one sentence, after the answer if there is one.

    Parameters
    ----------
    scene
        With the answer.
    points
        Writes a value as the lesson does.
    out
        What came out, beginning in lower case.
    """
    yours = value_of(scene.answer)
    return out[0].upper() + out[1:] if yours is None else f"You: {points(yours)}, {out}"


def known_belief(
    answer: float,
    outcome: float,
    beliefs: Mapping[str, float],
    *,
    right_within: float,
    belief_within: float,
) -> str | None:
    """Return the id of the belief whose number an answer is near to, or `RIGHT`; None for neither.

    Parameters
    ----------
    answer, outcome
        On the axis.
    beliefs
        Where each belief stands, by id.
    right_within, belief_within
        An answer this close to the outcome, or to the nearest belief, is that.
    """
    if abs(answer - outcome) <= right_within:
        return RIGHT
    nearest = min(beliefs, key=lambda idea: abs(answer - beliefs[idea]))
    return nearest if abs(answer - beliefs[nearest]) <= belief_within else None
