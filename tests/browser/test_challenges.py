"""One challenge from its start to its end, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, wait_until_idle


@pytest.mark.slow
def test_a_challenge_is_solved_by_keyboard_kept_by_the_browser_and_shared(
    open_page: OpenPage,
) -> None:
    page = open_page("/challenges", width=1280, height=720)
    page.get_by_role("button", name="Challenge 6", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("6. Less shrinkage for all")
    ring = page.get_by_role("slider", name="Cluster 12, 10 rows")
    ring.focus()
    for _ in range(6):
        page.keyboard.press("PageUp")
    status = page.get_by_role("status").and_(page.locator("[aria-live=polite]"))
    expect(status).to_contain_text("Solved, in 1 move.")
    expect(page.get_by_role("link", name="Lesson 2 explains it")).to_be_visible()
    expect(page).to_have_url(re.compile(r"moved=12:3\.\d+&challenge=less-shrinkage"))
    wait_until_idle(page)

    page.reload()
    expect(page.get_by_text("Your fewest: 1.")).to_be_visible()
    expect(page.get_by_text("Solved, in 1 move.").first).to_be_visible()
    wait_until_idle(page)
    # By the mouse: back to where it was drawn, and nothing is moved any more.
    page.get_by_role("slider", name="Cluster 12, 10 rows").dblclick()
    expect(page.locator(".live-words", has_text="0 moves so far.")).to_be_visible()
    page.get_by_role("button", name="Share").click()
    shared = page.get_by_test_id("stCode").inner_text().strip()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="All challenges").click()
    expect(page.get_by_text("✓ solved in 1 move")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("6. Less shrinkage for all")

    other = open_page("/" + shared.split("/", 3)[3])
    expect(other.get_by_role("heading", level=1)).to_have_text("6. Less shrinkage for all")
    expect(other.locator(".live-words", has_text="0 moves so far.")).to_be_visible()
