"""A lesson on two sheets of paper: the question with an empty figure, and the key."""

from __future__ import annotations

from typing import Any

import streamlit as st

from engine.figures.base import PALETTES
from engine.words.typeset import Formula
from pages.parts.lesson.commit import Answer
from pages.parts.lesson.course import lessons
from pages.parts.lesson.lesson import Drawing, Lesson, Look, told
from pages.parts.live import LiveFigure, live_panel
from pages.parts.live.assets import page_style
from pages.parts.markdown import escaped
from pages.parts.teaching.mistakes import mistakes, revealed
from pages.parts.teaching.state import TeachingState, go

# Of the figures, in pixels.
_EMPTY, _KEY = 430, 420
_LINES = 6


def show_worksheet(name: str) -> None:
    """Show both sheets of a lesson as they are printed."""
    lesson = next(lesson for lesson in lessons() if lesson.id == name)
    st.html(page_style("teaching.css"))
    with st.container(key="sheets-bar", horizontal=True, vertical_alignment="center"):
        st.button(
            "Back",
            icon=":material/arrow_back:",
            key="teaching-back",
            type="tertiary",
            on_click=lambda: go(TeachingState(lesson=name)),
        )
        st.markdown("Print it from the browser's menu, or by Ctrl+P: two sheets of A4.")
    with st.container(key="sheets"):
        with st.container(key="sheet-question"):
            _question(lesson)
        with st.container(key="sheet-key"):
            _key(lesson)


def _question(lesson: Lesson[Any, Any]) -> None:
    st.title(lesson.title, anchor=False)
    st.html('<div class="sheet-name"><span>Name</span><span>Date</span></div>')
    st.markdown(f"{told(lesson.setting)}\n\n**{told(lesson.question)}**")
    look = Look(PALETTES["light"], _EMPTY)
    _figure(lesson.stage(look, Answer()), "empty", _EMPTY)
    st.markdown(told(lesson.on_paper))
    st.header("Your answer, and why", anchor=False)
    st.html(f'<div class="sheet-lines">{"<i></i>" * _LINES}</div>')


def _key(lesson: Lesson[Any, Any]) -> None:
    scene = revealed(lesson)
    st.header(f"Key: {escaped(lesson.title)}", anchor=False)
    first = next(part for part in lesson.why(scene) if not isinstance(part, Formula))
    st.markdown(f"**{lesson.reveal(scene)}** {first}")
    _figure(lesson.figure(scene), "key", _KEY)
    st.header("Wrong answers to expect", anchor=False)
    st.markdown(
        "\n".join(
            f"- **“{each.thought}”**"
            + (f" ({escaped(each.answer)})" if each.answer else "")
            + f". {each.reply}"
            for each in mistakes(lesson)
        )
    )


def _figure(drawing: Drawing, name: str, height: int) -> None:
    """Without its words: they say what a hand can do on a screen."""
    key = f"sheet-{name}-figure"
    live_panel([LiveFigure(drawing.figure, key=key, alt=drawing.alt, height=height)], key=key)
