"""The famous puzzles: posted digits, stored solutions, and the page without a browser."""

from __future__ import annotations

import json
from collections import Counter
from typing import get_args

import numpy as np
import pytest

from engine.data.formula.grammar import parse
from engine.figures.picture import picture
from engine.words.numbers import with_decimals
from engine.words.verdict import one_sentence, sentence_about
from pages.parts.lesson.course import lessons
from pages.parts.puzzles import answer
from pages.parts.puzzles.book import PUZZLES, puzzle_of
from pages.parts.puzzles.change import UNCHANGED, Change, Tool
from pages.parts.puzzles.puzzle import Puzzle, decimals_of
from pages.parts.puzzles.show import way_to_your_data
from pages.parts.puzzles.state import posted_lines, posted_range
from pages.parts.source_controls import YourDataState
from pages.parts.theme import palette
from tests.engine.reference import FOLDER
from tests.pages.screen import address, by_role, figures, opened

PAGE = "practise/puzzles.py"
by_id = pytest.mark.parametrize("puzzle", PUZZLES, ids=lambda puzzle: puzzle.id)
# What R computes on the rows of each puzzle, by the name of its data (puzzles.R).
IN_R = json.loads((FOLDER / "puzzles.json").read_text())


@by_id
def test_the_engine_prints_every_posted_digit_but_where_lme4_stopped_too_early(
    puzzle: Puzzle,
) -> None:
    comparison = puzzle.fitted()
    for posted in puzzle.posted:
        ols, mixed = posted.here(comparison)
        assert ols == posted.ols
        if puzzle.id == "random-or-fixed":
            at_zero = float(comparison.dial.at(0.0).fixed_effects[1])
            assert with_decimals(at_zero, decimals_of(posted.mixed)) == posted.mixed
            assert mixed != posted.mixed
        else:
            assert mixed == posted.mixed


@by_id
def test_posted_digits_are_those_of_r(puzzle: Puzzle) -> None:
    found = IN_R[puzzle.example]
    assert parse(found["formula"]) == parse(puzzle.data.formula)
    as_r_says = {"estimate": "estimate", "error": "se", "t": "t"}
    for posted in puzzle.posted:
        for model, digits in (("ols", posted.ols), ("lmm", posted.mixed)):
            value = found[model]["coef"][posted.term][as_r_says[posted.quantity]]
            assert with_decimals(value, decimals_of(digits)) == digits


@by_id
def test_a_goal_is_not_reached_by_itself_but_by_its_stored_solution(puzzle: Puzzle) -> None:
    assert not puzzle.is_solved(puzzle.fitted())
    assert puzzle.solution.moves >= 1
    assert puzzle.is_solved(puzzle.fitted(puzzle.solution))


def tools_used(change: Change) -> tuple[str, ...]:
    return tuple(
        tool for tool in get_args(Tool) if getattr(change, tool) != getattr(UNCHANGED, tool)
    )


def test_puzzles_are_not_solved_all_alike() -> None:
    used = Counter(tools_used(puzzle.solution) for puzzle in PUZZLES)
    assert len(used) >= 6
    # Which clusters to drag, or to leave out, is found out anew in each; a switch solves one.
    assert all(used[kind] == 1 for kind in used if kind not in {("moved",), ("out",)})
    for puzzle in PUZZLES:
        assert set(tools_used(puzzle.solution)) <= set(puzzle.tools)


def test_a_change_counts_each_thing_done_as_a_move() -> None:
    assert UNCHANGED.moves == 0
    assert Change(out=("a", "b"), half=("c",), centred=True, apart=1.5).moves == 5
    # What was done to a cluster before it was left out is not to be seen any more.
    assert Change({"a": 1.0, "b": 2.0}, out=("b",), half=("b",)).moves == 2


def test_dragged_clusters_agree_in_a_balanced_plan_wherever_they_stand() -> None:
    even = puzzle_of("33995-even")
    assert not even.is_solved(even.fitted(Change({"1": 9.0, "7": 5.0})))


def test_equal_sizes_do_not_make_the_slopes_of_the_schools_agree() -> None:
    schools = puzzle_of("schools")
    assert not schools.is_solved(schools.fitted(Change(equal=True)))


def test_the_mixed_model_ends_short_of_the_slope_inside_or_beyond_it_as_is_said() -> None:
    beyond = {
        puzzle.id for puzzle in PUZZLES if "a little beyond it" in puzzle.why(puzzle.fitted())
    }
    assert beyond == {"366001"}


def test_in_the_uneven_table_cluster_6_alone_holds_both_conditions() -> None:
    moments = puzzle_of("33995-uneven").fitted().moments
    varying = moments.scatter[:, 1, 1] > 0.0
    assert [level for level, varies in zip(moments.levels, varying, strict=True) if varies] == ["6"]


# A line, a choice, and a model of several predictors.
KINDS = ("161703", "split-plot", "public-capital")


@pytest.mark.parametrize(
    "puzzle",
    [
        pytest.param(puzzle, id=puzzle.id, marks=[pytest.mark.slow] * (puzzle.id not in KINDS))
        for puzzle in PUZZLES
    ],
)
def test_before_the_answer_nothing_holds_the_mixed_fit(
    puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, shown = answer.puzzle_figure, []

    def watched(*given: object, mixed: bool = True, **more: object) -> object:
        shown.append(mixed)
        return real(*given, mixed=mixed, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(answer, "puzzle_figure", watched)
    page = opened(PAGE, puzzle=puzzle.id)
    assert not page.exception
    assert shown == [False]
    roles = [trace["meta"]["role"] for trace in figures(page)[0]["data"]]
    assert "ols" in roles
    assert "mixed" not in roles
    said = " ".join(str(part.value) for part in [*page.markdown, *page.caption])
    for posted in puzzle.posted:
        if posted.mixed != posted.ols:
            assert posted.mixed not in said


@by_id
def test_an_answer_as_right_as_can_be_has_room(puzzle: Puzzle) -> None:
    """Both ends of the mixed model's line lie where a hand can bring those of the answer."""
    if puzzle.choices is None:
        ends = posted_lines(puzzle.id).mixed[0, [0, -1]]
        low, high = posted_range(puzzle.id)
        assert low < ends.min()
        assert ends.max() < high


def test_a_line_is_answered_and_compared_and_the_address_keeps_it() -> None:
    page = opened(PAGE, puzzle="161703")
    assert not page.table
    typed = {field.label: field for field in page.number_input}
    typed["Left end of your line"].set_value(3.0).run()
    typed = {field.label: field for field in page.number_input}
    typed["Right end of your line"].set_value(7.0).run()
    next(button for button in page.button if button.label == "That is my answer").click().run()
    assert not page.exception
    said = [part.value for part in page.markdown]
    assert any("nearest to the mixed model" in each for each in said)
    # Both models, and what was answered.
    assert {trace["meta"]["role"] for trace in figures(page)[0]["data"]} >= {
        "ols", "mixed", "answer",
    }  # fmt: skip
    assert address(page)["puzzle"] == "161703"
    assert address(page)["answer"] == "left:3,right:7"


def test_a_choice_is_answered() -> None:
    page = opened(PAGE, puzzle="split-plot")
    page.radio[0].set_value("larger").run()
    next(button for button in page.button if button.label == "That is my answer").click().run()
    assert any("Those of a do" in part.value for part in page.markdown)


def test_the_goal_is_played_to_its_end_and_the_gallery_knows() -> None:
    page = opened(PAGE, puzzle="33995-uneven", answer="skip")
    assert not page.success
    page.multiselect[0].set_value(["5", "6"]).run()
    assert [part.value for part in page.success] == ["They agree, after 2 moves."]
    assert address(page)["out"] == "5~6"
    next(button for button in page.button if button.label == "All puzzles").click().run()
    assert "✓ solved in 2 moves" in [part.value for part in page.markdown]


def test_an_address_that_agrees_solves_nothing_for_who_opens_it_until_it_is_left() -> None:
    page = opened(PAGE, puzzle="33995-uneven", answer="skip", out="5~6")
    assert [part.value for part in page.success] == ["They agree, after 2 moves."]
    recorded = "puzzle-33995-uneven"
    assert "progress" not in page.session_state
    page.multiselect[0].set_value([]).run()
    page.multiselect[0].set_value(["5", "6"]).run()
    assert page.session_state["progress"].of(recorded).solved == {"goal": 2}


def test_a_cluster_is_dragged_and_put_back() -> None:
    page = opened(PAGE, puzzle="random-or-fixed", answer="skip")
    for label, place, value in (("Cluster 3, 3 rows: mean of y", "2", 7.0), ("", "3", -7.0)):
        next(each for each in page.selectbox if each.label == "Move").set_value(place).run()
        assert (
            label in next(each for each in page.selectbox if each.label == "Move").options
            or not label
        )
        next(each for each in page.number_input if each.label == "to").set_value(value).run()
    assert [part.value for part in page.success] == [
        "They are closer together than 0.05, after 2 moves."
    ]
    assert address(page)["moved"] == "2:7,3:-7"
    # What one ring was moved by, its rows were too.
    rows = by_role(figures(page)[-1])["rows"]
    assert np.mean(np.array(rows["y"])[6:9]) == pytest.approx(7.0, abs=1e-6)
    next(button for button in page.button if button.label == "Put it back").click().run()
    assert address(page)["moved"] == "2:7"
    next(
        button for button in page.button if button.label == "Back to the posted rows"
    ).click().run()
    assert "moved" not in address(page)
    assert any("after 0 moves" in part.value for part in page.markdown)


def test_an_address_brings_dragged_clusters_back() -> None:
    page = opened(PAGE, puzzle="random-or-fixed", answer="skip", moved="2:7,3:-7,99:1")
    assert not page.exception
    assert page.success
    assert any("after 2 moves" in part.value for part in page.markdown)


@by_id
def test_an_answered_puzzle_leads_to_its_lesson_and_to_its_model_in_your_data(
    puzzle: Puzzle,
) -> None:
    assert puzzle.lesson in {lesson.id for lesson in lessons()}
    there = YourDataState.decode(way_to_your_data(puzzle))
    assert there.example == puzzle.example
    assert there.coefficient == puzzle.term
    assert puzzle.term in puzzle.fitted().mixed.names


def test_rows_that_have_no_answer_are_refused_in_words() -> None:
    page = opened(PAGE, puzzle="86032", answer="skip", out="a")
    assert not page.exception
    assert "single row" in page.warning[0].value


def test_the_gallery_shows_every_puzzle_with_where_it_was_asked() -> None:
    page = opened(PAGE)
    assert not page.exception
    assert [part.value for part in page.header] == [
        f"{place}. {puzzle.title}" for place, puzzle in enumerate(PUZZLES, 1)
    ]
    for puzzle in PUZZLES:
        drawn = picture(puzzle.lines(puzzle.fitted()), palette(), puzzle.title)
        assert drawn.count("<polyline") == 2
        # Both modes of the app, whatever the system's is.
        assert "light-dark(" in drawn
        assert "prefers-color-scheme" not in drawn
        assert "nan" not in drawn


def test_what_is_said_of_changed_rows_is_about_the_puzzles_own_coefficient() -> None:
    petrol = puzzle_of("gasoline")
    changed = petrol.fitted(petrol.solution)
    # Without the three countries, income is what moves most.
    assert one_sentence(changed).startswith("The coefficient of lincomep ")
    assert sentence_about(changed, petrol.term).startswith("The coefficient of lrpmg rises from ")


@by_id
def test_a_puzzle_is_complete(puzzle: Puzzle) -> None:
    comparison = puzzle.fitted()
    assert puzzle.term in comparison.mixed.names
    assert puzzle.term in {posted.term for posted in puzzle.posted}
    assert puzzle.predictor in {"", *parse(puzzle.data.formula).predictors()}
    for told in (puzzle.question(comparison), puzzle.why(comparison), puzzle.keep):
        assert told
        assert "nan" not in told
