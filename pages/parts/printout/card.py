"""The card of a number: what it is, why the other model prints another one, where to try it."""

from __future__ import annotations

import streamlit as st

from engine.simulation import preset_of
from engine.words.anatomy import Explained
from engine.words.meanings import DIAL
from pages.parts import dial_controls, simulate_state
from pages.parts.dial_controls import DialState
from pages.parts.lesson import session
from pages.parts.markdown import escaped
from pages.parts.simulate_state import SimulateState
from pages.parts.terms import with_terms

_MODELS = {"lm": ":orange[**OLS**]", "lmer": ":blue[**Mixed**]"}


def show_card(chosen: Explained, on_dial: DialState) -> None:
    """Explain a number; its head shows one quantity by each model that has it.

    Parameters
    ----------
    chosen
        The number.
    on_dial
        Where the dial stands that the card leads to.
    """
    st.header(escaped(chosen.title), anchor=False)
    st.markdown(
        " &ensp; ".join(
            f"{_MODELS[program]} **{escaped(text)}**" for program, text in chosen.by_model.items()
        )
    )
    st.markdown(with_terms(escaped(chosen.meaning.why)))
    st.text(chosen.meaning.formula)
    _try_it(chosen.meaning.trial, on_dial)


def _try_it(trial: str | None, on_dial: DialState) -> None:
    """Lead to where it can be tried.

    By a button, not a link: the page keeps the settings it had, and an address does not change
    them. The address says the same, so that it can be passed on.
    """
    if trial == DIAL:
        if st.button("Try it: turn the dial", icon=":material/play_circle:", type="tertiary"):
            session.visit(on_dial, dial_controls.start_of(on_dial))
    elif trial is not None:
        preset = preset_of(trial)
        label = f"Try it: simulate “{preset.name}”"
        if st.button(label, icon=":material/play_circle:", type="tertiary"):
            at_preset = SimulateState.of(preset)
            session.visit(at_preset, simulate_state.start_of(at_preset))
