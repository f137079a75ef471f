"""Columns and coefficients by the names that the data have for them."""

from __future__ import annotations

from collections.abc import Collection

from engine.data.design import Design
from engine.data.formula.terms import Term
from engine.words.numbers import listed_with_and


def term_text(term: Term) -> str:
    """Return the columns of a term: "age × Sex".

    Parameters
    ----------
    term
        The columns' names, as in the data.
    """
    return " × ".join(term)


def coefficient_text(design: Design, place: int) -> str:
    """Name a coefficient in a sentence: "the coefficient of Sex = Female (against Male)".

    Parameters
    ----------
    design
        The rows behind both models.
    place
        Which column.
    """
    factors = design.columns[place].factors
    if not factors:
        return "the intercept"
    parts = [
        name if level is None else f"{name} = {design.categories[name][level]}"
        for name, level in factors
    ]
    against = [design.categories[name][0] for name, level in factors if level]
    contrasts = len(factors) == 1 and design.has_intercept and against
    reference = f" (against {against[0]})" if contrasts else ""
    return f"the coefficient of {term_text(tuple(parts))}{reference}"


def held_text(design: Design, name: str, kept: Collection[str]) -> str:
    """Say for which rows a coefficient holds: "age is 0 and Sex is Male"; empty for all rows.

    Parameters
    ----------
    design
        The rows behind both models.
    name, kept
        The coefficient, and all that the fits have; as of `Design.held_at`.
    """
    held = design.held_at(name, kept)
    if not held:
        return ""
    return listed_with_and(
        f"{predictor} is {' or '.join(levels) or '0'}" for predictor, levels in held.items()
    )
