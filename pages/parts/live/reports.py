"""What the browser reported last, numbered.

Every report of a control carries a number. The number goes back with the next answer, so the
browser can tell an answer to its newest report from one that the hand has already overtaken: only
the former may move the slider under the finger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

_NUMBERS = "live:reports"


@dataclass(frozen=True)
class Report:
    """A control's key, and what the hand did to it."""

    key: str
    value: Any


def numbers() -> dict[str, int]:
    """The number of the last report of each control of this session."""
    known: dict[str, int] = st.session_state.setdefault(_NUMBERS, {})
    return known


def receive(component_key: str) -> list[Report]:
    """Note what a component has reported that was not known yet, and return it.

    A component sends the newest report of each of its controls, so that none is lost when two
    are under way.
    """
    sent = st.session_state[component_key].get("reports") or {}
    known = numbers()
    new = {key: sent[key] for key in sent if int(sent[key]["number"]) > known.get(key, 0)}
    known.update({key: int(report["number"]) for key, report in new.items()})
    return [Report(key, report["value"]) for key, report in new.items()]
