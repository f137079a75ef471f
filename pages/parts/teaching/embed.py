"""How to put a page into a course of Moodle or Canvas."""

from __future__ import annotations

import streamlit as st

from pages.parts.lesson.course import lessons
from pages.parts.teaching.addresses import frame_line, root_of
from pages.parts.teaching.state import TeachingState


def pages_to_embed() -> dict[str, str]:
    """Return what each page is called, by its path; the puzzle's is ``puzzle`` here."""
    return {
        "puzzle": "The puzzle",
        **{lesson.id: lesson.title for lesson in lessons()},
        "simulate": "Simulate",
        "dial": "The dial",
        "puzzles": "Famous puzzles",
        "questions": "Questions",
        "glossary": "Glossary",
    }


def show_embedding() -> None:
    """A page to choose, and the line of HTML that embeds it."""
    st.header("In Moodle or Canvas", anchor=False)
    pages = pages_to_embed()
    key = TeachingState.key("framed")
    if st.session_state.get(key) not in pages:
        st.session_state[key] = "rows-or-clusters"
    chosen = st.selectbox(
        "Page",
        list(pages),
        format_func=pages.__getitem__,
        key=key,
        persist_state="session",
        width=420,
    )
    root, known = root_of(st.context.url, TeachingState.path)
    st.markdown(
        "Paste this line where your platform takes HTML: in Moodle's editor under *Source code*, "
        "in Canvas's under *HTML Editor*."
    )
    path = "" if chosen == "puzzle" else chosen
    st.code(frame_line(root, path, pages[chosen]), language=None, wrap_lines=True)
    st.markdown(
        "The platform's visitors have to reach this address, and a platform on https shows only "
        "pages on https. In a frame the browser may keep nothing: then a learner's progress lasts "
        "for the visit. Files can be uploaded to *Your data* in a window of its own only."
    )
    if not known:
        st.caption(
            ":material/lan: This address is known to this machine only. Start Betwixt with "
            "--host 0.0.0.0, or open it where others reach it, and this line names that address."
        )
