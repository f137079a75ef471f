"""Magnitudes that a comparison accepts: up to 1e50, and not below 1e-50 throughout."""

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from engine import Comparison, DataError, compare
from engine.as_dict import to_dict

MODEL = "y ~ x + (1 | g)"


def frame(rows: int = 48, **columns: object) -> pd.DataFrame:
    """Six clusters; x and z are at most 1 in size."""
    rng = np.random.default_rng(1)
    g = np.arange(rows) % 6
    x, z = rng.uniform(-1, 1, size=(2, rows))
    x[7], z[8] = -1.0, 1.0
    y = x + rng.normal(size=6)[g] + rng.normal(size=rows)
    return pd.DataFrame({"y": y, "x": x, "z": z, "g": g}).assign(**columns)


def compared(found: pd.DataFrame, formula: str = MODEL) -> Comparison:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return compare(found, formula)


@pytest.mark.parametrize("size", [9.9e49, 6.24e49, 1.1e-50])
@pytest.mark.parametrize("column", ["y", "x"])
def test_values_inside_the_limits_are_fitted(column: str, size: float) -> None:
    scaled = frame()
    unit = size / scaled[column].abs().max()
    scaled[column] *= unit
    power = unit if column == "y" else 1 / unit
    slope, expected = compared(scaled).mixed.estimates[1], compared(frame()).mixed.estimates[1]
    assert_allclose(slope, expected * power, rtol=1e-9)


def numbers(report: object) -> list[float]:
    if isinstance(report, dict | list):
        inside = report.values() if isinstance(report, dict) else report
        return [number for part in inside for number in numbers(part)]
    return [report] if isinstance(report, float) else []


@pytest.mark.parametrize("formula", [MODEL, "y ~ x + (1 + x | g)"])
@pytest.mark.parametrize(("of_y", "of_x"), [(2.0**166, 2.0**-166), (2.0**-166, 2.0**166)])
def test_at_both_limits_at_once_the_report_holds_as_many_numbers(
    formula: str, of_y: float, of_x: float
) -> None:
    # The limits are near 2^166; a double ends at 2^1024.
    plain = frame(y=lambda f: f.y / f.y.abs().max())
    scaled = plain.assign(x=plain.x * of_x, y=plain.y * of_y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = numbers(to_dict(compare(scaled, formula), slow_inference=True))
        expected = numbers(to_dict(compare(plain, formula), slow_inference=True))
    assert len(found) == len(expected) > 50
    assert np.isfinite(found).all()


@pytest.mark.parametrize("column", ["y", "x"])
@pytest.mark.parametrize("value", [1e51, -1e51, 1e200])
def test_one_cell_beyond_the_limit_among_many_rows_is_refused(column: str, value: float) -> None:
    found = frame(rows=60_000)
    found.loc[31, column] = value
    with pytest.raises(DataError, match=rf"^“{column}” has values beyond 1e\+50, too large.*unit"):
        compared(found)


@pytest.mark.parametrize("size", [1e26, 1e160])
@pytest.mark.parametrize("formula", ["y ~ x:z + (1 | g)", "y ~ 1 + (1 + x:z | g)"])
def test_a_product_beyond_the_limit_is_refused_by_its_factors(formula: str, size: float) -> None:
    found = frame(x=lambda f: f.z * size, z=lambda f: f.z * size)
    with pytest.raises(DataError, match=r"^The product of “x” and “z” has .* Correct “x” or “z”"):
        compared(found, formula)


def test_a_product_of_infinity_and_zero_is_refused_without_a_warning() -> None:
    found = frame(x=lambda f: f.z * 1e200, z=lambda f: f.z * 1e200, w=np.arange(48) % 2)
    with pytest.raises(DataError, match=r"^The product of “x” and “z” and “w” has values beyond"):
        compared(found, "y ~ x:z:w + (1 | g)")


@pytest.mark.parametrize(
    "values",
    [
        np.where(np.arange(48) == 3, 1e-60, 0.0),
        np.full(48, 1e-60),
        np.linspace(-1e-60, 1e-60, 48),
        np.linspace(-1e-300, 1e-300, 48),
    ],
    ids=["once", "constant", "varying", "squares underflow"],
)
def test_a_predictor_too_small_to_compute_with_is_left_out_with_a_note(values: np.ndarray) -> None:
    comparison = compared(frame(tiny=values), "y ~ x + tiny + (1 | g)")
    assert comparison.dropped_terms == ("tiny",)
    assert comparison.notes == (
        "tiny was left out. The values of “tiny” are all below 1e-50 in size, too small to compute "
        "with. Choose another unit for “tiny”.",
    )
    expected = compared(frame()).mixed
    assert_allclose(comparison.mixed.estimates, expected.estimates, rtol=1e-12)


def test_a_product_too_small_to_compute_with_is_left_out_and_its_factors_stay() -> None:
    found = frame(x=lambda f: f.x * 1e-30, z=lambda f: f.z * 1e-30)
    comparison = compared(found, "y ~ x * z + (1 | g)")
    assert comparison.mixed.names == ("(Intercept)", "x", "z")
    assert (
        "x:z was left out. The products of “x” and “z” are all below 1e-50" in comparison.notes[0]
    )


@pytest.mark.parametrize("formula", ["y ~ 0 + x + (1 | g)", "y ~ x + (1 + x | g)"])
def test_a_column_too_small_to_compute_with_is_refused_where_nothing_is_left_without_it(
    formula: str,
) -> None:
    with pytest.raises(DataError, match=r"^The values of “x” are all below 1e-50.*another unit"):
        compared(frame(x=lambda f: f.x * 1e-60), formula)


def test_a_constant_outcome_is_called_constant_whatever_its_size() -> None:
    for value in (1e-60, 1e60):
        with pytest.raises(DataError, match="“y” has the same value, 1e"):
            compared(frame(y=value))
