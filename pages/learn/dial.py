"""The dial: one path from complete pooling to no pooling, and the point on it that REML takes."""

import streamlit as st

from engine.account.path import DialPath
from engine.figures.dial import ENDS, dial_family, dial_figure
from engine.figures.weights import weights_family, weights_figure
from engine.words.dial import several_minima, standing
from engine.words.figures import weights_in_words
from pages.parts.dial_controls import RATIO, DialState, data_controls, ratio_control, start_of
from pages.parts.frame import heading
from pages.parts.lesson import session
from pages.parts.live import Frames, LiveFigure, live_panel
from pages.parts.markdown import escaped
from pages.parts.terms import with_terms
from pages.parts.theme import palette

HEIGHT = 480


def path_and_criterion(path: DialPath, term: int) -> float:
    """The slider over the figure it moves: its track is the figure's axis. Return the ratio."""
    left, right = ENDS
    _, track, _ = st.columns([left, right - left, 1.0 - right], gap=None)
    with track:
        ratio = ratio_control(path)
    name = path.comparison.mixed.names[term]
    drawing = LiveFigure(
        dial_figure(path, term, ratio, palette(), height=HEIGHT),
        key="dial",
        alt=f"The estimate of {name} along the variance ratio, from OLS over the mixed model to "
        "no pooling, and below it the REML criterion with its minimum",
        height=HEIGHT,
        words=" ".join(standing(path, term, ratio)),
        frames=Frames(RATIO, path.family.ratio, dial_family(path, term)),
    )
    live_panel([drawing], key=drawing.key)
    return ratio


def weights(path: DialPath, ratio: float) -> None:
    drawing = LiveFigure(
        weights_figure(path, ratio, palette(), height=HEIGHT + 84),
        key="dial-weights",
        alt="The share of the weight that each cluster has at this ratio, between its share of "
        "the rows and an equal share",
        height=HEIGHT + 84,
        words=weights_in_words(path, ratio),
        frames=Frames(RATIO, path.family.ratio, weights_family(path)),
    )
    live_panel([drawing], key=drawing.key)


@st.fragment
def lesson() -> None:
    """Controls and screen, run again without the rest of the app."""
    controls, screen = st.columns([5, 18], gap="medium")
    with controls:
        st.title("The dial", anchor=False)
        heading("Settings")
        path, term = data_controls(session.present(DialState))
        minima = several_minima(path, term)
        if minima:
            st.info(escaped(minima))
    with screen:
        heading("Where the dial stands")
        words = st.empty()
        focal, beside = st.columns([13, 8], gap="medium")
        with focal:
            ratio = path_and_criterion(path, term)
        with beside:
            heading("Weights of the clusters")
            weights(path, ratio)
        # Two lines at every ratio: the figure must not jump while the dial is turned.
        words.markdown(with_terms("  \n".join(map(escaped, standing(path, term, ratio)))))
        session.keep_address(session.present(DialState), start_of)


session.opened(DialState, start_of)
lesson()
