"""The menus and the front page's ways in, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from pages.parts.lesson.progress import Done, Progress
from tests.browser.conftest import OpenPage, Watch, wait_until_idle

BAR = ("The puzzle", "Learn", "Explore", "Practise", "Your data", "Look up")
PHONE = {"width": 390, "height": 844}
# Links of the bar, or the section in whose list they are.
REACHED = {
    "The puzzle": None,
    "Your data": None,
    "The course": "Learn",
    "2. Shrinkage": "Learn",
    "Questions": "Look up",
    "Simulate": "Explore",
    "The dial": "Explore",
}
# Where the printouts and their card stood before the front page had ways in, from the top of the
# window; what was in sight there is in sight now. A phone's bar takes from the bottom what the
# menu took from the top.
PRINTOUTS = {(1440, 900): 157.2, (1280, 720): 157.2, (853, 480): 182.8, (390, 844): 234.0}
CARD = {(853, 480): 343.2, (390, 844): 694.0 - 56}


def bar(page: Page) -> Locator:
    return page.locator(".st-key-menu")


def go(page: Page, title: str) -> None:
    section = REACHED[title]
    if section:
        bar(page).get_by_role("button", name=section, exact=True).tap()
    place = page.get_by_role("dialog", name=section) if section else bar(page)
    place.get_by_role("link", name=title, exact=True).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(title.removeprefix("2. "))
    expect(page.get_by_role("dialog")).to_have_count(0)
    wait_until_idle(page)


LAST_IS_CLEAR = """() => {
    const main = document.querySelector("[data-testid=stMain]");
    main.scrollTo(0, main.scrollHeight);
    const bar = document.querySelector(".st-key-menu").getBoundingClientRect();
    const last = [...document.querySelectorAll(
        "[data-testid=stMainBlockContainer] [data-testid=stExpander]")].at(-1);
    return last.getBoundingClientRect().bottom <= bar.top;
}"""
IS_HIDDEN_BY_BAR = """() => {
    const bar = document.querySelector(".st-key-menu");
    let { activeElement } = document;
    if (!activeElement.closest("[data-testid=stMain] *") || bar.contains(activeElement))
        return false;
    while (activeElement.shadowRoot?.activeElement) ({ activeElement } = activeElement.shadowRoot);
    return activeElement.getBoundingClientRect().bottom > bar.getBoundingClientRect().top + 1;
}"""


@pytest.mark.slow
def test_on_a_phone_every_page_is_reached_by_finger_and_nothing_lies_under_the_bar(
    server: str, browser: Browser
) -> None:
    watch = Watch(server)
    with browser.new_context(
        base_url=server, viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce"
    ) as context:
        watch.follow(context)
        page = context.new_page()
        page.goto("/simulate")
        wait_until_idle(page)
        for title in REACHED:
            go(page, title)
            assert page.evaluate(LAST_IS_CLEAR), title
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Simulate")
        wait_until_idle(page)
        for _ in range(40):
            page.keyboard.press("Tab")
            assert not page.evaluate(IS_HIDDEN_BY_BAR)
        watch.look_for_exceptions()
    assert not watch.complaints, "\n".join(watch.complaints)


def test_on_a_phone_the_bar_has_large_targets_and_says_where_one_is(open_page: OpenPage) -> None:
    page = open_page("/simulate", **PHONE)
    expect(page.get_by_role("heading", level=1, name="Simulate")).to_be_in_viewport()
    targets = bar(page).locator("a, button")
    # The signs above the words are letters of a font.
    expect(targets).to_have_text([re.compile(name) for name in BAR])
    for target in targets.all():
        expect(target).to_be_in_viewport(ratio=0.99)
        box = target.bounding_box()
        assert box and box["width"] >= 44 and box["height"] >= 44
    expect(bar(page).get_by_role("button", name="Explore")).to_have_attribute(
        "aria-current", "true"
    )
    bar(page).get_by_role("button", name="Explore").press("Enter")
    here = page.get_by_role("dialog", name="Explore").get_by_role("link", name="Simulate")
    expect(here).to_have_attribute("aria-current", "page")
    here.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Main menu")).to_be_in_viewport(ratio=0.99)


# In every picture until it is at the bottom, and once more: where the bar is, if it is seen.
WATCH_BAR = """() => {
    window.seen = [];
    const look = () => {
        const bar = document.querySelector(".st-key-menu");
        const box = bar?.getBoundingClientRect();
        if (box?.height) window.seen.push(Math.round(box.bottom));
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""


def test_on_a_phone_the_bar_is_at_the_bottom_from_its_first_picture_on(
    server: str, browser: Browser
) -> None:
    with browser.new_context(base_url=server, viewport=PHONE) as context:
        context.add_init_script(f"({WATCH_BAR})()")
        page = context.new_page()
        page.goto("/dial")
        expect(bar(page)).to_be_visible()
        assert set(page.evaluate("window.seen")) == {PHONE["height"]}


@pytest.mark.slow
@pytest.mark.parametrize("screen", PRINTOUTS)
def test_the_ways_in_push_nothing_down(open_page: OpenPage, screen: tuple[int, int]) -> None:
    page = open_page("/", width=screen[0], height=screen[1])
    for name in ("Take the course", "Show it in class", "Bring your data"):
        expect(page.get_by_role("link", name=name)).to_be_in_viewport(ratio=0.99)
    box = page.locator(".printouts-sheet").first.bounding_box()
    assert box and box["y"] <= PRINTOUTS[screen] + 0.5
    box = page.locator(".st-key-printouts-card").bounding_box()
    assert box and box["y"] <= CARD.get(screen, PRINTOUTS[screen]) + 0.5


@pytest.mark.slow
def test_the_ways_in_lead_there(open_page: OpenPage) -> None:
    for name, title in (
        ("Take the course", "Rows or clusters?"),
        ("Show it in class", "The course"),
        ("Bring your data", "Your data"),
    ):
        page = open_page("/")
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page = open_page("/course")
    page.get_by_role("link", name="Lecture view of lesson 2").click()
    expect(page.locator(".st-key-lesson-projected")).to_be_visible()
    expect(page).to_have_url(f"{page.url.split('/shrinkage')[0]}/shrinkage?view=lecture")


@pytest.mark.slow
def test_back_leads_out_of_an_address_that_restores_a_record_and_what_is_forgotten_stays_so(
    open_page: OpenPage,
) -> None:
    done = Progress({"shrinkage": Done(("at:70",), ("right",), {}, "2026-11-29")})
    page = open_page("/dial")
    page.goto(f"/course?saved={done.to_address()}")
    expect(page.get_by_text("✓ answered")).to_be_visible()
    expect(page).to_have_url(re.compile("/course$"))
    page.get_by_text("Keep my work").click()
    page.get_by_role("button", name="Forget all of it").click()
    expect(page.get_by_text("✓ answered")).to_have_count(0)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("The dial")
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text("The course")
    wait_until_idle(page)
    expect(page.get_by_text("✓ answered")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize("address", ["/shrinkage?step=do", "/simulate"])
def test_in_a_low_window_a_figure_is_high_enough_to_be_read_and_scrolls_with_the_rest(
    open_page: OpenPage, address: str
) -> None:
    # A window of 1280 by 720 at 200%.
    page = open_page(address, width=640, height=360)
    figure = page.locator(".live-figure").first
    box = figure.bounding_box()
    assert box and box["height"] >= 300
    figure.evaluate("() => document.querySelector('[data-testid=stMain]').scrollTo(0, 2000)")
    expect(figure).not_to_be_in_viewport()


@pytest.mark.slow
@pytest.mark.parametrize("address", ["/shrinkage", "/simulate"])
def test_in_a_low_window_rings_stay_on_their_figure(open_page: OpenPage, address: str) -> None:
    page = open_page(address, width=640, height=360)
    figure = page.locator(".live-figure").first
    figure.locator(".live-handle").first.wait_for()
    box = figure.bounding_box()
    assert box
    for ring in figure.locator(".live-handle").all():
        at = ring.bounding_box()
        assert at and box["y"] <= at["y"] and at["y"] + at["height"] <= box["y"] + box["height"]
