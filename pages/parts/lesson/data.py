"""Data of the lessons, each read and fitted once for all visitors."""

from functools import cache

from engine import Comparison, compare
from engine.data.examples import EXAMPLES, load


@cache
def fitted(name: str, formula: str | None = None) -> Comparison:
    """Return both fits to an example; nothing ever changes them.

    Parameters
    ----------
    name
        Name of the example.
    formula
        The model; by default the one that the example is known for.
    """
    known = next(example.formula for example in EXAMPLES if example.name == name)
    return compare(load(name), formula or known)
