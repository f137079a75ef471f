"""Questions in a real browser: search as one types, by link and Back, by keyboard; the glossary."""

import re

import pytest
from playwright.sync_api import Page, expect

from engine.questions import QUESTIONS
from engine.words.glossary import GLOSSARY
from tests.browser.conftest import OpenPage, wait_until_idle


def answer(page: Page, name: str, value: float) -> None:
    question = QUESTIONS[name]
    text = question.answer(value, question.at(value))
    expect(page.locator(".live-words, .words, p").filter(has_text=text[:60]).first).to_have_text(
        text
    )


@pytest.mark.slow
def test_a_question_is_found_opened_moved_and_left(open_page: OpenPage) -> None:
    page = open_page("/questions")
    search = page.get_by_role("searchbox", name="Search the questions")
    search.press_sequentially("raw mea")
    question = QUESTIONS["raw-means"]
    listed = page.locator(".st-key-questions-list").get_by_role("button")
    expect(listed).to_have_count(1)
    listed.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(question.asks)
    expect(page).to_have_url(re.compile(r"/questions\?id=raw-means$"))
    wait_until_idle(page)
    answer(page, "raw-means", 2.0)
    slider = page.get_by_role("slider", name="Pupils of school F")
    slider.press("End")
    answer(page, "raw-means", 500.0)
    expect(page).to_have_url(re.compile(r"id=raw-means&at=500$"))
    page.reload()
    wait_until_idle(page)
    answer(page, "raw-means", 500.0)
    page.get_by_role("button", name="All questions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Questions")
    expect(page).to_have_url(re.compile("/questions$"))
    wait_until_idle(page)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(question.asks)


@pytest.mark.slow
def test_a_term_is_in_sight_at_its_address(open_page: OpenPage) -> None:
    names = {term.id: term.name for term in GLOSSARY}
    for term, width in (("variance-ratio", 1280), ("design-effect", 1280), ("icc", 390)):
        page = open_page(f"/glossary#{term}", width=width, height=720)
        page.wait_for_timeout(1000)  # the page settles
        expect(page.get_by_role("heading", name=names[term], exact=True)).to_be_in_viewport(ratio=1)


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_fits_a_phone_and_its_example_answers_there(
    open_page: OpenPage, name: str
) -> None:
    page = open_page(f"/questions?id={name}", width=390, height=844)
    page.locator(".js-plotly-plot .legend").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    cut = page.evaluate(
        """() => { const plot = document.querySelector(".js-plotly-plot").getBoundingClientRect();
        return [...document.querySelectorAll(".js-plotly-plot text")].filter((text) => {
            const box = text.getBoundingClientRect();
            return box.left < plot.left - 1 || box.right > plot.right + 1
                || box.top < plot.top - 1 || box.bottom > plot.bottom + 1;
        }).map((text) => text.textContent); }"""
    )
    assert not cut
    question = QUESTIONS[name]
    control = question.control
    answer(page, name, control.first)
    value = control.places[-1] if control.first != control.places[-1] else control.places[0]
    if control.names:
        page.get_by_role("radio", name=control.names[round(value)], exact=True).click()
    else:
        slider = page.get_by_role("slider", name=control.label)
        slider.press("End" if value == control.places[-1] else "Home")
    answer(page, name, value)
    here = question.at(value)
    for curve in question.curves:
        expect(page.locator(".legend")).to_contain_text(question.written(here[curve.id]))
