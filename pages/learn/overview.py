"""The course: its lessons, what was done in each, how to show one in class, and the record."""

from pathlib import Path

import streamlit as st

from engine.words.numbers import plural
from pages.parts.lesson.course import course_pages, done_in, lessons, to_go_on_with
from pages.parts.lesson.lesson import told
from pages.parts.lesson.projector import LECTURE
from pages.parts.lesson.record import show_record
from pages.parts.lesson.session import anew

course, pages = lessons(), course_pages()
st.title("The course", anchor=False)
st.markdown(
    f"{plural(len(course), 'lesson')} that ask first: put your answer on the figure, see what "
    "comes out and why, then solve a challenge.\n\n"
    "**In class**, open a lesson's lecture view: one figure and one sentence in large type, and "
    "the keys → and ← take its steps. Let the class answer before you go on."
)
st.page_link(
    st.Page(Path(__file__).with_name("puzzle.py"), title="The puzzle", default=True),
    label="Lecture view of the puzzle",
    icon=":material/slideshow:",
    query_params=anew(LECTURE),
)
if going_on := to_go_on_with():
    label, page = going_on
    st.page_link(page, label=label, icon=":material/arrow_forward:")
with st.container(key="overview"):
    for number, (lesson, page) in enumerate(zip(course, pages, strict=True), 1):
        with st.container(key=f"overview-{lesson.id}", border=True):
            st.header(f"{number}. {lesson.title}", anchor=False)
            st.markdown(told(lesson.question))
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.page_link(page, label=f"Lesson {number}", icon=":material/arrow_forward:")
                st.page_link(
                    page,
                    label=f"Lecture view of lesson {number}",
                    icon=":material/slideshow:",
                    query_params=anew(LECTURE),
                )
                if done := done_in(lesson):
                    st.markdown(f"✓ {done}")
show_record(course)
