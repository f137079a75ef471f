"""The controls of the dial: data, coefficient and variance ratio, all in the page's address."""

import math
from dataclasses import dataclass

import streamlit as st

from engine import compare
from engine.account.path import DialPath
from engine.data.examples import EXAMPLES, load
from pages.parts.lesson.state import State, choice, number, text
from pages.parts.live import live_slider
from pages.parts.markdown import escaped
from pages.parts.source_controls import FIRST

TITLES = {example.name: example.title for example in EXAMPLES}


@dataclass(frozen=True)
class DialState(State, page="dial", script="learn/dial.py"):
    """What is on the dial and where it stands.

    Attributes
    ----------
    data
        Name of an example.
    coefficient
        Name of one of its coefficients.
    ratio
        The variance ratio.
    """

    data: str = choice(FIRST, TITLES, param="data", labels=TITLES)
    coefficient: str = text(param="coefficient")
    ratio: float = number(0.0, 0.0, math.inf, param="rho")


RATIO = DialState.key("ratio")


@st.cache_resource(max_entries=16, show_spinner=False)
def path_of(name: str) -> DialPath:
    """The dial of an example; nothing ever changes it."""
    example = next(example for example in EXAMPLES if example.name == name)
    return DialPath(compare(load(name), example.formula))


def start_of(state: DialState) -> DialState:
    """Where the dial starts with these data: the first slope, at its REML estimate."""
    mixed = path_of(state.data).comparison.mixed
    names = mixed.names
    return DialState(coefficient=names[min(1, len(names) - 1)], ratio=mixed.variance_ratio)


def data_controls(state: DialState) -> tuple[DialPath, int]:
    """Show what is on the dial, and return its path and the number of the coefficient."""
    st.selectbox(
        "Data",
        [*TITLES],
        format_func=TITLES.__getitem__,
        key=DialState.key("data"),
        persist_state="session",
        on_change=_new_data,
    )
    path = path_of(state.data)
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
    example = next(example for example in EXAMPLES if example.name == state.data)
    st.caption(f"{example.description}  \n{escaped(example.formula)}")
    return path, names.index(coefficient)


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


def _new_data() -> None:
    start = start_of(DialState(data=st.session_state[DialState.key("data")]))
    st.session_state[DialState.key("coefficient")] = start.coefficient
    _turn_to(start.ratio)


def _turn_to(ratio: float) -> None:
    st.session_state[RATIO] = ratio
