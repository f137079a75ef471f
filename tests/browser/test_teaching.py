"""For teaching in a real browser: homework to its end, worksheets on paper, pages in a frame."""

import re
from collections.abc import Iterator
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.parts.lesson.course import lessons
from pages.parts.teaching.homework import TASKS
from pages.parts.teaching.key import right_for
from tests.browser.conftest import OpenPage, wait_until_idle

pytestmark = pytest.mark.slow


def field(page: Page, name: str | re.Pattern[str]) -> None:
    """Wait until what was typed into a field has been answered."""
    page.get_by_role("textbox", name=name).press("Control+Enter")
    wait_until_idle(page)


def test_homework_is_set_up_worked_on_handed_in_and_marked(open_page: OpenPage) -> None:
    teacher = open_page("/teaching?task=slope")
    teacher.get_by_role("button", name="Make one").click()
    wait_until_idle(teacher)
    secret = teacher.get_by_role("textbox", name="Your secret")
    expect(secret).to_have_attribute("type", "password")
    made = secret.input_value()
    codes = teacher.get_by_role("textbox", name="Learners' codes")
    codes.fill("a07\nb12")
    field(teacher, "Learners' codes")
    personal = teacher.locator(".stCode code").nth(1).inner_text().splitlines()[0]
    code, address = personal.split("\t")
    assert code == "a07" and made not in address
    expect(teacher).to_have_url(re.compile(r"/teaching\?task=slope$"))

    learner = open_page(address[address.index("/teaching") :], width=390, height=844)
    expect(learner.locator(".live-figure .js-plotly-plot .main-svg").first).to_be_visible()
    assert learner.evaluate("document.documentElement.scrollWidth") <= 390
    (right,) = right_for(TASKS["slope"], made, ["a07"])
    sent, seen = learner.content(), learner.locator("body").inner_text()
    for value in map(abs, right.numbers.values()):
        # Among the coordinates of a drawing a number of few digits stands by chance.
        assert f"{value:.6f}" not in sent
        assert f"{value:.2f}" not in seen
    label = {"ols": "In OLS", "mixed": "In the mixed model"}[right.larger]
    learner.get_by_test_id("stRadio").locator("label").filter(has_text=label).last.click()
    wait_until_idle(learner)
    for name, value in zip(
        ("Slope in OLS", "Slope in the mixed model", "Standard error"),
        right.numbers.values(),
        strict=True,
    ):
        box = learner.get_by_role("textbox", name=re.compile(f"^{name}"))
        box.fill(f"{value:.2f}".replace(".", ","))
        box.press("Enter")
        wait_until_idle(learner)
    line = learner.locator(".stCode code").last
    expect(line).to_have_text(re.compile(rf"^slope;[a-z2-7]{{12}};a07;{right.larger};"))
    handed_in = line.inner_text()
    learner.reload()
    expect(line).to_have_text(handed_in)

    lines = teacher.get_by_role("textbox", name="Lines that were handed in")
    lines.fill(handed_in)
    field(teacher, "Lines that were handed in")
    expect(teacher.get_by_role("table").last).to_contain_text("4 of 4")


def test_every_worksheet_prints_to_two_sheets_with_its_figures(open_page: OpenPage) -> None:
    for place, lesson in enumerate(lessons()):
        page = open_page(
            f"/teaching?worksheet={lesson.id}",
            width=(1440, 853)[place % 2],
            color_scheme="light" if place % 3 else "dark",
        )
        figures = page.locator(".live-figure .js-plotly-plot .main-svg:first-child")
        expect(figures).to_have_count(2)
        pdf = page.pdf(format="A4", print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2, lesson.id
        page.emulate_media(media="print")
        for figure in figures.all():
            expect(figure).to_be_visible()
        expect(page.get_by_role("navigation")).to_be_hidden()
        expect(page.locator(".st-key-sheets-bar")).to_be_hidden()
        page.close()


# --- in a frame of another site -------------------------------------------------------------------

# A browser may keep nothing in a frame of another site: asking is refused.
KEEPS_NOTHING = """const refuse = { get() { throw new DOMException("no", "SecurityError"); } };
if (window !== top) for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, refuse);
"""


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address at which another site serves what lies in it."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        # To browsers localhost is another site than 127.0.0.1.
        yield tmp_path, f"http://localhost:{other.server_port}"
        other.shutdown()


def test_a_lesson_is_answered_in_a_frame_of_another_site_that_keeps_nothing(
    open_page: OpenPage, browser: Browser, platform: tuple[Path, str]
) -> None:
    folder, site = platform
    teacher = open_page("/teaching?framed=rows-or-clusters")
    line = teacher.locator(".stCode code").last.inner_text()
    assert "rows-or-clusters?embed=true" in unescape(line)
    (folder / "course.html").write_text(f"<!doctype html><title>A course</title>{line}")
    with browser.new_context() as context:
        context.add_init_script(KEEPS_NOTHING)
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{site}/course.html")
        inside = page.frame_locator("iframe")
        expect(inside.locator(".live-figure .js-plotly-plot .main-svg").first).to_be_attached()
        expect(inside.get_by_test_id("stMainMenu")).to_have_count(0)
        answer = inside.get_by_label("Or type a number")
        answer.fill("55.9")
        answer.press("Enter")
        inside.get_by_role("button", name="That is my answer").click()
        inside.get_by_role("button", name="What comes out?").click()
        expect(inside.locator(".st-key-lesson-piece")).to_contain_text("You: 55.9")
        assert not faults
