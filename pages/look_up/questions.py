"""What people ask, each question with an answer computed on an example that can be moved."""

from dataclasses import dataclass

import streamlit as st

from engine.figures.question import question_figure
from engine.questions import QUESTIONS, THEMES, Question
from engine.words.numbers import listed_with_and, number
from pages.parts.frame import heading
from pages.parts.lesson import session
from pages.parts.lesson.course import course_pages, lessons
from pages.parts.lesson.state import State, choice
from pages.parts.lesson.state import number as number_field
from pages.parts.live import LiveFigure, Words, live_panel, live_slider
from pages.parts.terms import with_terms
from pages.parts.theme import palette

HEIGHT = 360
PURPOSE = (
    "What people ask about OLS (R's `lm`) and the mixed model (`lmer`). Each answer is computed on "
    "an example: move its control, and the numbers in the answer change. The address of a question "
    "stays, so you can cite it."
)


@dataclass(frozen=True)
class QuestionsState(State, page="questions", script="look_up/questions.py"):
    """Which question is shown, none for the list of all, and where its control stands."""

    id: str = choice("", ("", *QUESTIONS), param="id")
    at: float = number_field(0.0, -1e9, 1e9, param="at")


AT = QuestionsState.key("at")


def start_of(state: QuestionsState) -> QuestionsState:
    """Where a question starts; the address names it, whichever it is."""
    return QuestionsState(at=QUESTIONS[state.id].control.first if state.id else 0.0)


def show(name: str) -> None:
    """Show a question, or without a name the list of all; Back returns from it."""
    wanted = QuestionsState(id=name)
    wanted = QuestionsState(id=name, at=start_of(wanted).at)
    session.put(wanted)
    session.mark_step(wanted, start_of)


# --- all questions --------------------------------------------------------------------------------


def found(question: Question, theme: str, wanted: str) -> bool:
    """Whether every word that is searched for stands in a question or is a word for it."""
    text = " ".join([question.asks, theme, *question.also]).casefold()
    return all(word in text for word in wanted.casefold().split())


def all_questions() -> None:
    """The list, which gets shorter with every letter that is typed."""
    wanted = st.text_input(
        "Search the questions",
        placeholder="intercept, robust, singular, …",
        type="search",
        live=True,
        icon=":material/search:",
    )
    shown = {
        theme: [each for each in questions if found(each, theme, wanted or "")]
        for theme, questions in THEMES.items()
    }
    if not any(shown.values()):
        st.markdown("No question has these words.")
    with st.container(key="questions-list"):
        for theme, questions in shown.items():
            if questions:
                st.header(theme, anchor=False)
                for each in questions:
                    st.button(
                        each.asks,
                        type="tertiary",
                        key=f"ask {each.id}",
                        icon=":material/chevron_right:",
                        on_click=show,
                        args=(each.id,),
                    )


# --- one question ---------------------------------------------------------------------------------


def control(question: Question) -> float:
    """Show what can be moved; return where it stands."""
    moved = question.control
    value = st.session_state[AT] = moved.nearest(st.session_state[AT])
    if not moved.names:
        return live_slider(
            moved.label,
            moved.places[0],
            moved.places[-1],
            moved.first,
            moved.step,
            key=AT,
            scale="log" if moved.log else "linear",
        )
    key = f"{AT}.{question.id}"

    def take_choice() -> None:
        st.session_state[AT] = float(moved.names.index(st.session_state[key]))

    st.session_state[key] = moved.names[round(value)]
    st.segmented_control(moved.label, moved.names, required=True, key=key, on_change=take_choice)
    return value


def in_words(question: Question, value: float) -> str:
    """What the figure shows, for who does not see it."""
    here, moved = question.at(value), question.control
    at = moved.names[round(value)] if moved.names else number(value)
    numbers = [f"{each.name} {question.written(here[each.id])}" for each in question.curves]
    return f"{moved.label}: {at}. {question.axis}: {listed_with_and(numbers)}."


@st.fragment
def answered(question: Question) -> None:
    """The answer beside its example, run again while the control moves."""
    words, example = st.columns([5, 7], gap="large")
    with example:
        heading("The example")
        st.caption(with_terms(question.setting))
        # Some are counted in a thousand samples, once for all visitors.
        with st.spinner("Computing the example …", show_time=False):
            question.family()
        value = control(question)
        drawing = LiveFigure(
            question_figure(question, value, palette(), height=HEIGHT),
            key="question",
            alt=f"{question.axis} over the control: {question.control.label}",
            height=HEIGHT,
            words=in_words(question, value),
        )
        live_panel([drawing], key=f"question-{question.id}")
    with words:
        heading("The answer")
        text = question.answer(value, question.at(value))
        live_panel([Words(text)], key=f"answer-{question.id}")
    session.keep_address(session.present(QuestionsState), start_of)


def ways_on(question: Question) -> None:
    """The lesson that shows it, and the list."""
    place = next(k for k, each in enumerate(lessons()) if each.id == question.lesson)
    with st.container(key="questions-on", horizontal=True, vertical_alignment="center"):
        st.page_link(
            course_pages()[place],
            label=f"Lesson {place + 1} shows it: {lessons()[place].title}",
            icon=":material/school:",
        )
        st.button(
            "All questions",
            icon=":material/list:",
            type="tertiary",
            on_click=show,
            args=("",),
        )


session.opened(QuestionsState, start_of)
state = session.present(QuestionsState)
if state.id:
    asked = QUESTIONS[state.id]
    st.set_page_config(page_title=f"{asked.asks} – Betwixt")
    st.title(asked.asks, anchor=False)
    answered(asked)
    ways_on(asked)
else:
    st.title("Questions", anchor=False)
    st.markdown(with_terms(PURPOSE))
    all_questions()
    session.keep_address(state, start_of)
