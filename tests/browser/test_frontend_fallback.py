"""What a page shows when the live figures cannot be loaded."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from pages.parts.live.assets import module_url
from tests.browser.conftest import wait_until_idle
from tests.browser.screen import choose_from_menu, coefficients, until_changed
from tests.browser.test_live import expect_truth, slider

PLOTLY = "**/live/plotly-*/plotly.min.js"
SENTENCE = re.compile(r"The live figures could not be loaded.*simpler charts")

Answer = Callable[[Route], Any]

# Blocked on the way, cut short, and replaced by something else.
BROKEN: dict[str, Answer] = {
    "blocked": lambda route: route.abort(),
    "cut short": lambda route: route.fulfill(
        body="window.Plotly = { react: function (", content_type="text/javascript"
    ),
    "empty": lambda route: route.fulfill(body="", content_type="text/javascript"),
    "another page": lambda route: route.fulfill(body="<p>Log in</p>", content_type="text/html"),
}


@pytest.fixture
def page(server: str, browser: Browser) -> Iterator[Page]:
    """A page of its own, whose uncaught errors fail the test."""
    errors: list[str] = []
    with browser.new_context(base_url=server) as context:
        context.on("weberror", lambda error: errors.append(str(error.error)))
        yield context.new_page()
    assert not errors


def expect_plain(page: Page) -> None:
    expect(page.locator(".stPlotlyChart .main-svg").first).to_be_visible()
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    expect(page.locator(".live-figure")).to_have_count(0)
    wait_until_idle(page)


@pytest.mark.parametrize(
    "broken",
    [pytest.param(broken, marks=[pytest.mark.slow] * (broken != "blocked")) for broken in BROKEN],
)
def test_without_plotly_the_page_says_so_and_uses_streamlits_charts(
    page: Page, broken: str
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.route(PLOTLY, BROKEN[broken])
    page.goto("/simulate")
    expect_plain(page)
    expect(page.locator(".stPlotlyChart")).to_have_count(2)
    expect(page.get_by_text(SENTENCE)).to_have_count(1)
    # The browser itself reports the failed request, and the probe of a deep link (see conftest).
    ours = [text for text in said if "Failed to load" not in text]
    assert not [text for text in ours if text.startswith(("error", "warning"))]


@pytest.mark.slow
def test_without_plotly_the_page_still_answers_and_the_next_one_is_plain_too(page: Page) -> None:
    page.route(PLOTLY, BROKEN["blocked"])
    page.goto("/simulate?plain=0")
    expect_plain(page)
    before = coefficients(page)
    slider(page).press("ArrowRight")
    assert until_changed(page, before) != before
    expect_truth(page, "0.5500")
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    choose_from_menu(page, "The dial")
    expect_plain(page)


@pytest.mark.slow
def test_loading_the_page_again_tries_again(page: Page) -> None:
    page.route(PLOTLY, BROKEN["blocked"])
    page.goto("/dial")
    expect_plain(page)
    page.unroute(PLOTLY)
    page.reload()
    expect(page.locator('.live-figure:not([data-drawn="0"])')).to_have_count(2)
    expect(page.get_by_text(SENTENCE)).to_have_count(0)


@pytest.mark.slow
def test_without_any_module_the_page_says_so_too(page: Page) -> None:
    page.route("**/live/**", BROKEN["blocked"])
    page.goto("/")
    expect(page.get_by_text(SENTENCE)).to_be_visible()
    expect(page.get_by_role("combobox", name="Number")).to_be_visible()
    choose_from_menu(page, "Simulate")
    expect_plain(page)


@pytest.mark.slow
def test_a_plain_page_that_was_asked_for_needs_no_excuse(page: Page) -> None:
    page.goto("/simulate?plain=1")
    expect(page.locator(".stPlotlyChart .js-line").first).to_be_visible()
    expect(page.get_by_text(SENTENCE)).to_have_count(0)


# --- plotly.js of another make --------------------------------------------------------------------

# As another release might rename what is not documented.
CHANGED = {
    "size": "delete plot._fullLayout.width",
    "layout": "delete plot._fullLayout",
    "traces": "delete plot._fullData",
    "offset": "delete plot._fullLayout.yaxis._offset",
    "axis": "delete plot._fullLayout.xaxis",
    "to pixels": "delete plot._fullLayout.xaxis.d2p",
    "to values": "delete plot._fullLayout.yaxis.p2d",
}


def test_a_drawing_that_cannot_be_read_is_noticed(page: Page) -> None:
    page.goto("/_stcore/health")
    changes = ", ".join(f"(plot) => {{ {change}; }}" for change in ["", *CHANGED.values()])
    found = page.evaluate(
        f"""async (url) => {{
            const {{ isReadable }} = await import(url);
            const convert = (number) => number;
            const axis = () =>
                ({{ _offset: 1, _length: 9, d2p: convert, p2d: convert, range: [0, 1] }});
            return [{changes}].map((change) => {{
                const plot = {{
                    _fullLayout: {{ width: 1, height: 1, xaxis: axis(), yaxis: axis() }},
                    _fullData: [{{ visible: true, xaxis: "x", yaxis: "y" }}, {{ visible: false }}],
                }};
                change(plot);
                return isReadable(plot);
            }});
        }}""",
        module_url("plot_internals.js"),
    )
    assert found == [True] + [False] * len(CHANGED)


@pytest.mark.slow
def test_with_a_plotly_that_cannot_be_read_the_page_falls_back(page: Page) -> None:
    def rename(route: Route) -> None:
        body = route.fetch().text()
        assert body.count("_offset") > 10
        route.fulfill(body=body.replace("_offset", "_shift"), content_type="text/javascript")

    page.route(PLOTLY, rename)
    page.goto("/dial")
    expect_plain(page)
