"""What the page for teaching is set to. No secret and no list of codes is among it."""

from __future__ import annotations

from dataclasses import dataclass

from pages.parts.lesson import session
from pages.parts.lesson.course import lessons
from pages.parts.lesson.state import State, choice, text
from pages.parts.teaching.homework import MOST_CODE, TASKS, TOKEN_LETTERS, clean_code, is_token

_LESSONS = tuple(lesson.id for lesson in lessons())
_TASKS = tuple(TASKS)


@dataclass(frozen=True)
class TeachingState(State, page="teaching", script="look_up/teaching.py"):
    """Which part of the page is shown, and what is chosen in it.

    Attributes
    ----------
    lesson
        Whose wrong answers are shown.
    worksheet
        The lesson whose worksheet is shown; empty for none.
    task
        The homework that is set up.
    homework
        The homework that a learner works on; empty for none.
    token, code
        Whose rows it has.
    larger, first, second, third
        What the learner has answered so far.
    framed
        The page that is to be embedded, by its path.
    """

    lesson: str = choice(_LESSONS[0], _LESSONS, param="lesson")
    worksheet: str = choice("", ("", *_LESSONS), param="worksheet")
    task: str = choice(_TASKS[0], _TASKS, param="task")
    homework: str = choice("", ("", *_TASKS), param="homework")
    token: str = text(param="token", most=TOKEN_LETTERS)
    code: str = text(param="code", most=MOST_CODE)
    larger: str = choice("", ("", "ols", "mixed"), param="larger")
    first: str = text(param="first", most=20)
    second: str = text(param="second", most=20)
    third: str = text(param="third", most=20)
    framed: str = text("rows-or-clusters", param="framed", most=40)

    @property
    def is_homework(self) -> bool:
        """Whether an address leads to a learner's rows, but for the code."""
        return bool(self.homework) and is_token(self.token)

    @property
    def learner(self) -> str:
        """The learner's code as it counts."""
        return clean_code(self.code)


def go(state: TeachingState) -> None:
    """Go to a state as to a page of its own, from which Back returns."""
    session.put(state)
    session.mark_step(state)
