"""Magnitudes a column may have: larger ones are refused, and smaller ones left out."""

from __future__ import annotations

from engine.data.design import Design
from engine.errors import DataError

# Bounds on the largest absolute value of a column. The largest number in any fit is the variance
# of a coefficient, about (y / x)², which is 1e200 when both columns are at their bounds. The
# largest double is 1e308. The remaining room is for sums over rows and for predictors that vary
# much less than their size: a predictor that varies by 1e-13 of it has a variance of 1e226, and
# one that varies less counts as constant.
_SMALLEST, _LARGEST = 1e-50, 1e50


def check_outcome(design: Design) -> None:
    """Refuse an outcome that does not vary, or is too large or too small to compute with.

    Parameters
    ----------
    design
        The rows; only the outcome is checked.

    Raises
    ------
    DataError
        The message says which, and what to do.
    """
    name, lowest, highest = design.outcome_name, design.outcome.min(), design.outcome.max()
    if lowest == highest:
        raise DataError(
            f"The outcome “{name}” has the same value, {lowest:g}, in all {design.rows:,} rows. "
            "Choose an outcome that varies."
        )
    if max(-lowest, highest) > _LARGEST:
        raise DataError(_too_large([f"“{name}”"]))
    if max(-lowest, highest) < _SMALLEST:
        raise DataError(_too_small([f"“{name}”"]))


def tiny_columns(design: Design) -> dict[str, str]:
    """Find the columns of the design matrix that are too small to compute with.

    Parameters
    ----------
    design
        The rows; the outcome is not checked.

    Returns
    -------
    dict of str to str
        Name of each column to leave out, and a sentence that says why.

    Raises
    ------
    DataError
        A column is too large, or one with a random effect is too small.
    """
    tiny = {}
    for column, largest in zip(design.columns, design.largest, strict=True):
        numbers = [f"“{name}”" for name, level in column.factors if level is None]
        # Written this way round so that nan is refused too.
        if not largest <= _LARGEST:
            raise DataError(_too_large(numbers))
        if 0.0 < largest < _SMALLEST:
            tiny[column.name] = _too_small(numbers)
            if any(column.name in term for term in design.random):
                raise DataError(tiny[column.name])
    return tiny


def _too_large(names: list[str]) -> str:
    found = f"The product of {' and '.join(names)}" if len(names) > 1 else names[0]
    return (
        f"{found} has values beyond {_LARGEST:g}, too large to compute with. "
        f"Correct {' or '.join(names)}, or choose another unit."
    )


def _too_small(names: list[str]) -> str:
    found = f"products of {' and '.join(names)}" if len(names) > 1 else f"values of {names[0]}"
    return (
        f"The {found} are all below {_SMALLEST:g} in size, too small to compute with. "
        f"Choose another unit for {' or '.join(names)}."
    )
