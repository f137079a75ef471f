"""Whose average? in a real browser: two rings on two beams, then the school is split."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, wait_until_idle
from tests.browser.test_lessons import DRAWN, button, middle, pixel


def ring(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name)


@pytest.mark.slow
def test_two_answers_and_a_school_that_is_split(open_page: OpenPage) -> None:
    page = open_page("/whose-average")
    page.locator(DRAWN).wait_for()
    wait_until_idle(page)

    parent, minister = ring(page, "For the parent"), ring(page, "For the minister")
    page.mouse.click(pixel(page, 56.0), middle(parent)[1])
    expect(button(page, "Skip the question")).to_be_visible()
    placed = parent.get_attribute("aria-valuenow")
    assert placed is not None and float(placed) == pytest.approx(56.0, abs=0.2)
    # The ring of the beam that is tapped comes, though the other one is nearer.
    page.mouse.click(pixel(page, 57.0), middle(minister)[1])
    page.keyboard.press("PageUp")
    expect(parent).to_have_attribute("aria-valuenow", placed)
    expect(button(page, "That is my answer")).to_be_visible()
    button(page, "That is my answer").click()

    words = page.locator(".live-words")
    expect(words).to_contain_text("True averages: patient 60.9, clinic 60.9.")
    page.get_by_role("slider", name="Correlation of level and size").press("Home")
    expect(words).to_contain_text("True averages: patient 54.5, clinic 60.9.")
    button(page, "What comes out?").click()
    expect(words).to_contain_text("OLS at 55.9, the mean of the 6 school means at 65.3")
    page.get_by_role("slider", name="Schools that A is split into").press("End")
    expect(words).to_contain_text("The average school went from 65.3 to 57.3")
    expect(page).to_have_url(re.compile("parts=10"))
    page.go_back()
    expect(words).to_contain_text("Twelve simulated clinics")
    page.go_forward()
    page.reload()
    expect(words).to_contain_text("The average school went from 65.3 to 57.3")
