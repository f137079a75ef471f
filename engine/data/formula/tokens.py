"""Splits a model formula into tokens: names, numbers and operators."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from engine.data.formula.terms import ESCAPES, continues_name, is_reserved, starts_name
from engine.errors import FormulaError

NESTED = "The clusters are named by one column: combine several into one column first"
_QUOTES = "Quotation marks make text: a column with an odd name stands in backticks (`)"
_HINTS = {
    ".": "`.` for all other columns is not read here: name the columns",
    "^": "`^` is not read here: write the interactions with `*` or `:`",
    "/": f"`/` is not read here: write `a + a:b` for predictors. {NESTED}",
    "%": "`%` is not read here: write the interactions with `*` or `:`",
    "$": "`$` reaches into an object: use the plain name of the column",
    "@": "`@` reaches into an object: use the plain name of the column",
    "[": "`[` reaches into an object: use the plain name of the column",
    '"': _QUOTES,
    "'": _QUOTES,
    "_": "A name that begins with `_` needs backticks around it",
    "=": "`=` has no meaning here: outcome and predictors are separated by `~`",
    ",": "`,` has no meaning here: join the predictors with `+`",
    "\N{MINUS SIGN}": "This is a typographic minus sign: type the plain `-`",
    "\N{EN DASH}": "This is a dash: type the plain `-`",
    "\N{TILDE OPERATOR}": "This is a typographic tilde: type the plain `~`",
    "\N{MULTIPLICATION SIGN}": "This is a typographic times sign: type the plain `*`",
}

# A character between backticks, or a backslash with the character it escapes.
_QUOTED = re.compile(r"\\(?P<escaped>.?)|.", re.DOTALL)


class Token(NamedTuple):
    """One piece of a formula.

    Attributes
    ----------
    kind
        ``name``, ``number``, ``end``, or the operator itself.
    value
        Its text: for a name, without backticks and escapes.
    position
        Position of its first character in the formula.
    """

    kind: str
    value: str
    position: int


class Lexer:
    """Splits the text into tokens, one at a time, so that the leftmost error is reported.

    Parameters
    ----------
    text
        The formula.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def error(self, reason: str, position: int) -> FormulaError:
        """Return an error that points at a character of the text.

        Parameters
        ----------
        reason
            What is wrong and what to do about it.
        position
            Position of the offending character.
        """
        return FormulaError(reason, self.text, position)

    def next(self) -> Token:
        """Return the next token, which is of kind ``end`` at the end of the text.

        Raises
        ------
        FormulaError
            No token begins here: a character or a name that cannot occur in a formula.
        """
        text = self.text
        self._skip(str.isspace)
        start = self.at
        if start == len(text):
            return Token("end", "", start)
        char = text[start]
        if char == "`":
            return Token("name", self._quoted_name(), start)
        if char.isdecimal():
            return Token("number", self._number(), start)
        if starts_name(text, start):
            return Token("name", self._plain_name(), start)
        if char in "~+-:*()|":
            kind = "||" if text.startswith("||", start) else char
            self.at += len(kind)
            return Token(kind, kind, start)
        unknown = f"`{char}` has no meaning here: a column name that holds it needs backticks"
        raise self.error(_HINTS.get(char, unknown), start)

    def _skip(self, belongs: Callable[[str], bool]) -> None:
        rest = range(self.at, len(self.text))
        self.at = next((k for k in rest if not belongs(self.text[k])), len(self.text))

    def _word(self) -> str:
        start = self.at
        self._skip(continues_name)
        return self.text[start : self.at]

    def _plain_name(self) -> str:
        start = self.at
        word = self._word()
        if is_reserved(word):
            reason = f"`{word}` is a word of the R language: if it is a column, type the backticks"
            raise self.error(reason, start)
        return word

    def _number(self) -> str:
        start = self.at
        word = self._word()
        if word in ("0", "1"):
            return word
        if all(char.isdecimal() or char == "." for char in word):
            reason = (
                f"`{word}` is a number: only `1` (intercept) and `0` (no intercept) are read, "
                "and names of columns"
            )
            raise self.error(reason, start)
        raise self.error(f"`{word}` begins with a digit: type backticks around the name", start)

    def _quoted_name(self) -> str:
        start = self.at
        name: list[str] = []
        for piece in _QUOTED.finditer(self.text, start + 1):
            char, escaped = piece.group(), piece.group("escaped")
            if char == "`":
                self.at = piece.end()
                if not name:
                    raise self.error("There is no name between these backticks", start)
                return "".join(name)
            if escaped is not None:
                if escaped not in ESCAPES:
                    reason = "A backslash inside a name in backticks is doubled"
                    raise self.error(reason, piece.start())
                char = ESCAPES[escaped]
            name.append(char)
        raise self.error("This backtick is never closed", start)
