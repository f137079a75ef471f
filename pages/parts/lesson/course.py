"""The lessons in their order, as pages of the app."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st

from engine.figures.base import PALETTES
from pages.parts.lesson import progress
from pages.parts.lesson.actions import HEIGHT, PROJECTED_STEPS
from pages.parts.lesson.lesson import STEPS, Lesson, Look, Scene
from pages.parts.lesson.projector import Neighbour
from pages.parts.lesson.run import run_lesson
from pages.parts.printout import LECTURE_STEPS

_PAGES = Path(__file__).parents[2]
# Modules of pages/learn, each with its `LESSON`. This is the one line that a new lesson takes.
COURSE = (
    "rows_or_clusters",
    "shrinkage",
    "tug_of_war",
    "search",
    "standard_errors",
    "whose_average",
    "within_and_between",
    "varying_slopes",
    "not_gaussian",
)


def lessons() -> tuple[Lesson[Any, Any], ...]:
    """Return the lessons in their order."""
    return tuple(import_module(f"pages.learn.{module}").LESSON for module in COURSE)


def warm_up() -> None:
    """Ask for every step of every lesson once, so that no visitor waits for what is kept for all.

    That takes a second; half of it are the many samples of the last lesson.
    """
    look = Look(PALETTES["light"], HEIGHT)
    for lesson in lessons():
        for step in STEPS:
            lesson.asked(step)
            if step != "ask":
                state = lesson.at(step, step=step)
                lesson.figure(Scene(step, state, lesson.result(state), None, look))


def course_pages() -> list[st.Page]:
    """Return a page for each lesson; its title says its number and what was done in it."""
    course = lessons()
    return [_page(course, place) for place in range(len(course))]


def done_in(lesson: Lesson[Any, Any]) -> str:
    """Return in a word what was done in a lesson; empty for nothing."""
    done = progress.present().of(lesson.id)
    if done.solved.keys() >= {challenge.id for challenge in lesson.challenges}:
        return "solved"
    if done.answers:
        return "answered"
    return "begun" if done.solved else ""


def to_go_on_with() -> tuple[str, st.Page] | None:
    """Return what to say of the lesson to go on with, and its page; None if there is none.

    That is the first untouched one after the last that was begun, or else before it.
    """
    course = lessons()
    begun = [bool(done_in(lesson)) for lesson in course]
    if True not in begun:
        return None
    last = max(place for place, done in enumerate(begun) if done)
    for place in [*range(last, len(course)), *range(last)]:
        if not begun[place]:
            return f"Go on: lesson {place + 1}, {course[place].title}", _page(course, place)
    return None


def your_data_page() -> st.Page:
    """Return the page of Your data, for links to it."""
    return st.Page(_PAGES / "consult" / "your_data.py", url_path="your-data")


def _page(course: tuple[Lesson[Any, Any], ...], place: int) -> st.Page:
    lesson = course[place]
    done = done_in(lesson)
    title = f"{place + 1}. {lesson.title}" + (f" – {done}" if done else "")
    return st.Page(partial(_run, place), title=title, url_path=lesson.id)


def _run(place: int) -> None:
    course = lessons()
    run_lesson(course[place], course, _before(place), _after(place))


def _before(place: int) -> Neighbour:
    course = lessons()
    if place:
        return Neighbour(course[place - 1].title, _page(course, place - 1), PROJECTED_STEPS[-1])
    page = st.Page(_PAGES / "learn" / "puzzle.py", default=True)
    return Neighbour("The puzzle", page, LECTURE_STEPS[-1])


def _after(place: int) -> Neighbour:
    if place + 1 < len(COURSE):
        return lecture_of(place + 1)
    return Neighbour("your own data", your_data_page())


def lecture_of(place: int) -> Neighbour:
    """Return a lesson as what comes after another page; the first one's place is 0."""
    course = lessons()
    return Neighbour(course[place].title, _page(course, place), PROJECTED_STEPS[0])
