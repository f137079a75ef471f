"""The puzzle in a real browser: every number by keyboard, both printouts on every screen."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import OpenPage, wait_until_idle
from tests.browser.screen import choose_from_menu

SCREENS = {"desk": (1440, 900), "projector": (1280, 720), "phone": (390, 844)}
# A projector of 1280 by 720 at 150% and at 200%, and a phone.
SMALL = {"enlarged": (853, 480), "twice as large": (640, 360), "phone": (390, 844)}


def numbers(page: Page) -> Locator:
    return page.locator(".printouts-number")


def card(page: Page) -> Locator:
    return page.locator(".st-key-printouts-card")


def focused(page: Page) -> str:
    """Return what assistive technology calls the number that has the focus."""
    return str(page.evaluate("document.activeElement.ariaLabel"))


@pytest.mark.slow
def test_every_number_is_reached_and_selected_by_keyboard_and_finds_its_card(
    open_page: OpenPage,
) -> None:
    page = open_page("/")
    count = 40
    # On a busy machine the printouts may come after the page.
    expect(numbers(page)).to_have_count(count)
    page.locator(".printouts-number[tabindex='0']").focus()
    page.keyboard.press("Home")
    reached = []
    for at in range(count):
        name = focused(page)
        title, printed = name.rsplit(": ", maxsplit=1)
        page.keyboard.press("Enter" if at % 2 else "Space")
        expect(card(page).get_by_role("heading")).to_have_text(title)
        expect(card(page)).to_contain_text(printed)
        expect(page.locator(".printouts-number[aria-pressed='true']")).to_have_count(1)
        reached.append(page.evaluate("document.activeElement.dataset.id"))
        page.keyboard.press("ArrowRight")
    assert len(set(reached)) == count
    # At the end there is nowhere to go on to.
    assert page.evaluate("document.activeElement.dataset.id") == reached[-1]


def test_selecting_a_number_lights_up_its_counterpart_and_keeps_the_drawing(
    open_page: OpenPage,
) -> None:
    page = open_page("/")
    page.evaluate("document.querySelector('.printouts-number').mark = 'the same element'")
    page.locator("[data-id='lmer.se.(Intercept)']").click()
    expect(page.locator(".printouts-number.selected")).to_have_text("0.063388")
    expect(page.locator(".printouts-number.counterpart")).to_have_text("0.001941")
    # Not by colour alone.
    expect(page.locator(".selected")).to_have_css("outline-style", "solid")
    expect(page.locator(".counterpart")).to_have_css("outline-style", "dashed")
    expect(card(page)).to_contain_text("33 times")
    wait_until_idle(page)
    assert page.evaluate("document.querySelector('.printouts-number').mark") == "the same element"


@pytest.mark.slow
def test_arrows_move_in_the_printout_as_the_eye_does(open_page: OpenPage) -> None:
    page = open_page("/")
    page.locator("[data-id='lm.se.(Intercept)']").focus()
    page.keyboard.press("ArrowDown")
    assert focused(page) == "Standard error of the coefficient of conditionstim: 0.002609"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert focused(page).startswith("Third quartile of the residuals")
    page.keyboard.press("End")
    assert focused(page).startswith("Correlation of the intercept")
    # One stop of the Tab key for all numbers.
    assert page.locator(".printouts-number[tabindex='0']").count() == 1


@pytest.mark.slow
def test_the_address_restores_the_selected_number(open_page: OpenPage) -> None:
    page = open_page("/")
    expect(page).not_to_have_url(re.compile("number"))
    page.locator("[data-id='lmer.criterion']").click()
    expect(page).to_have_url(re.compile(r"number=lmer\.criterion"))
    second = open_page("/?number=lmer.criterion")
    expect(card(second).get_by_role("heading")).to_have_text("REML criterion")
    expect(second.locator(".printouts-number.selected")).to_have_text("668294.9")


@pytest.mark.slow
def test_try_it_sets_simulate_also_when_it_stood_elsewhere(open_page: OpenPage) -> None:
    page = open_page("/simulate?between=1.5&seed=3")
    expect(page.get_by_role("button", name=re.compile(r"\(changed\)"))).to_be_visible()
    choose_from_menu(page, "The puzzle")
    wait_until_idle(page)
    page.get_by_role("button", name="Try it: simulate “Big clusters sit low”").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Simulate")
    wait_until_idle(page)
    expect(page.get_by_role("button", name="Big clusters sit low")).to_be_visible()
    expect(page).to_have_url(re.compile("/simulate.*size_corr=-0.7"))


@pytest.mark.slow
def test_back_steps_through_the_numbers_looked_at(open_page: OpenPage) -> None:
    page = open_page("/")
    for number in ("lm.se.conditionstim", "lmer.criterion"):
        page.locator(f"[data-id='{number}']").click()
        expect(page.locator(".selected")).to_have_attribute("data-id", number)
        wait_until_idle(page)
    for number in ("lm.se.conditionstim", "lm.estimate.(Intercept)"):
        page.go_back()
        expect(page.locator(".selected")).to_have_attribute("data-id", number)
        expect(page.get_by_role("heading", level=1)).to_have_text("The puzzle")
    page.go_forward()
    expect(page.locator(".selected")).to_have_attribute("data-id", "lm.se.conditionstim")
    expect(page).to_have_url(re.compile(r"number=lm\.se\.conditionstim$"))


NUMBER_IN_VIEW = """button => {
    const {top, bottom, left, right} = button.getBoundingClientRect();
    return document.elementFromPoint((left + right) / 2, top + 2) === button
        && document.elementFromPoint((left + right) / 2, bottom - 2) === button;
}"""


@pytest.mark.slow
@pytest.mark.parametrize("screen", SMALL)
def test_both_numbers_and_the_card_s_head_are_in_view_on_small_screens(
    open_page: OpenPage, screen: str
) -> None:
    width, height = SMALL[screen]
    page = open_page("/", width=width, height=height)
    expect(numbers(page)).to_have_count(40)
    for chosen in ("", "lmer.residual.Max", "lmer.residual_variance", "lm.t.conditionstim"):
        if chosen:
            page.locator(f"[data-id='{chosen}']").evaluate("button => button.click()")
            expect(page.locator(".selected")).to_have_attribute("data-id", chosen)
            wait_until_idle(page)
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
        for number in (page.locator(".selected"), page.locator(".counterpart")):
            # Within the screen, and nothing lies over it.
            assert number.evaluate(NUMBER_IN_VIEW), (chosen, number)
        if screen != "twice as large":
            expect(card(page).get_by_role("heading")).to_be_in_viewport()
        # What the card says is reached by scrolling the page; it has no scroll of its own.
        assert card(page).evaluate("card => card.scrollHeight <= card.clientHeight + 1")
        assert card(page).evaluate("card => getComputedStyle(card).overflowY") != "auto"


@pytest.mark.slow
def test_a_finger_finds_the_numbers_and_headings_skip_no_level(
    browser: Browser, server: str
) -> None:
    context = browser.new_context(
        base_url=server, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto("/")
    wait_until_idle(page)
    expect(numbers(page)).to_have_count(40)
    assert min(numbers(page).evaluate_all("all => all.map(one => one.offsetHeight)")) >= 24
    levels = page.locator("h1, h2, h3").evaluate_all(
        "all => all.map(one => Number(one.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("screen", SCREENS)
def test_the_puzzle_fits_every_screen(open_page: OpenPage, screen: str) -> None:
    width, height = SCREENS[screen]
    page = open_page("/", width=width, height=height)
    expect(page.get_by_role("heading", level=1)).to_have_text("The puzzle")
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0
    # The number that is selected and its card are in view together, without scrolling.
    expect(page.locator(".printouts-number.selected")).to_be_in_viewport(ratio=0.9)
    if screen == "phone":
        expect(card(page).get_by_role("heading")).to_be_in_viewport()
    else:
        expect(card(page)).to_be_in_viewport(ratio=1)
    sheets = [sheet.bounding_box() for sheet in page.locator(".printouts-sheet").all()]
    lm, lmer = (sheet for sheet in sheets if sheet)
    stacked = lm["y"] + lm["height"] <= lmer["y"]
    assert stacked == (screen == "phone")
    if not stacked:
        for sheet in page.locator(".printouts pre").all():
            assert sheet.evaluate("pre => pre.scrollWidth <= pre.clientWidth")
    for scheme, ink in (("light", "rgb(18, 26, 36)"), ("dark", "rgb(236, 234, 228)")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        expect(page.locator(".printouts pre").first).to_have_css("color", ink)
