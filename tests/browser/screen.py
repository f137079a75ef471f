"""Reading what a page shows in a browser."""

import re

from playwright.sync_api import Page

from tests.browser.conftest import wait_until_idle

# Sections of the menu on top, by the pages in their lists; the other pages stand in it themselves.
SECTION = {
    "The course": "Learn",
    "Simulate": "Explore",
    "The dial": "Explore",
    "Questions": "Look up",
    "Glossary": "Look up",
    "For teaching": "Look up",
}


def choose_from_menu(page: Page, title: str) -> None:
    """Go to a page by the menu on top."""
    if title in SECTION:
        page.get_by_role("button", name=SECTION[title], exact=True).click()
        page.get_by_role("menuitem", name=title, exact=True).click()
    else:
        page.get_by_role("navigation").get_by_role("link", name=title, exact=True).click()


def coefficients(page: Page) -> dict[str, list[str]]:
    """Return the coefficient table, row by row."""
    rows = page.get_by_role("table").first.get_by_role("row").all()[1:]
    cells = [row.locator("th, td").all_inner_texts() for row in rows]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in cells}


def standard_error(cell: str) -> float:
    found = re.search(r"\((.*)\)", cell)
    assert found, cell
    return float(found.group(1))


def until_changed(page: Page, before: dict[str, list[str]]) -> dict[str, list[str]]:
    """Wait until the coefficients are others, however slow the machine, and return them."""
    for _ in range(150):
        if coefficients(page) != before:
            break
        page.wait_for_timeout(100)
    wait_until_idle(page)
    return coefficients(page)


def drawn(page: Page, figure: int) -> str:
    """Return what a figure holds, as text."""
    text: str = page.evaluate(
        "at => JSON.stringify(document.querySelectorAll('.js-plotly-plot')[at].data)", figure
    )
    return text
