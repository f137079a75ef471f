"""Slopes that vary: the reply to each belief, and what is said of two data sets and four models."""

from __future__ import annotations

from typing import Any

import pytest

from pages.learn import varying_slopes as lesson
from pages.parts.lesson.commit import Answer
from pages.parts.lesson.lesson import RIGHT, Drawing, Look, Scene, Step
from pages.parts.theme import palette


def scene(step: Step = "reveal", answer: float | None = None, **set_to: Any) -> lesson.Here:
    state = lesson.LESSON.at(step, **{"step": step, **set_to})
    given = None if answer is None else Answer({"at": answer})
    return Scene(step, state, lesson.result(state), given, Look(palette(), 560))


@pytest.mark.parametrize(
    ("answer", "idea"),
    [
        (1.5, RIGHT),
        (0.8, "slopes-average-out"),
        (0.66, "better-fit"),
        (0.2, "better-fit"),
        (1.24, "back-to-ols"),
        (5.92, "spread-for-error"),
        (6.56, "spread-for-error"),
        (1.0, "slopes-too-sure"),
        (3.0, "slopes-too-unsure"),
        (25.0, "slopes-too-unsure"),
    ],
)
def test_each_answer_has_its_reply(answer: float, idea: str) -> None:
    reply = lesson.reply(scene(answer=answer))
    assert reply.idea == idea
    assert reply.text and reply.again and reply.text != reply.again


def roles(here: lesson.Here) -> set[str]:
    return {trace["meta"]["role"] for trace in lesson.figure(here).figure["data"]}


def test_the_gap_is_drawn_while_slopes_vary_as_asked() -> None:
    assert "gap" in roles(scene("reveal", 1.0))
    assert "gap" not in roles(scene("reveal", 1.0, slope_sd=3.0))
    assert "gap" not in roles(scene("play", 1.0))


@pytest.mark.parametrize("slope_sd", [0.0, 5.0, lesson.MOST_SPREAD])
@pytest.mark.parametrize("correlation", [-1.0, 0.0, 1.0])
def test_every_setting_has_its_figure_and_its_sentence(slope_sd: float, correlation: float) -> None:
    here = scene("why", 1.0, slope_sd=slope_sd, correlation=correlation)
    words = lesson.figure(here).words
    assert "nan" not in words
    assert "Average slope 10.47," in words
    assert lesson.why(here)


def test_what_the_question_says_is_where_play_begins() -> None:
    assert "standard error 0.80; " in lesson.figure(scene("play")).words
    assert "standard error 1.55; " in lesson.figure(scene("reveal")).words
    assert "as REML estimates them" in lesson.figure(scene("reveal")).words


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("ols", "Site a has 34% of it; the slope is −0.33."),
        ("intercept", "99.5% of the say: its 0.94 is everybody's, with standard error 0.04, the "),
        ("both", "the slope is −0.79."),
        ("apart", "Site a has 43% of the say; the slope is −0.06."),
    ],
)
def test_four_models_tell_four_stories_and_the_change_of_data_is_said(
    model: str, said: str
) -> None:
    drawing = lesson.figure(scene("remember", model=model))
    assert said in drawing.words
    assert drawing.legend.startswith("Other data: 30 rows of 11 sites")
    asked = lesson.LESSON.asked("remember")
    assert asked.startswith("Now other data") and asked == lesson.LESSON.asked("do")
    assert lesson.LESSON.asked("why") == lesson.question()


@pytest.mark.parametrize("zero", [2.0, 5.0, 9.0])
def test_only_the_model_without_a_correlation_moves_with_the_zero(zero: float) -> None:
    there, here = lesson.stories(zero), lesson.stories(0.0)
    assert there["apart"].slope != pytest.approx(here["apart"].slope, abs=0.01)
    assert all(there[model] is here[model] for model in lesson.MODELS if model != "apart")


def test_the_challenges_can_be_reached_in_other_ways_too() -> None:
    assert lesson.no_slope(scene("do", zero=9.4))
    assert not lesson.no_slope(scene("do", zero=9.0))
    assert not lesson.same_story(scene("do", zero=5.0))


@pytest.mark.parametrize("step", ["play", "reveal", "why"])
def test_there_is_a_row_for_an_answer_only_where_one_was_given_or_may_come(step: Step) -> None:
    def rows(drawing: Drawing) -> str:
        return str(drawing.figure["layout"]["yaxis"]["ticktext"])

    assert "you" in rows(lesson.stage(Look(palette(), 560), Answer()))
    assert "you" in rows(lesson.figure(scene(step, 0.8)))
    assert "you" not in rows(lesson.figure(scene(step)))
