"""The challenges' page without a browser: every stored solution by its controls, and the record."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from engine.challenges import CHALLENGES, Challenge
from pages.parts.challenges.state import ChallengesState, at_start, start_of
from pages.parts.lesson.course import lessons
from tests.pages.screen import address, by_role, figures, opened

PAGE = "practise/challenges.py"
FIRST = CHALLENGES[0]
RINGS = next(each for each in CHALLENGES if each.rings and not each.controls)
# Tools of every kind: one slider, several, rings.
KINDS = {FIRST.id, "zero-variance", "less-shrinkage"}
each_challenge = pytest.mark.parametrize(
    "challenge",
    [
        pytest.param(each, id=each.id, marks=[pytest.mark.slow] * (each.id not in KINDS))
        for each in CHALLENGES
    ],
)


def play(page: AppTest, challenge: Challenge) -> None:
    for what, value in challenge.solution:
        if isinstance(what, int):
            page.selectbox[0].select(str(what)).run()
            page.number_input[0].set_value(value).run()
        else:
            page.slider(key=ChallengesState.key(what)).set_value(value).run()
        assert not page.exception, page.exception


def press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception, page.exception


def said(page: AppTest) -> str:
    parts = [*page.markdown, *page.caption, *page.success]
    return "\n".join(str(part.value) for part in parts).replace("\\", "")


@each_challenge
def test_a_stored_solution_is_played_with_the_controls_and_kept(challenge: Challenge) -> None:
    page = opened(PAGE, challenge=challenge.id)
    assert not page.exception
    assert not page.success
    assert "0 moves so far" in said(page)
    play(page, challenge)
    count = len(challenge.solution)
    moves = f"{count} move{'s' if count > 1 else ''}"
    assert page.success[0].value.startswith(f"**Solved, in {moves}.**")
    assert f"Your fewest: {count}." in said(page)
    links = [link.proto.label for link in page.get("page_link")]
    lesson = next(each for each in lessons() if each.id == challenge.lesson)
    assert any(label.endswith(lesson.title) for label in links)
    press(page, "All challenges")
    assert f"✓ solved in {moves}" in said(page)
    assert f"1 of {len(CHALLENGES)} are solved" in said(page)


def test_more_moves_than_before_are_not_kept_and_fewer_are() -> None:
    page = opened(PAGE, challenge="errors-both-ways")
    page.slider(key="challenges.residual").set_value(0.5).run()
    page.slider(key="challenges.share_spread").set_value(0.0).run()
    assert "Your fewest: 2." in said(page)
    page.slider(key="challenges.residual").set_value(1.0).run()
    # What was put back is no move.
    assert "Solved, in 1 move." in said(page)
    assert "Your fewest: 1." in said(page)
    page.slider(key="challenges.between").set_value(1.0).run()
    assert "Solved, in 2 moves." in said(page)
    assert "Your fewest: 1." in said(page)


def test_starting_again_puts_everything_back_and_next_leads_to_the_following_start() -> None:
    page = opened(PAGE, challenge=RINGS.id, moved="3:2.5")
    assert "1 move so far" in said(page)
    assert address(page) == {"challenge": RINGS.id, "moved": "3:2.5"}
    press(page, "Start again")
    assert "0 moves so far" in said(page)
    assert address(page) == {"challenge": RINGS.id}
    press(page, "Next challenge")
    following = CHALLENGES[CHALLENGES.index(RINGS) + 1]
    assert page.title[0].value.endswith(following.title)
    assert "0 moves so far" in said(page)
    assert address(page) == {"challenge": following.id}


def test_an_address_that_is_solved_shows_so_but_solves_nothing_for_who_opens_it() -> None:
    page = opened(PAGE, challenge="errors-both-ways", share_spread="0.4")
    assert "Solved, in 1 move." in said(page)
    assert "Your fewest" not in said(page)
    page.slider(key="challenges.share_spread").set_value(0.45).run()
    assert "Solved, in" in said(page)
    assert "Your fewest" not in said(page)  # the goal was never seen unreached here
    press(page, "All challenges")
    assert "✓" not in said(page)


def test_what_the_challenge_does_not_offer_cannot_be_set_by_an_address() -> None:
    plain = opened(PAGE, challenge="errors-both-ways")
    tampered = opened(PAGE, challenge="errors-both-ways", seed="77", rows="5", moved="1:3")
    assert "0 moves so far" in said(tampered)
    drawn = [by_role(figures(page)[0])["ols"]["y"] for page in (plain, tampered)]
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda challenge: challenge.id)
def test_the_shared_address_starts_from_the_same_data(challenge: Challenge) -> None:
    state = at_start(challenge.id)
    assert state.encode(start_of(state)) == {"challenge": challenge.id}
    again = ChallengesState.decode({"challenge": challenge.id}, start_of(state))
    assert again.setup.scenario == challenge.start
    assert not again.setup.means
    assert again.setup.moves_from(challenge.start) == 0


def test_the_share_box_holds_that_address() -> None:
    page = opened(PAGE, challenge=FIRST.id, share_spread="0.4")
    assert page.code[0].value.endswith(f"?challenge={FIRST.id}")


def test_an_unknown_challenge_is_the_gallery_which_shows_every_goal() -> None:
    page = opened(PAGE, challenge="no-such-thing")
    assert [part.value for part in page.header] == [
        f"{place}. {challenge.title}" for place, challenge in enumerate(CHALLENGES, 1)
    ]
    for challenge in CHALLENGES:
        assert challenge.goal in said(page)


def test_every_challenge_names_a_lesson_that_there_is() -> None:
    assert {challenge.lesson for challenge in CHALLENGES} <= {lesson.id for lesson in lessons()}


def test_another_page_takes_the_parameters_of_lessons_and_challenges_out_of_the_address() -> None:
    page = opened("learn/simulate.py")
    told = next(
        content["params"]
        for part in page.get("bidi_component")
        if part.proto.json and "params" in (content := json.loads(part.proto.json))
    )
    # Fields of pages that share a family: the challenges', and a lesson's own control.
    for param in ("challenge", "pupils"):
        assert told[param] is None
