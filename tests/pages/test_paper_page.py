"""In a paper without a browser: sentences of any example, of a model typed, and what is missing."""

import pytest
from streamlit.testing.v1 import AppTest

from engine import compare
from engine.data.examples import EXAMPLES, Example, load
from engine.words.paper import SITUATIONS, first_choice, passages
from tests.pages.screen import address, opened

PAGE = "look_up/paper.py"


def titles(test: AppTest) -> list[str]:
    return [header.value for header in test.subheader]


def texts(test: AppTest) -> str:
    return "\n".join(str(part.value).replace("\\", "") for part in test.markdown)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_what_is_true_of_an_example_comes_first_and_the_rest_is_called_an_example(
    example: Example,
) -> None:
    test = opened(PAGE, data=example.name)
    assert not test.exception, test.exception
    comparison = compare(load(example.name), example.formula)
    found = passages(comparison, first_choice(comparison))
    assert titles(test) == [SITUATIONS[name].title for name in found]
    assert test.header[0].value == f"From an example: {example.title}"
    others = [each.title for name, each in SITUATIONS.items() if name not in found]
    assert [folded.label.split(" – an example: ")[0] for folded in test.expander] == others
    codes = [code.value for code in test.code]
    for passage in found.values():
        assert {passage.methods, passage.results} <= {"", *codes}
        for said in (f"Why so:** {passage.why}", f"Not:** “{passage.wrong}” {passage.instead}"):
            assert said in texts(test)


def test_a_model_of_the_address_fills_the_sentences() -> None:
    formula = "Reaction~Days+(1+Days|Subject)"
    test = opened(PAGE, data="sleepstudy", formula=formula)
    comparison = compare(load("sleepstudy"), formula)
    assert passages(comparison, "Days")["slopes"].results in [code.value for code in test.code]
    assert address(test) == {"data": "sleepstudy", "formula": formula}


def test_another_coefficient_gets_other_sentences_and_its_place_in_the_address() -> None:
    test = opened(PAGE, data="puzzle_public_capital")
    assert "OLS and the mixed model disagree" in titles(test)
    test.selectbox[1].set_value("unemp").run()
    comparison = compare(load("puzzle_public_capital"), test.code[0].value)
    found = passages(comparison, "unemp")
    assert titles(test) == [SITUATIONS[name].title for name in found]
    assert address(test)["coefficient"] == "unemp"
    test.selectbox[0].set_value("lesson_schools").run()
    assert not test.exception, test.exception
    assert address(test) == {"data": "lesson_schools"}


@pytest.mark.parametrize(
    "query",
    [
        {"data": "file", "file": "gone.csv", "formula": "y~x+(1|g)"},
        {"data": "sleepstudy", "formula": "Reaction~nothing+(1|Subject)"},
        {"data": "sleepstudy", "formula": "Reaction~"},
    ],
)
def test_what_is_missing_is_said_with_a_way_on(query: dict[str, str]) -> None:
    test = opened(PAGE, **query)
    assert not test.exception, test.exception
    assert len(test.info) + len(test.error) == 1
    assert "Your data" in test.button[0].label
