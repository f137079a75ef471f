"""Turns model terms into named columns of a design matrix, as R does.

Categorical predictors get treatment contrasts, with the first level as the reference. A factor in
a term is coded by contrasts if the term without that factor comes earlier in the formula, and by
one dummy per level otherwise (Chambers & Hastie 1992, *Statistical Models in S*, section 2.4.1).
Every formula thus spans the space it describes.
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

# Escapes inside backticks: the character after the backslash, and what it means.
ESCAPES = {"\\": "\\", "`": "`", "n": "\n", "t": "\t", "r": "\r"}
_ESCAPED = {ord(char): f"\\{letter}" for letter, char in ESCAPES.items()}
_RESERVED = frozenset(
    {"if", "else", "repeat", "while", "function", "for", "next", "break", "in"}
    | {"TRUE", "FALSE", "NULL", "Inf", "NaN", "..."}
    | {"NA", "NA_integer_", "NA_real_", "NA_character_", "NA_complex_"}
)


def starts_name(text: str, at: int = 0) -> bool:
    """Return whether a plain name can begin at a character.

    It begins with a letter, or with a dot followed by a character of a name that is no digit.

    Parameters
    ----------
    text
        The text.
    at
        Position of the character in question; it must exist.
    """
    if text[at] != ".":
        return text[at].isalpha()
    following = text[at + 1 : at + 2]
    return continues_name(following) and not following.isdecimal()


def continues_name(char: str) -> bool:
    """Return whether a plain name can continue with a character.

    Parameters
    ----------
    char
        The character, or an empty text at the end, which continues nothing.
    """
    return char.isalpha() or char.isdecimal() or (char != "" and char in "._")


def is_reserved(name: str) -> bool:
    """Return whether a word is reserved in R, such as ``if``, ``NA`` or ``..1``.

    Parameters
    ----------
    name
        The word.
    """
    return name in _RESERVED or (name.startswith("..") and name[2:].isdecimal())


def quote(name: str) -> str:
    """Return a column name as it appears in formulas and coefficient tables.

    A syntactic name in R stays as it is; any other name goes in backticks.

    Parameters
    ----------
    name
        The column's name, as in the data.
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
        Pairs of a predictor's name and a level's position. The column is 1 in rows of that level
        and 0 in others. The position is None for a numeric predictor, which enters with its
        values. There are no pairs for the intercept.
    """

    name: str
    factors: tuple[tuple[str, int | None], ...]


def expand(
    terms: Sequence[Term], intercept: bool, levels: Mapping[str, Sequence[str]]
) -> list[Column]:
    """Expand terms into columns of the design matrix.

    Parameters
    ----------
    terms
        Terms of the fixed part, or effects of a random term, in R's order.
    intercept
        Whether the first column is the intercept.
    levels
        Levels of each categorical predictor, by name; predictors not named here are numeric.

    Returns
    -------
    list of Column
        The columns, in R's order.

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
    # Without an intercept the first factor stands in for it, with one dummy per level.
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
