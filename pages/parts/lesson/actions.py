"""What can be done in a lesson: answer, take a step, move a control, solve a challenge."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Literal, TypeAlias

import streamlit as st

from pages.parts.lesson import progress, session
from pages.parts.lesson.lesson import (
    STEPS,
    Challenge,
    Lesson,
    LessonState,
    Look,
    Options,
    Press,
    Scene,
    Step,
)
from pages.parts.live import plain, rerun_parts
from pages.parts.theme import palette

# Keys of the fragments: the whole lesson, its figure, and the text of the present step.
PAGE, FIGURE, PIECE = "lesson page", "lesson figure", "lesson piece"
# Of the figure, in pixels; the style sheet makes it fit the window.
HEIGHT = 560
# A control left alone for so many seconds, or another one taken, makes the next touch a new move.
PAUSE = 1.0
# A projector goes without the challenges.
PROJECTED_STEPS = tuple(step for step in STEPS if step != "do")

AnyLesson: TypeAlias = Lesson[Any, Any]


# --- what is set ----------------------------------------------------------------------------------


def present(lesson: AnyLesson) -> Any:
    return session.present(lesson.state)


def figure_key(lesson: AnyLesson) -> str:
    return f"{lesson.id}.figure"


def is_lecture(state: LessonState) -> bool:
    return state.view == "lecture"


def look(state: LessonState) -> Look:
    return Look(palette(), HEIGHT, wide=is_lecture(state))


def scene(lesson: AnyLesson, state: Any, answer: Any = None) -> Scene[Any, Any]:
    """Return what is shown after the answer: this one, or the last."""
    answers = lesson.answers(state)
    last = answers[-1] if answers else None
    shown = last if answer is None else answer
    return Scene(state.step, state, lesson.result(state), shown, look(state))


def ideas(lesson: AnyLesson, state: Any) -> list[str]:
    """Return the belief behind each answer given here."""
    revealed = lesson.at("reveal", step="reveal", answers=state.answers)
    return [lesson.reply(scene(lesson, revealed, answer)).idea for answer in lesson.answers(state)]


# --- what a hand does -----------------------------------------------------------------------------


def go(lesson: AnyLesson, step: Step, **kept: Any) -> None:
    """Go to a step, with the controls as they are at its beginning; Back returns from it."""
    now = present(lesson)
    state = lesson.at(step, **{"step": step, "answers": now.answers, "view": now.view, **kept})
    session.put(state)
    st.session_state[_moves_key(lesson)] = (0, "", 0.0)
    progress.begin_again(lesson.id)
    session.mark_step(state, lesson.start)


def commit(lesson: AnyLesson) -> None:
    now = present(lesson)
    answer = lesson.commit.so_far(figure_key(lesson))
    if not lesson.commit.is_complete(answer):
        go(lesson, "play")
        return
    filled = lesson.commit.filled(answer)
    written, held = lesson.commit.write(filled), lesson.answers(now)
    # Back leads to the question as it was left, with the answer in place: it is not another one.
    before = st.session_state.get(_given_key(lesson)) == written
    there = before and bool(held) and lesson.commit.write(held[-1]) == written
    go(lesson, "play", answers=now.answers if there else lesson.with_answer(now, filled))
    if before:
        return
    st.session_state[_given_key(lesson)] = written
    now, known = present(lesson), progress.present().of(lesson.id)
    # What was answered in an earlier visit, or with another address, is kept beside it.
    given = (*known.answers, lesson.commit.write(lesson.answers(now)[-1]))
    beliefs = (*known.ideas, ideas(lesson, now)[-1])
    _note(lesson, answers=given, ideas=beliefs)
    if not known.answers:
        st.rerun()  # the menu says what was done


def _given_key(lesson: AnyLesson) -> str:
    return f"{lesson.id}.given"


def answer_again(lesson: AnyLesson) -> None:
    st.session_state.pop(_given_key(lesson), None)
    lesson.commit.forget(figure_key(lesson))
    go(lesson, "ask")


def go_on(lesson: AnyLesson) -> None:
    """Go on where an earlier visit has left off."""
    go(lesson, "reveal", answers=lesson.joined(progress.present().of(lesson.id).answers))


def turn_view(lesson: AnyLesson) -> None:
    now = present(lesson)
    state = replace(now, view="study" if is_lecture(now) else "lecture")
    session.put(state)
    session.mark_step(state, lesson.start)


def _note(lesson: AnyLesson, **what: Any) -> None:
    """Write down what was done, under today's date."""
    known = progress.present()
    done = replace(known.of(lesson.id), day=time.strftime("%Y-%m-%d"), **what)
    progress.put(known.with_done(lesson.id, done))


def _moves_key(lesson: AnyLesson) -> str:
    return f"{lesson.id}.moves"


def moves(lesson: AnyLesson) -> int:
    count: int = st.session_state.get(_moves_key(lesson), (0, "", 0.0))[0]
    return count


def _count_moves(lesson: AnyLesson, keys: Collection[str]) -> None:
    """Count how often a control was taken up; one drag is one move."""
    for key in keys:
        count, last, when = st.session_state.get(_moves_key(lesson), (0, "", 0.0))
        now = time.monotonic()
        if key != last or now - when > PAUSE:
            count += 1
        st.session_state[_moves_key(lesson)] = (count, key, now)


def may_solve(lesson: AnyLesson, challenge: Challenge[Any, Any], here: Scene[Any, Any]) -> bool:
    """Return whether to reach a challenge solves it; see `progress.may_solve`."""
    return progress.may_solve(lesson.id, challenge.id, reached=challenge.reached(here))


def _note_solved(lesson: AnyLesson) -> bool:
    """Note the challenges that the controls reach; return whether one is new."""
    state = present(lesson)
    if state.step != "do":
        return False
    here, count = scene(lesson, state), moves(lesson)
    new = [
        progress.note_solved(lesson.id, challenge.id, count)
        for challenge in lesson.challenges
        if may_solve(lesson, challenge, here) and challenge.reached(here)
    ]
    return any(new)


def _follow_choice(lesson: AnyLesson, keys: Collection[str]) -> bool:
    """Set what a choice sets besides; return whether there is anything."""
    chosen = [
        control
        for control in lesson.controls
        if isinstance(control, Options) and lesson.state.key(control.field) in keys and control.sets
    ]
    for control in chosen:
        assert control.sets is not None
        _set(lesson, control.sets(present(lesson)))
    return bool(chosen)


def _set(lesson: AnyLesson, values: Mapping[str, Any]) -> None:
    for field, value in values.items():
        st.session_state[lesson.state.key(field)] = value


def moved(lesson: AnyLesson, keys: Collection[str]) -> None:
    """A hand has moved sliders or handles; run again what they change besides the figure."""
    step = present(lesson).step
    if step == "ask":
        key = figure_key(lesson)
        complete = lesson.commit.is_complete(lesson.commit.so_far(key))
        shown = st.session_state.get(f"{lesson.id}.complete")
        if lesson.commit.moved(key) or complete != shown:
            rerun_parts(PAGE)
        return
    _count_moves(lesson, keys)
    followed = _follow_choice(lesson, keys)
    if _note_solved(lesson):
        st.rerun()  # the menu says what was done
    # Sliders that were set by something else are shown anew.
    if followed:
        rerun_parts(PAGE)
    if step in {"why", "do"} and not plain():
        rerun_parts(FIGURE, PIECE)


def beside(state: LessonState, direction: Literal[-1, 1]) -> Step | None:
    """Return the step before or after the present one; None if there is none."""
    steps = PROJECTED_STEPS if is_lecture(state) else STEPS
    here = STEPS.index(state.step)
    found = [step for step in steps if direction * (STEPS.index(step) - here) > 0]
    return found[::direction][0] if found else None


def go_beside(lesson: AnyLesson, direction: Literal[-1, 1]) -> None:
    """Go to the step beside the present one, whatever that is when the key or button is heard."""
    step = beside(present(lesson), direction)
    if step is not None:
        go(lesson, step)


def press(lesson: AnyLesson, button: Press) -> None:
    """Set what a button of the lesson sets; it is a move as that of a slider is."""
    _set(lesson, button.values(present(lesson)))
    _count_moves(lesson, [button.field])
    _note_solved(lesson)
    rerun_parts(PAGE)
