"""Simulate without a browser: every control and every preset, at their extremes."""

import math

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from engine.simulation import PRESETS, SHAPES, Preset
from pages.parts.lesson.state import parameters
from pages.parts.simulate_state import SimulateState
from tests.pages.screen import address, assert_sound, by_role, figures, opened, table

SLIDERS = [
    "between",
    "residual",
    "clusters",
    "rows",
    "size_spread",
    "size_corr",
    "effect",
    "intercept",
    "share",
    "share_spread",
    "share_corr",
    "seed",
]


@pytest.fixture
def page() -> AppTest:
    return opened()


def situation(page: AppTest) -> str:
    """Return what the menu of presets says the controls stand at."""
    return str(page.menu_button(key="simulate.situation").label)


def button(page: AppTest, label: str) -> Button:
    return next(button for button in page.button if button.label == label)


@pytest.mark.parametrize("key", SLIDERS)
@pytest.mark.parametrize("end", ["min", "max"])
def test_every_slider_goes_to_both_ends(page: AppTest, key: str, end: str) -> None:
    slider = page.slider(key=f"simulate.{key}")
    slider.set_value(getattr(slider, end)).run()
    assert_sound(page)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_sets_the_controls_and_is_named(page: AppTest, preset: Preset) -> None:
    page.menu_button(key="simulate.situation").click(preset.name).run()
    assert_sound(page)
    assert situation(page) == preset.name
    assert page.slider(key="simulate.size_corr").value == preset.scenario.size_intercept_correlation
    assert page.slider(key="simulate.clusters").value == preset.scenario.clusters


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
@pytest.mark.parametrize("between", [0.0, 2.0])
def test_every_preset_bears_extreme_variances(
    page: AppTest, preset: Preset, between: float
) -> None:
    page.menu_button(key="simulate.situation").click(preset.name).run()
    page.slider(key="simulate.between").set_value(between)
    page.slider(key="simulate.residual").set_value(0.05).run()
    assert_sound(page)
    assert situation(page) == "Situations"


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_the_cluster_distribution(page: AppTest, shape: str) -> None:
    page.button_group(key="simulate.shape").set_value(shape).run()
    assert_sound(page)


@pytest.mark.parametrize("lines", ["partial pooling", "no pooling", "none"])
def test_cluster_lines_can_be_chosen(page: AppTest, lines: str) -> None:
    page.button_group(key="simulate.lines").set_value(lines).run()
    assert_sound(page)
    names = list(by_role(figures(page)[0]))
    assert ("clusters" in names) == (lines != "none")


def test_cluster_lines_in_the_address_hold_from_the_first_picture() -> None:
    page = opened(lines="no cluster lines")
    assert "clusters" not in by_role(figures(page)[0])


def test_data_without_an_answer_get_a_sentence_and_leave_the_controls() -> None:
    page = opened(clusters="4", rows="2")
    # As if every cluster had been resized by hand.
    page.session_state["simulate.resized"] = dict.fromkeys(range(1, 5), 1)
    page.run()
    assert not page.exception
    assert "single row" in page.error[0].value
    assert not page.get("download_button")
    assert page.slider(key="simulate.between").value == 0.5


@pytest.mark.parametrize("plain", ["0", "1"])
def test_an_empty_choice_in_the_address_is_the_first_one(plain: str) -> None:
    page = opened(shape="", lines="", plain=plain)
    assert not page.exception
    page.run()
    assert not page.exception


def test_a_new_sample_is_new_after_half_a_seed_too() -> None:
    page = opened(seed="1.5")
    before = table(page)
    button(page, "New sample").click().run()
    assert table(page) != before


def test_address_restores_the_screen_exactly() -> None:
    first = opened()
    first.slider(key="simulate.between").set_value(1.25)
    first.slider(key="simulate.size_corr").set_value(-0.6)
    first.button_group(key="simulate.shape").set_value("skewed")
    first.slider(key="simulate.seed").set_value(77).run()
    second = opened(between="1.25", size_corr="-0.6", shape="skewed", seed="77")
    assert table(second) == table(first)
    assert figures(second) == figures(first)


def test_new_sample_draws_again_and_reset_goes_back(page: AppTest) -> None:
    start = table(page)
    seed = page.slider(key="simulate.seed").value
    button(page, "New sample").click().run()
    assert page.slider(key="simulate.seed").value == seed + 1
    assert table(page) != start
    page.slider(key="simulate.clusters").set_value(50).run()
    button(page, "Reset").click().run()
    assert table(page) == start


def test_axes_hold_still_while_variances_move(page: AppTest) -> None:
    before = [figure["layout"] for figure in figures(page)]
    page.slider(key="simulate.between").set_value(2.0)
    page.slider(key="simulate.residual").set_value(0.1).run()
    after = [figure["layout"] for figure in figures(page)]
    assert before[0]["yaxis"]["range"] == after[0]["yaxis"]["range"]
    assert before[0]["xaxis"]["range"] == after[0]["xaxis"]["range"]
    assert before[1]["xaxis"]["range"] == after[1]["xaxis"]["range"]


def test_without_between_variance_both_models_are_one(page: AppTest) -> None:
    page.menu_button(key="simulate.situation").click("No cluster variance").run()
    for cells in list(table(page).values())[:2]:
        values = list(cells.values())
        assert values[0] == values[1]


def test_more_between_variance_means_a_larger_standard_error(page: AppTest) -> None:
    errors = []
    for between in (0.2, 0.8, 2.0):
        page.slider(key="simulate.between").set_value(between).run()
        cell = list(table(page)["(Intercept)"].values())[1]
        errors.append(float(cell.split("(")[1].rstrip(")")))
    assert errors[0] < errors[1] < errors[2]
    # At one size and many rows, the error grows as the root of the between-cluster variance.
    assert math.isclose(errors[2] / errors[0], math.sqrt(10.0), rel_tol=0.2)


def test_contradictory_wishes_get_a_sentence_and_leave_the_controls() -> None:
    page = opened(clusters="4", rows="3", size_spread="0.5", share_spread="1", share_corr="-0.95")
    assert not page.exception
    assert "contradict each other" in page.error[0].value
    assert not page.get("download_button")
    assert page.slider(key="simulate.between").value == 0.5


def test_the_ledger_leads_from_the_ols_estimate_to_the_mixed_one(page: AppTest) -> None:
    page.menu_button(key="simulate.situation").click("Big clusters sit low").run()
    page.toggle(key="simulate.ledger").set_value(True).run()
    assert_sound(page)
    waterfall = next(map(by_role, figures(page)[2:]))
    bars, ols, mixed = (waterfall[role] for role in ("bars", "ols", "mixed"))
    assert math.isclose(bars["base"][0], ols["x"][0])
    assert math.isclose(bars["base"][0] + sum(bars["x"]), mixed["x"][0], rel_tol=1e-9)
    assert f"{ols['x'][0]:.3f}".replace("-", "−") in next(iter(table(page)["(Intercept)"].values()))


def test_without_a_difference_the_ledger_says_so(page: AppTest) -> None:
    page.toggle(key="simulate.ledger").set_value(True)
    page.menu_button(key="simulate.situation").click("No cluster variance").run()
    assert_sound(page)
    assert any("no cluster moves" in text.value for text in page.markdown)


def test_where_the_clusters_are_alike_the_ledger_says_that_none_moves_anything(
    page: AppTest,
) -> None:
    page.toggle(key="simulate.ledger").set_value(True).run()
    assert_sound(page)
    assert any("No cluster moves" in text.value for text in page.markdown)
    assert len(figures(page)) == 2


def test_the_address_holds_ids_and_what_differs_from_the_start(page: AppTest) -> None:
    assert address(page) == {}
    page.button_group(key="simulate.shape").set_value("one outlier").run()
    page.button_group(key="simulate.lines").set_value("no pooling").run()
    page.toggle(key="simulate.ledger").set_value(True).run()
    page.run()  # AppTest forgets what a rerun of fragments leaves as it is
    page.slider(key="simulate.between").set_value(0.15).run()
    assert address(page) == {
        "between": "0.15",
        "shape": "one-outlier",
        "lines": "no-pooling",
        "ledger": "true",
    }
    second = opened(**address(page))
    assert table(second) == table(page)
    assert figures(second) == figures(page)


@pytest.mark.parametrize("plain", ["0", "1"])
def test_an_address_full_of_nonsense_opens_the_first_screen(plain: str) -> None:
    nonsense = dict.fromkeys(SimulateState.params().values(), "nonsense \ufffd")
    page = opened(plain=plain, **nonsense)
    assert not page.exception
    assert present(page) == SimulateState()


def present(page: AppTest) -> SimulateState:
    """What the session says."""
    names = SimulateState.params()
    return SimulateState(**{name: page.session_state[SimulateState.key(name)] for name in names})


def test_clusters_changed_by_hand_are_in_the_address_and_are_put_back(page: AppTest) -> None:
    start = table(page)
    page.selectbox(key="simulate:handle").select("3").run()
    page.number_input(key="simulate:handle-value").set_value(2.5).run()
    page.number_input(key="simulate.size of cluster 3").set_value(300.0).run()
    assert address(page) == {"moved": "3:2.5", "resized": "3:300"}
    second = opened(**address(page))
    assert_sound(second)
    assert table(second) == table(page)
    assert figures(second) == figures(page)
    button(second, "Reset").click().run()
    assert table(second) == start
    assert address(second) == {}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_link_to_a_preset_opens_it(preset: Preset) -> None:
    link = SimulateState.of(preset.scenario).link()
    page = opened(**parameters(link.removeprefix("/simulate")))
    assert_sound(page)
    assert situation(page) == preset.name
    assert not present(page).moved


def test_a_preset_leaves_lines_and_ledger_and_puts_clusters_back() -> None:
    page = opened(lines="none", ledger="true", moved="2:1.5")
    page.menu_button(key="simulate.situation").click("Few clusters").run()
    few = next(preset.scenario for preset in PRESETS if preset.name == "Few clusters")
    assert address(page) == SimulateState.of(few).encode() | {"lines": "none", "ledger": "true"}
