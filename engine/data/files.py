"""Reads a table from a CSV, TSV or Parquet file, or says plainly why it cannot.

pandas does the reading; this module detects the format: the encoding (UTF-8 with or without a
byte order mark, UTF-16 with one, otherwise Windows-1252), the separator (comma, semicolon or
tab) and the decimal sign (a comma if semicolons or tabs separate and a cell such as ``1,5``
occurs).

Nothing in a file is lost. A column with a code such as ``007`` stays text, because as numbers
007 and 7 would become one cluster. Only empty cells and the marks in ``MISSING`` are missing;
``None`` is not, because it is a legitimate level.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from engine.errors import DataError

MISSING = ("", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null")

_TEXT_SUFFIXES = ("", ".csv", ".tsv", ".txt")
_PARQUET_SUFFIXES = (".parquet", ".pq")
_SEPARATORS = (",", ";", "\t")
_SAMPLE_CHARACTERS = 100_000
_BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0e-\x1f]")
_INTEGER = r"\d+"
_CODE = r"0\d+"
_DECIMAL_COMMA = r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?"
_DECIMAL_POINT = r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?"


def read(source: str | Path | BinaryIO, name: str | None = None) -> pd.DataFrame:
    """Read a table.

    Parameters
    ----------
    source
        Path of a file, or an open binary file such as an upload.
    name
        File name, used for its extension and in messages; by default that of ``source``.
        A file without an extension is read as CSV.

    Returns
    -------
    pandas.DataFrame
        One row per row of the file, columns named as in the file.

    Raises
    ------
    DataError
        The file is missing, empty or not a table. The message names the file and, where there
        is one, the line.
    """
    if isinstance(source, str | Path):
        name = name or Path(source).name
        content = _content(Path(source), name)
    else:
        name = name or Path(str(getattr(source, "name", "The file"))).name
        content = source.read()
    suffix = Path(name).suffix.lower()
    if not content or content.isspace():
        raise DataError(f"{name} is empty. Choose a file with a line of column names and rows.")
    if suffix in _PARQUET_SUFFIXES or content.startswith(b"PAR1"):
        frame = _parquet(content, name)
    elif suffix in _TEXT_SUFFIXES:
        frame = _delimited(_decode(content, name), name)
    else:
        raise DataError(
            f"{name} is a `{suffix}` file. Save the table as CSV or Parquet and choose that."
        )
    if frame.empty:
        raise DataError(f"{name} has column names but no rows.")
    return frame


def _content(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise DataError(f"{path} is a folder. Choose a file in it.") from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        raise DataError(f"{name} cannot be opened ({error}).") from None


def _parquet(content: bytes, name: str) -> pd.DataFrame:
    try:
        frame = pd.read_parquet(io.BytesIO(content))
    except Exception as error:  # a damaged file can raise any of a dozen types
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise DataError(f"{name} cannot be read as Parquet: {reason}") from None
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    frame.columns = pd.Index([str(column) for column in frame.columns])
    _refuse_duplicates(frame.columns.tolist(), name)
    return frame


def _decode(content: bytes, name: str) -> str:
    marked = (code for mark, code in _BYTE_ORDER_MARKS.items() if content.startswith(mark))
    text = None
    for encoding in (next(marked, "utf-8"), "cp1252"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None or _CONTROL_CHARACTERS.search(text, 0, _SAMPLE_CHARACTERS):
        raise DataError(
            f"{name} is not a text file. Save the table as CSV or Parquet and choose that."
        )
    if not text or text.isspace():
        raise DataError(f"{name} is empty. Choose a file with a line of column names and rows.")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _delimited(text: str, name: str) -> pd.DataFrame:
    sample = text[:_SAMPLE_CHARACTERS]
    separator = max(_SEPARATORS, key=lambda separator: _suits(sample, separator))
    _, header = next(_records(sample, separator), (0, []))
    if not header:
        raise DataError(f"{name} has no line of column names. Choose a file with names and rows.")
    _refuse_duplicates([column.strip() for column in header], name)
    options: dict[str, Any] = {
        "sep": separator,
        "decimal": _decimal(text, separator),
        "skipinitialspace": True,
        "keep_default_na": False,
        "na_values": list(MISSING),
        "low_memory": False,
    }
    # pandas silently treats extra values in the first row as row labels.
    _refuse_ragged(islice(_records(sample, separator), 2), len(header), name)
    try:
        # A quick search that finds too much; `_code_columns` then looks closely.
        if re.search(rf'[{separator}\n" ]0\d', text):
            as_text = pd.read_csv(io.StringIO(text), dtype=str, **options)
            options["dtype"] = dict.fromkeys(_code_columns(as_text), "str")
        frame: pd.DataFrame = pd.read_csv(io.StringIO(text), **options)
    except ValueError as error:  # includes pandas' ParserError and EmptyDataError
        _refuse_ragged(_records(text, separator), len(header), name)
        reason = "a quotation mark is never closed" if "inside string" in str(error) else error
        raise DataError(f"{name} cannot be read as a table: {reason}.") from None
    if frame.iloc[:, -1].hasnans:  # pandas silently pads short rows
        _refuse_ragged(_records(text, separator), len(header), name)
    frame.columns = frame.columns.str.strip()
    return frame


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield, for each row that is not blank, the line on which it ends and its values."""
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        for row in reader:
            if len(row) > 1 or (row and row[0].strip()):
                yield reader.line_num, row
    except csv.Error:  # a value longer than the reader allows: ignore the rest
        return


def _suits(sample: str, separator: str) -> tuple[float, int]:
    widths = [len(row) for _, row in _records(sample, separator)]
    width = widths[0] if widths else 0
    return (widths.count(width) / len(widths) if width > 1 else 0.0), width


def _decimal(text: str, separator: str) -> str:
    def occurs(number: str) -> bool:
        cell = rf'[{separator}\n" ]{number}(?=[{separator}\n" ]|\Z)'
        return re.search(cell, text) is not None

    comma = separator != "," and occurs(_DECIMAL_COMMA) and not occurs(_DECIMAL_POINT)
    return "," if comma else "."


def _code_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns of whole numbers, at least one of them with a leading zero."""
    found = []
    for column in frame.columns:
        cells = frame[column].dropna().str.strip()
        if cells.str.fullmatch(_CODE).any() and cells.str.fullmatch(_INTEGER).all():
            found.append(column)
    return found


def _refuse_duplicates(columns: list[str], name: str) -> None:
    twice = [column for column, count in Counter(columns).items() if count > 1 and column]
    if twice:
        raise DataError(
            f"{name} has more than one column called `{twice[0]}`. Give every column its own name."
        )


def _refuse_ragged(records: Iterable[tuple[int, list[str]]], width: int, name: str) -> None:
    for line, row in records:
        if len(row) != width:
            raise DataError(
                f"Line {line:,} of {name} has another number of values ({len(row)}) than the "
                f"first line has names ({width}). Correct that line, or put values that hold the "
                "separator in quotation marks."
            )
