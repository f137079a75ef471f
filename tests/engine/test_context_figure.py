"""The figure of slopes within and between clusters: what it shows, and what it keeps to itself."""

from __future__ import annotations

import numpy as np
import pytest

from engine.account.path import FAR
from engine.account.teams import contextual, teams
from engine.data.moments import FloatArray
from engine.figures.base import PALETTES, Figure
from engine.figures.context import ANSWER_ROWS, Context, context_figure
from engine.models.mundlak import mundlak
from tests.engine.test_lesson_claims import PUPILS, fitted

ALL = {"slopes": (-1.0, 7.0), "x_range": (-1.3, 1.9), "y_range": (1.0, 21.0), "height": 500}
TITLES = {"slope": "slope", "predictor": "x", "outcome": "y"}


def context(ratio: float, *, with_means: bool) -> Context:
    both = fitted(PUPILS)
    moments = both.moments
    places = np.column_stack([moments.means[:, 1] + moments.origin[1], moments.outcome_means])
    ols, mixed = (teams(both.dial, each) for each in (0.0, ratio))
    return Context(moments.counts, places, ols, mixed, with_means, (3.184, 2.39))


def estimated() -> float:
    found = mundlak(fitted(PUPILS).moments)
    assert found is not None
    return found.mixed.variance_ratio


def drawn(here: Context, **what: object) -> Figure:
    names = {"own": "own", "mean": "mean", "alone": "alone"}
    return context_figure(here, PALETTES["light"], **ALL, **TITLES, names=names, **what)  # type: ignore[arg-type]


def roles(figure: Figure) -> set[str]:
    return {trace["meta"]["role"] for trace in figure["data"]}


def numbers(figure: Figure) -> FloatArray:
    parts = [np.ravel(trace[axis]) for trace in figure["data"] for axis in "xy"]
    return np.concatenate([np.asarray(part, dtype=float) for part in parts])


def test_before_the_answer_nothing_is_told_of_the_slope_within() -> None:
    here = context(0.129, with_means=False)
    figure = drawn(here, answers={"own": 1.0}, asked=True)
    assert not roles(figure) & {"within", "leftover", "contextual", "gap"}
    assert "2.19" not in str(figure)
    assert not np.any(np.isclose(numbers(figure), here.mixed.within, atol=1e-3))


@pytest.mark.parametrize("ratio", [0.0, 0.0727, 1.0, FAR])
def test_the_step_is_as_high_as_both_coefficients_together(ratio: float) -> None:
    here = context(ratio, with_means=True)
    traces = drawn(here)["data"]
    (_, corner, foot), (bottom, top) = (
        next(
            trace["y"]
            for trace in traces
            if trace["meta"]["role"] == role and trace["mode"] == "lines" and len(trace["x"]) == n
        )
        for role, n in (("within", 3), ("contextual", 2))
    )
    assert corner == bottom
    assert corner - foot == pytest.approx(here.own[1])
    assert here.mean is not None
    assert top - bottom == pytest.approx(here.mean[1]) == pytest.approx(contextual(here.mixed))
    line = next(t for t in traces if t["meta"]["role"] == "between" and t.get("yaxis") == "y2")
    assert line["y"][-1] == pytest.approx(top)


def test_the_gap_leads_from_each_answer_to_the_coefficient_above_it() -> None:
    here = context(estimated(), with_means=True)
    answers = {"own": 2.4, "mean": 5.9}
    traces = drawn(here, answers=answers, gap=True)["data"]
    gaps = [trace for trace in traces if trace["meta"]["role"] == "gap"]
    assert here.mean is not None
    for gap, (name, at), out in zip(
        gaps, answers.items(), (here.own[1], here.mean[1]), strict=True
    ):
        assert gap["x"] == [at, out, out]
        assert gap["y"][0] == ANSWER_ROWS[name]
    texts = [trace["text"][0] for trace in traces if trace["meta"]["role"] == "answer's name"]
    assert "you 2.40, 0.21 off" in texts[0] and "you 5.90, 2.22 off" in texts[1]


def test_equal_coefficients_have_one_name() -> None:
    texts = " ".join(
        trace["text"][0]
        for trace in drawn(context(estimated(), with_means=True))["data"]
        if trace["mode"] == "text"
    )
    assert "both 2.19" in texts and "OLS 3.53" in texts and "mixed 3.68" in texts
