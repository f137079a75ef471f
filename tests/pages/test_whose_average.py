"""Whose average?: what the lesson says of its schools and clinics, and the reply to each belief."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pages.learn import whose_average as lesson
from pages.parts.lesson.commit import Answer
from pages.parts.lesson.lesson import RIGHT, STEPS, Look, Scene, Step
from pages.parts.theme import palette

LOOK = Look(palette(), 560)


def scene(
    step: Step = "reveal", answer: tuple[float, float] | None = None, **set_to: float
) -> lesson.Here:
    state = lesson.LESSON.at(step, **{"step": step, **set_to})
    given = None if answer is None else Answer(dict(zip(lesson.ASKED_BY, answer, strict=True)))
    return Scene(step, state, lesson.result(state), given, LOOK)


@pytest.mark.parametrize(
    ("parent", "minister", "idea"),
    [
        (55.9, 65.3, RIGHT),
        (54.5, 67.0, RIGHT),
        (56.0, 56.0, "grand-mean"),
        (65.0, 66.0, "mean-of-means"),
        (60.6, 60.6, "one-average"),
        (65.3, 55.9, "averages-swapped"),
        (75.0, 40.0, "averages-swapped"),
        (55.9, 70.0, "half-way"),
        (55.9, 60.0, "school-too-low"),
        (55.9, 80.0, "school-too-high"),
        (50.0, 65.3, "pupil-too-low"),
        (60.0, 65.3, "pupil-too-high"),
        (40.0, 80.0, "both-off"),
    ],
)
def test_every_answer_finds_its_belief(parent: float, minister: float, idea: str) -> None:
    assert lesson.belief_behind(parent, minister) == idea
    reply = lesson.reply(scene(answer=(parent, minister)))
    assert reply.idea == idea and reply.text != reply.again


def test_the_smallest_counter_example_is_of_two_schools() -> None:
    text = lesson.reply(scene(answer=(56.0, 56.0))).text
    assert "A and F alone, of 120 and 2 pupils: the average pupil is 52.6" in text
    assert "the average school 70.0" in text


def test_answers_that_differ_a_little_are_not_called_the_same() -> None:
    for answer in ((55.9, 57.0), (64.9, 65.3), (60.0, 61.0)):
        assert lesson.reply(scene(answer=answer)).text.startswith("You give both about the ")


def test_pupils_of_the_schools_that_lift_the_average_school_are_counted() -> None:
    text = lesson.reply(scene(answer=(65.3, 55.9))).text
    assert "the 4 schools above 55.9 hold only 64 of the 192 pupils" in text


def test_splitting_a_school_moves_no_pupil_and_no_row() -> None:
    whole = lesson.schools()
    for parts in range(1, lesson.MOST_PARTS + 1):
        here = lesson.schools(parts)
        assert here.beam.ols == pytest.approx(whole.beam.ols)
        np.testing.assert_array_equal(here.rows.outcome, whole.rows.outcome)
        assert sorted(j for band in here.bands for j in band.clusters) == [*range(parts + 5)]
        assert here.beam.counts[list(here.bands[0].clusters)].sum() == 120
        # Neither average is hit.
        assert here.flags.of_rows < here.beam.mixed - 0.1 < here.flags.of_clusters - 0.2


@pytest.mark.parametrize("follows", [-0.8, -0.3, 0.0, 0.5, 0.8])
def test_where_level_follows_size_only_the_average_patient_moves(follows: float) -> None:
    here, before = lesson.clinics(follows, 0.5), lesson.clinics(0.0, 0.5)
    beam, flags = here.beam, here.flags
    assert flags.of_clusters == pytest.approx(before.flags.of_clusters)
    assert beam.means.std() == pytest.approx(before.beam.means.std())
    # The averages are apart by the covariance of size and level over the mean size.
    apart = np.cov(beam.counts, beam.means, bias=True)[0, 1] / beam.counts.mean()
    assert flags.of_rows - flags.of_clusters == pytest.approx(apart, abs=1e-9)
    assert np.sign(round(apart, 9)) == np.sign(follows)


@pytest.mark.parametrize("follows", [-0.8, 0.0, 0.8])
def test_rows_hit_the_average_patient_and_mean_of_means_the_average_clinic(follows: float) -> None:
    here = lesson.clinics(follows, lesson.TRUE_RATIO)
    assert here.beam.ols == pytest.approx(here.flags.of_rows)
    assert here.beam.of_clusters == pytest.approx(here.flags.of_clusters)
    assert abs(here.beam.mixed - here.flags.of_clusters) > 0.25
    assert abs(here.beam.mixed - here.flags.of_rows) > 0.25
    drawn = np.bincount(here.rows.cluster, here.rows.outcome) / np.bincount(here.rows.cluster)
    assert drawn == pytest.approx(here.beam.means)


def test_rows_lie_on_the_axis() -> None:
    low, high = lesson.AXIS
    for follows in np.arange(-8, 9) / 10.0:
        rows = lesson.clinics(float(follows), 0.5).rows.outcome
        assert low < rows.min() and rows.max() < high


def test_the_misread_flag_walks_off() -> None:
    split = lesson.schools(lesson.MOST_PARTS)
    nearer = abs(split.beam.mixed - split.flags.of_rows)
    assert nearer < abs(split.beam.mixed - split.flags.of_clusters)
    said = lesson.misread()
    assert "is at 56.5: 0.6 from the average pupil and 0.8 from the average school" in said
    assert "it is at 57.5" in said


def test_averages_can_agree_with_the_mixed_model_away_from_both() -> None:
    assert lesson.outside(scene("do", follows=0.0, ratio=0.04))
    assert not lesson.outside(scene("do", follows=0.0, ratio=math.inf))
    assert not lesson.outside(scene("do", follows=-0.2, ratio=0.04))
    assert not lesson.walked_off(scene("do", follows=0.0, ratio=0.0))


@pytest.mark.parametrize("ratio", [0.0, 0.5, math.inf])
@pytest.mark.parametrize("parts", [1, 3, 10])
def test_everything_can_be_said_at_the_ends_of_the_controls(ratio: float, parts: int) -> None:
    for step in STEPS[1:]:
        here = scene(step, (50.0, 60.0), ratio=ratio, parts=parts, follows=-0.8)
        said = [lesson.figure(here).words, lesson.reveal(here)]
        said += [part for part in lesson.why(here) if isinstance(part, str)]
        assert not any("nan" in text or "inf" in text for text in said)


def test_answers_are_drawn_where_they_are_compared() -> None:
    for step in STEPS[1:]:
        roles = {
            each["meta"]["role"] for each in lesson.figure(scene(step, (50.0, 60.0))).figure["data"]
        }
        assert ("answer" in roles) == (step == "reveal") == ("gap" in roles)
    moved = lesson.figure(scene("reveal", (50.0, 60.0), parts=4)).figure["data"]
    assert "gap" not in {each["meta"]["role"] for each in moved}


def test_the_stage_shows_no_average() -> None:
    drawn = lesson.stage(LOOK, Answer()).figure
    assert {each["meta"]["role"] for each in drawn["data"]} == {"rows", "own", "beams"}
