"""Homework as who teaches sets it up: a secret, addresses to hand out, the key, and marking."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from engine.words.numbers import plural, with_decimals, without_zeros
from pages.parts.teaching.addresses import root_of
from pages.parts.teaching.homework import (
    LARGER,
    LEAST_SECRET,
    MOST_CODES,
    TASKS,
    Question,
    Task,
    codes_in,
    made_secret,
    token_of,
)
from pages.parts.teaching.key import Marked, Right, marked, right_for, tolerance
from pages.parts.teaching.state import TeachingState

# In the session and nowhere else: no field of the state, so in no address.
_SECRET, _CODES, _LINES, _SHOWN, _RIGHTS = (
    "homework secret",
    "homework codes",
    "homework lines",
    "homework key shown",
    "homework key",
)


def show_homework_setup() -> None:
    """Everything about homework."""
    st.header("Homework", anchor=False)
    st.markdown(
        "Every learner gets other rows, and so other numbers: they follow from the learner's code. "
        "You type a secret, hand out the addresses, and get the key."
    )
    left, right = st.columns(2, gap="large")
    with left:
        task = TASKS[
            st.selectbox(
                "Task",
                list(TASKS),
                format_func=lambda name: TASKS[name].title,
                key=TeachingState.key("task"),
                persist_state="session",
            )
        ]
        secret = _secret()
        codes = codes_in(_codes())
    with right:
        _what_it_protects()
    if secret:
        _hand_out(task, secret, codes)
        _key(task, secret, codes)
        _mark(task, secret)


def _secret() -> str:
    """Ask for the secret; empty until there is one that will do."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        typed = st.text_input(
            "Your secret",
            key=_SECRET,
            type="password",
            autocomplete="off",
            max_chars=100,
            placeholder=f"at least {LEAST_SECRET} characters",
            persist_state="session",
        )
        st.button("Make one", on_click=_make, icon=":material/casino:", key="homework-make")
    if typed and len(typed) < LEAST_SECRET:
        st.caption(
            f":material/error: {plural(len(typed), 'character')} can be guessed. Use at least "
            f"{LEAST_SECRET}."
        )
        return ""
    if typed:
        st.caption("Write it down (the eye shows it). Without it there is no key.")
    return typed or ""


def _make() -> None:
    st.session_state[_SECRET] = made_secret()


def _codes() -> str:
    return (
        st.text_area(
            "Learners' codes",
            key=_CODES,
            placeholder="one on each line, such as a07; no names",
            height=110,
            persist_state="session",
            help=f"At most {MOST_CODES}. Capitals and blanks do not count.",
        )
        or ""
    )


def _what_it_protects() -> None:
    st.markdown(
        "**What the secret protects.** It opens the key: the right answers of all codes in one "
        "table, and the marking. It cannot be computed from a learner's address, and it stays in "
        "this visit: no address holds it, and nothing is stored.\n\n"
        "**What it does not.** A learner has the rows, and with R finds what the key says: that is "
        "the exercise. Betwixt's source is open, and the rows follow from address and code. Who "
        "can program, and knows the code of somebody else, can find those answers too; and a line "
        "that is handed in does not prove who computed it."
    )


def _hand_out(task: Task, secret: str, codes: Sequence[str]) -> None:
    root, known = root_of(st.context.url, TeachingState.path)
    common = TeachingState(homework=task.id, token=token_of(secret))
    st.markdown("**Addresses.** One for all, which asks for the code:")
    st.code(root + common.link(), language=None, wrap_lines=True)
    if codes:
        personal = [
            root + TeachingState(homework=task.id, token=common.token, code=code).link()
            for code in codes
        ]
        st.markdown(f"Or one for each of the {plural(len(codes), 'code')}:")
        st.code(
            "\n".join(f"{code}\t{at}" for code, at in zip(codes, personal, strict=True)),
            language=None,
            height=180 if len(codes) > 5 else "content",
        )
    if not known:
        st.caption(
            ":material/lan: These addresses are known to this machine only. Start Betwixt with "
            "--host 0.0.0.0, or open it where others reach it, and they name that address."
        )


def _key(task: Task, secret: str, codes: Sequence[str]) -> None:
    shown = st.toggle("Show the key", key=_SHOWN, disabled=not codes, persist_state="session")
    if not (shown and codes):
        return
    asked = (task.id, secret, *codes)
    known = st.session_state.get(_RIGHTS)
    if known is None or known[0] != asked:
        with st.spinner("Computing the key …", show_time=False):
            known = st.session_state[_RIGHTS] = (asked, right_for(task, secret, codes))
    st.table(key_table(task, known[1]))


def key_table(task: Task, rights: Sequence[Right]) -> pd.DataFrame:
    """Return the key as a table, one learner a row, with what is allowed to be off."""
    return pd.DataFrame(
        {
            "Larger in": [LARGER[right.larger] for right in rights],
            **{
                _heading(question): [
                    with_decimals(right.numbers[question.id], question.decimals) for right in rights
                ]
                for question in task.questions
            },
        },
        index=pd.Index([right.code for right in rights], name="Code"),
    )


_SHORT = {
    "ols": "OLS",
    "mixed": "Mixed model",
    "error": "Standard error, mixed",
    "shrinkage": "Shrinkage of the smallest, %",
}


def _heading(question: Question) -> str:
    return f"{_SHORT[question.id]} (±{without_zeros(tolerance(question.decimals))})"


def _mark(task: Task, secret: str) -> None:
    lines = (
        st.text_area(
            "Lines that were handed in, to be marked",
            key=_LINES,
            placeholder="one on each line",
            height=110,
            persist_state="session",
        )
        or ""
    ).splitlines()[:MOST_CODES]
    found = marked(task, secret, lines)
    if found:
        st.table(marks_table(task, found))


def marks_table(task: Task, found: Sequence[Marked]) -> pd.DataFrame:
    """Return what is right in each line that was handed in."""
    names = {"larger": "Larger in", **{each.id: _SHORT[each.id] for each in task.questions}}
    rows = []
    for each in found:
        if each.right is None:
            rows.append({"Code": each.line[:40], "Right": each.fault})
            continue
        rights = {
            "larger": LARGER[each.right.larger],
            **{
                question.id: with_decimals(each.right.numbers[question.id], question.decimals)
                for question in task.questions
            },
        }
        verdicts = {
            names[name]: "✓" if right else f"✗ ({rights[name]})"
            for name, right in each.verdicts.items()
        }
        count = f"{sum(each.verdicts.values())} of {len(each.verdicts)}"
        rows.append({"Code": each.right.code, "Right": count, **verdicts})
    return (
        pd.DataFrame(rows, columns=["Code", "Right", *names.values()]).fillna("").set_index("Code")
    )
