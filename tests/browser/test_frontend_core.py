"""The front end's pure modules, each run alone in the browser."""

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from engine.account.path import DialScale
from pages.parts.live.assets import module_url

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def run(server: str, browser: Browser) -> Iterator[Run]:
    """Call a JavaScript function with a module as its first argument; one page for all tests."""
    with browser.new_context(base_url=server) as context:
        page = context.new_page()
        page.goto("/_stcore/health")

        def run(module: str, function: str, given: Any = None) -> Any:
            script = f"async ([url, given]) => ({function})(await import(url), given)"
            return page.evaluate(script, [module_url(module), given])

        yield run


# --- turns ----------------------------------------------------------------------------------------


def test_reports_of_two_components_are_never_sent_as_one(run: Run) -> None:
    # Streamlit, in short: what is reported until its timer ends is one message.
    script = """async ({ inTurn }) => {
        const messages = [];
        let open;
        const report = (who, what) => inTurn(who, () => {
            if (!open) {
                open = [];
                setTimeout(() => { messages.push(open); open = undefined; });
            }
            open.push(what);
        });
        const [panel, slider, keeper] = [{}, {}, {}];
        report(panel, "a");
        report(slider, "b");
        report(panel, "c");
        report(keeper, "d");
        report(slider, "e");
        await new Promise((resolve) => setTimeout(resolve, 100));
        report(keeper, "f");
        await new Promise((resolve) => setTimeout(resolve, 100));
        return messages;
    }"""
    assert run("core/turns.js", script) == [["a", "c"], ["b", "e"], ["d"], ["f"]]


# --- numbers --------------------------------------------------------------------------------------

TYPED = {
    # As the app writes them, and as far as keyboards go.
    "0.5": 0.5,
    "1,234": 1234,
    "1,234.5": 1234.5,
    "1,234,567": 1234567,
    "1,234,567.89": 1234567.89,
    "−3": -3,
    "-3": -3,
    "–3": -3,
    "− 3": -3,
    "+4": 4,
    " 7 ": 7,
    ".5": 0.5,
    "-.5": -0.5,
    "5.": 5,
    "007": 7,
    "1e3": 1000,
    "1.5E-3": 0.0015,
    # With a decimal comma.
    "1,5": 1.5,
    "1,25": 1.25,
    "1,2345": 1.2345,
    "12345,678": 12345.678,
    "1234,567": 1234.567,
    "0,250": 0.25,
    "−0,250": -0.25,
    ",5": 0.5,
    "5,": 5,
    "1,5e-3": 0.0015,
    "1.234,5": 1234.5,
    "1.234,": 1234,
    "1.234.567": 1234567,
    "1.234.567,8": 1234567.8,
    # A dot alone is always a decimal point.
    "1.234": 1.234,
    "12.345": 12.345,
    # With spaces: plain, no-break, narrow no-break, thin.
    "1 234": 1234,
    "1\u00a0234,5": 1234.5,
    "1\u202f234\u202f567.5": 1234567.5,
    "12\u2009345,678": 12345.678,
    "∞": math.inf,
    "+∞": math.inf,
    "inf": math.inf,
    "Infinity": math.inf,
}

GARBAGE = (
    "", " ", "-", ".", ",", "e3", ".e3", "no number", "NaN", "1x", "x1", "5%", "0x10", "0b1", "--3",
    "3-", "+-3", "1..5", "1,,5", "1,.5", "1.2.3", "1,2,3", "1,23,456", "1,234,5", "1.234.5",
    "1,2345,678", "1234,567,890", "1234.567,8", "0,234,567", "0.234,5", "1,234.567,8",
    "1.234,567.8", "1 2", "12 34", "1 2345", "1234 567", "1,234 567", "1 234,567,8", "1e", "1e1.5",
    "1 234e3", "−∞", "infinite", "1 e3", "null", "[1]",
)  # fmt: skip


def test_typed_numbers_are_read_in_every_common_notation(run: Run) -> None:
    read = run("core/numbers.js", "(m, texts) => texts.map(m.parseNumber)", [*TYPED])
    assert dict(zip(TYPED, read, strict=True)) == TYPED


def test_what_is_no_number_is_refused(run: Run) -> None:
    read = run("core/numbers.js", "(m, texts) => texts.map(m.parseNumber)", [*GARBAGE])
    assert {text: value for text, value in zip(GARBAGE, read, strict=True) if value == value} == {}


@pytest.mark.parametrize(
    ("value", "form", "decimals", "text"),
    [
        (0.5, "%.2f", 2, "0.50"),
        (-0.7, "%.2f", 2, "−0.70"),
        (-0.001, "%.2f", 2, "0.00"),
        (-0.0, "%d", 0, "0"),
        (41.6, "%d", 0, "42"),
        (1234.0, "%d", 0, "1234"),
        (0.25, None, 2, "0.25"),
        (3.0, None, 0, "3"),
        (0.123456, None, None, "0.123"),
        (1234.5, None, None, "1230"),
        (1e-7, None, None, "1e−7"),
        (math.inf, None, None, "∞"),
        (math.inf, "%.2f", 2, "∞"),
    ],
)
def test_a_value_is_written_by_its_format_or_by_its_step(
    run: Run, value: float, form: str | None, decimals: int | None, text: str
) -> None:
    given = {"value": value, "format": form, "decimals": decimals}
    assert run("core/numbers.js", "(m, g) => m.formatNumber(g.value, g)", given) == text


def test_what_is_written_is_read_as_the_same_number(run: Run) -> None:
    values = [0, 0.5, -0.7, 1234, 123456.78, 1e-7, 1.5e9, math.inf]
    read = run(
        "core/numbers.js",
        """(m, values) => values.map((value) =>
            m.parseNumber(m.formatNumber(value, { decimals: null })))""",
        values,
    )
    assert read == [0, 0.5, -0.7, 1230, 123000, 1e-7, 1.5e9, math.inf]


# --- scales ---------------------------------------------------------------------------------------

SLIDERS: dict[str, dict[str, Any]] = {
    "variance": {"scale": "linear", "min": 0, "max": 2, "step": 0.05, "default": 0.5},
    "tenths": {"scale": "linear", "min": -3, "max": 3, "step": 0.1, "default": 0},
    "correlation": {"scale": "linear", "min": -1, "max": 1, "step": 0.05, "default": 0},
    "seed": {"scale": "linear", "min": 0, "max": 9999, "step": 1, "default": 1, "format": "%d"},
    "free": {"scale": "linear", "min": 0, "max": 5, "step": None, "default": 1},
    "uneven": {"scale": "linear", "min": 0, "max": 1.1, "step": 0.3, "default": 0},
    "rows": {"scale": "log", "min": 1, "max": 500, "step": 1, "default": 42, "format": "%d"},
    "whole": {"scale": "log", "min": 1, "max": 50, "step": None, "default": 5, "format": "%d"},
    "decades": {"scale": "log", "min": 0.001, "max": 1000, "step": None, "default": 1},
    "narrow": {"scale": "log", "min": 1, "max": 1.5, "step": None, "default": 1},
    "deviation": {"scale": "square", "min": 0, "max": 2, "step": None, "default": 0.5},
    "dial": {
        "scale": "stops", "min": 0, "max": "Infinity", "step": None, "default": 0.2364129871,
        "stops": [0, 0.001, 0.0123456, 0.1, 0.2364129871, 0.5, 1.23456, 20, "Infinity"],
    },
    "dial between stops": {
        "scale": "stops", "min": 0, "max": "Infinity", "step": None, "default": 0,
        "stops": [0, *(10.0 ** (k / 20) for k in range(-80, 80)), "Infinity"],
    },
}  # fmt: skip
STEPPED = [name for name, slider in SLIDERS.items() if slider["step"]]


def on(run: Run, slider: str, function: str, given: Any = None) -> Any:
    """Call a JavaScript function of a scale and something given."""
    script = f"(m, [slider, given]) => ({function})(new m.Scale(slider), given)"
    return run("core/scale.js", script, [SLIDERS[slider], given])


def walk(run: Run, slider: str, start: float, direction: int) -> list[float]:
    """Every value that an arrow key leads to, until it leads no further."""
    walked: list[float] = on(
        run,
        slider,
        """(scale, [start, direction]) => {
            const walked = [start];
            for (let k = 0; k < 20000; k += 1) {
                const next = scale.beside(walked.at(-1), direction);
                if (next === walked.at(-1)) return walked;
                walked.push(next);
            }
            throw new Error("no end");
        }""",
        [start, direction],
    )
    return walked


def ends(run: Run, slider: str) -> tuple[float, float]:
    low, high = on(run, slider, "(scale) => [scale.range.min, scale.range.max]")
    return low, high


@pytest.mark.parametrize(
    ("slider", "start", "up", "down"),
    [
        ("rows", 42, 43, 41),
        ("rows", 400, 401, 399),
        ("rows", 2, 3, 1),
        ("rows", 1, 2, 1),
        ("rows", 500, 500, 499),
        ("whole", 30, 31, 29),
        ("seed", 1234, 1235, 1233),
        ("variance", 0.5, 0.55, 0.45),
        ("variance", 0.52, 0.55, 0.5),
        ("tenths", 0.3, 0.4, 0.2),
        ("correlation", -0.7, -0.65, -0.75),
        ("uneven", 0.9, 1.1, 0.6),
        ("uneven", 1.1, 1.1, 0.9),
        ("free", 1, 1.05, 0.95),
        ("dial", 0, 0.001, 0),
        ("dial", 0.0123, 0.1, 0.001),
        ("dial", math.inf, math.inf, 20),
    ],
)
def test_an_arrow_key_moves_by_one_step(
    run: Run, slider: str, start: float, up: float, down: float
) -> None:
    beside = "(scale, start) => [scale.beside(start, 1), scale.beside(start, -1)]"
    assert on(run, slider, beside, start) == [up, down]


@pytest.mark.parametrize("slider", SLIDERS)
def test_arrow_keys_reach_the_same_values_on_the_way_up_and_on_the_way_down(
    run: Run, slider: str
) -> None:
    low, high = ends(run, slider)
    up, down = walk(run, slider, low, 1), walk(run, slider, high, -1)
    assert up == sorted(set(up))
    assert down == up[::-1]
    assert (up[0], up[-1]) == (low, high)


@pytest.mark.parametrize("slider", STEPPED)
def test_arrow_keys_leave_out_no_step(run: Run, slider: str) -> None:
    low, high = ends(run, slider)
    step = SLIDERS[slider]["step"]
    count = math.ceil(round((high - low) / step, 9)) + 1
    steps = [min(high, low + k * step) for k in range(count)]
    assert walk(run, slider, low, 1) == pytest.approx(steps)


@pytest.mark.parametrize("slider", SLIDERS)
def test_every_place_of_the_thumb_can_be_reached_by_arrow_keys(run: Run, slider: str) -> None:
    thumb = on(
        run, slider, "(scale) => Array.from({ length: scale.notches + 1 }, (_, k) => scale.at(k))"
    )
    assert thumb == sorted(thumb)
    assert set(thumb) <= set(walk(run, slider, ends(run, slider)[0], 1))


@pytest.mark.parametrize("slider", SLIDERS)
def test_the_thumb_stands_where_its_value_puts_it(run: Run, slider: str) -> None:
    moved = on(
        run,
        slider,
        """(scale) => Array.from({ length: scale.notches + 1 }, (_, k) => k)
            .filter((k) => scale.at(scale.notchOf(scale.at(k))) !== scale.at(k))""",
    )
    assert moved == []


def test_a_stop_at_the_default_is_the_default_to_the_last_digit(run: Run) -> None:
    assert on(run, "dial", "(scale) => scale.at(scale.notches / 2)") == 0.2364129871
    default = SLIDERS["dial"]["default"]
    there_and_back = "(scale, start) => scale.beside(scale.beside(start, 1), -1)"
    assert on(run, "dial", there_and_back, default) == default


def test_a_dial_has_the_same_positions_in_the_browser_and_in_figures(run: Run) -> None:
    stops = SLIDERS["dial between stops"]["stops"]
    ratios = [0.0, 1e-5, 0.00123, 0.5, 1.0, 777.0, 1e4, math.inf]
    expected = DialScale(np.array([float(stop) for stop in stops])).position(ratios)
    share = "(scale, value) => scale.share(value)"
    assert [on(run, "dial between stops", share, ratio) for ratio in ratios] == pytest.approx(
        expected
    )
    value = "(scale, share) => scale.curve.value(share, scale.range)"
    back = [on(run, "dial between stops", value, share) for share in expected.tolist()]
    assert back == pytest.approx(ratios)


@pytest.mark.parametrize(
    ("slider", "typed", "value"),
    [
        ("variance", 0.52, 0.5),
        ("variance", 0.53, 0.55),
        ("variance", 1234, 2),
        ("variance", -3, 0),
        ("variance", math.inf, 2),
        ("tenths", -0.26, -0.3),
        ("seed", 1234, 1234),
        ("seed", 12.4, 12),
        ("seed", 1e9, 9999),
        ("rows", 41.6, 42),
        ("rows", 0.2, 1),
        ("rows", math.inf, 500),
        ("whole", 41.6, 42),
        ("uneven", 1.09, 1.1),
        ("uneven", 0.98, 0.9),
        # Without a step every digit counts.
        ("decades", 0.123456, 0.123456),
        ("dial", 0.2364, 0.2364),
        ("dial", math.inf, math.inf),
        ("dial", -1, 0),
    ],
)
def test_a_typed_value_lands_on_a_step_within_the_ends(
    run: Run, slider: str, typed: float, value: float
) -> None:
    assert on(run, slider, "(scale, typed) => scale.nearest(typed)", typed) == value


@pytest.mark.parametrize(
    ("slider", "decimals"), [("variance", 2), ("tenths", 1), ("rows", 0), ("dial", None)]
)
def test_a_step_says_how_many_decimals_show_it(run: Run, slider: str, decimals: int | None) -> None:
    assert on(run, slider, "(scale) => scale.decimals") == decimals


# --- arrays and frames ----------------------------------------------------------------------------


def test_encoded_arrays_are_decoded_wherever_they_are(run: Run) -> None:
    encoded = [
        {"y": {"dtype": "f4", "bdata": "AADAPwAAAEA="}, "name": "a"},  # 1.5, 2
        {"x": {"dtype": "i2", "bdata": "AQD//w=="}, "z": [1, None], "w": None},  # 1, -1
        {"rows": {"dtype": "u1", "bdata": "AQI=", "shape": "1, 2"}},
    ]
    decoded = run(
        "core/arrays.js",
        """(m, encoded) => {
            const [a, b, c] = m.decode(encoded);
            return [a.y.constructor.name, [...a.y], a.name, b.x.constructor.name, [...b.x],
                b.z, b.w, c];
        }""",
        encoded,
    )
    rows = encoded[2]
    assert decoded == ["Float32Array", [1.5, 2], "a", "Int16Array", [1, -1], [1, None], None, rows]


def test_between_two_arrays_gaps_are_those_of_the_second(run: Run) -> None:
    a, b = [0, 1, math.nan, math.nan, 4], [4, 1, 2, math.nan, math.nan]
    halfway = run("core/arrays.js", "(m, [a, b]) => [...m.between(a, b, 0.5)]", [a, b])
    assert halfway == pytest.approx([2, 1, 2, math.nan, math.nan], nan_ok=True)


FRAMES = """(m, [values, at]) => {
    const encode = (numbers) => ({
        dtype: "f8",
        bdata: btoa(String.fromCharCode(...new Uint8Array(Float64Array.from(numbers).buffer))),
    });
    const rows = { ...encode([0, 10, 1, 20, 3, 40]), shape: "3, 2" };
    const traces = { 4: { y: rows } };
    const frames = new m.Frames({ slider: "ratio", values: encode(values), traces });
    return at.map((value) => frames.at(value).map(({ index, y }) => [index, [...y]]));
}"""


def test_frames_are_met_at_their_values_mixed_between_and_held_beyond(run: Run) -> None:
    values = [0, 1, 5]
    at = {-1: [0, 10], 0: [0, 10], 0.5: [0.5, 15], 1: [1, 20], 2: [1.5, 25], 5: [3, 40], 9: [3, 40]}
    shown = run("core/frames.js", FRAMES, [values, [*at]])
    assert shown == [[[4, row]] for row in at.values()]


def test_frames_towards_infinity_are_held_until_it_is_reached(run: Run) -> None:
    at = {1: [1, 20], 1e9: [1, 20], math.inf: [3, 40]}
    shown = run("core/frames.js", FRAMES, [[0, 1, math.inf], [*at]])
    assert shown == [[[4, row]] for row in at.values()]


# --- the channel ----------------------------------------------------------------------------------


def test_one_report_is_under_way_and_the_newest_value_waits(run: Run) -> None:
    sent = run(
        "core/channel.js",
        """(m) => {
            const sent = [];
            const knob = m.control("one under way");
            knob.send = (report) => sent.push([report.value, report.number]);
            for (const value of [1, 2, 3]) knob.report(value);
            knob.answered(1);
            knob.answered(1); // an answer to something else
            knob.report(4);
            knob.answered(2);
            knob.answered(3);
            knob.report(5);
            return sent;
        }""",
    )
    assert sent == [[1, 1], [3, 2], [4, 3], [5, 4]]


def test_an_answer_counts_if_it_knows_all_the_hand_did(run: Run) -> None:
    accepted = run(
        "core/channel.js",
        """(m) => {
            const knob = m.control("accepts");
            const accepted = [knob.accepts(0)];
            knob.report(1);
            accepted.push(knob.accepts(0), knob.accepts(1));
            knob.report(2);
            accepted.push(knob.accepts(1));
            knob.answered(1);
            accepted.push(knob.accepts(1), knob.accepts(2));
            knob.held = true;
            accepted.push(knob.accepts(2));
            return accepted;
        }""",
    )
    assert accepted == [True, False, True, False, False, True, False]


def test_a_report_without_an_answer_does_not_hold_up_the_next_one_for_ever(run: Run) -> None:
    sent = run(
        "core/channel.js",
        """async (m) => {
            const sent = [];
            const knob = m.control("patience");
            const later = setTimeout;
            window.setTimeout = (f) => later(f, 10);
            knob.send = (report) => sent.push(report.value);
            knob.report(1);
            knob.report(2);
            window.setTimeout = later;
            await new Promise((resolve) => setTimeout(resolve, 50));
            return sent;
        }""",
    )
    assert sent == [1, 2]


def test_a_report_without_an_answer_is_sent_again_but_not_for_ever(run: Run) -> None:
    sent = run(
        "core/channel.js",
        """async (m) => {
            const sent = [];
            const later = setTimeout;
            window.setTimeout = (f) => later(f, 5);
            for (const [key, answered] of [["lost", 99], ["heard", 2]]) {
                const knob = m.control(key);
                knob.send = ({ number, value }) => {
                    sent.push(`${key} ${value}`);
                    if (number >= answered) later(() => knob.answered(number), 1);
                };
                knob.report(1);
                await new Promise((resolve) => later(resolve, 150));
            }
            window.setTimeout = later;
            return sent;
        }""",
    )
    assert sent == ["lost 1"] * 6 + ["heard 1"] * 2


def test_what_is_gone_from_the_page_has_no_report_under_way(run: Run) -> None:
    sent, unanswered = run(
        "core/channel.js",
        """(m) => {
            const sent = [];
            const before = m.anyUnanswered();
            const knob = m.control("gone");
            knob.send = ({ value }) => sent.push(value);
            knob.report(1);
            knob.report(2);
            const during = m.anyUnanswered();
            knob.forget();
            const after = m.anyUnanswered();
            knob.report(3); // it is there again
            knob.answered(2);
            return [sent, [before, during, after]];
        }""",
    )
    assert sent == [1, 3]
    assert unanswered == [unanswered[0], True, unanswered[0]]


def test_a_carrier_takes_the_reports_and_followers_hear_every_move(run: Run) -> None:
    heard = run(
        "core/channel.js",
        """(m) => {
            const heard = [];
            const knob = m.control("carrier");
            knob.send = () => heard.push("sent");
            knob.carrier = ({ key, value }) => heard.push(["carried", key, value]);
            knob.followers.add((value) => heard.push(["followed", value]));
            knob.move(7);
            knob.report(7);
            heard.push(m.control("carrier") === knob, knob.active, m.anyActive());
            return heard;
        }""",
    )
    assert heard == [["followed", 7], ["carried", "carrier", 7], True, True, True]


# --- addresses, layouts, transitions --------------------------------------------------------------


@pytest.mark.parametrize(
    ("search", "params", "expected"),
    [
        ("", {"k": "0.55"}, "?k=0.55"),
        ("?k=1&z=2", {"k": "3"}, "?z=2&k=3"),
        ("?b=1&a=2", {"a": "2", "b": "1"}, "?a=2&b=1"),
        ("?k=1&z=2", {"k": None}, "?z=2"),
        ("?k=1", {"k": None}, ""),
        ("", {"k": None}, ""),
        ("?z=1", {"moved": "3:1.25,7:-0.4", "k": None}, "?z=1&moved=3:1.25,7:-0.4"),
        ("", {"number": "lm.se.(x)"}, "?number=lm.se.%28x%29"),
    ],
)
def test_parameters_are_put_into_a_query_or_taken_out(
    run: Run, search: str, params: dict[str, str | None], expected: str
) -> None:
    put = run("core/addresses.js", "(m, given) => m.withParameters(...given)", [search, params])
    assert put == expected


def test_a_step_in_the_history_is_not_overwritten_by_what_answers_another(run: Run) -> None:
    seen = run(
        "address.js",
        """async ({ default: mount }) => {
            const component = { parentElement: document.createElement("div") };
            const answer = (k) =>
                mount({ ...component, data: { params: { k }, session: 1 }, setStateValue() {} });
            const step = (there) => new Promise((done) => {
                addEventListener("popstate", done, { once: true });
                there();
            });
            const pause = (time) => new Promise((done) => setTimeout(done, time));
            history.replaceState(null, "", "?k=1");
            history.pushState(null, "", "?k=2");
            answer("2");
            answer("3");
            await pause(50);
            const seen = [location.search];
            answer("4"); // written after a pause
            await step(() => history.back());
            await pause(500);
            seen.push(location.search);
            answer("4"); // to what was done before the step
            await pause(500);
            seen.push(location.search);
            await step(() => history.forward());
            await pause(500);
            seen.push(location.search);
            answer("3"); // to the step
            answer("5");
            await pause(500);
            return [...seen, location.search];
        }""",
    )
    assert seen == ["?k=3", "?k=1", "?k=1", "?k=3", "?k=5"]


@pytest.mark.parametrize("dark", [False, True])
def test_colours_of_both_themes_are_resolved_anywhere_in_a_figure(run: Run, dark: bool) -> None:
    figure = {
        "line": {"color": "light-dark(#111, #eee)", "width": 2},
        "fills": ["light-dark(rgba(1, 2, 3, 0.5), rgba(4, 5, 6, 0.5))", "#abc", None],
        "numbers": [1, 2],
        "border": "1px solid light-dark( red , blue )",
    }
    resolved = run("core/layout.js", "(m, given) => m.resolveColours(...given)", [figure, dark])
    assert resolved == {
        "line": {"color": "#eee" if dark else "#111", "width": 2},
        "fills": ["rgba(4, 5, 6, 0.5)" if dark else "rgba(1, 2, 3, 0.5)", "#abc", None],
        "numbers": [1, 2],
        "border": f"1px solid {'blue' if dark else 'red'}",
    }


def test_a_layout_keeps_what_it_says_and_gets_the_rest_from_the_theme(run: Run) -> None:
    base = {"font": {"size": 13, "color": "#111"}, "axis": {"gridcolor": "#ddd", "title": {"x": 1}}}
    layout = {
        "font": {"size": 15},
        "xaxis": {"gridcolor": "#000", "title": {"text": "x"}},
        "yaxis2": {"range": [0, 1]},
    }
    themed = run("core/layout.js", "(m, given) => m.themedLayout(...given)", [layout, base])
    assert themed == {
        "font": {"size": 15, "color": "#111"},
        "xaxis": {"gridcolor": "#000", "title": {"x": 1, "text": "x"}},
        "yaxis": base["axis"],
        "yaxis2": {**base["axis"], "range": [0, 1]},
    }


@pytest.mark.parametrize(
    ("axes", "trace", "fixed"),
    [
        (("xaxis", "yaxis"), {}, True),
        (("xaxis",), {}, False),
        (("xaxis", "yaxis"), {"xaxis": "x2", "yaxis": "y"}, False),
        (("xaxis2", "yaxis10"), {"xaxis": "x2", "yaxis": "y10"}, True),
    ],
)
def test_axes_with_ranges_stay_as_they_are(
    run: Run, axes: tuple[str, ...], trace: dict[str, str], fixed: bool
) -> None:
    layout: dict[str, Any] = {name: {"range": [0, 1]} for name in axes}
    layout["yaxis"] = layout.get("yaxis", {})
    given = [layout, [trace]]
    assert run("core/layout.js", "(m, given) => m.hasFixedAxes(...given)", given) == fixed


def test_a_transition_moves_the_numbers_that_can_move(run: Run) -> None:
    before = [
        {"x": [0, 0], "y": [0, 2]},
        {"x": ["a", "b"], "y": [1, 1, 1]},
    ]
    after = [
        {"x": [0, 0], "y": [4, 2], "name": "line"},
        {"x": ["a", "b"], "y": [1, 1]},
    ]
    moving, shown = json.loads(
        run(
            "core/transition.js",
            """(m, [before, after]) => {
                const moving = m.movingArrays(before, after);
                const plain = (_, value) => (ArrayBuffer.isView(value) ? [...value] : value);
                return JSON.stringify([moving, m.tracesAt(0.25, after, moving)], plain);
            }""",
            [before, after],
        )
    )
    assert [(each["index"], each["name"]) for each in moving] == [(0, "x"), (0, "y")]
    assert shown == [{"x": [0, 0], "y": [1, 2], "name": "line"}, after[1]]


@pytest.mark.parametrize(
    ("before", "after"),
    [([{"y": [1]}], [{"y": [1]}, {"y": [1]}]), ([{"y": [0] * 20001}], [{"y": [1] * 20001}])],
)
def test_other_traces_or_too_many_numbers_are_not_animated(
    run: Run, before: list[Any], after: list[Any]
) -> None:
    moving = run("core/transition.js", "(m, given) => m.movingArrays(...given)", [before, after])
    assert moving == []


# --- what lies beyond axes that hold still --------------------------------------------------------


def test_what_lies_beyond_an_axis_is_found_on_either_side_and_the_outermost_named(run: Run) -> None:
    traces = [
        {"x": [1, 2, 3], "y": [0.5, 7, -3]},
        {"x": [4, None, 5], "y": [9, None, 1]},
        {"y": [0.1]},
    ]
    both = """({ beyond, outermost }, traces) => {
        const found = beyond(traces, "y", [0, 5]);
        return [found, outermost(found)];
    }"""
    found, farthest = run("core/edges.js", both, traces)
    assert [(point["across"], point["value"], point["side"]) for point in found] == [
        (2, 7, 1), (3, -3, -1), (4, 9, 1),
    ]  # fmt: skip
    assert [point["value"] for point in farthest] == [9, -3]


def test_axes_keep_their_limits_until_they_are_given_others(run: Run) -> None:
    layout = {"xaxis": {"range": [0, 1], "title": "x"}, "yaxis": {"range": [0, 9]}}
    held = run(
        "core/layout.js",
        """({ rangesOf, withRanges }, layout) => {
            const shown = rangesOf({ ...layout, yaxis: { range: [0, 5] } }, ["yaxis"]);
            return [withRanges(layout, shown), withRanges(layout, {})];
        }""",
        layout,
    )
    assert held == [{**layout, "yaxis": {"range": [0, 5]}}, layout]


# --- steps of a handle ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "value", "steps", "expected"),
    [
        ({"limits": [0, 10], "step": 0.1}, 2.34, 0, 2.3),
        ({"limits": [0, 10], "step": 0.1}, 2.3, 1, 2.4),
        ({"limits": [0, 10], "step": 0.1}, 0.05, -10, 0),
        ({"limits": [0.01, 100], "step": 1.1, "log": True}, 1, 1, 1.1),
        ({"limits": [0.01, 100], "step": 1.1, "log": True}, 0.123456, 0, 0.123),
        ({"limits": [0.01, 100], "step": 1.1, "log": True}, 0.011, -10, 0.01),
        ({"limits": [0.01, 100], "step": 1.1, "log": True}, 99, 10, 100),
    ],
)
def test_a_handle_goes_by_steps_or_on_a_logarithmic_axis_by_factors(
    run: Run, spec: dict[str, Any], value: float, steps: int, expected: float
) -> None:
    function = "({ Steps }, [spec, value, steps]) => new Steps(spec).beside(value, steps)"
    assert run("core/steps.js", function, [spec, value, steps]) == pytest.approx(expected)
