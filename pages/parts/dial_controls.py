"""The controls of the dial: data, model, coefficient and variance ratio, all in the address."""

import math
from dataclasses import dataclass, replace

import streamlit as st

from engine import BetwixtError, compare
from engine.account.path import DialPath
from engine.data.examples import EXAMPLES, load
from engine.words.clusters import clusters_in_words
from pages.parts.chosen_model import ModelState, made_of, model_on_your_data, newly_chosen
from pages.parts.lesson import session
from pages.parts.lesson.state import number
from pages.parts.live import live_slider
from pages.parts.markdown import escaped
from pages.parts.source_controls import YourDataState, described, kept_source


@dataclass(frozen=True)
class DialState(ModelState, page="dial", script="learn/dial.py"):
    """What is on the dial and where it stands.

    Attributes
    ----------
    ratio
        The variance ratio.
    """

    ratio: float = number(0.0, 0.0, math.inf, param="rho")


RATIO = DialState.key("ratio")


@st.cache_resource(max_entries=16, show_spinner=False)
def _of_example(name: str) -> DialPath:
    """The dial of an example; nothing ever changes it."""
    example = next(example for example in EXAMPLES if example.name == name)
    return DialPath(compare(load(name), example.formula))


def path_of(state: DialState) -> DialPath | None:
    """Return the dial of these data and this model, or None; raises as `made_of` does."""
    return made_of(state, _of_example, DialPath)


def start_of(state: DialState) -> DialState:
    """Where the dial starts with these data: the first slope, at its REML estimate."""
    try:
        path = path_of(state)
    except BetwixtError:  # said where the dial would be
        path = None
    if path is None:
        return DialState()
    mixed = path.comparison.mixed
    names = mixed.names
    return DialState(coefficient=names[min(1, len(names) - 1)], ratio=mixed.variance_ratio)


def coefficient_controls(state: DialState, path: DialPath) -> int:
    """Show which coefficient, ways to both fits, and the model; return the coefficient's number."""
    names = path.comparison.mixed.names
    if state.coefficient not in names:  # from an address
        st.session_state[DialState.key("coefficient")] = start_of(state).coefficient
    coefficient = st.selectbox(
        "Coefficient", names, key=DialState.key("coefficient"), persist_state="session"
    )
    with st.container(horizontal=True, gap="small"):
        st.button("Go to OLS", on_click=_turn_to, args=(0.0,), help="ρ = 0: complete pooling.")
        st.button(
            "Go to REML",
            on_click=_turn_to,
            args=(path.comparison.mixed.variance_ratio,),
            help="Where the criterion is lowest.",
        )
    source = kept_source(state.data, state.file)
    if source is not None:
        st.caption(described(source))
        st.code(path.comparison.formula.text, language=None, wrap_lines=True)
        st.caption(escaped(clusters_in_words(path.comparison, source.example)))
    return names.index(coefficient)


def ratio_control(path: DialPath, term: int) -> float:
    """Show the dial itself, scaled for a coefficient; return the variance ratio it stands at."""
    return live_slider(
        "Variance ratio ρ",
        0.0,
        math.inf,
        path.comparison.mixed.variance_ratio,
        key=RATIO,
        scale="stops",
        stops=path.scale(term).stops.tolist(),
        report="release",
        help="ρ = τ² / σ²: between-cluster variance over residual variance. "
        "0 is complete pooling (OLS), ∞ is no pooling.",
    )


def way_to_the_dial(state: YourDataState, leaving: dict[str, str]) -> None:
    """Show the button that leads from Your data, at this address, to the dial of its model."""
    if st.button("Turn the dial on this model", icon=":material/tune:", type="tertiary"):
        there = DialState(**model_on_your_data(state))
        start = start_of(there)
        session.visit(
            replace(there, coefficient=state.coefficient, ratio=start.ratio), start, leaving
        )


def take_new_data() -> None:
    """Put the data just chosen on the dial."""
    _put(DialState(**newly_chosen(DialState)))


def _put(state: DialState) -> None:
    start = start_of(state)
    st.session_state[DialState.key("file")] = state.file
    st.session_state[DialState.key("formula")] = state.formula
    st.session_state[DialState.key("coefficient")] = start.coefficient
    _turn_to(start.ratio)


def _turn_to(ratio: float) -> None:
    st.session_state[RATIO] = ratio
