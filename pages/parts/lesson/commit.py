"""How a learner answers before anything is shown: on the figure wherever that is possible."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from engine.words.numbers import plural, with_decimals
from pages.parts.live import Grab, Grabbed, Handle, grabbed
from pages.parts.live.grab import Along

# As many fields stand below the figure; more are folded away.
_FIELDS_IN_VIEW = 2


@dataclass(frozen=True)
class Answer:
    """What was answered: a value for each mark, or one id that was chosen.

    Attributes
    ----------
    values : mapping of str to float
        By the mark's id, in the units of the axis.
    chosen : str or None
        Id of a choice, or of a mark that was picked.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    chosen: str | None = None

    @property
    def value(self) -> float:
        """The value of the only mark."""
        (value,) = self.values.values()
        return value


class Commit(ABC):
    """A way of answering. `key` is the figure's, under which the session keeps what was moved."""

    @abstractmethod
    def so_far(self, key: str) -> Answer:
        """Return what has been placed or chosen, complete or not."""

    @abstractmethod
    def is_complete(self, answer: Answer) -> bool:
        """Return whether nothing is missing."""

    @abstractmethod
    def fields(self, key: str) -> None:
        """Show the controls below the figure."""

    @abstractmethod
    def read(self, text: str) -> Answer | None:
        """Return the answer that an address holds; None for what is none."""

    def filled(self, answer: Answer) -> Answer:
        """Return a complete answer with everything in it that was left as it stood."""
        return answer

    @abstractmethod
    def said(self, answer: Answer) -> str:
        """Return the answer in a few words, for the record."""

    def write(self, answer: Answer) -> str:
        """Return the answer as an address holds it."""
        if answer.chosen is not None:
            return answer.chosen
        return ",".join(f"{name}:{value:.6g}" for name, value in answer.values.items())

    def grab(self, key: str, colour: str) -> Grab | None:  # noqa: ARG002
        """Return the handles to put on the figure, if any."""
        return None

    def moved(self, key: str) -> bool:  # noqa: ARG002
        """Take note that a hand has moved the handles; return whether the fields must follow."""
        return False

    def forget(self, key: str) -> None:
        """Put everything back to where it was before the answer."""
        st.session_state.pop(key, None)


@dataclass(frozen=True)
class Mark:
    """A handle to answer with.

    Attributes
    ----------
    id
        Its name in the answer.
    label
        What it says, for its field and for people who do not see it.
    x, y
        Where it stands at first, on the figure's axes ``xaxis`` and ``yaxis``.
    """

    id: str
    label: str
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True)
class Marks(Commit):
    """Marks to move: one along an axis, both ends of a line, the bars of a histogram.

    Attributes
    ----------
    marks
        The marks, or a function that gives them where they need data.
    limits
        Ends of the values.
    step
        What an arrow key moves; on a logarithmic axis the factor.
    decimals, unit
        Of the values: how they are written in the fields, and what is said after them.
    along
        The axis along which they move.
    log
        Whether that axis is logarithmic.
    all
        Whether each must be moved to make an answer, or just one of them; those that were not
        moved then stand where they are.
    """

    marks: Sequence[Mark] | Callable[[], Sequence[Mark]]
    limits: tuple[float, float]
    step: float
    decimals: int = 1
    unit: str = ""
    along: Along = "x"
    log: bool = False
    all: bool = True

    def known(self) -> Sequence[Mark]:
        """Return the marks."""
        return self.marks() if callable(self.marks) else self.marks

    def so_far(self, key: str) -> Answer:
        moved = grabbed(key).moved
        low, high = self.limits
        return Answer(
            {
                mark.id: min(max(moved[mark.id], low), high)
                for mark in self.known()
                if mark.id in moved
            }
        )

    def is_complete(self, answer: Answer) -> bool:
        return len(answer.values) == len(self.known()) if self.all else bool(answer.values)

    def grab(self, key: str, colour: str) -> Grab | None:
        moved = grabbed(key).moved
        handles = []
        for mark in self.known():
            home = mark.x if self.along == "x" else mark.y
            here = moved.get(mark.id, home)
            at = {"x": here, "y": mark.y} if self.along == "x" else {"x": mark.x, "y": here}
            handles.append(Handle(id=mark.id, label=mark.label, home=home, **at))
        return Grab(
            handles,
            self.limits,
            self.step,
            unit=self.unit,
            colour=colour,
            along=self.along,
            log=self.log,
            tap=True,
        )

    def fields(self, key: str) -> None:
        marks = self.known()
        folded = len(marks) > _FIELDS_IN_VIEW
        with st.expander("Type the numbers instead") if folded else st.container(horizontal=True):
            for mark in marks:
                st.number_input(
                    mark.label if folded or len(marks) > 1 else "Or type a number",
                    min_value=float(self.limits[0]),
                    max_value=float(self.limits[1]),
                    value=None,
                    step=None if self.log else float(self.step),
                    format=f"%.{self.decimals}f",
                    key=self._typed(key, mark),
                    on_change=self._take_typed,
                    args=(key, mark),
                    width=220 if not folded else "stretch",
                )

    def _typed(self, key: str, mark: Mark) -> str:
        return f"{key}:{mark.id}:typed"

    def _take_typed(self, key: str, mark: Mark) -> None:
        value = st.session_state[self._typed(key, mark)]
        if value is not None:
            st.session_state[key] = Grabbed({**grabbed(key).moved, mark.id: value}, mark.id)

    def moved(self, key: str) -> bool:
        """Empty the fields whose number the hand has overtaken."""
        moved, found = grabbed(key).moved, False
        for mark in self.known():
            typed = st.session_state.get(self._typed(key, mark))
            if typed is not None and typed != moved.get(mark.id):
                st.session_state[self._typed(key, mark)] = None
                found = True
        return found

    def forget(self, key: str) -> None:
        super().forget(key)
        for mark in self.known():
            st.session_state.pop(self._typed(key, mark), None)

    def read(self, text: str) -> Answer | None:
        known = {mark.id: mark.x if self.along == "x" else mark.y for mark in self.known()}
        values = {}
        for pair in text.split(","):
            name, _, number = pair.partition(":")
            try:
                value = float(number)
            except ValueError:
                return None
            if name not in known or not math.isfinite(value):
                return None
            values[name] = min(max(value, self.limits[0]), self.limits[1])
        answer = Answer(values)
        return answer if self.is_complete(answer) else None

    def said(self, answer: Answer) -> str:
        labels = {mark.id: mark.label for mark in self.known()}
        return ", ".join(
            f"{labels[name]}: {with_decimals(value, self.decimals)} {self.unit}".strip()
            for name, value in answer.values.items()
        )

    def filled(self, answer: Answer) -> Answer:
        first = {mark.id: mark.x if self.along == "x" else mark.y for mark in self.known()}
        return replace(answer, values={**first, **answer.values})


def marker(
    label: str,
    limits: tuple[float, float],
    step: float,
    *,
    y: float,
    decimals: int = 1,
    unit: str = "",
    log: bool = False,
) -> Marks:
    """One marker along the horizontal axis, which waits at its left end.

    Parameters
    ----------
    label
        What it stands for.
    limits, step, decimals, unit, log
        As of `Marks`.
    y
        Its height in the figure.
    """
    return Marks((Mark("at", label, x=limits[0], y=y),), limits, step, decimals, unit, log=log)


@dataclass(frozen=True)
class Pick(Commit):
    """One of several places of the figure, such as a cluster.

    Attributes
    ----------
    marks
        The places, or a function that gives them where they need data.
    """

    marks: Sequence[Mark] | Callable[[], Sequence[Mark]]

    def known(self) -> Sequence[Mark]:
        """Return the places."""
        return self.marks() if callable(self.marks) else self.marks

    def so_far(self, key: str) -> Answer:
        selected = grabbed(key).selected
        return Answer(chosen=selected if self._is_known(selected) else None)

    def is_complete(self, answer: Answer) -> bool:
        return answer.chosen is not None

    def grab(self, key: str, colour: str) -> Grab | None:  # noqa: ARG002
        handles = [Handle(mark.id, mark.x, mark.y, mark.x, mark.label) for mark in self.known()]
        return Grab(handles, (0.0, 1.0), 1.0, colour=colour, along="nowhere", tap=True)

    def fields(self, key: str) -> None:
        """Show nothing: the places are buttons themselves."""

    def read(self, text: str) -> Answer | None:
        return Answer(chosen=text) if self._is_known(text) else None

    def said(self, answer: Answer) -> str:
        return next(mark.label for mark in self.known() if mark.id == answer.chosen)

    def _is_known(self, name: str | None) -> bool:
        return any(mark.id == name for mark in self.known())


@dataclass(frozen=True)
class Looks(Commit):
    """Looks at what is hidden: a marker along the axis, and a button that looks where it stands.

    The answer holds the place of each look, in order; the stage shows what is seen there.

    Attributes
    ----------
    place
        The marker, as `marker` makes it.
    most
        How many looks there are.
    """

    place: Marks
    most: int = 30

    def so_far(self, key: str) -> Answer:
        looks = st.session_state.get(self._looks(key), [])
        return Answer({str(k): value for k, value in enumerate(looks, 1)})

    def is_complete(self, answer: Answer) -> bool:
        return bool(answer.values)

    def grab(self, key: str, colour: str) -> Grab | None:
        return self.place.grab(key, colour)

    def fields(self, key: str) -> None:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            self.place.fields(key)
            st.button(
                "Look here",
                key=f"{key}:look",
                on_click=self._look,
                args=(key,),
                disabled=not self._can_look(key),
            )

    def moved(self, key: str) -> bool:
        """Also once when the marker leaves its first place, so that the button can be pressed."""
        shown = st.session_state.get(f"{key}:can look")
        st.session_state[f"{key}:can look"] = self._can_look(key)
        return self.place.moved(key) or shown != self._can_look(key)

    def forget(self, key: str) -> None:
        self.place.forget(key)
        for name in (self._looks(key), f"{key}:can look"):
            st.session_state.pop(name, None)

    def read(self, text: str) -> Answer | None:
        values = []
        for k, pair in enumerate(text.split(","), 1):
            found = self.place.read(pair.replace(f"{k}:", f"{self._mark.id}:", 1))
            if found is None or k > self.most:
                return None
            values.append(found.value)
        return Answer({str(k): value for k, value in enumerate(values, 1)})

    def said(self, answer: Answer) -> str:
        values = [with_decimals(value, self.place.decimals) for value in answer.values.values()]
        return f"{plural(len(values), 'look')}: {', '.join(values)}"

    @property
    def _mark(self) -> Mark:
        (mark,) = self.place.known()
        return mark

    def _looks(self, key: str) -> str:
        return f"{key}:looks"

    def _can_look(self, key: str) -> bool:
        few = len(st.session_state.get(self._looks(key), [])) < self.most
        return few and bool(self.place.so_far(key).values)

    def _look(self, key: str) -> None:
        if self._can_look(key):
            looks = st.session_state.get(self._looks(key), [])
            st.session_state[self._looks(key)] = [*looks, self.place.so_far(key).value]


@dataclass(frozen=True)
class Choice(Commit):
    """One of three or four sentences, each of the wrong ones a belief that people hold.

    Attributes
    ----------
    options : mapping of str to str
        The sentences, in Markdown, by id.
    """

    options: Mapping[str, str]

    def so_far(self, key: str) -> Answer:
        chosen = st.session_state.get(self._key(key))
        return Answer(chosen=chosen if chosen in self.options else None)

    def is_complete(self, answer: Answer) -> bool:
        return answer.chosen is not None

    def fields(self, key: str) -> None:
        st.radio(
            "Your answer",
            list(self.options),
            index=None,
            format_func=self.options.__getitem__,
            key=self._key(key),
            label_visibility="collapsed",
        )

    def read(self, text: str) -> Answer | None:
        return Answer(chosen=text) if text in self.options else None

    def said(self, answer: Answer) -> str:
        return self.options[answer.chosen or ""]

    def forget(self, key: str) -> None:
        super().forget(key)
        st.session_state.pop(self._key(key), None)

    def _key(self, key: str) -> str:
        return f"{key}:choice"
