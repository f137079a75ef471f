"""The live panel's style sheet by itself, without a server: tables keep every number in view."""

from html import escape
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser

import pages.parts.live as live
from engine import Comparison, compare
from engine.data.examples import load
from pages.parts.coefficients import coefficient_table

STYLES = (Path(live.__file__).parent / "frontend" / "panel.css").read_text()
LONG = "years_since_the_first_measurement_of_this_pupil_in_a_class__"


@pytest.fixture(scope="module", params=["(1 | g)", "(1 + x | g)"])
def comparison(request: pytest.FixtureRequest) -> Comparison:
    sleep: pd.DataFrame = load("sleepstudy").rename(columns={"Days": LONG, "Subject": "g"})
    return compare(sleep, f"Reaction ~ {LONG} + {request.param.replace('x', LONG)}")


# The column beside the figure at 1280 px, the same at 1440 px, and a phone.
@pytest.mark.parametrize("width", [450, 560, 350])
def test_names_of_any_length_leave_all_numbers_in_view(
    browser: Browser, comparison: Comparison, width: int
) -> None:
    table, _ = coefficient_table(comparison)
    head = "".join(f"<th scope=col>{column.title}</th>" for column in table.columns)
    body = "".join(
        f"<tr><th scope=row>{escape(name)}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
        for name, cells in table.rows.items()
    )
    page = browser.new_page()
    page.set_content(
        f"<style>{STYLES}</style><div style='width: {width}px; font-family: sans-serif'>"
        f"<div class=live-table><table><thead><tr><th></th>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div></div>"
    )
    beyond = page.locator(".live-table").evaluate("box => box.scrollWidth - box.clientWidth")
    narrowest = page.locator("tbody th").evaluate_all(
        "cells => Math.min(...cells.map((cell) => cell.getBoundingClientRect().width))"
    )
    page.close()
    assert beyond <= 0
    assert narrowest > 100
