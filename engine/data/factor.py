"""Categorical columns: values become level codes, with levels in the order of R's ``factor()``."""

from __future__ import annotations

import unicodedata
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.data.levels import Levels, label
from engine.data.moments import IntArray
from engine.errors import DataError

# Punctuation in the order of an English locale (Unicode collation), where it precedes digits.
_PUNCTUATION = "\t\n\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_COLLATION = {ord(char): chr(place) for place, char in enumerate(_PUNCTUATION, start=1)}


class Factor(NamedTuple):
    """A categorical column.

    Attributes
    ----------
    codes
        Position in ``levels`` of each row's level, -1 where it is missing, shape (N,).
    levels
        Labels of the levels, in order.
    """

    codes: IntArray
    levels: Levels

    def rows(self, kept: NDArray[np.bool_]) -> Factor:
        """Return the factor restricted to some rows and to the levels that occur in them.

        Parameters
        ----------
        kept
            Which rows to keep, shape (N,).
        """
        return Factor(self.codes[kept], self.levels).observed()

    def observed(self) -> Factor:
        """Return the same factor without levels that no row has."""
        seen = np.bincount(self.codes[self.codes >= 0], minlength=len(self.levels)) > 0
        if seen.all():
            return self
        place = np.full(len(seen) + 1, -1, dtype=np.int32)  # code -1 picks the last
        place[:-1] = np.cumsum(seen) - 1
        return Factor(place[self.codes], self.levels.only(seen))


def as_factor(series: pd.Series[Any], kind: str, name: str) -> Factor:
    """Reduce a column to level codes.

    Parameters
    ----------
    series
        The column.
    kind
        What it holds, as `engine.data.columns.kind_of` returns it.
    name
        Its name, for the message.

    Returns
    -------
    Factor
        Every level has at least one row.

    Raises
    ------
    DataError
        A number is infinite.
    """
    # 1 and "1" are one level, as in R, where one text makes the whole column text.
    if isinstance(series.dtype, pd.CategoricalDtype):
        known, categories = np.asarray(series.cat.codes, dtype=np.int32), series.cat.categories
        if categories.dtype == object:
            place, categories = pd.factorize(categories.map(label))
            known = np.append(place, -1).astype(np.int32)[known]
        return Factor(known, Levels(categories)).observed()
    if kind == "mixed":
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
    rank[-1] = -1  # code -1, a missing value, picks the last
    return Factor(rank.take(codes), Levels(uniques.take(order)))


def _alphabetical(values: list[str]) -> list[int]:
    """Return the positions that sort the values as an English locale does."""
    everything = "".join(values)
    one_case = everything in (everything.lower(), everything.upper())
    if one_case and everything.isascii() and everything.isalnum():
        return sorted(range(len(values)), key=values.__getitem__)
    return sorted(range(len(values)), key=lambda place: _collation_key(values[place]))


def _collation_key(text: str) -> tuple[str, str, str]:
    """Return a key that sorts as an English locale does.

    The first comparison ignores case and accents and puts punctuation before digits and digits
    before letters. Ties are broken by accent, unaccented first, then by case, lower case first.
    """
    if text.isascii():
        return text.lower().translate(_COLLATION), "", text.swapcase()
    folded = unicodedata.normalize("NFKD", text).casefold()
    plain = (char for char in folded if not unicodedata.combining(char))
    primary = "".join(
        # "/" can serve as a mark here: as punctuation it is itself translated.
        _COLLATION.get(ord(char)) or (char if char.isalnum() else f"/{char}")
        for char in plain
    )
    return primary, folded, text.swapcase()
