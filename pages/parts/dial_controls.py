"""The controls of the dial: data, model, coefficient and variance ratio, all in the address."""

import math
from dataclasses import dataclass, replace

import streamlit as st

from engine import BetwixtError, compare
from engine.account.path import DialPath
from engine.data.examples import EXAMPLES, load
from engine.words.clusters import clusters_in_words
from pages.parts.lesson import session
from pages.parts.lesson.state import State, choice, number, text
from pages.parts.live import live_slider
from pages.parts.markdown import escaped
from pages.parts.model_controls import model_left
from pages.parts.source_controls import (
    FILE,
    FIRST,
    TITLES,
    YourDataState,
    described,
    kept_file,
    kept_source,
)


@dataclass(frozen=True)
class DialState(State, page="dial", script="learn/dial.py"):
    """What is on the dial and where it stands.

    Attributes
    ----------
    data
        Name of an example, or `FILE`.
    file
        Name of the visitor's file.
    formula
        The model, without blanks; empty for the one the example is known for.
    coefficient
        Name of one of its coefficients.
    ratio
        The variance ratio.
    """

    data: str = choice(FIRST, TITLES, param="data", labels=TITLES)
    file: str = text(param="file")
    formula: str = text(param="formula", most=2_000)
    coefficient: str = text(param="coefficient")
    ratio: float = number(0.0, 0.0, math.inf, param="rho")


RATIO = DialState.key("ratio")
# Key of the last dial that is not an example's own, with what it is of. A visitor's rows are kept
# by the visit alone.
_OWN = "dial.own"


@st.cache_resource(max_entries=16, show_spinner=False)
def _of_example(name: str) -> DialPath:
    """The dial of an example; nothing ever changes it."""
    example = next(example for example in EXAMPLES if example.name == name)
    return DialPath(compare(load(name), example.formula))


def path_of(state: DialState) -> DialPath | None:
    """Return the dial of these data and this model, or None without the file or a model of it.

    Raises
    ------
    BetwixtError
        There is no dial of this model on these data; the message says why.
    """
    if state.data != FILE and not state.formula:
        return _of_example(state.data)
    source = kept_source(state.data, state.file)
    if source is None or not state.formula:
        st.session_state.pop(_OWN, None)
        return None
    wanted = (source.key, state.formula)
    own: tuple[tuple[str, str], DialPath] | None = st.session_state.get(_OWN)
    if own is None or own[0] != wanted:
        own = st.session_state[_OWN] = (wanted, DialPath(compare(source.frame, state.formula)))
    return own[1]


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


def data_control() -> None:
    """Show what is on the dial."""
    st.selectbox(
        "Data",
        [*TITLES],
        format_func=TITLES.__getitem__,
        key=DialState.key("data"),
        persist_state="session",
        on_change=_new_data,
    )


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
        file = state.file if state.example == FILE else ""
        there = DialState(data=state.example, file=file, formula=state.formula)
        start = start_of(there)
        session.visit(
            replace(there, coefficient=state.coefficient, ratio=start.ratio), start, leaving
        )


def _new_data() -> None:
    data = st.session_state[DialState.key("data")]
    file = kept_file() if data == FILE else ""
    source = kept_source(data, file) if file else None
    _put(DialState(data=data, file=file, formula=model_left(source) if source else ""))


def _put(state: DialState) -> None:
    start = start_of(state)
    st.session_state[DialState.key("file")] = state.file
    st.session_state[DialState.key("formula")] = state.formula
    st.session_state[DialState.key("coefficient")] = start.coefficient
    _turn_to(start.ratio)


def _turn_to(ratio: float) -> None:
    st.session_state[RATIO] = ratio
