"""Turning the dial in a real browser: by hand, by keyboard, by button, by address."""

import math
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, wait_until_idle


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Variance ratio ρ")


def words(page: Page, pattern: str) -> Locator:
    return page.get_by_role("paragraph").filter(has_text=re.compile(pattern))


def ring(page: Page) -> list[float]:
    """Return where the ring in the upper panel is drawn: position and estimate."""
    place: list[float] = page.evaluate(
        """() => {
            const { data } = document.querySelector(".js-plotly-plot");
            const { x, y } = data.find(({ meta }) => meta.role === "ring");
            return [x[0], y[0]];
        }"""
    )
    return place


def ring_on_screen(page: Page) -> float:
    """Return the middle of the drawn ring, in pixels from the left."""
    points = page.locator(".js-plotly-plot").first.locator(".xy .scatterlayer .points path")
    box = points.last.bounding_box()
    assert box
    return box["x"] + box["width"] / 2


def bars(page: Page) -> list[float]:
    widths: list[float] = page.evaluate(
        """() => {
            const { data } = document.querySelectorAll(".js-plotly-plot")[1];
            const { x } = data.find(({ meta }) => meta.role === "weights");
            return [...x].filter((_, k) => k % 3 === 1);
        }"""
    )
    return widths


def track(page: Page) -> tuple[float, float, float]:
    """Left end, right end and height of the slider's track, in pixels."""
    box = slider(page).bounding_box()
    assert box
    thumb = 6.0
    return box["x"] + thumb, box["x"] + box["width"] - thumb, box["y"] + box["height"] / 2


@pytest.mark.slow
def test_a_drag_is_drawn_without_the_server_which_hears_of_the_end(open_page: OpenPage) -> None:
    page = open_page("/")
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(1)))
    page.goto("/dial")
    page.locator('.live-figure:not([data-drawn="0"])').nth(1).wait_for()
    wait_until_idle(page)
    left, right, height = track(page)
    middle = left + ring(page)[0] * (right - left)
    page.mouse.move(middle, height)
    page.mouse.down()
    quiet, places, weights = len(sent), [ring(page)], [bars(page)]
    for step in range(1, 6):
        page.mouse.move(middle - step * (middle - left) / 6, height, steps=4)
        page.wait_for_timeout(60)
        places.append(ring(page))
        weights.append(bars(page))
    assert len(sent) == quiet
    # From REML towards OLS, where the slope is 3.184 (tests/reference/hsb_ses.json).
    positions, estimates = zip(*places, strict=True)
    assert list(positions) == sorted(positions, reverse=True)
    assert list(estimates) == sorted(estimates)
    assert positions[-1] < 0.15
    assert 2.8 < estimates[-1] < 3.184
    # The largest cluster, the last bar, gains what the smallest loses.
    assert weights[-1][-1] > weights[0][-1]
    assert weights[-1][0] < weights[0][0]
    page.mouse.up()
    expect(words(page, r"^At ρ = 0\.0\d+")).to_be_visible()
    wait_until_idle(page)
    assert len(sent) > quiet
    assert ring(page) == pytest.approx(list(places[-1]), abs=0.01)


def test_the_ring_stands_under_the_thumb(open_page: OpenPage) -> None:
    page = open_page("/dial")
    for key, share in (("Home", 0.0), ("End", 1.0)):
        slider(page).press(key)
        wait_until_idle(page)
        left, right, _ = track(page)
        assert ring_on_screen(page) == pytest.approx(left + share * (right - left), abs=4.0)


def test_the_keyboard_turns_it_from_ols_to_no_pooling(open_page: OpenPage) -> None:
    page = open_page("/dial")
    slider(page).press("Home")
    expect(words(page, r"^At ρ = 0 \(complete pooling, OLS\)")).to_be_visible()
    assert ring(page)[1] == pytest.approx(3.184, abs=5e-4)
    slider(page).press("ArrowRight")
    expect(words(page, r"^At ρ = 0\.000")).to_be_visible()
    # Answers come while the next key is pressed: nothing drawn may vanish meanwhile.
    for k in range(60):
        page.keyboard.press("ArrowRight")
        assert k % 5 or all(map(math.isfinite, ring(page)))
    slider(page).press("End")
    expect(words(page, r"^At ρ → ∞ \(no pooling\)")).to_be_visible()
    assert ring(page)[1] == pytest.approx(2.191, abs=5e-4)


def test_buttons_turn_it_and_reml_is_the_address_without_a_ratio(open_page: OpenPage) -> None:
    page = open_page("/dial")
    reml = ring(page)[0]
    page.get_by_role("button", name="Go to OLS").click()
    expect(page).to_have_url(re.compile(r"rho=0$"))
    assert ring(page)[0] == 0.0
    page.get_by_role("button", name="Go to REML").click()
    expect(page).not_to_have_url(re.compile("rho"))
    wait_until_idle(page)
    assert ring(page) == [pytest.approx(reml), pytest.approx(2.390, abs=5e-4)]


def test_other_data_are_at_their_own_reml(open_page: OpenPage) -> None:
    page = open_page("/dial?coefficient=ses&rho=0.7")
    page.get_by_role("combobox", name="Data").click()
    page.get_by_role("option", name="Fuel economy").click()
    expect(words(page, "the coefficient of displ is −2.391")).to_be_visible()
    expect(page).not_to_have_url(re.compile("rho|coefficient"))
    expect(page).to_have_url(re.compile("data=mpg"))


@pytest.mark.slow
def test_an_address_shows_the_same_screen_in_another_browser(open_page: OpenPage) -> None:
    page = open_page("/dial?data=Random+or+fixed%3F&rho=40")
    expect(page.get_by_text("2 minima")).to_be_visible()
    slider(page).press("ArrowRight")
    expect(page).not_to_have_url(re.compile("rho=40$"))
    wait_until_idle(page)
    parts = urlsplit(page.url)
    second = open_page(f"{parts.path}?{parts.query}")
    value = slider(page).get_attribute("aria-valuetext")
    expect(slider(second)).to_have_attribute("aria-valuetext", value or "")
    # The one is a frame that was played, the other computed.
    assert ring(second) == pytest.approx(ring(page), abs=1e-3)


def test_the_phone_shows_slider_and_estimate_together(open_page: OpenPage) -> None:
    page = open_page("/dial", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    figure = page.locator(".live-figure").first
    figure.scroll_into_view_if_needed()
    expect(slider(page)).to_be_in_viewport()
    expect(figure).to_be_in_viewport(ratio=0.9)


def test_on_a_projector_nothing_has_to_be_scrolled_for(open_page: OpenPage) -> None:
    page = open_page("/dial", width=1280, height=720)
    expect(slider(page)).to_be_in_viewport(ratio=1)
    for figure in page.locator(".live-figure").all():
        expect(figure).to_be_in_viewport(ratio=1)


@pytest.mark.slow
def test_your_data_lead_to_the_dial_with_their_model_and_back_leads_there(
    open_page: OpenPage,
) -> None:
    page = open_page("/your-data?example=mpg&formula=hwy~displ%2B(1|class)")
    page.get_by_role("button", name="Turn the dial on this model").click()
    expect(words(page, "the coefficient of displ is −")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/dial\?(?=.*data=mpg)(?=.*formula=hwy)(?!.*example)"))
    page.go_back()
    wait_until_idle(page)
    expect(page).to_have_url(re.compile("/your-data.*example=mpg"))
    expect(page.get_by_text("hwy ~ displ + (1 | class)").first).to_be_visible()
