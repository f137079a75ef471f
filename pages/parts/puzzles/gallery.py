"""Every puzzle as a small picture of its own data."""

from __future__ import annotations

import streamlit as st

from engine.figures.picture import picture
from engine.words.numbers import plural
from pages.parts.markdown import escaped
from pages.parts.puzzles.answer import open_puzzle
from pages.parts.puzzles.book import PUZZLES
from pages.parts.puzzles.puzzle import Puzzle
from pages.parts.puzzles.record import done_in
from pages.parts.puzzles.state import posted_lines
from pages.parts.terms import with_terms
from pages.parts.theme import palette


def gallery() -> None:
    """Every puzzle as a small picture of its own data with both lines."""
    st.title("Famous puzzles", anchor=False)
    st.markdown(
        with_terms(
            f"{plural(len(PUZZLES), 'question')} that people asked because their two fits "
            "disagreed, or because they did not. In each you say where the mixed model ends, see "
            "the posted numbers come out, find out which clusters did it, and change the rows or "
            "the model until both fits agree, or part."
        )
    )
    st.markdown(
        "In the pictures :orange[OLS, R's `lm`, is dashed] and "
        ":blue[the mixed model, R's `lmer`, is solid]."
    )
    with st.container(key="gallery"):
        for place, puzzle in enumerate(PUZZLES, 1):
            with st.container(key=f"gallery-{puzzle.id}", border=True):
                st.header(f"{place}. {puzzle.title}", anchor=False)
                _picture(puzzle)
                st.caption(escaped(puzzle.asked_in))
                with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                    st.button(
                        f"Puzzle {place}",
                        key=f"puzzles.open {puzzle.id}",
                        on_click=open_puzzle,
                        args=(puzzle.id,),
                        icon=":material/arrow_forward:",
                    )
                    if done := done_in(puzzle):
                        st.markdown(f"✓ {done}")


def _picture(puzzle: Puzzle) -> None:
    title = f"The rows of “{puzzle.title}” with OLS's line and the mixed model's"
    # Inline: an image of its own would take the system's colours and not the app's.
    st.markdown(picture(posted_lines(puzzle.id), palette(), title), unsafe_allow_html=True)
