"""What lessons say and draw in words: one name for one thing, no state that changes unsaid."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest

from engine.figures.base import PALETTES
from pages.learn.search import CARS, FOUR, NIGHTS, minima
from pages.learn.shrinkage import LESSON as SHRINKAGE
from pages.parts.lesson.commit import Answer, Choice, Looks, Marks, Pick
from pages.parts.lesson.lesson import STEPS, Control, Drawing, Look, Scene, told
from tests.lesson_answers import ANSWERS
from tests.pages.screen import figures
from tests.pages.test_lessons import ANY, LESSONS, every_lesson, opened, set_control

LOOK = Look(PALETTES["light"], 400)
CODE = re.compile(r"`[^`]*`")


def scene(lesson: ANY, step: Any, **set_to: Any) -> Scene[Any, Any]:
    state = dataclasses.replace(lesson.at(step, step=step), **set_to)
    return Scene(step, state, lesson.result(state), None, LOOK)


def drawn_words(figure: dict[str, Any]) -> Iterator[str]:
    """Every text in a figure, roles aside."""
    for trace in figure["data"]:
        texts = trace.get("text", [])
        yield from [texts] if isinstance(texts, str) else texts
    for axis in figure["layout"].values():
        if isinstance(axis, dict):
            yield from map(str, axis.get("ticktext", []))
            yield str(axis.get("title", {}).get("text", "")) if axis.get("title") else ""
    yield from (each["text"] for each in figure["layout"].get("annotations", []))


def words_of_drawing(drawing: Drawing) -> Iterator[str]:
    yield from (drawing.words, drawing.legend, drawing.alt, *drawn_words(drawing.figure))


def words_of(lesson: ANY, here: Scene[Any, Any]) -> Iterator[str]:
    yield from words_of_drawing(lesson.figure(here))
    # It is asked for in its own step only.
    if here.step == "why":
        yield from (part for part in lesson.why(here) if isinstance(part, str))


def words_of_answering(lesson: ANY) -> Iterator[str]:
    """What stands at the ways of answering, and what is said to answers wrong and right."""
    match lesson.commit:
        case Marks() | Pick() as way:
            yield from (mark.label for mark in way.known())
        case Looks(place=way):
            yield from (mark.label for mark in way.known())
        case Choice(options):
            yield from options.values()
    for written in ANSWERS[lesson.id]:
        answer = lesson.commit.read(written)
        yield from words_of_drawing(lesson.stage(LOOK, answer))
        here = dataclasses.replace(scene(lesson, "reveal"), answer=answer)
        reply = lesson.reply(here)
        yield from (lesson.reveal(here), reply.text, reply.again)
        yield from words_of_drawing(lesson.figure(here))


def words_on_screen(lesson: ANY) -> Iterator[str]:
    """Every word that a reader may see, but for buttons and formulas."""
    prose = (lesson.setting, lesson.question, lesson.target, lesson.misread, lesson.remember)
    yield from (told(part) for part in (*prose, *lesson.later.values()))
    yield from words_of_drawing(lesson.stage(LOOK, Answer()))
    yield from words_of_answering(lesson)
    for control in lesson.controls:
        unit = getattr(control, "unit", None)
        yield from (control.label, control.help or "", unit or "")
        yield from getattr(control, "options", {}).values()
    for step in STEPS[1:]:
        yield from words_of(lesson, scene(lesson, step))
    for challenge in lesson.challenges:
        set_to = {k: v for k, v in challenge.solution.items() if hasattr(lesson.state(), k)}
        yield from (told(challenge.goal), challenge.said(scene(lesson, "do", **set_to)))


@every_lesson
def test_each_model_has_one_name_outside_of_code(module: str) -> None:
    parts = list(words_on_screen(LESSONS[module]))
    named = [part for part in parts if re.search(r"\blm(er)?\b", CODE.sub("", part))]
    assert not named


@every_lesson
def test_at_infinity_nothing_is_nearly_so(module: str) -> None:
    lesson = LESSONS[module]
    endless = [
        each.field
        for each in lesson.controls
        if isinstance(each, Control) and each.high == math.inf
    ]
    for step in ("play", "why"):
        for field in endless:
            for part in words_of(lesson, scene(lesson, step, **{field: math.inf})):
                assert "over 99.9%" not in part and "under 0.1%" not in part, part


# --- data that are chosen -------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["why", "do"])
def test_other_data_start_where_their_step_does_and_are_named(step: str) -> None:
    lesson = LESSONS["search"]
    test = opened("search", step=step)
    for case, rows in (
        (NIGHTS, "18 people on 10 days"),
        (FOUR, "4 clusters of 3 rows"),
        (CARS, "234 cars"),
    ):
        set_control(test, lesson, "case", case)
        ratio = test.session_state[lesson.state.key("ratio")]
        assert ratio == (1.0 if step == "do" else minima(case).ratio[0])
        assert rows in str(figures(test)[0]["layout"]["annotations"])


def test_the_end_shows_the_data_that_it_speaks_of() -> None:
    here = scene(LESSONS["search"], "remember")
    assert here.state.case == FOUR and here.state.ratio == minima(FOUR).ratio[0]
    assert "4 clusters of 3 rows each" in LESSONS["search"].figure(here).words


def test_every_letter_of_the_criterion_is_explained_for_all_data() -> None:
    lesson = LESSONS["search"]
    for case in (CARS, NIGHTS, FOUR):
        text = " ".join(
            part for part in lesson.why(scene(lesson, "why", case=case)) if isinstance(part, str)
        )
        for letter in ("V holds", "|V| is its determinant", "A = XᵀV⁻¹X", "r² = ", "d the number"):
            assert letter in text


@pytest.mark.parametrize(
    ("module", "rows"),
    [
        ("search", "4 clusters of 3 rows each"),
        ("standard_errors", "8 subjects of four rows"),
        ("varying_slopes", "11 sites"),
    ],
)
def test_the_end_asks_about_the_other_data_that_it_shows(module: str, rows: str) -> None:
    asked = LESSONS[module].asked("remember")
    assert asked.startswith("Now other data: ") and rows in asked and asked.endswith("?")
    assert LESSONS[module].asked("why") == told(LESSONS[module].question)


def test_levels_dealt_by_size_are_shown_beside_those_before() -> None:
    here = scene(SHRINKAGE, "remember", by_size=True)
    drawing = SHRINKAGE.figure(here)
    roles = {trace["meta"]["role"] for trace in drawing.figure["data"]}
    assert {"means before", "pooled before"} <= roles
    assert "Crosses: the means before. The pooled value was 64.5." in drawing.words
    plain = SHRINKAGE.figure(scene(SHRINKAGE, "remember"))
    assert "means before" not in {trace["meta"]["role"] for trace in plain.figure["data"]}


def test_a_robust_error_of_nothing_is_written_as_nothing() -> None:
    lesson = LESSONS["standard_errors"]
    text = " ".join(map(str, lesson.why(scene(lesson, "why", spread=0.0))))
    assert "For OLS's intercept it is 0," in text and "e−" not in text
    assert "For OLS's intercept it is 0.178," in str(lesson.why(scene(lesson, "why")))


def test_with_equal_sizes_the_slope_between_is_not_said_to_move() -> None:
    lesson = LESSONS["tug_of_war"]
    text = str(lesson.why(scene(lesson, "why", sizes=1.0)))
    assert "it stands still" in text and "So it moves too" not in text
    assert "So it moves too" in str(lesson.why(scene(lesson, "why")))


def test_what_nobody_has_moved_is_not_said_to_be_set_by_hand() -> None:
    words = SHRINKAGE.figure(scene(SHRINKAGE, "play")).words
    assert "to begin with" in words and "set by hand" not in words
    assert "set by hand" in SHRINKAGE.figure(scene(SHRINKAGE, "play", pupils=9.0)).words


@pytest.mark.parametrize(
    "module", ["rows_or_clusters", "tug_of_war", "standard_errors", "varying_slopes"]
)
def test_a_projector_is_told_that_play_begins_where_both_models_are_one(module: str) -> None:
    lesson = LESSONS[module]
    assert "begin" in lesson.figure(scene(lesson, "play")).legend
    assert "begin" not in lesson.figure(scene(lesson, "reveal")).legend
