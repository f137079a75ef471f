"""The famous puzzles: posted digits, stored solutions, and the page without a browser."""

from __future__ import annotations

import json

import pytest

from engine.data.formula.grammar import parse
from engine.figures.picture import picture
from engine.words.numbers import with_decimals
from pages.parts.puzzles import answer
from pages.parts.puzzles.book import PUZZLES, puzzle_of
from pages.parts.puzzles.puzzle import Change, Puzzle, decimals_of
from tests.engine.reference import FOLDER
from tests.pages.screen import address, figures, opened

PAGE = "practise/puzzles.py"
by_id = pytest.mark.parametrize("puzzle", PUZZLES, ids=lambda puzzle: puzzle.id)
# R's values: those of the puzzle itself, or of the same rows under R's own names.
IN_R = {
    puzzle.id: FOLDER / f"{puzzle.example}.json"
    for puzzle in PUZZLES
    if (FOLDER / f"{puzzle.example}.json").exists()
} | {"schools": FOLDER / "hsb_ses.json"}


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


@pytest.mark.parametrize("name", IN_R)
def test_posted_digits_are_those_of_r(name: str) -> None:
    found = json.loads(IN_R[name].read_text())
    as_r_says = {"estimate": "estimate", "error": "se", "t": "t"}
    for posted in puzzle_of(name).posted:
        for model, digits in (("ols", posted.ols), ("lmm", posted.mixed)):
            value = found[model]["coef"][posted.term][as_r_says[posted.quantity]]
            assert with_decimals(value, decimals_of(digits)) == digits


def test_r_has_computed_all_that_was_published_without_a_printout() -> None:
    assert set(IN_R) == {
        "schools", "86032", "public-capital", "gasoline", "split-plot", "zero-variance",
    }  # fmt: skip


@by_id
def test_a_goal_is_not_reached_by_itself_but_by_its_stored_solution(puzzle: Puzzle) -> None:
    assert not puzzle.is_solved(puzzle.fitted())
    assert puzzle.solution.moves >= 1
    assert puzzle.is_solved(puzzle.fitted(puzzle.solution))


def test_a_change_counts_each_thing_done_as_a_move() -> None:
    assert Change().moves == 0
    assert Change(("a", "b"), ("c",), centred=True, apart=1.5).moves == 5


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
        drawn = picture(puzzle.lines(puzzle.fitted()))
        assert drawn.count("<polyline") == 2
        assert "nan" not in drawn


@by_id
def test_a_puzzle_is_complete(puzzle: Puzzle) -> None:
    comparison = puzzle.fitted()
    assert puzzle.term in comparison.mixed.names
    assert puzzle.term in {posted.term for posted in puzzle.posted}
    assert puzzle.predictor in {"", *parse(puzzle.data.formula).predictors()}
    for told in (puzzle.question(comparison), puzzle.why(comparison), puzzle.keep):
        assert told
        assert "nan" not in told
