"""Homework in which every learner gets rows of their own, made from an address and kept nowhere.

The teacher's secret gives a public token, the token and a learner's code give the rows. A learner's
address holds token and code and so leads to the rows, as it must: they are what is worked on. It
does not lead to the secret, without which the page shows no key. This module holds no answers; see
`key`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from base64 import b32encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_bytes

import numpy as np
import pandas as pd

from engine import Comparison, compare
from engine.simulation.exercise import levels_by_size, slopes_apart

# Letters of a token: 5 bits each.
TOKEN_LETTERS = 12
LEAST_SECRET, MOST_CODE, MOST_CODES = 12, 40, 200
# Tries at rows whose answers are clear; nearly always the first one will do.
_TRIES = 100
# Rounds of PBKDF2: whoever guesses at a secret pays them for every guess.
_ROUNDS = 100_000
_TOKEN = re.compile(f"[a-z2-7]{{{TOKEN_LETTERS}}}")
# Outcome units, or those of the slope, by which the models must differ at least.
_APART = 0.4


@dataclass(frozen=True)
class Question:
    """A number that is asked for.

    Attributes
    ----------
    id
        Its name in records.
    label
        What is asked; ``{smallest}`` stands for the smallest cluster.
    decimals
        How many are asked for.
    """

    id: str
    label: str
    decimals: int = 2


@dataclass(frozen=True)
class Task:
    """A homework: what rows it draws and what it asks.

    Attributes
    ----------
    id
        Its name in addresses and records.
    title, setting : str
    asks
        In which model the coefficient is larger, as a question.
    names : mapping of str to str
        What the columns of the rows are called.
    draw
        Draws the rows.
    formula
        The mixed model, as R writes it.
    questions
        What is asked besides in which model the coefficient is larger.
    """

    id: str
    title: str
    setting: str
    asks: str
    names: Mapping[str, str]
    draw: Callable[[np.random.Generator], pd.DataFrame]
    formula: str
    questions: tuple[Question, ...]

    @property
    def columns(self) -> tuple[str, str | None, str]:
        """Names of the outcome, the predictor if there is one, and the cluster."""
        return self.names["y"], self.names.get("x"), self.names["cluster"]

    @property
    def pooled(self) -> str:
        """The same model without its random part, for `lm`."""
        return self.formula.rpartition(" + ")[0]

    def fitted(self, rows: pd.DataFrame) -> Comparison:
        """Return both fits to rows of this task."""
        return compare(rows, self.formula)


_TASKS = (
    Task(
        "intercept",
        "One intercept or two",
        "Pupils of eight schools sat the same test. OLS, R's `lm`, and the mixed model, R's "
        "`lmer`, are fitted with an intercept alone.",
        "From the figure alone: in which model is the intercept larger?",
        {"y": "score", "cluster": "school"},
        levels_by_size,
        "score ~ 1 + (1 | school)",
        (
            Question("ols", "Intercept of OLS"),
            Question("mixed", "Intercept of the mixed model"),
            Question(
                "shrinkage",
                "Share of its distance from the mixed intercept that school {smallest}, the "
                "smallest, keeps in the mixed model (its shrinkage factor), in %",
                0,
            ),
        ),
    ),
    Task(
        "slope",
        "One slope, two answers",
        "Patients of eight clinics went to some sessions, and a score says how they do. OLS, R's "
        "`lm`, and the mixed model, R's `lmer`, with a random intercept for each clinic are fitted "
        "with the sessions as predictor.",
        "From the figure alone: in which model is the slope of the sessions larger? (−1 is larger "
        "than −2.)",
        {"y": "score", "x": "sessions", "cluster": "clinic"},
        slopes_apart,
        "score ~ sessions + (1 | clinic)",
        (
            Question("ols", "Slope in OLS"),
            Question("mixed", "Slope in the mixed model"),
            Question("error", "Standard error of the slope in the mixed model"),
        ),
    ),
)
TASKS: Mapping[str, Task] = {task.id: task for task in _TASKS}


# --- secret, token and code -----------------------------------------------------------------------


def made_secret() -> str:
    """Return a secret that nobody guesses, in groups of letters that can be copied by hand."""
    text = b32encode(token_bytes(10)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def token_of(secret: str) -> str:
    """Return the public token of a secret, from which the secret cannot be computed."""
    digest = hashlib.pbkdf2_hmac("sha256", secret.encode(), b"betwixt homework", _ROUNDS)
    return b32encode(digest).decode().lower()[:TOKEN_LETTERS]


def is_token(text: str) -> bool:
    """Return whether a text may be a token."""
    return _TOKEN.fullmatch(text) is not None


def clean_code(text: str) -> str:
    """Return a learner's code as it counts: capitals, blanks and ways to write an accent do not."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s;]+", "", plain)[:MOST_CODE]


def codes_in(text: str) -> list[str]:
    """Return the codes in a list with one on each line, or with commas or semicolons between."""
    codes = filter(None, map(clean_code, re.split(r"[\n,;]+", text)))
    return list(dict.fromkeys(codes))[:MOST_CODES]


# --- the rows -------------------------------------------------------------------------------------


def rows_of(task: Task, token: str, code: str) -> pd.DataFrame:
    """Return a learner's rows, always the same for the same token and code.

    Parameters
    ----------
    task
        The homework.
    token
        Its public token.
    code
        The learner's code.

    Returns
    -------
    pandas.DataFrame
        The columns that the formula names, with one decimal. `is_regular` holds for them.

    Raises
    ------
    ValueError
        None of many draws was regular.
    """
    for attempt in range(_TRIES):
        said = f"{task.id}\n{clean_code(code)}\n{attempt}"
        seed = hmac.digest(token.encode(), said.encode(), "sha256")
        generator = np.random.default_rng(int.from_bytes(seed))
        rows = task.draw(generator).rename(columns=dict(task.names))
        if is_regular(task.fitted(rows)):
            return rows
    raise ValueError(f"No rows of {task.id} with a clear answer for {code!r}")


def is_regular(both: Comparison) -> bool:
    """Return whether the answers are clear.

    That is, the fit is not singular, both models visibly differ in the last coefficient, and one
    cluster alone is the smallest.
    """
    gap = abs(float(both.mixed.estimates[-1] - both.ols.estimates[-1]))
    counts = both.moments.counts
    return not both.mixed.singular and gap >= _APART and int((counts == counts.min()).sum()) == 1


def smallest_cluster(task: Task, rows: pd.DataFrame) -> str:
    """Return the label of the cluster with the fewest rows."""
    return str(rows[task.columns[2]].value_counts().idxmin())


# --- what is handed in ----------------------------------------------------------------------------

LARGER = {"ols": "OLS", "mixed": "the mixed model"}


@dataclass(frozen=True)
class Record:
    """What a learner hands in: one line.

    Attributes
    ----------
    task, token, code
        Whose homework it is.
    larger
        The model in which the coefficient is said to be larger, a key of `LARGER`.
    numbers
        The numbers by the question's id.
    """

    task: str
    token: str
    code: str
    larger: str
    numbers: Mapping[str, float]

    def to_line(self) -> str:
        """Return it as a line, its parts between semicolons."""
        return ";".join(
            [self.task, self.token, self.code, self.larger, *map(_written, self.numbers.values())]
        )

    @classmethod
    def from_line(cls, line: str) -> Record | None:
        """Return what a line holds; None if it is no record."""
        parts = [part.strip() for part in line.split(";")]
        task = TASKS.get(parts[0])
        if task is None or len(parts) != 4 + len(task.questions) or parts[3] not in LARGER:
            return None
        numbers = [number_in(part) for part in parts[4:]]
        if None in numbers or not is_token(parts[1]):
            return None
        asked = [question.id for question in task.questions]
        held = {
            name: value for name, value in zip(asked, numbers, strict=True) if value is not None
        }
        return cls(task.id, parts[1], clean_code(parts[2]), parts[3], held)


def _written(value: float) -> str:
    return f"{value:.10g}"


def number_in(text: str) -> float | None:
    """Return the number that somebody typed, also with a decimal comma; None for none."""
    plain = text.strip().removesuffix("%").strip().replace("−", "-").replace(",", ".")
    if re.fullmatch(r"[+-]?(\d{1,12}(\.\d{0,12})?|\.\d{1,12})", plain) is None:
        return None
    return float(plain)
