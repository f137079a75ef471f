"""The dial: one path from complete pooling to no pooling, and the point on it that REML takes."""

import streamlit as st

from engine import BetwixtError
from engine.account.path import DialPath
from engine.figures.dial import ENDS, dial_family, dial_figure
from engine.figures.weights import weights_family, weights_figure
from engine.words.dial import several_minima, standing
from engine.words.figures import weights_in_words
from pages.parts.chosen_model import data_control
from pages.parts.dial_controls import (
    RATIO,
    DialState,
    coefficient_controls,
    path_of,
    ratio_control,
    start_of,
    take_new_data,
)
from pages.parts.frame import heading
from pages.parts.lesson import session
from pages.parts.live import Frames, LiveFigure, live_panel
from pages.parts.markdown import escaped, with_code
from pages.parts.source_controls import YourDataState, no_model, way_to_your_data
from pages.parts.terms import with_terms
from pages.parts.theme import palette

HEIGHT = 464
PURPOSE = (
    "OLS and the mixed model are two points on one path: from pooling the rows of all clusters "
    "(ρ = 0) to pooling none (ρ = ∞). REML takes the ρ at which its criterion is lowest. Turn the "
    "dial to see what that choice does to an estimate."
)


def path_and_criterion(path: DialPath, term: int) -> float:
    """The slider over the figure it moves: its track is the figure's axis. Return the ratio."""
    left, right = ENDS
    _, track, _ = st.columns([left, right - left, 1.0 - right], gap=None)
    with track:
        ratio = ratio_control(path, term)
    name = path.comparison.mixed.names[term]
    drawing = LiveFigure(
        dial_figure(path, term, ratio, palette(), height=HEIGHT),
        key="dial",
        alt=f"The estimate of {name} along the variance ratio, from OLS over the mixed model to "
        "no pooling, and below it the REML criterion with its minimum",
        height=HEIGHT,
        words=" ".join(standing(path, term, ratio)),
        frames=Frames(RATIO, path.family(term).ratio, dial_family(path, term)),
    )
    live_panel([drawing], key=drawing.key)
    return ratio


def weights(path: DialPath, term: int, ratio: float) -> None:
    ratios = path.family(term).ratio
    drawing = LiveFigure(
        weights_figure(path, ratio, palette(), height=HEIGHT + 84),
        key="dial-weights",
        alt="The share of the weight that each cluster has at this ratio, between its share of "
        "the rows and an equal share",
        height=HEIGHT + 84,
        words=weights_in_words(path, ratio),
        frames=Frames(RATIO, ratios, weights_family(path, ratios)),
    )
    live_panel([drawing], key=drawing.key)


def dial(path: DialPath, term: int) -> None:
    """Where the dial stands, in words, as a point on the path, and as weights."""
    heading("Where the dial stands")
    words = st.empty()
    focal, beside = st.columns([13, 8], gap="medium")
    with focal:
        ratio = path_and_criterion(path, term)
    with beside:
        heading("Weights of the clusters")
        weights(path, term, ratio)
    # Two lines at every ratio: the figure must not jump while the dial is turned.
    words.markdown(with_terms("  \n".join(map(escaped, standing(path, term, ratio)))))


@st.fragment
def lesson() -> None:
    """Controls and screen, run again without the rest of the app."""
    controls, screen = st.columns([5, 18], gap="medium")
    with controls:
        st.title("The dial", anchor=False)
        st.caption(with_terms(PURPOSE))
        heading("Settings")
        data_control(DialState, take_new_data)
    state = session.present(DialState)
    try:
        path = path_of(state)
        with controls:
            term = coefficient_controls(state, path) if path else 0
            minima = several_minima(path, term) if path else ""
            if minima:
                st.info(escaped(minima))
        with screen:
            if path:
                dial(path, term)
            else:
                no_model(
                    YourDataState(example=state.data, file=state.file, formula=state.formula),
                    state.encode(start_of(state)),
                )
    except BetwixtError as error:
        with screen:
            st.error(with_code(str(error)))
            way_to_your_data(
                "Choose another model on Your data",
                state.data,
                state.file,
                state.formula,
                state.encode(start_of(state)),
            )
    session.keep_address(session.present(DialState), start_of)


session.opened(DialState, start_of)
lesson()
