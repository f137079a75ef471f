"""Simulate: move a variance, or a cluster, and watch both models answer."""

import numpy as np
import streamlit as st

from engine import Comparison, FitError, compare_design
from engine.figures.course import along
from engine.figures.lines import ClusterLines
from engine.simulation import Simulated
from pages.parts.coefficients import BETWEEN, OVER_ROWS, RESIDUAL
from pages.parts.comparison import line_control, show_comparison
from pages.parts.frame import heading
from pages.parts.latest import latest
from pages.parts.ledger import show_ledger
from pages.parts.lesson import session
from pages.parts.live import rerun_parts
from pages.parts.markdown import escaped
from pages.parts.sandbox import OUTCOMES, handles
from pages.parts.simulate_controls import (
    BELOW,
    FIGURE,
    PAGE,
    SCREEN,
    drawn,
    levers,
    page_head,
    settings,
    sliders,
    take_up,
)
from pages.parts.simulate_state import SimulateState, start_of
from pages.server.turns import one_at_a_time

# What the axis of the intercepts shows at most settings; where one lies beyond, it grows.
INTERCEPTS = (-3.2, 3.2)


@st.fragment(key=SCREEN)
def screen() -> None:
    """What a moving hand changes, run again without the rest."""
    now = settings()
    _answer(now)
    session.keep_address(now, start_of)  # last: the figure shall not wait for it


def _answer(now: SimulateState) -> None:
    here = latest()
    with one_at_a_time:
        here.simulated = here.comparison = None
        try:
            simulated = drawn(now)
            comparison = compare_design(simulated.design())
        except FitError as error:
            st.error(escaped(str(error)))
            return
        here.simulated, here.comparison = simulated, comparison
        _draw(simulated, comparison, now.lines)


def _draw(simulated: Simulated, comparison: Comparison, lines: ClusterLines) -> None:
    fitted = along(comparison, "condition", adjusted_to="zero")
    truth = simulated.truth
    show_comparison(
        comparison,
        fitted,
        key=FIGURE,
        cluster_lines=lines,
        truth={
            "(Intercept)": truth.intercept,
            OVER_ROWS: truth.intercept_of_rows,
            "conditiontreated": truth.effect,
            BETWEEN: truth.between_variance,
            RESIDUAL: truth.residual_variance,
        },
        true_line=truth.intercept + truth.effect * np.array([0.0, 1.0]),
        outcome_range=OUTCOMES,
        level_range=INTERCEPTS,
        grab=handles(simulated, fitted),
        sliders=sliders(),
        on_move=take_up,
    )


@st.fragment(key=BELOW)
def below() -> None:
    """What else can be seen of the same data."""
    here, now = latest(), settings()

    def show() -> None:
        rerun_parts(SCREEN, BELOW)

    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        line_control(SimulateState.key("lines"), on_change=show)
        with_ledger = st.toggle(
            "The ledger: which clusters moved it",
            key=SimulateState.key("ledger"),
            on_change=show,
            persist_state="session",
        )
        if here.comparison is None:
            return  # the screen says why there are no data
        st.download_button(
            "Data as CSV",
            here.csv,
            file_name=f"betwixt-seed-{now.seed}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    if with_ledger:
        with one_at_a_time:
            show_ledger(here.comparison, FIGURE, SimulateState.key("coefficient"), on_change=show)


@st.fragment(key=PAGE)
def sandbox() -> None:
    """Controls and screen, run again without the rest of the app."""
    with st.container(key="stage"):
        with st.container(key="stage-head"):
            page_head()
        controls, beside = st.columns([5, 18], gap="medium")
        with controls, st.container(key="stage-levers"):
            heading("Settings")
            levers()
        with beside, st.container(key="stage-beside"):
            heading("Both models")
            screen()
            below()


session.opened(SimulateState, start_of)
sandbox()
