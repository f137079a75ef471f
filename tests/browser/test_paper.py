"""From Your data to sentences for a paper: the visitor's own file and model, copied, and back."""

import re

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from engine import compare
from engine.words.paper import passages
from tests.browser.conftest import OpenPage, wait_until_idle

LONG = "a *predictor* with signs_and a name of sixty letters or so, yes"


@pytest.mark.slow
def test_a_file_is_reported_and_its_sentences_are_copied_on_a_phone(open_page: OpenPage) -> None:
    rng = np.random.default_rng(4)
    g = np.repeat(np.arange(12), 8)
    x = rng.normal(size=96)
    y = (1.0 + 0.6 * rng.normal(size=12)[g]) * x + rng.normal(size=12)[g] + rng.normal(size=96)
    frame = pd.DataFrame({"y": y.round(3), LONG: x.round(3), "g": g})
    formula = f"y ~ `{LONG}` + (1 + `{LONG}` | g)"
    page = open_page("/your-data", width=390, height=844)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("input[type=file]").set_input_files(
        {"name": "mine.csv", "mimeType": "text/csv", "buffer": frame.to_csv(index=False).encode()}
    )
    wait_until_idle(page)
    page.get_by_text("Type the formula").click()
    wait_until_idle(page)
    page.get_by_role("textbox", name="Formula").fill(formula)
    page.get_by_role("textbox", name="Formula").press("Enter")
    wait_until_idle(page)
    page.get_by_role("button", name="Say it in a paper").click()
    expect(page).to_have_url(re.compile(r"/paper\?data=file&file=mine\.csv&formula="))
    expect(page.get_by_role("heading", name="From your model")).to_be_visible()
    wait_until_idle(page)
    found = passages(compare(frame, formula), f"`{LONG}`")
    for name, passage in found.items():
        place = page.locator(f".st-key-paper-{name}")
        for text in filter(None, (passage.methods, passage.results)):
            expect(place.locator("code", has_text=text)).to_have_count(1)
        expect(place).to_contain_text(passage.wrong)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    copy = page.locator(".st-key-paper-slopes").get_by_role("button", name="Copy")
    # There for a finger, which does not hover.
    expect(page.locator(".st-key-paper-sample .stCode pre + div")).to_have_css("opacity", "1")
    copy.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == found["slopes"].results
    page.go_back()
    expect(page.get_by_role("button", name="Say it in a paper")).to_be_visible()
