"""Every lesson without a browser: steps, address, what it keeps to itself, challenges, record."""

import dataclasses
from html import escape
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from engine.challenges import CHALLENGES
from engine.figures.base import PALETTES
from pages.parts.lesson.commit import Answer, Choice, Commit, Looks, Mark, Marks, Pick, marker
from pages.parts.lesson.course import COURSE, lessons
from pages.parts.lesson.lesson import (
    RIGHT,
    STEPS,
    Challenge,
    Lesson,
    LessonState,
    Look,
    Options,
    Scene,
    Switch,
)
from pages.parts.lesson.lesson import Press as PressControl
from pages.parts.lesson.progress import MOST_ANSWERS, Done, Progress, after_telling
from pages.parts.lesson.record import record_page
from pages.parts.lesson.state import choice, flag
from pages.parts.live import Grabbed
from pages.parts.puzzles.book import PUZZLES
from pages.parts.teaching.mistakes import revealed
from tests.pages.screen import address, figures

ANY = Lesson[Any, Any]
LESSONS = dict(zip(COURSE, lessons(), strict=True))
every_lesson = pytest.mark.parametrize("module", COURSE)


def script(module: str) -> None:
    from pages.parts.lesson import course, progress

    progress.take_saved()
    course._run(course.COURSE.index(module))


def opened(module: str, **query: str) -> AppTest:
    test = AppTest.from_function(script, default_timeout=30, kwargs={"module": module})
    for name, value in {"plain": "1", **query}.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception, test.exception
    return test


def press(test: AppTest, key: str = "lesson-next") -> AppTest:
    test.button(key=key).click().run()
    assert not test.exception, test.exception
    return test


def said(test: AppTest) -> str:
    parts = [*test.markdown, *test.caption, *test.success, *test.title]
    return "\n".join(str(part.value) for part in parts)


# --- every lesson ---------------------------------------------------------------------------------


@every_lesson
def test_every_step_can_be_reached_and_left_again(module: str) -> None:
    test = opened(module)
    seen = ["ask"]
    for _ in STEPS[1:]:
        press(test)
        seen.append(address(test)["step"])
    assert tuple(seen) == STEPS
    for step in STEPS[-2:0:-1]:
        press(test, "lesson-back")
        assert address(test)["step"] == step


@every_lesson
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("view", ["study", "lecture"])
def test_every_step_has_an_address(module: str, step: str, view: str) -> None:
    test = opened(module, step=step, view=view)
    assert len(figures(test)) == 1
    expected = {"step": step, "view": view}
    defaults = {"step": "ask", "view": "study"}
    assert address(test) == {k: v for k, v in expected.items() if v != defaults[k]}


@every_lesson
def test_what_comes_out_is_neither_said_nor_computed_before_the_answer(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson = LESSONS[module]

    def asked(*_: Any) -> Any:
        raise AssertionError("the outcome was asked for before the answer")

    hidden = dict.fromkeys(
        ("result", "enter", "figure", "reveal", "reply", "why", "misread", "remember"), asked
    )
    later = dict.fromkeys(lesson.later, asked)
    silent = dataclasses.replace(lesson, **hidden, later=later)
    monkeypatch.setattr("pages.parts.lesson.course.lessons", lambda: (silent,))
    monkeypatch.setattr("pages.parts.lesson.course.COURSE", (module,))
    for view in ("study", "lecture"):
        assert len(figures(opened(module, view=view))) == 1


@every_lesson
def test_each_challenge_is_open_at_first_and_solved_by_its_stored_solution(module: str) -> None:
    lesson = LESSONS[module]
    for challenge in lesson.challenges:
        test = opened(module, step="do")
        assert not progress_of(test).of(lesson.id).solved
        for field, value in challenge.solution.items():
            set_control(test, lesson, field, value)
        solved = progress_of(test).of(lesson.id).solved
        assert solved.get(challenge.id) == len(challenge.solution), (challenge.id, solved)
        assert len(test.success) == 1


def test_a_goal_that_an_address_leads_to_is_solved_by_nobody_until_left() -> None:
    lesson = LESSONS["tug_of_war"]
    challenge = next(each for each in lesson.challenges if each.id == "signs-differ")
    ((field, value),) = challenge.solution.items()
    param = lesson.state.params()[field]
    test = opened("tug_of_war", step="do", **{param: str(value)})
    set_control(test, lesson, field, value + 0.1)
    assert not progress_of(test).of(lesson.id).solved and not test.success
    set_control(test, lesson, field, getattr(lesson.start(lesson.state()), field))
    set_control(test, lesson, field, value)
    assert list(progress_of(test).of(lesson.id).solved) == [challenge.id]


def set_control(test: AppTest, lesson: ANY, field: str, value: Any) -> None:
    press_keys = [each.field for each in lesson.controls if isinstance(each, PressControl)]
    if field in press_keys:
        press(test, f"{lesson.id}.{field}")
        return
    test.get_by_key(lesson.state.key(field)).set_value(value).run()
    assert not test.exception, test.exception


def progress_of(test: AppTest) -> Progress:
    key = "progress"
    return test.session_state[key] if key in test.session_state else Progress()


@every_lesson
def test_who_has_skipped_the_question_may_answer_it_after_all(module: str) -> None:
    test = opened(module, step="reveal")
    assert test.button(key="lesson-again").label == "Answer it now"
    assert "step" not in address(press(test, "lesson-again"))


@every_lesson
def test_expected_answers_are_wrong_and_each_gets_a_reply_of_its_own(module: str) -> None:
    lesson = LESSONS[module]
    expected = lesson.expected()
    replies = [lesson.reply(revealed(lesson, answer)) for answer in expected.values()]
    ideas = [reply.idea for reply in replies]
    assert len(ideas) >= 3
    assert RIGHT not in ideas
    assert len(set(ideas)) == len(ideas)
    # A learner can give each of them: it comes through the address as it is.
    for answer, reply in zip(expected.values(), replies, strict=True):
        given = lesson.commit.read(lesson.commit.write(answer))
        assert given is not None
        assert lesson.reply(revealed(lesson, given)) == reply


# --- the first lesson, for what all have in common ------------------------------------------------

FIRST = "rows_or_clusters"
ID = LESSONS[FIRST].id


def answered(test: AppTest, value: float) -> AppTest:
    test.number_input(key=f"{ID}.figure:at:typed").set_value(value).run()
    return press(test)


def reply(test: AppTest) -> str:
    press(test)
    return said(test)


def test_an_answer_is_committed_only_when_it_is_placed() -> None:
    test = opened(FIRST)
    assert test.button(key="lesson-next").label == "Skip the question"
    test.number_input(key=f"{ID}.figure:at:typed").set_value(55.0).run()
    assert test.button(key="lesson-next").label == "That is my answer"
    press(test)
    assert address(test) == {"step": "play", "answers": "at:55"}


def test_nothing_opens_over_the_fields_of_an_answer_where_the_pointer_was_left() -> None:
    test = press(press(answered(opened(FIRST), 56.0)), "lesson-again")
    assert not test.button(key="lesson-view").help


def test_the_reply_fits_the_answer_and_a_second_time_is_another() -> None:
    test = answered(opened(FIRST), 56.0)
    first = reply(test)
    assert "You: 56.0, the mixed model: 64.5, OLS: 55.9." in first
    assert "mean of all pupils" in first
    press(test, "lesson-again")
    assert address(test) == {"answers": "at:56"}
    second = reply(answered(test, 55.5))
    assert "The mean of all rows once more" in second
    assert "mean of all pupils, 55.9" not in second
    press(test, "lesson-again")
    assert "One vote per school gives 65.3" in reply(answered(test, 65.3))


def test_back_to_the_question_and_on_again_is_no_second_answer() -> None:
    test = answered(opened(FIRST), 56.0)
    first, known = reply(test), progress_of(test)
    for answers in ("", "at:56"):  # as the address of the question was, and as the page keeps it
        test.query_params.clear()
        test.query_params.update({"plain": "1", "answers": answers})
        test.session_state["rows-or-clusters.step"] = "ask"
        test.session_state["rows-or-clusters.answers"] = answers
        test.run()
        assert reply(press(test)) == first
        assert address(test)["answers"] == "at:56"
        assert progress_of(test) == known


def test_an_address_brings_the_answers_and_their_history_back() -> None:
    test = opened(FIRST, step="reveal", answers="at:56~at:55.5")
    assert "The mean of all rows once more" in said(test)


def test_an_idea_met_in_another_lesson_is_known_here() -> None:
    elsewhere = Progress({"another": Done(("x",), ("grand-mean",), {}, "2026-01-01")})
    test = opened(FIRST, step="reveal", answers="at:56", saved=elsewhere.to_address())
    assert "The mean of all rows once more" in said(test)
    assert "saved" not in address(test)


def test_who_was_right_elsewhere_still_reads_why_this_is_right() -> None:
    elsewhere = Progress({"another": Done(("x",), (RIGHT,), {}, "2026-01-01")})
    test = opened(FIRST, step="reveal", answers="at:64.5", saved=elsewhere.to_address())
    assert "Just so. Nearly one vote per school" in said(test)


@pytest.mark.parametrize("answers", ["", "at:x", "at:nan", "who:55", "at:55,who:1", "~~~", "%"])
def test_an_answer_that_is_none_is_left_out(answers: str) -> None:
    test = opened(FIRST, step="reveal", answers=answers)
    assert "You:" not in said(test)


def test_answers_beyond_the_axis_stand_at_its_end() -> None:
    assert "You: 100.0," in said(opened(FIRST, step="reveal", answers="at:1e9"))


def test_right_is_right() -> None:
    answered(test := opened(FIRST), 64.5)
    assert progress_of(test).of(ID).ideas == (RIGHT,)


# --- other controls than sliders ------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class OtherState(LessonState, page="other"):
    on: bool = flag(param="on")
    model: str = choice("a", ("a", "b"), param="model")


FIRST_LESSON = LESSONS[FIRST]
CONTROLS = (
    Switch("on", "On"),
    Options("model", "Model", {"a": "The first", "b": "The second"}),
    PressControl("both", "Both at once", lambda state: {"on": not state.on, "model": "b"}),
    Switch("on", "Not here", steps=()),
)


def fixed(function: str, lesson: ANY = FIRST_LESSON) -> Any:
    """A function of the first lesson, at the state its schools are asked about."""
    state = lesson.at("reveal", step="reveal")
    scene = Scene("reveal", state, lesson.result(state), None, Look(PALETTES["light"], 400))
    return lambda *_: getattr(lesson, function)(scene)


OTHER = dataclasses.replace(
    FIRST_LESSON,
    state=OtherState,
    enter=lambda _: {"model": "a"},
    result=lambda state: state,
    controls=CONTROLS,
    challenges=(
        Challenge(
            "both", "Both", lambda s: s.result.on and s.result.model == "b", lambda _: "Yes", {}
        ),
    ),
    **{name: fixed(name) for name in ("figure", "reveal", "why")},
)


def other_script() -> None:
    from pages.parts.lesson.run import run_lesson
    from tests.pages.test_lessons import OTHER

    run_lesson(OTHER, (OTHER,), None, None)


def other() -> AppTest:
    test = AppTest.from_function(other_script, default_timeout=30)
    test.query_params["step"] = "do"
    test.query_params["plain"] = "1"
    test.run()
    assert not test.exception, test.exception
    return test


def test_switches_and_options_are_moves_and_are_in_the_address() -> None:
    test = other()
    set_control(test, OTHER, "on", True)
    assert address(test) == {"step": "do", "on": "true"}
    set_control(test, OTHER, "model", "b")
    assert address(test) == {"step": "do", "on": "true", "model": "b"}
    assert progress_of(test).of("other").solved == {"both": 2}


def test_a_button_sets_several_fields_in_one_move() -> None:
    test = other()
    set_control(test, OTHER, "both", True)
    assert address(test) == {"step": "do", "on": "true", "model": "b"}
    assert progress_of(test).of("other").solved == {"both": 1}
    assert test.toggle[0].value is True and len(test.toggle) == 1


# --- what is kept ---------------------------------------------------------------------------------

RECORD = Progress(
    {ID: Done(("at:55", "at:64.5"), ("grand-mean", RIGHT), {"agree": 3}, "2026-11-29")},
    name="Ada <b>&</b> Bo",
)


def test_a_record_survives_text_and_address() -> None:
    assert Progress.from_text(RECORD.to_text()) == RECORD
    assert Progress.from_address(RECORD.to_address()) == RECORD


@pytest.mark.parametrize(
    "text", [None, "", "{", "[]", "1", '{"lessons":[]}', '{"lessons":{"a":1},"name":3}', "[" * 9999]
)
def test_whatever_a_browser_keeps_is_read(text: str | None) -> None:
    found = Progress.from_text(text)
    assert found.name == "" and not any(done.answers for done in found.lessons.values())
    assert Progress.from_address(text or "") == Progress()


def test_records_merge_to_what_both_hold() -> None:
    other = Progress({ID: Done(("at:60",), ("x",), {"agree": 2, "one-vote-each": 5}, "2027-01-01")})
    for merged in (RECORD.merged(other), other.merged(RECORD)):
        assert merged.of(ID).answers == ("at:55", "at:64.5")
        assert merged.of(ID).solved == {"agree": 2, "one-vote-each": 5}
        assert merged.of(ID).day == "2027-01-01"


def test_a_browser_s_own_name_comes_before_that_of_an_address() -> None:
    stranger = Progress({"other": Done(("at:1",))}, "Mallory")
    for own, name in ((Progress({}, "Ann"), "Ann"), (Progress(), "Mallory")):
        found = after_telling(stranger, own.to_text(), changed=False)
        assert found == Progress(stranger.lessons, name)
    assert after_telling(stranger, None, changed=False) == stranger


@pytest.mark.parametrize("name", ["Bob", ""])
def test_a_name_that_another_tab_has_changed_is_this_tab_s_too(name: str) -> None:
    kept = Progress({"other": Done(("at:1",))}, name)
    assert after_telling(RECORD, kept.to_text(), changed=True) == Progress(
        {**RECORD.lessons, **kept.lessons}, name
    )
    assert after_telling(RECORD, None, changed=True) == Progress()


@pytest.mark.parametrize(
    ("saved", "said"), [(RECORD.to_address(), "is here"), ("nothing", "holds no record")]
)
def test_an_address_restores_once_and_says_what_it_held(saved: str, said: str) -> None:
    test = opened(FIRST, saved=saved)
    (toast,) = test.toast
    assert said in toast.value
    # The browser may name it again, as it does after Back.
    test.session_state["progress"] = Progress()
    test.query_params["saved"] = saved
    test.run()
    assert not test.toast and progress_of(test) == Progress()


def test_the_record_says_what_was_answered_what_came_out_and_what_was_solved() -> None:
    page = record_page(lessons(), RECORD, "http://127.0.0.1/rows-or-clusters?saved=x&y")
    assert "Ada &lt;b&gt;&amp;&lt;/b&gt; Bo" in page
    for text in ("55.0", "You: 64.5, the mixed model: 64.5, OLS: 55.9.", "3 moves", "2026-11-29"):
        assert text in page
    assert "saved=x&amp;y" in page
    marked = dataclasses.replace(RECORD, name="E_ve_ *x*")
    assert "E_ve_ *x*" in record_page(lessons(), marked, "http://127.0.0.1/")
    assert "src=" not in page and "<script" not in page


def test_the_record_says_what_was_practised() -> None:
    known = Progress(
        {
            f"puzzle-{PUZZLES[0].id}": Done(("at:1",), (), {"goal": 2}, "2026-11-28"),
            f"puzzle-{PUZZLES[1].id}": Done(("at:1",), (), {}, "2026-11-27"),
            "challenges": Done((), (), {CHALLENGES[0].id: 3}, "2026-11-29"),
        }
    )
    page = record_page(lessons(), known, "http://127.0.0.1/")
    assert "Nothing was answered" not in page
    for text in (PUZZLES[0].title, "solved in 2 moves", "2026-11-28", PUZZLES[1].title, "answered"):
        assert escape(text) in page
    assert escape(f"{CHALLENGES[0].title}: solved in 3 moves") in page
    assert PUZZLES[2].title not in page and CHALLENGES[1].title not in page


def test_the_longest_record_survives_text_and_address() -> None:
    done = Done(("at:55.5",) * 99, ("grand-mean",) * 99, {"agree": 99}, "2026-11-29")
    names = [
        *(lesson.id for lesson in lessons()),
        *(f"puzzle-{puzzle.id}" for puzzle in PUZZLES),
        "challenges",
    ]
    known = Progress()
    for name in names:
        known = known.with_done(name, done)
    known = known.with_done(
        "challenges", Done((), (), {each.id: 99 for each in CHALLENGES}, "2026-11-29")
    )
    assert Progress.from_text(known.to_text()) == known
    assert Progress.from_address(known.to_address()) == known
    assert known.of(names[0]).answers == ("at:55.5",) * MOST_ANSWERS


def test_one_button_forgets_everything() -> None:
    test = opened(FIRST, step="remember", saved=RECORD.to_address())
    assert progress_of(test) == RECORD
    next(button for button in test.button if button.label == "Forget all of it").click().run()
    assert progress_of(test) == Progress()


def test_who_comes_back_and_answers_afresh_keeps_the_answers_of_before() -> None:
    test = answered(opened(FIRST, saved=RECORD.to_address()), 56.0)
    assert progress_of(test).of(ID).answers == (*RECORD.of(ID).answers, "at:56")
    assert len(progress_of(test).of(ID).ideas) == len(RECORD.of(ID).ideas) + 1


def test_a_visitor_who_comes_back_can_go_on() -> None:
    test = opened(FIRST, saved=RECORD.to_address())
    press(test, "lesson-go-on")
    assert address(test) == {"step": "reveal", "answers": "at:55~at:64.5"}


# --- ways of answering ----------------------------------------------------------------------------

HERE, THERE = Mark("a", "Here", x=1.0, y=2.0), Mark("b", "There", x=10.0, y=3.0)
WAYS: dict[str, tuple[Commit, Answer, str]] = {
    "marker": (marker("At", (0.0, 9.0), 0.1, y=0.0), Answer({"at": 2.5}), "at:2.5"),
    "two on a logarithmic axis": (
        Marks((HERE, THERE), (0.01, 100.0), 1.1, 2, log=True),
        Answer({"a": 0.05, "b": 40.0}),
        "a:0.05,b:40",
    ),
    "a line": (
        Marks((HERE, THERE), (-5.0, 5.0), 0.1, along="y"),
        Answer({"a": -1.0, "b": 3.5}),
        "a:-1,b:3.5",
    ),
    "bars": (
        Marks(lambda: (HERE, THERE), (0.0, 20.0), 1.0, 0, along="y", all=False),
        Answer({"a": 2.0, "b": 7.0}),
        "a:2,b:7",
    ),
    "a cluster": (Pick((HERE, THERE)), Answer(chosen="b"), "b"),
    "looks": (
        Looks(marker("Look", (0.1, 100.0), 1.1, y=0.0, log=True)),
        Answer({"1": 0.5, "2": 40.0, "3": 3.0}),
        "1:0.5,2:40,3:3",
    ),
    "a choice": (Choice({"yes": "It does.", "no": "It does not."}), Answer(chosen="no"), "no"),
}
every_way = pytest.mark.parametrize("way", WAYS)


@every_way
def test_an_answer_is_written_and_read_again(way: str) -> None:
    commit, answer, text = WAYS[way]
    assert commit.write(answer) == text
    assert commit.read(text) == answer
    assert commit.is_complete(answer)
    assert commit.said(answer)


@every_way
@pytest.mark.parametrize("text", ["", "x", "a", "a:", "a:nan,b:1", "at:inf", "1:2,x:3", ",", ":::"])
def test_what_is_no_answer_is_not_read(way: str, text: str) -> None:
    commit, *_ = WAYS[way]
    assert commit.read(text) is None or (way, text) == ("a cluster", "a")


@every_way
def test_values_beyond_the_limits_are_brought_to_them(way: str) -> None:
    commit, answer, _ = WAYS[way]
    far = commit.read(commit.write(Answer(dict.fromkeys(answer.values, 1e9), answer.chosen)))
    assert far is not None
    assert all(value <= 100.0 for value in far.values.values())


def way_script(way: str) -> None:
    import streamlit as st

    from tests.pages.test_lessons import WAYS

    commit, *_ = WAYS[way]
    commit.grab("figure", "black")
    commit.fields("figure")
    answer = commit.so_far("figure")
    st.write(commit.write(commit.filled(answer)) if commit.is_complete(answer) else "not yet")


def shown_way(way: str) -> AppTest:
    return AppTest.from_function(way_script, kwargs={"way": way}).run()


def put(test: AppTest, moved: dict[str, float], selected: str | None = None) -> AppTest:
    test.session_state["figure"] = Grabbed(moved, selected)
    return test.run()


@every_way
def test_nothing_is_answered_at_first(way: str) -> None:
    test = shown_way(way)
    assert not test.exception, test.exception
    assert test.markdown[-1].value == "not yet"


def test_every_mark_has_to_be_moved_unless_one_is_enough() -> None:
    line = put(shown_way("a line"), {"a": -1.0})
    assert line.markdown[-1].value == "not yet"
    line.number_input(key="figure:b:typed").set_value(3.5).run()
    assert line.markdown[-1].value == "a:-1,b:3.5"
    assert put(shown_way("bars"), {"b": 7.0}).markdown[-1].value == "a:2,b:7"


def test_a_cluster_is_picked_and_a_choice_chosen() -> None:
    assert put(shown_way("a cluster"), {}, "b").markdown[-1].value == "b"
    assert put(shown_way("a cluster"), {}, "nobody").markdown[-1].value == "not yet"
    choice = shown_way("a choice")
    choice.radio[0].set_value("no").run()
    assert choice.markdown[-1].value == "no"


def test_looks_are_taken_one_by_one_where_the_marker_stands() -> None:
    test = shown_way("looks")
    assert test.button[0].disabled
    for place in (0.5, 40.0):
        put(test, {"at": place})
        test.button[0].click().run()
    assert test.markdown[-1].value == "1:0.5,2:40"
