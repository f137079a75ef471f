"""The goal of a puzzle: what is reached when something was done to its rows."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from engine import BetwixtError, Comparison
from engine.figures.puzzle import puzzle_figure
from engine.words.numbers import plural
from engine.words.verdict import one_sentence, sentence_about
from pages.parts.lesson import session
from pages.parts.live import LiveFigure, Words, live_panel
from pages.parts.markdown import escaped, with_code
from pages.parts.puzzles.book import puzzle_of
from pages.parts.puzzles.change import Change
from pages.parts.puzzles.puzzle import Puzzle
from pages.parts.puzzles.record import may_solve, note_solved
from pages.parts.puzzles.rings import place_rings, ring_limits, rings, take_rings
from pages.parts.puzzles.state import HEIGHT, PuzzlesState, posted_range, start_of
from pages.parts.puzzles.tools import tools
from pages.parts.theme import palette

_QUANTITIES = {"estimate": "Estimate", "error": "Standard error", "t": "t"}


@st.fragment
def show_goal() -> None:
    """The goal, what may be changed, and what both models say then."""
    state = session.present(PuzzlesState)
    puzzle = puzzle_of(state.puzzle)
    st.markdown(f":material/target: **{escaped(puzzle.goal.said)}**")
    controls, screen = st.columns([2, 5], gap="medium")
    with controls:
        tools(puzzle)
    state = session.present(PuzzlesState)
    with screen:
        _after_change(puzzle, state)
    session.keep_address(state, start_of)


def said_of(puzzle: Puzzle, change: Change, comparison: Comparison) -> str:
    """Say what both models say of the puzzle's term, whether they agree, and after how much."""
    moves = plural(change.moves, "move")
    if puzzle.term not in comparison.mixed.names:
        return f"{puzzle.term} has no coefficient on these rows, after {moves}."
    ols, mixed = puzzle.numbers(comparison)
    apart = "they agree" if ols == mixed else f"{puzzle.gap(comparison)} apart"
    return (
        f"{_QUANTITIES[puzzle.goal.quantity]} of {puzzle.term}: OLS {ols}, mixed {mixed}; {apart}, "
        f"after {moves}."
    )


def reached(puzzle: Puzzle) -> str:
    """Say in a word what the goal's numbers do when it is reached."""
    if puzzle.goal.closer:
        return f"are closer together than {puzzle.goal.closer:g}"
    return "agree" if puzzle.goal.equal else "differ"


def _after_change(puzzle: Puzzle, state: PuzzlesState) -> None:
    change = state.change
    key = f"puzzles.{puzzle.id}.goal"
    try:
        comparison = puzzle.fitted(change)
        fitted = puzzle.lines(comparison)
    except BetwixtError as error:
        st.warning(with_code(str(error)))
        return
    said = said_of(puzzle, change, comparison)
    drag = "moved" in puzzle.tools
    if drag:
        place_rings(key, state)
    drawing = LiveFigure(
        puzzle_figure(
            fitted,
            palette(),
            limits=ring_limits(puzzle) if drag else posted_range(puzzle.id),
            rings=not drag,
            height=HEIGHT,
        ),
        key=key,
        alt="The changed rows with OLS's line and the mixed model's",
        height=HEIGHT,
        words=said,
        grab=rings(puzzle, change, fitted) if drag else None,
    )

    def follow(_: Collection[str]) -> None:
        take_rings(key)

    held = puzzle.term in comparison.mixed.names
    why = sentence_about(comparison, puzzle.term) if held else one_sentence(comparison)
    live_panel([Words(said), drawing, Words(why, quiet=True)], key=key, on_move=follow)
    solved = bool(change.moves) and puzzle.is_solved(comparison)
    own = may_solve(puzzle, reached=solved)
    if solved:
        if own and note_solved(puzzle, change.moves):
            st.rerun()  # the browser is to keep it
        st.success(f"They {reached(puzzle)}, after {plural(change.moves, 'move')}.")
