"""The skeleton every lesson runs on: ask, commit, play, reveal, why, do it, remember, next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from engine.words.numbers import plural
from engine.words.typeset import Formula
from pages.parts.frame import heading, title
from pages.parts.lesson import actions, progress, session
from pages.parts.lesson.actions import FIGURE, HEIGHT, PAGE, PIECE, AnyLesson
from pages.parts.lesson.lesson import (
    RIGHT,
    AnyControl,
    Control,
    Drawing,
    LessonState,
    Options,
    Press,
    Scene,
    Step,
    Switch,
    told,
)
from pages.parts.lesson.projector import (
    BACK,
    NEXT,
    Neighbour,
    enlarged,
    neighbour_link,
    take_keys,
    view_button,
)
from pages.parts.lesson.qr import qr_button
from pages.parts.lesson.record import show_record
from pages.parts.live import LiveFigure, Words, live_panel, live_slider
from pages.parts.live.assets import page_style

# The button that leads to a step.
ONWARDS: Mapping[Step, str] = {
    "reveal": "What comes out?",
    "why": "Why?",
    "do": "Do it",
    "remember": "Remember",
}


def run_lesson(
    lesson: AnyLesson,
    course: Sequence[AnyLesson],
    before: Neighbour | None,
    after: Neighbour | None,
) -> None:
    """Run a lesson.

    Parameters
    ----------
    lesson
        The lesson.
    course
        All lessons in their order, for the record.
    before, after
        The pages before and after it, to which the keys of the lecture view lead on; None for none.
    """
    st.html(page_style("lesson.css"))
    session.opened(lesson.state, lesson.start)
    _page(lesson, course, before, after)


# --- the page -------------------------------------------------------------------------------------


@st.fragment(key=PAGE)
def _page(
    lesson: AnyLesson,
    course: Sequence[AnyLesson],
    before: Neighbour | None,
    after: Neighbour | None,
) -> None:
    """The question on top, the figure, and below it the controls and the present piece."""
    state = actions.present(lesson)
    lecture = actions.is_lecture(state)
    with st.container(key="lesson-projected" if lecture else "lesson"):
        with st.container(key="lesson-head"):
            _head(lesson, state)
        with st.container(key="lesson-figure"):
            heading("The figure")
            _figure(lesson)
        with st.container(key="lesson-below"):
            heading("Answer" if state.step == "ask" else "Controls and explanation")
            if state.step == "ask":
                lesson.commit.fields(actions.figure_key(lesson))
            controls = [each for each in lesson.controls if state.step in each.steps]
            if controls:
                with st.container(key="lesson-controls"):
                    for control in controls:
                        _control(lesson, control)
            if not lecture and state.step != "ask":
                _piece(lesson)
            if not lecture and state.step == "remember":
                show_record(course)
            _buttons(lesson, state, before, after)
    progress.keep()
    take_keys(lecture)


def _head(lesson: AnyLesson, state: Any) -> None:
    if actions.is_lecture(state):
        title(lesson.title)
        _sentence(lesson)
        return
    st.title(lesson.title, anchor=False)
    if state.step == "ask":
        st.markdown(f"{told(lesson.setting)}\n\n**{told(lesson.question)}**")
    else:
        st.markdown(lesson.asked(state.step))


@st.fragment(key=FIGURE)
def _figure(lesson: AnyLesson) -> None:
    """What a moving hand changes, run again without the rest."""
    state = actions.present(lesson)
    key, grab = actions.figure_key(lesson), None
    formulas: list[Formula] = []
    if state.step == "ask":
        look = actions.look(state)
        drawing = lesson.stage(look, lesson.commit.so_far(key))
        grab = lesson.commit.grab(key, look.palette.ink)
        st.session_state[f"{lesson.id}.complete"] = lesson.commit.is_complete(
            lesson.commit.so_far(key)
        )
    else:
        scene = actions.scene(lesson, state)
        drawing = lesson.figure(scene)
        if scene.step == "why":
            formulas = [part for part in lesson.why(scene) if isinstance(part, Formula)]
            if actions.is_lecture(state):
                formulas = formulas[:1]
    if actions.is_lecture(state):
        drawing = replace(drawing, figure=enlarged(drawing.figure))
    figure = LiveFigure(
        drawing.figure,
        key=key,
        alt=drawing.alt,
        height=HEIGHT,
        words=drawing.words or None,
        grab=grab,
    )
    live_panel(
        [figure, *formulas, *_words(drawing, state)],
        key=key,
        sliders=_ends(lesson, state.step),
        on_move=lambda keys: actions.moved(lesson, keys),
    )
    session.keep_address(state, lesson.start)


def _words(drawing: Drawing, state: LessonState) -> list[Words]:
    said = drawing.words
    if actions.is_lecture(state):
        said = drawing.legend or (said if state.step == "ask" else "")
    return [Words(said)] if said else []


def _start_of(control: Control) -> float:
    return control.start() if callable(control.start) else control.start


def _ends(lesson: AnyLesson, step: Step) -> dict[str, tuple[float, float]]:
    """The sliders that the figure answers, by key."""
    return {
        lesson.state.key(control.field): (control.low, control.high)
        for control in lesson.controls
        if isinstance(control, Control) and step in control.steps
    }


def _control(lesson: AnyLesson, control: AnyControl) -> None:
    if isinstance(control, Press):
        key = f"{lesson.id}.{control.field}"
        st.button(
            control.label,
            on_click=actions.press,
            args=(lesson, control),
            key=key,
            help=control.help,
        )
        return
    key = lesson.state.key(control.field)

    def moved() -> None:
        actions.moved(lesson, [key])

    match control:
        case Control():
            live_slider(
                control.label,
                control.low,
                control.high,
                _start_of(control),
                control.step,
                key=key,
                scale=control.scale,
                stops=control.stops() if control.stops else None,
                unit=control.unit,
                format=control.format,
                help=control.help,
                on_change=moved,
            )
        case Switch():
            st.toggle(
                control.label,
                key=key,
                help=control.help,
                on_change=moved,
                persist_state="session",
            )
        case Options():
            st.segmented_control(
                control.label,
                list(control.options),
                format_func=control.options.__getitem__,
                required=True,
                key=key,
                help=control.help,
                on_change=moved,
                persist_state="session",
            )


@st.fragment(key=PIECE)
def _piece(lesson: AnyLesson) -> None:
    """The text of the present step."""
    scene = actions.scene(lesson, actions.present(lesson))
    with st.container(key="lesson-piece"):
        match scene.step:
            case "play":
                st.markdown(f"**Try this.** {told(lesson.target)}")
            case "reveal":
                st.markdown(f"**{lesson.reveal(scene)}**")
                if scene.answer is not None:
                    st.markdown(_reply(lesson, scene))
            case "why":
                for paragraph in _paragraphs(lesson, scene):
                    st.markdown(paragraph)
            case "do":
                _challenges(lesson, scene)
            case "remember":
                st.markdown(f"**Remember.** {told(lesson.remember)}")
                st.markdown(f"**Easily misread.** {told(lesson.misread)}")


def _paragraphs(lesson: AnyLesson, scene: Scene[Any, Any]) -> list[str]:
    return [part for part in lesson.why(scene) if isinstance(part, str)]


def _reply(lesson: AnyLesson, scene: Scene[Any, Any]) -> str:
    """Return what is said to the last answer, given those before it here and in other lessons."""
    reply = lesson.reply(scene)
    known = progress.present().lessons
    elsewhere = {idea for name, done in known.items() if name != lesson.id for idea in done.ideas}
    # Who was right about something else has not read yet why this is right.
    before = [*elsewhere - {RIGHT}, *actions.ideas(lesson, scene.state)[:-1]]
    return reply.again if reply.idea in before else reply.text


def _challenges(lesson: AnyLesson, scene: Scene[Any, Any]) -> None:
    solved = progress.present().of(lesson.id).solved
    moves = actions.moves(lesson)
    for challenge in lesson.challenges:
        fewest = solved.get(challenge.id)
        sign = ":material/check_circle:" if fewest else ":material/target:"
        st.markdown(f"{sign} {told(challenge.goal)}")
        if actions.may_solve(lesson, challenge, scene) and challenge.reached(scene):
            st.success(challenge.said(scene))
        elif fewest:
            st.caption(f"Solved, in {plural(fewest, 'move')}.")
    st.caption(f"{plural(moves, 'move')} so far.")


# --- a projector ----------------------------------------------------------------------------------


@st.fragment(key=PIECE)
def _sentence(lesson: AnyLesson) -> None:
    """The one sentence that a projector shows."""
    state = actions.present(lesson)
    with st.container(key="lesson-sentence"):
        if state.step == "ask":
            st.markdown(told(lesson.question))
            return
        scene = actions.scene(lesson, state)
        sentence: Mapping[Step, Callable[[], str]] = {
            "play": lambda: told(lesson.target),
            "reveal": lambda: lesson.reveal(scene),
            "why": lambda: _paragraphs(lesson, scene)[0],
            "do": lambda: told(lesson.challenges[0].goal),
            "remember": lambda: told(lesson.remember),
        }
        st.markdown(sentence[state.step]())


# --- the buttons ----------------------------------------------------------------------------------


def _buttons(
    lesson: AnyLesson, state: Any, before: Neighbour | None, after: Neighbour | None
) -> None:
    lecture, onwards = actions.is_lecture(state), actions.beside(state, 1)
    with st.container(
        key="lesson-buttons", horizontal=True, vertical_alignment="center", gap="small"
    ):
        if state.step == "ask":
            _answer_button(lesson)
        elif onwards is not None:
            st.button(
                ONWARDS[onwards],
                on_click=actions.go_beside,
                args=(lesson, 1),
                key=NEXT,
                type="primary",
            )
        elif after is not None:
            neighbour_link(after, NEXT, f"Next: {after.title}", lecture)
        if state.step != "ask":
            _tertiary("Back", BACK, actions.go_beside, lesson, -1)
        elif lecture and before is not None:
            neighbour_link(before, BACK, "Back", lecture)
        if state.step == "ask" and not state.answers and progress.present().of(lesson.id).answers:
            _tertiary("Go on where I was", "lesson-go-on", actions.go_on, lesson)
        if state.step == "reveal" and not lecture:
            again = "Answer again" if state.answers else "Answer it now"
            _tertiary(again, "lesson-again", actions.answer_again, lesson)
        if lecture:
            # Whoever scans it has answers of their own.
            qr_button(replace(state, view="study", answers="").encode(lesson.start(state)))
        # Where a step has its buttons, the one before may have left the pointer: what opens there
        # must not cover the fields of the answer.
        explained = state.step != "ask"
        view_button(lecture, actions.turn_view, lesson, explained=explained)


def _tertiary(label: str, key: str, do: Callable[..., None], *args: Any) -> None:
    st.button(label, on_click=do, args=args, key=key, type="tertiary")


def _answer_button(lesson: AnyLesson) -> None:
    answer = lesson.commit.so_far(actions.figure_key(lesson))
    complete = lesson.commit.is_complete(answer)
    st.button(
        "That is my answer" if complete else "Skip the question",
        on_click=actions.commit,
        args=(lesson,),
        key=NEXT,
        type="primary" if complete else "tertiary",
    )
