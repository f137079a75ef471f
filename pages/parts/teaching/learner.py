"""A homework as its learner sees it: rows, questions, and a line to hand in. It has no answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from engine.figures.exercise import exercise_figure
from engine.words.numbers import listed_with_and, plural
from pages.parts.lesson import session
from pages.parts.live import LiveFigure, live_panel
from pages.parts.live.assets import page_style
from pages.parts.markdown import escaped
from pages.parts.teaching.homework import (
    LARGER,
    MOST_CODE,
    TASKS,
    Record,
    Task,
    number_in,
    rows_of,
    smallest_cluster,
)
from pages.parts.teaching.state import TeachingState
from pages.parts.terms import with_terms
from pages.parts.theme import palette

_HEIGHT = 430
# Fields of the state that hold the numbers, in the order of the questions.
_FIELDS = ("first", "second", "third")
_CONSULT = Path(__file__).parents[2] / "consult"


@st.fragment
def show_homework() -> None:
    """Show the homework that the address names."""
    st.html(page_style("teaching.css"))
    state = session.present(TeachingState)
    task = TASKS[state.homework]
    st.title(f"Homework: {task.title}", anchor=False)
    if not state.is_homework:
        st.error(
            "This address is not complete. Ask for it once more, and copy all of it.",
            icon=":material/link_off:",
        )
    elif not state.learner:
        st.text_input(
            "Your code",
            key=TeachingState.key("code"),
            max_chars=MOST_CODE,
            help="As your teacher gave it to you. Capitals do not matter.",
            persist_state="session",
            width=300,
        )
    else:
        _work(state, task)
    session.keep_address(session.present(TeachingState))


def _work(state: TeachingState, task: Task) -> None:
    rows = rows_of(task, state.token, state.learner)
    outcome, predictor, cluster = task.columns
    picture, questions = st.columns([11, 9], gap="large")
    with picture:
        st.markdown(with_terms(task.setting))
        shown = (
            "Each dot is a row" if predictor is None else f"Each letter is a row of that {cluster}"
        )
        figure = LiveFigure(
            exercise_figure(
                rows,
                palette(),
                outcome=outcome,
                predictor=predictor,
                cluster=cluster,
                height=_HEIGHT,
            ),
            key="homework",
            alt=f"{plural(len(rows), 'row')}: {outcome} by {predictor or cluster}",
            height=_HEIGHT,
        )
        live_panel([figure], key=figure.key)
        st.caption(f"{shown}. These rows are those of code **{escaped(state.learner)}** alone.")
    with questions:
        st.header("1. Look", anchor=False)
        key = TeachingState.key("larger")
        st.session_state[key] = st.session_state.get(key) or None
        larger = st.radio(
            task.asks,
            list(LARGER),
            format_func=lambda model: f"In {LARGER[model]}",
            key=key,
            persist_state="session",
        )
        st.header("2. Compute", anchor=False)
        _ways_to_compute(task, rows.to_csv(index=False), state.learner)
        numbers = _numbers(task, smallest_cluster(task, rows))
        st.header("3. Hand in", anchor=False)
        _hand_in(task, state, larger, numbers)


def _ways_to_compute(task: Task, csv: str, code: str) -> None:
    file = f"homework-{task.id}-{re.sub(r'[^a-z0-9-]', '_', code)}.csv"
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.download_button(
            "Your rows as CSV",
            csv,
            file_name=file,
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.page_link(
            st.Page(_CONSULT / "your_data.py", url_path="your-data"),
            label="Without R: the page Your data",
        )
    st.code(
        f'd <- read.csv("{file}")\n'
        f"summary(lm({task.pooled}, d))\n"
        f"summary(m <- lme4::lmer({task.formula}, d))\n"
        "coef(m)",
        language=None,
        wrap_lines=True,
    )


def _numbers(task: Task, smallest: str) -> list[float | None]:
    found = []
    for name, question in zip(_FIELDS, task.questions, strict=True):
        digits = f"{plural(question.decimals, 'decimal')}" if question.decimals else "whole number"
        typed = st.text_input(
            f"{question.label.format(smallest=smallest)} ({digits})",
            key=TeachingState.key(name),
            max_chars=20,
            persist_state="session",
        )
        number = number_in(typed or "")
        if typed and number is None:
            st.caption(f":material/error: “{escaped(typed)}” is no number. Write 51.42 or 51,42.")
        found.append(number)
    return found


def _hand_in(
    task: Task, state: TeachingState, larger: str | None, numbers: Sequence[float | None]
) -> None:
    missing = [] if larger else ["the answer to 1"]
    empty = sum(number is None for number in numbers)
    missing += [plural(empty, "number")] if empty else []
    if missing:
        st.markdown(f"Still missing: {listed_with_and(missing)}.")
        return
    asked = [question.id for question in task.questions]
    given = {
        name: number for name, number in zip(asked, numbers, strict=True) if number is not None
    }
    st.markdown("Copy this line and hand it in. Whether it is right, your teacher's key says.")
    st.code(
        Record(task.id, state.token, state.learner, larger or "", given).to_line(),
        language=None,
        wrap_lines=True,
    )
