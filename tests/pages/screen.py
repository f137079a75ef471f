"""Running a page without a browser, and reading what it shows."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

PAGES = Path(__file__).resolve().parents[2] / "pages"


def opened(page: str = "main.py", **query: str) -> AppTest:
    """Run a page's script, with an address's query; ``main.py`` is the frame with Simulate.

    AppTest does not follow navigation, so other pages run by themselves here; the browser tests
    reach them through the frame.
    """
    test = AppTest.from_file(str(PAGES / page), default_timeout=30)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def figures(test: AppTest) -> list[dict[str, Any]]:
    """Return the plotly figures on the screen as plain data."""
    return [json.loads(chart.proto.spec) for chart in test.get("plotly_chart")]


def assert_sound(test: AppTest) -> None:
    """No exception, no error message, two figures, and every number in them finite."""
    assert not test.exception, test.exception
    assert not test.error, [error.value for error in test.error]
    shown = figures(test)
    assert len(shown) == 2
    for figure in shown:
        for trace in figure["data"]:
            for axis in ("x", "y"):
                for value in trace[axis]:
                    assert value is None or math.isfinite(value), trace["name"]


def table(test: AppTest) -> dict[str, dict[str, str]]:
    """Return the coefficient table as text, row by row."""
    frame = test.table[0].value
    return {str(row).replace("\\", ""): dict(cells) for row, cells in frame.iterrows()}
