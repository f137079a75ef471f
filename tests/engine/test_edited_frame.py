"""A comparison still reports the data it was fitted to after its frame has been edited."""

import numpy as np
import pandas as pd
import pytest

from engine import compare


def frame(kind: str) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    g = np.arange(40) % 5
    values = rng.normal(size=(40, 2)) + rng.normal(size=5)[g][:, None]
    if kind == "one block":
        return pd.DataFrame(values, columns=["y", "x"]).assign(g=g)
    made = pd.DataFrame({"y": values[:, 0], "x": values[:, 1], "g": g})
    # Copy, so that the frame shares its memory with no other.
    return made.astype({"y": kind, "x": kind}).copy()


def overwrite(data: pd.DataFrame, column: str) -> None:
    data.loc[0, column] = 1000


def overwrite_by_position(data: pd.DataFrame, column: str) -> None:
    data.iloc[3:7, data.columns.get_loc(column)] = 1000


def multiply_in_place(data: pd.DataFrame, column: str) -> None:
    data[column] *= 2
    data.iloc[1] = 5


@pytest.mark.parametrize("kind", ["float64", "one block", "Float64", "float64[pyarrow]"])
@pytest.mark.parametrize("column", ["y", "x"])
@pytest.mark.parametrize("edit", [overwrite, overwrite_by_position, multiply_in_place])
def test_residuals_are_those_of_the_data_that_were_fitted(
    kind: str, column: str, edit: object
) -> None:
    data = frame(kind)
    expected = compare(data.copy(), "y ~ x + (1 | g)")
    found = compare(data, "y ~ x + (1 | g)")
    edit(data, column)
    assert np.array_equal(found.ols_residuals, expected.ols_residuals)
    assert np.array_equal(found.scaled_residuals, expected.scaled_residuals)
    assert np.array_equal(found.design.outcome, expected.design.outcome)
