"""What may be done to the rows of a puzzle, as controls."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.data.formula.grammar import parse
from engine.words.numbers import listed_with_and
from pages.parts.lesson import session
from pages.parts.live import live_slider
from pages.parts.markdown import escaped
from pages.parts.puzzles.change import MOST_APART
from pages.parts.puzzles.puzzle import Puzzle
from pages.parts.puzzles.state import BETWEEN, PuzzlesState, levels_in

_key = PuzzlesState.key


def tools(puzzle: Puzzle) -> None:
    """Show the controls, and the way back to the posted rows."""
    cluster = puzzle.data.cluster_name
    moments = puzzle.fitted().moments
    predictors = parse(puzzle.data.formula).predictors()
    for tool in puzzle.tools:
        match tool:
            case "moved":
                st.markdown(
                    f":small[A ring is the mean of a cluster ({escaped(cluster)}). Drag it up or "
                    "down, or move it with the arrow keys: all rows of the cluster go with it. "
                    "Delete or a double click puts it back.]"
                )
            case "out":
                _clusters("out", f"Leave out clusters ({cluster})", moments.levels)
            case "half":
                _clusters("half", f"Keep every second row of clusters ({cluster})", moments.levels)
            case "equal":
                smallest = int(moments.counts.min())
                _toggle("equal", "Equal sizes", f"{smallest} rows of each {cluster}.")
            case "joined":
                _toggle(
                    "joined",
                    "Join single rows",
                    f"All clusters ({cluster}) of one row become one cluster.",
                )
            case "centred":
                _toggle(
                    "centred",
                    f"Centre in each {cluster}",
                    f"{listed_with_and(predictors)} from the {cluster}'s means.",
                )
            case "means":
                _toggle(
                    "means",
                    f"Add {cluster} means",
                    f"The {cluster}'s mean of {listed_with_and(predictors)} beside it.",
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


def _toggle(field: str, label: str, what: str) -> None:
    """Switch something on; the label has to fit a narrow column in one line."""
    st.toggle(label, key=_key(field), persist_state="session")
    st.caption(escaped(what))


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
    session.put(session.present(PuzzlesState).unchanged())
