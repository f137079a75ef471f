"""Running a page without a browser, and reading what it shows."""

from __future__ import annotations

import json
import math
from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

PAGES = Path(__file__).resolve().parents[2] / "pages"


def opened(page: str = "learn/simulate.py", **query: str) -> AppTest:
    """Run a page's script, with an address's query.

    AppTest does not follow navigation, so other pages run by themselves here; the browser tests
    reach them through the frame.
    """
    test = AppTest.from_file(str(PAGES / page), default_timeout=30)
    # The live components need a browser; without them a page is complete too.
    for name, value in {"plain": "1", **query}.items():
        test.query_params[name] = value
    return test.run()


def run_with_state(test: AppTest, component: str, state: dict[str, Any]) -> AppTest:
    """Run the page again as if a component, known by its id, had sent this state.

    AppTest has no public way to say so: what it keeps to itself is used here only.
    """
    states = test._tree.get_widget_states()
    states.widgets.add(id=component, json_value=json.dumps(state))
    return test._run(states)


def figures(test: AppTest) -> list[dict[str, Any]]:
    """Return the plotly figures on the screen as plain data."""
    return [_decoded(json.loads(chart.proto.spec)) for chart in test.get("plotly_chart")]


def by_role(figure: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the traces of a figure by what they show."""
    return {trace["meta"]["role"]: trace for trace in figure["data"]}


def _decoded(value: Any) -> Any:
    """Undo plotly's encoding of number arrays."""
    if isinstance(value, dict):
        if "bdata" in value:
            numbers = np.frombuffer(b64decode(value["bdata"]), value["dtype"]).tolist()
            return [None if math.isnan(number) else number for number in numbers]
        return {name: _decoded(item) for name, item in value.items()}
    return [_decoded(item) for item in value] if isinstance(value, list) else value


def assert_sound(test: AppTest) -> None:
    """No exception, no error message, figures, and every number in them finite."""
    assert not test.exception, test.exception
    assert not test.error, [error.value for error in test.error]
    shown = figures(test)
    assert len(shown) >= 2
    for figure in shown:
        for trace in figure["data"]:
            for axis in ("x", "y"):
                # A line has gaps, and an entry of the legend is nowhere; a point is somewhere.
                in_legend = trace["meta"]["role"].endswith("in the legend")
                gaps = trace.get("mode") == "lines" or in_legend
                assert trace[axis]
                for value in trace[axis]:
                    assert gaps if value is None else math.isfinite(value), trace


def table(test: AppTest) -> dict[str, dict[str, str]]:
    """Return the coefficient table as text, row by row."""
    frame = test.table[0].value
    return {str(row).replace("\\", ""): dict(cells) for row, cells in frame.iterrows()}


def address(test: AppTest) -> dict[str, str]:
    """Return what the page's address is told to say."""
    told = next(
        content["params"]
        for part in test.get("bidi_component")
        if part.proto.json and "params" in (content := json.loads(part.proto.json))
    )
    return {name: text for name, text in told.items() if text is not None}
