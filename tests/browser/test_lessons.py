"""The first lesson in a real browser: by mouse, by keyboard, by touch."""

import base64
import json
import re

import numpy as np
import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from tests.browser.conftest import OpenPage, Watch, wait_until_idle

ADDRESS = "/rows-or-clusters"
DRAWN = '.live-figure:not([data-drawn="0"])'
OUTCOME = "64.5"


def ring(page: Page) -> Locator:
    return page.get_by_role("slider", name="Your intercept")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def box(element: Locator) -> FloatRect:
    found = element.bounding_box()
    assert found is not None
    return found


def middle(element: Locator) -> tuple[float, float]:
    found = box(element)
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def pixel(page: Page, score: float) -> float:
    """Where a score stands on the figure's axis, from the left of the window."""
    place: float = page.evaluate(
        """score => {
            const plot = document.querySelector(".js-plotly-plot");
            const axis = plot._fullLayout.xaxis;
            return plot.getBoundingClientRect().x + axis._offset + axis.d2p(score);
        }""",
        score,
    )
    return place


def kept(page: Page) -> dict[str, object]:
    found: dict[str, object] = json.loads(
        page.evaluate("() => localStorage.getItem('betwixt.progress') ?? '{}'")
    )
    return found


def text_of(frames: list[bytes | str]) -> str:
    """What came over the wire as text, arrays of numbers decoded."""
    whole = "\n".join(
        frame if isinstance(frame, str) else frame.decode("utf-8", "replace") for frame in frames
    )
    arrays = re.findall(r'"f8","bdata":"([A-Za-z0-9+/=]+)"', whole.replace("\\", ""))
    numbers = [np.frombuffer(base64.b64decode(array), "<f8") for array in arrays]
    assert numbers
    return whole + " ".join(f"{number:.1f}" for array in numbers for number in array)


def test_the_whole_lesson_by_mouse(open_page: OpenPage) -> None:
    page = open_page("/dial")
    frames: list[bytes | str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda got: frames.append(got)))
    page.goto(ADDRESS)
    page.locator(DRAWN).wait_for()
    wait_until_idle(page)

    # Ask and commit: the outcome has not come over the wire.
    x, y = middle(ring(page))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(pixel(page, 56.0), y, steps=8)
    page.mouse.up()
    expect(button(page, "That is my answer")).to_be_enabled()
    wait_until_idle(page)
    assert OUTCOME not in text_of(frames)
    assert OUTCOME not in page.content()
    button(page, "That is my answer").click()

    # Play: the slider carries the point of balance.
    slider = page.get_by_role("slider", name="Between-cluster variance τ²")
    words = page.locator(".live-words")
    expect(words).to_contain_text("OLS balances at 55.9, the mixed model at 55.9.")
    track = box(slider)
    page.mouse.move(track["x"] + 6, track["y"] + track["height"] / 2)
    page.mouse.down()
    page.mouse.move(track["x"] + track["width"] / 4, track["y"] + track["height"] / 2, steps=5)
    page.mouse.up()
    expect(words).not_to_contain_text("the mixed model at 55.9.")

    # Reveal, wrong and then right.
    button(page, "What comes out?").click()
    expect(page.get_by_text("You: 56.0, the mixed model: 64.5, OLS: 55.9.")).to_be_visible()
    expect(page.get_by_text("You expect the mean of all pupils")).to_be_visible()
    button(page, "Answer again").click()
    wait_until_idle(page)
    page.mouse.click(pixel(page, 64.5), middle(ring(page))[1])
    button(page, "That is my answer").click()
    button(page, "What comes out?").click()
    expect(page.get_by_text("Just so.")).to_be_visible()
    page.go_back()
    expect(button(page, "What comes out?")).to_be_visible()
    page.go_forward()
    page.reload()
    expect(page.get_by_text("Just so.")).to_be_visible()

    # Do it: one drag to the end of the track is one move.
    button(page, "Why?").click()
    expect(page.locator(".formula").first).to_be_visible()
    button(page, "Do it").click()
    wait_until_idle(page)
    track = box(slider)
    page.mouse.move(*middle(slider))
    page.mouse.down()
    page.mouse.move(track["x"] + track["width"] + 20, track["y"] + track["height"] / 2, steps=12)
    page.mouse.up()
    expect(page.get_by_text("1 move so far.")).to_be_visible()
    expect(page.get_by_text("The mean of means is 65.3.")).to_be_visible()

    # Keep it: in the browser, as a page, as an address.
    button(page, "Remember").click()
    wait_until_idle(page)
    done = kept(page)["lessons"]["rows-or-clusters"]  # type: ignore[index]
    assert done["ideas"] == ["grand-mean", "right"]
    assert done["solved"] == {"one-vote-each": 1}
    page.get_by_text("Keep my work").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as a page").click()
    record = download.value.path().read_text()
    assert "56.0" in record and "one-vote" not in record and "1 move" in record
    restoring = re.search(r'href="[^"]+/(rows[^"]+)"', record)
    assert restoring
    other = open_page(f"/{restoring[1]}")
    button(other, "Go on where I was").click()
    expect(other.get_by_text("Just so.")).to_be_visible()
    wait_until_idle(other)
    assert kept(other) == kept(page)
    # A new session, as after a restart of the server, is told what the browser has kept.
    page.goto(ADDRESS)
    expect(button(page, "Go on where I was")).to_be_visible()
    page.go_back()
    page.get_by_text("Keep my work").click()
    page.get_by_role("textbox", name="Name").fill("Ada")
    page.keyboard.press("Enter")
    wait_until_idle(page)
    assert kept(page)["name"] == "Ada"
    page.get_by_role("button", name="Forget all of it").click()
    wait_until_idle(page)
    assert kept(page) == {}


@pytest.mark.slow
def test_by_keyboard_alone_and_on_a_projector(open_page: OpenPage) -> None:
    page = open_page(f"{ADDRESS}?view=lecture", width=1280, height=720)
    page.locator(DRAWN).wait_for()
    for key, shown in (
        ("ArrowRight", "How far can the between-cluster variance"),
        ("ArrowRight", "The mixed model: 64.5, OLS: 55.9."),
        ("PageDown", "Both intercepts are weighted means"),
    ):
        page.keyboard.press(key)
        expect(page.locator(".st-key-lesson-sentence").get_by_text(shown)).to_be_visible()
        wait_until_idle(page)
    sizes = page.evaluate(
        """() => [...document.querySelectorAll("[data-testid=stMain] *")]
            .filter((part) => part.textContent.trim().length > 1 && !part.children.length)
            .filter((part) => part.getClientRects().length && !part.matches(".live-figure-words"))
            .filter((part) => part.dataset.testid !== "stIconMaterial")
            .map((part) => [parseFloat(getComputedStyle(part).fontSize), part.textContent])"""
    )
    assert sizes and not [found for found in sizes if found[0] < 18]
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".st-key-lesson-sentence").get_by_text("64.5, OLS: 55.9.")).to_be_visible()
    bottom = box(page.locator(".st-key-lesson-buttons"))
    assert bottom["y"] + bottom["height"] <= 720

    wait_until_idle(page)
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
        wait_until_idle(page)
    expect(button(page, "Skip the question")).to_be_visible()
    wait_until_idle(page)
    ring(page).focus()
    for _ in range(31):
        page.keyboard.press("PageUp")
    page.keyboard.press("ArrowRight")
    expect(ring(page)).to_have_attribute("aria-valuenow", "56.1")
    expect(page).not_to_have_url(re.compile("step="))
    button(page, "That is my answer").press("Enter")
    expect(page).to_have_url(re.compile(r"step=play&answers=at:56\.1"))
    button(page, "What comes out?").press("Enter")
    expect(page.get_by_text("You: 56.1, the mixed model: 64.5, OLS: 55.9.")).to_be_visible()


@pytest.mark.slow
def test_on_a_phone_figure_and_controls_are_in_view_together(server: str, browser: Browser) -> None:
    watch = Watch(server)
    with browser.new_context(
        base_url=server,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    ) as context:
        watch.follow(context)
        page = context.new_page()
        page.goto(ADDRESS)
        page.locator(DRAWN).wait_for()
        wait_until_idle(page)
        page.touchscreen.tap(pixel(page, 60.0), middle(ring(page))[1])
        expect(ring(page)).to_have_attribute("aria-valuenow", re.compile(r"^(59|60)"))
        button(page, "That is my answer").tap()
        controls = page.locator(".st-key-lesson-controls")
        expect(controls).to_be_visible()
        wait_until_idle(page)
        last = page.get_by_role("slider", name="Mean of school A")
        last.scroll_into_view_if_needed()
        figure = box(page.locator(".live-figure .main-svg").first)
        assert figure["y"] >= 0 and figure["y"] + figure["height"] <= box(controls)["y"] + 1
        assert box(last)["y"] + box(last)["height"] <= 844
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
        button(page, "What comes out?").tap()
        expect(page.get_by_text(re.compile(r"^You: (59|60)"))).to_be_visible()
        watch.look_for_exceptions()
    assert not watch.complaints, "\n".join(watch.complaints)
