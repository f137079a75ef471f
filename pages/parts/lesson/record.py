"""A record to keep: what was answered, what came out and what was solved, as one page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from string import Template
from time import strftime
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from engine.challenges import CHALLENGES
from engine.words.numbers import plural
from pages.parts.challenges.record import RECORD as CHALLENGES_RECORD
from pages.parts.lesson import progress
from pages.parts.lesson.lesson import Lesson, Look, Scene, told
from pages.parts.lesson.progress import Done, Progress
from pages.parts.puzzles.book import PUZZLES
from pages.parts.puzzles.record import done_text, record_of
from pages.parts.theme import palette

_FOLDER = Path(__file__).parent
_TITLE = "Betwixt: what I did in the course"
_NOTHING = "<p>Nothing was answered or solved yet.</p>"
# Marks of Markdown in the lessons' sentences, which the record shows as plain text.
_MARKS = re.compile(r"\*\*|[*`]|(?<!\w)_|_(?!\w)|\\(?=\W)")


def show_record(course: Sequence[Lesson[Any, Any]]) -> None:
    """Show how to keep, restore and forget what was done.

    Call it in the fragment that lets the browser keep it.
    """
    with st.expander("Keep my work", icon=":material/bookmark:"):
        known = progress.present()
        # Also where the browser has told it later than this was first shown.
        st.session_state[_NAME] = known.name
        st.text_input("Name", key=_NAME, max_chars=80, on_change=_take_name, placeholder="optional")
        if not known.lessons:
            st.markdown("There is nothing to keep yet: answer a question or solve a challenge.")
        address = saved_address(known)

        def page() -> str:
            """Streamlit asks for it outside of any run, where there is no session to ask."""
            return record_page(course, known, address)

        with st.container(horizontal=True, gap="small"):
            st.download_button(
                "Download as a page",
                page,
                file_name=f"betwixt-course-{strftime('%Y-%m-%d')}.html",
                mime="text/html",
                icon=":material/download:",
                on_click="ignore",
                disabled=not known.lessons,
            )
            st.button("Forget all of it", on_click=_forget, icon=":material/delete:")
        st.caption(
            "This browser remembers what you did, and nothing of it leaves it but to this app. "
            "The page to download can be printed."
        )
        if known.lessons:
            st.caption("This address restores everything in another browser:")
            st.code(address, language=None, wrap_lines=True)


_NAME = "record name"


def _take_name() -> None:
    progress.put(replace(progress.present(), name=st.session_state[_NAME].strip()))


def _forget() -> None:
    progress.forget()
    st.rerun()  # the menu says what was done


def saved_address(known: Progress) -> str:
    """Return an address of the present page that restores the record."""
    here = urlsplit(st.context.url or "")
    origin = f"{here.scheme}://{here.netloc}" if here.netloc else ""
    return f"{origin}{here.path or '/'}?{progress.SAVED}={known.to_address()}"


def record_page(course: Sequence[Lesson[Any, Any]], known: Progress, address: str) -> str:
    """Return the record as a page of its own, which needs nothing else.

    Parameters
    ----------
    course
        All lessons, in their order.
    known
        What was done.
    address
        The address that restores it.
    """
    sections = [
        _section(lesson, known.of(lesson.id)) for lesson in course if lesson.id in known.lessons
    ]
    by = " · ".join(filter(None, [known.name, strftime("%Y-%m-%d")]))
    return _filled(
        "record.html",
        {"title": _TITLE, "by": by, "address": address},
        lessons="".join(sections) + _practised(known) or _NOTHING,
    )


def _practised(known: Progress) -> str:
    """Say what was done in the puzzles and the challenges; empty for nothing."""
    puzzles = [(puzzle.title, known.of(record_of(puzzle))) for puzzle in PUZZLES]
    challenges = known.of(CHALLENGES_RECORD)
    lists = {
        "Famous puzzles": [
            f"{title}: {done_text(done)} ({done.day})" for title, done in puzzles if done_text(done)
        ],
        "Challenges": [
            f"{challenge.title}: solved in {plural(challenges.solved[challenge.id], 'move')}"
            for challenge in CHALLENGES
            if challenge.id in challenges.solved
        ],
    }
    return "".join(
        _filled("record_practice.html", {"title": title, "done": "\n".join(done)})
        for title, done in lists.items()
        if done
    )


def _section(lesson: Lesson[Any, Any], done: Done) -> str:
    given = filter(None, map(lesson.commit.read, done.answers))
    answers = [lesson.commit.said(answer) for answer in given]
    solved = [
        f"{told(challenge.goal)} ({plural(done.solved[challenge.id], 'move')})"
        for challenge in lesson.challenges
        if challenge.id in done.solved
    ]
    shown = {
        "title": lesson.title,
        "question": told(lesson.question),
        "answers": "\n".join(answers) or "nothing yet",
        "outcome": _outcome(lesson, done) if answers else "not seen yet",
        "solved": "\n".join(solved) or "nothing yet",
        "day": done.day,
    }
    unmarked = {name: _MARKS.sub("", text) for name, text in shown.items()}
    return _filled("record_lesson.html", unmarked)


def _outcome(lesson: Lesson[Any, Any], done: Done) -> str:
    state = lesson.at("reveal", step="reveal")
    answer = lesson.commit.read(done.answers[-1])
    return lesson.reveal(
        Scene("reveal", state, lesson.result(state), answer, Look(palette(), height=400))
    )


def _filled(name: str, texts: dict[str, str], **markup: str) -> str:
    """Fill a template: texts are escaped, markup is put in as it is."""
    plain = {key: escape(text) for key, text in texts.items()}
    template = Template((_FOLDER / name).read_text(encoding="utf-8"))
    return template.substitute(plain | markup)
