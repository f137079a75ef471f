"""Walks through the whole course: by mouse, by keyboard alone, and by finger on a phone.

Every lesson is answered wrongly and then rightly, its controls are played, what comes out is
revealed, each challenge is solved. How to answer and how to move a control follow from the lesson's
data; only the answers stand here.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from time import strftime
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from pages.parts.lesson.commit import Choice, Looks, Mark, Marks, Pick
from pages.parts.lesson.course import lessons
from pages.parts.lesson.lesson import RIGHT, AnyControl, Control, Lesson, Options, Press, Switch
from pages.parts.lesson.progress import Done, Progress
from tests.browser.conftest import OpenPage, Watch, wait_until_idle
from tests.browser.test_lessons import DRAWN, box, button, kept, middle
from tests.lesson_answers import ANSWERS

pytestmark = pytest.mark.slow
every_lesson = pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.id)

ANY = Lesson[Any, Any]
WIDTH, HEIGHT = 390, 844

# Where a value stands on an axis of the figure, in the window.
PIXEL = """([side, value]) => {
    const plot = document.querySelector(".js-plotly-plot");
    const axis = plot._fullLayout[side + "axis"];
    const along = axis.type === "log" ? Math.log10(value) : value;
    return plot.getBoundingClientRect()[side] + axis._offset + axis.l2p(along);
}"""
HAS_FOCUS = "element => element.getRootNode().activeElement === element"
IN_HANDLES = "() => document.activeElement.closest('.live-handles') !== null"


# --- three hands ----------------------------------------------------------------------------------


class Hand(ABC):
    """How a learner does what the walk wants."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @abstractmethod
    def press(self, target: Locator) -> None:
        """Press a button, switch or option."""

    @abstractmethod
    def play(self, slider: Locator) -> None:
        """Move a slider somewhere else."""

    @abstractmethod
    def place(self, ring: Locator, way: Marks, value: float) -> None:
        """Bring a handle of the figure to a value."""

    @abstractmethod
    def place_otherwise(self, mark: Mark, ring: Locator, way: Marks, value: float) -> None:
        """Do the same in another way."""

    def choose(self, radio: Locator) -> None:
        """Choose one of several options."""
        self.press(radio)

    def switch(self, label: str) -> None:
        """Turn a switch."""
        self.press(self.page.get_by_text(label, exact=True))

    def type(self, field: Locator, value: float) -> None:
        """Type a number into a field."""
        self.press(field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type("inf" if math.isinf(value) else f"{value:g}")
        self.page.keyboard.press("Enter")

    def target(self, ring: Locator, way: Marks, value: float) -> tuple[float, float]:
        """Return where in the window a handle stands at a value."""
        at: float = self.page.evaluate(PIXEL, [way.along, value])
        x, y = middle(ring)
        return (at, y) if way.along == "x" else (x, at)


def thumb(slider: Locator) -> tuple[float, float]:
    share = float(slider.evaluate("range => range.style.getPropertyValue('--share')"))
    track = box(slider)
    return track["x"] + 6 + share * (track["width"] - 12), track["y"] + track["height"] / 2


def elsewhere(slider: Locator) -> tuple[float, float]:
    """Return a place of a track that is far from where its thumb is."""
    track, (x, y) = box(slider), thumb(slider)
    left = x > track["x"] + track["width"] / 2
    return track["x"] + track["width"] * (0.3 if left else 0.7), y


class Mouse(Hand):
    def press(self, target: Locator) -> None:
        target.click()

    def play(self, slider: Locator) -> None:
        slider.scroll_into_view_if_needed()
        self._drag(thumb(slider), elsewhere(slider))

    def place(self, ring: Locator, way: Marks, value: float) -> None:
        ring.scroll_into_view_if_needed()
        self._drag(middle(ring), self.target(ring, way, value))

    def place_otherwise(self, mark: Mark, ring: Locator, way: Marks, value: float) -> None:  # noqa: ARG002
        self.page.mouse.click(*self.target(ring, way, value))

    def _drag(self, here: tuple[float, float], there: tuple[float, float]) -> None:
        self.page.mouse.move(*here)
        self.page.mouse.down()
        self.page.mouse.move(*there, steps=6)
        self.page.mouse.up()


class Keyboard(Hand):
    """Nothing but keys: whatever is wanted is come to by Tab."""

    def press(self, target: Locator) -> None:
        self._come_to(target)
        if target.get_attribute("type") not in {"text", "number"}:
            self.page.keyboard.press("Space")

    def switch(self, label: str) -> None:
        self.press(self.page.get_by_role("switch", name=label))

    def choose(self, radio: Locator) -> None:
        """Tab stops at one of the options; arrow keys lead on to the others."""
        group = self.page.get_by_role("radiogroup").filter(has=radio)
        options = group.get_by_role("radio")
        for _ in range(60):
            if any(each.evaluate(HAS_FOCUS) for each in options.all()):
                break
            self.page.keyboard.press("Tab")
        for _ in options.all():
            if radio.evaluate(HAS_FOCUS):
                break
            self.page.keyboard.press("ArrowRight")
        assert radio.evaluate(HAS_FOCUS)
        self.page.keyboard.press("Space")

    def play(self, slider: Locator) -> None:
        self._come_to(slider)
        at_end = slider.evaluate("range => range.value === range.max")
        for _ in range(3):
            self.page.keyboard.press("PageDown" if at_end else "PageUp")

    def place(self, ring: Locator, way: Marks, value: float) -> None:
        self._come_to_handle(ring, way)
        now = float(ring.get_attribute("aria-valuenow") or "nan")
        apart = math.log(value / now, way.step) if way.log else (value - now) / way.step
        tens, ones = divmod(abs(round(apart)), 10)
        up, down = ("ArrowRight", "ArrowLeft") if way.along == "x" else ("ArrowUp", "ArrowDown")
        for _ in range(tens):
            self.page.keyboard.press("PageUp" if apart > 0 else "PageDown")
        for _ in range(ones):
            self.page.keyboard.press(up if apart > 0 else down)

    def place_otherwise(self, mark: Mark, ring: Locator, way: Marks, value: float) -> None:  # noqa: ARG002
        marks = way.known()
        if len(marks) > 2 and not self.page.get_by_role("spinbutton").first.is_visible():
            self.press(self.page.locator("summary", has_text="Type the numbers instead"))
        name = mark.label if len(marks) > 1 else "Or type a number"
        self.type(self.page.get_by_role("spinbutton", name=name), value)

    def _come_to(self, target: Locator) -> None:
        expect(target).to_be_visible()
        for _ in range(60):
            if target.evaluate(HAS_FOCUS):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {target}")

    def _come_to_handle(self, ring: Locator, way: Marks) -> None:
        """Tab stops at one of the handles; arrow keys across their way lead on to the others."""
        for _ in range(60):
            if self.page.evaluate(IN_HANDLES):
                break
            self.page.keyboard.press("Tab")
        for _ in way.known():
            if ring.evaluate(HAS_FOCUS):
                return
            self.page.keyboard.press("ArrowUp" if way.along == "x" else "ArrowRight")
        raise AssertionError(f"arrow keys do not lead to {ring}")


class Finger(Hand):
    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.devtools = page.context.new_cdp_session(page)

    def press(self, target: Locator) -> None:
        target.tap()

    def play(self, slider: Locator) -> None:
        self._swipe(thumb(slider), elsewhere(slider))

    def place(self, ring: Locator, way: Marks, value: float) -> None:
        ring.scroll_into_view_if_needed()
        self._swipe(middle(ring), self.target(ring, way, value))

    def place_otherwise(self, mark: Mark, ring: Locator, way: Marks, value: float) -> None:  # noqa: ARG002
        self.page.touchscreen.tap(*self.target(ring, way, value))

    def _swipe(self, here: tuple[float, float], there: tuple[float, float]) -> None:
        steps = 6
        for k in range(steps + 1):
            x, y = (a + (b - a) * k / steps for a, b in zip(here, there, strict=True))
            self._touch("touchMove" if k else "touchStart", [{"x": x, "y": y}])
        # A finger that is lifted in mid-swipe flings, and a tap would only end the fling.
        self.page.wait_for_timeout(150)
        self._touch("touchMove", [{"x": there[0], "y": there[1]}])
        self._touch("touchEnd", [])

    def _touch(self, kind: str, points: list[dict[str, float]]) -> None:
        self.devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


# --- the walk -------------------------------------------------------------------------------------


def opened(page: Page) -> Page:
    page.locator(DRAWN).wait_for()
    wait_until_idle(page)
    return page


def go(hand: Hand, name: str) -> None:
    hand.press(button(hand.page, name))
    opened(hand.page)


def answer(hand: Hand, lesson: ANY, written: str, *, otherwise: bool) -> None:
    given = lesson.commit.read(written)
    assert given is not None
    page = hand.page

    def place(way: Marks, mark: Mark, value: float) -> None:
        ring = page.get_by_role("slider", name=mark.label, exact=True)
        if otherwise:
            hand.place_otherwise(mark, ring, way, value)
        else:
            hand.place(ring, way, value)
        wait_until_idle(page)

    match lesson.commit:
        case Marks() as way:
            for mark in way.known():
                if mark.id in given.values:
                    place(way, mark, given.values[mark.id])
        case Looks(place=way):
            for value in given.values.values():
                place(way, way.known()[0], value)
                hand.press(button(page, "Look here"))
                wait_until_idle(page)
        case Pick() as way:
            label = next(mark.label for mark in way.known() if mark.id == given.chosen)
            hand.press(button(page, label))
        case Choice(options):
            hand.press(page.get_by_text(options[given.chosen or ""]))
    go(hand, "That is my answer")


def set_control(hand: Hand, control: AnyControl, value: Any) -> None:
    page = hand.page
    match control:
        case Control():
            hand.type(field_of(page, control), value)
        case Options():
            hand.choose(page.get_by_role("radio", name=control.options[value], exact=True))
        case Switch():
            hand.switch(control.label)
        case Press():
            hand.press(button(page, control.label))
    wait_until_idle(page)


def field_of(page: Page, control: Control) -> Locator:
    name = f"{control.label}, in {control.unit}" if control.unit else control.label
    return page.get_by_role("textbox", name=name, exact=True)


def play(hand: Hand, lesson: ANY) -> None:
    """Move every slider of the step; the figure answers each."""
    figure = hand.page.locator(".live-figure")
    for control in lesson.controls:
        if isinstance(control, Control) and "play" in control.steps:
            before = figure.get_attribute("data-drawn") or ""
            hand.play(hand.page.get_by_role("slider", name=control.label, exact=True))
            expect(figure).not_to_have_attribute("data-drawn", before)
            wait_until_idle(hand.page)


def solve(hand: Hand, lesson: ANY, challenge: Any) -> None:
    controls = {control.field: control for control in lesson.controls}
    for field, value in challenge.solution.items():
        set_control(hand, controls[field], value)
    expect(hand.page.locator("[data-testid=stAlertContentSuccess]").first).to_be_visible()
    wait_until_idle(hand.page)
    assert challenge.id in record(hand.page, lesson)["solved"]


def record(page: Page, lesson: ANY) -> dict[str, Any]:
    found: dict[str, Any] = kept(page)["lessons"][lesson.id]  # type: ignore[index]
    return found


def walk(hand: Hand, lesson: ANY) -> None:
    page = opened(hand.page)
    piece = page.locator(".st-key-lesson-piece")
    wrong, right = ANSWERS[lesson.id]

    answer(hand, lesson, wrong, otherwise=False)
    expect(piece).to_contain_text("Try this.")
    play(hand, lesson)
    go(hand, "What comes out?")
    expect(piece).to_contain_text("You")
    (idea,) = record(page, lesson)["ideas"]
    assert idea != RIGHT

    go(hand, "Answer again")
    answer(hand, lesson, right, otherwise=True)
    go(hand, "What comes out?")
    assert record(page, lesson)["ideas"] == [idea, RIGHT]

    go(hand, "Why?")
    expect(page.locator(".formula").first).to_be_visible()
    go(hand, "Do it")
    for challenge in lesson.challenges:
        solve(hand, lesson, challenge)
        # Every challenge begins where the step does.
        go(hand, "Back")
        go(hand, "Do it")
    go(hand, "Remember")
    expect(piece).to_contain_text("Easily misread.")
    assert record(page, lesson)["solved"].keys() == {each.id for each in lesson.challenges}


@every_lesson
def test_a_lesson_by_mouse(open_page: OpenPage, lesson: ANY) -> None:
    walk(Mouse(open_page(f"/{lesson.id}")), lesson)


@every_lesson
def test_a_lesson_by_keyboard_alone(open_page: OpenPage, lesson: ANY) -> None:
    walk(Keyboard(open_page(f"/{lesson.id}")), lesson)


# --- on a phone -----------------------------------------------------------------------------------


@pytest.fixture
def phone(server: str, browser: Browser) -> Iterator[Page]:
    """A page on a phone held upright, watched as those of ``open_page`` are."""
    watch = Watch(server)
    with browser.new_context(
        base_url=server,
        viewport={"width": WIDTH, "height": HEIGHT},
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    ) as context:
        watch.follow(context)
        yield context.new_page()
        watch.look_for_exceptions()
    assert not watch.complaints, "\n".join(watch.complaints)


@every_lesson
def test_a_lesson_by_finger_on_a_phone(phone: Page, lesson: ANY) -> None:
    phone.goto(f"/{lesson.id}")
    walk(Finger(phone), lesson)
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= WIDTH


@every_lesson
def test_on_a_phone_figure_and_controls_stay_in_view_wherever_the_page_is_scrolled(
    phone: Page, lesson: ANY
) -> None:
    for step in ("play", "why", "do"):
        phone.goto(f"/{lesson.id}?step={step}")
        opened(phone)
        main = phone.get_by_test_id("stMain")
        bar = box(phone.locator(".st-key-menu"))["y"]
        far = main.evaluate("main => main.scrollHeight - main.clientHeight")
        for share in (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0):
            main.evaluate("(main, top) => main.scrollTo(0, top)", share * far)
            figure = box(phone.locator(".live-figure .main-svg").first)
            controls = box(phone.locator(".st-key-lesson-controls"))
            where = (step, share, figure, controls, bar)
            assert figure["y"] >= -1, where
            assert figure["y"] + figure["height"] <= controls["y"] + 1, where
            assert controls["y"] + controls["height"] <= bar + 1, where
            assert controls["x"] >= 0 and controls["x"] + controls["width"] <= WIDTH, where


# --- the record -----------------------------------------------------------------------------------


def everything_done() -> Progress:
    """Every lesson answered wrongly and rightly, and every challenge solved, in a move each."""
    done = {
        lesson.id: Done(
            ANSWERS[lesson.id],
            ("grand-mean", RIGHT),
            {challenge.id: 1 for challenge in lesson.challenges},
            "2026-11-02",
        )
        for lesson in lessons()
    }
    return Progress(done, name="Ada & Bo")


def test_the_record_is_downloaded_opened_restored_and_forgotten(
    open_page: OpenPage, browser: Browser, tmp_path: Any
) -> None:
    course = lessons()
    saved = everything_done()
    page = opened(open_page(f"/{course[-1].id}?step=remember&saved={saved.to_address()}"))
    page.get_by_text("Keep my work").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as a page").click()
    assert download.value.suggested_filename == f"betwixt-course-{strftime('%Y-%m-%d')}.html"
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)

    # The page needs nothing but itself, and fits a phone.
    with browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}) as context:
        asked: list[str] = []
        complaints: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        context.on("console", lambda message: complaints.append(message.text))
        kept_page = context.new_page()
        kept_page.goto(file.as_uri())
        text = kept_page.locator("body").inner_text()
        for lesson in course:
            assert lesson.title in text
            for written in ANSWERS[lesson.id]:
                given = lesson.commit.read(written)
                assert given is not None and lesson.commit.said(given) in text
        assert text.count("(1 move)") == sum(len(lesson.challenges) for lesson in course)
        assert text.count("2026-11-02") == len(course)
        assert f"Ada & Bo · {strftime('%Y-%m-%d')}" in text
        assert asked == [file.as_uri()] and not complaints
        assert kept_page.evaluate("() => document.documentElement.scrollWidth") <= WIDTH
        address = kept_page.get_by_role("link").get_attribute("href")

    # Another browser, to which the address brings it all.
    assert address is not None
    other = opened(open_page(address[address.index("/", len("http://")) :]))
    assert kept(other) == kept(page) and kept(other)["name"] == "Ada & Bo"
    assert "saved=" not in other.url
    button(other, "Go on where I was").click()
    expect(button(other, "Answer again")).to_be_visible()

    page.get_by_role("button", name="Forget all of it").click()
    wait_until_idle(page)
    assert kept(page) == {}
    page.reload()
    opened(page)
    assert kept(page) == {}
    page.get_by_text("Keep my work").click()
    expect(page.get_by_text("There is nothing to keep yet")).to_be_visible()
    expect(page.get_by_role("button", name="Download as a page")).to_be_disabled()


# --- handles --------------------------------------------------------------------------------------


def test_a_tap_on_a_ring_answers_where_it_stands(phone: Page) -> None:
    phone.goto("/standard-errors")
    opened(phone)
    for name in ("Intercept", "Slope"):
        phone.touchscreen.tap(*middle(phone.get_by_role("slider", name=name, exact=True)))
        wait_until_idle(phone)
    expect(button(phone, "That is my answer")).to_be_visible()
    button(phone, "That is my answer").tap()
    opened(phone)
    assert "answers=intercept:1,slope:1" in unquote(phone.url)
