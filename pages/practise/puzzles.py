"""Famous puzzles: questions that people posted because their two fits disagreed."""

import streamlit as st

from pages.parts.lesson import session
from pages.parts.puzzles.gallery import gallery
from pages.parts.puzzles.show import show_puzzle
from pages.parts.puzzles.state import PuzzlesState, start_of


@st.fragment
def page() -> None:
    """The gallery or a puzzle, run again without the rest of the app."""
    state = session.present(PuzzlesState)
    if state.puzzle:
        show_puzzle(state)
    else:
        gallery()
    # What follows an answer keeps it itself, in the fragment in which rows are changed.
    if not state.answer:
        session.keep_address(state, start_of)


session.opened(PuzzlesState, start_of)
page()
