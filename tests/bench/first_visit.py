"""How soon a first visitor sees the question of each lesson, and how soon its figure is alive.

    python -m tests.bench.first_visit [--visits 5]

The server is warm: every lesson was opened once before. The browser's cache is cold: every visit
has a context of its own. Times count from the request of the page. The question is there with the
first animation frame in which the last words of the question are on the screen. The figure is alive
with the first frame in which it is drawn and a handle of it, or a slider beside it, can be taken.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from pages.parts.lesson.course import lessons
from tests.bench.machine import Machine
from tests.bench.redraw import started
from tests.browser.conftest import ROOT, free_port, serving

QUESTION_WITHIN, ALIVE_WITHIN = 1200, 2500
"""In milliseconds: what is wanted."""

WATCH = """
(() => {
  const seen = (window.firstVisit = {});
  const look = () => {
    const now = performance.now();
    const question = document.querySelector(".st-key-lesson-head strong");
    if (question?.checkVisibility() && question.textContent) seen.question ??= now;
    const figure = document.querySelector(".live-figure:not([data-drawn='0'])");
    const taken = figure?.querySelector(".live-handle") ?? document.querySelector("input");
    if (figure?.querySelector(".scatterlayer, .shapelayer") && taken) seen.alive ??= now;
    if (seen.alive === undefined || seen.question === undefined) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""
DONE = "() => firstVisit.question !== undefined && firstVisit.alive !== undefined"


async def visit(browser: Browser, address: str) -> tuple[float, float]:
    """Return the milliseconds until the question is there and until the figure is alive."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    await page.add_init_script(WATCH)
    await page.goto(address)
    await page.wait_for_function(DONE, timeout=60_000)
    seen = await page.evaluate("() => [firstVisit.question, firstVisit.alive]")
    await context.close()
    return seen[0], seen[1]


def line(name: str, times: Sequence[tuple[float, float]]) -> str:
    parts = [f"{name:22}"]
    for each, within in zip(zip(*times, strict=True), (QUESTION_WITHIN, ALIVE_WITHIN), strict=True):
        median = statistics.median(each)
        sign = " " if median <= within else "!"
        parts.append(f"{median:8.0f} {max(each):8.0f} {sign}")
    return "  ".join(parts)


async def measure(origin: str, visits: int) -> None:
    machine = Machine()
    ids = [lesson.id for lesson in lessons()]
    async with async_playwright() as playwright:
        browser = await started(playwright)
        for each in ids:
            await visit(browser, f"{origin}/{each}")
        times = {
            each: [await visit(browser, f"{origin}/{each}") for _ in range(visits)] for each in ids
        }
        await browser.close()
    lines = [
        f"{visits} visits to each lesson; {machine}",
        f"{'ms':22}  {'question':>8} {'longest':>8}    {'alive':>8} {'longest':>8}",
        *(line(*each) for each in times.items()),
        f"! marks a median beyond {QUESTION_WITHIN} and {ALIVE_WITHIN} ms",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--visits", type=int, default=5)
    chosen = parser.parse_args()
    port = free_port()
    command = [sys.executable, str(ROOT / "app.py"), "--port", str(port)]
    with (
        tempfile.TemporaryDirectory() as folder,
        (Path(folder) / "log.txt").open("w") as log,
        serving(command, port, log) as origin,
    ):
        asyncio.run(measure(origin, chosen.visits))


if __name__ == "__main__":
    main()
