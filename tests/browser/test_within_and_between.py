"""Within and between in a real browser: two rings by mouse and keyboard, then a switch."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, wait_until_idle
from tests.browser.test_lessons import DRAWN, button, middle, pixel


@pytest.mark.slow
def test_both_coefficients_are_placed_and_the_mean_is_put_into_the_model(
    open_page: OpenPage,
) -> None:
    page = open_page("/within-and-between")
    page.locator(DRAWN).wait_for()
    wait_until_idle(page)
    own = page.get_by_role("slider", name="Own SES")
    mean = page.get_by_role("slider", name="Mean SES")
    page.mouse.click(pixel(page, 2.4), middle(own)[1])
    expect(own).to_have_attribute("aria-valuenow", "2.4")
    expect(button(page, "Skip the question")).to_be_visible()
    # The ring of the row that is clicked comes, though the other one is nearer.
    page.mouse.click(pixel(page, 5.85), middle(mean)[1])
    expect(own).to_have_attribute("aria-valuenow", "2.4")
    page.keyboard.press("ArrowRight")
    expect(mean).to_have_attribute("aria-valuenow", "5.9")
    wait_until_idle(page)
    button(page, "That is my answer").click()

    words = page.locator(".live-words")
    expect(words).to_contain_text("One coefficient for SES: 3.18 by OLS, 2.39 by the mixed model.")
    page.get_by_text("School's mean SES is in the model").click()
    expect(words).to_contain_text("Own SES: 2.19 in both models")
    wait_until_idle(page)
    page.get_by_role("slider", name="Variance ratio ρ").focus()
    page.keyboard.press("Home")
    expect(words).to_contain_text("makes the mixed model the same as OLS")
    expect(words).to_contain_text("Mean SES: 3.53 in both models")

    button(page, "What comes out?").click()
    expect(page.get_by_text("You: 2.40 and 5.90.")).to_be_visible()
    expect(page.get_by_text("You leave own SES where it was")).to_be_visible()
    button(page, "Why?").click()
    expect(page.locator(".formula").first).to_be_visible()
    button(page, "Do it").click()
    wait_until_idle(page)
    page.get_by_role("slider", name="Variance ratio ρ").focus()
    page.keyboard.press("End")
    expect(page.get_by_text("Nothing is left at ρ = ∞.")).to_be_visible()
