"""Simulate without a browser: every control and every preset, at their extremes."""

import math
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from engine import Scenario, compare_design, simulate
from engine.simulation import (
    FIELDS,
    PRESETS,
    SHAPES,
    Preset,
    idle_settings,
    possible,
    preset_of,
)
from engine.words.verdict import one_sentence
from pages.parts.coefficients import OVER_ROWS
from pages.parts.comparison import SENTENCE_ROOM
from pages.parts.lesson.state import parameters
from pages.parts.sandbox import NO_EFFECT
from pages.parts.simulate_state import SimulateState, start_of
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
    return str(page.menu_button(key="simulate.situations").label)


def button(page: AppTest, label: str) -> Button:
    return next(button for button in page.button if button.label == label)


@pytest.mark.slow
@pytest.mark.parametrize("key", SLIDERS)
@pytest.mark.parametrize("end", ["min", "max"])
def test_every_slider_goes_to_both_ends(key: str, end: str) -> None:
    page = opened(size_spread="0.8", share_spread="0.2")
    slider = page.slider(key=f"simulate.{key}")
    slider.set_value(getattr(slider, end)).run()
    assert_sound(page)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_every_preset_sets_the_controls_and_is_named(page: AppTest, preset: Preset) -> None:
    page.menu_button(key="simulate.situations").click(preset.id).run()
    assert_sound(page)
    assert situation(page) == preset.name
    assert page.slider(key="simulate.size_corr").value == preset.scenario.size_intercept_correlation
    assert page.slider(key="simulate.clusters").value == preset.scenario.clusters


@pytest.mark.slow
@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
@pytest.mark.parametrize("between", [0.0, 2.0])
def test_every_preset_bears_extreme_variances(
    page: AppTest, preset: Preset, between: float
) -> None:
    page.menu_button(key="simulate.situations").click(preset.id).run()
    page.slider(key="simulate.between").set_value(between)
    page.slider(key="simulate.residual").set_value(0.05).run()
    assert_sound(page)
    assert situation(page) == f"{preset.name} (changed)"
    button(page, "Reset").click().run()
    assert situation(page) == preset.name
    assert present(page) == SimulateState.of(preset)


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
    first.slider(key="simulate.size_spread").set_value(0.8).run()
    first.slider(key="simulate.size_corr").set_value(-0.6)
    first.button_group(key="simulate.shape").set_value("skewed")
    first.slider(key="simulate.seed").set_value(77).run()
    second = opened(between="1.25", size_spread="0.8", size_corr="-0.6", shape="skewed", seed="77")
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
    page.menu_button(key="simulate.situations").click("no-cluster-variance").run()
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


def test_contradictory_wishes_are_drawn_as_far_as_they_go_and_that_is_said() -> None:
    page = opened(size_spread="2", share_spread="0.2", size_corr="-0.95", share_corr="0.95")
    assert_sound(page)
    said = [caption.value for caption in page.caption]
    limits = [text for text in said if text.startswith("At most")]
    assert len(limits) == 2
    held = possible(present(page).scenario())
    for text, value in zip(
        limits, (held.size_intercept_correlation, held.share_intercept_correlation), strict=True
    ):
        assert text == f"At most {value:.2f} here, as drawn.".replace("-", "−")
    # The sliders stand where they were put.
    assert page.slider(key="simulate.size_corr").value == -0.95
    page.slider(key="simulate.size_corr").set_value(0.0)
    page.slider(key="simulate.share_corr").set_value(0.0).run()
    assert not any(text.value.startswith("At most") for text in page.caption)


def test_the_ledger_leads_from_the_ols_estimate_to_the_mixed_one(page: AppTest) -> None:
    page.menu_button(key="simulate.situations").click("big-clusters").run()
    page.toggle(key="simulate.ledger").set_value(True).run()
    assert_sound(page)
    waterfall = next(map(by_role, figures(page)[2:]))
    bars, ols, mixed = (waterfall[role] for role in ("bars", "ols", "mixed"))
    assert math.isclose(bars["base"][0], ols["x"][0])
    assert math.isclose(bars["base"][0] + sum(bars["x"]), mixed["x"][0], rel_tol=1e-9)
    assert f"{ols['x'][0]:.3f}".replace("-", "−") in next(iter(table(page)["(Intercept)"].values()))


def test_without_a_difference_the_ledger_says_so(page: AppTest) -> None:
    page.toggle(key="simulate.ledger").set_value(True)
    page.menu_button(key="simulate.situations").click("no-cluster-variance").run()
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


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_a_link_to_a_preset_opens_it(preset: Preset) -> None:
    state = SimulateState.of(preset)
    assert "situation" not in state.link(start_of(state))
    for link in (state.link(), state.link(start_of(state))):
        page = opened(**parameters(link.removeprefix("/simulate")))
        assert_sound(page)
        assert situation(page) == preset.name
        assert present(page) == state


def test_a_preset_leaves_lines_and_ledger_and_puts_clusters_back() -> None:
    page = opened(lines="none", ledger="true", moved="2:1.5")
    page.menu_button(key="simulate.situations").click("few-clusters").run()
    few = SimulateState.of(preset_of("few-clusters"))
    assert address(page) == few.encode(start_of(few)) | {"lines": "none", "ledger": "true"}


# --- the situation one is in ----------------------------------------------------------------------


def described(page: AppTest) -> str:
    return str(page.caption[0].value)


def test_a_situation_stays_until_another_is_chosen() -> None:
    page = opened()
    big = preset_of("big-clusters")
    page.menu_button(key="simulate.situations").click(big.id).run()
    said = f"The situation: {big.description}"
    assert (situation(page), described(page)) == (big.name, said)
    button(page, "New sample").click().run()
    assert (situation(page), described(page)) == (f"{big.name} (new sample)", said)
    page.selectbox(key="simulate:handle").select("3").run()
    page.number_input(key="simulate:handle-value").set_value(2.5).run()
    page.run()  # AppTest forgets what a rerun of fragments leaves as it is
    # What it says need not hold any more.
    said = f"Started from: {big.description}"
    assert (situation(page), described(page)) == (f"{big.name} (changed)", said)
    button(page, "Reset").click().run()
    assert situation(page) == big.name
    assert present(page) == SimulateState.of(big)


def test_a_situation_that_has_become_like_another_is_still_the_one_that_was_chosen() -> None:
    few = {"clusters": "5", "size_spread": "0.8", "share_spread": "0.2"}
    page = opened(**few, situation="balanced")
    assert situation(page) == "Balanced (changed)"
    assert address(page)["situation"] == "balanced"
    page = opened(**few)
    assert situation(page) == "Few clusters (new sample)"
    assert "situation" not in address(page)
    assert situation(opened(between="0.55")) == "Balanced (changed)"
    assert situation(opened(situation="Balanced", between="0.55")) == "Balanced (changed)"


# --- controls without an effect -------------------------------------------------------------------


def test_controls_without_an_effect_are_grey_and_say_why(page: AppTest) -> None:
    size, share = (page.slider(key=f"simulate.{name}_corr") for name in ("size", "share"))
    assert size.disabled
    assert share.disabled
    said = [caption.value for caption in page.caption]
    assert "No effect: sizes have no spread." in said
    assert "No effect: shares have no spread." in said
    page.slider(key="simulate.size_spread").set_value(0.5).run()
    assert not page.slider(key="simulate.size_corr").disabled
    assert page.slider(key="simulate.share_corr").disabled
    page.slider(key="simulate.rows").set_value(2).run()
    assert page.slider(key="simulate.size_spread").disabled
    assert page.slider(key="simulate.size_corr").disabled
    page.slider(key="simulate.between").set_value(0.0).run()
    assert page.button_group(key="simulate.shape").disabled


def test_every_reason_has_words() -> None:
    scenarios = [Scenario(rows_per_cluster=2, between_variance=0), Scenario(share_spread=0)]
    assert {one for each in scenarios for one in idle_settings(each).values()} == set(NO_EFFECT)


# --- what is true ---------------------------------------------------------------------------------


def test_the_truth_says_of_which_average_it_is() -> None:
    shown = table(opened(**parameters(SimulateState.of(preset_of("big-clusters")).link()[9:])))
    assert shown["(Intercept)"]["Truth (average cluster)"] == "0.000"
    # -0.7 times the root of 0.5 times the coefficient of variation, 1.2.
    assert shown[OVER_ROWS]["Truth (average cluster)"].startswith("−0.59")


def test_the_sentence_finds_room_wherever_a_hand_may_move() -> None:
    lengths = []
    for preset in PRESETS:
        for name in ("between_variance", "residual_variance", "size_intercept_correlation", "seed"):
            low, high, step = FIELDS[name].slider
            for value in np.linspace(low, high, 5):
                snapped = round(round(float(value) / step) * step, 10)
                number = int(snapped) if FIELDS[name].whole else snapped
                scenario = replace(preset.scenario, **{name: number})
                fits = compare_design(simulate(possible(scenario)).design())
                lengths.append(len(one_sentence(fits)))
                assert not fits.notes
    assert max(lengths) <= SENTENCE_ROOM
