"""The skeleton every lesson runs on: ask, commit, play, reveal, why, do it, remember, next."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from engine.words.numbers import plural
from engine.words.typeset import Formula
from pages.parts.lesson import progress, session
from pages.parts.lesson.lesson import (
    STEPS,
    Control,
    Drawing,
    Lesson,
    LessonState,
    Look,
    Scene,
    Step,
    told,
)
from pages.parts.lesson.projector import enlarged
from pages.parts.lesson.record import show_record
from pages.parts.live import LiveFigure, Words, live_panel, live_slider
from pages.parts.live.assets import loader, stylesheet
from pages.parts.live.mode import plain, report_missing
from pages.parts.theme import palette

# Keys of the fragments: the whole lesson, its figure, and the text of the present step.
PAGE, FIGURE, PIECE = "lesson page", "lesson figure", "lesson piece"
# Of the figure, in pixels; the style sheet makes it fit the window.
HEIGHT = 560
# A control left alone for so many seconds, or another one taken, makes the next touch a new move.
PAUSE = 1.0
# A projector goes without the challenges.
PROJECTED_STEPS = tuple(step for step in STEPS if step != "do")
NEXT, BACK = "lesson-next", "lesson-back"
# The button that leads to a step.
ONWARDS: Mapping[Step, str] = {
    "reveal": "What comes out?",
    "why": "Why?",
    "do": "Do it",
    "remember": "Remember",
}

AnyLesson = Lesson[Any, Any]

# Without a shadow root: the style sheet lays out the page around it.
_keys = st.components.v2.component(
    "lesson_keys",
    css=stylesheet("hidden.css") + stylesheet("lesson.css"),
    js=loader("keys.js"),
    isolate_styles=False,
)


def run_lesson(
    lesson: AnyLesson, course: Sequence[AnyLesson], following: tuple[str, st.Page] | None
) -> None:
    """Run a lesson.

    Parameters
    ----------
    lesson
        The lesson.
    course
        All lessons in their order, for the record.
    following
        Title and page of the next lesson; None after the last one.
    """
    restored = progress.take_saved()
    session.opened(lesson.state, lesson.start)
    if restored:
        st.toast("Your record is back.", icon=":material/restore:")
    _page(lesson, course, following)


# --- what is set ----------------------------------------------------------------------------------


def _present(lesson: AnyLesson) -> Any:
    return session.present(lesson.state)


def _figure_key(lesson: AnyLesson) -> str:
    return f"{lesson.id}.figure"


def _is_lecture(state: LessonState) -> bool:
    return state.view == "lecture"


def _look() -> Look:
    return Look(palette(), HEIGHT)


def _scene(lesson: AnyLesson, state: Any, answer: Any = None) -> Scene[Any, Any]:
    """Return what is shown after the answer: this one, or the last."""
    answers = lesson.answers(state)
    last = answers[-1] if answers else None
    return Scene(
        state.step, state, lesson.result(state), last if answer is None else answer, _look()
    )


def _ideas(lesson: AnyLesson, state: Any) -> list[str]:
    """Return the belief behind each answer given here."""
    revealed = lesson.at("reveal", step="reveal", answers=state.answers)
    return [lesson.reply(_scene(lesson, revealed, answer)).idea for answer in lesson.answers(state)]


# --- what a hand does -----------------------------------------------------------------------------


def _go(lesson: AnyLesson, step: Step, **kept: Any) -> None:
    """Go to a step, with the controls as they are at its beginning; Back returns from it."""
    now = _present(lesson)
    state = lesson.at(step, **{"step": step, "answers": now.answers, "view": now.view, **kept})
    session.put(state)
    st.session_state[_moves_key(lesson)] = (0, "", 0.0)
    session.mark_step(state, lesson.start)


def _commit(lesson: AnyLesson) -> None:
    now = _present(lesson)
    answer = lesson.commit.so_far(_figure_key(lesson))
    if not lesson.commit.is_complete(answer):
        _go(lesson, "play")
        return
    answers = lesson.with_answer(now, lesson.commit.filled(answer))
    _go(lesson, "play", answers=answers)
    now = _present(lesson)
    given = [lesson.commit.write(each) for each in lesson.answers(now)]
    _note(lesson, answers=tuple(given), ideas=tuple(_ideas(lesson, now)))


def _answer_again(lesson: AnyLesson) -> None:
    lesson.commit.forget(_figure_key(lesson))
    _go(lesson, "ask")


def _go_on(lesson: AnyLesson) -> None:
    """Go on where an earlier visit has left off."""
    _go(lesson, "reveal", answers=lesson.joined(progress.present().of(lesson.id).answers))


def _turn_view(lesson: AnyLesson) -> None:
    now = _present(lesson)
    state = replace(now, view="study" if _is_lecture(now) else "lecture")
    session.put(state)
    session.mark_step(state, lesson.start)


def _note(lesson: AnyLesson, **what: Any) -> None:
    """Write down what was done, under today's date."""
    known = progress.present()
    done = replace(known.of(lesson.id), day=time.strftime("%Y-%m-%d"), **what)
    progress.put(known.with_done(lesson.id, done))


def _moves_key(lesson: AnyLesson) -> str:
    return f"{lesson.id}.moves"


def _moves(lesson: AnyLesson) -> int:
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


def _note_solved(lesson: AnyLesson) -> bool:
    """Note the challenges that the controls reach; return whether one is new."""
    state = _present(lesson)
    if state.step != "do":
        return False
    scene, new = _scene(lesson, state), False
    for challenge in lesson.challenges:
        solved = progress.present().of(lesson.id).solved
        moves = _moves(lesson)
        if challenge.reached(scene) and moves < solved.get(challenge.id, moves + 1):
            _note(lesson, solved={**solved, challenge.id: moves})
            new = True
    return new


def _moved(lesson: AnyLesson, keys: Collection[str]) -> None:
    """A hand has moved sliders or handles; run again what they change besides the figure."""
    step = _present(lesson).step
    if step == "ask":
        key = _figure_key(lesson)
        complete = lesson.commit.is_complete(lesson.commit.so_far(key))
        shown = st.session_state.get(f"{lesson.id}.complete")
        if lesson.commit.moved(key) or complete != shown:
            st.rerun(PAGE)
        return
    _count_moves(lesson, keys)
    if _note_solved(lesson):
        st.rerun(PAGE)
    if step in {"why", "do"} and not plain():
        st.rerun([FIGURE, PIECE])


# --- the page -------------------------------------------------------------------------------------


@st.fragment(key=PAGE)
def _page(
    lesson: AnyLesson, course: Sequence[AnyLesson], following: tuple[str, st.Page] | None
) -> None:
    """The question on top, the figure, and below it the controls and the present piece."""
    state = _present(lesson)
    lecture = _is_lecture(state)
    with st.container(key="lesson-projected" if lecture else "lesson"):
        with st.container(key="lesson-head"):
            _head(lesson, state)
        with st.container(key="lesson-figure"):
            _figure(lesson)
        with st.container(key="lesson-below"):
            if state.step == "ask":
                lesson.commit.fields(_figure_key(lesson))
            elif state.step != "remember":
                with st.container(key="lesson-controls"):
                    for control in lesson.controls:
                        _slider(lesson, control)
            if not lecture and state.step != "ask":
                _piece(lesson, course)
            _buttons(lesson, state, following)
    progress.keep()
    _style_and_keys(lecture)


def _head(lesson: AnyLesson, state: Any) -> None:
    if _is_lecture(state):
        _sentence(lesson)
        return
    st.title(lesson.title, anchor=False)
    if state.step == "ask":
        st.markdown(f"{told(lesson.setting)}\n\n**{told(lesson.question)}**")
    else:
        st.markdown(told(lesson.question))


@st.fragment(key=FIGURE)
def _figure(lesson: AnyLesson) -> None:
    """What a moving hand changes, run again without the rest."""
    state = _present(lesson)
    key, grab = _figure_key(lesson), None
    formulas: list[Formula] = []
    if state.step == "ask":
        look = _look()
        drawing = lesson.stage(look, lesson.commit.so_far(key))
        grab = lesson.commit.grab(key, look.palette.ink)
        st.session_state[f"{lesson.id}.complete"] = lesson.commit.is_complete(
            lesson.commit.so_far(key)
        )
    else:
        scene = _scene(lesson, state)
        drawing = lesson.figure(scene)
        if scene.step == "why":
            formulas = [part for part in lesson.why(scene) if isinstance(part, Formula)]
            if _is_lecture(state):
                formulas = formulas[:1]
    if _is_lecture(state):
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
        sliders=_ends(lesson) if state.step not in {"ask", "remember"} else {},
        on_move=lambda keys: _moved(lesson, keys),
    )
    session.keep_address(state, lesson.start)


def _words(drawing: Drawing, state: LessonState) -> list[Words]:
    return [Words(drawing.words)] if drawing.words and not _is_lecture(state) else []


def _start_of(control: Control) -> float:
    return control.start() if callable(control.start) else control.start


def _ends(lesson: AnyLesson) -> dict[str, tuple[float, float]]:
    return {
        lesson.state.key(control.field): (control.low, control.high) for control in lesson.controls
    }


def _slider(lesson: AnyLesson, control: Control) -> None:
    key = lesson.state.key(control.field)
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
        on_change=lambda: _moved(lesson, [key]),
    )


@st.fragment(key=PIECE)
def _piece(lesson: AnyLesson, course: Sequence[AnyLesson]) -> None:
    """The text of the present step."""
    scene = _scene(lesson, _present(lesson))
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
                show_record(lesson, course)


def _paragraphs(lesson: AnyLesson, scene: Scene[Any, Any]) -> list[str]:
    return [part for part in lesson.why(scene) if isinstance(part, str)]


def _reply(lesson: AnyLesson, scene: Scene[Any, Any]) -> str:
    """Return what is said to the last answer, given those before it here and in other lessons."""
    reply = lesson.reply(scene)
    known = progress.present().lessons
    elsewhere = [idea for name, done in known.items() if name != lesson.id for idea in done.ideas]
    before = [*elsewhere, *_ideas(lesson, scene.state)[:-1]]
    return reply.again if reply.idea in before else reply.text


def _challenges(lesson: AnyLesson, scene: Scene[Any, Any]) -> None:
    solved = progress.present().of(lesson.id).solved
    moves = _moves(lesson)
    for challenge in lesson.challenges:
        fewest = solved.get(challenge.id)
        sign = ":material/check_circle:" if fewest else ":material/target:"
        st.markdown(f"{sign} {told(challenge.goal)}")
        if challenge.reached(scene) and moves:
            st.success(challenge.said(scene))
        elif fewest:
            st.caption(f"Solved, in {plural(fewest, 'move')}.")
    st.caption(f"{plural(moves, 'move')} so far.")


# --- a projector ----------------------------------------------------------------------------------


@st.fragment(key=PIECE)
def _sentence(lesson: AnyLesson) -> None:
    """The one sentence that a projector shows."""
    state = _present(lesson)
    with st.container(key="lesson-sentence"):
        if state.step == "ask":
            st.markdown(told(lesson.question))
            return
        scene = _scene(lesson, state)
        sentence: Mapping[Step, Callable[[], str]] = {
            "play": lambda: told(lesson.target),
            "reveal": lambda: lesson.reveal(scene),
            "why": lambda: _paragraphs(lesson, scene)[0],
            "do": lambda: told(lesson.challenges[0].goal),
            "remember": lambda: told(lesson.remember),
        }
        st.markdown(sentence[state.step]())


def _style_and_keys(lecture: bool) -> None:
    keys = {"ArrowRight": NEXT, "PageDown": NEXT, "ArrowLeft": BACK, "PageUp": BACK}
    if not plain():
        _keys(
            key="course-keys",
            data={"keys": keys if lecture else {}},
            on_missing_change=lambda: report_missing("course-keys"),
        )


# --- the buttons ----------------------------------------------------------------------------------


def _buttons(lesson: AnyLesson, state: Any, following: tuple[str, st.Page] | None) -> None:
    steps = PROJECTED_STEPS if _is_lecture(state) else STEPS
    place = STEPS.index(state.step)
    back = [step for step in steps if STEPS.index(step) < place]
    onwards = [step for step in steps if STEPS.index(step) > place]
    with st.container(key="lesson-buttons", horizontal=True, gap="small"):
        if state.step == "ask":
            _answer_button(lesson)
        elif onwards:
            _button(lesson, ONWARDS[onwards[0]], onwards[0], NEXT, primary=True)
        elif following is not None:
            title, page = following
            st.page_link(page, label=f"Next: {title}", icon=":material/arrow_forward:")
        if back:
            _button(lesson, "Back", back[-1], BACK, primary=False)
        if state.step == "ask" and not state.answers and progress.present().of(lesson.id).answers:
            st.button(
                "Go on where I was", on_click=_go_on, args=(lesson,), key="lesson-go-on",
                type="tertiary",
            )  # fmt: skip
        if state.step == "reveal" and not _is_lecture(state):
            st.button(
                "Answer again", on_click=_answer_again, args=(lesson,), key="lesson-again",
                type="tertiary",
            )  # fmt: skip
        st.button(
            "Study view" if _is_lecture(state) else "Lecture view",
            on_click=_turn_view,
            args=(lesson,),
            key="lesson-view",
            type="tertiary",
            icon=":material/slideshow:",
            help="One figure and one sentence, in large type; the keys → and ← take the steps.",
        )


def _button(lesson: AnyLesson, label: str, step: Step, key: str, *, primary: bool) -> None:
    st.button(
        label,
        on_click=_go,
        args=(lesson, step),
        key=key,
        type="primary" if primary else "tertiary",
    )


def _answer_button(lesson: AnyLesson) -> None:
    answer = lesson.commit.so_far(_figure_key(lesson))
    complete = lesson.commit.is_complete(answer)
    st.button(
        "That is my answer" if complete else "Skip the question",
        on_click=_commit,
        args=(lesson,),
        key=NEXT,
        type="primary" if complete else "tertiary",
    )
