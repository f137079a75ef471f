"""What the browser reported last, numbered.

Every report of a control carries a number. The number goes back with the next answer, so the
browser can tell an answer to its newest report from one that the hand has already overtaken: only
the former may move the slider under the finger.

Numbers count within a session. When it is lost, because the server was started again or the
visitor's device slept for long, the page goes on with a new one: every answer names its session,
and where that changes the browser starts counting anew.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

_NUMBERS, _SESSION = "live:reports", "live:session"


def rerun_parts(*keys: str) -> None:
    """Run fragments again, if this run still is of the page that has them.

    The last report of a hand may arrive together with the visitor's way to another page: that
    page is run already, has none of these fragments, and needs no more.

    Parameters
    ----------
    keys
        Keys of the fragments.
    """
    # It leaves this function unless the page has no such fragment.
    with suppress(StreamlitAPIException):
        st.rerun(list(keys))


@dataclass(frozen=True)
class Report:
    """A control's key, and what the hand did to it."""

    key: str
    value: Any


def numbers() -> dict[str, int]:
    """The number of the last report of each control of this session."""
    known: dict[str, int] = st.session_state.setdefault(_NUMBERS, {})
    return known


def session() -> str:
    """A name of this session, for the browser to notice another one by."""
    name: str = st.session_state.setdefault(_SESSION, secrets.token_hex(8))
    return name


def receive(component_key: str) -> list[Report]:
    """Note what a component has reported that was not known yet, and return it.

    A component sends the newest report of each of its controls, so that none is lost when two
    are under way.
    """
    sent = st.session_state[component_key].get("reports") or {}
    known = numbers()
    new = {
        key: report
        for key, report in sent.items()
        if report.get("session") == session() and int(report["number"]) > known.get(key, 0)
    }
    known.update({key: int(report["number"]) for key, report in new.items()})
    return [Report(key, report["value"]) for key, report in new.items()]
