"""Simulate: move a variance, or a cluster, and watch both models answer."""

import numpy as np
import streamlit as st

from engine import Comparison, FitError, compare_design
from engine.figures.course import Profile, along
from engine.figures.lines import ClusterLines
from engine.simulation import Simulated
from pages.parts.coefficients import BETWEEN, OVER_ROWS, RESIDUAL
from pages.parts.comparison import line_control, show_comparison
from pages.parts.latest import latest
from pages.parts.ledger import show_ledger
from pages.parts.lesson import session
from pages.parts.live import Grab, Handle
from pages.parts.markdown import escaped
from pages.parts.simulate_controls import (
    BELOW,
    FIGURE,
    PAGE,
    SCREEN,
    drawn,
    heading,
    levers,
    settings,
    sliders,
    take_up,
)
from pages.parts.simulate_state import SimulateState, start_of
from pages.parts.theme import palette
from pages.server.turns import one_at_a_time

# Half the height of the outcome axis and half the width of the intercept axis: both hold still
# while the variances move, at the cost of cutting off some of the widest clouds.
OUTCOME_REACH = 4.2
INTERCEPT_REACH = 3.2


def handles(simulated: Simulated, profile: Profile, limits: tuple[float, float]) -> Grab:
    """One ring at each cluster's mean: its share of treated rows, its mean outcome."""
    return Grab(
        [
            Handle(
                id=level,
                x=profile.mean_x[k],
                y=profile.mean_y[k],
                home=simulated.drawn_means[k],
                label=f"cluster {level} of {simulated.truth.sizes[k]} rows, mean of y",
            )
            for k, level in enumerate(profile.levels)
        ],
        limits,
        step=0.05,
        colour=palette().no_pooling,
    )


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
    profile = along(comparison, "condition", level_at="zero")
    truth = simulated.truth
    middle = truth.intercept + truth.effect / 2
    outcome_range = (middle - OUTCOME_REACH, middle + OUTCOME_REACH)
    show_comparison(
        comparison,
        profile,
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
        outcome_range=outcome_range,
        level_range=(truth.intercept - INTERCEPT_REACH, truth.intercept + INTERCEPT_REACH),
        grab=handles(simulated, profile, outcome_range),
        sliders=sliders(),
        on_move=take_up,
    )


@st.fragment(key=BELOW)
def below() -> None:
    """What else can be seen of the same data."""
    here, now = latest(), settings()

    def show() -> None:
        st.rerun([SCREEN, BELOW])

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
            heading()
        controls, beside = st.columns([5, 18], gap="medium")
        with controls, st.container(key="stage-levers"):
            levers()
        with beside, st.container(key="stage-beside"):
            screen()
            below()


session.opened(SimulateState, start_of)
sandbox()
