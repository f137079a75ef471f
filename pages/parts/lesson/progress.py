"""What a learner has done in the course, kept in their browser's own storage.

The session holds it while the visit lasts. The browser keeps the same text under one name together
with a random token of its own, and hands both to a session that does not know them yet: after a
reload, a phone's sleep or a restart of the server nothing is lost. Nothing is stored on the server.
"""

from __future__ import annotations

import binascii
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from pages.parts.live import mode, reports
from pages.parts.live.assets import loader

# The parameter of an address that restores a record.
SAVED = "saved"

_KEY, _TAKEN, _FORGOTTEN, _TOKEN, _RESTORED, _UNREACHED = (
    "progress",
    "progress taken",
    "progress forgotten",
    "progress token",
    "progress restored",
    "progress unreached",
)
_KEY_OF_COMPONENT = "course-progress"
# Longer texts are not read: the browser's storage and addresses can hold anything.
_MOST = 40_000
_MOST_LESSONS, _MOST_LETTERS = 50, 200
# The latest of a lesson's answers, and of the beliefs behind them; so a full record stays readable.
MOST_ANSWERS = 20

# It shows nothing: the style sheet of the frame hides it.
_component = st.components.v2.component("progress", js=loader("progress.js"), isolate_styles=False)


@dataclass(frozen=True)
class Done:
    """What was done in one lesson.

    Attributes
    ----------
    answers
        As the address holds them, in order.
    ideas
        The belief behind each answer, by id.
    solved
        Moves that each solved challenge took, by id; the fewest so far.
    day
        Of the last change, as in 2026-11-29.
    """

    answers: tuple[str, ...] = ()
    ideas: tuple[str, ...] = ()
    solved: Mapping[str, int] = field(default_factory=dict)
    day: str = ""

    def merged(self, other: Done) -> Done:
        """Return what this and another record hold together."""
        longer = max(self, other, key=lambda done: len(done.answers))
        solved = {
            name: min(done.solved[name] for done in (self, other) if name in done.solved)
            for name in {**self.solved, **other.solved}
        }
        return Done(longer.answers, longer.ideas, solved, max(self.day, other.day))


@dataclass(frozen=True)
class Progress:
    """What was done in the course.

    Attributes
    ----------
    lessons
        By id.
    name
        Of the learner, if typed.
    """

    lessons: Mapping[str, Done] = field(default_factory=dict)
    name: str = ""

    def of(self, lesson: str) -> Done:
        """Return what was done in a lesson."""
        return self.lessons.get(lesson, Done())

    def with_done(self, lesson: str, done: Done) -> Progress:
        """Return the same with another record of a lesson, less its oldest answers."""
        done = replace(done, answers=done.answers[-MOST_ANSWERS:], ideas=done.ideas[-MOST_ANSWERS:])
        return replace(self, lessons={**self.lessons, lesson: done})

    def merged(self, other: Progress) -> Progress:
        """Return what this and another record hold together; this one's name counts, if any."""
        lessons = {
            lesson: self.of(lesson).merged(other.of(lesson))
            for lesson in {**self.lessons, **other.lessons}
        }
        return Progress(lessons, self.name or other.name)

    def to_text(self) -> str:
        """Return it as one line, always the same for the same record."""
        lessons = {
            lesson: {
                "answers": done.answers,
                "ideas": done.ideas,
                "solved": dict(sorted(done.solved.items())),
                "day": done.day,
            }
            for lesson, done in sorted(self.lessons.items())
        }
        return json.dumps({"name": self.name, "lessons": lessons}, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: object) -> Progress:
        """Return what a text holds; whatever is wrong in it is left out."""
        try:
            found = json.loads(text) if isinstance(text, str) and len(text) <= _MOST else {}
        except (ValueError, RecursionError):
            found = {}
        lessons = _mapping(_mapping(found).get("lessons"))
        return cls(
            {
                lesson: Done(
                    _texts(_mapping(done).get("answers")),
                    _texts(_mapping(done).get("ideas")),
                    {
                        name: moves
                        for name, moves in _mapping(_mapping(done).get("solved")).items()
                        if type(moves) is int and 0 < moves < 1_000_000
                    },
                    _text(_mapping(done).get("day")),
                )
                for lesson, done in list(lessons.items())[:_MOST_LESSONS]
            },
            _text(_mapping(found).get("name")),
        )

    def to_address(self) -> str:
        """Return it as a parameter of an address holds it."""
        return urlsafe_b64encode(self.to_text().encode()).decode().rstrip("=")

    @classmethod
    def from_address(cls, text: str) -> Progress:
        """Return what a parameter of an address holds; empty if it is none."""
        try:
            padded = text[:_MOST] + "=" * (-len(text) % 4)
            return cls.from_text(urlsafe_b64decode(padded.encode()).decode())
        except (binascii.Error, UnicodeError):
            return cls()


def _mapping(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}


def _text(found: object) -> str:
    whole = found[:_MOST_LETTERS] if isinstance(found, str) else ""
    return whole.encode("utf-8", "ignore").decode()


def _texts(found: object) -> tuple[str, ...]:
    given = found[-MOST_ANSWERS:] if isinstance(found, list) else []
    return tuple(text for text in map(_text, given) if text)


# --- in the session -------------------------------------------------------------------------------


def present() -> Progress:
    """Return what this session knows."""
    held = st.session_state.get(_KEY)
    return held if isinstance(held, Progress) else Progress()


def put(progress: Progress) -> None:
    """Let the session, and with its next answer the browser, hold this."""
    st.session_state[_KEY] = progress


def may_solve(record: str, goal: str, *, reached: bool) -> bool:
    """Return whether a goal was seen unreached since it was begun, so that reaching it solves it.

    An address may lead to where a goal is reached already: who opens it has solved nothing. Call it
    whenever the goal is looked at.

    Parameters
    ----------
    record, goal
        As of `note_solved`.
    reached
        Whether the goal is reached now.
    """
    unreached: set[tuple[str, str]] = st.session_state.setdefault(_UNREACHED, set())
    if not reached:
        unreached.add((record, goal))
    return (record, goal) in unreached


def begin_again(record: str) -> None:
    """Forget which goals of a record were seen unreached: its moves are counted anew."""
    unreached: set[tuple[str, str]] = st.session_state.get(_UNREACHED, set())
    st.session_state[_UNREACHED] = {pair for pair in unreached if pair[0] != record}


def note_solved(record: str, goal: str, moves: int) -> bool:
    """Note that a goal was reached; return whether that is new, or took fewer moves.

    Parameters
    ----------
    record
        Id of the lesson, or of what else has goals.
    goal
        Id of the goal in it.
    moves
        How many it took.
    """
    known = present()
    done = known.of(record)
    if moves >= done.solved.get(goal, moves + 1):
        return False
    solved = {**done.solved, goal: moves}
    put(known.with_done(record, replace(done, solved=solved, day=time.strftime("%Y-%m-%d"))))
    return True


def token() -> str:
    """Return the browser's token; empty until the browser has told it, or cannot keep one."""
    return str(st.session_state.get(_TOKEN, ""))


def forget() -> None:
    """Forget everything, in the browser as well; it then takes another token."""
    put(Progress())
    st.session_state[_TAKEN] = False
    st.session_state[_FORGOTTEN] = st.session_state.get(_FORGOTTEN, 0) + 1


def take_saved() -> None:
    """Take up what the address restores, if it does.

    The browser takes the parameter out of the address (see `keep`): done here, it would be a new
    step of the history, and Back would lead to the old one and restore once more.
    """
    saved = st.query_params.get(SAVED)
    if saved is None or saved == st.session_state.get(_RESTORED):
        return
    st.session_state[_RESTORED] = saved
    if mode.plain():
        del st.query_params[SAVED]
    found = Progress.from_address(saved)
    put(present().merged(found))
    if found == Progress():
        st.toast("This address holds no record.", icon=":material/error:")
    else:
        st.toast("The record of this address is here.", icon=":material/restore:")


def after_telling(before: Progress, text: object, *, changed: bool) -> Progress:
    """Return what the session knows once the browser has told what it keeps.

    Parameters
    ----------
    before
        What the session knew. A stranger's address may have restored it, so the browser's own name
        comes first.
    text
        What the browser keeps; None for nothing.
    changed
        Whether another tab has just changed that: a name, or none, is then newer than this one,
        and nothing means that all was forgotten.
    """
    kept = Progress.from_text(text)
    if not changed:
        return kept.merged(before)
    return Progress() if text is None else replace(kept.merged(before), name=kept.name)


@st.fragment
def keep_everywhere() -> None:
    """Let the browser keep what the session holds, on a page on which nothing is done."""
    keep()


def keep() -> None:
    """Let the browser keep what the session holds. It shows nothing.

    Call it in the fragment that runs again when something was done. The whole page runs again if
    the browser knows more: its menu says what was done.
    """
    if mode.plain():
        return

    def take() -> None:
        """The browser has told what it keeps, or another tab has changed that."""
        told = st.session_state[_KEY_OF_COMPONENT].get("kept") or {}
        if told.get("session") != reports.session():
            return
        st.session_state[_TAKEN] = True
        st.session_state[_TOKEN] = _text(told.get("token"))
        before = present()
        put(after_telling(before, told.get("text"), changed=bool(told.get("changed"))))
        if present() != before:
            st.rerun()

    _component(
        key=_KEY_OF_COMPONENT,
        data={
            "text": present().to_text(),
            "taken": bool(st.session_state.get(_TAKEN)),
            "forgotten": st.session_state.get(_FORGOTTEN, 0),
            "session": reports.session(),
            "saved": SAVED,
        },
        on_kept_change=take,
        on_missing_change=lambda: mode.report_missing(_KEY_OF_COMPONENT),
    )
