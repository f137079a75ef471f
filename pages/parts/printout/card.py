"""The card of a number: what it is, why the other model prints another one, where to try it."""

from __future__ import annotations

import streamlit as st

from engine.simulation import preset_of
from engine.words.anatomy import Explained
from engine.words.meanings import DIAL
from pages.parts.lesson import session
from pages.parts.markdown import escaped
from pages.parts.simulate_state import SimulateState, start_of
from pages.parts.terms import with_terms

_MODELS = {"lm": ":orange[**OLS**]", "lmer": ":blue[**Mixed**]"}


def show_card(chosen: Explained, counterpart: Explained | None) -> None:
    """Explain a number and, beside it, its counterpart in the other printout."""
    st.header(escaped(chosen.title), anchor=False)
    pair = [chosen] if counterpart is None else [chosen, counterpart]
    pair.sort(key=lambda number: number.printout)
    st.markdown(
        " &ensp; ".join(
            f"{_MODELS[number.printout]} **{escaped(number.printed.text)}**" for number in pair
        )
    )
    st.markdown(with_terms(escaped(chosen.meaning.why)))
    st.text(chosen.meaning.formula)
    _try_it(chosen.meaning.trial)


def _try_it(trial: str | None) -> None:
    """Lead to where it can be tried.

    By a button, not a link: Simulate keeps the settings it had, and an address does not change
    them. The address says the same, so that it can be passed on.
    """
    if trial == DIAL:
        if st.button("Try it: turn the dial", icon=":material/play_circle:", type="tertiary"):
            st.switch_page("learn/dial.py")
    elif trial is not None:
        preset = preset_of(trial)
        label = f"Try it: simulate “{preset.name}”"
        if st.button(label, icon=":material/play_circle:", type="tertiary"):
            at_preset = SimulateState.of(preset)
            session.visit(at_preset, start_of(at_preset))
