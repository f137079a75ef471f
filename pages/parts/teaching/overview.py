"""The page for who teaches: plans for a class, wrong answers to expect, and the rest below."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

import streamlit as st

from pages.parts.lesson import session
from pages.parts.lesson.course import course_pages, lessons
from pages.parts.lesson.lesson import told
from pages.parts.lesson.projector import LECTURE
from pages.parts.live.assets import page_style
from pages.parts.markdown import escaped
from pages.parts.teaching.embed import show_embedding
from pages.parts.teaching.mistakes import Mistake, mistakes
from pages.parts.teaching.plan import PLANS, Plan, Step
from pages.parts.teaching.state import TeachingState, go
from pages.parts.teaching.teacher import show_homework_setup

_LEARN = Path(__file__).parents[2] / "learn"


@st.fragment
def show_overview() -> None:
    """Show the plans first: whoever comes with five minutes before class needs nothing else."""
    st.html(page_style("teaching.css"))
    st.title("For teaching", anchor=False)
    with st.container(key="teaching-plans"):
        for plan in PLANS:
            with st.container(key=f"teaching-plan-{plan.minutes}"):
                _show_plan(plan, first=plan is PLANS[0])
    show_mistakes()
    show_homework_setup()
    show_embedding()
    session.keep_address(session.present(TeachingState))


# --- plans ----------------------------------------------------------------------------------------


def _show_plan(plan: Plan, *, first: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.header(plan.title, anchor=False, width="content")
        if first:
            with st.container(key="teaching-start", width="content"):
                page, _ = _page_of(plan.steps[0])
                st.page_link(
                    page,
                    label="Start",
                    icon=":material/slideshow:",
                    query_params=session.anew(LECTURE),
                )
    for start, step in zip(plan.starts(), plan.steps, strict=True):
        with st.container(key=f"teaching-step-{plan.minutes}-{start}"):
            when = f"{start}–{start + step.minutes} min"
            if step.lesson is None:
                st.markdown(f"**{when}**")
            else:
                page, title = _page_of(step)
                st.page_link(
                    page,
                    label=f"**{when}: {title}**",
                    icon=":material/slideshow:",
                    query_params=session.anew(LECTURE),
                )
            st.markdown(step.does)


def _page_of(step: Step) -> tuple[st.Page, str]:
    """Return the page whose lecture view a step shows, and what it is called."""
    if not step.lesson:
        return st.Page(_LEARN / "puzzle.py", default=True), "The puzzle"
    known = {lesson.id: place for place, lesson in enumerate(lessons())}
    place = known[step.lesson]
    return course_pages()[place], lessons()[place].title


# --- what a class will answer ---------------------------------------------------------------------


def show_mistakes() -> None:
    """The wrong answers that a lesson expects, and what it says to them."""
    st.header("What a class will answer", anchor=False)
    course = {lesson.id: lesson for lesson in lessons()}
    numbers = {name: place for place, name in enumerate(course, 1)}
    chosen = st.selectbox(
        "Lesson",
        list(course),
        format_func=lambda name: f"{numbers[name]}. {course[name].title}",
        key=TeachingState.key("lesson"),
        persist_state="session",
        width=420,
    )
    lesson = course[chosen]
    st.markdown(f"**{told(lesson.question)}**")
    found = mistakes(lesson)
    for pair in zip_longest(found[::2], found[1::2]):
        for column, mistake in zip(st.columns(2, gap="large"), pair, strict=True):
            if mistake is not None:
                column.markdown(_told(mistake))
    with st.container(key="teaching-lesson", horizontal=True, gap="small"):
        st.button(
            "Worksheet to print",
            icon=":material/print:",
            key="teaching-to-worksheet",
            on_click=lambda: go(TeachingState(lesson=chosen, worksheet=chosen)),
        )
        st.page_link(
            course_pages()[numbers[chosen] - 1],
            label="Lecture view",
            icon=":material/slideshow:",
            query_params=session.anew(LECTURE),
        )


def _told(mistake: Mistake) -> str:
    answer = f" ({escaped(mistake.answer)})" if mistake.answer else ""
    return f"**“{mistake.thought}.”**{answer}\n\nThe lesson replies: {mistake.reply}"
