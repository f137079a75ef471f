"""Not Gaussian: what is said to each answer, and to every setting of its controls."""

from dataclasses import replace

import numpy as np
import pytest

from engine.figures.base import PALETTES
from engine.simulation.many_means import EFFECT_SHAPES
from engine.words.numbers import as_printed
from engine.words.typeset import Formula
from pages.learn import not_gaussian
from pages.learn.not_gaussian import LESSON, Here, NotGaussian, heights, looks_alike, shows_humps
from pages.parts.lesson import course
from pages.parts.lesson.commit import Answer
from pages.parts.lesson.lesson import RIGHT, Look, Scene
from tests.pages.test_lessons import opened, press, said

LOOK = Look(PALETTES["light"], 400)


def answered(text: str) -> Answer:
    answer = LESSON.commit.read(text)
    assert answer is not None
    return answer


def scene(state: NotGaussian, answer: str = "") -> Here:
    given = answered(answer) if answer else None
    return Scene(state.step, state, LESSON.result(state), given, LOOK)


def revealed() -> NotGaussian:
    return LESSON.at("reveal", step="reveal")


ANSWERS = {
    "-10:20,0:60,10:20": RIGHT,
    "-10:10,0:30,10:10": RIGHT,  # as shares, the same
    "-20:2,-10:44,0:8,10:44,20:2": "humps-kept",
    "-10:50,10:50": "humps-kept",
    "-30:7,-20:12,-10:20,0:23,10:19,20:12,30:7": "raw-mean",
    "0:80": "pooled-value",
    "-20:6,-10:25,0:38,10:25,20:6": "bell-as-wide",
    "-20:20,-10:40,0:40": "lopsided",
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_each_answer_meets_the_belief_behind_it(answer: str) -> None:
    reply = LESSON.reply(scene(revealed(), answer))
    assert reply.idea == ANSWERS[answer]
    assert reply.text != reply.again


def test_bars_that_were_all_put_back_are_an_answer_none_the_less() -> None:
    here = scene(revealed(), "0:0")
    assert LESSON.reply(here).idea == "raw-mean"
    assert LESSON.reveal(here).startswith("You: 14% in the middle bar")


def test_an_answer_is_scaled_to_all_schools_and_compared_as_printed() -> None:
    text = LESSON.reveal(scene(revealed(), "-10:5,0:10,10:5"))
    own, there = (as_printed(text.split()[k].rstrip("%,")) for k in (1, 9))
    assert own == 50.0
    assert text.endswith(f"The gap: {there - own:.0f} percentage points.")


def test_the_outcome_is_that_of_the_question_whatever_a_hand_has_moved() -> None:
    outcome = LESSON.reveal(scene(revealed()))
    assert LESSON.reveal(scene(replace(revealed(), rows=100, shape="bell"))) == outcome


def test_the_bars_of_the_stage_follow_the_hand_and_say_what_they_hold() -> None:
    drawing = LESSON.stage(LOOK, Answer({"0": 60.0, "10": 15.0}))
    traces = {each["meta"]["role"]: each for each in drawing.figure["data"]}
    assert np.nanmax(traces["drawn"]["y"]) == 60.0
    assert "75% of the schools; as an answer they are scaled to 100%" in drawing.words
    assert LESSON.stage(LOOK, answered("0:60,10:40")).words.endswith("100% of the schools.")
    assert heights(Answer()).tolist() == [0.0] * 7


def test_play_begins_where_the_humps_stand() -> None:
    here = scene(LESSON.at("play", step="play"))
    assert shows_humps(here)
    assert LESSON.figure(here).words.endswith("Two humps.")


@pytest.mark.parametrize(
    ("rows", "shape", "compared"),
    [(2, "two humps", True), (3, "two humps", False), (2, "bell", False)],
)
def test_an_answer_is_drawn_only_over_what_was_asked(rows: int, shape: str, compared: bool) -> None:
    state = LESSON.at("play", step="play", rows=rows, shape=shape)
    figure = LESSON.figure(scene(state, "0:50")).figure
    assert ("answer" in {each["meta"]["role"] for each in figure["data"]}) == compared
    assert ("┄ you" in str(figure)) == compared


@pytest.mark.parametrize("shape", EFFECT_SHAPES)
@pytest.mark.parametrize("rows", [2, 7, 200])
def test_every_setting_is_drawn_and_explained(shape: str, rows: int) -> None:
    for step in ("why", "do"):
        state = replace(LESSON.at(step, step=step), rows=rows, shape=shape)
        here = scene(state, "0:50")
        drawing = LESSON.figure(here)
        assert f"{rows} pupils a school" in drawing.words
        roles = {each["meta"]["role"] for each in drawing.figure["data"]}
        assert ("landed" in roles) == (step == "why")
        parts = LESSON.why(here)
        assert len([part for part in parts if isinstance(part, Formula)]) == 2
        assert "nan" not in " ".join(part for part in parts if isinstance(part, str))


def test_from_few_pupils_two_worlds_look_alike_and_from_many_none_does() -> None:
    def alike(rows: int) -> list[str]:
        states = [NotGaussian(step="do", rows=rows, shape=shape) for shape in EFFECT_SHAPES]
        return [state.shape for state in states if looks_alike(scene(state))]

    assert "bell" in alike(2)
    assert not alike(20)


def test_at_the_end_the_intercept_stands_still_and_the_interval_of_the_variance_moves() -> None:
    test = opened("not_gaussian", step="remember")
    found = not_gaussian.studies()
    sds = [study.sd for study in found.values()]
    assert max(sds) / min(sds) < 1.05
    held = {name: study.variance_coverage for name, study in found.items()}
    assert held["Log-normal"] < held["Exponential"] < held["Bell"] < held["Two humps"]
    few = {name: study.few_coverage for name, study in found.items()}
    assert few["Log-normal"] < few["Bell"]
    assert "Shrinkage draws the bell" in said(test)
    press(test, "lesson-back")


def test_no_visitor_waits_for_the_many_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course, "lessons", lambda: (LESSON,))
    monkeypatch.setattr(not_gaussian, "STUDIES", 20)
    not_gaussian.studies.cache_clear()
    course.warm_up()
    assert not_gaussian.studies.cache_info().currsize == 1
    not_gaussian.studies.cache_clear()
