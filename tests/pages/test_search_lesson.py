"""Looking for the ratio: what is said to a search, and that long answers are kept whole."""

import dataclasses

import pytest

from engine.figures.base import PALETTES
from engine.words.numbers import plural
from pages.learn.search import LESSON
from pages.parts.lesson.commit import Answer
from pages.parts.lesson.lesson import RIGHT, Look, Scene


@pytest.mark.parametrize(
    ("looks", "idea"),
    [
        ([2.2], RIGHT),
        ([0.1, 100.0, 2.2], RIGHT),
        ([30.0], "one-look"),
        ([0.1, 1.0], "lowest-seen"),
        ([5.0, 100.0], "lowest-seen"),
        ([1.0, 0.1, 10.0], "not-closed-in"),
    ],
)
def test_a_search_is_told_by_what_its_looks_can_have_shown(looks: list[float], idea: str) -> None:
    answers = ",".join(f"{k}:{place}" for k, place in enumerate(looks, 1))
    lesson = LESSON
    state = lesson.at("reveal", step="reveal", answers=answers)
    (answer,) = lesson.answers(state)
    scene = Scene("reveal", state, lesson.result(state), answer, Look(PALETTES["light"], 500))
    assert lesson.reply(scene).idea == idea
    assert plural(len(looks), "look") in lesson.reveal(scene)


def test_the_latest_answers_are_kept_whole_when_there_is_no_room_for_all() -> None:
    lesson = LESSON
    state = lesson.state()
    for start in range(1, 16):
        looks = {str(k): start + k / 7.0 for k in range(1, 13)}
        state = dataclasses.replace(state, answers=lesson.with_answer(state, Answer(looks)))
    kept = lesson.answers(state)
    assert 1 < len(kept) < 15
    assert all(len(answer.values) == 12 for answer in kept)
    assert kept[-1].values["12"] == pytest.approx(15 + 12 / 7.0, rel=1e-5)
