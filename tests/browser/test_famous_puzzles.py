"""One famous puzzle from the gallery to its end, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, wait_until_idle


@pytest.mark.slow
def test_a_puzzle_is_played_by_keyboard_on_a_phone_and_back_leads_out_again(
    open_page: OpenPage,
) -> None:
    page = open_page("/puzzles", width=390, height=844)
    page.get_by_role("button", name="Puzzle 7", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("7. Ten sites of one row")
    end = page.get_by_role("slider", name="Right end of your line")
    end.focus()
    before = end.get_attribute("aria-valuenow")
    page.keyboard.press("PageUp")
    expect(end).not_to_have_attribute("aria-valuenow", before or "")
    wait_until_idle(page)
    page.get_by_role("button", name="That is my answer").click()
    expect(page.get_by_text("digit for digit")).to_be_visible()
    switch = page.get_by_role("switch", name="Measure predictors")
    switch.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("They agree, after 1 move.")).to_be_visible()
    wait_until_idle(page)
    # Nothing is wider than the phone.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.go_back()
    expect(page.get_by_role("button", name="That is my answer")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Famous puzzles")
    expect(page.locator("img[alt*='Ten sites']")).to_be_visible()
