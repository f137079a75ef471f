"""Lecture views on a projector: every step of every lesson and of the puzzle, by the arrow keys."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pages.parts.lesson.actions import PROJECTED_STEPS
from pages.parts.lesson.course import lessons
from tests.browser.conftest import OpenPage, wait_until_idle
from tests.browser.test_accessibility import grave

pytestmark = pytest.mark.slow

# A projector, and the same enlarged to 150%: width, height and how many of the projector's pixels
# one of the page's takes. The sizes of type are in the projector's.
SCREENS = {"projector": (1280, 720, 1.0), "enlarged": (853, 480, 1.5)}
SMALLEST, LARGE = 18, 24
# In the puzzle: ask, figure, reveal, seven pictures of the ledger, why.
PUZZLE_STEPS = 11

# What can be seen: every piece of text with its size in pixels and where it stands.
SEEN = """() => {
    const hidden = ".live-figure-words, .formula-said, .live-region, [class*=st-key-heading-], "
        + ".modebar, style, script, [data-testid=stIconMaterial]";
    const found = [];
    const main = document.querySelector("[data-testid=stMain]");
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const {parentElement: parent, textContent} = walker.currentNode;
        if (!textContent.trim() || !parent.checkVisibility({visibilityProperty: true})) continue;
        if (parent.closest(hidden)) continue;
        const range = document.createRange();
        range.selectNodeContents(walker.currentNode);
        const {left, right, top, bottom, width} = range.getBoundingClientRect();
        if (width < 1) continue;
        const size = parseFloat(getComputedStyle(parent).fontSize);
        const inFormula = parent.closest(".formula") !== null;
        const inSentence = parent.closest(".st-key-lesson-sentence") !== null;
        const text = textContent.trim();
        found.push({text, size, left, right, top, bottom, inFormula, inSentence});
    }
    return found;
}"""
BEYOND = """() => {
    const main = document.querySelector("[data-testid=stMain]");
    return [main.scrollWidth - main.clientWidth, main.scrollHeight - main.clientHeight];
}"""


def check(page: Page, step: str, screen: str) -> None:
    width, height, scale = SCREENS[screen]
    expect(page.get_by_test_id("stHeader")).to_be_hidden()
    seen: list[dict[str, Any]] = page.evaluate(SEEN)
    sentence = [part for part in seen if part["inSentence"]]
    # Names of programs stand in a smaller font in the midst of the sentence.
    assert sentence and max(scale * part["size"] for part in sentence) >= LARGE
    small = [(part["size"], part["text"]) for part in seen if scale * part["size"] < SMALLEST]
    assert not small, (step, small)
    wide, high = page.evaluate(BEYOND)
    assert wide <= 0 and high <= 0, (step, wide, high)
    cut = [
        part["text"]
        for part in seen
        if not part["inFormula"]
        and (
            part["left"] < 0 or part["top"] < 0 or part["right"] > width or part["bottom"] > height
        )
    ]
    assert not cut, (step, cut)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.id)
def test_a_lesson_fits_a_projector_at_every_step(
    open_page: OpenPage, lesson: Any, screen: str
) -> None:
    width, height, scale = SCREENS[screen]
    page = open_page(f"/{lesson.id}?view=lecture", width=width, height=height, scale=scale)
    for step in PROJECTED_STEPS:
        if step != "ask":
            page.keyboard.press("ArrowRight")
            expect(page).to_have_url(re.compile(f"step={step}"))
        page.locator('.live-figure:not([data-drawn="0"])').wait_for()
        wait_until_idle(page)
        check(page, step, screen)


@pytest.mark.parametrize("screen", SCREENS)
def test_the_puzzle_fits_a_projector_at_every_step(open_page: OpenPage, screen: str) -> None:
    width, height, scale = SCREENS[screen]
    page = open_page("/?view=lecture", width=width, height=height, scale=scale)
    said = set()
    for step in range(PUZZLE_STEPS):
        if step:
            before = page.url
            page.keyboard.press("ArrowRight")
            expect(page).not_to_have_url(before)
        wait_until_idle(page)
        said.add(page.locator(".st-key-lesson-sentence").inner_text())
        check(page, str(step), screen)
    assert len(said) == PUZZLE_STEPS
    assert "step=why" in page.url


def test_estimates_in_a_projected_figure_are_as_large_as_the_sentence(open_page: OpenPage) -> None:
    page = open_page("/tug-of-war?view=lecture&step=reveal", width=1280, height=720)
    page.locator('.live-figure:not([data-drawn="0"])').wait_for()
    seen: list[dict[str, Any]] = page.evaluate(SEEN)
    estimates = [
        part for part in seen if re.match(r"(OLS|mixed|inside|between) \S*\d", part["text"])
    ]
    assert len(estimates) == 4
    assert all(part["size"] >= LARGE for part in estimates)


def test_a_lecture_begins_at_the_question_wherever_the_pages_were_left(open_page: OpenPage) -> None:
    page = open_page("/shrinkage?step=reveal", width=1280, height=720)
    page.get_by_role("link", name="The puzzle").first.click()
    page.get_by_role("link", name="Show it in class").click()
    for page_of, address in (("lesson 2", "/shrinkage"), ("the puzzle", "/")):
        page.get_by_role("link", name=f"Lecture view of {page_of}").click()
        expect(page.locator(".st-key-lesson-projected")).to_be_visible()
        expect(page).to_have_url(re.compile(rf"{address}\?view=lecture$"))
        wait_until_idle(page)
        page.go_back()
        expect(page.get_by_role("link", name="Lecture view of the puzzle")).to_be_visible()
        wait_until_idle(page)


def test_the_keys_lead_from_one_lecture_to_the_next_and_back(open_page: OpenPage) -> None:
    page = open_page("/?view=lecture&step=why", width=1280, height=720)
    for key, address in (
        ("ArrowRight", r"/rows-or-clusters\?view=lecture$"),
        ("ArrowLeft", r"/\?step=why&view=lecture$|/\?view=lecture&step=why$"),
        ("PageDown", r"/rows-or-clusters\?view=lecture$"),
    ):
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(address))
        wait_until_idle(page)
    # No key leads out of the lecture.
    page = open_page("/not-gaussian?view=lecture&step=remember", width=1280, height=720)
    page.keyboard.press("ArrowRight")
    wait_until_idle(page)
    expect(page).to_have_url(re.compile("/not-gaussian"))


def test_a_slider_that_the_mouse_has_left_does_not_keep_the_keys(open_page: OpenPage) -> None:
    page = open_page("/shrinkage?view=lecture&step=play", width=1280, height=720)
    slider = page.get_by_role("slider", name="Between-cluster variance")
    slider.click()
    wait_until_idle(page)
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("step=reveal"))
    wait_until_idle(page)
    # Whoever came there by keyboard moves it.
    slider.focus()
    before = slider.input_value()
    page.keyboard.press("ArrowRight")
    expect(slider).not_to_have_value(before)
    expect(page).to_have_url(re.compile("step=reveal"))


def test_back_reload_and_a_second_tab_keep_the_puzzle_s_step(open_page: OpenPage) -> None:
    page = open_page("/?view=lecture&step=ledger", width=1280, height=720)
    sentence = page.locator(".st-key-lesson-sentence")
    for bars in (1, 2):
        page.keyboard.press("ArrowRight")
        expect(page).to_have_url(re.compile(f"bars={bars}"))
        wait_until_idle(page)
    second = sentence.inner_text()
    page.go_back()
    expect(page).to_have_url(re.compile("bars=1"))
    expect(sentence).not_to_have_text(second)
    wait_until_idle(page)
    page.go_forward()
    expect(sentence).to_have_text(second)
    wait_until_idle(page)
    expect(page).to_have_url(re.compile("bars=2"))
    page.reload()
    expect(sentence).to_have_text(second)
    address = page.url
    other = open_page(address[address.index("/?") :], width=1280, height=720)
    expect(other.locator(".st-key-lesson-sentence")).to_have_text(second)
    wait_until_idle(page)
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("bars=1"))
    page.get_by_role("button", name="Study view").click()
    expect(page.locator(".printouts-number")).to_have_count(40)
    page.get_by_role("button", name="Lecture view").click()
    expect(page).to_have_url(re.compile(r"/\?view=lecture$"))


def test_a_key_that_is_held_takes_one_step_and_no_answer(open_page: OpenPage) -> None:
    page = open_page("/rows-or-clusters?view=lecture", width=1280, height=720)
    field = page.get_by_label("Or type a number")
    field.fill("60")
    # Playwright repeats a key that is down already.
    for _ in range(3):
        page.keyboard.down("Enter")
        wait_until_idle(page)
    page.keyboard.up("Enter")
    expect(page).not_to_have_url(re.compile("step="))
    field.press("Enter")
    expect(page).to_have_url(re.compile("step=play"))
    wait_until_idle(page)
    page.evaluate("() => document.activeElement.blur()")
    for _ in range(3):
        page.keyboard.down("ArrowRight")
        wait_until_idle(page)
    page.keyboard.up("ArrowRight")
    expect(page).to_have_url(re.compile("step=reveal"))


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/?view=lecture", "/?view=lecture&step=ledger&bars=3"])
def test_the_puzzle_s_lecture_is_there_for_everybody(
    open_page: OpenPage, address: str, color_scheme: Any
) -> None:
    page = open_page(address, width=1280, height=720, color_scheme=color_scheme)
    assert not grave(page)


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_the_qr_code_is_said_and_keys_wait_for_it(open_page: OpenPage, color_scheme: Any) -> None:
    page = open_page(
        "/shrinkage?view=lecture&step=play", width=1280, height=720, color_scheme=color_scheme
    )
    page.get_by_role("button", name="QR code").click()
    dialog = page.get_by_role("dialog")
    # The server of the tests listens at this machine's name for itself alone.
    expect(dialog).to_contain_text("--host 0.0.0.0")
    page.keyboard.press("ArrowRight")
    wait_until_idle(page)
    expect(page).to_have_url(re.compile("step=play"))
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("step=reveal"))
