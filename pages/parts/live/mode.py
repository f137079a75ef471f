"""Whether a page uses the live components or Streamlit's own widgets.

Live unless one of two things is known: the address says `?plain=1` (a person's wish, or a
test's; `?plain=0` takes it back), or the browser reported that it could not load what the
components need: their modules, or plotly.js. Either way the answer holds for the rest of the
session.
"""

from __future__ import annotations

import streamlit as st

_PLAIN = "live:plain"
_MISSING = "live:missing"


def plain() -> bool:
    """True if the page is to use `st.plotly_chart` and `st.slider`."""
    if missing():
        return True
    wish = st.query_params.get("plain")
    if wish is not None:
        st.session_state[_PLAIN] = wish != "0"
    return bool(st.session_state.get(_PLAIN, False))


def missing() -> bool:
    """True if the browser reported that it cannot load the components."""
    return bool(st.session_state.get(_MISSING))


def report_missing(component_key: str) -> None:
    """Callback of a component that could not load all it needs: the whole page changes over."""
    if st.session_state[component_key].get("missing"):
        st.session_state[_MISSING] = True
        st.rerun()


def say_if_missing() -> None:
    """Say why the page is plain, if nobody asked for that."""
    if missing():
        st.info(
            "The live figures could not be loaded, so the pages show simpler charts, which answer "
            "when a slider is let go. Loading the page again tries again.",
            icon=":material/info:",
        )
