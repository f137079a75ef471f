"""Without a mouse, without eyes, with colours of one's own, on paper."""

import re
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from engine.words.glossary import GLOSSARY
from pages.parts.lesson.course import lessons
from tests.browser.conftest import OpenPage, wait_until_idle

TITLES = {
    "/": "The puzzle",
    "/course": "The course",
    "/simulate": "Simulate",
    "/dial": "The dial",
    "/puzzles": "Famous puzzles",
    "/puzzles?puzzle=161703&answer=skip": "Famous puzzles",
    "/challenges": "Challenges",
    "/challenges?challenge=two-averages": "Challenges",
    "/your-data": "Your data",
    "/questions": "Questions",
    "/questions?id=grand-mean": "Is the intercept the grand mean?",
    "/glossary": "Glossary",
    "/paper": "In a paper",
    "/teaching": "For teaching",
    "/teaching?homework=slope&token=abcdefghijkl&code=a07": "For teaching",
} | {f"/{lesson.id}": lesson.title for lesson in lessons()}
# Lessons are alike, and so are the other pages in what is looked at here.
QUICK = ("/", "/rows-or-clusters")
PAGES = pytest.mark.parametrize(
    "address",
    [
        pytest.param(address, marks=[pytest.mark.slow] * (address not in QUICK))
        for address in TITLES
    ],
)
# A design in which every page has something in its ledger.
SIMULATED = "/simulate?size_spread=1.2&size_corr=-0.7"


def unfold(page: Page) -> None:
    """Open everything that a page has folded away."""
    for folded in page.locator("details:not([open])").element_handles():
        folded.evaluate("details => details.firstElementChild.click()")
    ledger = page.get_by_role("switch", name="The ledger")
    if ledger.count():
        ledger.locator("xpath=ancestor::label").click()
    wait_until_idle(page)


def grave(page: Page) -> list[str]:
    """Return what axe finds serious or critical, with the element it finds it in."""
    found = Axe().run(page).response["violations"]
    return [
        f"{violation['impact']}: {violation['id']}: {node['html']}"
        for violation in found
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


def announced(page: Page) -> Locator:
    return page.get_by_role("status").and_(page.locator("[aria-live=polite]"))


def term(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name, exact=True).first


def meaning(page: Page) -> Locator:
    return page.get_by_role("tooltip")


def focused(page: Page) -> Locator:
    return page.locator(":focus")


# --- every page -----------------------------------------------------------------------------------


def headings(page: Page) -> list[int]:
    """Return the levels of a page's headings, in its order."""
    levels: list[int] = page.locator("h1, h2, h3, h4, h5, h6").evaluate_all(
        "all => all.map(heading => Number(heading.tagName[1]))"
    )
    return levels


FOCUSED = """() => {
    let e = document.activeElement;
    while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(e);
    const shown = (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
    // A field of text shows the focus by its border and caret, a slider or ring by its knob.
    const otherwise = e.matches("input") || e.closest(".live-handle");
    return e === document.body ? null : shown || otherwise ? "seen" : e.outerHTML.slice(0, 300);
}"""


def reached_by_tab(page: Page) -> list[str]:
    """Press Tab from the top of a page to its end; say of each stop whether the focus is seen."""
    page.get_by_role("navigation").get_by_role("link").first.focus()
    stops = []
    for _ in range(120):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            break
        stops.append(stop)
    return stops


# The width of A4 between the margins, in CSS pixels.
PAPER = 703
CUT = f"""() => [...document.querySelectorAll(
    '.stApp :is(h1, h2, p, li, table, pre, .live-figure, .main-svg, input, .stCode)')]
    .filter(node => node.checkVisibility() && node.getBoundingClientRect().right > {PAPER} + 1)
    .map(node => node.outerHTML.slice(0, 200))"""


@pytest.mark.slow
@PAGES
def test_a_page_is_there_for_everybody(open_page: OpenPage, address: str) -> None:
    page = open_page(SIMULATED if address == "/simulate" else address)
    expect(page).to_have_title(f"{TITLES[address]} – Betwixt")
    levels = headings(page)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert len(levels) >= 3
    assert all(after <= before + 1 for before, after in pairwise(levels))
    unfold(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        stops = reached_by_tab(page)
        # The rest of the menu, and what the page has.
        assert len(stops) > 10
        assert set(stops) == {"seen"}
        assert not grave(page)
    # On paper nothing is cut at the right, and no figure in half.
    page.emulate_media(media="print", color_scheme="light")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    wait_until_idle(page)
    assert not page.evaluate(CUT)
    for figure in page.locator(".live-figure").all():
        expect(figure).to_have_css("break-inside", "avoid")
    expect(page.get_by_role("navigation")).to_be_hidden()


@pytest.mark.slow
@pytest.mark.parametrize("lesson", [lesson.id for lesson in lessons()])
def test_the_steps_of_a_lesson_and_its_lecture_are_there_for_everybody(
    open_page: OpenPage, lesson: str
) -> None:
    for query in ("step=play", "step=do", "view=lecture", "view=lecture&step=reveal"):
        page = open_page(f"/{lesson}?{query}")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert not grave(page), (query, scheme)


@pytest.mark.slow
@pytest.mark.parametrize("address", [SIMULATED, "/dial"])
def test_two_sheets_of_paper_hold_a_page_and_name_its_situation(
    open_page: OpenPage, address: str
) -> None:
    page = open_page(address)
    page.locator('.live-figure:not([data-drawn="0"])').nth(1).wait_for()
    pdf = page.pdf(format="A4", print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
    page.emulate_media(media="print")
    situation = page.locator(".st-key-simulate-situations button:visible")
    expect(situation).to_have_count(1 if address == SIMULATED else 0)


# --- by keyboard alone ----------------------------------------------------------------------------


def press(page: Page, *keys: str) -> None:
    """Press keys, wait for what they do, and see that the focus is still somewhere."""
    for key in keys:
        page.keyboard.press(key)
    wait_until_idle(page)
    # A focus that was lost is given back when the page has settled.
    page.wait_for_function("() => document.activeElement !== document.body", timeout=5_000)


@pytest.mark.slow
def test_simulate_by_keyboard_alone_tells_what_each_action_changed(open_page: OpenPage) -> None:
    page = open_page("/")
    page.get_by_role("button", name="Explore").focus()
    press(page, "Enter")
    press(page, "Enter")
    expect(announced(page)).to_have_text("Simulate – Betwixt")
    page.get_by_role("button", name="Balanced").focus()
    press(page, "Enter")
    expect(page.get_by_role("menu")).to_be_visible()
    press(page, "ArrowDown", "ArrowDown", "Enter")
    expect(announced(page)).to_contain_text("The coefficient of conditiontreated falls")
    # Where the menu was opened, so that one may go on from there.
    expect(focused(page)).to_contain_text("Condition confounded")
    said = ""
    for role, name, keys in (
        ("slider", "Between-cluster variance", ["ArrowRight", "PageUp"]),
        ("textbox", "Residual variance", ["2", "Enter"]),
        ("slider", re.compile("^Cluster 1,"), ["PageUp"]),
        ("button", "New sample", ["Enter"]),
        ("button", "Reset", ["Space"]),
    ):
        page.get_by_role(role, name=name, exact=True).focus()  # type: ignore[arg-type]
        press(page, *keys)
        expect(announced(page)).not_to_have_text(said)
        said = announced(page).inner_text()
    page.get_by_role("radio", name="partial pooling").focus()
    press(page, "ArrowRight", "Space")
    page.get_by_role("switch", name="The ledger").focus()
    press(page, "Space")
    page.get_by_role("radio", name="(Intercept)").focus()
    press(page, "ArrowRight", "Space")
    page.get_by_role("tab", name="Condition").focus()
    press(page, "Enter")


def test_the_puzzle_by_keyboard_alone_reads_out_the_number_that_is_selected(
    open_page: OpenPage,
) -> None:
    page = open_page("/")
    page.locator(".printouts-number[tabindex='0']").focus()
    press(page, "ArrowRight", "Enter")
    expect(announced(page)).to_contain_text("Standard error of the intercept")
    expect(announced(page)).to_contain_text("33 times")
    page.get_by_role("radio", name="(Intercept)").focus()
    press(page, "ArrowRight", "Space")
    expect(announced(page)).to_contain_text("conditionstim moves by")
    page.get_by_role("button", name="Try it").focus()
    press(page, "Enter")
    expect(announced(page)).to_contain_text("– Betwixt")
    # The button is gone with its page.
    expect(page.locator("h1:focus")).to_have_count(1)


@pytest.mark.slow
def test_the_dial_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("/dial")
    for role, name, keys, said in (
        ("slider", "Variance ratio ρ", ["Home"], "complete pooling"),
        ("slider", "Variance ratio ρ", ["End"], "no pooling"),
        ("button", "Go to OLS", ["Enter"], "complete pooling"),
        ("button", "Go to REML", ["Enter"], "at its minimum"),
        ("combobox", "Coefficient", ["ArrowDown", "ArrowUp", "Enter"], "the intercept is"),
        ("combobox", "Data", ["ArrowDown", "ArrowDown", "Enter"], "the coefficient of"),
    ):
        page.get_by_role(role, name=name).focus()  # type: ignore[arg-type]
        press(page, *keys)
        expect(announced(page)).to_contain_text(said)


@pytest.mark.slow
def test_your_data_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("/your-data")
    page.get_by_role("combobox", name="Data").focus()
    press(page, "ArrowDown", "ArrowDown", "Enter")
    expect(announced(page)).to_contain_text("standard errors of OLS")
    # What is folded away stays so.
    expect(announced(page)).not_to_contain_text("cluster 54")
    said = announced(page).inner_text()
    page.get_by_role("combobox", name="Predictors").focus()
    press(page, "ArrowDown")
    press(page, "Enter")
    expect(announced(page)).not_to_have_text(said)
    page.keyboard.press("Escape")
    page.get_by_role("switch", name="Type the formula").focus()
    press(page, "Space")
    page.get_by_role("textbox", name="Formula").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("nonsense")
    press(page, "Enter")
    # An error speaks for itself.
    expect(page.get_by_role("alert")).to_be_visible()
    for summary in page.locator("summary").all():
        summary.focus()
        press(page, "Enter")


# --- terms ----------------------------------------------------------------------------------------


def test_a_term_opens_its_meaning_to_focus_pointer_and_finger_and_escape_closes_it(
    open_page: OpenPage,
) -> None:
    page = open_page("/simulate")
    words = page.locator("a[href^='#word-']").evaluate_all("all => all.map(link => link.hash)")
    assert len(words) > 5
    # Only where the page first uses it.
    assert len(words) == len(set(words))
    cluster = term(page, "clusters")
    said = next(each.meaning for each in GLOSSARY if each.id == "cluster")
    expect(meaning(page)).to_have_count(0)
    cluster.hover()
    expect(meaning(page)).to_contain_text(said)
    # The pointer may go to the meaning, which then stays.
    meaning(page).hover()
    page.wait_for_timeout(400)
    expect(meaning(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(meaning(page)).to_have_count(0)
    page.mouse.move(5, 500)
    page.get_by_role("slider", name="Residual variance").focus()
    page.keyboard.press("Tab")
    while page.evaluate("!document.activeElement.matches('a[href^=\"#word-\"]')"):
        page.keyboard.press("Tab")
    expect(meaning(page)).to_be_visible()
    expect(focused(page)).to_have_accessible_description(re.compile(r"\w+"))
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(meaning(page)).to_have_count(0)
    before = page.url
    cluster.click()
    expect(meaning(page)).to_be_in_viewport(ratio=1)
    expect(announced(page)).to_contain_text(said)
    page.locator("h1").click()
    expect(meaning(page)).to_have_count(0)
    assert page.url == before


# --- colours of one's own, paper, and a phone -----------------------------------------------------


INK = """async ([bytes]) => {
    const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const counts = new Map();
    for (let at = 0; at < data.length; at += 4) {
        const colour = data.slice(at, at + 3).join();
        counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    return [...counts.values()].sort((a, b) => b - a);
}"""


def test_in_forced_colours_a_slider_has_track_and_knob(open_page: OpenPage) -> None:
    page = open_page("/simulate")
    slider = page.get_by_role("slider", name="Residual variance")
    for scheme in ("light", "dark"):
        page.emulate_media(forced_colors="active", color_scheme=scheme)  # type: ignore[arg-type]
        box = slider.bounding_box()
        assert box
        paper, *ink = page.evaluate(INK, [list(slider.screenshot())])
        # The track is 4 pixels high, in two colours; the knob has the one of what lies behind it.
        assert sum(ink[:2]) > 3 * (box["width"] - 20)
        assert paper > sum(ink)


def test_a_projector_shows_both_printouts_legibly_on_the_first_screen(open_page: OpenPage) -> None:
    page = open_page("/", width=1280, height=720)
    for sheet in page.locator(".printouts pre").all():
        size = sheet.evaluate("pre => parseFloat(getComputedStyle(pre).fontSize)")
        assert size >= 14
        expect(sheet).to_be_in_viewport(ratio=1)
        assert sheet.evaluate("pre => pre.scrollWidth <= pre.clientWidth")
