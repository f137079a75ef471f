"""Tug of war: what the lesson says about its own clinics, and the reply to each belief."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.account.within_between import slope_path
from pages.learn import tug_of_war as lesson
from pages.parts.lesson.commit import Answer
from pages.parts.lesson.lesson import RIGHT, Look, Scene, Step
from pages.parts.theme import palette

RATIOS = np.concatenate([[0.0], np.geomspace(1e-4, 1e6, 121)])


def scene(step: Step = "reveal", answer: float | None = None, **set_to: float) -> lesson.Here:
    state = lesson.LESSON.at(step, step=step, **set_to)
    given = None if answer is None else Answer({"at": answer})
    return Scene(step, state, lesson.result(state), given, Look(palette(), 560))


def test_harm_inside_blessing_between_and_both_models_positive() -> None:
    here = lesson.outcome()
    assert here.ols.within == pytest.approx(-1.0)
    assert (
        here.ols.between is not None and here.ols.between > here.ols.slope > here.mixed.slope > 0.0
    )
    fits = lesson.both(lesson.SIZES, lesson.APART)
    assert fits.ols.estimates[1] == pytest.approx(here.ols.slope)
    assert fits.mixed.estimates == pytest.approx([here.mixed.intercept, here.mixed.slope])


def test_equal_sizes_part_the_slopes_even_more_and_the_slope_between_stands_still() -> None:
    here, equal = lesson.outcome(), lesson.pulled(sizes=1.0)
    assert len(set(equal.tug.counts.tolist())) == 1
    assert equal.ols.slope - equal.mixed.slope > here.ols.slope - here.mixed.slope
    path = slope_path(lesson.both(1.0, lesson.APART).dial, RATIOS)
    assert path is not None
    assert path.between == pytest.approx(path.between[0])
    assert np.all(np.diff(path.slope) <= 1e-12)


def test_with_unequal_sizes_the_slope_can_pass_beyond_lm_and_turn_back() -> None:
    path = slope_path(lesson.both(lesson.SIZES, lesson.MOST_APART).dial, RATIOS)
    assert path is not None
    assert path.slope.max() > path.slope[0] + 0.005
    assert path.slope[-1] == pytest.approx(path.within, abs=1e-3)


def test_the_inside_slope_is_reached_at_infinity_alone() -> None:
    far = lesson.pulled(math.inf)
    assert far.mixed.slope == pytest.approx(far.mixed.within, abs=1e-9)
    assert far.ratio == math.inf


@pytest.mark.parametrize(
    ("answer", "idea"),
    [
        (1.19, "grand-mean"),
        (-1.0, "confounding-gone"),
        (0.1, "middle-of-both"),
        (1.85, "between-alone"),
        (-1.6, "beyond-within"),
        (2.3, "wrong-way"),
        (3.0, "beyond-between"),
        (4.0, "beyond-between"),
        (0.8, "pulled-too-little"),
        (-0.5, "pulled-too-far"),
        (0.3, RIGHT),
    ],
)
def test_each_answer_has_its_reply(answer: float, idea: str) -> None:
    reply = lesson.reply(scene(answer=answer))
    assert reply.idea == idea
    assert reply.text and reply.again and reply.text != reply.again


@pytest.mark.parametrize("ratio", [0.0, 0.375, math.inf])
@pytest.mark.parametrize("sizes", [1.0, 10.0, 20.0])
@pytest.mark.parametrize("apart", [0.0, 0.1, 4.0, 10.0])
def test_every_setting_has_its_figure_its_sentence_and_its_why(
    ratio: float, sizes: float, apart: float
) -> None:
    for step in ("play", "why", "do"):
        here = scene(step, 0.5, ratio=ratio, sizes=sizes, apart=apart)
        drawing = lesson.figure(here)
        assert "nan" not in drawing.words and "None" not in drawing.words
        assert lesson.why(here)
        assert ("REML" in drawing.words) == (step != "play")


def test_the_challenges_can_be_reached_in_other_ways_too() -> None:
    assert not lesson.slopes_agree(scene("do", sizes=1.0))
    assert lesson.slopes_agree(scene("do", apart=0.0))
    # At a ratio of zero the intercepts agree as well.
    assert not lesson.slopes_agree(scene("do", ratio=0.0))
    assert lesson.signs_differ(scene("do", ratio=2.0))
    assert lesson.signs_differ(scene("do", apart=4.0))
