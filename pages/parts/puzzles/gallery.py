"""Every puzzle as a small picture of its own data."""

from __future__ import annotations

import streamlit as st

from engine.words.numbers import plural
from pages.parts.gallery import LEGEND, card
from pages.parts.puzzles.answer import open_puzzle
from pages.parts.puzzles.book import PUZZLES
from pages.parts.puzzles.record import done_in
from pages.parts.puzzles.state import posted_lines
from pages.parts.terms import with_terms


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
    st.markdown(LEGEND)
    with st.container(key="gallery"):
        for place, puzzle in enumerate(PUZZLES, 1):
            card(
                puzzle.id,
                f"{place}. {puzzle.title}",
                posted_lines(puzzle.id),
                puzzle.asked_in,
                f"Puzzle {place}",
                f"puzzles.open {puzzle.id}",
                open_puzzle,
                done_in(puzzle),
            )
