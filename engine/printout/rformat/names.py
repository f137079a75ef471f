"""Names as R shortens and measures them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

# Beyond ASCII, R drops these vowels first (Ę but not ę, and no â), and treats no other letter as
# lower case.
_VOWELS = frozenset("aeiouàáãäåèéêëìíîïòóôõöøùúûüāăąēĕėĘěĩīĭįıōŏőũūŭůűų")
_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz") | _VOWELS


def display_width(text: str) -> int:
    """Return how many columns a text takes in a terminal.

    Parameters
    ----------
    text
        One line. East Asian wide characters take two columns, combining ones none.
    """
    width = 0
    for character in text:
        if unicodedata.category(character) not in ("Mn", "Me", "Cf"):
            width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return width


def abbreviate(names: Sequence[str], min_length: int) -> list[str]:
    """Return short forms of names that stay unique, as R's ``abbreviate``.

    Parameters
    ----------
    names
        The names. Those that differ only in blanks at their ends count as one.
    min_length
        Names longer than this are shortened.

    Returns
    -------
    list of str
        One short form per name.

    Notes
    -----
    A long name loses, from its end, lower-case vowels, then lower-case letters, then anything;
    never the first letter of a word. Names that would collide are shortened again to one letter
    more, at most until they are whole. Source: help page ``abbreviate``, which warns about names
    beyond the Latin alphabet: there R drops letters in an order not worth reproducing.
    """
    trimmed = [name.strip() for name in names]
    short = {name: _shorten(name, min_length) for name in trimmed}
    for length in range(min_length + 1, max(map(len, trimmed), default=0) + 1):
        uses = Counter(short.values())
        if len(uses) == len(short):
            break
        for name, form in short.items():
            if uses[form] > 1:
                short[name] = _shorten(name, length)
    return [short[name] for name in trimmed]


def _shorten(name: str, min_length: int) -> str:
    letters = list(name)
    spaces = sum(letter.isspace() for letter in letters)
    if len(letters) <= min_length:
        return "".join(letters)
    # R uses another table for names beyond ASCII, in which the dot is a vowel.
    vowels = _VOWELS if name.isascii() else _VOWELS | {"."}
    everything = frozenset(letter for letter in letters if not letter.isspace())
    for removable, only_word_ends in (
        (vowels, True),
        (vowels, False),
        (_LOWER, True),
        (_LOWER, False),
        (everything, False),
    ):
        for k in range(len(letters) - 1, 0, -1):
            if len(letters) - spaces <= min_length:
                break
            starts_word = letters[k - 1].isspace()
            ends_word = k + 1 == len(letters) or letters[k + 1].isspace()
            if letters[k] in removable and not starts_word and (ends_word or not only_word_ends):
                del letters[k]
    return "".join(letter for letter in letters if not letter.isspace())


def pad_left(texts: Sequence[str]) -> list[str]:
    """Return texts padded to one display width, flush right.

    Parameters
    ----------
    texts
        One line each.
    """
    width = max((display_width(text) for text in texts), default=0)
    return [" " * (width - display_width(text)) + text for text in texts]


def pad_right(texts: Sequence[str]) -> list[str]:
    """Return texts padded to one display width, flush left.

    Parameters
    ----------
    texts
        One line each.
    """
    width = max((display_width(text) for text in texts), default=0)
    return [text + " " * (width - display_width(text)) for text in texts]
