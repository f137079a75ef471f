"""A puzzle: the question, and after the answer what was posted, why, and the goal."""

from __future__ import annotations

import streamlit as st

from engine import Comparison
from engine.data.formula.grammar import parse
from engine.figures.puzzle import puzzle_figure
from engine.words.numbers import with_decimals
from engine.words.verdict import sentence_about
from pages.parts.ledger import show_ledger
from pages.parts.lesson import session
from pages.parts.lesson.commit import Answer
from pages.parts.lesson.course import course_pages, lessons, your_data_page
from pages.parts.live import Column, LiveFigure, Table, Words, live_panel
from pages.parts.markdown import escaped
from pages.parts.puzzles.answer import (
    FIGURE_AND_TEXT,
    answer_again,
    ask,
    commit_of,
    figure_key,
    held_in_words,
    open_puzzle,
)
from pages.parts.puzzles.book import PUZZLES, puzzle_of
from pages.parts.puzzles.goal import show_goal
from pages.parts.puzzles.puzzle import Posted, Puzzle, answered_slope
from pages.parts.puzzles.state import HEIGHT, PuzzlesState, posted_lines, posted_range
from pages.parts.source_controls import YourDataState
from pages.parts.terms import with_terms
from pages.parts.theme import palette

_QUANTITIES = {"estimate": "", "error": ", std. error", "t": ", t"}


def show_puzzle(state: PuzzlesState) -> None:
    """A puzzle: before the answer its question and OLS, after it everything."""
    puzzle = puzzle_of(state.puzzle)
    as_posted = puzzle.fitted()
    place = PUZZLES.index(puzzle) + 1
    st.title(f"{place}. {puzzle.title}", anchor=False)
    model = parse(puzzle.data.formula)
    st.markdown(escaped(puzzle.asked))
    st.markdown(f"OLS is R's `lm({model.fixed_text})`, the mixed model `lmer({model.text})`.")
    if state.answer:
        _answered(puzzle, as_posted, state)
    else:
        st.markdown(f"**{escaped(puzzle.question(as_posted))}**")
        ask(puzzle)
    _ways_on(place)
    st.caption(f"Asked in: {escaped(puzzle.asked_in)}. Data: {escaped(puzzle.data.source)}")


def _answered(puzzle: Puzzle, as_posted: Comparison, state: PuzzlesState) -> None:
    answer = commit_of(puzzle).read(state.answer)
    fitted = posted_lines(puzzle.id)
    figure, beside = st.columns(FIGURE_AND_TEXT, gap="large")
    with figure:
        line = None
        if answer is not None and puzzle.choices is None:
            values = commit_of(puzzle).filled(answer).values
            line = [values["left"], values["right"]]
        drawing = LiveFigure(
            puzzle_figure(
                fitted, palette(), limits=posted_range(puzzle.id), answer=line, height=HEIGHT
            ),
            key=f"{figure_key(puzzle.id)} out",
            alt="The rows with OLS's line and the mixed model's",
            height=HEIGHT,
            words=sentence_about(as_posted, puzzle.term),
        )
        held = held_in_words(puzzle)
        live_panel([drawing, *([Words(held, quiet=True)] if held else [])], key=drawing.key)
    with beside:
        if answer is not None:
            st.markdown(f"**Your answer.** {escaped(_reply(puzzle, as_posted, answer))}")
        st.header("As posted, and here", anchor=False)
        _beside_posted(puzzle, as_posted)
        st.header("Why", anchor=False)
        st.markdown(with_terms(escaped(puzzle.why(as_posted))))
        _more_of_it(puzzle)
    st.header("Which clusters moved it", anchor=False)
    show_ledger(as_posted, f"puzzles.{puzzle.id}", PuzzlesState.key("coefficient"))
    st.header("Your turn", anchor=False)
    show_goal()
    st.markdown(f"**Keep this.** {escaped(puzzle.keep)}")


def _more_of_it(puzzle: Puzzle) -> None:
    """Lead to the lesson that explains it, and to the page with all else about these fits."""
    place = next(k for k, each in enumerate(lessons()) if each.id == puzzle.lesson)
    st.page_link(
        course_pages()[place],
        label=f"Lesson {place + 1} explains it: {lessons()[place].title}",
        icon=":material/school:",
    )
    st.page_link(
        your_data_page(),
        label="All about both fits: this model in Your data",
        icon=":material/table_chart:",
        query_params=session.anew(way_to_your_data(puzzle)),
    )


def way_to_your_data(puzzle: Puzzle) -> dict[str, str]:
    """Return what the address of Your data says of a puzzle's data, model and coefficient."""
    return YourDataState(
        example=puzzle.example, along=puzzle.predictor, coefficient=puzzle.term
    ).encode()


def _reply(puzzle: Puzzle, as_posted: Comparison, answer: Answer) -> str:
    if puzzle.choices:
        assert answer.chosen is not None
        return puzzle.choices.replies[answer.chosen](as_posted)
    ends = commit_of(puzzle).filled(answer).values
    yours = answered_slope(posted_lines(puzzle.id), ends)
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


def _ways_on(place: int) -> None:
    with st.container(horizontal=True, gap="small"):
        if place < len(PUZZLES):
            following = PUZZLES[place]
            st.button(
                f"Next: {following.title}",
                key="puzzles.next",
                on_click=open_puzzle,
                args=(following.id,),
                icon=":material/arrow_forward:",
            )
        if session.present(PuzzlesState).answer:
            st.button("Answer again", key="puzzles.again", on_click=answer_again, type="tertiary")
        st.button(
            "All puzzles", key="puzzles.all", on_click=open_puzzle, args=("",), type="tertiary"
        )
