"""The goal of a puzzle, and what may be done to its rows."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine import BetwixtError
from engine.figures.puzzle import outcome_range, puzzle_figure
from engine.words.numbers import plural
from engine.words.verdict import one_sentence
from pages.parts.lesson import session
from pages.parts.live import LiveFigure, Words, live_panel, live_slider
from pages.parts.markdown import escaped, with_code
from pages.parts.puzzles.book import puzzle_of
from pages.parts.puzzles.puzzle import MOST_APART, Change, Puzzle
from pages.parts.puzzles.record import note_solved
from pages.parts.puzzles.state import (
    BETWEEN,
    HEIGHT,
    PuzzlesState,
    levels_in,
    posted_lines,
    start_of,
)
from pages.parts.theme import palette

_key = PuzzlesState.key


@st.fragment
def show_goal() -> None:
    """The goal, what may be changed, and what both models say then."""
    state = session.present(PuzzlesState)
    puzzle = puzzle_of(state.puzzle)
    st.markdown(f":material/target: **{escaped(puzzle.goal.said)}**")
    controls, screen = st.columns([2, 5], gap="medium")
    with controls:
        _tools(puzzle)
    state = session.present(PuzzlesState)
    with screen:
        _after_change(puzzle, state.change)
    session.keep_address(state, start_of)


def _tools(puzzle: Puzzle) -> None:
    cluster = puzzle.data.cluster_name
    levels = puzzle.fitted().moments.levels
    for tool in puzzle.tools:
        match tool:
            case "out":
                _clusters("out", f"Leave out clusters ({cluster})", levels)
            case "half":
                _clusters("half", f"Keep every second row of clusters ({cluster})", levels)
            case "centred":
                st.toggle(
                    f"Measure predictors from the mean of each {cluster}",
                    key=_key("centred"),
                    persist_state="session",
                )
            case "apart":
                live_slider(
                    "Distances between the clusters' means, times",
                    1.0,
                    MOST_APART,
                    1.0,
                    0.1,
                    key=_key("apart"),
                    format="%.1f",
                )
    st.button("Back to the posted rows", key="puzzles.reset", on_click=_reset, type="tertiary")


def _clusters(field: str, label: str, levels: Sequence[str]) -> None:
    """Choose clusters, which the state holds as one text."""
    key = _key(field)
    shown = f"{key} chosen"
    st.session_state[shown] = [
        level for level in levels_in(st.session_state.get(key, "")) if level in levels
    ]

    def take() -> None:
        st.session_state[key] = BETWEEN.join(st.session_state[shown])

    st.multiselect(label, list(levels), key=shown, on_change=take, placeholder="none")


def _reset() -> None:
    first = PuzzlesState()
    for field in ("out", "half", "centred", "apart"):
        st.session_state[_key(field)] = getattr(first, field)


def _after_change(puzzle: Puzzle, change: Change) -> None:
    try:
        comparison = puzzle.fitted(change)
        fitted = puzzle.lines(comparison)
    except BetwixtError as error:
        st.warning(with_code(str(error)))
        return
    solved = bool(change.moves) and puzzle.is_solved(comparison)
    moves = plural(change.moves, "move")
    what = {"estimate": "Estimate", "error": "Standard error", "t": "t"}[puzzle.goal.quantity]
    if puzzle.term in comparison.mixed.names:
        ols, mixed = puzzle.numbers(comparison)
        said = f"{what} of {puzzle.term}: OLS {ols}, mixed {mixed}, after {moves}."
    else:
        said = f"{puzzle.term} has no coefficient on these rows."
    drawing = LiveFigure(
        puzzle_figure(
            fitted, palette(), limits=outcome_range(posted_lines(puzzle.id)), height=HEIGHT - 40
        ),
        key=f"puzzles.{puzzle.id}.goal",
        alt="The changed rows with OLS's line and the mixed model's",
        height=HEIGHT - 40,
        words=said,
    )
    live_panel([Words(said), drawing, Words(one_sentence(comparison), quiet=True)], key=drawing.key)
    if solved:
        if note_solved(puzzle, change.moves):
            st.rerun()  # the browser is to keep it
        agree = "agree" if puzzle.goal.equal else "differ"
        st.success(f"They {agree}, after {moves}.")
