"""Formulas in the browser: numbers that change in place, and light in formula and figure."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from engine.account.balance import balance
from engine.figures.base import PALETTES, base_layout, trace
from engine.words.formulas import cluster_term, intercept_formula
from pages.parts.live import LiveFigure
from pages.parts.live.assets import module_url, plotly_url, stylesheet
from pages.parts.live.panel import _encode
from tests.browser.conftest import OpenPage

NAMES, COUNTS, MEANS = ["A", "B", "C"], [120, 12, 2], [52.0, 71.0, 88.0]
LIGHT = PALETTES["light"]

# Mounts a panel as Streamlit does, at the head of the page, and updates it when called again.
MOUNT = """async ([url, css, text]) => {
    const { default: mount } = await import(url);
    if (!window.panelRoot) {
        const style = document.createElement("style");
        style.textContent = css;
        window.panelRoot = document.createElement("div");
        window.panelRoot.id = "panel";
        window.panelRoot.style = "position: fixed; inset: 0; z-index: 9999999; background: white";
        document.body.append(style, window.panelRoot);
    }
    mount({
        parentElement: window.panelRoot,
        data: new TextEncoder().encode(text),
        setStateValue: () => {},
    });
}"""


def panel(ratio: float) -> str:
    """A figure of three clusters and a line, and the formula of the line."""
    beam = balance(COUNTS, MEANS, ratio)
    dots = trace("own", "markers", beam.means, np.ones(3), marker={"size": 20})
    dots |= {"meta": {"role": "own", "terms": [cluster_term(n) for n in NAMES]}}
    dots["hoverinfo"] = "none"
    line = trace("mixed", "lines", [float(beam.point)] * 2, [0.0, 2.0])
    layout = base_layout(LIGHT, height=240)
    layout["xaxis"]["range"], layout["yaxis"]["range"] = [45.0, 95.0], [0.0, 2.0]
    figure = LiveFigure(figure={"data": [dots, line], "layout": layout}, key="f", alt="Beam")
    formula = intercept_formula(NAMES, COUNTS, MEANS, ratio)
    drawings: list[str] = []
    head: dict[str, Any] = {
        "parts": [_encode(part, drawings) for part in (figure, formula)],
        "sliders": [],
        "session": "s",
        "answers": {},
        "plotly": plotly_url(),
    }
    return "\n".join([json.dumps(head), *drawings])


def mount(page: Page, ratio: float) -> None:
    css = "".join(stylesheet(f"{name}.css") for name in ("panel", "figure", "formula"))
    page.evaluate(MOUNT, [module_url("panel.js"), css, panel(ratio)])


STRENGTHS = """() => [...document.querySelectorAll("#panel .scatterlayer .trace")].map(
    (group) => [group.style.opacity, ...[...group.querySelectorAll(".point")].map(
        (point) => point.style.opacity)])"""


def test_terms_and_what_they_stand_for_light_each_other(open_page: OpenPage) -> None:
    page = open_page("/")
    mount(page, 1.6)
    formula = page.locator("#panel .formula")
    expect(page.locator("#panel .point")).to_have_count(3)
    expect(formula).to_have_attribute("aria-label", intercept_formula(
        NAMES, COUNTS, MEANS, 1.6).spoken)  # fmt: skip

    found = Axe().run(page, context="#panel .formula").response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []

    # By the mouse, from the formula to the figure: two numbers stand for cluster C, one dot.
    formula.locator('[data-term="cluster:C"]').first.hover()
    expect(formula.locator(".lit")).to_have_count(2)
    assert page.evaluate(STRENGTHS) == [["", "0.2", "0.2", ""], ["0.2"]]
    page.mouse.move(640, 700)
    expect(formula.locator(".lit")).to_have_count(0)
    assert page.evaluate(STRENGTHS) == [["", "", "", ""], [""]]

    # From the figure to the formula.
    page.locator("#panel .point").nth(1).hover(force=True)
    expect(formula.locator('[data-term="cluster:B"].lit')).to_have_count(2)
    page.mouse.move(640, 700)
    expect(formula.locator(".lit")).to_have_count(0)

    # By the keyboard: one stop of Tab, arrow keys from term to term, which are said.
    formula.focus()
    page.keyboard.press("End")
    expect(formula.locator('.cursor.lit[data-term="mixed"]')).to_have_count(1)
    expect(formula.get_by_role("status")).to_have_text(
        intercept_formula(NAMES, COUNTS, MEANS, 1.6).result.text
    )
    assert page.evaluate(STRENGTHS) == [["0.2", "", "", ""], [""]]

    # Numbers change where they stand; the place and the light stay.
    mount(page, 0.05)
    expected = intercept_formula(NAMES, COUNTS, MEANS, 0.05).result.text
    expect(formula.locator(".cursor.lit")).to_have_text(expected)

    # A finger does not hover: a tap keeps the light until the next.
    page.keyboard.press("Escape")
    expect(formula.locator(".lit")).to_have_count(0)
    term = formula.locator('[data-term="cluster:A"]').first
    page.evaluate("document.activeElement.blur()")
    term.click()
    page.mouse.move(640, 700)
    expect(formula.locator('[data-term="cluster:A"].lit')).to_have_count(2)
    assert page.evaluate("document.activeElement === document.body")
    term.click()
    page.mouse.move(640, 700)
    expect(formula.locator(".lit")).to_have_count(0)

    # On a phone nothing is wider than the screen; a term that is would scroll by itself.
    page.set_viewport_size({"width": 390, "height": 844})
    sides = formula.locator(".formula-side")
    widths = sides.evaluate_all("(all) => all.map((side) => side.getBoundingClientRect().right)")
    assert max(widths) <= 390
    assert sides.nth(2).evaluate("(side) => getComputedStyle(side).overflowX") == "auto"
