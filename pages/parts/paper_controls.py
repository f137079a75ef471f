"""Which model and which coefficient the sentences for a paper are about, and the way to them."""

from dataclasses import dataclass, replace

import streamlit as st

from engine import BetwixtError, Comparison, compare
from engine.comparison import compare_example
from engine.words.paper import choices, first_choice
from pages.parts.lesson import session
from pages.parts.lesson.state import State, choice, text
from pages.parts.model_controls import model_left
from pages.parts.source_controls import (
    FILE,
    FIRST,
    TITLES,
    YourDataState,
    kept_file,
    kept_source,
)


@dataclass(frozen=True)
class PaperState(State, page="paper", script="look_up/paper.py"):
    """What the sentences are about.

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
    """

    data: str = choice(FIRST, TITLES, param="data", labels=TITLES)
    file: str = text(param="file")
    formula: str = text(param="formula", most=2_000)
    coefficient: str = text(param="coefficient")


# Key of the last fit that is not an example's own, with what it is of. A visitor's rows are kept
# by the visit alone.
_OWN = "paper.own"
_COEFFICIENT = PaperState.key("coefficient")


def comparison_of(state: PaperState) -> Comparison | None:
    """Return both fits, or None without the file or a model of it.

    Raises
    ------
    BetwixtError
        The models have no answer on these data; the message says why.
    """
    if state.data != FILE and not state.formula:
        return compare_example(state.data)
    source = kept_source(state.data, state.file)
    if source is None or not state.formula:
        st.session_state.pop(_OWN, None)
        return None
    wanted = (source.key, state.formula)
    own: tuple[tuple[str, str], Comparison] | None = st.session_state.get(_OWN)
    if own is None or own[0] != wanted:
        own = st.session_state[_OWN] = (wanted, compare(source.frame, state.formula))
    return own[1]


def start_of(state: PaperState) -> PaperState:
    """Where the page starts with these data and this model."""
    try:
        comparison = comparison_of(state)
    except BetwixtError:  # said where the sentences would be
        comparison = None
    return PaperState() if comparison is None else PaperState(coefficient=first_choice(comparison))


def data_control() -> None:
    """Show which data the sentences are about."""
    st.selectbox(
        "Data",
        [*TITLES],
        format_func=TITLES.__getitem__,
        key=PaperState.key("data"),
        persist_state="session",
        on_change=_new_data,
    )


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
        file = state.file if state.example == FILE else ""
        there = PaperState(data=state.example, file=file, formula=state.formula)
        start = start_of(there)
        comparison = comparison_of(there)
        known = () if comparison is None else choices(comparison)
        term = state.coefficient if state.coefficient in known else start.coefficient
        session.visit(replace(there, coefficient=term), start, leaving)


def _new_data() -> None:
    data = st.session_state[PaperState.key("data")]
    file = kept_file() if data == FILE else ""
    source = kept_source(data, file) if file else None
    st.session_state[PaperState.key("file")] = file
    st.session_state[PaperState.key("formula")] = model_left(source) if source else ""
