"""How R names model terms and turns them into columns of a design matrix.

Categorical predictors get treatment contrasts: the first level is the reference. A factor in
a term is coded by contrasts where the term without it already stands before, and by one dummy
per level where it does not (Chambers & Hastie 1992, *Statistical Models in S*, section 2.4.1),
so that every formula spans the space it describes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TypeAlias

from engine.errors import DataError

Term: TypeAlias = tuple[str, ...]

INTERCEPT = "(Intercept)"
MAX_COLUMNS = 300

# Inside backticks: what stands after the backslash, and what it means.
ESCAPES = {"\\": "\\", "`": "`", "n": "\n", "t": "\t", "r": "\r"}
_ESCAPED = {ord(char): f"\\{letter}" for letter, char in ESCAPES.items()}
_RESERVED = frozenset(
    {"if", "else", "repeat", "while", "function", "for", "next", "break", "in"}
    | {"TRUE", "FALSE", "NULL", "Inf", "NaN", "..."}
    | {"NA", "NA_integer_", "NA_real_", "NA_character_", "NA_complex_"}
)


def starts_name(text: str, at: int = 0) -> bool:
    """Whether a plain name can begin at this character: a letter, or a dot and no digit."""
    if text[at] != ".":
        return text[at].isalpha()
    following = text[at + 1 : at + 2]
    return continues_name(following) and not following.isdecimal()


def continues_name(char: str) -> bool:
    """Whether a plain name can go on with this character."""
    return char.isalpha() or char.isdecimal() or (char != "" and char in "._")


def is_reserved(name: str) -> bool:
    """Whether R keeps this word for itself."""
    return name in _RESERVED or (name.startswith("..") and name[2:].isdecimal())


def quote(name: str) -> str:
    """Return a column name as formulas and coefficient tables hold it.

    Names that R reads as they are stay so; all others stand in backticks.
    """
    plain = (
        name != ""
        and starts_name(name)
        and all(continues_name(char) for char in name)
        and not is_reserved(name)
    )
    return name if plain else f"`{name.translate(_ESCAPED)}`"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the design matrix: the product of its factors.

    Attributes
    ----------
    name
        The coefficient's name, as R prints it.
    factors
        Pairs of a predictor and the position of the level whose rows are 1; None for a
        numeric predictor, which enters with its values. Empty for the intercept.
    """

    name: str
    factors: tuple[tuple[str, int | None], ...]


def expand(
    terms: Sequence[Term], intercept: bool, levels: Mapping[str, Sequence[str]]
) -> list[Column]:
    """Return the columns of the design matrix in R's order.

    Parameters
    ----------
    terms
        Terms of the fixed part, in R's order.
    intercept
        Whether the formula has an intercept.
    levels
        Levels of each categorical predictor; predictors not named here are numeric.

    Raises
    ------
    DataError
        The terms make more than ``MAX_COLUMNS`` columns.

    Examples
    --------
    >>> [column.name for column in expand([("f",), ("f", "x")], True, {"f": ["a", "b"]})]
    ['(Intercept)', 'fb', 'fa:x', 'fb:x']
    """
    columns = [Column(INTERCEPT, ())] if intercept else []
    before: list[frozenset[str]] = []
    # Without an intercept the first factor takes its place, with one dummy for every level.
    stands_in = not intercept
    for term in terms:
        choices: list[list[tuple[str, int | None]]] = []
        for name in term:
            if name not in levels:
                choices.append([(quote(name), None)])
                continue
            rest = frozenset(term) - {name}
            marginal = not rest or any(rest <= other for other in before)
            skipped = 1 if marginal and not stands_in else 0
            stands_in = False
            coded = enumerate(levels[name])
            choices.append([(quote(name) + label, k) for k, label in coded if k >= skipped])
        before.append(frozenset(term))
        if len(columns) + prod(map(len, choices)) > MAX_COLUMNS:
            raise DataError(
                f"The formula asks for more than {MAX_COLUMNS:,} coefficients, too many at "
                f"`{':'.join(map(quote, term))}`. Leave out interactions of predictors with "
                "many levels."
            )
        # The first factor varies fastest, as in R; itertools varies the last one fastest.
        for cell in product(*reversed(choices)):
            labels, positions = zip(*reversed(cell), strict=True)
            columns.append(Column(":".join(labels), tuple(zip(term, positions, strict=True))))
    return columns
