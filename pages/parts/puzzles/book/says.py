"""What several puzzles say."""

from __future__ import annotations

from collections.abc import Callable

from engine import Comparison
from engine.words.numbers import with_decimals

# As where a slope is asked for to the digits that were posted.
AGREE = "Make both slopes agree, to the digits that were posted."


def ols_says(comparison: Comparison, term: str, decimals: int) -> str:
    place = comparison.mixed.names.index(term)
    return with_decimals(float(comparison.ols.estimates[place]), decimals)


def mixed_says(comparison: Comparison, term: str, decimals: int) -> str:
    place = comparison.mixed.names.index(term)
    return with_decimals(float(comparison.mixed.estimates[place]), decimals)


def other(comparison: Comparison, estimator: str, term: str, decimals: int) -> str:
    """Return the slope of a term by an estimator such as "within" or "between"."""
    fit = comparison.fits[estimator]
    return with_decimals(float(fit.estimates[fit.names.index(term)]), decimals)


def where_is_mixed(term: str, decimals: int) -> Callable[[Comparison], str]:
    """Return the question where the mixed model's line runs."""

    def question(comparison: Comparison) -> str:
        slope = ols_says(comparison, term, decimals)
        return f"OLS gives {term} the slope {slope}. Where does the mixed model's line run?"

    return question


def inside_and_between(comparison: Comparison, term: str, decimals: int, inside: str) -> str:
    """Say how steep a predictor is inside clusters and between them, and where both fits stand."""
    place = comparison.mixed.names.index(term)
    within = comparison.fits["within"]
    ols, mixed = float(comparison.ols.estimates[place]), float(comparison.mixed.estimates[place])
    aim = float(within.estimates[within.names.index(term)])
    ends = "short of it" if (aim - mixed) * (mixed - ols) > 0.0 else "a little beyond it"
    return (
        f"{inside} the slope of {term} is {with_decimals(aim, decimals)}, between them "
        f"{other(comparison, 'between', term, decimals)}. OLS says "
        f"{with_decimals(ols, decimals)}, the mixed model {with_decimals(mixed, decimals)}: it "
        f"trusts comparisons between clusters less, goes towards the slope inside and ends {ends}."
    )
