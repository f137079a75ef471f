"""How a puzzle is answered: by a line on its figure, or by a choice."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace

import streamlit as st

from engine.data.formula.grammar import parse
from engine.figures.puzzle import puzzle_figure
from engine.words.numbers import with_decimals
from pages.parts.lesson import session
from pages.parts.lesson.commit import Choice, Commit, Mark, Marks
from pages.parts.live import LiveFigure, Words, live_panel
from pages.parts.puzzles.book import puzzle_of
from pages.parts.puzzles.puzzle import Puzzle, answered_slope
from pages.parts.puzzles.record import note_answer
from pages.parts.puzzles.state import (
    HEIGHT,
    SKIPPED,
    PuzzlesState,
    go,
    posted_lines,
    posted_range,
    start_of,
)
from pages.parts.theme import palette

# Shares of the width: the figure stands where it did when what came out is drawn into it.
FIGURE_AND_TEXT = (11, 9)


def figure_key(name: str) -> str:
    """Return the key of a puzzle's figure, under which the session keeps what was moved."""
    return f"puzzles.{name}.figure"


def commit_of(puzzle: Puzzle) -> Commit:
    """Return the way of answering: both ends of a line, or a choice."""
    if puzzle.choices:
        return Choice(puzzle.choices.options)
    fitted = posted_lines(puzzle.id)
    low, high = posted_range(puzzle.id)
    decimals = max(0, 2 - math.floor(math.log10(high - low)))
    ends = zip(("left", "right"), fitted.grid[[0, -1]], fitted.ols[0, [0, -1]], strict=True)
    marks = [
        Mark(name, f"{name.capitalize()} end of your line", x=float(x), y=float(y))
        for name, x, y in ends
    ]
    return Marks(
        marks, (low, high), 10.0**-decimals, decimals, fitted.outcome, along="y", all=False
    )


def ask(puzzle: Puzzle) -> None:
    """Show the figure to answer on, or the choices, without what came out."""
    key, commit = figure_key(puzzle.id), commit_of(puzzle)
    figure, beside = st.columns(FIGURE_AND_TEXT, gap="large")
    with figure:
        _stage(puzzle)
    with beside:
        if puzzle.choices is None:
            st.markdown(
                "Drag the ends of your line, or type their heights. Leave it on OLS's line if you "
                "think that both models agree."
            )
        commit.fields(key)
        with st.container(horizontal=True, gap="small"):
            if puzzle.choices is None or commit.is_complete(commit.so_far(key)):
                st.button(
                    "That is my answer", key="puzzles.commit", on_click=_take_answer, type="primary"
                )
            st.button("Skip the question", key="puzzles.skip", on_click=_skip, type="tertiary")


@st.fragment
def _stage(puzzle: Puzzle) -> None:
    """The figure before the answer, which a hand moves the line in."""
    key, commit, fitted = figure_key(puzzle.id), commit_of(puzzle), posted_lines(puzzle.id)
    colours = palette()
    line = None
    said = ""
    if puzzle.choices is None:
        moved = commit.filled(commit.so_far(key)).values
        line = [moved["left"], moved["right"]]
        said = f"Your line: slope {_slope(puzzle, moved)}."
    drawing = LiveFigure(
        puzzle_figure(
            fitted,
            colours,
            limits=posted_range(puzzle.id),
            answer=line,
            mixed=False,
            height=HEIGHT,
        ),
        key=key,
        alt=f"The rows and OLS's line: {fitted.outcome} by {fitted.predictor or 'nothing'}",
        height=HEIGHT,
        words=said or None,
        grab=commit.grab(key, colours.ink),
    )

    def follow(_: Collection[str]) -> None:
        """The hand may have overtaken a number that was typed."""
        if commit.moved(key):
            st.rerun()

    held = held_in_words(puzzle)
    live_panel(
        [drawing, *[Words(each, quiet=True) for each in (said, held) if each]],
        key=key,
        on_move=follow,
    )


def held_in_words(puzzle: Puzzle) -> str:
    """Say what a line of a model with several predictors is."""
    if len(parse(puzzle.data.formula).predictors()) < 2:
        return ""
    return (
        "Lines are drawn with the other predictors at their averages. Rows are as they are, so "
        "they need not lie along the lines."
    )


def _slope(puzzle: Puzzle, ends: Mapping[str, float]) -> str:
    return with_decimals(answered_slope(posted_lines(puzzle.id), ends), puzzle.decimals)


def _take_answer() -> None:
    state = session.present(PuzzlesState)
    puzzle = puzzle_of(state.puzzle)
    commit, key = commit_of(puzzle), figure_key(puzzle.id)
    answer = commit.so_far(key)
    if puzzle.choices is None:
        answer = commit.filled(answer)
    if commit.is_complete(answer):
        written = commit.write(answer)
        note_answer(puzzle, written)
        go(replace(state, answer=written))
        st.rerun()  # the browser is to keep it


def _skip() -> None:
    go(replace(session.present(PuzzlesState), answer=SKIPPED))


def answer_again() -> None:
    """Go back to the question of the present puzzle."""
    open_puzzle(session.present(PuzzlesState).puzzle)


def open_puzzle(name: str) -> None:
    """Go to a puzzle's question, with nothing answered, or by the empty name to the gallery."""
    if name:
        commit_of(puzzle_of(name)).forget(figure_key(name))
    state = PuzzlesState(puzzle=name)
    go(replace(start_of(state), puzzle=name))
