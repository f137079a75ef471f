"""The menus, the front page's head and the course's own page without a browser."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.lesson import progress
from pages.parts.lesson.course import COURSE, done_in, lessons, to_go_on_with
from pages.parts.lesson.progress import Done, Progress
from pages.parts.lesson.record import record_page
from tests.pages.screen import opened

FIRST, SECOND, *_ = lessons()
ANSWERED = Done(("at:55",), ("grand-mean",), {}, "2026-11-29")
SOLVED = Done(solved={challenge.id: 1 for challenge in FIRST.challenges})
BEGUN = Done(solved={FIRST.challenges[0].id: 3})


def saved(**done: Done) -> str:
    return Progress({name.replace("_", "-"): each for name, each in done.items()}).to_address()


def links(page: AppTest) -> list[str]:
    return [link.proto.label for link in page.get("page_link")]


def texts(page: AppTest) -> str:
    return "\n".join(str(part.value) for part in page.markdown)


@pytest.mark.parametrize(
    ("done", "word"), [(Done(), ""), (ANSWERED, "answered"), (SOLVED, "solved"), (BEGUN, "begun")]
)
def test_a_word_says_what_was_done_in_a_lesson(
    monkeypatch: pytest.MonkeyPatch, done: Done, word: str
) -> None:
    monkeypatch.setattr(progress, "present", lambda: Progress({FIRST.id: done}))
    assert done_in(FIRST) == word


@pytest.mark.parametrize(
    ("done", "onwards"),
    [
        ([], None),
        ([0], 1),
        ([2], 3),
        ([0, 2], 3),
        ([len(COURSE) - 1], 0),
        (range(len(COURSE)), None),
    ],
)
def test_one_goes_on_after_the_last_lesson_that_was_begun(
    monkeypatch: pytest.MonkeyPatch, done: list[int], onwards: int | None
) -> None:
    known = {lessons()[place].id: ANSWERED for place in done}
    monkeypatch.setattr(progress, "present", lambda: Progress(known))
    found = to_go_on_with()
    assert (found and found[0]) == (
        None if onwards is None else f"Go on: lesson {onwards + 1}, {lessons()[onwards].title}"
    )


def test_the_door_has_three_ways_in_and_the_menu_every_page() -> None:
    page = opened("main.py")
    assert not page.exception
    for label in ("Take the course", "Show it in class", "Bring your data"):
        assert label in links(page)
    numbered = [f"{place}. {lesson.title}" for place, lesson in enumerate(lessons(), 1)]
    for title in (
        "The puzzle",
        "The course",
        *numbered,
        "Simulate",
        "The dial",
        "Famous puzzles",
        "Challenges",
        "Your data",
        "Questions",
    ):
        assert title in links(page)


def test_the_door_and_the_menu_know_what_was_done() -> None:
    page = opened("main.py", saved=saved(rows_or_clusters=ANSWERED))
    assert "Take the course" not in links(page)
    assert "Go on: lesson 2, Shrinkage" in links(page)
    assert "1. Rows or clusters? – answered" in links(page)


def overview(**known: Any) -> AppTest:
    def script() -> None:
        import runpy

        from pages.parts.lesson import progress
        from tests.pages.screen import PAGES

        progress.take_saved()
        runpy.run_path(str(PAGES / "learn/overview.py"))

    test = AppTest.from_function(script, default_timeout=30)
    for name, value in {"plain": "1", **known}.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception, test.exception
    return test


def test_the_course_lists_every_lesson_with_its_lecture_view() -> None:
    page = overview()
    for place, lesson in enumerate(lessons(), 1):
        assert f"{place}. {lesson.title}" in [header.value for header in page.header]
        assert f"Lesson {place}" in links(page)
        assert f"Lecture view of lesson {place}" in links(page)
    assert "answered" not in texts(page)
    assert "There is nothing to keep yet" in texts(page)


def test_the_course_says_what_was_done_and_forgets_it() -> None:
    page = overview(saved=saved(rows_or_clusters=ANSWERED))
    assert "Go on: lesson 2, Shrinkage" in links(page)
    assert "✓ answered" in texts(page)
    assert "There is nothing to keep yet" not in texts(page)
    next(button for button in page.button if button.label == "Forget all of it").click().run()
    assert "✓ answered" not in texts(page)
    assert "Go on: lesson 2, Shrinkage" not in links(page)


def test_an_empty_record_says_so() -> None:
    assert "Nothing was answered or solved yet" in record_page(lessons(), Progress(), "http://x/")


def test_a_name_that_the_browser_tells_late_is_shown() -> None:
    page = overview()
    page.session_state["progress"] = Progress({FIRST.id: ANSWERED}, "Ada")
    page.run()
    assert page.text_input[0].value == "Ada"
