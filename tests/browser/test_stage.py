"""Simulate as a lecturer uses it: nothing jumps, all levers are near, one screen of a phone."""

import re
from collections.abc import Iterable

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.simulation import PRESETS
from tests.browser.conftest import OpenPage, wait_until_idle
from tests.browser.test_live import DRAWN, expect_truth, place, ring, simulate, slider

# Every lever, button and figure, and every line of the table, by what it is. What is looked at in
# each picture is where they stand; the first place of each is kept.
WATCH = """() => {
    const roots = () => [document, ...[...document.querySelectorAll("*")]
        .map(({ shadowRoot }) => shadowRoot).filter(Boolean)];
    const shown = (node) => node.getClientRects().length > 0;
    const seen = () => roots().flatMap((root) => [...root.querySelectorAll(
        "h1, button, input[type=range], .live-figure, .live-table tr, [role=tab]")])
        .filter(shown);
    const name = (node) => node.ariaLabel ?? node.labels?.[0]?.textContent ?? node.tagName;
    const first = new Map();
    window.moved = [];
    window.watching = true;
    const look = () => {
        if (!window.watching) return;
        for (const node of seen()) {
            const { x, y } = node.getBoundingClientRect();
            const was = first.get(node);
            if (!was) first.set(node, { x, y });
            else if (Math.abs(was.x - x) > 0.5 || Math.abs(was.y - y) > 0.5)
                window.moved.push(`${name(node)}: ${was.x},${was.y} to ${x},${y}`);
        }
        requestAnimationFrame(look);
    };
    look();
}"""
STOP = "() => { window.watching = false; return [...new Set(window.moved)]; }"


def menu(page: Page) -> Locator:
    # Streamlit keeps a second one for narrow screens, which is not shown.
    return page.locator(".st-key-simulate-situations button:visible")


def choose(page: Page, preset: str) -> None:
    """By keyboard alone."""
    menu(page).press("Enter")
    page.get_by_role("menuitem", name=preset).press("Enter")
    wait_until_idle(page)
    expect_situation(page, preset)


def expect_situation(page: Page, name: str) -> None:
    shown = re.compile(rf"\b{re.escape(name)}\s*(?!.*\()")
    expect(menu(page)).to_have_accessible_name(shown)


@pytest.mark.slow
def test_nothing_moves_but_what_is_moved_in_any_situation(open_page: OpenPage) -> None:
    page = simulate(open_page, width=1280, height=720)
    for preset in PRESETS:
        if preset is not PRESETS[0]:
            choose(page, preset.name)
        page.evaluate(WATCH)
        for name, keys in (
            ("Between-cluster variance", ("ArrowRight", "PageUp", "Home", "End")),
            ("Residual variance", ("Home", "ArrowRight", "End")),
            ("Spread of cluster sizes", ("Home", "ArrowRight", "End")),
            ("Correlation of size with intercept", ("Home", "End")),
        ):
            for key in keys:
                slider(page, name).press(key)
                wait_until_idle(page, quiet=0.15)
        page.get_by_role("button", name="New sample").click()
        wait_until_idle(page, quiet=0.15)
        expect_situation(page, f"{preset.name} (changed)")
        moved = page.evaluate(STOP)
        assert not moved, (preset.name, moved)
        page.get_by_role("button", name="Reset", exact=True).click()
        wait_until_idle(page, quiet=0.15)
        expect_situation(page, preset.name)


@pytest.mark.slow
def test_a_ring_in_the_hand_moves_nothing_else(open_page: OpenPage) -> None:
    page = simulate(open_page, "?size_spread=1.2&size_corr=-0.7&seed=6", width=1280, height=720)
    page.evaluate(WATCH)
    ring(page, 11).focus()
    page.keyboard.press("PageUp")
    wait_until_idle(page)
    expect(slider(page, "Rows of cluster 11")).to_be_visible()
    expect(page.get_by_role("button", name="Big clusters sit low (changed)")).to_be_visible()
    assert page.evaluate(STOP) == []


def expect_on_screen(elements: Iterable[Locator], height: int) -> None:
    for element in elements:
        box = place(element)
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height


def test_at_the_projector_sentence_figure_and_main_levers_are_on_one_screen(
    open_page: OpenPage,
) -> None:
    page = simulate(open_page, "?size_spread=1.2&size_corr=-0.7&seed=6", width=1280, height=720)
    variances = [slider(page, name) for name in ("Between-cluster", "Residual")]
    sizes = [slider(page, name) for name in ("Spread of cluster", "Correlation of size")]
    words, figure = page.locator(".live-words").first, page.locator(DRAWN).first
    expect_on_screen([*variances, *sizes, words, figure, page.locator(".live-table")], 720)
    # The situation and what is said of it are one column.
    about = page.get_by_text("Started from:")
    assert abs(place(about)["x"] - place(words)["x"]) <= 2
    # Enlarged by half.
    page.set_viewport_size({"width": 853, "height": 480})
    wait_until_idle(page)
    expect_on_screen([*variances, words, figure], 480)
    page.set_viewport_size({"width": 1280, "height": 720})
    # A bubble of help is whole, whatever box its slider stands in.
    for number, help_ in enumerate(page.get_by_role("note").all()):
        help_.focus()
        whole = help_.evaluate(
            """note => {
                note.scrollIntoView({ block: "center" });
                const { left, width, top } = note.closest(".slider").getBoundingClientRect();
                const bubble = getComputedStyle(note, "::after");
                const middle = top + parseFloat(bubble.top) + parseFloat(bubble.height) / 2;
                const hit = document.elementFromPoint(left + width / 2, middle);
                return hit === note.getRootNode().host || hit.contains(note.getRootNode().host);
            }"""
        )
        assert whole, number


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 640)])
def test_on_a_phone_the_figure_stays_in_sight_while_levers_pass_under_it(
    open_page: OpenPage, width: int, height: int
) -> None:
    page = simulate(open_page, width=width, height=height)
    for name in ("Between-cluster variance", "Residual variance", "Correlation of size"):
        lever = slider(page, name)
        lever.scroll_into_view_if_needed()
        page.wait_for_timeout(100)
        figure, box = place(page.locator(DRAWN).first), place(lever)
        assert figure["y"] >= 0
        assert figure["y"] + figure["height"] <= box["y"]
        assert box["y"] + box["height"] <= height + 1  # the page scrolls by whole pixels
    slider(page).scroll_into_view_if_needed()
    slider(page).press("ArrowRight")
    expect_truth(page, "0.5500")


@pytest.mark.slow
def test_on_a_plain_page_a_moving_control_makes_no_steps(open_page: OpenPage) -> None:
    page = open_page("/simulate?plain=1")
    expect(page.get_by_text("Each cluster can be moved: choose it below")).to_be_visible()
    steps = page.evaluate("history.length")
    for shown in ("0.55", "0.6"):
        slider(page).press("ArrowRight")
        expect(page).to_have_url(re.compile(rf"plain=1&between={shown}$"))
    assert page.evaluate("history.length") == steps
