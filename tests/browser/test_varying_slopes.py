"""Slopes that vary in a real browser: answered by mouse, solved by keyboard, told by each model."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, wait_until_idle
from tests.browser.test_lessons import DRAWN, button, middle, pixel

pytestmark = pytest.mark.slow


def text(page: Page, words: str) -> Locator:
    return page.get_by_text(words).locator("visible=true").first


def test_from_one_slope_for_all_to_four_stories(open_page: OpenPage) -> None:
    page = open_page("/varying-slopes")
    page.locator(DRAWN).wait_for()
    wait_until_idle(page)
    ring = page.get_by_role("slider", name="Your standard error")
    page.mouse.click(pixel(page, 0.8), middle(ring)[1])
    button(page, "That is my answer").click()
    expect(text(page, "all lines in the model are parallel")).to_be_visible()
    wait_until_idle(page)
    spread = page.get_by_role("slider", name="Spread of slopes")
    spread.focus()
    page.keyboard.press("End")
    expect(text(page, "Slopes vary by 20.00 ms per day")).to_be_visible()

    button(page, "What comes out?").click()
    expect(text(page, "with slopes of their own: 1.55 ms per day")).to_be_visible()
    expect(text(page, "You leave it where it was.")).to_be_visible()
    button(page, "Why?").click()
    expect(page.locator(".formula").first).to_be_visible()

    button(page, "Do it").click()
    expect(text(page, "Now other data: x and y at 11 sites")).to_be_visible()
    wait_until_idle(page)
    zero = page.get_by_role("slider", name="Where x is zero")
    zero.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(text(page, "write it only if that zero means something")).to_be_visible()
    button(page, "Remember").click()
    wait_until_idle(page)
    page.locator(".st-key-lesson-controls").get_by_text("(1 | z)", exact=True).click()
    expect(text(page, "its 0.94 is everybody's")).to_be_visible()
    page.go_back()
    expect(text(page, "Find a zero from which")).to_be_visible()


def test_projected_panels_stand_below_each_other_where_the_window_is_narrow(
    open_page: OpenPage,
) -> None:
    page = open_page("/varying-slopes?view=lecture", width=390, height=844)
    panels = """() => {
        const { yaxis, yaxis2 } = document.querySelector(".js-plotly-plot")._fullLayout;
        return yaxis2.domain[0] - yaxis.domain[1];
    }"""
    page.locator(DRAWN).wait_for()
    assert page.evaluate(panels) > 0
    page.set_viewport_size({"width": 1280, "height": 720})
    page.wait_for_function(f"() => ({panels})() < 0")
