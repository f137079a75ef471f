"""Both models on one screen: the sentence, the focal figure, the coefficients, the shrinkage."""

import streamlit as st

from engine import Comparison
from engine.data.moments import FloatArray
from engine.explain.profile import Profile
from engine.explain.verdict import one_sentence
from engine.figures.intercepts import shrinkage_figure
from engine.figures.lines import ClusterLines, lines_figure
from engine.figures.palette import Figure
from pages.parts.coefficients import coefficient_table
from pages.parts.live import Grab, live_figure
from pages.parts.markdown import plain
from pages.parts.theme import palette

LEVELS = {
    "average": " of each cluster at average predictors",
    "zero": ": intercept of each cluster",
}
LINE_LABELS: dict[ClusterLines, str] = {
    "partial pooling": "partial pooling",
    "no pooling": "no pooling",
    "none": "no cluster lines",
}


def show_comparison(
    comparison: Comparison,
    profile: Profile,
    *,
    key: str,
    truth: dict[str, float] | None = None,
    true_line: FloatArray | None = None,
    outcome_range: tuple[float, float] | None = None,
    level_range: tuple[float, float] | None = None,
    grab: Grab | None = None,
) -> None:
    """Show what both models make of the same rows.

    Parameters
    ----------
    comparison, profile
        The fits, and their course along one predictor.
    key
        Keeps the figures of one page apart from another's; the focal figure has this very key.
    truth, true_line
        What generated the data, where that is known.
    outcome_range, level_range
        Fixed limits of the axes; by default they follow the data.
    grab
        Handles on the focal figure; what was moved is `grabbed(key)`.
    """
    sentence = one_sentence(comparison)
    st.markdown(plain(sentence))
    for note in comparison.notes:
        st.caption(note)
    colours = palette()
    focal, beside = st.columns([9, 11], gap="medium")
    with focal:
        lines = st.segmented_control(
            "Cluster lines",
            list(LINE_LABELS),
            default="partial pooling",
            key="lines",
            bind="query-params",
            required=True,
            label_visibility="collapsed",
            format_func=LINE_LABELS.__getitem__,
        )
        _draw(
            lines_figure(
                profile,
                colours,
                cluster_lines=lines,
                truth=true_line,
                y_range=outcome_range,
            ),
            key=key,
            grab=grab,
            words=sentence,
            alt=f"{profile.outcome} against {profile.predictor}: rows, a line for each cluster, "
            "the pooled OLS line and the mixed model's line",
        )
    with beside:
        coefficient_table(comparison, truth)
        _draw(
            shrinkage_figure(
                comparison.clusters,
                colours,
                mixed=profile.mixed_level,
                ols=profile.ols_level,
                truth=truth["(Intercept)"] if truth else None,
                axis_range=level_range,
                title=f"{profile.outcome}{LEVELS[profile.level_at]}",
            ),
            key=f"{key}-shrinkage",
            alt="The level of each cluster by itself and where the mixed model shrinks it, "
            "against the level of both models",
        )


def _draw(
    figure: Figure, *, key: str, alt: str, words: str | None = None, grab: Grab | None = None
) -> None:
    live_figure(
        figure,
        key=key,
        alt=alt,
        height=figure["layout"]["height"],
        text_alternative=words,
        grab=grab,
    )
