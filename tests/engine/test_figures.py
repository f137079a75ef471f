"""Figures hold the numbers they are given."""

import warnings

import numpy as np
import pandas as pd
import pytest

from engine import compare
from engine.figures.base import PALETTES
from engine.figures.course import along
from engine.figures.lines import lines_figure


@pytest.mark.parametrize("size", [1.0, 1e40, 1e-40])
def test_rows_are_drawn_where_they_are_whatever_their_size(size: float) -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": rng.normal(size=40) * size, "g": np.arange(40) % 5})
    frame["y"] = frame.x + size * rng.normal(size=40)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        comparison = compare(frame, "y ~ x + (1 | g)")
        figure = lines_figure(along(comparison), PALETTES["light"])
    points = next(trace for trace in figure["data"] if trace["meta"]["role"] == "rows")
    for axis in "xy":
        # This is a thousandth of a pixel in a picture a thousand pixels wide.
        assert np.abs(points[axis] - frame[axis]).max() < 1e-6 * np.ptp(frame[axis])
