"""The key to a homework, for whoever has its secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from engine import Comparison
from pages.parts.teaching.homework import Record, Task, rows_of, token_of

_ANSWERS: Mapping[str, Callable[[Comparison], float]] = {
    "ols": lambda both: float(both.ols.estimates[-1]),
    "mixed": lambda both: float(both.mixed.estimates[-1]),
    "error": lambda both: float(both.mixed.standard_errors[-1]),
    "shrinkage": lambda both: 100.0 * float(both.clusters.shrinkage[both.moments.counts.argmin()]),
}


@dataclass(frozen=True)
class Right:
    """What is right for one learner.

    Attributes
    ----------
    code
        The learner's.
    larger
        The model in which the coefficient is larger, a key of `homework.LARGER`.
    numbers
        By the question's id.
    """

    code: str
    larger: str
    numbers: Mapping[str, float]


def right_for(task: Task, secret: str, codes: Sequence[str]) -> list[Right]:
    """Return what is right for each learner, in the order of the codes.

    Parameters
    ----------
    task
        The homework.
    secret
        The teacher's; a token in its place gives other rows and other answers.
    codes
        The learners' codes.
    """
    token = token_of(secret)
    return [_right(task, token, code) for code in codes]


def _right(task: Task, token: str, code: str) -> Right:
    both = task.fitted(rows_of(task, token, code))
    numbers = {question.id: _ANSWERS[question.id](both) for question in task.questions}
    return Right(code, "ols" if numbers["ols"] > numbers["mixed"] else "mixed", numbers)


def tolerance(decimals: int) -> float:
    """Return how far off an answer may be: two units of the last decimal that is asked for.

    One is lost by rounding, the other where R's search stops.
    """
    return 2.0 * 10.0**-decimals


@dataclass(frozen=True)
class Marked:
    """A line that was handed in.

    Attributes
    ----------
    line
        As it was handed in.
    fault
        Why it is not marked; empty if it is.
    right
        What is right for this learner; None if it is not marked.
    verdicts
        Whether each answer is right, by the question's id, with ``larger`` first.
    """

    line: str
    fault: str = ""
    right: Right | None = None
    verdicts: Mapping[str, bool] = field(default_factory=dict)


def marked(task: Task, secret: str, lines: Sequence[str]) -> list[Marked]:
    """Return each line that was handed in, blank ones left out, with what is right in it."""
    token = token_of(secret)
    return [_marked(task, token, line.strip()) for line in lines if line.strip()]


def _marked(task: Task, token: str, line: str) -> Marked:
    record = Record.from_line(line)
    if record is None:
        return Marked(line, "not a line of a homework")
    if record.task != task.id:
        return Marked(line, "of another task")
    if record.token != token:
        return Marked(line, "of another secret")
    right = _right(task, token, record.code)
    verdicts = {"larger": record.larger == right.larger}
    for question in task.questions:
        off = abs(record.numbers[question.id] - right.numbers[question.id])
        verdicts[question.id] = off <= tolerance(question.decimals)
    return Marked(line, right=right, verdicts=verdicts)
