"""The second lesson: what is said to each answer, and to every setting of its controls."""

import math
from dataclasses import replace

import pytest

from engine.figures.base import PALETTES
from engine.words.typeset import Formula
from pages.learn.shrinkage import LESSON, Here, Shrinkage, misread
from pages.parts.lesson.commit import Answer
from pages.parts.lesson.lesson import RIGHT, Look, Scene
from tests.pages.screen import address
from tests.pages.test_lessons import opened, said

LOOK = Look(PALETTES["light"], 400)


def scene(state: Shrinkage, answer: float | None = None) -> Here:
    given = None if answer is None else Answer({"at": answer})
    return Scene(state.step, state, LESSON.result(state), given, LOOK)


def revealed() -> Shrinkage:
    return LESSON.at("reveal", step="reveal")


ANSWERS = {
    40.0: "beyond-the-pooled", 55.9: "grand-mean", 60.0: "beyond-the-pooled",
    64.5: "pooled-value", 70.0: "too-much-pulled", 76.2: "middle-of-both",
    79.0: "too-much-pulled", 82.4: RIGHT, 85.0: "too-little-pulled", 88.0: "raw-mean",
    95.0: "beyond-its-mean", 105.0: "beyond-its-mean",
}  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS)
def test_each_answer_meets_the_belief_behind_it(answer: float) -> None:
    reply = LESSON.reply(scene(revealed(), answer))
    assert reply.idea == ANSWERS[answer]
    assert reply.text != reply.again


def test_the_outcome_is_that_of_the_question_whatever_a_hand_has_moved() -> None:
    outcome = "You: 76.0, the mixed model: 82.4, 76% of the way from 64.5 to 88.0."
    for state in (revealed(), replace(revealed(), pupils=300.0, between_variance=2.0)):
        assert LESSON.reveal(scene(state, 76.0)) == outcome
    assert LESSON.reveal(scene(revealed())) == outcome.replace("You: 76.0, t", "T")


@pytest.mark.parametrize("between", [0.0, 1e-3, 41.6, 1e5, math.inf])
@pytest.mark.parametrize("pupils", [1.0, 2.0, 45.0, 500.0])
@pytest.mark.parametrize("by_size", [False, True])
def test_every_setting_is_drawn_and_explained(between: float, pupils: float, by_size: bool) -> None:
    for residual in (10.0, 83.3, 1000.0):
        state = replace(
            LESSON.at("why", step="why"),
            pupils=pupils, residual_variance=residual, between_variance=between, by_size=by_size,
        )  # fmt: skip
        here = scene(state, 76.0)
        assert "nan" not in LESSON.figure(here).words
        first, formula, *rest = LESSON.why(here)
        # A projector shows these two.
        assert isinstance(first, str) and isinstance(formula, Formula)
        assert all(part.exact for part in [formula, *rest] if isinstance(part, Formula))
        low, high = sorted((here.result.own, here.result.pooled))
        assert low - 1e-9 <= here.result.landing <= high + 1e-9


def test_without_variance_between_schools_no_challenge_is_reached() -> None:
    # Where all schools land at one place, that is no discovery.
    flat = LESSON.at("do", step="do", between_variance=0.0)
    assert not any(challenge.reached(scene(flat)) for challenge in LESSON.challenges)


def test_levels_that_follow_sizes_stand_beside_what_is_easily_misread() -> None:
    test = opened("shrinkage", step="remember")
    assert "D\u00a0−0.1, E\u00a0−0.7 and F\u00a0−5.6 points" in said(test)
    (switch,) = test.toggle
    switch.set_value(True).run()
    assert not test.exception
    assert address(test) == {"step": "remember", "by-size": "true"}
    assert misread() in said(test)
