"""Numbers typed into a slider's field, and its arrow keys."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_live import expect_value, ring, simulate, slider


@pytest.fixture
def design(open_page: OpenPage) -> Page:
    """Simulate with its seed in view."""
    page = simulate(open_page)
    page.get_by_role("tab", name="Seed").click()
    expect(slider(page, "Seed")).to_be_visible()
    return page


def enter(page: Page, name: str, text: str) -> None:
    field = page.get_by_role("textbox", name=name)
    field.fill(text)
    field.press("Enter")


def test_typed_values_are_read_as_people_write_them_and_land_on_a_step(design: Page) -> None:
    for text, shown in (("1,234", "1234"), ("2.345,0", "2345"), ("no seed", "2345"), ("7.6", "8")):
        enter(design, "Seed", text)
        expect_value(design, shown, "Seed")
        expect(design.get_by_role("textbox", name="Seed")).to_have_value(shown)
    expect(design).to_have_url(re.compile(r"seed=8(&|$)"))
    for text, shown in (("1,23", "1.25"), ("−1", "0.00"), ("1.02", "1.00"), ("1,000", "2.00")):
        enter(design, "Between-cluster variance", text)
        expect_value(design, shown)


def test_arrow_keys_of_a_log_slider_move_by_single_rows_and_come_back(open_page: OpenPage) -> None:
    page = simulate(open_page)
    ring(page, 3).focus()
    rows = slider(page, "Rows of cluster 3")
    expect(rows).to_have_attribute("aria-valuetext", "42")
    for key, shown in (
        ("ArrowRight", "43"),
        ("ArrowLeft", "42"),
        ("ArrowLeft", "41"),
        ("ArrowUp", "42"),
        ("End", "500"),
        ("ArrowDown", "499"),
        ("Home", "1"),
        ("ArrowRight", "2"),
    ):
        rows.press(key)
        expect_value(page, shown, "Rows of cluster 3")
