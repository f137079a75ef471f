"""What a page is set to, in its address and back, without Streamlit."""

import dataclasses
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pages.parts.dial_controls import DialState
from pages.parts.lesson.course import lessons
from pages.parts.lesson.session import all_pages, owned
from pages.parts.lesson.state import State, choice, flag, number, numbers, parameters, text
from pages.parts.printout import PuzzleState
from pages.parts.puzzles.state import PuzzlesState
from pages.parts.simulate_state import SimulateState
from pages.parts.source_controls import YourDataState


@dataclass(frozen=True)
class Example(State, page="example", script="example.py"):
    level: float = number(0.5, 0.0, 2.0, 0.05, param="level")
    ratio: float = number(1.0, 0.0, math.inf, param="rho")
    count: int = number(24, 4, 100, 1, param="count")
    shape: str = choice("flat", ("flat", "one hump"), param="shape", labels={"flat": "No hump"})
    ledger: bool = flag(param="ledger")
    column: str = text(param="column", most=30)
    moved: dict[int, float] = numbers((1, 100), -10.0, 10.0, param="moved", most=20)
    rows: dict[int, int] = numbers((1, 100), 1, 500, param="rows", most=20)


anything = (
    some.text()
    | some.floats().map(str)
    | some.integers().map(str)
    | some.lists(some.tuples(some.integers(), some.floats())).map(
        lambda pairs: ",".join(f"{a}:{b}" for a, b in pairs)
    )
    | some.sampled_from(["nan", "-inf", "1e999", "9" * 5000, "3:", ":", ",,", "%", "%zz", "\ud800"])
)
wild = some.none() | some.booleans() | some.floats() | some.integers() | some.text()
states = some.builds(
    Example,
    level=some.floats(),
    ratio=some.floats(),
    count=some.integers(),
    shape=some.sampled_from(["flat", "one hump"]),
    ledger=some.booleans(),
    column=some.text(),
    moved=some.dictionaries(some.integers(-5, 120), some.floats()),
    rows=some.dictionaries(some.integers(-5, 120), some.integers()),
)


@given(state=states, start=states)
def test_what_is_written_is_read_again(state: Example, start: Example) -> None:
    assert Example.decode(state.encode()) == state
    assert Example.decode(state.encode(start), start) == state
    link = state.link(start)
    assert Example.decode(parameters(link.removeprefix("/example")), start) == state


@given(query=some.dictionaries(some.sampled_from([*Example.params().values(), "other"]), anything))
def test_any_address_gives_a_state_that_is_allowed(query: dict[str, str]) -> None:
    state = Example.decode(query)
    assert 0.0 <= state.level <= 2.0
    assert state.ratio >= 0.0
    assert 4 <= state.count <= 100
    assert isinstance(state.count, int)
    assert state.shape in ("flat", "one hump")
    assert len(state.moved) <= 20
    assert all(1 <= k <= 100 and -10 <= held <= 10 for k, held in state.moved.items())
    assert Example.decode(state.encode()) == state


@given(values=some.fixed_dictionaries(dict.fromkeys(Example.params(), wild)))
def test_any_value_of_a_control_gives_a_state_that_is_allowed(values: dict[str, Any]) -> None:
    assert Example.decode(Example(**values).encode()) == Example(**values)


@given(state=states)
def test_no_blank_and_no_default_stands_in_an_address(state: Example) -> None:
    query = state.encode()
    assert not any(char.isspace() for value in query.values() for char in value)
    for name, param in Example.params().items():
        assert (param in query) == (getattr(state, name) != getattr(Example(), name))


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ({"level": "1e9"}, "level", 2.0),
        ({"level": "-3"}, "level", 0.0),
        ({"level": "1" + "0" * 400}, "level", 2.0),
        ({"level": "inf"}, "level", 2.0),
        ({"level": "nan"}, "level", 0.5),
        ({"level": ""}, "level", 0.5),
        ({"level": "0.15000000000000002"}, "level", 0.15),
        ({"rho": "Infinity"}, "ratio", math.inf),
        ({"count": "7.6"}, "count", 8),
        ({"shape": "one hump"}, "shape", "one hump"),
        ({"shape": "one-hump"}, "shape", "one hump"),
        ({"shape": "No hump"}, "shape", "flat"),
        ({"shape": ""}, "shape", "flat"),
        ({"ledger": "true"}, "ledger", True),
        ({"ledger": "perhaps"}, "ledger", False),
        ({"moved": "3:1.25,7:-0.4"}, "moved", {3: 1.25, 7: -0.4}),
        ({"moved": "3:1.25,x:1,4:y,5,6:nan,700:1,8:99"}, "moved", {3: 1.25, 8: 10.0}),
        ({"rows": "2:40,3:4000"}, "rows", {2: 40, 3: 500}),
    ],
)
def test_an_address_is_read_as(query: dict[str, str], field: str, value: Any) -> None:
    assert getattr(Example.decode(query), field) == value


def test_an_address_is_written_as() -> None:
    state = Example(1.0, math.inf, 30, "one hump", True, "a b%", {7: -0.4, 3: 1.25}, {2: 40})
    assert state.encode() == {
        "level": "1",
        "rho": "Infinity",
        "count": "30",
        "shape": "one-hump",
        "ledger": "true",
        "column": "a%20b%25",
        "moved": "3:1.25,7:-0.4",
        "rows": "2:40",
    }
    assert Example().link() == "/example"
    assert Example(moved={3: 1.25}).link() == "/example?moved=3:1.25"


def test_where_a_page_starts_decides_what_its_address_leaves_out() -> None:
    start = Example(ratio=0.25)
    assert start.encode(start) == {}
    assert Example().encode(start) == {"rho": "1"}
    assert Example.decode({}, start).ratio == 0.25
    assert Example.decode({"rho": "no number"}, start).ratio == 0.25


PAGES_FOLDER = Path(__file__).resolve().parents[2] / "pages"
NAMED = (SimulateState, DialState, YourDataState, PuzzleState)
COURSE = {lesson.state for lesson in lessons()}
# Every page imported here or by the course, less what several derive from; tests have their own.
PAGES = [
    state
    for state in all_pages()
    if state.__module__.startswith("pages.") and not state.__subclasses__()
]


def test_every_page_that_keeps_a_state_is_looked_at() -> None:
    assert {*NAMED, PuzzlesState} < set(PAGES)
    assert set(PAGES) > COURSE


@pytest.mark.parametrize("state", PAGES)
def test_the_address_of_another_page_takes_no_parameter_along(state: type[State]) -> None:
    assert set(state.params().values()) <= set(owned())


def test_keys_of_different_pages_are_different() -> None:
    keys = [state.key(each.name) for state in PAGES for each in dataclasses.fields(state)]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("state", PAGES)
def test_every_page_opens_at_its_start_and_links_to_itself(state: type[State]) -> None:
    start = state()
    assert state.decode({}) == start
    assert start.link() == state.path
    # Lessons are no files that Streamlit runs; the course makes pages of them.
    assert (state in COURSE) == (state.script == "")
    assert (PAGES_FOLDER / state.script).exists()


@pytest.mark.parametrize("state", NAMED)
def test_parameters_of_addresses_keep_their_names(state: type[State]) -> None:
    """Links that people have passed on hold them."""
    known = {
        SimulateState: "between residual clusters rows size_spread size_corr effect intercept "
        "share share_spread share_corr seed shape moved resized lines ledger coefficient "
        "situation",
        DialState: "data file formula coefficient rho",
        YourDataState: "example file formula typed along lines coefficient",
        PuzzleState: "number coefficient view step bars",
    }
    assert list(state.params().values()) == known[state].split()
