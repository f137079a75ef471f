"""Categorical columns: from values to codes of levels, in the order R's ``factor()`` gives them."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Sequence
from functools import cached_property
from typing import Any, NamedTuple, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.data.moments import IntArray
from engine.errors import DataError

# The order of punctuation in an English locale (Unicode collation); all of it before digits.
_PUNCTUATION = "\t\n\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_COLLATION = {ord(char): chr(place) for place, char in enumerate(_PUNCTUATION, start=1)}


class Levels(Sequence[str]):
    """Labels of levels, as R shows them; they become text when first looked at.

    Parameters
    ----------
    values
        The distinct values, in order. As text a hundred thousand of them take several times
        the memory, and a fit has no use for it.
    """

    def __init__(self, values: pd.Index[Any]) -> None:
        self._values = values

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        values = self._values.tolist()
        texts = tuple(map(label, values))
        if len(set(texts)) < len(texts):
            # R shows 15 digits of a number; where that makes two levels one, all are shown.
            texts = tuple(str(one) if isinstance(one, float) else label(one) for one in values)
        return texts

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
        return repr(self._texts)

    def only(self, kept: NDArray[np.bool_]) -> Levels:
        """Return some of the levels; ``kept`` has an entry for each."""
        return Levels(self._values[kept])


class Factor(NamedTuple):
    """A categorical column: the level of each row, -1 where it is missing."""

    codes: IntArray
    levels: Levels

    def rows(self, kept: NDArray[np.bool_]) -> Factor:
        """Return the factor of these rows, with the levels that occur in them."""
        return Factor(self.codes[kept], self.levels).observed()

    def observed(self) -> Factor:
        """Return the factor without the levels that no row has."""
        seen = np.bincount(self.codes[self.codes >= 0], minlength=len(self.levels)) > 0
        if seen.all():
            return self
        place = np.full(len(seen) + 1, -1, dtype=np.int32)  # the last one is where code -1 points
        place[:-1] = np.cumsum(seen) - 1
        return Factor(place[self.codes], self.levels.only(seen))


def as_factor(series: pd.Series[Any], kind: str, name: str) -> Factor:
    """Reduce a column to codes.

    Parameters
    ----------
    series
        The column.
    kind
        What it holds: number, boolean, text, category, date or mixed.
    name
        What it is called, for the message.

    Raises
    ------
    DataError
        A number is infinite.
    """
    if isinstance(series.dtype, pd.CategoricalDtype):
        known = np.asarray(series.cat.codes, dtype=np.int32)
        return Factor(known, Levels(series.cat.categories)).observed()
    if kind == "mixed":
        # 1 and "1" are one level, as in R, where a column with any text is all text.
        series = series.map(label, na_action="ignore")
    codes, uniques = pd.factorize(series)
    if kind == "number":
        infinite = np.isinf(uniques.to_numpy(dtype=np.float64))
        if infinite.any():
            row = int((codes == infinite.argmax()).argmax())
            raise DataError(f"Column `{name}` is infinite in row {row + 1:,} of the data.")
    textual = kind in ("text", "mixed")
    order = np.array(
        _alphabetical(uniques.tolist()) if textual else uniques.argsort(), dtype=np.intp
    )
    rank = np.empty(len(order) + 1, dtype=np.int32)
    rank[order] = np.arange(len(order))
    rank[-1] = -1  # where code -1, a missing value, points
    return Factor(rank.take(codes), Levels(uniques.take(order)))


def label(value: Hashable) -> str:
    """Return a level's text as R shows it."""
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


def _alphabetical(values: list[str]) -> list[int]:
    """Return the positions of the values in the order of an English locale."""
    everything = "".join(values)
    one_case = everything in (everything.lower(), everything.upper())
    if one_case and everything.isascii() and everything.isalnum():
        return sorted(range(len(values)), key=values.__getitem__)
    return sorted(range(len(values)), key=lambda place: _collation_key(values[place]))


def _collation_key(text: str) -> tuple[str, str, str]:
    """Return a key that sorts as an English locale does.

    Letters first regardless of case and accent, punctuation before digits before letters;
    then unaccented before accented; then lower before upper case.
    """
    if text.isascii():
        return text.lower().translate(_COLLATION), "", text.swapcase()
    folded = unicodedata.normalize("NFKD", text).casefold()
    plain = (char for char in folded if not unicodedata.combining(char))
    primary = "".join(
        # "/" is free as a mark, its own place being among the punctuation.
        _COLLATION.get(ord(char)) or (char if char.isalnum() else f"/{char}")
        for char in plain
    )
    return primary, folded, text.swapcase()
