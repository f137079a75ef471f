"""How fast a figure responds to keys and dragging, beside the same page in Streamlit's widgets.

    python -m tests.bench.redraw [--beside shrinkage ...]

Ours is ``python app.py``. The baseline is the same page with ``?plain=1``, which uses `st.slider`
and `st.plotly_chart`, under ``streamlit run`` with Streamlit's default settings. The scenario has
24 clusters and 1,008 rows. Times are the page's own, from the key event to the first animation
frame in which drawn lines or symbols differ. A frame is blank if it shows no line, or if the canvas
of the rows is empty. Lessons that are named are measured beside Simulate, by their first slider.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import (
    Browser,
    Locator,
    Page,
    Playwright,
    async_playwright,
)
from playwright.async_api import TimeoutError as PlaywrightTimeout

from pages.parts.lesson.course import lessons
from pages.parts.lesson.lesson import Control
from tests.bench.machine import Machine
from tests.browser.conftest import ROOT, free_port, serving

VARIANCE = "Between-cluster variance"
RATIO = "Variance ratio"
STREAMLIT = ["-m", "streamlit", "run", str(ROOT / "pages" / "main.py")]
QUIET = ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
# Streamlit asks another machine for the address that it greets with.
QUIET += ["--logger.hideWelcomeMessage", "true"]

LISTEN = """
(() => {
  const watch = (window.watch = { sent: [], received: [] });
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", () => watch.received.push(performance.now()));
    }
    send(message) {
      watch.sent.push(performance.now());
      super.send(message);
    }
  };
})();
"""

WATCH = """
() => {
  const watch = Object.assign(window.watch, { changes: [], blanks: 0, frames: 0, keys: [] });
  addEventListener("keydown", (event) => watch.keys.push(event.timeStamp), true);
  let last;
  const empty = (canvas) => {
    const { width, height } = canvas;
    const middle = canvas.getContext("2d").getImageData(0, height / 2, width, 40);
    return !middle.data.some((byte) => byte > 0);
  };
  let canvas = document.querySelector(".live-figure-points");
  canvas = canvas && !empty(canvas); // a figure of few points has nothing on its canvas
  const look = () => {
    const plot = document.querySelector(".js-plotly-plot");
    const drawn = (parts) => (plot ? [...plot.querySelectorAll(parts)] : []);
    const lines = drawn(".scatterlayer path.js-line, .shapelayer path");
    // A lesson's discs grow; a figure of many rows draws these first.
    const dots = drawn(".scatterlayer path.point").slice(-100);
    const shown = [...lines, ...dots]
      .map((part) => part.getAttribute("d") + part.getAttribute("transform"))
      .join("|");
    watch.frames += 1;
    const wiped = watch.strict && canvas && empty(document.querySelector(".live-figure-points"));
    if (!shown || plot.getClientRects().length === 0 || wiped)
      watch.blanks += 1;
    else if (shown !== last) watch.changes.push(performance.now());
    last = shown || last;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""


@dataclass(frozen=True)
class Keys:
    """Milliseconds that each arrow key takes, in three parts."""

    to_report: list[float]
    to_answer: list[float]
    to_redraw: list[float]

    @property
    def whole(self) -> list[float]:
        return [
            sum(parts) for parts in zip(self.to_report, self.to_answer, self.to_redraw, strict=True)
        ]


def late(times: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


async def press_keys(page: Page, slider: Locator, presses: int = 63) -> Keys:
    await slider.focus()
    parts: list[list[float]] = []
    for k in range(presses):
        await page.evaluate(
            "() => Object.assign(watch, { keys: [], changes: [], sent: [], received: [] })"
        )
        await page.keyboard.press("ArrowRight" if k % 40 < 20 else "ArrowLeft")
        try:
            await page.wait_for_function("() => watch.changes.length", timeout=5_000)
        except PlaywrightTimeout:
            continue  # a step too small to be seen
        # Wait until the answer is complete: more may follow a baseline's figure.
        await asyncio.sleep(0.6)
        parts.append(
            await page.evaluate(
                """() => {
                    const [key, drawn, sent] = [watch.keys[0], watch.changes[0], watch.sent[0]];
                    const answered = watch.received.filter((at) => at < drawn).at(-1);
                    return [sent - key, answered - sent, drawn - answered];
                }"""
            )
        )
    if len(parts) < presses / 2:
        raise RuntimeError(f"{len(parts)} of {presses} keys changed the figure")
    return Keys(*map(list, zip(*parts[3:], strict=True)))  # type: ignore[arg-type]


async def drag(page: Page, slider: Locator, seconds: float = 5) -> dict[str, float]:
    """Return redraws and frames a second, and blank frames, at 60 mouse positions a second."""
    box = await slider.bounding_box()
    assert box is not None
    left, width, height = box["x"], box["width"], box["y"] + box["height"] / 2
    devtools = await page.context.new_cdp_session(page)

    def mouse(kind: str, share: float) -> asyncio.Task[Any]:
        event = {
            "type": kind,
            "x": left + 6 + share * (width - 12),
            "y": height,
            "button": "left",
            "buttons": 0 if kind == "mouseReleased" else 1,
            "clickCount": 1,
        }
        return asyncio.create_task(devtools.send("Input.dispatchMouseEvent", event))

    pressed = mouse("mousePressed", 0.5)
    await page.evaluate(
        "() => Object.assign(watch, { changes: [], blanks: 0, frames: 0, strict: true })"
    )
    start = time.monotonic()
    moves = []
    while (gone := time.monotonic() - start) < seconds:
        phase = (gone / 3) % 1
        moves.append(mouse("mouseMoved", 0.15 + 0.7 * (1 - abs(2 * phase - 1))))
        await asyncio.sleep(1 / 60)
    counts = await page.evaluate("() => [watch.changes.length, watch.frames, watch.blanks]")
    await asyncio.gather(pressed, *moves)
    await mouse("mouseReleased", 0.5)
    return {"redraws": counts[0] / gone, "frames": counts[1] / gone, "blank": counts[2]}


async def opened(browser: Browser, address: str) -> Page:
    page = await browser.new_page(viewport={"width": 1440, "height": 900})
    await page.add_init_script(LISTEN)
    await page.goto(address)
    await page.locator(".js-plotly-plot .js-line").first.wait_for(state="attached", timeout=60_000)
    await asyncio.sleep(3)
    await page.evaluate(WATCH)
    return page


@contextmanager
def servers() -> Iterator[tuple[str, str]]:
    """Yield the origins of our server and of the baseline."""
    with ExitStack() as stack:
        # Streamlit looks for settings where it is started, and the baseline's folder has none.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        log = stack.enter_context((folder / "log.txt").open("w"))
        ours, plain = free_port(), free_port()
        commands = {
            ours: ([sys.executable, str(ROOT / "app.py"), "--port", str(ours)], ROOT),
            plain: ([sys.executable, *STREAMLIT, "--server.port", str(plain), *QUIET], folder),
        }
        origins = [
            stack.enter_context(serving(command, port, log, cwd=cwd))
            for port, (command, cwd) in commands.items()
        ]
        yield origins[0], origins[1]


async def started(playwright: Playwright) -> Browser:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    return await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])


def first_slider(name: str) -> str:
    """Return what the first slider of a lesson is called while it is played."""
    (lesson,) = (lesson for lesson in lessons() if lesson.id == name)
    sliders = (control for control in lesson.controls if isinstance(control, Control))
    return next(slider.label for slider in sliders if "play" in slider.steps)


async def measure(ours: str, plain: str, beside: Sequence[str]) -> None:
    machine = Machine()
    async with async_playwright() as playwright:
        browser = await started(playwright)
        keys, drags = {}, {}
        for name, address, label in (
            ("ours", f"{ours}/simulate", VARIANCE),
            ("baseline", f"{plain}/simulate?plain=1", VARIANCE),
            *((name, f"{ours}/{name}?step=play", first_slider(name)) for name in beside),
        ):
            page = await opened(browser, address)
            slider = page.get_by_role("slider", name=label)
            if name in beside:
                # At the ends of a slider keys may change nothing that is seen.
                await slider.click()
                await asyncio.sleep(1)
            keys[name] = await press_keys(page, slider)
            drags[name] = await drag(page, slider)
            await page.close()
        page = await opened(browser, f"{ours}/dial")
        drags["frames"] = await drag(page, page.get_by_role("slider", name=RATIO))
        await browser.close()
    medians = {name: statistics.median(times.whole) for name, times in keys.items()}
    lines = [
        str(machine),
        f"{'arrow key to redraw, ms':26} {'median':>7} {'95 %':>7}   of the median:",
    ]
    for name, times in keys.items():
        report, answer, redraw = map(
            statistics.median, (times.to_report, times.to_answer, times.to_redraw)
        )
        lines.append(
            f"{name:26} {medians[name]:7.0f} {late(times.whole):7.0f}   "
            f"{report:.0f} until sent, {answer:.0f} until answered, {redraw:.0f} until drawn"
        )
    lines += [
        f"{'ratio of the medians':26} {medians['baseline'] / medians['ours']:7.1f}",
        f"{'while dragging':26} {'redraws/s':>9} {'frames/s':>9} {'blank frames':>13}",
    ]
    for name, counts in drags.items():
        numbers = f"{counts['redraws']:9.1f} {counts['frames']:9.1f} {counts['blank']:13.0f}"
        lines.append(f"{name:26} {numbers}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    known = [lesson.id for lesson in lessons()]
    parser.add_argument("--beside", nargs="+", choices=known, default=[], metavar="LESSON")
    chosen = parser.parse_args()
    with servers() as origins:
        asyncio.run(measure(*origins, chosen.beside))
