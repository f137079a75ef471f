"""Every lesson without a browser: steps, address, what it keeps to itself, challenges, record."""

import dataclasses
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.lesson.course import COURSE, lessons
from pages.parts.lesson.lesson import RIGHT, STEPS, Lesson
from pages.parts.lesson.progress import Done, Progress
from pages.parts.lesson.record import record_page
from tests.pages.screen import address, figures

ANY = Lesson[Any, Any]
LESSONS = dict(zip(COURSE, lessons(), strict=True))
every_lesson = pytest.mark.parametrize("module", COURSE)


def script(module: str) -> None:
    from pages.parts.lesson import course

    course._run(course.COURSE.index(module))


def opened(module: str, **query: str) -> AppTest:
    test = AppTest.from_function(script, default_timeout=30, kwargs={"module": module})
    for name, value in {"plain": "1", **query}.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception, test.exception
    return test


def press(test: AppTest, key: str = "lesson-next") -> AppTest:
    test.button(key=key).click().run()
    assert not test.exception, test.exception
    return test


def said(test: AppTest) -> str:
    parts = [*test.markdown, *test.caption, *test.success, *test.title]
    return "\n".join(str(part.value) for part in parts)


# --- every lesson ---------------------------------------------------------------------------------


@every_lesson
def test_every_step_can_be_reached_and_left_again(module: str) -> None:
    test = opened(module)
    seen = ["ask"]
    for _ in STEPS[1:]:
        press(test)
        seen.append(address(test)["step"])
    assert tuple(seen) == STEPS
    for step in STEPS[-2:0:-1]:
        press(test, "lesson-back")
        assert address(test)["step"] == step


@every_lesson
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("view", ["study", "lecture"])
def test_every_step_has_an_address(module: str, step: str, view: str) -> None:
    test = opened(module, step=step, view=view)
    assert len(figures(test)) == 1
    expected = {"step": step, "view": view}
    defaults = {"step": "ask", "view": "study"}
    assert address(test) == {k: v for k, v in expected.items() if v != defaults[k]}


@every_lesson
def test_what_comes_out_is_neither_said_nor_computed_before_the_answer(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson = LESSONS[module]

    def asked(*_: Any) -> Any:
        raise AssertionError("the outcome was asked for before the answer")

    hidden = dict.fromkeys(
        ("result", "enter", "figure", "reveal", "reply", "why", "misread", "remember"), asked
    )
    silent = dataclasses.replace(lesson, **hidden)
    monkeypatch.setattr("pages.parts.lesson.course.lessons", lambda: (silent,))
    monkeypatch.setattr("pages.parts.lesson.course.COURSE", (module,))
    for view in ("study", "lecture"):
        assert len(figures(opened(module, view=view))) == 1


@every_lesson
def test_each_challenge_is_open_at_first_and_solved_by_its_stored_solution(module: str) -> None:
    lesson = LESSONS[module]
    for challenge in lesson.challenges:
        test = opened(module, step="do")
        assert not progress_of(test).of(lesson.id).solved
        for field, value in challenge.solution.items():
            set_control(test, lesson, field, value)
        solved = progress_of(test).of(lesson.id).solved
        assert solved.get(challenge.id) == len(challenge.solution), (challenge.id, solved)
        assert len(test.success) == 1


def set_control(test: AppTest, lesson: ANY, field: str, value: Any) -> None:
    key = lesson.state.key(field)
    widget = next(each for each in [*test.slider, *test.number_input] if each.key == key)
    widget.set_value(value).run()
    assert not test.exception, test.exception


def progress_of(test: AppTest) -> Progress:
    key = "progress"
    return test.session_state[key] if key in test.session_state else Progress()


# --- the first lesson, for what all have in common ------------------------------------------------

FIRST = "rows_or_clusters"
ID = LESSONS[FIRST].id


def answered(test: AppTest, value: float) -> AppTest:
    test.number_input(key=f"{ID}.figure:at:typed").set_value(value).run()
    return press(test)


def reply(test: AppTest) -> str:
    press(test)
    return said(test)


def test_an_answer_is_committed_only_when_it_is_placed() -> None:
    test = opened(FIRST)
    assert test.button(key="lesson-next").label == "Skip the question"
    test.number_input(key=f"{ID}.figure:at:typed").set_value(55.0).run()
    assert test.button(key="lesson-next").label == "That is my answer"
    press(test)
    assert address(test) == {"step": "play", "answers": "at:55"}


def test_the_reply_fits_the_answer_and_a_second_time_is_another() -> None:
    test = answered(opened(FIRST), 56.0)
    first = reply(test)
    assert "You: 56.0, the mixed model: 64.5, OLS: 55.9." in first
    assert "mean of all pupils" in first
    press(test, "lesson-again")
    assert address(test) == {"answers": "at:56"}
    second = reply(answered(test, 55.5))
    assert "The mean of all rows once more" in second
    assert "mean of all pupils, 55.9" not in second
    press(test, "lesson-again")
    assert "One vote per school gives 65.3" in reply(answered(test, 65.3))


def test_an_address_brings_the_answers_and_their_history_back() -> None:
    test = opened(FIRST, step="reveal", answers="at:56~at:55.5")
    assert "The mean of all rows once more" in said(test)


def test_an_idea_met_in_another_lesson_is_known_here() -> None:
    elsewhere = Progress({"another": Done(("x",), ("grand-mean",), {}, "2026-01-01")})
    test = opened(FIRST, step="reveal", answers="at:56", saved=elsewhere.to_address())
    assert "The mean of all rows once more" in said(test)
    assert "saved" not in address(test)


@pytest.mark.parametrize("answers", ["", "at:x", "at:nan", "who:55", "at:55,who:1", "~~~", "%"])
def test_an_answer_that_is_none_is_left_out(answers: str) -> None:
    test = opened(FIRST, step="reveal", answers=answers)
    assert "You:" not in said(test)


def test_answers_beyond_the_axis_stand_at_its_end() -> None:
    assert "You: 100.0," in said(opened(FIRST, step="reveal", answers="at:1e9"))


def test_right_is_right() -> None:
    answered(test := opened(FIRST), 64.5)
    assert progress_of(test).of(ID).ideas == (RIGHT,)


# --- what is kept ---------------------------------------------------------------------------------

RECORD = Progress(
    {ID: Done(("at:55", "at:64.5"), ("grand-mean", RIGHT), {"agree": 3}, "2026-11-29")},
    name="Ada <b>&</b> Bo",
)


def test_a_record_survives_text_and_address() -> None:
    assert Progress.from_text(RECORD.to_text()) == RECORD
    assert Progress.from_address(RECORD.to_address()) == RECORD


@pytest.mark.parametrize(
    "text", [None, "", "{", "[]", "1", '{"lessons":[]}', '{"lessons":{"a":1},"name":3}', "[" * 9999]
)
def test_whatever_a_browser_keeps_is_read(text: str | None) -> None:
    found = Progress.from_text(text)
    assert found.name == "" and not any(done.answers for done in found.lessons.values())
    assert Progress.from_address(text or "") == Progress()


def test_records_merge_to_what_both_hold() -> None:
    other = Progress({ID: Done(("at:60",), ("x",), {"agree": 2, "one-vote-each": 5}, "2027-01-01")})
    for merged in (RECORD.merged(other), other.merged(RECORD)):
        assert merged.of(ID).answers == ("at:55", "at:64.5")
        assert merged.of(ID).solved == {"agree": 2, "one-vote-each": 5}
        assert merged.of(ID).day == "2027-01-01"


def test_the_record_says_what_was_answered_what_came_out_and_what_was_solved() -> None:
    page = record_page(lessons(), RECORD, "http://127.0.0.1/rows-or-clusters?saved=x&y")
    assert "Ada &lt;b&gt;&amp;&lt;/b&gt; Bo" in page
    for text in ("55.0", "You: 64.5, the mixed model: 64.5, OLS: 55.9.", "3 moves", "2026-11-29"):
        assert text in page
    assert "saved=x&amp;y" in page
    assert "src=" not in page and "<script" not in page


def test_one_button_forgets_everything() -> None:
    test = opened(FIRST, step="remember", saved=RECORD.to_address())
    assert progress_of(test) == RECORD
    next(button for button in test.button if button.label == "Forget all of it").click().run()
    assert progress_of(test) == Progress()


def test_a_visitor_who_comes_back_can_go_on() -> None:
    test = opened(FIRST, saved=RECORD.to_address())
    press(test, "lesson-go-on")
    assert address(test) == {"step": "reveal", "answers": "at:55~at:64.5"}
