"""The beam: what is drawn of weights, points of balance and an answer, and what is kept back."""

import math

import numpy as np
import pytest

from engine import compare
from engine.account.balance import balance
from engine.data.examples import load
from engine.figures.balance import Rows, balance_figure, rows_of
from engine.figures.base import PALETTES
from engine.figures.beam import BEAM_AT, Beam
from engine.words.numbers import distance_text

BOTH = compare(load("lesson_schools"), "score ~ 1 + (1 | school)")
AXIS = (25.0, 100.0)
ROWS = Rows(BOTH.design.outcome, BOTH.design.cluster_codes)


def beam(ratio: float, **biggest: float) -> Beam:
    counts, means = BOTH.moments.counts.astype(float), BOTH.moments.outcome_means.copy()
    counts[0], means[0] = biggest.get("count", counts[0]), biggest.get("mean", means[0])
    at = [balance(counts, means, rho) for rho in (0.0, ratio)]
    return Beam(BOTH.moments.levels, counts, ratio, *at)


def drawn(here: Beam, **what: object) -> dict[str, dict]:
    figure = balance_figure(
        here, rows_of(here, ROWS), PALETTES["light"], axis_range=AXIS,
        outcome="score", cluster="school", height=400, **what,  # type: ignore[arg-type]
    )  # fmt: skip
    return {trace["meta"]["role"]: trace for trace in figure["data"]}


def test_the_beam_balances_at_both_intercepts() -> None:
    traces = drawn(beam(BOTH.mixed.variance_ratio))
    assert traces["ols"]["x"] == pytest.approx(BOTH.ols.estimates)
    assert traces["mixed"]["x"] == pytest.approx(BOTH.mixed.estimates)
    assert traces["weights"]["y"] == pytest.approx(BEAM_AT)
    area = np.square(traces["weights"]["marker"]["size"])
    assert area / area.sum() == pytest.approx(beam(BOTH.mixed.variance_ratio).by_ratio.shares)


def test_before_the_answer_nothing_depends_on_the_ratio() -> None:
    figures = [drawn(beam(ratio), answer=55.0, weighed=False) for ratio in (0.0, 1.6, 50.0)]
    assert "mixed" not in figures[0]
    for figure in figures[1:]:
        np.testing.assert_equal(figure, figures[0])


@pytest.mark.parametrize("answer", [30.0, 55.9, 64.0, 99.0])
def test_the_gap_reaches_from_the_answer_to_the_outcome(answer: float) -> None:
    here = beam(BOTH.mixed.variance_ratio)
    traces = drawn(here, answer=answer, gap=True)
    assert traces["gap"]["x"] == pytest.approx([answer, here.mixed])
    # Where there is no room for it, the sentence below the figure says the distance alone.
    assert traces["gap's size"]["text"][0] in ("", distance_text(here.mixed, answer, 1))
    # The answer's name stands on the other side of its line than the gap, or flush with the axis.
    name, low = traces["answer's name"], here.mixed > answer
    room = 0.25 * (AXIS[1] - AXIS[0])
    at = min(max(answer, AXIS[0] + room), AXIS[1] - room)
    if at == answer:
        assert name["textposition"] == f"middle {'left' if low else 'right'}"
        assert name["x"] == [answer]
    else:
        assert name["textposition"] == f"middle {'right' if low else 'left'}"
        assert name["x"] == [AXIS[0] if low else AXIS[1]]
        assert max(traces["answer"]["y"]) < name["y"][0]


def test_letters_of_schools_that_lie_close_stand_apart_and_in_order() -> None:
    letters = drawn(beam(1.6))["letters"]
    order = np.argsort(letters["x"])
    assert [letters["text"][k] for k in order] == list("ADBECF")
    assert np.diff(letters["x"][order]).min() > 0.05 * (AXIS[1] - AXIS[0])
    assert np.abs(letters["x"] - BOTH.moments.outcome_means).max() < 1.0


@pytest.mark.parametrize("count", [1.0, 7.0, 120.0, 10_000.0])
def test_rows_drawn_are_as_many_as_there_are_and_lie_about_their_mean(count: float) -> None:
    here = beam(1.0, count=count, mean=70.0)
    shown = rows_of(here, ROWS)
    found = np.bincount(shown.cluster)
    assert found.tolist() == [min(count, 120.0), 45, 12, 8, 5, 2]
    for cluster, mean in enumerate(here.means):
        assert shown.outcome[shown.cluster == cluster].mean() == pytest.approx(mean)


def test_at_infinity_votes_are_equal_and_nothing_shrinks_to_the_last_digit() -> None:
    found = balance([120, 2], [52.0, 88.0], [0.0, math.inf])
    assert found.shares[1].tolist() == [0.5, 0.5] and found.point[1] == 70.0
    assert found.shrinkage[1].tolist() == [1.0, 1.0]
    assert found.landings[1].tolist() == [52.0, 88.0]
    assert found.shares[0] == pytest.approx(np.array([120, 2]) / 122)
