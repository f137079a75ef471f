"""Every challenge as a small picture of the data from which it starts."""

from __future__ import annotations

import streamlit as st

from engine.challenges import CHALLENGES
from engine.words.numbers import plural
from pages.parts.challenges.record import fewest_moves
from pages.parts.challenges.state import lines_at_start, open_challenge
from pages.parts.gallery import LEGEND, card
from pages.parts.terms import with_terms


def gallery() -> None:
    """Every challenge, what is solved, and in how few moves."""
    best = {challenge.id: fewest_moves(challenge) for challenge in CHALLENGES}
    st.title("Challenges", anchor=False)
    st.markdown(
        with_terms(
            f"{plural(len(CHALLENGES), 'goal')} on simulated data whose truth is known. Move a "
            "few controls, or clusters by hand, until both models do what the goal says. What "
            "stands elsewhere than at the start counts as a move; put back, it does not."
        )
    )
    st.markdown(f"{LEGEND} **{sum(map(bool, best.values()))} of {len(CHALLENGES)} are solved.**")
    with st.container(key="gallery"):
        for place, challenge in enumerate(CHALLENGES, 1):
            moves = best[challenge.id]
            card(
                challenge.id,
                f"{place}. {challenge.title}",
                lines_at_start(challenge.id),
                challenge.goal,
                f"Challenge {place}",
                f"challenges.open {challenge.id}",
                open_challenge,
                f"solved in {plural(moves, 'move')}" if moves else "",
            )
