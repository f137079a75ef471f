"""Looking for the ratio in a real browser: looks by mouse and by keyboard, then the engine's."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, wait_until_idle
from tests.browser.test_lessons import DRAWN, box, button, middle, pixel


def ring(page: Page) -> Locator:
    return page.get_by_role("slider", name="Where to look")


def text(page: Page, words: str) -> Locator:
    return page.get_by_text(words).locator("visible=true").first


@pytest.mark.slow
def test_a_search_by_mouse_and_keyboard(open_page: OpenPage) -> None:
    page = open_page("/search")
    page.locator(DRAWN).wait_for()
    wait_until_idle(page)
    _, height = middle(ring(page))
    look = button(page, "Look here")
    expect(look).to_be_disabled()
    page.mouse.click(pixel(page, 1.0), height)
    expect(look).to_be_enabled()
    look.click()
    expect(text(page, "Look 1: at ρ = ")).to_be_visible()
    wait_until_idle(page)
    ring(page).focus()
    for _ in range(2):
        page.keyboard.press("PageUp")
    wait_until_idle(page)
    look.press("Enter")
    expect(text(page, "Look 2: at ρ = ")).to_be_visible()
    wait_until_idle(page)
    button(page, "That is my answer").click()

    # The engine's looks come one by one, with the curve still hidden.
    slider = page.get_by_role("slider", name="Looks of the engine")
    expect(text(page, "places at once")).to_be_visible()
    wait_until_idle(page)
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(text(page, "look 1 of 8")).to_be_visible()
    page.keyboard.press("End")
    expect(text(page, "nothing is left to gain")).to_be_visible()

    button(page, "What comes out?").click()
    expect(text(page, "You, in 2 looks: ρ = ")).to_be_visible()
    expect(text(page, "at one end of where you looked")).to_be_visible()
    button(page, "Why?").click()
    expect(page.locator(".formula").first).to_be_visible()
    page.get_by_text("Subjects", exact=True).click()
    expect(text(page, "The formula gives a negative number")).to_be_visible()
    # The slider goes along to where these data are lowest.
    field = page.get_by_role("textbox", name="Variance ratio ρ")
    expect(field).to_have_value("0")
    button(page, "Do it").click()
    wait_until_idle(page)
    page.get_by_text("Clusters", exact=True).click()
    expect(text(page, "1 move so far.")).to_be_visible()
    wait_until_idle(page)
    track = box(page.get_by_role("slider", name="Variance ratio ρ"))
    page.mouse.move(track["x"] + track["width"] / 2, track["y"] + track["height"] / 2)
    page.mouse.down()
    page.mouse.move(track["x"] + 0.9 * track["width"], track["y"] + track["height"] / 2, steps=6)
    page.mouse.up()
    expect(text(page, "16.17 against 20.59 at ρ = 0")).to_be_visible()
    button(page, "Remember").click()
    expect(text(page, "One number is searched for")).to_be_visible()
