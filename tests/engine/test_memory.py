"""Memory: what a comparison holds at its peak, beside the frame it is given."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from engine import compare
from engine.data.design import build
from engine.data.formula import parse

# Rows are worked on in blocks; here the blocks are few enough to count little.
ROWS = 200_000


def frame(clusters: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    g = rng.permutation(np.arange(ROWS) % clusters)
    a, b, c = rng.normal(size=(3, ROWS))
    y = a + rng.normal(size=clusters)[g] + rng.normal(size=ROWS)
    return pd.DataFrame({"y": y, "a": a, "b": b, "c": c, "g": g})


@pytest.mark.parametrize("clusters", [20, 40_000])
def test_a_comparison_takes_at_most_twice_the_memory_of_its_design_matrix(clusters: int) -> None:
    data, formula = frame(clusters), "y ~ a + b + c + (1 | g)"
    tracemalloc.start()
    compare(data, formula)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 2 * 8 * ROWS * 4


@pytest.mark.parametrize("rows", [slice(3, 9), slice(8, 100), slice(None, None, 4), slice(5, 5)])
def test_rows_of_the_design_matrix_made_alone_are_those_of_the_whole(rows: slice) -> None:
    data = pd.DataFrame({"y": range(12), "x": range(12), "f": list("abcb") * 3, "g": [1, 2] * 6})
    made = build(data, parse("y ~ x * f + (1 | g)"))
    assert made.model_matrix.shape == made.matrix.shape == (12, 6)
    assert made.model_matrix[rows].tolist() == made.matrix[rows].tolist()
