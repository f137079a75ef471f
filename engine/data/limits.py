"""Magnitudes that can be computed with: larger columns are refused, smaller ones left out."""

from __future__ import annotations

from engine.data.design import Design
from engine.data.formula.terms import quote
from engine.errors import DataError

# Limits to the largest absolute value of a column. The largest number of any fit is the
# variance of a coefficient, of size (y / x)²: with both columns at their limits that is 1e200.
# A double ends at 1e308; what is left serves predictors that vary by far less than their size
# (by 1e-13 of it the variance is 1e226, below that they count as constant) and sums over rows.
_SMALLEST, _LARGEST = 1e-50, 1e50


def check_outcome(design: Design) -> None:
    """Refuse an outcome that does not vary, or whose size does not allow computing with it."""
    name, lowest, highest = design.outcome_name, design.outcome.min(), design.outcome.max()
    if lowest == highest:
        raise DataError(
            f"The outcome {name} has the same value, {lowest:g}, in all {design.rows:,} rows. "
            "Choose an outcome that varies."
        )
    if max(-lowest, highest) > _LARGEST:
        raise DataError(_too_large([name]))
    if max(-lowest, highest) < _SMALLEST:
        raise DataError(_too_small([name]))


def tiny_columns(design: Design) -> dict[str, str]:
    """Return the columns too small to compute with, and why; refuse those too large."""
    tiny = {}
    for column, largest in zip(design.columns, design.largest, strict=True):
        numbers = [quote(name) for name, level in column.factors if level is None]
        # So that nan is refused too.
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
