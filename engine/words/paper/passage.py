"""What a passage of a paper is, and what several of them say alike."""

from __future__ import annotations

from dataclasses import dataclass

from engine.account.reporting import Tested
from engine.comparison import Comparison
from engine.words.columns import coefficient_text, held_text
from engine.words.numbers import degrees, number, p_text, plural, with_decimals

# More terms than these are counted rather than listed.
MOST_TERMS = 6


@dataclass(frozen=True)
class Passage:
    """What a paper can say in one situation.

    Attributes
    ----------
    methods, results
        Sentences for either section; empty where there is nothing to say there.
    why
        Why it is said so.
    wrong, instead
        What is often written, and why not to.
    """

    methods: str
    results: str
    why: str
    wrong: str
    instead: str


def named(comparison: Comparison, place: int) -> str:
    """Name a coefficient; the columns of a design include those without a coefficient."""
    names = [column.name for column in comparison.design.columns]
    return coefficient_text(comparison.design, names.index(comparison.mixed.names[place]))


def begun(text: str) -> str:
    """Return a text that begins a sentence."""
    return text[0].upper() + text[1:]


def test_text(found: Tested, finest: float) -> str:
    """Write "2.390 (95% confidence interval 2.183 to 2.598; standard error …)"."""
    low, high, error = (
        number(value, finest) for value in (found.low, found.high, found.standard_error)
    )
    return (
        f"{number(found.estimate, finest)} (95% confidence interval {low} to {high}; standard "
        f"error {error}; t = {with_decimals(found.t, 2)} on {degrees(found.degrees)} degrees "
        f"of freedom, {p_text(found.p)})"
    )


def finest_of(*found: Tested) -> float:
    """What shows three digits of the smallest standard error."""
    return min(one.standard_error for one in found)


def holds_where(comparison: Comparison, place: int) -> str:
    """Say for which rows a coefficient holds, as a sentence; empty if for all."""
    kept = comparison.mixed.names
    rows = held_text(comparison.design, kept[place], kept)
    return f" With the interactions in the model it holds where {rows}." if rows else ""


def of_clusters(comparison: Comparison) -> str:
    """Write "the 160 clusters of school"."""
    count = plural(len(comparison.moments.levels), "cluster")
    return f"the {count} of {comparison.design.cluster_name}"
