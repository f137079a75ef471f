"""What a cluster is in the data at hand."""

from __future__ import annotations

from engine.comparison import Comparison
from engine.data.examples import Example
from engine.words.numbers import plural


def clusters_in_words(comparison: Comparison, example: Example | None = None) -> str:
    """Say what a cluster is, how many there are and how large they are.

    Parameters
    ----------
    comparison
        Both fits.
    example
        The example that the rows come from, if they do. Its words are used if its cluster is
        the model's.
    """
    counts, name = comparison.moments.counts, comparison.design.cluster_name
    low, high = int(counts.min()), int(counts.max())
    rows = plural(high, "row") if low == high else f"{low:,} to {plural(high, 'row')}"
    if example is not None and example.unit and example.cluster_name == name:
        what = f"A row is one {example.row}, a cluster is one {example.unit}"
    else:
        what = f"A cluster is all rows with the same value of “{name}”"
    return f"{what}: {plural(len(counts), 'cluster')} of {rows}{' each' * (low == high)}."
