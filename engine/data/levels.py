"""The text of levels, as R shows it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.display import listed, plural


class Levels(Sequence[str]):
    """Labels of levels, as R shows them, converted to text when first needed.

    A hundred thousand labels take several times the memory of their values, and a fit never
    needs them.

    Parameters
    ----------
    values
        The distinct values, in order.
    """

    def __init__(self, values: pd.Index[Any]) -> None:
        self._values = values

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        values = self._values.tolist()
        texts = tuple(map(label, values))
        # R shows 15 digits of a number. If that makes two levels look the same, show all digits.
        return texts if len(set(texts)) == len(texts) else tuple(map(_full_text, values))

    def __len__(self) -> int:
        return len(self._values)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...

    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        return self._texts[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._texts == tuple(other)

    def __repr__(self) -> str:
        return f"<{plural(len(self), 'level')}: {listed(self._texts, len(self))}>"

    def only(self, kept: NDArray[np.bool_]) -> Levels:
        """Return some of the levels.

        Parameters
        ----------
        kept
            Whether to keep each level, shape (len(self),).
        """
        return Levels(self._values[kept])


def label(value: Hashable) -> str:
    """Return a level's text as R shows it.

    Parameters
    ----------
    value
        The level: a number (shown to 15 digits), a boolean, a text, a time, or anything else
        that has a text.
    """
    if type(value) is int:
        return str(value)
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, (bool, np.bool_)):
        return "TRUE" if value else "FALSE"
    if isinstance(value, pd.Timestamp) and value == value.normalize():
        return value.date().isoformat()
    return str(value)


def _full_text(value: Hashable) -> str:
    """Return a level's text with enough digits to distinguish it from every other number."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(float(value))
    return label(value)
