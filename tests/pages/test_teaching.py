"""The page for teaching without a browser: plans, wrong answers, worksheets, homework, frames."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from engine.words.numbers import with_decimals
from pages.parts.lesson.course import lessons
from pages.parts.lesson.lesson import told
from pages.parts.teaching.addresses import frame_line, root_of
from pages.parts.teaching.embed import pages_to_embed
from pages.parts.teaching.homework import TASKS, token_of
from pages.parts.teaching.key import right_for
from pages.parts.teaching.mistakes import mistakes
from pages.parts.teaching.plan import PLANS
from tests.pages.screen import address, figures, opened

PAGE = "look_up/teaching.py"
SECRET = "chalk-and-cheese"
TOKEN = token_of(SECRET)


def texts(test: AppTest) -> str:
    shown = [*test.markdown, *test.caption, *test.code, *test.header, *test.title]
    return "\n".join(str(part.value).replace("\\", "") for part in shown)


def links(test: AppTest) -> list[str]:
    return [link.proto.label for link in test.get("page_link")]


def codes(test: AppTest) -> list[str]:
    return [part.value for part in test.code]


def clicked(test: AppTest, key: str) -> AppTest:
    test.button(key=key).click().run()
    assert not test.exception, test.exception
    return test


# --- plans and wrong answers ----------------------------------------------------------------------


def test_plans_take_the_time_that_they_say_and_show_lessons_that_there_are() -> None:
    assert [plan.title for plan in PLANS] == ["15 minutes", "50 minutes"]
    known = {lesson.id for lesson in lessons()}
    for plan in PLANS:
        assert plan.title == f"{plan.minutes} minutes"
        assert {step.lesson for step in plan.steps if step.lesson} <= known


def test_the_page_begins_with_the_short_plan_and_its_start() -> None:
    test = opened(PAGE)
    assert not test.exception, test.exception
    assert test.header[0].value == "15 minutes"
    assert links(test)[0] == "Start" and links(test).count("Start") == 1
    assert links(test)[1] == "**0–5 min: The puzzle**"
    assert "**46–50 min**" in texts(test)


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.id)
def test_each_lesson_shows_its_wrong_answers_with_its_own_replies(lesson) -> None:  # type: ignore[no-untyped-def]
    test = opened(PAGE, lesson=lesson.id)
    assert not test.exception, test.exception
    for mistake in mistakes(lesson):
        assert mistake.thought in texts(test)
        assert mistake.reply.replace("\\", "") in texts(test)


def test_another_lesson_is_chosen_and_stands_in_the_address() -> None:
    test = opened(PAGE)
    test.selectbox[0].set_value("shrinkage").run()
    assert address(test) == {"lesson": "shrinkage"}
    clicked(test, "teaching-to-worksheet")
    assert test.title[0].value == "Shrinkage"
    assert address(test) == {"lesson": "shrinkage", "worksheet": "shrinkage"}
    clicked(test, "teaching-back")
    assert test.title[0].value == "For teaching"
    assert address(test) == {"lesson": "shrinkage"}


# --- worksheets -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.id)
def test_a_worksheet_asks_on_one_sheet_and_tells_on_the_other(lesson) -> None:  # type: ignore[no-untyped-def]
    test = opened(PAGE, worksheet=lesson.id)
    assert not test.exception, test.exception
    shown = [str(part.value).replace("\\", "") for part in test.markdown]
    heads = [part.value for part in test.header]
    assert test.title[0].value == lesson.title
    assert heads[1].replace("\\", "") == f"Key: {lesson.title}"
    asked = next(k for k, part in enumerate(shown) if told(lesson.question) in part)
    expected = next(k for k, part in enumerate(shown) if mistakes(lesson)[0].reply in part)
    assert asked < expected
    assert told(lesson.on_paper) in shown
    empty, key = figures(test)
    assert empty["data"] != key["data"]


# --- homework, for who teaches --------------------------------------------------------------------


def set_up(task: str = "intercept", *learners: str) -> AppTest:
    test = opened(PAGE, task=task)
    test.text_input[0].set_value(SECRET).run()
    test.text_area[0].set_value("\n".join(learners)).run()
    assert not test.exception, test.exception
    return test


def test_a_short_secret_gives_no_address() -> None:
    test = opened(PAGE)
    test.text_input[0].set_value("short").run()
    assert "5 characters can be guessed. Use at least 12." in texts(test)
    assert not [code for code in codes(test) if "token=" in code]


def test_a_secret_is_made_and_stays_out_of_every_address() -> None:
    test = clicked(opened(PAGE), "homework-make")
    secret = test.text_input[0].value
    assert re.fullmatch(r"([a-z2-7]{4}-){3}[a-z2-7]{4}", secret)
    assert secret not in texts(test)
    assert address(test) == {}
    assert token_of(secret) in codes(test)[0]


def test_learners_addresses_hold_task_token_and_code_and_nothing_else() -> None:
    test = set_up("slope", "a07", "Ä 8")
    common, personal = codes(test)[:2]
    assert dict(parse_qsl(urlsplit(common).query)) == {"homework": "slope", "token": TOKEN}
    (first, at), (second, other) = (line.split("\t") for line in personal.splitlines())
    assert (first, second) == ("a07", "ä8")
    held = {"homework": "slope", "token": TOKEN, "code": "a07"}
    assert dict(parse_qsl(urlsplit(at).query)) == held
    assert dict(parse_qsl(urlsplit(other).query))["code"] == "ä8"
    assert SECRET not in texts(test)


def test_the_key_is_shown_when_it_is_asked_for_and_lines_are_marked() -> None:
    test = set_up("intercept", "a07", "b12")
    assert not test.table
    test.toggle[0].set_value(True).run()
    (right, other) = right_for(TASKS["intercept"], SECRET, ["a07", "b12"])
    table = test.table[0].value
    assert list(table.index) == ["a07", "b12"]
    for row, each in zip(("a07", "b12"), (right, other), strict=True):
        assert table.loc[row, "OLS (±0.02)"] == with_decimals(each.numbers["ols"], 2)
        assert table.loc[row, "Mixed model (±0.02)"] == with_decimals(each.numbers["mixed"], 2)
    line = ";".join(
        ["intercept", TOKEN, "a07", right.larger, f"{right.numbers['ols']:.2f}", "0", "0"]
    )
    test.text_area[1].set_value(f"{line}\nnonsense").run()
    marks = test.table[1].value
    assert marks.loc["a07", "Right"] == "2 of 4"
    assert marks.loc["a07", "OLS"] == "✓"
    assert marks.loc["a07", "Mixed model"] == f"✗ ({with_decimals(right.numbers['mixed'], 2)})"
    assert marks.loc["nonsense", "Right"] == "not a line of a homework"


# --- homework, for a learner ----------------------------------------------------------------------


@pytest.mark.parametrize("task", TASKS)
def test_a_learner_hands_in_a_line_and_never_sees_an_answer(task: str) -> None:
    test = opened(PAGE, homework=task, token=TOKEN, code="a07")
    assert not test.exception, test.exception
    assert "Still missing: the answer to 1 and 3 numbers." in texts(test)
    (right,) = right_for(TASKS[task], SECRET, ["a07"])
    answers = {
        with_decimals(right.numbers[question.id], max(question.decimals, 1))
        for question in TASKS[task].questions
    }
    everything = texts(test) + str(figures(test))
    assert not [answer for answer in answers if answer.replace("−", "-") in everything]
    test.radio[0].set_value("mixed").run()
    for field, typed in zip(test.text_input, ("1,5", "−2", "x"), strict=True):
        field.set_value(typed)
    test.run()
    assert "“x” is no number." in texts(test)
    assert "Still missing: 1 number." in texts(test)
    test.text_input[2].set_value("83").run()
    assert codes(test)[-1] == f"{task};{TOKEN};a07;mixed;1.5;-2;83"
    # A reload, or Back, loses nothing.
    held = address(test)
    assert {held[name] for name in ("first", "second", "third")} == {"1,5", "−2", "83"}
    again = opened(PAGE, **held)
    assert codes(again)[-1] == codes(test)[-1]


def test_the_address_for_all_asks_for_the_code() -> None:
    test = opened(PAGE, homework="slope", token=TOKEN)
    assert not figures(test)
    test.text_input[0].set_value("A 07").run()
    assert len(figures(test)) == 1
    assert "code **a07** alone" in texts(test)


@pytest.mark.parametrize("token", ["", "abc", "0" * 12])
def test_an_address_that_was_cut_says_so(token: str) -> None:
    test = opened(PAGE, homework="slope", token=token, code="a07")
    assert not test.exception
    assert "This address is not complete" in test.error[0].value


# --- frames ---------------------------------------------------------------------------------------


def test_the_line_to_embed_names_the_chosen_page_at_the_present_origin() -> None:
    test = opened(PAGE)
    for page, path in (("shrinkage", "shrinkage"), ("puzzle", "")):
        test.selectbox[-1].set_value(page).run()
        line = codes(test)[-1]
        found = re.fullmatch(r'<iframe src="([^"]*)" title="([^"]*)" .*></iframe>', line)
        assert found
        assert urlsplit(unescape(found[1])).path == f"/{path}"
        assert urlsplit(found[1]).query == "embed=true"
        assert found[2] == f"Betwixt: {pages_to_embed()[page]}"


def test_a_page_that_there_is_not_is_not_embedded() -> None:
    test = opened(PAGE, framed="../secret")
    assert not test.exception
    assert "rows-or-clusters?embed=true" in codes(test)[-1]


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://stats.example.edu/teaching", "https://stats.example.edu"),
        ("https://example.edu/betwixt/teaching", "https://example.edu/betwixt"),
        ("https://example.edu:8443/teaching/", "https://example.edu:8443"),
    ],
)
def test_addresses_lie_where_the_page_was_reached(url: str, root: str) -> None:
    assert root_of(url, "/teaching") == (root, True)


def test_an_address_of_this_machine_alone_is_known_for_what_it_is() -> None:
    # Nobody listens at port 9 for others.
    assert root_of("http://127.0.0.1:9/teaching", "/teaching") == ("http://127.0.0.1:9", False)


def test_a_title_cannot_break_out_of_the_line() -> None:
    line = frame_line("https://example.edu", "x", 'a" onload="alert(1)')
    assert 'onload="alert' not in line
