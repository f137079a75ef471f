"""Reads one column of a frame and checks that it suits its role in the model.

How a column is read depends on its type:

============== ================== ====================== ===============================
column         outcome            predictor              cluster
============== ================== ====================== ===============================
number         values             values                 levels in numerical order
true and false 1 and 0            categorical            FALSE, TRUE
text           refused            categorical            levels in alphabetical order
Categorical    refused            categorical            levels in their own order
date, time     refused            refused                ISO text, chronological
mixed          refused            categorical, as text   as text
============== ================== ====================== ===============================

An ordered Categorical gets treatment contrasts like any other, not R's polynomial contrasts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from engine.data.factor import Factor
from engine.data.moments import FloatArray
from engine.errors import DataError

# A categorical predictor with more levels than this is assumed to be an identifier.
MAX_LEVELS = 200

_OBJECT_KINDS = {
    "integer": "number",
    "floating": "number",
    "mixed-integer-float": "number",
    "decimal": "number",
    "empty": "number",
    "boolean": "boolean",
    "date": "date",
    "datetime": "date",
    "datetime64": "date",
    "string": "text",
}


def kind_of(series: pd.Series[Any]) -> str:
    """Classify what a column holds.

    Parameters
    ----------
    series
        The column, of any dtype.

    Returns
    -------
    str
        ``number``, ``boolean``, ``text``, ``category``, ``date`` (times and periods too) or
        ``mixed``. An object column is classified by its values; an empty one is ``number``.
    """
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return "category"
    if types.is_object_dtype(dtype):
        return _OBJECT_KINDS.get(types.infer_dtype(series, skipna=True), "mixed")
    if types.is_bool_dtype(dtype):
        return "boolean"
    if types.is_numeric_dtype(dtype) and not types.is_complex_dtype(dtype):
        return "number"
    if dtype.kind in "mM" or isinstance(dtype, pd.PeriodDtype):
        return "date"
    return "text" if types.is_string_dtype(dtype) else "mixed"


def read_numbers(series: pd.Series[Any], name: str) -> FloatArray:
    """Read a column of numbers.

    Parameters
    ----------
    series
        The column: numbers or booleans.
    name
        Its name, for the message.

    Returns
    -------
    ndarray, shape (N,)
        The numbers, with nan where one is missing. The array may share the column's memory.

    Raises
    ------
    DataError
        A number is infinite.
    """
    values = np.ascontiguousarray(series.to_numpy(dtype=np.float64, na_value=np.nan))
    if not np.isfinite(values).all():
        infinite = np.isinf(values)
        if infinite.any():
            row = int(infinite.argmax())
            raise DataError(
                f"Column `{name}` is infinite ({values[row]:g}) in row {row + 1:,} of the data. "
                "Correct the value or leave it empty."
            )
    return values


def read_outcome(series: pd.Series[Any], kind: str, name: str, notes: list[str]) -> FloatArray:
    """Read the outcome.

    Parameters
    ----------
    series
        The outcome's column.
    kind
        What it holds, as `kind_of` returns it.
    name
        Its name, for the messages.
    notes
        A sentence is appended here when the outcome had to be converted.

    Returns
    -------
    ndarray, shape (N,)
        The numbers, with nan where one is missing. The array may share the column's memory.

    Raises
    ------
    DataError
        The column does not hold finite numbers.
    """
    if kind == "boolean":
        notes.append(f"The outcome “{name}” is true or false: it was counted as 1 or 0.")
    elif kind == "date":
        raise DataError(
            f"The outcome `{name}` holds dates or times. Choose a column of numbers, or compute "
            "one, such as the days since the first date."
        )
    elif kind != "number":
        offending = _first_text(series)
        if offending is None:
            raise DataError(
                f"The outcome `{name}` holds numbers stored as text. Convert it to numbers first."
            )
        row, text = offending
        raise DataError(
            f"The outcome `{name}` is not a column of numbers: row {row + 1:,} of the data holds "
            f"`{text}`. Choose another outcome, or correct the value or leave it empty."
        )
    return read_numbers(series, name)


def _first_text(series: pd.Series[Any]) -> tuple[int, str] | None:
    """Return the first row that is not a number and what it holds; None if all are numbers."""
    values = series.astype(object)
    bad = (pd.to_numeric(values, errors="coerce").isna() & values.notna()).to_numpy()
    if not bad.any():
        return None
    row = int(bad.argmax())
    return row, str(values.iloc[row])


def check_clusters(cluster: Factor, name: str, *, as_predictor: bool) -> None:
    """Refuse a cluster column with a single level, or one that is also a categorical predictor.

    Parameters
    ----------
    cluster
        Cluster of each row.
    name
        Name of its column, for the messages.
    as_predictor
        Whether the fixed part also has the column as a categorical predictor.

    Raises
    ------
    DataError
        The column cannot define the clusters; the message says why.
    """
    if len(cluster.levels) < 2:
        raise DataError(
            f"The cluster column `{name}` has the single value `{cluster.levels[0]}`. A mixed "
            "model needs at least two clusters: choose another column."
        )
    if as_predictor:
        raise DataError(
            f"`{name}` is both the cluster and a categorical predictor, which leaves no "
            "difference among clusters to estimate. Remove it from the predictors."
        )


def check_predictor(factor: Factor, name: str) -> None:
    """Refuse a categorical predictor that has too many levels to be meant as one.

    Parameters
    ----------
    factor
        Level of each row.
    name
        Name of its column, for the message.

    Raises
    ------
    DataError
        There are more than ``MAX_LEVELS`` levels, or as many as rows. The message guesses what
        the column is: an identifier, numbers with a few stray texts, or numbers stored as text.
    """
    count, rows = len(factor.levels), len(factor.codes)
    if count <= MAX_LEVELS and count < rows:
        return
    stray = pd.to_numeric(pd.Series(list(factor.levels)), errors="coerce").isna()
    if stray.mean() > 0.5:
        advice = "which looks like an identifier. Leave it out, or use it as the cluster."
    elif stray.any():
        advice = f"all numbers but a few such as `{factor.levels[int(stray.argmax())]}`. Correct "
        advice += "these or leave them empty."
    else:
        advice = "all of them numbers stored as text. Convert it to numbers first."
    raise DataError(
        f"The predictor `{name}` is categorical and has {count:,} different values in {rows:,} "
        f"rows, {advice}"
    )
