"""What a hand can do with the live figures and sliders."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from engine import compare, read
from tests.browser.conftest import OpenPage, wait_until_idle
from tests.browser.screen import choose_from_menu, coefficients, drawn, until_changed

DRAWN = '.live-figure:not([data-drawn="0"])'
BETWEEN = "Between-cluster variance"


def simulate(open_page: OpenPage, query: str = "", **screen: int) -> Page:
    """Open Simulate and wait until both of its figures are drawn."""
    page = open_page(f"/simulate{query}", **screen)
    expect(page.locator(DRAWN)).to_have_count(2)
    return page


def slider(page: Page, name: str = BETWEEN) -> Locator:
    return page.get_by_role("slider", name=name)


def expect_value(page: Page, shown: str, name: str = BETWEEN) -> None:
    expect(slider(page, name)).to_have_attribute("aria-valuetext", shown)


def expect_truth(page: Page, between_variance: str) -> None:
    """The table tells which variance the server has drawn the data with."""
    row = page.get_by_role("row", name="between var.")
    expect(row.get_by_role("cell").last).to_have_text(between_variance)


def as_number(text: str) -> float:
    return float(text.replace("−", "-"))


def ring(page: Page, cluster: int) -> Locator:
    return page.get_by_role("slider", name=re.compile(rf"^Cluster {cluster}, "))


def place(element: Locator) -> FloatRect:
    box = element.bounding_box()
    assert box is not None
    return box


def middle(element: Locator) -> tuple[float, float]:
    box = place(element)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def outcome_range(page: Page) -> list[float]:
    found: list[float] = page.evaluate(
        "() => document.querySelector('.js-plotly-plot')._fullLayout.yaxis.range"
    )
    return found


def redraws(page: Page) -> int:
    return int(page.locator(DRAWN).first.get_attribute("data-drawn") or 0)


# --- the slider -----------------------------------------------------------------------------------


def test_keys_move_by_a_step_by_a_tenth_and_to_the_ends(open_page: OpenPage) -> None:
    page = simulate(open_page)
    for key, shown, truth in (
        ("ArrowRight", "0.55", "0.5500"),
        ("Home", "0.00", "0"),
        ("End", "2.00", "2.000"),
        ("PageDown", "1.80", "1.800"),
        ("ArrowLeft", "1.75", "1.750"),
    ):
        slider(page).press(key)
        expect_value(page, shown)
        expect_truth(page, truth)


def test_a_typed_value_is_taken_on_enter_and_given_up_on_escape(open_page: OpenPage) -> None:
    page = simulate(open_page)
    field = page.get_by_role("textbox", name=BETWEEN)
    field.fill("1,25")
    field.press("Enter")
    expect_truth(page, "1.250")
    field.fill("0.3")
    field.press("Escape")
    expect(field).to_have_value("1.25")
    field.fill("99")
    field.press("Enter")
    expect(field).to_have_value("2.00")
    expect_truth(page, "2.000")
    field.fill("no number")
    field.press("Enter")
    expect(field).to_have_value("2.00")


@pytest.mark.slow
def test_the_address_holds_the_value_but_not_the_default(open_page: OpenPage) -> None:
    page = simulate(open_page)
    slider(page).press("ArrowRight")
    expect(page).to_have_url(re.compile("between=0.55$"))
    other = simulate(open_page, "?between=0.55")
    expect_value(other, "0.55")
    expect_truth(other, "0.5500")
    slider(page).press("ArrowLeft")
    expect(page).not_to_have_url(re.compile("between"))


@pytest.mark.slow
def test_an_impossible_value_in_the_address_is_corrected(open_page: OpenPage) -> None:
    page = simulate(open_page)
    for value, shown in (("nonsense", "0.50"), ("nan", "0.50"), ("1e9", "2.00"), ("-3", "0.00")):
        page.goto(f"/simulate?between={value}")
        expect_value(page, shown)
        expect(page).not_to_have_url(re.compile(f"between={value}"))


@pytest.mark.slow
def test_presets_reset_and_new_sample_move_the_slider_or_leave_it(open_page: OpenPage) -> None:
    page = simulate(open_page)
    slider(page).press("ArrowRight")
    expect_truth(page, "0.5500")
    page.get_by_role("button", name="New sample").click()
    expect(page).to_have_url(re.compile("seed="))
    expect_value(page, "0.55")
    page.get_by_role("button", name="Balanced (changed)").click()
    page.get_by_role("menuitem", name="No cluster variance").click()
    expect_value(page, "0.00")
    expect(page).to_have_url(re.compile("between=0(&|$)"))
    slider(page).press("End")
    expect_value(page, "2.00")
    page.get_by_role("button", name="Reset", exact=True).click()
    expect_value(page, "0.00")


def test_dragging_ends_on_the_last_value_and_keeps_the_zoom(open_page: OpenPage) -> None:
    page = simulate(open_page)
    before = outcome_range(page)
    page.locator(DRAWN).first.hover()
    page.get_by_role("button", name="Zoom in").first.click()
    page.wait_for_timeout(300)
    zoomed = outcome_range(page)
    assert zoomed[1] - zoomed[0] == pytest.approx(0.5 * (before[1] - before[0]))

    track = place(slider(page))
    height = track["y"] + track["height"] / 2
    page.mouse.move(track["x"] + 0.3 * track["width"], height)
    page.mouse.down()
    for k in range(60):
        page.mouse.move(track["x"] + (0.3 + 0.01 * k) * track["width"], height)
    page.mouse.up()
    wait_until_idle(page)
    last = slider(page).get_attribute("aria-valuetext")
    assert last is not None
    assert float(last) > 1.5
    expect_truth(page, f"{float(last):.3f}")
    expect_value(page, last)
    assert outcome_range(page) == zoomed


def test_one_step_is_one_run_of_the_fragment_and_changes_figures_table_and_words(
    open_page: OpenPage,
) -> None:
    page = simulate(open_page, "?size_corr=-0.7&size_spread=1.2")
    figures = page.get_by_role("figure")
    before = coefficients(page)
    pictures = [drawn(page, 0), drawn(page, 1)]
    words = figures.first.evaluate("e => e.nextElementSibling.textContent")
    page.evaluate(
        """() => {
            window.sent = [];
            const send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (message) {
                window.sent.push([...new Uint8Array(message)]);
                send.call(this, message);
            };
        }"""
    )
    slider(page).press("ArrowRight")
    assert until_changed(page, before) != before
    assert drawn(page, 0) != pictures[0]
    assert drawn(page, 1) != pictures[1]
    assert figures.first.evaluate("e => e.nextElementSibling.textContent") != words
    messages = [BackMsg.FromString(bytes(message)) for message in page.evaluate("sent")]
    runs = [message for message in messages if message.WhichOneof("type") == "rerun_script"]
    assert len(runs) == 1
    assert runs[0].rerun_script.fragment_id


# --- a cluster in the hand ------------------------------------------------------------------------


def test_a_cluster_is_moved_and_put_back_by_keyboard(open_page: OpenPage) -> None:
    page = simulate(open_page)
    start = coefficients(page)
    ring(page, 3).focus()
    expect(slider(page, "Rows of cluster 3")).to_be_visible()
    for key in ("ArrowUp", "PageUp"):
        page.keyboard.press(key)
    moved = until_changed(page, start)
    assert moved["(Intercept)"][:2] != start["(Intercept)"][:2]
    page.keyboard.press("Delete")
    assert until_changed(page, moved) == start
    page.keyboard.press("ArrowRight")
    expect(slider(page, "Rows of cluster 3")).to_have_count(0)
    expect(slider(page, "Rows of cluster")).to_be_visible()


def test_a_cluster_follows_the_mouse_both_models_answer_and_a_double_click_puts_it_back(
    open_page: OpenPage,
) -> None:
    page = simulate(open_page)
    start = coefficients(page)
    dot = ring(page, 5).locator(".dot")
    x, y = middle(dot)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 60, steps=8)
    # Rounded to a step of 0.05, which is about 2 pixels.
    assert middle(dot)[1] == pytest.approx(y - 60, abs=3)
    page.mouse.up()
    moved = until_changed(page, start)
    for model in (0, 1):
        assert moved["(Intercept)"][model] != start["(Intercept)"][model]
    assert middle(dot)[1] == pytest.approx(y - 60, abs=3)
    expect(slider(page, "Rows of cluster 5")).to_be_visible()
    page.mouse.dblclick(*middle(dot))
    assert until_changed(page, moved) == start
    assert middle(dot)[1] == pytest.approx(y, abs=1)


@pytest.mark.slow
def test_the_size_of_a_grabbed_cluster_is_a_slider_and_reset_puts_everything_back(
    open_page: OpenPage,
) -> None:
    page = simulate(open_page)
    start = coefficients(page)
    ring(page, 5).focus()
    page.keyboard.press("PageUp")
    moved = until_changed(page, start)
    expect_value(page, "42", "Rows of cluster 5")
    slider(page, "Rows of cluster 5").press("End")
    expect(ring(page, 5)).to_have_accessible_name("Cluster 5, 500 rows: mean of y")
    resized = until_changed(page, moved)
    ols, mixed = resized["(Intercept)"][:2]
    assert ols.split()[0] != mixed.split()[0]
    page.get_by_role("button", name="Reset", exact=True).click()
    assert until_changed(page, resized) == start
    expect(ring(page, 5)).to_have_accessible_name("Cluster 5, 42 rows: mean of y")
    expect(page.locator(".live-handle.moved")).to_have_count(0)
    expect(slider(page, "Rows of cluster")).to_have_count(0)


@pytest.mark.slow
def test_a_ring_says_under_the_pointer_and_in_focus_which_cluster_it_is(
    open_page: OpenPage,
) -> None:
    page = simulate(open_page, "?size_spread=2&clusters=100&rows=10")
    name = page.locator(".live-handle-name")
    for cluster in (7, 31):
        handle = ring(page, cluster)
        handle.focus()
        expect(name).to_have_text(
            re.compile(rf"^Cluster {cluster}, \d+ rows?: mean of y −?\d\.\d\d$")
        )
        said = (name.text_content() or "").rpartition(" ")[2]
        expect(handle).to_have_attribute("aria-valuetext", f"{said} units of y")
    page.locator("h1").click()
    expect(name).to_be_hidden()
    dot = page.locator(".live-handle .dot").first
    page.mouse.move(*middle(dot))
    expect(name).to_be_visible()
    frame, box = place(page.locator(DRAWN).first), place(name)
    assert frame["x"] <= box["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"]
    # However small a ring is drawn, there are 24 pixels to take it by.
    assert min(place(reach)["width"] for reach in page.locator(".reach").all()) >= 24


def ranges(page: Page) -> list[list[float]]:
    """The outcome axis of the focal figure, and the intercept axis of the clusters'."""
    found: list[list[float]] = page.evaluate(
        """() => [...document.querySelectorAll('.js-plotly-plot')].map(({ _fullLayout }, k) =>
            _fullLayout[k ? 'xaxis' : 'yaxis'].range)"""
    )
    return found


@pytest.mark.slow
def test_axes_hold_while_a_hand_moves_with_marks_at_their_edge_and_grow_at_rest(
    open_page: OpenPage,
) -> None:
    page = simulate(open_page, "?between=0.1&residual=0.05&size_spread=2&size_corr=-0.95")
    held = ranges(page)
    assert held == [[-4.2, 4.2], [-3.2, 3.2]]
    track = place(slider(page))
    height = track["y"] + track["height"] / 2
    page.mouse.move(track["x"] + 0.06 * track["width"], height)
    page.mouse.down()
    page.mouse.move(track["x"] + track["width"] - 2, height, steps=10)
    expect_truth(page, "2.000")
    lowest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('.js-plotly-plot')][1].data
            .find(({ meta }) => meta.role === 'no_pooling').x)"""
    )
    assert lowest < -5.0
    marks = page.locator(".live-edges")
    expect(marks.nth(1)).to_have_text(f"{lowest:.3g}".replace("-", "−"))
    expect(marks.nth(0)).to_have_text(re.compile(r"^−\d\.\d+$"))
    expect(ring(page, 16)).to_be_visible()
    assert ranges(page) == held
    page.mouse.up()
    for mark in marks.all():
        expect(mark).to_have_text("")
    grown = ranges(page)
    assert grown[0][0] < -7.0 and grown[1][0] < -6.0
    assert [high for _, high in grown] == [4.2, 3.2]


@pytest.mark.slow
def test_the_buttons_of_a_figure_are_one_stop_after_it_and_lie_beside_nothing(
    open_page: OpenPage,
) -> None:
    page = simulate(open_page)
    ring(page, 1).focus()
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_accessible_name("Zoom")
    bar = place(page.get_by_role("toolbar").first)
    for part in (".legend", ".xtitle", ".nsewdrag"):
        box = place(page.locator(f".js-plotly-plot {part}").first)
        assert box["y"] + box["height"] <= bar["y"]
    page.keyboard.press("ArrowRight")
    expect(focused).to_have_accessible_name("Pan")
    page.keyboard.press("End")
    expect(focused).to_have_accessible_name("Download as a picture")
    page.keyboard.press("Tab")
    assert not page.locator(DRAWN).first.evaluate("box => box.contains(document.activeElement)")


# --- the figure -----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("motion", "animated"), [("reduce", False), ("no-preference", True)])
def test_what_no_hand_moves_is_animated_unless_motion_is_unwelcome(
    open_page: OpenPage, motion: str, animated: bool
) -> None:
    page = simulate(open_page)
    page.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]
    before, count = coefficients(page), redraws(page)
    page.get_by_role("button", name="New sample").click()
    until_changed(page, before)
    page.wait_for_timeout(800)
    assert (redraws(page) - count > 1) == animated


def test_a_name_that_was_empty_before_is_drawn(open_page: OpenPage) -> None:
    # Here the figure keeps its size from step to step; else it would be drawn twice.
    page = open_page("/tug-of-war?view=lecture", width=853, height=480, scale=1.5)
    page.locator(DRAWN).wait_for()
    name = page.locator(".js-plotly-plot text").get_by_text("in OLS", exact=True)
    for step in ("play", "reveal"):
        expect(name).to_have_count(0)
        page.keyboard.press("ArrowRight")
        expect(page).to_have_url(re.compile(f"step={step}"))
        wait_until_idle(page)
    expect(name).to_be_visible()


@pytest.mark.slow
def test_the_figure_follows_theme_and_width(open_page: OpenPage) -> None:
    page = simulate(open_page)
    colours = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => [
        plot._fullLayout.font.color, ...plot._fullData.map(trace => trace.line?.color)])"""
    light = page.evaluate(colours)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        f"light => ({colours})().every((colour, k) => !colour || colour !== light[k])", arg=light
    )
    page.set_viewport_size({"width": 1000, "height": 800})
    page.wait_for_function(
        """() => [...document.querySelectorAll('.live-figure')].every(box =>
            box.querySelector('.js-plotly-plot')._fullLayout.width === box.clientWidth)"""
    )


def test_the_figure_has_a_name_and_says_in_words_what_it_shows(open_page: OpenPage) -> None:
    page = simulate(open_page)
    focal = page.get_by_role("figure", name="y against condition")
    expect(focal).to_have_accessible_description(re.compile("Both fits have the same coefficients"))
    expect(page.get_by_role("figure", name="The mean of each cluster")).to_be_visible()


def test_hovering_over_a_row_names_its_cluster(open_page: OpenPage) -> None:
    page = simulate(open_page)
    x, y, cluster = page.evaluate(
        """() => {
            const plot = document.querySelector('.js-plotly-plot');
            const { x, y } = plot.getBoundingClientRect();
            const { xaxis, yaxis } = plot._fullLayout;
            const [rows] = plot._fullData;
            const top = rows.y.indexOf(Math.max(...rows.y.filter(y => y < yaxis.range[1])));
            return [x + xaxis._offset + xaxis.d2p(rows.x[top]),
                    y + yaxis._offset + yaxis.d2p(rows.y[top]), rows.text[top]];
        }"""
    )
    page.mouse.move(x - 2, y)
    page.mouse.move(x, y)
    expect(page.locator(".hoverlayer").first).to_contain_text(f"cluster {cluster}")


STROKES = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => [
    ...[...plot.querySelectorAll('.js-line')].map(line => line.getAttribute('d')),
    ...[...plot.querySelectorAll('.points:not([style*=none]) .point')]
        .map(point => point.getAttribute('transform'))])"""


@pytest.mark.slow
def test_strokes_moved_by_the_hand_are_where_plotly_draws_them(open_page: OpenPage) -> None:
    page = simulate(open_page, "?size_spread=1")
    before = page.evaluate(STROKES)
    # What plotly computes with, and what it was given.
    told = """() => [...document.querySelectorAll('.js-plotly-plot')].every(({ data, _fullData }) =>
        _fullData.every((full, k) => full.x === data[k].x && full.y === data[k].y))"""
    page.evaluate(
        f"""() => {{
            const strokes = {STROKES}, told = {told};
            const before = strokes().join();
            const moved = (resolve) =>
                strokes().join() === before ? requestAnimationFrame(() => moved(resolve))
                    : setTimeout(async () => {{
                        const byHand = strokes(), knew = told();
                        for (const plot of document.querySelectorAll('.js-plotly-plot'))
                            await Plotly.redraw(plot);
                        resolve([knew, byHand, strokes()]);
                    }}, 50);
            window.both = new Promise(moved);
        }}"""
    )
    slider(page).press("ArrowRight")
    knew, by_hand, by_plotly = page.evaluate("both")
    assert not knew
    assert len(by_hand) == len(by_plotly) == len(before)
    numbers = re.compile(r"-?[\d.]+(?:e-?\d+)?")
    for mine, theirs in zip(by_hand, by_plotly, strict=True):
        here, there = ([float(x) for x in numbers.findall(text)] for text in (mine, theirs))
        # plotly leaves out a point that is hardly a pixel from the one before.
        assert here[: len(there)] == pytest.approx(there, abs=0.02)
    assert by_hand != before
    slider(page).press("ArrowRight")
    page.wait_for_function(told)


@pytest.mark.slow
def test_a_slider_of_the_design_answers_while_it_moves_and_marks_the_situation_as_changed(
    open_page: OpenPage,
) -> None:
    page = simulate(open_page)
    number = slider(page, "Number of clusters")
    before = coefficients(page)
    number.press("ArrowLeft")
    expect(page.locator(".live-handle")).to_have_count(23)
    expect(page.get_by_role("button", name="Balanced (changed)")).to_be_visible()
    assert until_changed(page, before) != before
    expect(page).to_have_url(re.compile("clusters=23"))
    number.press("ArrowRight")
    expect(page.locator(".live-handle")).to_have_count(24)
    expect(page.get_by_role("button", name=re.compile(r"Balanced\b(?! \(changed)"))).to_be_visible()
    assert coefficients(page) == before


@pytest.mark.slow
def test_wishes_that_contradict_each_other_are_drawn_as_far_as_they_go(
    open_page: OpenPage,
) -> None:
    page = simulate(open_page, "?size_spread=2&share_spread=0.2&size_corr=-0.5&share_corr=0.95")
    size = slider(page, "Correlation of size")
    size.press("Home")
    expect(
        page.get_by_text(re.compile("^At most −0.9[0-9] here, as drawn.$")).first
    ).to_be_visible()
    expect(size).to_have_accessible_description(re.compile("^At most"))
    expect(page.locator(DRAWN)).to_have_count(2)
    expect(page.get_by_role("button", name="Data as CSV")).to_be_visible()
    for _ in range(6):
        size.press("PageUp")
    expect(page.get_by_text("At most")).to_have_count(0)


@pytest.mark.slow
def test_what_stands_below_the_screen_follows_the_hand_too(open_page: OpenPage) -> None:
    page = simulate(open_page, "?size_spread=1.2&size_corr=-0.7")
    page.get_by_text("The ledger: which clusters moved it").click()
    account = page.get_by_text(re.compile("^From .* each bar is how much more"))
    said = account.inner_text()
    slider(page).press("End")
    expect_truth(page, "2.000")
    expect(account).not_to_have_text(said)
    # The same estimates as in the table, to the caption's two decimals.
    estimates = [as_number(cell.split()[0]) for cell in coefficients(page)["(Intercept)"][:2]]
    found = re.findall(r"(−?\d+\.\d\d) \(", account.inner_text())
    assert [as_number(text) for text in found] == pytest.approx(estimates, abs=5.5e-3)
    with page.expect_download() as download:
        page.get_by_role("button", name="Data as CSV").click()
    fit = compare(read(download.value.path(), "data.csv"), "y ~ condition + (1 | cluster)")
    assert fit.mixed.estimates[0] == pytest.approx(estimates[1], abs=5e-4)


@pytest.mark.slow
def test_going_back_restores_sliders_cluster_lines_and_the_figure(open_page: OpenPage) -> None:
    page = simulate(open_page)
    clusters = page.locator(".legendtext", has_text="clusters").first
    page.get_by_text("no cluster lines").click()
    expect(clusters).to_be_hidden()
    # The menu changes the shape, which is a step to go back over.
    page.get_by_role("button", name="Balanced").click()
    page.get_by_role("menuitem", name="One odd cluster").click()
    expect(page).to_have_url(re.compile("shape="))
    spread = page.locator('input[type="range"][aria-valuetext="0.8"]')
    expect(spread).to_have_count(1)
    page.get_by_text("partial pooling", exact=True).click()
    expect(clusters).to_be_visible()
    page.go_back()
    expect(page.get_by_role("radio", name="no cluster lines")).to_be_checked()
    expect(spread).to_have_count(0)
    expect(page.get_by_role("button", name="Balanced")).to_be_visible()
    expect(clusters).to_be_hidden()


@pytest.mark.slow
def test_leaving_and_coming_back_shows_figures_and_value_again(open_page: OpenPage) -> None:
    page = simulate(open_page)
    slider(page).press("ArrowRight")
    expect_truth(page, "0.5500")
    # The table is there a moment before the figure.
    wait_until_idle(page, quiet=1.5)
    shown = drawn(page, 0)
    choose_from_menu(page, "Your data")
    expect(page.get_by_role("heading", name="Your data")).to_be_visible()
    wait_until_idle(page)
    expect(page).not_to_have_url(re.compile("between"))
    expect(page.get_by_role("figure", name="math against ses")).to_be_visible()
    choose_from_menu(page, "Simulate")
    expect_value(page, "0.55")
    expect_truth(page, "0.5500")
    expect(page).to_have_url(re.compile("between=0.55"))
    expect(page.locator(DRAWN)).to_have_count(2)
    wait_until_idle(page, quiet=1.5)
    assert drawn(page, 0) == shown


@pytest.mark.slow
def test_the_picture_to_download_holds_rows_and_rings_too(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = simulate(open_page)
    page.locator(DRAWN).first.hover()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as a picture").first.click()
    picture = tmp_path / "simulate.png"
    download.value.save_as(picture)
    assert download.value.suggested_filename == "simulate.png"
    ink, green = page.evaluate(
        """async (bytes) => {
            const blob = new Blob([new Uint8Array(bytes)], { type: "image/png" });
            const image = await createImageBitmap(blob);
            const canvas = new OffscreenCanvas(image.width, image.height);
            const context = canvas.getContext("2d");
            context.drawImage(image, 0, 0);
            const { data } = context.getImageData(0, 0, image.width, image.height);
            const paper = data.slice(0, 3).join();
            let other = 0, ring = 0;
            for (let at = 0; at < data.length; at += 4) {
                const colour = data.slice(at, at + 3).join();
                other += colour !== paper;
                ring += colour === "0,128,93";
            }
            return [other / (image.width * image.height), ring];
        }""",
        list(picture.read_bytes()),
    )
    # A thousand dots of 5 pixels across cover some 8 % of 428 x 500; without them it is 4 %.
    assert ink > 0.07
    # 24 rings of 31 pixels around and 2 across, at twice the size; some cover each other.
    assert green > 2000


# --- without the components -----------------------------------------------------------------------


@pytest.fixture
def page_without_modules(server: str, browser: Browser) -> Iterator[Page]:
    """A browser that cannot fetch the components; what it says about that is expected."""
    with browser.new_context(base_url=server) as context:
        context.route("**/live/**", lambda route: route.abort())
        yield context.new_page()


@pytest.mark.slow
def test_without_their_modules_the_page_uses_streamlits_widgets(page_without_modules: Page) -> None:
    page = page_without_modules
    page.goto("/simulate")
    expect(page.locator(".stPlotlyChart .js-line").first).to_be_visible()
    wait_until_idle(page)
    expect(page.locator(".stPlotlyChart")).to_have_count(2)
    before = coefficients(page)
    slider(page).press("ArrowRight")
    assert until_changed(page, before) != before
    expect_truth(page, "0.5500")


@pytest.mark.slow
def test_a_plain_page_is_complete(open_page: OpenPage) -> None:
    page = open_page("/simulate?plain=1&between=1.2")
    expect(page.locator(".stPlotlyChart .js-line").first).to_be_visible()
    expect(page.locator(".live-figure")).to_have_count(0)
    # Terms that explain themselves need the components; here there is a list.
    expect(page.locator("a[href^='#word-']")).to_have_count(0)
    expect(page.get_by_text("What the words mean")).to_be_visible()
    expect_truth(page, "1.200")
    slider(page).press("ArrowRight")
    expect_truth(page, "1.250")
    expect(page).to_have_url(re.compile("between=1.25"))
    expect(page.locator(".legendtext", has_text="clusters")).to_have_count(1)
    page.get_by_text("no cluster lines").click()
    expect(page.locator(".legendtext", has_text="clusters")).to_have_count(0)
    before = coefficients(page)
    page.get_by_role("combobox", name="Move").click()
    page.get_by_role("option", name="Cluster 1, 42 rows: mean of y").click()
    field = page.get_by_role("spinbutton", name="to")
    field.fill("3")
    field.press("Enter")
    assert until_changed(page, before)["(Intercept)"] != before["(Intercept)"]
    page.get_by_role("button", name="Put it back").click()
    wait_until_idle(page)
    assert coefficients(page) == before
