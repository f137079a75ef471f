"""Challenges: goals on simulated data, to be reached with as few moves as possible."""

import streamlit as st

from pages.parts.challenges.gallery import gallery
from pages.parts.challenges.show import PAGE, show_challenge
from pages.parts.challenges.state import ChallengesState, start_of
from pages.parts.lesson import session


@st.fragment(key=PAGE)
def page() -> None:
    """The gallery or a challenge, run again without the rest of the app."""
    state = session.present(ChallengesState)
    if state.challenge:
        show_challenge(state.chosen)
    else:
        gallery()
        session.keep_address(state, start_of)


session.opened(ChallengesState, start_of)
page()
