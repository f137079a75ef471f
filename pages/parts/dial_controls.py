"""The controls of the dial: data, coefficient and variance ratio, all in the page's address."""

import math

import streamlit as st

from engine import compare
from engine.account.path import DialPath
from engine.data.examples import EXAMPLES, load
from pages.parts.live import live_slider
from pages.parts.markdown import escaped
from pages.parts.source_controls import FIRST

DATA, COEFFICIENT, RATIO = "data", "coefficient", "rho"
TITLES = {example.name: example.title for example in EXAMPLES}


@st.cache_resource(max_entries=16, show_spinner=False)
def path_of(name: str) -> DialPath:
    """The dial of an example; nothing ever changes it."""
    example = next(example for example in EXAMPLES if example.name == name)
    return DialPath(compare(load(name), example.formula))


def data_controls() -> tuple[DialPath, int]:
    """Show what is on the dial, and return its path and the number of the coefficient."""
    name = st.selectbox(
        "Data",
        [*TITLES],
        format_func=TITLES.__getitem__,
        index=[*TITLES].index(FIRST),
        key=DATA,
        bind="query-params",
        on_change=_new_data,
    )
    path = path_of(name)
    names = path.comparison.mixed.names
    coefficient = st.selectbox(
        "Coefficient",
        names,
        index=min(1, len(names) - 1),
        key=COEFFICIENT,
        bind="query-params",
    )
    with st.container(horizontal=True, gap="small"):
        st.button("Go to OLS", on_click=_turn_to, args=(0.0,), help="ρ = 0: complete pooling.")
        st.button(
            "Go to REML",
            on_click=_turn_to,
            args=(path.comparison.mixed.variance_ratio,),
            help="Where the criterion is lowest.",
        )
    example = next(example for example in EXAMPLES if example.name == name)
    st.caption(f"{example.description}  \n{escaped(example.formula)}")
    return path, names.index(coefficient)


def ratio_control(path: DialPath) -> float:
    """Show the dial itself and return the variance ratio it stands at."""
    if RATIO not in st.session_state and RATIO not in st.query_params:
        st.session_state[RATIO] = path.comparison.mixed.variance_ratio
    return live_slider(
        "Variance ratio ρ",
        0.0,
        math.inf,
        path.middle,
        key=RATIO,
        scale="odds",
        report="release",
        help="ρ = τ² / σ²: between-cluster variance over residual variance. "
        "0 is complete pooling (OLS), ∞ is no pooling.",
    )


def _new_data() -> None:
    _turn_to(path_of(st.session_state[DATA]).comparison.mixed.variance_ratio)


def _turn_to(ratio: float) -> None:
    st.session_state[RATIO] = ratio
