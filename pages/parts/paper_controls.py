"""Which model and which coefficient the sentences for a paper are about, and the way to them."""

from dataclasses import dataclass, replace

import streamlit as st

from engine import BetwixtError, Comparison
from engine.comparison import compare_example
from engine.words.paper import choices, first_choice
from pages.parts.chosen_model import ModelState, made_of, model_on_your_data, newly_chosen
from pages.parts.lesson import session
from pages.parts.source_controls import YourDataState


@dataclass(frozen=True)
class PaperState(ModelState, page="paper", script="look_up/paper.py"):
    """What the sentences are about."""


_COEFFICIENT = PaperState.key("coefficient")


def comparison_of(state: PaperState) -> Comparison | None:
    """Return both fits, or None without the file or a model of it; raises as `made_of` does."""
    return made_of(state, compare_example, lambda fits: fits)


def start_of(state: PaperState) -> PaperState:
    """Where the page starts with these data and this model."""
    try:
        comparison = comparison_of(state)
    except BetwixtError:  # said where the sentences would be
        comparison = None
    return PaperState() if comparison is None else PaperState(coefficient=first_choice(comparison))


def coefficient_control(comparison: Comparison) -> str:
    """Show which coefficient the sentences are about; return its name."""
    named = choices(comparison)
    session.start_choice(_COEFFICIENT, tuple(named), first_choice(comparison))
    return str(
        st.selectbox(
            "Coefficient",
            [*named],
            format_func=lambda name: named[name].removeprefix("coefficient of "),
            key=_COEFFICIENT,
            persist_state="session",
        )
    )


def way_to_the_paper(state: YourDataState, leaving: dict[str, str]) -> None:
    """Show the button that leads from Your data, at this address, to sentences on its model."""
    if st.button("Say it in a paper", icon=":material/article:", type="tertiary"):
        there = PaperState(**model_on_your_data(state))
        start = start_of(there)
        comparison = comparison_of(there)
        known = () if comparison is None else choices(comparison)
        term = state.coefficient if state.coefficient in known else start.coefficient
        session.visit(replace(there, coefficient=term), start, leaving)


def take_new_data() -> None:
    """Go on with the data just chosen."""
    for field, value in newly_chosen(PaperState).items():
        st.session_state[PaperState.key(field)] = value
