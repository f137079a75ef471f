"""Your data without a browser: every example, the controls, and what can go wrong."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine import compare, read
from engine.account.headline import headline
from engine.data.examples import EXAMPLES, Example, load
from engine.words.verdict import paragraphs
from tests.pages.screen import address, assert_sound, by_role, figures, opened, table

DATA = Path(__file__).resolve().parents[2] / "data"
SLEEP = Path(__file__).resolve().parents[1] / "reference" / "sleepstudy_slopes.json"
PAGE = "consult/your_data.py"


def with_file(name: str, content: bytes) -> AppTest:
    test = opened(PAGE)
    test.file_uploader[0].set_value((name, content, "text/csv")).run()
    return test


def choose(test: AppTest, outcome: str, cluster: str, *predictors: str) -> AppTest:
    by_label = {box.label: box for box in test.selectbox}
    by_label["Outcome"].set_value(outcome)
    by_label["Cluster"].set_value(cluster).run()
    test.multiselect[0].set_value(list(predictors)).run()
    return test


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_example_opens_with_its_model_and_all_that_is_to_be_said(example: Example) -> None:
    test = opened(PAGE, example=example.title)
    assert_sound(test)
    assert example.formula in test.code[0].value
    _, *findings = paragraphs(compare(load(example.name), example.formula))
    lists = [block.value for block in test.markdown if re.match(r"- \w", block.value)]
    assert sum(len(shown.split("\n- ")) for shown in lists) == len(findings)


def test_high_school_and_beyond_shows_what_r_prints() -> None:
    content = (DATA / "high_school_and_beyond.csv").read_bytes()
    test = choose(with_file("hsb.csv", content), "math", "school", "ses")
    assert_sound(test)
    # tests/reference/hsb_ses.json: 3.1839 (0.0972) by lm, 2.3902 (0.1057) by lmer.
    ols, mixed, *_ = table(test)["ses"].values()
    assert ols == "3.184 (0.097)"
    assert mixed == "2.390 (0.106)"


def test_categorical_predictors_get_a_category_axis() -> None:
    content = (DATA / "high_school_and_beyond.csv").read_bytes()
    test = choose(with_file("hsb.csv", content), "math", "school", "sector")
    assert_sound(test)
    assert figures(test)[0]["layout"]["xaxis"]["ticktext"] == ["Catholic", "Public"]
    assert "sectorPublic" in table(test)


def test_two_predictors_offer_a_choice_of_axis_and_interactions() -> None:
    test = opened(PAGE, example="Growing jaws")
    test.checkbox[0].set_value(False).run()
    assert_sound(test)
    assert "age:SexMale" not in table(test)
    test.checkbox[0].set_value(True).run()
    assert "age:SexMale" in table(test)
    along = next(box for box in test.selectbox if box.label == "Show along")
    along.set_value("Sex").run()
    assert_sound(test)
    assert figures(test)[0]["layout"]["xaxis"]["ticktext"] == ["Female", "Male"]


def test_no_predictor_is_a_model_too() -> None:
    test = opened(PAGE, example="Sleep deprivation")
    test.multiselect[0].set_value([]).run()
    assert_sound(test)
    assert list(table(test))[0] == "(Intercept)"


def test_a_typed_formula_is_fitted_and_a_wrong_one_pointed_at() -> None:
    test = opened(PAGE, example="Sleep deprivation")
    test.toggle[0].set_value(True).run()
    test.text_input[0].set_value("Reaction ~ 0 + Days + (1 | Subject)").run()
    assert_sound(test)
    assert "(Intercept)" not in table(test)
    test.text_input[0].set_value("Reaction ~ log(Days) + (1 | Subject)").run()
    assert not test.exception
    assert "function call" in test.error[0].value
    assert test.code[0].value.splitlines()[1].index("^") == len("Reaction ~ ")
    test.text_input[0].set_value("Reaction ~ Days + (1 | Subject)").run()
    assert_sound(test)


def test_the_page_asks_for_what_is_there_to_be_filled_in() -> None:
    test = with_file("rows.csv", ROWS)
    (asked,) = [info.value for info in test.info]
    assert "Choose an outcome" in asked
    test.toggle[0].set_value(True).run()
    (asked,) = [info.value for info in test.info]
    assert "Type a formula" in asked


def test_ones_own_file_is_the_first_thing_the_page_asks_for() -> None:
    labels = [label for each in opened(PAGE).main if (label := getattr(each, "label", ""))]
    assert labels.index("A file of yours") == 0, labels


def test_a_file_is_the_data_at_once_and_examples_are_there_again() -> None:
    test = opened(PAGE)
    assert_sound(test)
    assert any("not stored" in caption.value for caption in test.caption)
    test.file_uploader[0].set_value(("rows.csv", ROWS, "text/csv")).run()
    assert test.selectbox(key="your-data.example").value == "file"
    assert any("30 rows, 5 columns" in caption.value for caption in test.caption)
    test.selectbox(key="your-data.example").set_value("sleepstudy").run()
    assert_sound(test)
    test.selectbox(key="your-data.example").set_value("file").run()
    assert any("30 rows, 5 columns" in caption.value for caption in test.caption)


def test_a_file_is_read_once_a_visit_and_shared_with_no_other_visit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read_names = []

    def counted(content: Any, name: str) -> pd.DataFrame:
        read_names.append(name)
        return read(content, name)

    monkeypatch.setattr("pages.parts.source_controls.read", counted)
    for visits in (1, 2):
        test = with_file("mine.csv", ROWS)
        test.run()
        assert len(read_names) == visits


def test_a_file_of_another_kind_is_answered_with_what_to_do() -> None:
    test = with_file("table.xlsx", b"PK\x03\x04")
    assert "Save the table as CSV" in test.error[0].value


def test_old_addresses_of_ones_own_file_ask_for_it() -> None:
    for address_of_file in ("file", "A file of yours"):
        test = opened(PAGE, example=address_of_file, file="mine.csv")
        assert "mine.csv" in test.info[0].value.replace("\\", "")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"a,b\n", "no rows"),
        (b"a,b\n1,2\n1,2,3\n", "Line 3"),
        (b"\x00\x01\x02\xff", "table"),
    ],
    ids=["empty", "header only", "ragged", "binary"],
)
def test_an_unreadable_file_gets_a_sentence_and_the_page_goes_on(
    content: bytes, message: str
) -> None:
    test = with_file("data.csv", content)
    assert not test.exception
    assert message in test.error[0].value
    test.selectbox(key="your-data.example").set_value("sleepstudy").run()
    assert_sound(test)


ROWS = b"y,x,one,who,day\n" + b"".join(
    f"{i % 7 + i / 10},{'' if i == 3 else i % 4},same,p{i % 5},word\n".encode() for i in range(30)
)


@pytest.mark.parametrize(
    ("outcome", "cluster", "message"),
    [("y", "one", "at least two clusters"), ("day", "who", "numbers")],
)
def test_a_column_that_cannot_serve_gets_a_sentence(
    outcome: str, cluster: str, message: str
) -> None:
    test = choose(with_file("rows.csv", ROWS), outcome, cluster)
    assert not test.exception
    assert message in test.error[0].value
    choose(test, "y", "who", "x")
    assert_sound(test)


def test_missing_values_are_dropped_and_counted() -> None:
    test = choose(with_file("rows.csv", ROWS), "y", "who", "x")
    assert_sound(test)
    assert any("1 row of 30" in caption.value for caption in test.caption)


def test_both_fits_stand_there_as_r_prints_them() -> None:
    test = opened(PAGE, example="High School and Beyond")
    lm, lmer = (code.value for code in test.code[1:3])
    # tests/reference/hsb_ses.lm.txt and hsb_ses.lmer.txt, where the columns have other names.
    assert "Residual standard error: 6.416 on 7183 degrees of freedom" in lm
    assert "REML criterion at convergence: 46645.2" in lmer
    assert "Number of obs: 7185, groups:  school, 160" in lmer


def test_random_slopes_are_fitted_printed_and_drawn() -> None:
    test = opened(PAGE, example="Sleep deprivation")
    test.toggle[0].set_value(True).run()
    test.text_input[0].set_value("Reaction ~ Days + (1 + Days | Subject)").run()
    assert not test.exception
    assert not test.error
    # tests/reference/sleepstudy_slopes.json: 251.405 (6.825), 10.467 (1.546).
    assert list(table(test)["Days"].values()) == ["10.5 (1.2)", "10.5 (1.5)", "0.0"]
    assert any("Subject  (Intercept)" in code.value for code in test.code)
    lines = by_role(figures(test)[0])["clusters"]
    slopes = np.diff(np.reshape(lines["y"], (18, 3))[:, :2].astype(float))[:, 0] / 9.0
    # lme4's effects of the subjects' slopes in the same file, on top of 10.467.
    effects = np.array(json.loads(SLEEP.read_text())["lmm"]["ranef"]["b"])[:, 1]
    assert slopes == pytest.approx(effects + 10.46729, abs=2e-3)


def test_names_full_of_markup_are_shown_as_they_are() -> None:
    rows = "y,a_*b*_$x$,g:red[h]\n" + "".join(
        f"{i % 7 + i / 10},{i % 4 + i % 3},c{i % 5}\n" for i in range(40)
    )
    test = choose(with_file("odd.csv", rows.encode()), "y", "g:red[h]", "a_*b*_$x$")
    assert_sound(test)
    assert "`a_*b*_$x$`" in table(test)


def test_the_model_picked_is_in_the_address_and_opens_from_it() -> None:
    first = opened(PAGE, example="orthodont")
    assert address(first) == {"example": "orthodont"}
    first.multiselect[0].set_value(["Sex", "age"]).run()
    first.checkbox[0].set_value(False).run()
    assert address(first) == {
        "example": "orthodont",
        "formula": "distance~Sex+age+(1|Subject)",
    }
    second = opened(PAGE, **address(first))
    assert table(second) == table(first)
    assert second.multiselect[0].value == ["Sex", "age"]
    assert not second.toggle[0].value
    first.multiselect[0].set_value(["age", "Sex"]).run()
    first.checkbox[0].set_value(True).run()
    assert address(first) == {"example": "orthodont"}


@pytest.mark.parametrize(
    "formula",
    [
        "Reaction~Days+(1+Days|Subject)",
        "Reaction~0+Days+(1|Subject)",
        "Reaction~Nights+(1|Subject)",
        "Reaction~log(Days)+(1|Subject)",
        "Reaction Days",
    ],
)
def test_a_model_that_cannot_be_picked_opens_as_text_and_never_as_another(formula: str) -> None:
    test = opened(PAGE, example="sleepstudy", formula=formula)
    assert not test.exception
    assert test.toggle[0].value
    assert test.text_input[0].value.replace(" ", "") == formula.replace(" ", "")
    assert not test.multiselect
    assert address(test)["formula"] == formula.replace(" ", "%20")
    assert test.error or "(Intercept)" not in table(test) or "1+Days" in formula


def test_giving_up_a_text_that_cannot_be_picked_goes_back_to_the_examples_own_model() -> None:
    test = opened(PAGE, example="sleepstudy", formula="Reaction~Days+(1+Days|Subject)")
    test.toggle[0].set_value(False).run()
    assert_sound(test)
    assert test.code[0].value == "Reaction ~ Days + (1 | Subject)"
    assert address(test) == {"example": "sleepstudy"}


def test_picks_are_the_text_that_typing_starts_from_and_the_other_way_round() -> None:
    test = opened(PAGE, example="orthodont")
    test.multiselect[0].set_value(["Sex"]).run()
    test.toggle[0].set_value(True).run()
    assert test.text_input[0].value == "distance ~ Sex + (1 | Subject)"
    test.text_input[0].set_value("distance ~ age + (1|Subject)").run()
    test.toggle[0].set_value(False).run()
    assert test.multiselect[0].value == ["age"]
    assert test.code[0].value == "distance ~ age + (1 | Subject)"


def test_every_data_set_is_found_as_it_was_left() -> None:
    test = opened(PAGE, example="orthodont")
    test.multiselect[0].set_value(["Sex"]).run()
    test.selectbox(key="your-data.example").set_value("sleepstudy").run()
    assert test.code[0].value == "Reaction ~ Days + (1 | Subject)"
    test.selectbox(key="your-data.example").set_value("orthodont").run()
    assert test.code[0].value == "distance ~ Sex + (1 | Subject)"
    assert address(test)["formula"] == "distance~Sex+(1|Subject)"


def test_columns_with_blanks_in_their_names_come_back_from_the_address() -> None:
    rows = ROWS.replace(b"y,x,one,who,day", b"the y,an x,one,who is%it,day")
    first = choose(with_file("rows.csv", rows), "the y", "who is%it", "an x")
    said = address(first)
    assert not any(" " in value for value in said.values())
    second = opened(PAGE, **said)
    assert "rows.csv" in second.info[0].value.replace("\\", "")
    second.file_uploader[0].set_value(("rows.csv", rows, "text/csv")).run()
    assert_sound(second)
    assert table(second) == table(first)
    assert address(second) == said


def test_a_file_that_is_taken_away_is_forgotten() -> None:
    test = choose(with_file("rows.csv", ROWS), "y", "who", "x")
    assert address(test)["file"] == "rows.csv"
    test.file_uploader[0].set_value([]).run()
    assert "Choose a CSV" in test.info[0].value
    assert "file" not in address(test)


def test_the_axis_in_the_address_is_the_one_shown() -> None:
    test = opened(PAGE, example="orthodont", along="Sex")
    assert figures(test)[0]["layout"]["xaxis"]["ticktext"] == ["Female", "Male"]
    assert address(test) == {"example": "orthodont", "along": "Sex"}
    other = opened(PAGE, example="orthodont", along="no such column")
    assert address(other) == {"example": "orthodont"}


@pytest.mark.parametrize(
    "random", ["(1 | who)", "(1 + x | who)", "(1 + x || who)", "(0 + x | who)"]
)
def test_every_model_comes_with_its_notices(random: str) -> None:
    test = with_file("rows.csv", ROWS)
    test.toggle[0].set_value(True).run()
    assert "outcome ~ predictor" in test.info[0].value
    test.text_input[0].set_value(f"y ~ x + {random}").run()
    assert not test.error
    said = [caption.value.replace("\\", "") for caption in test.caption]
    assert "1 row of 30 was left out for missing values (“x” 1)." in said


def test_a_file_without_a_model_has_nothing_of_another_models_in_its_address() -> None:
    test = opened(PAGE, example="orthodont", along="Sex", coefficient="SexMale")
    assert address(test) == {"example": "orthodont", "along": "Sex", "coefficient": "SexMale"}
    content = (DATA / "high_school_and_beyond.csv").read_bytes()
    test.file_uploader[0].set_value(("hsb.csv", content, "text/csv")).run()
    assert address(test) == {"example": "file", "file": "hsb.csv"}


def test_the_ledger_opens_on_the_coefficient_of_the_headline_until_another_is_chosen() -> None:
    test = opened(PAGE)
    ledger = next(box for box in test.button_group if box.options[0] == "(Intercept)")
    assert "coefficient of ses" in test.markdown[0].value
    assert ledger.value in ("ses", ["ses"])
    assert address(test) == {}
    for example in EXAMPLES:
        about = headline(compare(load(example.name), example.formula)).term
        shown = opened(PAGE, example=example.name)
        assert shown.session_state["your-data.coefficient"] == about
        assert "coefficient" not in address(shown)
    chosen = opened(PAGE, coefficient="(Intercept)")
    assert address(chosen) == {"coefficient": "(Intercept)"}
    chosen.selectbox(key="your-data.example").set_value("mpg").run()
    assert address(chosen) == {"example": "mpg", "coefficient": "(Intercept)"}
