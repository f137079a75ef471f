"""What a visitor does, in a real browser: move, share, upload."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from engine import compare, read
from tests.browser.conftest import OpenPage, wait_until_idle
from tests.browser.screen import (
    choose_from_menu,
    coefficients,
    drawn,
    standard_error,
    until_changed,
)

DATA = Path(__file__).resolve().parents[2] / "data"
SCREENS = {"desk": (1440, 900), "projector": (1280, 720), "phone": (390, 844)}


def test_raising_between_variance_by_keyboard_moves_figure_and_standard_error(
    open_page: OpenPage,
) -> None:
    page = open_page("/simulate")
    before, figure = coefficients(page), drawn(page, 0)
    slider = page.get_by_role("slider", name="Between-cluster variance")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "1.00")
    expect(page.get_by_role("textbox", name="Between-cluster variance")).to_have_value("1.00")
    after = until_changed(page, before)
    assert standard_error(after["(Intercept)"][1]) > standard_error(before["(Intercept)"][1])
    assert drawn(page, 0) != figure


@pytest.mark.slow
def test_an_address_in_a_new_browser_shows_the_same_numbers(open_page: OpenPage) -> None:
    page = open_page("/simulate")
    before = coefficients(page)
    page.get_by_role("slider", name="Residual variance").focus()
    page.keyboard.press("End")
    before = until_changed(page, before)
    page.get_by_role("button", name="New sample").click()
    until_changed(page, before)
    page.get_by_text("no pooling", exact=True).click()
    for parameter in ("residual", "seed", "lines"):
        expect(page).to_have_url(re.compile(f"{parameter}="))
    wait_until_idle(page)
    parts = urlsplit(page.url)
    second = open_page(f"{parts.path}?{parts.query}")
    assert coefficients(second) == coefficients(page)
    assert drawn(second, 0) == drawn(page, 0)
    assert drawn(second, 1) == drawn(page, 1)


@pytest.mark.slow
def test_choosing_a_situation_and_reset(open_page: OpenPage) -> None:
    page = open_page("/simulate")
    start = coefficients(page)
    page.get_by_role("button", name="Balanced").click()
    page.get_by_role("menuitem", name="Big clusters sit low").click()
    chosen = until_changed(page, start)
    expect(page).to_have_url(re.compile("size_corr=-0.7"))
    page.get_by_role("slider", name="Between-cluster variance").press("End")
    changed = until_changed(page, chosen)
    page.get_by_role("button", name="Reset", exact=True).click()
    assert until_changed(page, changed) == chosen


def test_downloaded_data_give_the_numbers_on_the_screen(open_page: OpenPage) -> None:
    page = open_page("/simulate?size_corr=-0.7&seed=11")
    with page.expect_download() as download:
        page.get_by_role("button", name="Data as CSV").click()
    fit = compare(read(download.value.path(), "data.csv"), "y ~ condition + (1 | cluster)")
    ols, mixed, *_ = coefficients(page)["conditiontreated"]
    assert ols.startswith(f"{fit.ols.estimates[1]:.3f}".replace("-", "−"))
    assert mixed.startswith(f"{fit.mixed.estimates[1]:.3f}".replace("-", "−"))


def test_uploading_high_school_and_beyond_shows_what_r_prints(open_page: OpenPage) -> None:
    page = open_page("/")
    choose_from_menu(page, "Your data")
    wait_until_idle(page)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload", exact=True).click()
    chooser.value.set_files(DATA / "high_school_and_beyond.csv")
    wait_until_idle(page)
    for label, column in (("Outcome", "math"), ("Cluster", "school"), ("Predictors", "ses")):
        page.get_by_role("combobox", name=label).click()
        page.get_by_role("option", name=column, exact=True).click()
        wait_until_idle(page)
    page.keyboard.press("Escape")
    # tests/reference/hsb_ses.json: 3.1839 by lm, 2.3902 by lmer.
    ols, mixed, *_ = coefficients(page)["ses"]
    assert ols.startswith("3.184 ")
    assert mixed.startswith("2.390 ")


@pytest.mark.slow
@pytest.mark.parametrize("address", ["/simulate", "/your-data"])
def test_every_page_fits_every_screen(open_page: OpenPage, address: str) -> None:
    page = open_page(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".live-figure .js-plotly-plot .main-svg").nth(1)).to_be_visible()
    for width, height in SCREENS.values():
        page.set_viewport_size({"width": width, "height": height})
        for scheme, ink in (("light", "rgb(18, 26, 36)"), ("dark", "rgb(236, 234, 228)")):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            tick = page.locator(".js-plotly-plot .xtick text").first
            expect(tick).to_have_css("fill", ink)
            page.wait_for_function(
                """() => [...document.querySelectorAll('.live-figure')].every(box =>
                    Math.abs(box.querySelector(".js-plotly-plot")._fullLayout.width
                        - box.getBoundingClientRect().width) < 1)"""
            )
            overflow = """() => [document.documentElement, ...document.querySelectorAll(
                '[data-testid=stMain], .live-stack')].map(e => e.scrollWidth - e.clientWidth)"""
            assert max(page.evaluate(overflow)) <= 0, (width, scheme)


@pytest.mark.slow
def test_printouts_are_never_cut_off(open_page: OpenPage) -> None:
    page = open_page("/your-data")
    page.get_by_text("As R prints it").click()
    wait_until_idle(page)
    printouts = page.locator("[data-testid=stExpander] pre")
    expect(printouts).to_have_count(2)
    for width, height in SCREENS.values():
        page.set_viewport_size({"width": width, "height": height})
        hidden = printouts.evaluate_all("all => all.map(e => e.scrollWidth - e.clientWidth)")
        assert max(hidden) <= 0, width


FIGURE_BUTTONS = {"Zoom", "Pan", "Zoom in", "Zoom out", "Reset axes"}
PICTURE = {"live": "Download as a picture", "plain": "Download plot as a PNG"}


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["live", "plain"])
@pytest.mark.parametrize("address", ["/", "/simulate", "/dial", "/your-data"])
def test_figures_offer_these_buttons_and_no_other(
    open_page: OpenPage, address: str, mode: str
) -> None:
    """plotly offers one that uploads the figure, and with it the visitor's data."""
    page = open_page(f"{address}?plain=1" if mode == "plain" else address)
    folds = page.locator("[data-testid=stExpander] details")
    for place in range(folds.count()):
        if folds.nth(place).get_attribute("open") is None:
            folds.nth(place).locator("summary").first.click()
            expect(folds.nth(place)).to_have_attribute("open", "")
        wait_until_idle(page)
    expect(page.locator(".js-plotly-plot .modebar-btn").first).to_be_attached()
    offered = page.locator(".js-plotly-plot").evaluate_all(
        """figures => figures.map(figure => [...figure.querySelectorAll(".modebar-btn")]
            .map(button => button.dataset.title ?? button.getAttribute("aria-label")))"""
    )
    assert len(offered) >= 1
    for buttons in offered:
        assert set(buttons) == FIGURE_BUTTONS | {PICTURE[mode]}
        assert len(buttons) == len(set(buttons))


@pytest.mark.parametrize("address", ["/simulate", "/simulate?plain=1", "/your-data", "/dial"])
def test_every_entry_that_a_figure_asks_for_stands_in_its_legend(
    open_page: OpenPage, address: str
) -> None:
    """Plotly leaves a trace without any point out of the legend, and says nothing."""
    page = open_page(address)
    expect(page.locator(".js-plotly-plot .legendtext").first).to_be_visible()
    wait_until_idle(page)
    figures = page.locator(".js-plotly-plot").evaluate_all(
        """figures => figures.filter(figure => figure._fullLayout.showlegend).map(figure => ({
            asked: figure.data.filter(trace => trace.name && trace.showlegend !== false)
                .map(trace => trace.name),
            shown: [...figure.querySelectorAll(".legendtext")].map(entry => entry.textContent),
        }))"""
    )
    assert figures
    for figure in figures:
        assert sorted(figure["shown"]) == sorted(figure["asked"])
