"""One famous puzzle from the gallery to its end, in a real browser."""

import re

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
    switch = page.get_by_role("switch", name="Join single rows")
    switch.focus()
    page.keyboard.press("Space")
    expect(page.get_by_test_id("stAlert")).to_have_text("They agree, after 1 move.")
    wait_until_idle(page)
    # Nothing is wider than the phone.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.go_back()
    expect(page.get_by_role("button", name="That is my answer")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Famous puzzles")
    expect(page.get_by_role("img", name="The rows of “Ten sites")).to_be_visible()


@pytest.mark.slow
def test_clusters_are_dragged_by_mouse_and_key_and_the_way_leads_on_to_your_data(
    open_page: OpenPage,
) -> None:
    page = open_page(
        "/puzzles?puzzle=random-or-fixed&answer=skip&moved=2:7", width=1280, height=720
    )
    ring = page.get_by_role("slider", name="Cluster 4, 3 rows: mean of y")
    ring.scroll_into_view_if_needed()
    box = ring.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2.0, box["y"] + box["height"] / 2.0
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 40.0, steps=4)
    page.mouse.up()
    wait_until_idle(page)
    dragged = float(ring.get_attribute("aria-valuenow") or 0.0)
    assert dragged < -1.0
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    # The hand still holds the ring: keys bring it where it is wanted.
    for _ in range(round(dragged + 7.0)):
        page.keyboard.press("PageDown")
    expect(page.get_by_test_id("stAlert")).to_have_text(
        "They are closer together than 0.05, after 2 moves."
    )
    expect(page).to_have_url(re.compile(r"moved=2:7,3:-[67]"))
    page.get_by_role("link", name="this model in Your data").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your data")
    expect(page.get_by_text("Four clusters of three rows").first).to_be_visible()
    page.go_back()
    expect(page.get_by_test_id("stAlert")).to_be_visible()
