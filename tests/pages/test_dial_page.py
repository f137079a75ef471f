"""The dial without a browser: every example, every coefficient, the buttons, the address."""

import math

import pytest
from streamlit.testing.v1 import AppTest

from engine import compare
from engine.data.examples import EXAMPLES, Example, load
from engine.figures.dial import ENDS
from tests.pages.screen import PAGES, address, by_role, figures, opened

PAGE = "learn/dial.py"
by_name = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)


def assert_drawn(test: AppTest) -> None:
    assert not test.exception, test.exception
    assert not test.error
    dial, weights = figures(test)
    for trace in [*dial["data"], *weights["data"]]:
        # Bars have gaps; a ring above its panel is not drawn.
        values = [value for value in trace["x"] + trace["y"] if value is not None]
        assert all(math.isfinite(value) for value in values)
    assert by_role(dial)["curve"]["y"] and by_role(weights)["weights"]["x"]


def words(test: AppTest) -> str:
    return str(test.markdown[0].value).replace("\\", "")


def ring(test: AppTest) -> tuple[float, float]:
    """Position and estimate of the ring in the upper panel."""
    trace = by_role(figures(test)[0])["ring"]
    return trace["x"][0], trace["y"][0]


@by_name
def test_every_coefficient_of_every_example(example: Example) -> None:
    test = opened(PAGE, data=example.title)
    fit = compare(load(example.name), example.formula)
    assert test.number_input(key="dial.rho").value == fit.mixed.variance_ratio
    for term, name in enumerate(fit.mixed.names):
        test.selectbox(key="dial.coefficient").set_value(name).run()
        assert_drawn(test)
        assert ring(test)[1] == pytest.approx(fit.mixed.estimates[term], rel=1e-9)
        assert "at its minimum" in words(test)


@by_name
def test_the_ends_of_the_dial(example: Example) -> None:
    test = opened(PAGE, data=example.title)
    for ratio in (0.0, 1e6):
        test.number_input(key="dial.rho").set_value(ratio).run()
        assert_drawn(test)


def test_the_page_opens_with_pupils_at_reml() -> None:
    test = opened(PAGE)
    assert_drawn(test)
    assert test.selectbox(key="dial.coefficient").value == "ses"
    assert "coefficient of ses is 2.390" in words(test)
    assert 0.25 < ring(test)[0] < 0.75


def test_buttons_go_to_ols_and_back_to_reml() -> None:
    test = opened(PAGE)
    ols, reml = test.button
    ols.click().run()
    assert ring(test) == (0.0, pytest.approx(3.18387, abs=5e-6))
    assert "complete pooling" in words(test)
    reml = test.button[1]
    reml.click().run()
    assert ring(test)[1] == pytest.approx(2.39020, abs=5e-6)


def test_other_data_start_at_their_own_reml_and_first_slope() -> None:
    test = opened(PAGE, rho="0.7")
    test.selectbox(key="dial.data").set_value("mpg").run()
    assert_drawn(test)
    assert test.selectbox(key="dial.coefficient").value == "displ"
    # Cross Validated question 366001: −2.391 by lmer.
    assert ring(test)[1] == pytest.approx(-2.391, abs=5e-4)


def test_two_minima_get_a_note_and_one_does_not() -> None:
    assert not opened(PAGE).info
    test = opened(PAGE, data="Random or fixed?")
    assert "2 minima" in test.info[0].value
    minima = by_role(figures(test)[0])["minima"]
    assert len(minima["x"]) == 2
    assert max(minima["x"]) - min(minima["x"]) > 0.25


def test_address_restores_the_screen_exactly() -> None:
    first = opened(PAGE)
    first.selectbox(key="dial.data").set_value("orthodont").run()
    first.selectbox(key="dial.coefficient").set_value("age:SexMale").run()
    first.number_input(key="dial.rho").set_value(0.25).run()
    second = opened(PAGE, data="Growing jaws", coefficient="age:SexMale", rho="0.25")
    assert words(second) == words(first)
    assert figures(second) == figures(first)


def test_the_slider_stands_over_the_axis_it_moves() -> None:
    test = opened(PAGE)
    assert figures(test)[0]["layout"]["xaxis"]["domain"] == list(ENDS)
    # Of seven columns: two of the page, the figure's, three of the slider, the weights'.
    left, track, right = (column.proto.weight for column in test.columns[3:6])
    assert (left, track, right) == pytest.approx((ENDS[0], ENDS[1] - ENDS[0], 1.0 - ENDS[1]))


def code(test: AppTest) -> str:
    return str(test.code[0].value)


def test_a_model_in_the_address_is_on_the_dial() -> None:
    test = opened(PAGE, data="sleepstudy", formula="Reaction~1+(1|Subject)", rho="2")
    assert_drawn(test)
    assert code(test) == "Reaction ~ 1 + (1 | Subject)"
    assert address(test)["formula"] == "Reaction~1+(1|Subject)"
    fit = compare(load("sleepstudy"), "Reaction ~ 1 + (1 | Subject)")
    test.button[1].click().run()
    assert test.number_input(key="dial.rho").value == fit.mixed.variance_ratio
    # Other data come with their own model.
    test.selectbox(key="dial.data").set_value("mpg").run()
    assert address(test) == {"data": "mpg"}


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("Reaction~Days+(1+Days|Subject)", "(1 | Subject)"),
        ("Reaction~Nights+(1|Subject)", "There is no column `Nights`"),
        ("Reaction Days", "formula"),
    ],
)
def test_a_model_that_has_no_dial_gets_a_sentence_and_a_way_on(formula: str, said: str) -> None:
    test = opened(PAGE, data="sleepstudy", formula=formula)
    assert not test.exception
    assert said in test.error[0].value.replace("\\", "")
    assert test.button[0].label == "Choose another model on Your data"
    test.selectbox(key="dial.data").set_value("mpg").run()
    assert_drawn(test)


ROWS = b"y,x,g\n" + b"".join(f"{i * 7 % 11},{i % 4},c{i % 5}\n".encode() for i in range(30))


def with_model_of_a_file() -> AppTest:
    """Your data with a file and a model of it."""
    page = opened("consult/your_data.py")
    page.file_uploader[0].set_value(("rows.csv", ROWS, "text/csv")).run()
    page.selectbox[1].set_value("y")
    page.selectbox[2].set_value("g").run()
    page.multiselect[0].set_value(["x"]).run()
    return page


def on_the_dial(page: AppTest, **query: str) -> AppTest:
    """The dial in the same session."""
    test = AppTest.from_file(str(PAGES / PAGE), default_timeout=30)
    for name in ("your-data.upload", "your-data.models"):
        test.session_state[name] = page.session_state[name]
    for name, value in {"plain": "1", **query}.items():
        test.query_params[name] = value
    return test.run()


def test_a_file_and_the_model_chosen_for_it_are_on_the_dial() -> None:
    test = on_the_dial(with_model_of_a_file())
    test.selectbox(key="dial.data").set_value("file").run()
    assert_drawn(test)
    assert code(test) == "y ~ x + (1 | g)"
    said = address(test)
    assert said == {"data": "file", "file": "rows.csv", "formula": "y~x+(1|g)"}
    again = on_the_dial(with_model_of_a_file(), **said)
    assert words(again) == words(test)


def test_a_file_that_is_not_here_is_asked_for() -> None:
    test = opened(PAGE, data="file", file="mine.csv", formula="y~x+(1|g)")
    assert not test.exception
    assert "mine.csv" in test.info[0].value.replace("\\", "")
    assert test.button[0].label == "Choose a file on Your data"
    assert address(test) == {"data": "file", "file": "mine.csv", "formula": "y~x+(1|g)"}
