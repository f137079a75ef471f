"""The gallery, and a puzzle: the question, the answer, what was posted, and the goal."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from urllib.parse import quote

import streamlit as st

from engine import BetwixtError, Comparison
from engine.data.formula.grammar import parse
from engine.figures.course import FittedLines
from engine.figures.picture import picture
from engine.figures.puzzle import outcome_range, puzzle_figure
from engine.words.numbers import plural, with_decimals
from engine.words.verdict import one_sentence
from pages.parts.ledger import coefficient_choice, show_ledger
from pages.parts.lesson import progress, session
from pages.parts.lesson.commit import Answer, Choice, Commit, Mark, Marks
from pages.parts.lesson.state import State, choice, flag, number, text
from pages.parts.live import Column, LiveFigure, Table, Words, live_panel, live_slider
from pages.parts.markdown import escaped, with_code
from pages.parts.puzzles.book import PUZZLES, puzzle_of
from pages.parts.puzzles.puzzle import MOST_APART, Change, Posted, Puzzle, answered_slope
from pages.parts.terms import with_terms
from pages.parts.theme import palette

# Answered by nothing: the question was skipped.
SKIPPED = "skip"
HEIGHT = 400
_BETWEEN = "~"
_QUANTITIES = {"estimate": "", "error": ", std. error", "t": ", t"}


@dataclass(frozen=True)
class PuzzlesState(State, page="puzzles", script="learn/puzzles.py"):
    """Which puzzle is open, what was answered, and what was done to its rows.

    Attributes
    ----------
    puzzle
        Its id; empty for the gallery.
    answer
        As the way of answering writes it; `SKIPPED` for none.
    out, half
        Clusters left out, and those of which every second row is kept.
    centred
        Whether predictors are measured from their cluster means.
    apart
        By what the distances between the cluster means are multiplied.
    coefficient
        Whose ledger is shown.
    """

    puzzle: str = choice("", ("", *(puzzle.id for puzzle in PUZZLES)), param="puzzle")
    answer: str = text(param="answer")
    out: str = text(param="out", most=2_000)
    half: str = text(param="half", most=2_000)
    centred: bool = flag(param="centred")
    apart: float = number(1.0, 1.0, MOST_APART, 0.1, param="apart")
    coefficient: str = coefficient_choice()

    @property
    def change(self) -> Change:
        """What was done to the rows, with the tools that the puzzle offers."""
        tools = puzzle_of(self.puzzle).tools
        return Change(
            _levels(self.out) if "out" in tools else (),
            _levels(self.half) if "half" in tools else (),
            self.centred and "centred" in tools,
            self.apart if "apart" in tools else 1.0,
        )


def _levels(joined: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, joined.split(_BETWEEN))))


_key = PuzzlesState.key


def start_of(state: PuzzlesState) -> PuzzlesState:
    """Return where the page starts: at the coefficient that the puzzle is about."""
    if not state.puzzle:
        return PuzzlesState()
    return PuzzlesState(coefficient=puzzle_of(state.puzzle).term)


def _go(state: PuzzlesState) -> None:
    """Go to a state as to a page of its own, from which Back returns."""
    session.put(state)
    session.mark_step(state, start_of)


def _open(name: str) -> None:
    if name:
        _commit(puzzle_of(name)).forget(_figure_key(name))
    state = PuzzlesState(puzzle=name)
    _go(replace(start_of(state), puzzle=name))


# --- the gallery ----------------------------------------------------------------------------------


def gallery() -> None:
    """Every puzzle as a small picture of its own data with both lines."""
    st.title("Famous puzzles", anchor=False)
    st.markdown(
        with_terms(
            f"{plural(len(PUZZLES), 'question')} that people asked because their two fits "
            "disagreed, or because they did not. Each is the same task: say where the mixed model "
            "ends, see the posted numbers come out, find out which clusters did it, and change the "
            "rows until both models agree, or part."
        )
    )
    st.markdown(
        "In the pictures :orange[OLS, R's `lm`, is dashed] and "
        ":blue[the mixed model, R's `lmer`, is solid]."
    )
    with st.container(key="overview"):
        for place, puzzle in enumerate(PUZZLES, 1):
            with st.container(key=f"overview-{puzzle.id}", border=True):
                st.header(f"{place}. {puzzle.title}", anchor=False)
                _picture(puzzle)
                st.caption(escaped(puzzle.asked_in))
                with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                    st.button(
                        f"Puzzle {place}",
                        key=f"puzzles.open {puzzle.id}",
                        on_click=_open,
                        args=(puzzle.id,),
                        icon=":material/arrow_forward:",
                    )
                    if done := done_in(puzzle):
                        st.markdown(f"✓ {done}")


def _picture(puzzle: Puzzle) -> None:
    alt = f"The rows of “{puzzle.title}” with OLS's line and the mixed model's"
    address = quote(picture(_posted_lines(puzzle.id)))
    st.html(f'<img src="data:image/svg+xml,{address}" alt="{escape(alt)}" style="width: 100%">')


@cache
def _posted_lines(name: str) -> FittedLines:
    puzzle = puzzle_of(name)
    return puzzle.lines(puzzle.fitted())


# --- what was done --------------------------------------------------------------------------------


def _record(puzzle: Puzzle) -> str:
    return f"puzzle-{puzzle.id}"


def done_in(puzzle: Puzzle) -> str:
    """Return in a few words what was done in a puzzle; empty for nothing."""
    done = progress.present().of(_record(puzzle))
    if moves := done.solved.get("goal"):
        return f"solved in {plural(moves, 'move')}"
    return "answered" if done.answers else ""


def _note_answer(puzzle: Puzzle, written: str) -> None:
    known = progress.present()
    done = known.of(_record(puzzle))
    done = replace(done, answers=(*done.answers, written), day=time.strftime("%Y-%m-%d"))
    progress.put(known.with_done(_record(puzzle), done))


def _note_solved(puzzle: Puzzle, moves: int) -> bool:
    """Note that the goal was reached; return whether that is new, or took fewer moves."""
    known = progress.present()
    done = known.of(_record(puzzle))
    if moves >= done.solved.get("goal", moves + 1):
        return False
    done = replace(done, solved={"goal": moves}, day=time.strftime("%Y-%m-%d"))
    progress.put(known.with_done(_record(puzzle), done))
    return True


# --- a puzzle -------------------------------------------------------------------------------------


def show_puzzle(state: PuzzlesState) -> None:
    """A puzzle: before the answer its question and OLS, after it everything."""
    puzzle = puzzle_of(state.puzzle)
    as_posted = puzzle.fitted()
    place = PUZZLES.index(puzzle) + 1
    st.title(f"{place}. {puzzle.title}", anchor=False)
    model = parse(puzzle.data.formula)
    st.markdown(escaped(puzzle.asked))
    st.markdown(
        f"OLS is R's `lm({model.fixed_text})`, the mixed model `lmer({model.text})`."
        + ("" if state.answer else f"\n\n**{escaped(puzzle.question(as_posted))}**")
    )
    st.caption(f"Asked in: {escaped(puzzle.asked_in)}. Data: {escaped(puzzle.data.source)}")
    if state.answer:
        _answered(puzzle, as_posted, state)
    else:
        _ask(puzzle)
    _ways_on(place)


def _figure_key(name: str) -> str:
    return f"puzzles.{name}.figure"


def _commit(puzzle: Puzzle) -> Commit:
    """Return the way of answering: both ends of a line, or a choice."""
    if puzzle.choices:
        return Choice(puzzle.choices.options)
    fitted = _posted_lines(puzzle.id)
    low, high = outcome_range(fitted)
    decimals = max(0, 2 - math.floor(math.log10(high - low)))
    ends = zip(("left", "right"), fitted.grid[[0, -1]], fitted.ols[0, [0, -1]], strict=True)
    marks = [
        Mark(name, f"{name.capitalize()} end of your line", x=float(x), y=float(y))
        for name, x, y in ends
    ]
    return Marks(
        marks, (low, high), 10.0**-decimals, decimals, fitted.outcome, along="y", all=False
    )


def _ask(puzzle: Puzzle) -> None:
    key, commit = _figure_key(puzzle.id), _commit(puzzle)
    with st.container(key="puzzle-figure"):
        _stage(puzzle)
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
    key, commit, fitted = _figure_key(puzzle.id), _commit(puzzle), _posted_lines(puzzle.id)
    colours = palette()
    line = None
    said = ""
    if puzzle.choices is None:
        moved = commit.filled(commit.so_far(key)).values
        line = [moved["left"], moved["right"]]
        said = (
            f"Your line: slope {_slope(puzzle, moved)}. Drag its ends, or leave it on OLS's line "
            "if you think that both models agree."
        )
    drawing = LiveFigure(
        puzzle_figure(
            fitted,
            colours,
            limits=outcome_range(fitted),
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

    held = _held(puzzle)
    live_panel(
        [drawing, *[Words(each, quiet=True) for each in (said, held) if each]],
        key=key,
        on_move=follow,
    )


def _held(puzzle: Puzzle) -> str:
    """Say what a line of a model with several predictors is."""
    if len(parse(puzzle.data.formula).predictors()) < 2:
        return ""
    return (
        "Lines are drawn with the other predictors at their averages. Rows are as they are, so "
        "they need not lie along the lines."
    )


def _slope(puzzle: Puzzle, ends: Mapping[str, float]) -> str:
    return with_decimals(answered_slope(_posted_lines(puzzle.id), ends), puzzle.decimals)


def _take_answer() -> None:
    state = session.present(PuzzlesState)
    puzzle = puzzle_of(state.puzzle)
    commit, key = _commit(puzzle), _figure_key(puzzle.id)
    answer = commit.so_far(key)
    if puzzle.choices is None:
        answer = commit.filled(answer)
    if commit.is_complete(answer):
        written = commit.write(answer)
        _note_answer(puzzle, written)
        _go(replace(state, answer=written))
        st.rerun()  # the browser is to keep it


def _skip() -> None:
    _go(replace(session.present(PuzzlesState), answer=SKIPPED))


def _again() -> None:
    _open(session.present(PuzzlesState).puzzle)


# --- after the answer -----------------------------------------------------------------------------


def _answered(puzzle: Puzzle, as_posted: Comparison, state: PuzzlesState) -> None:
    answer = _commit(puzzle).read(state.answer)
    fitted = _posted_lines(puzzle.id)
    figure, beside = st.columns([11, 9], gap="large")
    with figure:
        line = None
        if answer is not None and puzzle.choices is None:
            values = _commit(puzzle).filled(answer).values
            line = [values["left"], values["right"]]
        drawing = LiveFigure(
            puzzle_figure(
                fitted, palette(), limits=outcome_range(fitted), answer=line, height=HEIGHT
            ),
            key=f"{_figure_key(puzzle.id)} out",
            alt="The rows with OLS's line and the mixed model's",
            height=HEIGHT,
            words=one_sentence(as_posted),
        )
        held = _held(puzzle)
        live_panel([drawing, *([Words(held, quiet=True)] if held else [])], key=drawing.key)
    with beside:
        if answer is not None:
            st.markdown(f"**Your answer.** {escaped(_reply(puzzle, as_posted, answer))}")
        st.header("As posted, and here", anchor=False)
        _beside_posted(puzzle, as_posted)
        st.header("Why", anchor=False)
        st.markdown(with_terms(escaped(puzzle.why(as_posted))))
    st.header("Which clusters moved it", anchor=False)
    show_ledger(as_posted, f"puzzles.{puzzle.id}", _key("coefficient"))
    st.header("Your turn", anchor=False)
    _goal()
    st.markdown(f"**Keep this.** {escaped(puzzle.keep)}")


def _reply(puzzle: Puzzle, as_posted: Comparison, answer: Answer) -> str:
    if puzzle.choices:
        assert answer.chosen is not None
        return puzzle.choices.replies[answer.chosen](as_posted)
    ends = _commit(puzzle).filled(answer).values
    yours = answered_slope(_posted_lines(puzzle.id), ends)
    place = as_posted.mixed.names.index(puzzle.term)
    known = {
        "mixed": float(as_posted.mixed.estimates[place]),
        "ols": float(as_posted.ols.estimates[place]),
    }
    for name in ("within", "between"):
        fit = as_posted.fits.get(name)
        if fit is not None and puzzle.term in fit.names:
            known[name] = float(fit.estimates[fit.names.index(puzzle.term)])
    written = {name: with_decimals(value, puzzle.decimals) for name, value in known.items()}
    nearest = min(known, key=lambda name: abs(known[name] - yours))
    if written[nearest] == written["mixed"]:
        nearest = "mixed"
    closest = {
        "mixed": "Of all slopes, yours is nearest to the mixed model's.",
        "ols": "Yours is nearest to OLS's. A random intercept changes which comparisons count, and "
        "that can move a slope.",
        "within": f"Yours is nearest to the slope inside clusters, {written.get('within')}, which "
        "the mixed model would reach if clusters differed without bound.",
        "between": f"Yours is nearest to the slope between clusters, {written.get('between')}. "
        "Comparisons between clusters are what the mixed model trusts less than OLS does.",
    }
    return (
        f"Slope {with_decimals(yours, puzzle.decimals)}; OLS {written['ols']}, mixed "
        f"{written['mixed']}. {closest[nearest]}"
    )


def _beside_posted(puzzle: Puzzle, as_posted: Comparison) -> None:
    rows, differing = {}, []
    for posted in puzzle.posted:
        ols, mixed = posted.here(as_posted)
        name = _name_of(posted)
        rows[name] = [posted.ols, ols, posted.mixed, mixed]
        differing += [
            f"{model}'s {name}"
            for model, told, found in (
                ("OLS", posted.ols, ols),
                ("the mixed model", posted.mixed, mixed),
            )
            if told != found
        ]
    columns = [
        Column("OLS, posted", "orange"),
        Column("OLS, here", "orange"),
        Column("mixed, posted", "blue"),
        Column("mixed, here", "blue"),
    ]
    said = (
        f"Another number comes out here for {' and '.join(differing)}."
        if differing
        else "Every posted number comes out, digit for digit."
    )
    live_panel(
        [Table(columns, rows, "Posted numbers and the engine's"), Words(said, quiet=True)],
        key=f"puzzles.{puzzle.id}.posted",
    )


def _name_of(posted: Posted) -> str:
    return f"{posted.term}{_QUANTITIES[posted.quantity]}"


# --- the goal -------------------------------------------------------------------------------------


@st.fragment
def _goal() -> None:
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
        level for level in _levels(st.session_state.get(key, "")) if level in levels
    ]

    def take() -> None:
        st.session_state[key] = _BETWEEN.join(st.session_state[shown])

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
            fitted, palette(), limits=outcome_range(_posted_lines(puzzle.id)), height=HEIGHT - 40
        ),
        key=f"puzzles.{puzzle.id}.goal",
        alt="The changed rows with OLS's line and the mixed model's",
        height=HEIGHT - 40,
        words=said,
    )
    live_panel([Words(said), drawing, Words(one_sentence(comparison), quiet=True)], key=drawing.key)
    if solved:
        if _note_solved(puzzle, change.moves):
            st.rerun()  # the browser is to keep it
        agree = "agree" if puzzle.goal.equal else "differ"
        st.success(f"They {agree}, after {moves}.")


# --- ways on --------------------------------------------------------------------------------------


def _ways_on(place: int) -> None:
    with st.container(horizontal=True, gap="small"):
        if place < len(PUZZLES):
            following = PUZZLES[place]
            st.button(
                f"Next: {following.title}",
                key="puzzles.next",
                on_click=_open,
                args=(following.id,),
                icon=":material/arrow_forward:",
            )
        if session.present(PuzzlesState).answer:
            st.button("Answer again", key="puzzles.again", on_click=_again, type="tertiary")
        st.button("All puzzles", key="puzzles.all", on_click=_open, args=("",), type="tertiary")
