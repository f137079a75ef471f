"""Both models on one screen: the sentence, the focal figure, the coefficients, the shrinkage."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import streamlit as st

from engine import Comparison
from engine.data.moments import FloatArray
from engine.display import cut
from engine.figures.course import FittedLines
from engine.figures.lines import ClusterLines, lines_figure
from engine.figures.shrinkage import shrinkage_figure
from engine.words.figures import shrinkage_in_words
from engine.words.notices import notices
from engine.words.verdict import one_sentence
from pages.parts.coefficients import coefficient_table
from pages.parts.lesson.state import choice
from pages.parts.live import Beside, Grab, LiveFigure, Part, Words, live_panel
from pages.parts.theme import palette

ADJUSTED = {
    "average": " by cluster, at average predictors",
    "zero": ": intercept of each cluster",
}
LINE_LABELS: dict[str, str] = {
    "partial pooling": "partial pooling",
    "no pooling": "no pooling",
    "none": "no cluster lines",
}
LINE_HELP = (
    "Partial pooling: each cluster's line as the mixed model estimates it, drawn towards the "
    "average line, and the more so the fewer rows the cluster has. No pooling: the line that the "
    "cluster's own rows give by themselves."
)
FIRST_LINES: ClusterLines = "partial pooling"
FOCAL_HEIGHT = 500
SHRINKAGE_HEIGHT = 340
# The sentence is shorter than this, so that the table below stands still while it changes.
SENTENCE_ROOM = 440


def show_comparison(
    comparison: Comparison,
    fitted: FittedLines,
    *,
    key: str,
    cluster_lines: ClusterLines,
    truth: dict[str, float] | None = None,
    true_line: FloatArray | None = None,
    outcome_range: tuple[float, float] | None = None,
    level_range: tuple[float, float] | None = None,
    grab: Grab | None = None,
    sliders: Mapping[str, tuple[float, float]] | None = None,
    on_move: Callable[[Collection[str]], None] | None = None,
) -> None:
    """Show what both models make of the same rows.

    Parameters
    ----------
    comparison, fitted
        The fits, and their lines along one predictor.
    key
        Keeps the figures of one page apart from another's; the focal figure has this very key.
    cluster_lines
        Which line each cluster gets, see `line_control`; where slopes vary, not its own.
    truth, true_line
        What generated the data, where that is known.
    outcome_range, level_range
        Limits of the axes that suffice as a rule and grow where something lies beyond; by
        default the axes follow the data.
    grab
        Handles on the focal figure; what was moved is `grabbed(key)`.
    sliders, on_move
        Live sliders that are answered here, and what to call when one is moved; see `live_panel`.
    """
    sentence = one_sentence(comparison)
    focal = LiveFigure(
        lines_figure(
            fitted,
            palette(),
            cluster_lines=cluster_lines,
            truth=true_line,
            y_range=outcome_range,
            height=FOCAL_HEIGHT,
        ),
        key=key,
        alt=f"{fitted.outcome} against {fitted.predictor}: rows, a line for each cluster, "
        "the pooled OLS line and the mixed model's line",
        height=FOCAL_HEIGHT,
        words=sentence,
        grab=grab,
    )
    notes = [Words(note, quiet=True) for note in notices(comparison)]
    beside: list[Part] = [*coefficient_table(comparison, truth)]
    if sliders:
        # Beside the figure, which then stands still and has the whole height of a low screen.
        beside.insert(0, Words(sentence, room=SENTENCE_ROOM))
    if comparison.mixed.random_intercept_only:
        beside.append(_shrinkage(comparison, fitted, key=key, truth=truth, level_range=level_range))
    both = Beside([focal], beside, widths=(9, 11))
    # Notes come and go with the data: where a hand moves those, nothing stands below them.
    parts: list[Part] = [both, *notes] if sliders else [Words(sentence), *notes, both]
    live_panel(parts, key=key, sliders=sliders, on_move=on_move)


def _shrinkage(
    comparison: Comparison,
    fitted: FittedLines,
    *,
    key: str,
    truth: dict[str, float] | None,
    level_range: tuple[float, float] | None,
) -> LiveFigure:
    return LiveFigure(
        shrinkage_figure(
            comparison.clusters,
            palette(),
            mixed=fitted.mixed_mean,
            ols=fitted.ols_mean,
            truth=truth["(Intercept)"] if truth else None,
            axis_range=level_range,
            title=f"{cut(fitted.outcome, 14)}{ADJUSTED[fitted.adjusted_to]}",
            height=SHRINKAGE_HEIGHT,
        ),
        key=f"{key}-shrinkage",
        alt="The mean of each cluster by itself and where the mixed model shrinks it, "
        "against the mean of both models",
        height=SHRINKAGE_HEIGHT,
        words=shrinkage_in_words(comparison.clusters, fitted.mixed_mean),
    )


def lines_choice() -> Any:
    """The field of a page's state that says which line each cluster gets."""
    return choice(FIRST_LINES, LINE_LABELS, param="lines", labels=LINE_LABELS)


def line_control(key: str, on_change: Callable[[], None] | None = None) -> None:
    """Choose which line each cluster gets in the focal figure, under the key of that field."""
    st.segmented_control(
        "Cluster lines",
        list(LINE_LABELS),
        default=FIRST_LINES,
        key=key,
        required=True,
        help=LINE_HELP,
        format_func=LINE_LABELS.__getitem__,
        on_change=on_change,
        persist_state="session",
    )
