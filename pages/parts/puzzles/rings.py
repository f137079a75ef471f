"""Clusters of a puzzle that a hand can move: a ring at the mean of each."""

from __future__ import annotations

import math
from dataclasses import replace

import streamlit as st

from engine.figures.axes import covering
from engine.figures.base import ring_radii
from engine.figures.course import FittedLines
from engine.words.numbers import plural
from pages.parts.live import Grab, Grabbed, Handle, grabbed
from pages.parts.puzzles.change import Change
from pages.parts.puzzles.puzzle import Puzzle
from pages.parts.puzzles.state import PuzzlesState, posted_lines, posted_range
from pages.parts.theme import palette

# Beyond what the posted rows and lines take up, as a share of it.
_ROOM = 0.1
# An arrow key moves about so much of the axis.
_STEP = 0.01


def ring_limits(puzzle: Puzzle) -> tuple[float, float]:
    """Return how far down and up a ring goes: a little beyond the posted rows and both lines."""
    posted = posted_lines(puzzle.id)
    low, high = covering(posted_range(puzzle.id), posted.mixed)
    room = _ROOM * (high - low)
    return low - room, high + room


def rings(puzzle: Puzzle, change: Change, fitted: FittedLines) -> Grab:
    """Return a ring for each cluster that is left, named by its place among the posted ones."""
    places = {level: k for k, level in enumerate(puzzle.fitted().moments.levels)}
    homes = puzzle.outcome_means(replace(change, moved={}))
    low, high = ring_limits(puzzle)
    step = 10.0 ** math.floor(math.log10(_STEP * (high - low)) + 0.5)
    return Grab(
        [
            Handle(
                id=str(places[level]),
                x=float(fitted.mean_x[k]),
                y=float(fitted.mean_y[k]),
                home=homes[level],
                label=f"Cluster {level}, {plural(int(fitted.sizes[k]), 'row')}: mean of "
                f"{fitted.outcome}",
                radius=radius,
            )
            for k, (level, radius) in enumerate(
                zip(fitted.levels, ring_radii(fitted.sizes), strict=True)
            )
        ],
        (low, high),
        step,
        unit="",
        colour=palette().no_pooling,
    )


def place_rings(key: str, state: PuzzlesState) -> None:
    """Let the rings stand where the state says, which an address can have changed."""
    held = grabbed(key)
    moved = {str(place): mean for place, mean in state.moved.items()}
    if moved != held.moved:
        st.session_state[key] = Grabbed(moved, held.selected)


def take_rings(key: str) -> None:
    """Take up what a hand has moved; a ring that was put back is not among it."""
    st.session_state[PuzzlesState.key("moved")] = {
        int(place): mean for place, mean in grabbed(key).moved.items()
    }
