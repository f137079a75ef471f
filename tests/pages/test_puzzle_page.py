"""The puzzle without a browser: every number has its card, and the words hold the figures."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from engine.simulation import PRESETS
from tests.pages.screen import opened

# In the published printouts: 21 by lm (5 residuals, 8 in the table, 8 below), 19 by lmer.
NUMBERS = 40


@pytest.fixture
def page() -> AppTest:
    return opened("main.py")


def selectable(page: AppTest) -> list[str]:
    return list(page.selectbox(key="puzzle.number").options)


def card(page: AppTest) -> str:
    """Return the title on the card; the headings after it belong to the page."""
    return str(page.header[0].value).replace("\\", "")


def words(page: AppTest) -> str:
    return "\n".join(element.value for element in page.markdown).replace("\\", "")


def test_both_printouts_are_those_that_were_published(page: AppTest) -> None:
    assert not page.exception
    assert page.title[0].value == "The puzzle"
    lm, lmer = page.code[0].value, page.code[1].value
    assert "(Intercept)    0.583864   0.001941  300.83   <2e-16 ***" in lm
    assert "conditionstim -0.097682   0.002375  -41.14" in lmer
    assert "REML criterion at convergence: 668294.9" in lmer
    assert "dat_stim_unstim" in lm
    assert any("not the original measurements" in caption.value for caption in page.caption)


def test_every_number_has_a_card_of_its_own(page: AppTest) -> None:
    choices = selectable(page)
    assert len(choices) == NUMBERS
    seen = set()
    for choice in choices:
        title, model, printed = re.fullmatch(r"(.+) \((OLS|mixed model)\): (.+)", choice).groups()  # type: ignore[union-attr]
        page.selectbox(key="puzzle.number").select(choice).run()
        assert not page.exception
        assert card(page) == title
        assert printed in words(page)
        assert page.text[0].value
        seen.add((title, model))
    assert len(seen) == NUMBERS


def test_the_address_opens_a_number(page: AppTest) -> None:
    assert card(page) == "Intercept"
    assert card(opened("main.py", number="lmer.criterion")) == "REML criterion"
    assert card(opened("main.py", number="no such number")) == "Intercept"


def test_counterparts_stand_side_by_side_on_the_card() -> None:
    text = words(opened("main.py", number="lmer.se.(Intercept)"))
    assert re.search(r"OLS.*0\.001941.*Mixed.*0\.063388", text)


def test_what_to_notice_holds_the_figures(page: AppTest) -> None:
    text = " ".join(words(page).split())
    for said in (
        "326,362 values of the marker pSHP2 in 24 clusters",
        "33-fold, from 0.00194 to 0.06339",
        "from 0.002609 to 0.002375",
        "from 0.7409 to 0.6734",
        "Cluster 2 holds 30% of the rows and lies 0.414 below the OLS line",
        "the mixed model 4.2%: that alone lifts the intercept by 0.108",
        "takes back 0.065. The other 22 clusters add 0.097",
        "takes off 0.005: 0.135 in all",
        "99.7% of its weight",
        "mean over the 145,726 unstimulated **rows**",
        "independent of the residuals, of the predictors and of the clusters' sizes",
    ):
        assert said in text


def test_heads_compare_like_with_like() -> None:
    # 0.7409² = 0.549; lmer's residual is −5.9819 · 0.6734; both fits have 326,362 rows.
    for number, head in (
        ("lmer.residual_variance", r"OLS.*\*\*0\.549\*\*.*Mixed.*\*\*0\.45352\*\*"),
        ("lmer.rows", r"OLS.*\*\*326,362\*\*.*Mixed.*\*\*326,362\*\*"),
        ("lmer.residual.Min", r"OLS.*\*\*−3\.6408\*\*.*Mixed.*\*\*−4\.028\*\*"),
        ("lm.df", r"^:orange\[\*\*OLS\*\*\] \*\*326,360\*\*$"),
    ):
        shown = opened("main.py", number=number).markdown[2].value.replace("\\", "")
        assert re.search(head, shown), shown


def ledger(page: AppTest) -> str:
    return str(page.session_state["puzzle.coefficient"])


def test_the_ledger_follows_the_number_until_it_is_chosen_by_hand(page: AppTest) -> None:
    choice = page.selectbox(key="puzzle.number")
    choice.select(next(each for each in choice.options if "of conditionstim (OLS)" in each)).run()
    assert ledger(page) == "conditionstim"
    choice = page.selectbox(key="puzzle.number")
    choice.select(next(each for each in choice.options if each.startswith("Intercept (OLS)"))).run()
    assert ledger(page) == "(Intercept)"
    # By hand: it stays whatever is selected, and the address says so.
    page.button_group(key="puzzle.coefficient").set_value("conditionstim").run()
    choice = page.selectbox(key="puzzle.number")
    choice.select(next(each for each in choice.options if each.startswith("R²"))).run()
    assert ledger(page) == "conditionstim"
    assert ledger(opened("main.py", number="lm.se.conditionstim")) == "conditionstim"
    assert (
        ledger(opened("main.py", number="lm.se.conditionstim", coefficient="(Intercept)"))
        == "(Intercept)"
    )


def test_turning_the_dial_opens_it_on_the_puzzle() -> None:
    page = opened("main.py", number="lmer.criterion", coefficient="conditionstim")
    next(button for button in page.button if "dial" in button.label).click().run()
    assert page.title[0].value == "The dial"
    assert page.session_state["dial.data"] == "twin"
    assert page.session_state["dial.coefficient"] == "conditionstim"
    # 0.09619 / 0.45352 in the published printout.
    assert page.session_state["dial.rho"] == pytest.approx(0.09619 / 0.45352, rel=1e-4)


def test_trying_it_sets_the_controls_of_simulate() -> None:
    page = opened("main.py", number="lmer.between_sd")
    button = next(button for button in page.button if button.label.startswith("Try it"))
    preset = next(preset for preset in PRESETS if preset.name in button.label)
    button.click().run()
    assert not page.exception
    assert page.title[0].value == "Simulate"
    assert page.menu_button(key="simulate.situations").label == preset.name
