"""What a lesson is: data and prose, in the order in which they are seen."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from engine.figures.base import Figure, Palette
from engine.words.typeset import Formula
from pages.parts.lesson.commit import Answer, Commit
from pages.parts.lesson.progress import MOST_ANSWERS
from pages.parts.lesson.state import State, choice, text
from pages.parts.live.slider import Scale

Step: TypeAlias = Literal["ask", "play", "reveal", "why", "do", "remember"]
STEPS: tuple[Step, ...] = ("ask", "play", "reveal", "why", "do", "remember")
# The idea of an answer that is right.
RIGHT = "right"
# More characters of answers than this are not kept in an address.
MOST_CHARACTERS = 1000
_BETWEEN = "~"
# Even, so that one of them is the middle.
_STOPS = 100


@dataclass(frozen=True)
class LessonState(State, page="lesson", script=""):
    """What every lesson is set to; a subclass adds the fields of its controls.

    Attributes
    ----------
    step
        How far the lesson has gone.
    answers
        Every answer given here, in order.
    view
        For one reader, or for a projector.
    """

    step: Step = choice("ask", STEPS, param="step")
    answers: str = text(param="answers", most=MOST_CHARACTERS)
    view: str = choice("study", ("study", "lecture"), param="view")

    def __init_subclass__(cls, *, page: str) -> None:
        super().__init_subclass__(page=page, script="")


# Sentences in Markdown; a function where there are numbers in them that the engine knows.
Prose: TypeAlias = str | Callable[[], str]


def told(prose: Prose) -> str:
    """Return the sentences."""
    return prose() if callable(prose) else prose


S = TypeVar("S", bound=LessonState)
R = TypeVar("R")


@dataclass(frozen=True)
class Look:
    """What a figure has to fit.

    Attributes
    ----------
    palette
        Colours, which follow light and dark.
    height
        Its height in pixels.
    wide
        Whether it is projected, onto something wide and low.
    """

    palette: Palette
    height: int
    wide: bool = False


@dataclass(frozen=True)
class Scene(Generic[S, R]):
    """What a lesson shows after the answer.

    Attributes
    ----------
    step
        How far the lesson has gone.
    state
        What its controls are set to.
    result
        What the engine says to that.
    answer
        The last answer; None if the question was skipped.
    look
        What the figure has to fit.
    """

    step: Step
    state: S
    result: R
    answer: Answer | None
    look: Look


@dataclass(frozen=True)
class Drawing:
    """The one figure of a lesson.

    Attributes
    ----------
    figure
        A plotly figure as plain data, from `engine.figures`.
    alt
        What it shows, in a few words.
    words
        A sentence below it, which follows the hand and is what people hear who do not see it.
    legend
        What a projector shows below it: what its marks are, or whose data they are if these change
        between steps. Before the answer, where it is empty, ``words``.
    """

    figure: Figure
    alt: str
    words: str = ""
    legend: str = ""


# Steps in which a control is seen, if it does not say otherwise.
WHILE_ALIVE: tuple[Step, ...] = ("play", "reveal", "why", "do")


@dataclass(frozen=True)
class Control:
    """A slider.

    Attributes
    ----------
    field
        The field of the lesson's state that it sets.
    label, low, high, step, scale, unit, format, help
        As of `live_slider`.
    start
        Its default; a function if it is computed.
    stops
        As of `live_slider`, computed when the lesson is seen.
    steps
        In which it is seen.
    """

    field: str
    label: str
    low: float
    high: float
    start: float | Callable[[], float]
    step: float | None = None
    scale: Scale = "linear"
    stops: Callable[[], Sequence[float]] | None = None
    unit: str | None = None
    format: str | None = None
    help: str | None = None
    steps: Sequence[Step] = WHILE_ALIVE


@dataclass(frozen=True)
class Switch:
    """Something that is on or off.

    Attributes
    ----------
    field
        The field of the lesson's state that it sets, a `flag`.
    label, help
        As of `st.toggle`.
    steps
        In which it is seen.
    """

    field: str
    label: str
    help: str | None = None
    steps: Sequence[Step] = WHILE_ALIVE


@dataclass(frozen=True)
class Options:
    """One of a few, such as a model.

    Attributes
    ----------
    field
        The field of the lesson's state that it sets, a `choice`.
    label, help
        As of `st.segmented_control`.
    options : mapping of str to str
        Labels by value.
    steps
        In which it is seen.
    sets : function of State to mapping, or None
        What a choice sets besides, by field, given the state with it: other data start elsewhere.
    """

    field: str
    label: str
    options: Mapping[str, str]
    help: str | None = None
    steps: Sequence[Step] = WHILE_ALIVE
    sets: Callable[[Any], Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class Press:
    """A button that sets fields at once, such as "make the sizes equal".

    Attributes
    ----------
    field
        Its own name, by which a stored solution presses it: no field has it.
    label, help
        As of `st.button`.
    values : function of State to mapping
        What it sets, by field, given the present state.
    steps
        In which it is seen.
    """

    field: str
    label: str
    values: Callable[[Any], Mapping[str, Any]]
    help: str | None = None
    steps: Sequence[Step] = WHILE_ALIVE


AnyControl: TypeAlias = Control | Switch | Options | Press


def stops_to_infinity(middle: float) -> list[float]:
    """Return the stops of a track from 0 to infinity with a value in the middle."""
    return [middle * k / (_STOPS - k) for k in range(_STOPS)] + [math.inf]


@dataclass(frozen=True)
class Reply:
    """What is said to an answer.

    Attributes
    ----------
    idea
        Id of the belief behind it, the same in every lesson; `RIGHT` for none.
    text
        Markdown, for the first time.
    again
        For the next time that somebody comes with this idea, in this lesson or another.
    """

    idea: str
    text: str
    again: str


@dataclass(frozen=True)
class Challenge(Generic[S, R]):
    """A goal that the app checks.

    Attributes
    ----------
    id
        Its name in the record.
    goal
        What to reach, in Markdown.
    reached
        Whether a scene reaches it.
    said
        What to say then.
    solution
        Values of the controls' fields that reach it, True for a `Press`. A test plays them in this
        order.
    """

    id: str
    goal: Prose
    reached: Callable[[Scene[S, R]], bool]
    said: Callable[[Scene[S, R]], str]
    solution: Mapping[str, Any]


@dataclass(frozen=True)
class Lesson(Generic[S, R]):
    """A lesson, in the order in which it is seen.

    Attributes
    ----------
    state : type of LessonState
        Its name in the address, and its controls' fields.
    title : str
    setting, question : Prose
        The question is one sentence with numbers in it, and all that a projector shows. The
        setting stands before it for a single reader.
    commit : Commit
        How to answer.
    stage : function of Look and Answer to Drawing
        The figure before the answer, with what has been placed so far. It must not hold, draw or
        say what comes out.
    result : function of S to R
        What the engine says to the controls; asked for after the answer only.
    enter : function of Step to mapping
        Values of the controls' fields at the beginning of a step, by name; called after the
        answer only.
    controls : sequence of Control, Switch, Options or Press
        One to three in view at a time.
    figure : function of Scene to Drawing
        The figure after the answer. It draws the answer and, from ``reveal`` on, the gap.
    target : Prose
        What to try in ``play``: one sentence, no recipe.
    reveal : function of Scene to str
        What came out beside the answer, in one sentence; the answer may be None.
    reply : function of Scene to Reply
        What fits this very answer, which is not None.
    why : function of Scene to sequence
        Paragraphs in Markdown, and formulas with the present numbers in them, from
        `engine.words.formulas`, which stand below the figure whose parts their terms light. A
        projector shows the first paragraph, of one sentence, and the first formula.
    challenges : sequence of Challenge
        One or two.
    misread, remember : Prose
        What is easily misread, and the one line to keep.
    on_paper : Prose
        On a worksheet, what the marks of the empty figure are and how a pencil answers on it.
    expected : function to mapping of str to Answer
        Wrong answers that a class gives, by the thought behind each, the likeliest first; for who
        teaches.
    later : mapping of Step to Prose
        What a reader is asked in steps that are no longer about ``question``.
    """

    state: type[S]
    title: str
    setting: Prose
    question: Prose
    commit: Commit
    stage: Callable[[Look, Answer], Drawing]
    result: Callable[[S], R]
    enter: Callable[[Step], Mapping[str, Any]]
    controls: Sequence[AnyControl]
    figure: Callable[[Scene[S, R]], Drawing]
    target: Prose
    reveal: Callable[[Scene[S, R]], str]
    reply: Callable[[Scene[S, R]], Reply]
    why: Callable[[Scene[S, R]], Sequence[str | Formula]]
    challenges: Sequence[Challenge[S, R]]
    misread: Prose
    remember: Prose
    on_paper: Prose
    expected: Callable[[], Mapping[str, Answer]]
    later: Mapping[Step, Prose] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its name in addresses and records."""
        return self.state.page

    def asked(self, step: Step) -> str:
        """Return the question that a step is about."""
        return told(self.later.get(step, self.question))

    def start(self, first: S) -> S:
        """Return where the lesson starts, given a first reading of the address."""
        return self.at(first.step) if first.step != "ask" else self.state()

    def at(self, step: Step, /, **kept: Any) -> S:
        """Return the state at the beginning of a step; ``kept`` are fields to set besides."""
        values = {} if step == "ask" else self.enter(step)
        return self.state(**{**values, **kept})

    def answers(self, state: S) -> list[Answer]:
        """Return every answer that a state holds; what is none is left out."""
        given = filter(None, state.answers.split(_BETWEEN))
        return [answer for answer in map(self.commit.read, given) if answer is not None]

    def with_answer(self, state: S, answer: Answer) -> str:
        """Return what a state's ``answers`` become with one more."""
        return self.joined([self.commit.write(each) for each in [*self.answers(state), answer]])

    def joined(self, written: Sequence[str]) -> str:
        """Return the latest of written answers, as many as a state's ``answers`` can hold."""
        kept = list(written[-MOST_ANSWERS:])
        while len(_BETWEEN.join(kept)) > MOST_CHARACTERS:
            del kept[0]
        return _BETWEEN.join(kept)
