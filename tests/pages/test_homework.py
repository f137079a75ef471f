"""Homework without a page: tokens and codes, rows with a clear answer, the key, and R beside it."""

import ast
import dataclasses
import inspect
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.figures.base import PALETTES
from engine.figures.exercise import exercise_figure
from pages.parts.teaching import homework, learner
from pages.parts.teaching.homework import (
    LEAST_SECRET,
    TASKS,
    Record,
    Task,
    clean_code,
    codes_in,
    is_regular,
    is_token,
    made_secret,
    number_in,
    rows_of,
    smallest_cluster,
    token_of,
)
from pages.parts.teaching.key import marked, right_for, tolerance
from pages.parts.teaching.state import TeachingState

SECRET = "chalk-and-cheese"
TOKEN = token_of(SECRET)
each_task = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)


# --- secret, token and code -----------------------------------------------------------------------


def test_a_secret_gives_one_token_and_another_secret_another() -> None:
    secrets = [SECRET, SECRET + " ", SECRET.upper(), *(made_secret() for _ in range(5))]
    tokens = [token_of(secret) for secret in secrets]
    assert len(set(tokens)) == len(secrets)
    assert all(map(is_token, tokens))
    assert token_of(SECRET) == TOKEN
    assert all(len(secret) >= LEAST_SECRET for secret in secrets)


@pytest.mark.parametrize("text", ["", TOKEN[:-1], TOKEN + "a", TOKEN.upper(), "0" * 12, "ä" * 12])
def test_what_is_no_token_is_known(text: str) -> None:
    assert not is_token(text)


def test_no_address_holds_the_secret_and_nothing_makes_a_key_of_a_token() -> None:
    address = TeachingState(homework="slope", token=TOKEN, code="a07").link()
    assert SECRET not in address
    assert "secret" not in {each.name for each in dataclasses.fields(TeachingState)}
    # Whoever has the token in place of the secret gets the key to another homework.
    task = TASKS["slope"]
    assert right_for(task, TOKEN, ["a07"]) != right_for(task, SECRET, ["a07"])
    assert token_of(TOKEN) != TOKEN


@pytest.mark.parametrize("module", [homework, learner])
def test_what_a_learner_sees_knows_nothing_of_the_key(module: object) -> None:
    source = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]
    imported = [
        node.module for node in ast.walk(source) if isinstance(node, ast.ImportFrom) and node.module
    ]
    assert not [name for name in imported if name.endswith((".key", ".teacher"))]


def test_a_code_counts_without_capitals_and_blanks() -> None:
    assert clean_code(" A 07 ") == clean_code("a07") == "a07"
    assert clean_code("Ünal") == clean_code("u\u0308nal")
    assert len(clean_code("x" * 1000)) == 40
    assert codes_in("a07\n\nB 12, c3;a07 ;") == ["a07", "b12", "c3"]
    assert len(codes_in("\n".join(map(str, range(1000))))) == 200


# --- the rows -------------------------------------------------------------------------------------


@each_task
def test_the_same_code_gets_the_same_rows_and_others_get_others(task: Task) -> None:
    rows = rows_of(task, TOKEN, "a07")
    pd.testing.assert_frame_equal(rows, rows_of(task, TOKEN, " A07"))
    others = [
        rows_of(task, TOKEN, "a08"),
        rows_of(task, token_of(SECRET + "!"), "a07"),
    ]
    assert all(not rows.equals(other) for other in others)


@each_task
def test_everybody_gets_a_clear_answer(task: Task) -> None:
    larger = []
    for place in range(100):
        rows = rows_of(task, TOKEN, f"learner {place}")
        both = task.fitted(rows)
        assert is_regular(both)
        gap = float(both.mixed.estimates[-1] - both.ols.estimates[-1])
        # Far more than what is allowed to be off.
        assert abs(gap) > 10 * tolerance(2)
        larger.append(gap > 0)
        counts = both.moments.counts
        assert both.moments.levels[counts.argmin()] == smallest_cluster(task, rows)
        numbers = rows.select_dtypes("number")
        assert np.array_equal(numbers, numbers.round(1))
    # Nobody can guess the first answer from that of another.
    assert 20 < sum(larger) < 80


def test_rows_without_a_clear_answer_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homework, "is_regular", lambda _: False)
    with pytest.raises(ValueError, match="No rows of slope with a clear answer for 'a07'"):
        rows_of(TASKS["slope"], TOKEN, "a07")


@each_task
def test_the_figure_holds_the_rows_and_nothing_of_a_model(task: Task) -> None:
    rows = rows_of(task, TOKEN, "a07")
    outcome, predictor, cluster = task.columns
    figure = exercise_figure(
        rows,
        PALETTES["light"],
        outcome=outcome,
        predictor=predictor,
        cluster=cluster,
        height=400,
    )
    (drawn,) = figure["data"]
    assert list(drawn["x" if predictor is None else "y"]) == rows[outcome].tolist()
    if predictor is not None:
        assert list(drawn["x"]) == rows[predictor].tolist()
        assert drawn["text"] == rows[cluster].tolist()
    assert "shapes" not in figure["layout"] and "annotations" not in figure["layout"]


# --- the key --------------------------------------------------------------------------------------


def record(task: Task, **changed: float) -> Record:
    (right,) = right_for(task, SECRET, ["a07"])
    rounded = {
        question.id: round(right.numbers[question.id], question.decimals)
        for question in task.questions
    }
    return Record(task.id, TOKEN, "a07", right.larger, {**rounded, **changed})


@each_task
def test_a_right_answer_is_right_and_each_wrong_one_is_told(task: Task) -> None:
    good = record(task)
    assert Record.from_line(good.to_line()) == good
    (found,) = marked(task, SECRET, [f"  {good.to_line()} ", ""])
    assert all(found.verdicts.values())
    assert list(found.verdicts) == ["larger", *(question.id for question in task.questions)]
    for question in task.questions:
        off = good.numbers[question.id] + 3 * tolerance(question.decimals)
        (found,) = marked(task, SECRET, [record(task, **{question.id: off}).to_line()])
        assert [name for name, right in found.verdicts.items() if not right] == [question.id]
    other = {"ols": "mixed", "mixed": "ols"}[good.larger]
    (found,) = marked(task, SECRET, [dataclasses.replace(good, larger=other).to_line()])
    assert not found.verdicts["larger"]


def test_the_answer_of_one_learner_is_wrong_for_another() -> None:
    task = TASKS["intercept"]
    line = dataclasses.replace(record(task), code="a08").to_line()
    (found,) = marked(task, SECRET, [line])
    assert not all(found.verdicts.values())


def test_a_line_that_cannot_be_marked_says_why() -> None:
    task = TASKS["intercept"]
    good = record(task).to_line()
    faults = {
        "nonsense": "not a line of a homework",
        good + ";1": "not a line of a homework",
        good.replace(";a07;", ";a07;x"): "not a line of a homework",
        record(TASKS["slope"]).to_line(): "of another task",
        good.replace(TOKEN, token_of("another secret")): "of another secret",
    }
    found = marked(task, SECRET, list(faults))
    assert [each.fault for each in found] == list(faults.values())
    assert not any(each.verdicts for each in found)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("51.42", 51.42),
        (" 51,42 ", 51.42),
        ("−0.5", -0.5),
        ("83 %", 83.0),
        (".5", 0.5),
        ("5.", 5.0),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, number: float) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["", "x", "1e5", "nan", "inf", "1.2.3", "1" * 13])
def test_what_is_no_number_is_none(text: str) -> None:
    assert number_in(text) is None


PROGRAM = """
suppressMessages(library(lme4))
for (line in readLines(file.path(commandArgs(TRUE), "models.txt"))) {
  part <- strsplit(line, "\\t")[[1]]
  d <- read.csv(file.path(commandArgs(TRUE), part[1]))
  one <- lm(as.formula(part[2]), d)
  two <- lmer(as.formula(part[3]), d)
  last <- length(coef(one))
  own <- tapply(d$score, d[[part[4]]], mean)
  least <- names(which.min(table(d[[part[4]]])))
  kept <- (coef(two)[[1]][least, 1] - fixef(two)[1]) / (own[least] - fixef(two)[1])
  cat(sprintf("%.10g", c(coef(one)[last], fixef(two)[last], sqrt(vcov(two)[last, last]),
    100 * kept)), "\\n")
}
"""


@pytest.mark.slow
def test_r_finds_what_the_key_says(tmp_path: Path) -> None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("needs R with lme4 (Debian's r-base-core and r-cran-lme4)")
    cases = [(task, f"c{place}") for task in TASKS.values() for place in range(10)]
    lines = []
    for task, code in cases:
        name = f"{task.id}-{code}.csv"
        rows_of(task, TOKEN, code).to_csv(tmp_path / name, index=False)
        lines.append("\t".join([name, task.pooled, task.formula, task.columns[2]]))
    (tmp_path / "models.txt").write_text("\n".join(lines) + "\n")
    (tmp_path / "fit.R").write_text(PROGRAM)
    done = subprocess.run(
        [rscript, tmp_path / "fit.R", tmp_path], capture_output=True, text=True, check=True
    )
    for (task, code), line in zip(cases, done.stdout.splitlines(), strict=True):
        found = dict(
            zip(("ols", "mixed", "error", "shrinkage"), map(float, line.split()), strict=True)
        )
        numbers = {
            question.id: round(found[question.id], question.decimals) for question in task.questions
        }
        larger = "ols" if found["ols"] > found["mixed"] else "mixed"
        (told,) = marked(task, SECRET, [Record(task.id, TOKEN, code, larger, numbers).to_line()])
        assert all(told.verdicts.values()), (code, found, told.right)
