"""Within and between: the coefficients are those of the models, and what is said to each answer."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pytest

from engine import compare
from engine.data.examples import load
from engine.data.regroup import with_cluster_means
from engine.figures.base import PALETTES
from engine.words.typeset import Formula
from pages.learn import within_and_between as lesson
from pages.parts.lesson.commit import Answer
from pages.parts.lesson.lesson import RIGHT, Look, Scene, Step

LOOK = Look(PALETTES["light"], 560)


def scene(
    step: Step = "reveal", answer: dict[str, float] | None = None, **to: object
) -> lesson.Here:
    state = lesson.LESSON.at(step, step=step, **to)
    given = None if answer is None else Answer(answer)
    return Scene(step, state, lesson.result(state), given, LOOK)


def test_the_coefficients_are_those_that_both_models_print() -> None:
    rows = with_cluster_means(load(lesson.PUPILS), "school", ["ses"])
    found = compare(rows, "math ~ ses + mean_ses + (1 | school)")
    here = lesson.outcome()
    assert here.mean is not None
    for place, fit in enumerate((found.ols, found.mixed)):
        assert [here.own[place], here.mean[place]] == pytest.approx(fit.estimates[1:], rel=1e-8)
    without = lesson.both()
    assert lesson.asked().own == pytest.approx(
        (without.ols.estimates[1], without.mixed.estimates[1])
    )


@pytest.mark.parametrize("times", [0.0, 0.3, 20.0])
def test_at_any_ratio_the_coefficients_are_those_of_least_squares_there(times: float) -> None:
    here = lesson.model(True, times)
    rows = with_cluster_means(load(lesson.PUPILS), "school", ["ses"])
    dial = compare(rows, "math ~ ses + mean_ses + (1 | school)").dial
    assert here.context.mean is not None
    expected = dial.at(here.ratio).fixed_effects[1:]
    assert [here.context.own[1], here.context.mean[1]] == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(
    ("own", "mean", "idea"),
    [
        (2.2, 3.7, RIGHT),
        (2.15, 3.5, RIGHT),
        (2.4, 3.7, "confounding-gone"),
        (2.4, 5.9, "confounding-gone"),
        (3.2, 0.0, "grand-mean"),
        (5.9, 0.0, "between-alone"),
        (1.2, 1.2, "shared-effect"),
        (-1.0, 3.7, "shared-effect"),
        (2.8, 3.0, "takes-nothing-over"),
        (7.0, 3.0, "takes-nothing-over"),
        (2.2, 5.9, "steep-line"),
        (2.2, 0.1, "one-slope"),
        (2.2, 2.2, "context-too-small"),
        (2.2, 4.6, "context-too-large"),
        (2.2, 7.0, "context-too-large"),
    ],
)
def test_each_answer_has_its_reply(own: float, mean: float, idea: str) -> None:
    reply = lesson.reply(scene(answer={"own": own, "mean": mean}))
    assert reply.idea == idea
    assert reply.text and reply.again and reply.text != reply.again


def test_what_is_said_and_drawn_of_the_outcome_agrees_to_the_last_digit() -> None:
    """The contextual effect is 3.6750018: with other decimals it would be another number."""
    here = scene("why")
    (formula,) = (part for part in lesson.why(here) if isinstance(part, Formula))
    assert formula.spoken.endswith(" equals 5.87 minus 2.19 equals 3.68")
    drawn = str(lesson.figure(here).figure)
    assert "mixed 3.68" in drawn and "between 5.87" in drawn
    for own, mean in itertools.product((-1.0, 1.2, 2.2, 2.4, 2.8, 3.2, 5.9), repeat=2):
        text = lesson.reply(scene(answer={"own": own, "mean": mean})).text
        # What lies near them, and is not theirs: the slope between without the mean, and 3.675.
        assert not re.search(r"5\.88|5\.9\d?|3\.67", text)


def test_the_reveal_says_answer_and_outcome_of_both_models() -> None:
    assert lesson.reveal(scene(answer={"own": 2.4, "mean": 5.9})) == (
        "You: 2.40 and 5.90. The mixed model says 2.19 for own SES and 3.68 for mean SES, OLS "
        "2.19 and 3.53."
    )
    assert lesson.reveal(scene()).startswith("The mixed model says 2.19")


@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("times", [0.0, 1.0 / 99.0, 1.0, 19.0, math.inf])
def test_every_setting_has_its_figure_its_sentence_and_its_why(mean: bool, times: float) -> None:
    for step in ("play", "why", "do"):
        here = scene(step, {"own": 2.4, "mean": 5.9}, mean=mean, times=times)
        drawing = lesson.figure(here)
        assert "nan" not in drawing.words and "0.1%" not in drawing.words
        assert ("makes the mixed model the same as OLS" in drawing.words) == (times == 0.0)
        told = [part for part in lesson.why(here) if isinstance(part, str)]
        assert told and not [part for part in told if "over 99.9%" in part or "nan" in part]
        x, y = here.result.context.places.T
        assert np.all((x > lesson.SES[0]) & (x < lesson.SES[1]))
        assert np.all((y > lesson.SCORES[0]) & (y < lesson.SCORES[1]))


def test_the_first_challenge_needs_a_ratio_far_beyond_that_of_the_data() -> None:
    assert not lesson.little_is_left(scene("do"))
    assert not lesson.little_is_left(scene("do", mean=True, times=19.0))
    assert lesson.little_is_left(scene("do", times=math.inf))
    assert lesson.how_little(scene("do", times=math.inf)).startswith("Nothing is left at ρ = ∞")
    assert not lesson.little_is_left(scene("do", times=9.0))


def test_the_second_challenge_is_about_the_coefficient_of_the_mean_alone() -> None:
    assert not lesson.context_is_low(scene("do", times=0.0))
    assert not lesson.context_is_low(scene("do", mean=True))
    assert not lesson.context_is_low(scene("do", mean=True, times=math.inf))
    assert lesson.context_is_low(scene("do", mean=True, times=0.0))
