"""The lesson on standard errors: what it makes of answers, and what it prints."""

import numpy as np
import pytest

from engine.figures.base import PALETTES
from engine.words.numbers import as_printed
from pages.learn import standard_errors as lesson
from pages.parts.lesson.commit import Answer
from pages.parts.lesson.lesson import RIGHT, Look, Scene

LOOK = Look(PALETTES["light"], 560)


@pytest.mark.parametrize(
    ("intercept", "slope", "idea"),
    [
        (33.0, 0.91, RIGHT),
        (40.0, 1.0, RIGHT),
        (10.0, 1.5, "always-larger"),
        (33.0, 33.0, "always-larger"),
        (92.0, 4.2, "robust-rivals"),
        (1.0, 0.9, "icc-ignored"),
        (0.9, 2.0, "other-way-round"),
        (1.0, 2.0, "other-way-round"),
        (0.5, 0.5, "both-shrink"),
        (3.0, 0.9, "errors-not-far-enough"),
        (1000.0, 1.0, "errors-too-far"),
        (33.0, 0.1, "slope-too-far"),
    ],
)
def test_every_answer_finds_its_belief(intercept: float, slope: float, idea: str) -> None:
    assert lesson.belief_behind(intercept, slope) == idea
    state = lesson.StandardErrors(step="reveal")
    answer = Answer({"intercept": intercept, "slope": slope})
    scene = Scene("reveal", state, lesson.result(state), answer, LOOK)
    said = lesson.reply(scene)
    assert said.idea == idea and said.text != said.again


def test_factors_are_those_of_the_printed_errors() -> None:
    here = lesson.as_it_is()
    for after, term, factor in (
        (here.mixed, 0, "33"),
        (here.mixed, 1, "0.91"),
        (here.robust, 0, "92"),
        (here.robust, 1, "4.2"),
    ):
        assert lesson.multiple(after, here.ols, term) == factor
        true = after.standard_errors[term] / here.ols.standard_errors[term]
        decimals = len(factor.partition(".")[2])
        assert round(float(true), decimals) == as_printed(factor)


@pytest.mark.parametrize("spread", [0.0, 0.2, 1.0, 4.0])
@pytest.mark.parametrize("copies", [1, 100])
@pytest.mark.parametrize("clusters", [24, 240])
def test_what_controls_reach_lies_on_the_axis(spread: float, copies: int, clusters: int) -> None:
    state = lesson.StandardErrors(step="do", spread=spread, copies=copies, clusters=clusters)
    scene = Scene("do", state, lesson.result(state), None, LOOK)
    for trace in lesson.figure(scene).figure["data"]:
        if trace["meta"]["role"] in {"ols", "mixed"} and trace["mode"] == "markers":
            assert np.all(np.isfinite(trace["x"]))
    parts = lesson.why(scene)
    assert all(not isinstance(part, str) or "nan" not in part for part in parts)


def test_the_stage_shows_no_mixed_model_and_no_robust_error() -> None:
    drawn = lesson.stage(LOOK, Answer()).figure
    assert not {"mixed", "robust"} & {trace["meta"]["role"] for trace in drawn["data"]}
