"""Two printouts with a card beside them for the number that is selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from engine.words.anatomy import Explained, Program
from pages.parts.ledger import coefficient_choice
from pages.parts.lesson import session
from pages.parts.lesson.state import State, text
from pages.parts.live import plain, reports
from pages.parts.live.assets import loader, stylesheet
from pages.parts.live.mode import report_missing

from .card import show_card


@dataclass(frozen=True)
class PuzzleState(State, page="puzzle", script="learn/puzzle.py", path="/"):
    """Which number is selected, by its id, none being the first; whose ledger is shown."""

    number: str = text(param="number")
    coefficient: str = coefficient_choice()


KEY = PuzzleState.key("number")

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


@st.fragment
def show_printouts(sheets: Sequence[Sheet], numbers: Sequence[Explained], first: str) -> None:
    """Show the printouts, and the card of the number selected in them.

    Parameters
    ----------
    sheets
        The printouts, ``lm`` first.
    numbers
        Every number in them.
    first
        Id of the number that is selected at the beginning.
    """
    by_id = {number.id: number for number in numbers}
    if session.present(PuzzleState).number not in by_id:  # from an address
        st.session_state[KEY] = first
    session.keep_address(session.present(PuzzleState), lambda _: PuzzleState(number=first))
    with st.container(key="printouts"):
        if plain():
            _plain_printouts(sheets, by_id)
        else:
            _live_printouts(sheets, by_id)
        with st.container(key="printouts-card", border=True):
            chosen = by_id[st.session_state[KEY]]
            show_card(chosen, by_id.get(chosen.counterpart or ""))


def _live_printouts(sheets: Sequence[Sheet], by_id: dict[str, Explained]) -> None:
    component_key = f"{KEY}:printouts"

    def take_selection() -> None:
        reported = st.session_state[component_key].get("selected") or {}
        if reported.get("id") in by_id:
            st.session_state[KEY] = reported["id"]

    _component(
        key=component_key,
        data={
            "sheets": [asdict(sheet) for sheet in sheets],
            "numbers": [
                {
                    **asdict(number.printed),
                    "printout": number.printout,
                    "label": f"{number.title}: {number.printed.text}",
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


def _plain_printouts(sheets: Sequence[Sheet], by_id: dict[str, Explained]) -> None:
    """The texts, and a choice among their numbers."""
    labels = {
        number.id: f"{number.title} ({number.model}): {number.printed.text}"
        for number in by_id.values()
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
    )
