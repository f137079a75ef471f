"""What the live components are in Python: values, addresses, handles, encodings."""

import base64
import json
import math
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.live import Frames, live_files, preload_links
from pages.parts.live.encode import to_json
from pages.parts.live.figure import _frames
from pages.parts.live.slider import live_slider
from tests.pages.screen import assert_sound, opened, run_with_state, table

SIMULATE = "learn/simulate.py"
TRUTH = "Truth (average cluster)"
BETWEEN = "between var. τ²"


def live(**query: str) -> AppTest:
    """Simulate as a browser gets it that runs the components."""
    return opened(SIMULATE, plain="0", **query)


def content(part: Any) -> dict[str, Any]:
    """What a component got: a slider a mapping; a panel lines, the first of them its parts."""
    got: dict[str, Any] = json.loads(part.proto.json or part.proto.bytes.split(b"\n")[0])
    return got


def sent(test: AppTest) -> dict[str, Any]:
    """What each slider and each figure of a panel got, by its key."""
    messages = [content(part) for part in test.get("bidi_component")]
    parts = [part for message in messages for part in flat(message.get("parts", [message]))]
    return {part["key"]: part for part in parts if "key" in part}


def panel(test: AppTest) -> Any:
    """The panel, the only component that gets bytes."""
    return next(part for part in test.get("bidi_component") if part.proto.bytes)


def drawing(test: AppTest, key: str) -> bytes:
    """The line of the panel that holds what plotly draws."""
    lines: list[bytes] = panel(test).proto.bytes.split(b"\n")
    return lines[sent(test)[key]["line"]]


def shown_table(test: AppTest) -> dict[str, dict[str, str]]:
    """The coefficient table of the panel, row by row."""
    parts = content(panel(test))["parts"]
    table = next(part for part in flat(parts) if part["kind"] == "table")
    titles = [column["title"] for column in table["columns"]]
    return {name: dict(zip(titles, cells, strict=True)) for name, *cells in table["rows"]}


def flat(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Parts of a panel, those of its columns among them."""
    inner = [
        flat(column)
        for part in parts
        for column in part.get("columns", ())
        if part["kind"] == "beside"
    ]
    return [*parts, *(part for column in inner for part in column)]


def test_a_live_page_has_no_widgets_of_streamlit_in_their_place() -> None:
    page = live()
    assert not page.exception
    assert not page.get("plotly_chart")
    assert not page.get("slider")
    assert {"simulate.between", "simulate.clusters", "simulate", "simulate-shrinkage"} <= set(
        sent(page)
    )


def test_the_panel_shows_the_table_that_the_plain_page_shows() -> None:
    assert shown_table(live(between="1.25")) == {
        row: {title.strip(":[]*orangeblu"): cell for title, cell in cells.items()}
        for row, cells in table(opened(SIMULATE, between="1.25")).items()
    }


@pytest.mark.parametrize(
    ("address", "value"), [("1.25", 1.25), ("1e9", 2.0), ("-3", 0.0), ("nan", 0.5), ("x", 0.5)]
)
def test_a_live_slider_reads_the_address_within_its_limits(address: str, value: float) -> None:
    page = live(between=address)
    assert page.session_state["simulate.between"] == value
    assert sent(page)["simulate.between"]["value"] == value
    assert float(shown_table(page)[BETWEEN][TRUTH]) == value


def test_python_moves_a_live_slider_through_session_state() -> None:
    page = live()
    page.session_state["simulate.between"] = 1.5
    page.run()
    assert sent(page)["simulate.between"]["value"] == 1.5
    assert float(shown_table(page)[BETWEEN][TRUTH]) == 1.5


def test_a_figure_that_did_not_change_is_the_same_text_and_another_is_not() -> None:
    page = live()
    before = drawing(page, "simulate")
    assert drawing(page.run(), "simulate") == before
    page.session_state["simulate.between"] = 1.5
    assert drawing(page.run(), "simulate") != before


def test_every_cluster_has_a_handle_at_its_mean_within_reach() -> None:
    page = live(clusters="7")
    grab = sent(page)["simulate"]["grab"]
    assert [handle["id"] for handle in grab["handles"]] == [str(k) for k in range(1, 8)]
    low, high = grab["limits"]
    for handle in grab["handles"]:
        assert low < handle["y"] < high
        assert handle["y"] == pytest.approx(handle["home"])


def test_a_plain_page_has_streamlits_widgets_under_the_same_keys() -> None:
    page = opened(SIMULATE, between="1.25")
    assert_sound(page)
    assert page.slider(key="simulate.between").value == 1.25
    page.slider(key="simulate.between").set_value(1.5).run()
    assert float(table(page)[BETWEEN][TRUTH]) == 1.5
    next(button for button in page.button if button.label == "Reset").click().run()
    assert page.slider(key="simulate.between").value == 0.5


def test_a_wish_for_the_plain_page_holds_until_it_is_taken_back() -> None:
    page = opened(SIMULATE)
    page.query_params.clear()
    assert len(page.run().get("plotly_chart")) == 2
    page.query_params["plain"] = "0"
    assert not page.run().get("plotly_chart")


def test_on_a_plain_page_clusters_are_moved_resized_and_put_back_by_fields() -> None:
    page = opened(SIMULATE)
    start = table(page)
    page.selectbox(key="simulate:handle").select("3").run()
    page.number_input(key="simulate:handle-value").set_value(2.5).run()
    assert_sound(page)
    moved = table(page)
    assert moved["(Intercept)"] != start["(Intercept)"]
    page.number_input(key="simulate.size of cluster 3").set_value(300.0).run()
    assert_sound(page)
    assert table(page)["(Intercept)"] != moved["(Intercept)"]
    page.run()  # AppTest forgets what a rerun of fragments leaves as it is
    page.number_input(key="simulate.size of cluster 3").set_value(42.0).run()
    assert table(page) == moved
    page.button(key="simulate:put-back").click().run()
    assert table(page) == start


@pytest.mark.parametrize(
    ("low", "high", "value", "options", "complaint"),
    [
        (0.0, 1.0, 2.0, {}, "min_value <= value"),
        (1.0, 1.0, 1.0, {}, "min_value <= value"),
        (0.0, 1.0, 1.0, {"scale": "log"}, "min_value > 0"),
        (0.0, 5.0, 1.0, {"scale": "stops"}, "needs stops"),
        (0.0, 5.0, 1.0, {"stops": [0.0, 1.0, 5.0]}, "no other scale"),
        (0.0, 5.0, 1.0, {"scale": "stops", "stops": [0.0, 5.0]}, "stops ascend"),
        (0.0, 5.0, 1.0, {"scale": "stops", "stops": [0.0, 2.0, 2.0, 5.0]}, "stops ascend"),
        (0.0, 5.0, 1.0, {"scale": "stops", "stops": [0.0, 1.0, 6.0]}, "stops ascend"),
        (0.0, math.inf, 1.0, {}, 'needs scale="stops"'),
        (0.0, 1.0, 1.0, {"format": "%s"}, "%d"),
    ],
)
def test_an_impossible_slider_says_what_is_wrong(
    low: float, high: float, value: float, options: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        live_slider("A slider", low, high, value, key="a", **options)


def dial_on_its_own() -> None:
    import math

    import streamlit as st

    from pages.parts.live import live_slider

    st.session_state["ratio"] = math.inf
    stops = [0.0, 0.1, math.inf]
    ratio = live_slider(
        "Variance ratio", 0.0, math.inf, 0.1, key="ratio", scale="stops", stops=stops
    )
    st.write(f"ratio {ratio}")


def test_infinity_is_a_word_on_the_wire() -> None:
    page = AppTest.from_function(dial_on_its_own)
    page.run()
    assert not page.exception
    assert page.markdown[0].value == "ratio inf"
    dial = sent(page)["ratio"]
    assert dial["value"] == dial["max"] == "Infinity"
    assert dial["stops"] == [0.0, 0.1, "Infinity"]


def decoded(encoded: dict[str, str]) -> Any:
    return np.frombuffer(base64.b64decode(encoded["bdata"]), encoded["dtype"])


def test_arrays_travel_typed_with_gaps_and_lists_as_they_are() -> None:
    figure = {"y": np.array([1.0, np.nan, 3.0]), "range": [0, np.float64(1.5)], "text": ["a"]}
    encoded = json.loads(to_json(figure))
    np.testing.assert_array_equal(decoded(encoded["y"]), [1.0, np.nan, 3.0])
    assert encoded["range"] == [0, 1.5]
    assert encoded["text"] == ["a"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, np.int64, np.uint64])
def test_arrays_of_every_number_type_survive_the_wire(dtype: type[np.number[Any]]) -> None:
    numbers = np.arange(6, dtype=dtype)
    encoded = json.loads(to_json({"y": numbers.reshape(2, 3), "height": numbers[5]}))
    assert encoded["y"]["shape"] == "2, 3"
    np.testing.assert_array_equal(decoded(encoded["y"]), numbers)
    assert encoded["height"] == 5


def test_a_number_that_json_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"range": [0, math.inf]})


def test_frames_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"trace 2, y: needs shape \(3, points\)"):
        _frames(Frames("ratio", [0, 1, 2], {2: {"y": np.zeros((4, 5))}}))


def test_the_page_is_told_to_fetch_every_file_of_the_components_at_once() -> None:
    addresses = [link.removeprefix("<").split(">")[0] for link in preload_links().split(", ")]
    assert addresses == list(live_files())
    assert sum(address.endswith("/plotly.min.js") for address in addresses) == 1
    assert all(file.is_file() for file in live_files().values())


def reported(page: AppTest, session: str | None = None, **values: Any) -> AppTest:
    """Run the page again as if the panel had sent these reports in one message."""
    session = session or page.session_state["live:session"]
    reports = {
        key.replace("_", "."): {"value": value, "number": 1, "session": session}
        for key, value in values.items()
    }
    return run_with_state(page, panel(page).proto.id, {"reports": reports})


def test_of_several_reports_in_one_message_none_is_lost_to_a_rerun() -> None:
    page = reported(live(), simulate={"moved": {"5": 1.0}, "selected": "5"}, simulate_between=1.5)
    assert not page.exception
    assert page.session_state["simulate.between"] == 1.5
    page.run()
    assert float(shown_table(page)[BETWEEN][TRUTH]) == 1.5
    assert sent(page)["simulate"]["grab"]["selected"] == "5"
    assert sent(page)["simulate.size of cluster 5"]["value"] == 42


def test_a_value_from_the_browser_is_held_within_the_sliders_ends() -> None:
    page = reported(live(), simulate_between=1e9, simulate_clusters=2000)
    page.run()
    assert sent(page)["simulate.between"]["value"] == 2.0
    assert sent(page)["simulate.clusters"]["value"] == 100


def test_an_answered_report_is_not_taken_twice() -> None:
    page = reported(live(), simulate_between=1.5)
    page.session_state["simulate.between"] = 0.75
    assert reported(page, simulate_between=1.5).session_state["simulate.between"] == 0.75


def test_a_report_to_a_session_that_is_lost_is_not_taken() -> None:
    page = reported(live(), "another session", simulate_between=1.5)
    assert page.session_state["simulate.between"] == 0.5
