"""Two printouts with a card beside them for the number that is selected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import streamlit as st

from engine.data.formula.terms import INTERCEPT
from engine.words.anatomy import Explained, Program
from pages.parts.dial_controls import DialState
from pages.parts.ledger import coefficient_choice
from pages.parts.lesson import session
from pages.parts.lesson.state import State, choice, text
from pages.parts.lesson.state import number as whole
from pages.parts.live import plain, reports
from pages.parts.live.assets import loader, stylesheet
from pages.parts.live.mode import report_missing

from .card import show_card

LECTURE_STEPS = ("ask", "figure", "reveal", "ledger", "why")


@dataclass(frozen=True)
class PuzzleState(State, page="puzzle", script="learn/puzzle.py", path="/"):
    """What the page is set to.

    Attributes
    ----------
    number
        Which number is selected, by its id, none being the first.
    coefficient
        Whose ledger is shown.
    view
        For one reader, or for a projector.
    step, bars
        How far a projector has gone, and how many bars its ledger has by then.
    """

    number: str = text(param="number")
    coefficient: str = coefficient_choice()
    view: str = choice("study", ("study", "lecture"), param="view")
    step: str = choice("ask", LECTURE_STEPS, param="step")
    bars: int = whole(0, 0, 100, param="bars")


KEY = PuzzleState.key("number")
_LAST = f"{KEY}.last"
_LEDGER_MOVED = f"{KEY}.ledger_moved"

# Without a shadow root: the style sheet also puts the card beside the printouts.
_component = st.components.v2.component(
    "printouts",
    css=stylesheet("printouts.css"),
    js=loader("printouts.js"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Sheet:
    """A printout: which of the two, what to call it, and its text without blank ends."""

    printout: Program
    title: str
    text: str


def ledger_of(number: Explained) -> str:
    """The coefficient whose ledger goes with a number: its own, or else the intercept."""
    return number.term or INTERCEPT


@st.fragment
def show_printouts(
    sheets: Sequence[Sheet], numbers: Sequence[Explained], first: str, on_dial: DialState
) -> None:
    """Show the printouts, and the card of the number selected in them.

    The ledger of the page follows the number, unless it shows another coefficient already: then
    the visitor has chosen it by hand, and it stays.

    Parameters
    ----------
    sheets
        The printouts, ``lm`` first.
    numbers
        Every number in them.
    first
        Id of the number that is selected at the beginning.
    on_dial
        The data of the printouts on the dial, with the ratio of the mixed model.
    """
    by_id = {number.id: number for number in numbers}
    if session.present(PuzzleState).number not in by_id:  # from an address
        st.session_state[KEY] = first

    def start(state: PuzzleState) -> PuzzleState:
        return start_of(state, by_id, first)

    def selected() -> None:
        _selected(by_id, start)

    if st.session_state.pop(_LEDGER_MOVED, False):
        # The ledger stands outside of this fragment.
        st.rerun()
    st.session_state[_LAST] = st.session_state[KEY]
    session.keep_address(session.present(PuzzleState), start)
    with st.container(key="printouts"):
        if plain():
            _plain_printouts(sheets, by_id, selected)
        else:
            _live_printouts(sheets, by_id, selected)
        with st.container(key="printouts-card", border=True):
            coefficient = session.present(PuzzleState).coefficient
            show_card(by_id[st.session_state[KEY]], replace(on_dial, coefficient=coefficient))


def start_of(state: PuzzleState, by_id: Mapping[str, Explained], first: str) -> PuzzleState:
    """What the page shows if its address names no more than the number.

    Parameters
    ----------
    state
        What the page is set to.
    by_id
        Every number in the printouts.
    first
        Id of the number that is selected at the beginning.
    """
    number = by_id.get(state.number, by_id[first])
    return PuzzleState(number=first, coefficient=ledger_of(number))


def _selected(by_id: Mapping[str, Explained], start: Callable[[PuzzleState], PuzzleState]) -> None:
    """Make the selection a step to which Back returns, and let the ledger follow it."""
    state, last = session.present(PuzzleState), by_id[st.session_state[_LAST]]
    wanted = ledger_of(by_id[state.number])
    if state.coefficient == ledger_of(last) != wanted:
        st.session_state[PuzzleState.key("coefficient")] = wanted
        st.session_state[_LEDGER_MOVED] = True
    if state.number != last.id:
        session.mark_step(session.present(PuzzleState), start)


def _live_printouts(
    sheets: Sequence[Sheet], by_id: Mapping[str, Explained], selected: Callable[[], None]
) -> None:
    component_key = f"{KEY}:printouts"

    def take_selection() -> None:
        reported = st.session_state[component_key].get("selected") or {}
        if reported.get("id") in by_id:
            st.session_state[KEY] = reported["id"]
            selected()

    _component(
        key=component_key,
        data={
            "sheets": [asdict(sheet) for sheet in sheets],
            "numbers": [
                {
                    **asdict(number.printed),
                    "printout": number.printout,
                    "label": f"{number.title}: {number.text}",
                    "counterpart": number.counterpart,
                }
                for number in by_id.values()
            ],
            "selected": st.session_state[KEY],
            "session": reports.session(),
        },
        on_selected_change=take_selection,
        on_missing_change=lambda: report_missing(component_key),
    )


def _plain_printouts(
    sheets: Sequence[Sheet], by_id: Mapping[str, Explained], selected: Callable[[], None]
) -> None:
    """The texts, and a choice among their numbers."""
    labels = {
        number.id: f"{number.title} ({number.model}): {number.text}" for number in by_id.values()
    }
    for sheet, column in zip(sheets, st.columns(len(sheets)), strict=True):
        column.caption(sheet.title)
        column.code(sheet.text, language=None)
    st.selectbox(
        "Number",
        list(by_id),
        format_func=labels.__getitem__,
        key=KEY,
        persist_state="session",
        on_change=selected,
    )
