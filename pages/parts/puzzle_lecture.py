"""The puzzle for a projector: one printout, the other, and the ledger between them bar by bar."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import streamlit as st

from engine import Comparison
from engine.account.ledger import Ledger, largest, ledger
from engine.figures.sizes import distances_figure, shares_figure
from engine.figures.waterfall import ledger_figure
from engine.words.anatomy import Explained
from engine.words.ledger import bar_in_words, votes_in_words
from engine.words.numbers import adding_up, number, pair
from pages.parts.frame import heading, title
from pages.parts.lesson import session
from pages.parts.lesson.course import lecture_of
from pages.parts.lesson.projector import (
    BACK,
    NEXT,
    enlarged,
    neighbour_link,
    take_keys,
    view_button,
)
from pages.parts.lesson.qr import qr_button
from pages.parts.live import LiveFigure, live_panel
from pages.parts.live.assets import page_style
from pages.parts.markdown import escaped
from pages.parts.printout import LECTURE_STEPS, PuzzleState, Sheet, start_of
from pages.parts.theme import palette

# The lecture is about the intercept, whose printed numbers are furthest apart.
TERM = 0
# So many clusters get a bar and a sentence of their own.
BARS = 5
HEIGHT = 560
ONWARDS: Mapping[str, str] = {
    "ask": "Show the clusters",
    "figure": "What comes out?",
    "reveal": "Which clusters?",
    "ledger": "Next",
}


def beside(state: PuzzleState, direction: Literal[-1, 1], bars: int) -> PuzzleState | None:
    """Return the state one step before or after; None if there is none.

    Parameters
    ----------
    state
        The present one.
    direction
        Back or on.
    bars
        How many bars the ledger has; each is a step.
    """
    if state.step == "ledger" and 0 <= state.bars + direction <= bars:
        return replace(state, bars=state.bars + direction)
    place = LECTURE_STEPS.index(state.step) + direction
    if not 0 <= place < len(LECTURE_STEPS):
        return None
    step = LECTURE_STEPS[place]
    return replace(state, step=step, bars=bars if step == "ledger" and direction < 0 else 0)


def turn_view(numbers: Mapping[str, Explained], first: str) -> None:
    """Change between the two views; a lecture begins at its beginning."""
    now = session.present(PuzzleState)
    view = "study" if now.view == "lecture" else "lecture"
    _go(replace(now, view=view, step="ask", bars=0), numbers, first)


def _go(state: PuzzleState, numbers: Mapping[str, Explained], first: str) -> None:
    session.put(state)
    session.mark_step(state, lambda state: start_of(state, numbers, first))


def show_lecture(
    comparison: Comparison, sheets: Sequence[Sheet], numbers: Mapping[str, Explained], first: str
) -> None:
    """Show the present step.

    Parameters
    ----------
    comparison
        Both fits.
    sheets
        Both printouts, ``lm`` first.
    numbers
        Every number in them, by id.
    first
        Id of the number that the page starts with.
    """
    st.html(page_style("lesson.css"))
    if session.present(PuzzleState).number not in numbers:
        st.session_state[PuzzleState.key("number")] = first
    account = ledger(comparison)
    bars = len(largest(account, TERM, BARS)[1])
    state = session.present(PuzzleState)
    state = replace(state, bars=min(state.bars, bars) if state.step == "ledger" else 0)
    session.keep_address(state, lambda state: start_of(state, numbers, first))

    def go_beside(direction: Literal[-1, 1]) -> None:
        """Go from where the page is when the key or button is heard."""
        now = session.present(PuzzleState)
        found = beside(replace(now, bars=min(now.bars, bars)), direction, bars)
        if found is not None:
            _go(found, numbers, first)

    with st.container(key="lesson-projected"):
        with st.container(key="lesson-head"):
            title("The puzzle")
            with st.container(key="lesson-sentence"):
                st.markdown(_sentence(state, comparison, account))
        with st.container(key="lesson-figure"):
            heading("The figure")
            if state.step in {"ask", "reveal"}:
                _show_printouts(sheets, numbers.values(), covered=state.step == "ask")
            else:
                _show_figure(state, comparison, account)
        with (
            st.container(key="lesson-below"),
            st.container(
                key="lesson-buttons", horizontal=True, vertical_alignment="center", gap="small"
            ),
        ):
            if state.step in ONWARDS:
                label = ONWARDS[state.step]
                st.button(label, on_click=go_beside, args=(1,), key=NEXT, type="primary")
            else:
                first_lesson = lecture_of(0)
                neighbour_link(first_lesson, NEXT, f"Next: {first_lesson.title}", True)
            if state.step != "ask":
                st.button("Back", on_click=go_beside, args=(-1,), key=BACK, type="tertiary")
            # The other view shows both printouts: before they are shown here, phones get this one.
            covered = state.step in {"ask", "figure"}
            alone = state if covered else replace(state, view="study", step="ask", bars=0)
            qr_button(alone.encode(start_of(alone, numbers, first)))
            view_button(True, turn_view, numbers, first)
    take_keys(True)


def _sentence(state: PuzzleState, comparison: Comparison, account: Ledger) -> str:
    ols, mixed = comparison.ols, comparison.mixed
    ends = float(ols.estimates[TERM]), float(mixed.estimates[TERM])
    (before, after), (moved, _) = pair(*ends), adding_up(*ends)
    match state.step:
        case "ask":
            return (
                f"{comparison.moments.rows:,} values of the marker pSHP2 in {len(account.levels)} "
                f"clusters. OLS, R's `lm`, finds an intercept of :orange[**{before}**] and a slope "
                f"of :orange[**{number(ols.estimates[1])}**]. What will the mixed model find, R's "
                "`lmer`?"
            )
        case "figure":
            return (
                "OLS counts rows, the mixed model counts clusters, nearly. Will the intercept rise "
                "or fall?"
            )
        case "reveal":
            slopes = [number(fit.estimates[1], 0.1) for fit in (ols, mixed)]
            return (
                f"The same rows: the intercept goes from :orange[**{before}**] to "
                f":blue[**{after}**], the slope from :orange[**{slopes[0]}**] to "
                f":blue[**{slopes[1]}**]."
            )
        case "ledger" if state.bars == 0:
            return f"Which clusters take the intercept from {before} to {after}, by {moved}?"
        case "ledger":
            return escaped(bar_in_words(account, TERM, ols, state.bars - 1, BARS))
    return escaped(votes_in_words(account))


def _show_printouts(
    sheets: Sequence[Sheet], numbers: Collection[Explained], *, covered: bool
) -> None:
    """The coefficients of both printouts, one below the other; the second may be covered."""
    with st.container(key="lesson-printouts"):
        for sheet, colour in zip(sheets, ("orange", "blue"), strict=True):
            st.markdown(f":{colour}[**{escaped(sheet.title)}**]")
            if covered and sheet.printout == "lmer":
                with st.container(key="lesson-covered"):
                    st.markdown("**?**")
            else:
                st.code(coefficients_of(sheet, numbers), language=None)


def coefficients_of(sheet: Sheet, numbers: Collection[Explained]) -> str:
    """Return the lines of a printout that hold its estimates, with the two heads above them."""
    lines = [
        each.printed.line
        for each in numbers
        if each.printout == sheet.printout and ".estimate." in each.id
    ]
    return "\n".join(sheet.text.split("\n")[min(lines) - 2 : max(lines) + 1])


def _show_figure(state: PuzzleState, comparison: Comparison, account: Ledger) -> None:
    if state.step == "figure":
        outcome = comparison.design.outcome_name
        figure = distances_figure(account, palette(), outcome=outcome, height=HEIGHT)
        alt = "Each cluster's mean distance from the OLS line, against its number of rows"
    elif state.step == "ledger":
        figure = ledger_figure(
            account,
            TERM,
            palette(),
            ols=float(comparison.ols.estimates[TERM]),
            height=HEIGHT,
            most=BARS,
            drawn=state.bars,
        )
        alt = "Waterfall of the intercept from OLS to the mixed model, by cluster"
    else:
        figure = shares_figure(account, palette(), height=HEIGHT)
        alt = "Each cluster's share of the weight in OLS and in the mixed model, against its rows"
    drawing = LiveFigure(
        enlarged(figure), key=f"puzzle-lecture-{state.step}", height=HEIGHT, alt=alt
    )
    live_panel([drawing], key=drawing.key)
