"""Data of the lessons, each read and fitted once for all visitors."""

from functools import cache

from engine import Comparison, compare, read
from engine.data.examples import FOLDER


@cache
def fitted(file: str, formula: str) -> Comparison:
    """Return both fits to a file of the folder ``data``; nothing ever changes them."""
    return compare(read(FOLDER / file), formula)
