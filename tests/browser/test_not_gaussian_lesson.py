"""Not Gaussian in a real browser: bars drawn by mouse, tap and keyboard, then the pupils."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, wait_until_idle
from tests.browser.test_lessons import DRAWN, box, button, middle, pixel


def ring(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=f"Schools {name} points")


def height(page: Page, percent: float) -> float:
    """Where a share stands in the lower panel, from the top of the window."""
    place: float = page.evaluate(
        """share => {
            const plot = document.querySelector(".js-plotly-plot");
            const axis = plot._fullLayout.yaxis;
            return plot.getBoundingClientRect().y + axis._offset + axis.d2p(share);
        }""",
        percent,
    )
    return place


@pytest.mark.slow
def test_bars_are_drawn_by_mouse_tap_and_keyboard(open_page: OpenPage) -> None:
    page = open_page("/not-gaussian")
    page.locator(DRAWN).wait_for()
    wait_until_idle(page)
    x, y = middle(ring(page, "from −5 to 5"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, height(page, 60.0), steps=6)
    page.mouse.up()
    expect(page.locator(".live-words")).to_contain_text("So far your bars hold")
    wait_until_idle(page)
    # The bar below the pointer is meant, though the ring of the next is nearer.
    page.mouse.click(pixel(page, 10.0), height(page, 58.0))
    expect(ring(page, "from 5 to 15")).to_have_attribute("aria-valuenow", re.compile(r"^(57|58)"))
    expect(ring(page, "from −5 to 5")).to_have_attribute("aria-valuenow", re.compile(r"^(59|60)"))
    ring(page, "from −15 to −5").focus()
    for _ in range(2):
        page.keyboard.press("PageUp")
    expect(ring(page, "from −15 to −5")).to_have_attribute("aria-valuenow", "20")
    wait_until_idle(page)
    button(page, "That is my answer").click()

    expect(page.get_by_role("slider", name="Pupils tested")).to_be_visible()
    wait_until_idle(page)
    slider = page.get_by_role("slider", name="Pupils tested")
    expect(page.locator(".live-words")).to_contain_text("Two humps.")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator(".live-words")).to_contain_text("One hump.")
    button(page, "What comes out?").click()
    expect(page.get_by_text(re.compile("^You: 4[34]%"))).to_be_visible()
    page.reload()
    expect(page.get_by_text(re.compile("^You: 4[34]%"))).to_be_visible()
    page.go_back()
    expect(button(page, "What comes out?")).to_be_visible()


@pytest.mark.slow
def test_on_a_projector_nothing_is_below_the_window(open_page: OpenPage) -> None:
    page = open_page("/not-gaussian?view=lecture&step=why", width=1280, height=720)
    page.locator(DRAWN).wait_for()
    wait_until_idle(page)
    bottom = box(page.locator(".st-key-lesson-buttons"))
    assert bottom["y"] + bottom["height"] <= 720
    page.get_by_text("Bell", exact=True).click()
    expect(page).to_have_url(re.compile("shape=bell"))
