"""The puzzle for a projector, without a browser: what is in the page at which step."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.printout import PuzzleState
from pages.parts.puzzle_lecture import beside
from tests.pages.screen import address, by_role, figures, opened

BARS = 6
ASK = PuzzleState(view="lecture")
# The mixed model's estimates, standard errors and variances, as printed.
OUTCOME = ("0.719", "-0.097682", "−0.098", "0.0633", "0.002375", "0.09619", "0.45352", "0.6734")


def lecture(**query: str) -> AppTest:
    page = opened("main.py", view="lecture", **query)
    assert not page.exception, page.exception
    return page


def press(page: AppTest, key: str = "lesson-next") -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception, page.exception
    return page


def everything(page: AppTest) -> str:
    """Return all that the page holds, as text."""
    parts = [str(element.proto) for element in page if hasattr(element, "proto")]
    return "\n".join([*parts, json.dumps(figures(page))])


def drawn_bars(page: AppTest) -> int:
    return sum(x is not None for x in by_role(figures(page)[0])["bars"]["x"])


def steps() -> Iterator[PuzzleState]:
    state: PuzzleState | None = ASK
    while state is not None:
        yield state
        state = beside(state, 1, BARS)


def test_every_bar_is_a_step_and_back_undoes_each() -> None:
    walked = list(steps())
    assert [state.step for state in walked[:3]] == ["ask", "figure", "reveal"]
    assert [state.bars for state in walked[3:-1]] == list(range(BARS + 1))
    assert walked[-1] == replace(ASK, step="why")
    for before, after in pairwise(walked):
        assert beside(after, -1, BARS) == before
    assert beside(ASK, -1, BARS) is None


@pytest.mark.parametrize("step", ["ask", "figure"])
def test_nothing_of_the_mixed_model_is_in_the_page_before_its_step(step: str) -> None:
    found = everything(lecture(step=step))
    assert not [number for number in OUTCOME if number in found]
    assert "0.719139" in everything(lecture(step="reveal"))


def test_the_other_printout_is_uncovered_at_its_step() -> None:
    page = lecture()
    assert [block.value.split("\n")[0] for block in page.code] == ["Coefficients:"]
    press(press(page))
    assert address(page) == {"view": "lecture", "step": "reveal"}
    lm, lmer = (block.value for block in page.code)
    assert "(Intercept)    0.583864   0.001941  300.83" in lm
    assert "(Intercept)    0.719139   0.063388   11.35" in lmer


def test_the_ledger_builds_up_bar_by_bar_with_a_sentence_each() -> None:
    page = lecture(step="ledger")
    said = []
    for bar in range(1, BARS + 1):
        press(page)
        assert drawn_bars(page) == bar
        said.append(page.markdown[0].value.replace("\\", ""))
    assert "Cluster 2 lies 0.414 below the OLS line and loses weight, from 30% to 4.2%" in said[0]
    assert said[-1].startswith("The 19 other clusters together")
    assert said[-1].endswith("the estimate is at 0.719, where the mixed model has it.")
    assert len(set(said)) == BARS
    press(page, "lesson-back")
    assert drawn_bars(page) == BARS - 1
    assert address(page) == {"view": "lecture", "step": "ledger", "bars": "5"}
    press(press(page))
    assert address(page) == {"view": "lecture", "step": "why"}
    press(page, "lesson-back")
    assert drawn_bars(page) == BARS


@pytest.mark.parametrize(("bars", "drawn"), [("2", 2), ("99", BARS), ("-1", 0), ("x", 0)])
def test_an_address_opens_the_ledger_at_a_bar(bars: str, drawn: int) -> None:
    page = lecture(step="ledger", bars=bars)
    assert drawn_bars(page) == drawn
    if drawn:
        assert drawn_bars(press(page, "lesson-back")) == drawn - 1


def test_the_switch_leads_there_and_back_and_the_page_keeps_its_number() -> None:
    page = opened("main.py", number="lm.t.conditionstim")
    press(page, "lesson-view")
    assert address(page)["view"] == "lecture" and not page.selectbox
    press(page)
    press(page, "lesson-view")
    assert page.selectbox(key="puzzle.number").value == "lm.t.conditionstim"
    assert address(page) == {"number": "lm.t.conditionstim"}
