"""A page's state in Streamlit's session, and the address that keeps up with it.

Each field stands in the session under a key of its own, which is also the key of its control. What
the browser holds counts at three moments only: when a page is opened, after Back or Forward, and
where a link wants a page as its address says. From then on the session decides, and the address
follows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from pages.parts.lesson.state import State, parameters
from pages.parts.live import mode, reports
from pages.parts.live.assets import loader
from pages.server.streamlit_internals import is_history_navigation

Kept = TypeVar("Kept", bound=State)

# Tells one such link from the others in a session.
_ANEW = "anew"

# It shows nothing: the style sheet of the frame hides it.
_component = st.components.v2.component("address", js=loader("address.js"), isolate_styles=False)


def opened(state: type[Kept], start: Callable[[Kept], Kept] | None = None) -> bool:
    """Take up what the address says, if the page was just opened, the browser went back, or `anew`.

    Call it at the head of the page's script, outside of any fragment.

    Parameters
    ----------
    state
        The page's state.
    start
        Where the page starts, given a first reading of the address, if that is not at the
        defaults of the fields.

    Returns
    -------
    bool
        Whether the address was read since the last run.
    """
    link = st.query_params.get(_ANEW)
    asked = link is not None and link != st.session_state.get("anew.taken")
    if asked or not st.session_state.get(f"{state.page}.open") or is_history_navigation():
        st.session_state["anew.taken"] = link
        _take_up(state, st.query_params.to_dict(), start)
    return bool(st.session_state.pop(f"{state.page}.read", False))


def anew(query: Mapping[str, str]) -> dict[str, str]:
    """Return parameters of a link to a page that is to show what they say, even if it is open.

    Without them a link leads to where the visitor has left a page. They are good for one use, so
    that they do not come back with a later run.

    Parameters
    ----------
    query
        The page's own parameters; what is not among them is as at its start.
    """
    count = st.session_state.get("anew.count", 0) + 1
    st.session_state["anew.count"] = count
    return {**query, _ANEW: str(count)}


def _take_up(
    state: type[Kept], query: dict[str, str], start: Callable[[Kept], Kept] | None
) -> None:
    first = state.decode(query)
    put(first if start is None else state.decode(query, start(first)))
    st.session_state[f"{state.page}.read"] = True


def put(state: State) -> None:
    """Set the page, and each of its controls, to a state."""
    st.session_state[f"{state.page}.open"] = True
    for each in dataclasses.fields(state):
        st.session_state[state.key(each.name)] = getattr(state, each.name)


def present(state: type[Kept]) -> Kept:
    """Return what the page is set to, whatever its controls hold."""
    held = {
        each.name: st.session_state.get(state.key(each.name)) for each in dataclasses.fields(state)
    }
    return state(**held)


def visit(state: State, start: State | None = None, leaving: dict[str, str] | None = None) -> None:
    """Go to a page in this state; the script ends here.

    Parameters
    ----------
    state
        What the page is set to.
    start
        Where it starts.
    leaving
        What the address of the present page says, for pages with parameters of the same names:
        Streamlit gives the page that is left the new address before it goes to the other, and
        there Back leads to. The other page then writes its own.
    """
    put(state)
    st.switch_page(state.script, query_params=state.encode(start) if leaving is None else leaving)


def keep_address(state: Kept, start: Callable[[Kept], Kept] | None = None) -> None:
    """Let the address say what the page is set to.

    Call it in every fragment that runs again when a control changes. It shows nothing.
    """
    wanted = _address(state, start)
    if mode.missing():
        query = _foreign() | wanted
        if query != st.query_params.to_dict():
            st.query_params.from_dict(query)
        return
    key = f"address-{state.page}"

    def take_found() -> None:
        """The page was another session's: what its address says now counts, not at its opening."""
        found = st.session_state[key].get("found") or {}
        if found.get("session") == reports.session():
            _take_up(type(state), parameters(str(found.get("search"))), start)
            st.rerun()

    _component(
        key=key,
        data={
            # What is wanted last, and in its own order: that of all pages is the order in which
            # they were first visited.
            "params": {name: None for name in owned() if name not in wanted} | wanted,
            "session": reports.session(),
        },
        on_found_change=take_found,
        on_missing_change=lambda: mode.report_missing(key),
    )


def start_choice(key: str, options: Sequence[str], first: str) -> None:
    """Set a choice to where it starts, unless the visitor made one that there still is.

    Call it before the control. Where it starts may change with what else is chosen.

    Parameters
    ----------
    key
        Key of the choice.
    options
        What there is to choose from.
    first
        Where it starts.
    """
    memory = f"{key}:first"
    shown, before = st.session_state.get(key), st.session_state.get(memory)
    if len(options) < 2 or shown not in options or shown == before:
        st.session_state[key] = first
    st.session_state[memory] = first


def mark_step(state: Kept, start: Callable[[Kept], Kept] | None = None) -> None:
    """Make the present state a step of its own, to which Back returns from the next.

    For what changes many controls at once. A moving control makes no steps.
    """
    st.query_params.from_dict(_foreign() | _address(state, start))


def _address(state: Kept, start: Callable[[Kept], Kept] | None) -> dict[str, str]:
    return state.encode(None if start is None else start(state))


def owned() -> list[str]:
    """Every parameter that some page has, and that of links."""
    params = (param for page in all_pages() for param in page.params().values())
    return [_ANEW, *dict.fromkeys(params)]


def all_pages(base: type[State] = State) -> Iterator[type[State]]:
    """Yield the states of all pages, those of lessons too, which share a base of their own.

    Parameters
    ----------
    base
        What they derive from.
    """
    for page in base.__subclasses__():
        yield page
        yield from all_pages(page)


def _foreign() -> dict[str, Any]:
    """Parameters of the address that are no page's."""
    ours = owned()
    return {name: value for name, value in st.query_params.items() if name not in ours}
