"""The challenges: stored solutions are played, and what is said comes from the numbers."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from engine.challenges import CHALLENGES, Challenge, Condition, Played, Setup
from engine.simulation import FIELDS, Scenario

by_id = pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda challenge: challenge.id)
# Where a ring can be put: steps of an arrow key, within the axis of the sandbox.
RING_STEP, HIGHEST = 0.05, 4.2


def after(challenge: Challenge) -> Setup:
    setup = Setup(challenge.start)
    for move in challenge.solution:
        setup = setup.after(move)
    return setup


@by_id
def test_the_start_is_no_solution_and_the_last_stored_move_is_what_reaches_the_goal(
    challenge: Challenge,
) -> None:
    setup = Setup(challenge.start)
    assert not challenge.reached(setup.played())
    for count, move in enumerate(challenge.solution, 1):
        setup = setup.after(move)
        assert setup.moves_from(challenge.start) == count
        assert challenge.reached(setup.played()) == (count == len(challenge.solution))
    assert challenge.allowed(setup) == setup


@by_id
def test_a_solution_comes_out_the_same_each_time_and_says_what_it_shows(
    challenge: Challenge,
) -> None:
    first, second = (after(challenge).played() for _ in range(2))
    assert challenge.so_far(first) == challenge.so_far(second)
    assert challenge.shows(first) == challenge.shows(second)
    assert "not yet" not in challenge.so_far(first)
    assert "nan" not in challenge.shows(first)
    # The numbers are those of these rows, not of the text.
    assert challenge.shows(first) != challenge.shows(Setup(challenge.start).played())
    assert "not yet" in challenge.so_far(Setup(challenge.start).played())


@by_id
def test_a_hand_can_make_every_move_of_a_solution(challenge: Challenge) -> None:
    assert len(challenge.controls) + challenge.rings >= 1
    assert len(challenge.controls) <= 3
    # A page says below a correlation why it has no effect, where another slider would stand.
    assert not any(name.endswith("correlation") for name in challenge.controls[:-1])
    for name in challenge.controls:
        low, high, _ = FIELDS[name].slider
        assert low <= getattr(challenge.start, name) <= high
    for what, value in challenge.solution:
        if isinstance(what, int):
            assert challenge.rings
            assert abs(value) <= HIGHEST
            steps = value / RING_STEP
        else:
            low, high, step = FIELDS[what].slider
            assert low <= value <= high
            steps = (value - low) / step
        assert math.isclose(steps, round(steps), abs_tol=1e-9)


def test_ids_are_unique_and_there_are_at_least_ten() -> None:
    assert len({challenge.id for challenge in CHALLENGES}) == len(CHALLENGES) >= 10


def test_a_move_is_what_stands_elsewhere_however_often_it_was_taken_up() -> None:
    start = Setup(Scenario())
    there = start.after(("share_spread", 0.5)).after(("share_spread", 0.7)).after((3, 1.0))
    assert there.moves_from(start.scenario) == 2
    assert there.after((3, 2.0)).moves_from(start.scenario) == 2
    back = there.after(("share_spread", start.scenario.share_spread))
    assert back.moves_from(start.scenario) == 1


def test_what_may_not_be_moved_stays_where_it_starts() -> None:
    challenge = next(each for each in CHALLENGES if each.controls and not each.rings)
    foreign = replace(challenge.start, seed=99)
    assert challenge.allowed(Setup(foreign, {1: 3.0})) == Setup(challenge.start)


def test_a_condition_is_met_as_printed() -> None:
    # 0.0104 is printed as 0.010, and 0.0106 as 0.011.
    assert Condition("Apart by", 0.0104, 3, most=0.01).met
    assert not Condition("Apart by", 0.0106, 3, most=0.01).met
    assert Condition("A share", 59.6, 0, 60.0).met
    assert not Condition("A share", 59.4, 0, 60.0).met
    # Exactly 0 is not what is printed as 0.
    assert Condition("τ²", 0.0, None, most=0.0).met
    assert not Condition("τ²", 1e-9, None, most=0.0).met


def test_a_condition_says_number_limit_and_whether_it_is_reached() -> None:
    assert (
        Condition("The slope is", -0.254, 2, most=-0.3).said
        == "The slope is −0.25 (at most −0.30: not yet)."
    )
    assert Condition("Kept", 81.2, 0, 80.0, unit="%").said == "Kept 81% (at least 80%: reached)."
    assert Condition("τ²", 0.0, None, most=0.0).said == "τ² 0 (exactly 0: reached)."
    missing = Condition("The slope is", math.nan, 2, least=0.3)
    assert missing.said == "The slope is none (at least 0.30: not yet)."


def played(challenge_id: str) -> Played:
    return after(next(each for each in CHALLENGES if each.id == challenge_id)).played()


def test_without_a_slope_through_the_cluster_means_there_is_none_to_reach() -> None:
    challenge = next(each for each in CHALLENGES if each.id == "opposite-slopes")
    # One size and one share: the cluster means of the predictor do not differ.
    same = Setup(replace(challenge.start, size_spread=0.0, share_spread=0.0)).played()
    assert math.isnan(challenge.conditions(same)[0].value)
    assert not challenge.reached(same)
