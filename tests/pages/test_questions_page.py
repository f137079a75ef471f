"""Questions and glossary without a browser: search, addresses, controls and the way to lessons."""

import pytest
from streamlit.testing.v1 import AppTest

from engine.questions import QUESTIONS, THEMES, Question
from engine.words.glossary import GLOSSARY, uses
from pages.parts.lesson.course import lessons
from tests.pages.screen import address, by_role, figures, opened

PAGE, GLOSSARY_PAGE = "look_up/questions.py", "look_up/glossary.py"


def links(test: AppTest) -> list[str]:
    return [link.proto.label for link in test.get("page_link")]


def listed(test: AppTest) -> list[str]:
    return [button.label for button in test.button]


def texts(test: AppTest) -> str:
    return "\n".join(str(part.value).replace("\\", "") for part in test.markdown)


def move(test: AppTest, question: Question, value: float) -> None:
    control = question.control
    if control.names:
        chosen = control.names[round(value)]
        test.button_group[0].set_value(chosen).run()
    else:
        (test.number_input if control.log else test.slider)[0].set_value(value).run()
    assert not test.exception, test.exception


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_answered_at_its_address_and_follows_its_control(name: str) -> None:
    question = QUESTIONS[name]
    test = opened(PAGE, id=name)
    assert not test.exception, test.exception
    assert test.title[0].value == question.asks
    first, last = question.control.first, question.control.places[-1]
    value = last if first != last else question.control.places[0]
    assert question.answer(first, question.at(first)) in texts(test)
    move(test, question, value)
    assert question.answer(value, question.at(value)) in texts(test)
    (figure,) = figures(test)
    for curve in question.curves:
        here = by_role(figure)[f"{curve.id} here"]
        assert here["y"] == [pytest.approx(question.at(value)[curve.id])]
    assert address(test)["id"] == name
    place, lesson = next((k, e) for k, e in enumerate(lessons(), 1) if e.id == question.lesson)
    assert f"Lesson {place} shows it: {lesson.title}" in links(test)


def test_an_address_restores_where_the_control_stood() -> None:
    question = QUESTIONS["raw-means"]
    test = opened(PAGE, id="raw-means", at="30")
    assert question.answer(30.0, question.at(30.0)) in texts(test)
    assert address(test) == {"id": "raw-means", "at": "30"}


@pytest.mark.parametrize("at", ["-7", "nonsense", "1e99"])
def test_an_address_beyond_the_control_is_taken_to_its_end_or_start(at: str) -> None:
    for name in ("few-clusters", "zero-variance", "grand-mean"):
        assert not opened(PAGE, id=name, at=at).exception


@pytest.mark.parametrize("query", [{}, {"id": "no-such-question"}])
def test_without_a_known_question_all_are_listed(query: dict[str, str]) -> None:
    test = opened(PAGE, **query)
    assert [header.value for header in test.header] == list(THEMES)
    assert listed(test) == [question.asks for question in QUESTIONS.values()]


def test_a_question_is_opened_from_the_list_and_left_for_it() -> None:
    test = opened(PAGE, id="raw-means", at="30")
    test.button[0].click().run()
    assert test.title[0].value == "Questions" and address(test) == {}
    next(b for b in test.button if b.label == QUESTIONS["grand-mean"].asks).click().run()
    assert test.title[0].value == QUESTIONS["grand-mean"].asks
    assert address(test) == {"id": "grand-mean"}


def test_the_search_finds_words_of_the_question_and_words_for_it() -> None:
    test = opened(PAGE)
    for wanted, found in (
        ("Hausman", ["hausman"]),
        ("isSingular", ["zero-variance"]),
        ("grand mean", ["grand-mean"]),
        ("sandwich", ["robust-or-mixed"]),
        ("no word of any", []),
    ):
        test.text_input[0].set_value(wanted).run()
        assert listed(test) == [QUESTIONS[name].asks for name in found]
    assert "No question has these words" in texts(test)


def test_every_term_has_its_address_and_the_text_that_opens_in_place() -> None:
    test = opened(GLOSSARY_PAGE)
    assert not test.exception
    assert sorted(heading.anchor for heading in test.header) == sorted(t.id for t in GLOSSARY)
    for term in GLOSSARY:
        assert term.meaning in texts(test)


def test_a_fixed_effect_means_two_things() -> None:
    two = [term for term in GLOSSARY if term.name.startswith("Fixed effects")]
    assert [term.id for term in two] == ["fixed-effects", "cluster-dummies"]
    assert [use.term.id for use in uses("fixed effects and cluster dummies")] == [
        term.id for term in two
    ]
