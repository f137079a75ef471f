"""What a page is set to: in the address, over Back and reload, and when the server is lost."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import OpenPage, free_port, serving, wait_until_idle
from tests.browser.screen import choose_from_menu, coefficients, until_changed

DATA = Path(__file__).resolve().parents[2] / "data"
BETWEEN = "Between-cluster variance"
RATIO = "Variance ratio ρ"


def slider(page: Page, name: str = BETWEEN) -> Locator:
    return page.get_by_role("slider", name=name)


def ring(page: Page, cluster: int) -> Locator:
    return page.get_by_role("slider", name=re.compile(rf"^Cluster {cluster}, "))


def go_to(page: Page, title: str) -> None:
    choose_from_menu(page, title)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    wait_until_idle(page)


def query(page: Page) -> str:
    return urlsplit(page.url).query


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    # Where the click first had to scroll, it only gives the focus; the key opens the list.
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name=option, exact=True).click()
    wait_until_idle(page)


def resize_and_move(page: Page) -> None:
    """Change cluster 3 by hand: its mean, then its rows."""
    before = coefficients(page)
    ring(page, 3).focus()
    page.keyboard.press("PageUp")
    moved = until_changed(page, before)
    slider(page, "Rows of cluster 3").press("End")
    until_changed(page, moved)
    expect(page).to_have_url(re.compile(r"moved=3:[\d.]+&resized=3:500"))


# --- the address ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_clusters_changed_by_hand_come_back_after_reload_and_share_and_are_put_back(
    open_page: OpenPage,
) -> None:
    page = open_page("/simulate")
    start = coefficients(page)
    resize_and_move(page)
    shown, address = coefficients(page), page.url
    page.reload()
    wait_until_idle(page)
    other = open_page(f"/simulate?{query(page)}")
    for each in (page, other):
        assert coefficients(each) == shown
        assert each.url == address
        expect(each.locator(".live-handle.moved")).to_have_count(1)
        expect(ring(each, 3)).to_have_accessible_name(re.compile("Cluster 3, 500 rows"))
    page.get_by_role("button", name="Reset", exact=True).click()
    assert until_changed(page, shown) == start
    expect(page).not_to_have_url(re.compile(r"\?"))
    other.get_by_role("button", name="New sample").click()
    expect(other).to_have_url(re.compile(r"simulate\?seed=3$"))
    expect(other.locator(".live-handle.moved")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "knob"),
    [
        ("/simulate", re.compile("^Cluster 3, ")),
        ("/rows-or-clusters?step=do", "Pupils in school A"),
    ],
)
def test_a_move_that_is_reported_on_the_way_to_another_page_stops_nothing(
    open_page: OpenPage, address: str, knob: str
) -> None:
    page = open_page(address)
    link = page.get_by_role("link", name="Your data").first.element_handle()
    page.get_by_role("slider", name=knob).evaluate(
        """(knob, link) => {
            const key = { key: "PageUp", bubbles: true };
            for (let k = 0; k < 3; k += 1) knob.dispatchEvent(new KeyboardEvent("keydown", key));
            link.click();
        }""",
        link,
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("Your data")
    wait_until_idle(page)


def change_simulate(page: Page) -> None:
    slider(page).press("End")
    resize_and_move(page)
    page.get_by_text("no pooling", exact=True).click()
    page.get_by_text("The ledger: which clusters moved it").click()
    page.get_by_role("radio", name="conditiontreated").click()
    expect(page).to_have_url(
        re.compile("lines=no-pooling&(?=.*ledger=true)(?=.*coefficient=conditiontreated)")
    )


def change_dial(page: Page) -> None:
    choose(page, "Data", "Fuel economy")
    choose(page, "Coefficient", "year")
    slider(page, RATIO).press("PageUp")
    expect(page).to_have_url(re.compile("data=mpg&coefficient=year&rho="))


def change_your_data(page: Page) -> None:
    choose(page, "Data", "Growing jaws")
    page.get_by_text("and all interactions").click()
    wait_until_idle(page)
    choose(page, "Show along", "Sex")
    page.get_by_text("no cluster lines", exact=True).click()
    expect(page).to_have_url(re.compile("example=orthodont&formula=.*&along=Sex&lines=none"))


def change_puzzle(page: Page) -> None:
    page.locator("[data-id='lmer.criterion']").click()
    page.get_by_role("radio", name="conditionstim").click()
    expect(page).to_have_url(re.compile("number=lmer.criterion&coefficient=conditionstim"))


CHANGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "Simulate": ("/simulate", change_simulate),
    "The dial": ("/dial", change_dial),
    "Your data": ("/your-data", change_your_data),
    "The puzzle": ("/", change_puzzle),
}
# Simulate has most to lose, and is tried every day.
every_page = pytest.mark.parametrize(
    "title",
    [pytest.param(title, marks=[pytest.mark.slow] * (title != "Simulate")) for title in CHANGES],
)


# Which cluster was taken last, and so offers its rows, is no setting.
ROWS_OF = re.compile(r"Rows of cluster \d+\n.*?\n500\n|Each ring in the figure .*?\n", re.DOTALL)


@dataclass(frozen=True)
class Screen:
    """What controls, address, text and figures show."""

    address: str
    sliders: dict[str, str]
    choices: list[bool]
    menus: list[str]
    text: str
    figures: list[float]

    def assert_same(self, other: "Screen") -> None:
        assert self.text.splitlines() == other.text.splitlines()
        assert replace(self, figures=[]) == replace(other, figures=[])
        # What was played by the browser in single precision is computed anew by the server.
        assert self.figures == pytest.approx(other.figures, abs=1e-3)


def screen(page: Page) -> Screen:
    wait_until_idle(page, quiet=1)
    sliders = page.get_by_role("slider").evaluate_all(
        "all => all.map(each => [each.labels?.[0]?.textContent ?? each.ariaLabel,"
        " each.ariaValueText])"
    )
    return Screen(
        address=page.url,
        sliders={name: shown for name, shown in sliders if not name.startswith("Rows of")},
        choices=page.locator("input[type=radio], input[type=checkbox], [role=radio]").evaluate_all(
            "all => all.map(each => each.checked ?? each.ariaChecked === 'true')"
        ),
        menus=page.get_by_role("combobox").evaluate_all("all => all.map(each => each.value)"),
        text=re.sub(r"\n+", "\n", ROWS_OF.sub("\n", page.get_by_test_id("stMain").inner_text())),
        figures=page.locator(".live-figure .js-plotly-plot").evaluate_all(
            "all => all.flatMap(({ data }) => data.flatMap(({ x, y }) => [...x, ...y]))"
            ".filter(Number.isFinite)"
        ),
    )


@pytest.mark.slow
@every_page
def test_settings_survive_another_page_back_forward_and_reload(
    open_page: OpenPage, title: str
) -> None:
    path, change = CHANGES[title]
    page = open_page(path)
    first = screen(page)
    change(page)
    changed = screen(page)
    assert changed != first
    assert not re.search(r"\s|%20|\+", query(page).replace("%2B", ""))
    other = "The dial" if title != "The dial" else "Simulate"
    go_to(page, other)
    assert query(page) == ""
    go_to(page, title)
    screen(page).assert_same(changed)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(other)
    wait_until_idle(page)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    screen(page).assert_same(changed)
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text(other)
    wait_until_idle(page)
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    screen(page).assert_same(changed)
    page.reload()
    screen(page).assert_same(changed)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/simulate?lines=no+cluster+lines&shape=one+outlier&ledger=true",
         "/simulate?shape=one-outlier&lines=none&ledger=true"),
        ("/simulate?between=1.2500000000000002&seed=7&lines=no+pooling",
         "/simulate?between=1.25&seed=7&lines=no-pooling"),
        ("/dial?data=Growing+jaws&coefficient=age%3ASexMale&rho=0.25",
         "/dial?data=orthodont&coefficient=age:SexMale&rho=0.25"),
        ("/your-data?example=Growing+jaws&lines=no+cluster+lines",
         "/your-data?example=orthodont&lines=none"),
        ("/?number=lmer.criterion", "/?number=lmer.criterion"),
    ],
)  # fmt: skip
def test_an_old_address_opens_the_same_screen_and_gets_ids(
    open_page: OpenPage, old: str, new: str
) -> None:
    page = open_page(old)
    expect(page).to_have_url(re.compile(re.escape(new) + "$"))
    shown = screen(page)
    second = open_page(new)
    screen(second).assert_same(shown)


# --- a file of the visitor's ----------------------------------------------------------------------


MISSING = re.compile("The file sleepstudy.csv, which the address names, is not here any more")


def choose_file(page: Page) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload", exact=True).click()
    chooser.value.set_files(DATA / "sleepstudy.csv")
    wait_until_idle(page)


def upload(page: Page) -> None:
    choose_file(page)
    choose(page, "Outcome", "Reaction")
    choose(page, "Cluster", "Subject")
    choose(page, "Predictors", "Days")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("example=file&file=sleepstudy.csv&formula=Reaction"))


@pytest.mark.slow
def test_a_file_survives_another_page_and_is_missed_after_a_reload(open_page: OpenPage) -> None:
    page = open_page("/your-data")
    upload(page)
    shown = coefficients(page)
    go_to(page, "Simulate")
    go_to(page, "Your data")
    assert coefficients(page) == shown
    page.reload()
    wait_until_idle(page)
    expect(page.get_by_text(MISSING)).to_be_visible()
    choose_file(page)
    assert coefficients(page) == shown


# --- a server that is started again ---------------------------------------------------------------


class Restarting:
    """A server and a page that stays open while it is started again."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.port, self.folder, self.stack = free_port(), folder, stack
        self.start()

    def start(self) -> None:
        self.server = self.stack.enter_context(ExitStack())
        log = self.server.enter_context((self.folder / f"{self.port}.txt").open("a"))
        command = [sys.executable, "app.py", "--port", str(self.port)]
        self.origin = self.server.enter_context(serving(command, self.port, log))

    def restart(self, page: Page) -> None:
        state = "() => document.querySelector('[data-testid=stApp]').dataset.testConnectionState"
        self.server.close()
        page.wait_for_function(f"() => ({state})() !== 'CONNECTED'")
        self.start()
        page.wait_for_function(f"() => ({state})() === 'CONNECTED'")
        wait_until_idle(page, quiet=1.5)


@pytest.fixture
def restarting(tmp_path: Path) -> Iterator[Restarting]:
    with ExitStack() as stack:
        yield Restarting(tmp_path, stack)


@pytest.fixture
def tab(restarting: Restarting, browser: Browser) -> Iterator[Page]:
    """A page of that server; what the browser says about a lost connection is expected."""
    with browser.new_context(
        base_url=restarting.origin, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    ) as context:
        yield context.new_page()


@pytest.mark.slow
@every_page
def test_after_a_restart_the_page_says_what_it_said_and_answers(
    restarting: Restarting, tab: Page, title: str
) -> None:
    path, change = CHANGES[title]
    tab.goto(path)
    wait_until_idle(tab)
    first = screen(tab)
    change(tab)
    changed = screen(tab)
    restarting.restart(tab)
    screen(tab).assert_same(changed)
    assert changed != first
    tab.reload()
    screen(tab).assert_same(changed)
    assert tab.get_by_test_id("stException").count() == 0


@pytest.mark.slow
def test_after_a_restart_a_reload_and_in_another_tab_the_course_goes_on_where_it_was(
    restarting: Restarting, tab: Page
) -> None:
    tab.goto("/rows-or-clusters")
    wait_until_idle(tab)
    field = tab.get_by_label("Or type a number")
    field.fill("60")
    field.press("Enter")
    wait_until_idle(tab)
    field.press("Enter")
    expect(tab).to_have_url(re.compile("step=play&answers=at:60"))
    tab.goto("/")
    onwards = tab.get_by_role("link", name="Go on: lesson 2, Shrinkage")
    expect(onwards).to_be_visible()
    restarting.restart(tab)
    expect(onwards).to_be_visible()
    tab.reload()
    expect(onwards).to_be_visible()
    token = tab.evaluate("() => localStorage.getItem('betwixt.browser')")
    assert re.fullmatch("[0-9a-f]{32}", token)
    # What another tab forgets is forgotten here.
    other = tab.context.new_page()
    other.goto("/course")
    expect(other.get_by_text("✓ answered")).to_be_visible()
    other.get_by_text("Keep my work").click()
    other.get_by_role("button", name="Forget all of it").click()
    expect(other.get_by_text("✓ answered")).to_have_count(0)
    expect(tab.get_by_role("link", name="Take the course")).to_be_visible()
    assert tab.evaluate("() => localStorage.getItem('betwixt.progress')") is None
    assert tab.evaluate("() => localStorage.getItem('betwixt.browser')") != token


@pytest.mark.slow
def test_after_a_restart_sliders_rings_and_buttons_answer_again(
    restarting: Restarting, tab: Page
) -> None:
    # The front end goes on sending the address that it was opened with.
    tab.goto("/simulate?between=1.5&seed=3")
    wait_until_idle(tab)
    slider(tab).press("End")
    expect(tab).to_have_url(re.compile("between=2&"))
    restarting.restart(tab)
    truth = tab.get_by_role("row", name="between var.").get_by_role("cell").last
    expect(truth).to_have_text("2.000")
    expect(tab).to_have_url(re.compile("between=2&seed=3"))
    tab.get_by_role("button", name="Reset", exact=True).click()
    expect(slider(tab)).to_have_attribute("aria-valuetext", "0.50")
    expect(truth).to_have_text("0.5000")
    # As the report was before the restart.
    slider(tab).press("End")
    expect(truth).to_have_text("2.000")
    before = coefficients(tab)
    ring(tab, 4).focus()
    tab.keyboard.press("PageUp")
    assert until_changed(tab, before) != before
    expect(tab).to_have_url(re.compile("simulate.between=2&moved=4:"))


@pytest.mark.slow
def test_what_the_hand_does_while_the_server_is_away_is_not_lost(
    restarting: Restarting, tab: Page
) -> None:
    tab.goto("/simulate")
    wait_until_idle(tab)
    restarting.server.close()
    slider(tab).press("End")
    expect(slider(tab)).to_have_attribute("aria-valuetext", "2.00")
    restarting.start()
    truth = tab.get_by_role("row", name="between var.").get_by_role("cell").last
    expect(truth).to_have_text("2.000", timeout=60_000)
    expect(slider(tab)).to_have_attribute("aria-valuetext", "2.00")
    expect(tab).to_have_url(re.compile("between=2$"))


@pytest.mark.slow
def test_after_a_restart_the_open_page_sends_its_file_again(
    restarting: Restarting, tab: Page
) -> None:
    tab.goto("/your-data")
    wait_until_idle(tab)
    upload(tab)
    shown, address = coefficients(tab), tab.url
    restarting.restart(tab)
    expect(tab.get_by_test_id("stFileUploader")).to_contain_text("sleepstudy.csv")
    wait_until_idle(tab)
    assert coefficients(tab) == shown
    assert tab.url == address
    assert tab.get_by_text(MISSING).count() == 0
