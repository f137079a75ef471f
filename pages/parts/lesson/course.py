"""The lessons in their order, as pages of the app."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.lesson.lesson import Lesson
from pages.parts.lesson.run import run_lesson

# Modules of pages/learn, each with its `LESSON`. This is the one line that a new lesson takes.
COURSE = (
    "rows_or_clusters",
    "shrinkage",
    "tug_of_war",
    "search",
    "standard_errors",
    "whose_average",
)


def lessons() -> tuple[Lesson[Any, Any], ...]:
    """Return the lessons in their order."""
    return tuple(import_module(f"pages.learn.{module}").LESSON for module in COURSE)


def course_pages() -> list[st.Page]:
    """Return a page for each lesson, for the app's navigation."""
    course = lessons()
    return [_page(course, place) for place in range(len(course))]


def _page(course: tuple[Lesson[Any, Any], ...], place: int) -> st.Page:
    lesson = course[place]
    return st.Page(partial(_run, place), title=lesson.title, url_path=lesson.id)


def _run(place: int) -> None:
    course = lessons()
    after = place + 1
    if after < len(course):
        following = (course[after].title, _page(course, after))
    else:
        script = Path(__file__).parents[2] / "consult" / "your_data.py"
        following = ("your own data", st.Page(script, url_path="your-data"))
    run_lesson(course[place], course, following)
