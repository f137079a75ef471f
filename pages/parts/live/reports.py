"""What the browser reported last, numbered.

Every report of a component carries a number. The number goes back with the next answer,
so the component can tell an answer to its newest report from one that the hand has already
overtaken: only the former may move the slider under the finger.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

_NUMBERS = "live:reports"


def numbers() -> dict[str, int]:
    """The number of the last report of each control of this session."""
    known: dict[str, int] = st.session_state.setdefault(_NUMBERS, {})
    return known


def receive(key: str, component_key: str) -> Any:
    """Note the report that a component of this key has sent; return its value."""
    report = st.session_state[component_key].get("report")
    if report is None:
        return None
    numbers()[key] = int(report["number"])
    return report["value"]
