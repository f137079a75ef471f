"""Parses model formulas as R writes them; nothing in the text is ever evaluated.

The grammar is ``outcome ~ fixed part + (1 | cluster)``. The fixed part consists of column names,
``+ - : *``, parentheses, and ``0`` or ``1`` for the intercept; names with other characters go in
backticks. Terms are ordered as by R's ``terms()``: by the number of their columns, then by
appearance. Columns within a term are ordered by their first appearance in the formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from engine.data.formula.terms import Term, quote
from engine.data.formula.tokens import NESTED, Lexer, Token
from engine.errors import FormulaError

MAX_LENGTH = 2_000
MAX_DEPTH = 20
MAX_TERMS = 1_000


@dataclass(frozen=True)
class RandomPart:
    """What varies among clusters: ``(1 | group)``, ``(1 + z | group)``, ``(0 + z || group)``.

    Attributes
    ----------
    group
        Column that names the cluster of each row.
    intercept
        Whether intercepts vary among clusters.
    effects
        Terms whose slopes vary among clusters.
    correlated
        False for ``||``: intercept and slopes vary independently of one another.
    """

    group: str
    intercept: bool = True
    effects: tuple[Term, ...] = ()
    correlated: bool = True


@dataclass(frozen=True)
class Formula:
    """A model formula, taken apart.

    Attributes
    ----------
    outcome
        Column on the left of ``~``.
    terms
        Fixed terms in R's order, each a tuple of column names, without the intercept.
    intercept
        Whether the fixed part has an intercept.
    random
        The random part, ``( | )``.
    text
        The whole formula, spaced as R prints it; ``parse(text)`` returns the same formula.
    fixed_text
        The formula without its random part, as R's ``lm`` takes it.
    """

    outcome: str
    terms: tuple[Term, ...]
    intercept: bool
    random: RandomPart
    text: str
    fixed_text: str

    def __str__(self) -> str:
        return self.text

    def predictors(self) -> tuple[str, ...]:
        """Return every column that occurs in a term, those of fixed terms first."""
        terms = self.terms + self.random.effects
        return tuple(dict.fromkeys(name for term in terms for name in term))

    @property
    def compact(self) -> str:
        """The text without the blanks between names, for use in a web address."""
        return re.sub(r"(`(?:\\.|[^`\\])*`)| ", r"\1", self.text)

    def columns(self) -> tuple[str, ...]:
        """Return every column the model needs, the outcome first and the cluster last."""
        return tuple(dict.fromkeys((self.outcome, *self.predictors(), self.random.group)))


def parse(text: str) -> Formula:
    """Read a model formula.

    Parameters
    ----------
    text
        The formula, for example ``"math ~ ses * sector + (1 | school)"``.

    Returns
    -------
    Formula

    Raises
    ------
    FormulaError
        The text is not such a formula; ``position`` is that of the offending character.

    Examples
    --------
    >>> parse("math ~ ses*sector + (1|school)").terms
    (('ses',), ('sector',), ('ses', 'sector'))
    """
    if len(text) > MAX_LENGTH:
        raise _too_long(text, len(text))
    return _Parser(text).formula()


def _too_long(text: str, length: int) -> FormulaError:
    reason = f"The formula has {length:,} characters, more than the {MAX_LENGTH:,} allowed"
    return FormulaError(f"{reason}: shorten it", text, min(len(text), MAX_LENGTH))


class _Part(NamedTuple):
    """A piece of the right-hand side.

    Terms are bit patterns over the columns in order of first appearance, so that a:b and b:a
    are the same term. ``intercept`` is None if the piece contains neither 0 nor 1.
    """

    terms: list[int]
    text: str
    position: int
    intercept: bool | None = None
    random: RandomPart | None = None


class _Parser:
    """A recursive-descent parser: `:` binds tighter than `*`, and `*` tighter than `+` and `-`.

    ::

        formula     = name "~" sum
        sum         = [sign] product { sign product }
        product     = interaction { "*" interaction }
        interaction = primary { ":" primary }
        primary     = name | "0" | "1" | "(" sum ")" | "(" sum ("|" | "||") name ")"
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.lexer = Lexer(text)
        self.token = self.lexer.next()
        self.depth = 0
        self.outcome = ""
        self.bits: dict[str, int] = {}

    def error(self, reason: str, position: int | None = None) -> FormulaError:
        where = self.token.position if position is None else position
        return FormulaError(reason, self.text, where)

    def advance(self) -> Token:
        passed, self.token = self.token, self.lexer.next()
        return passed

    def name(self, otherwise: str) -> Token:
        if self.token.kind != "name":
            raise self.error(otherwise)
        passed = self.advance()
        if self.token.kind == "(":
            word = self.text[passed.position : self.token.position]
            if word[-1].isspace():
                raise self.error("An operator such as `+` is missing before the parenthesis")
            reason = f"`{word}(` is a function call: compute the column first and use its name"
            raise self.error(reason, passed.position)
        return passed

    def formula(self) -> Formula:
        self.outcome = self.name("A formula begins with its outcome: outcome ~ predictors").value
        if self.token.kind == "end":
            raise self.error("`~` is missing: write outcome ~ predictors + (1 | cluster)")
        if self.token.kind != "~":
            raise self.error("Left of `~` stands a single column, the outcome")
        tilde = self.advance()
        parts = self.signed_parts()
        self.refuse_leftover()

        random = self.only_random(parts)
        fixed = self.added((sign, part) for sign, part in parts if part.random is None)
        intercept = fixed.intercept is not False
        terms = self.named(fixed.terms)
        if not terms and not intercept:
            raise self.error("No fixed effect is left: keep the intercept", tilde.position + 1)
        left = f"{quote(self.outcome)} ~ "
        text = left + self.added(parts).text
        if len(text) > MAX_LENGTH:  # the text must itself be parseable
            raise _too_long(self.text, len(text))
        return Formula(
            outcome=self.outcome,
            terms=terms,
            intercept=intercept,
            random=random,
            text=text,
            fixed_text=left + (fixed.text or "1"),
        )

    def only_random(self, parts: list[tuple[str, _Part]]) -> RandomPart:
        found: RandomPart | None = None
        for sign, part in parts:
            if part.random is None:
                continue
            if sign == "-":
                raise self.error("The random part is added, with `+`", part.position)
            if found is not None:
                raise self.error("There is a second random part: keep one", part.position)
            found = part.random
        if found is None:
            raise self.error("The cluster is missing: add + (1 | cluster)")
        return found

    def signed_parts(self) -> list[tuple[str, _Part]]:
        sign = self.advance().kind if self.token.kind in ("+", "-") else "+"
        parts = [(sign, self.product())]
        parts.extend((sign, self.product()) for sign in self.each("+", "-"))
        return parts

    def product(self) -> _Part:
        part = self.interaction()
        for _ in self.each("*"):
            part = self.crossed(part, self.interaction(), "*")
        return part

    def interaction(self) -> _Part:
        part = self.primary()
        for _ in self.each(":"):
            part = self.crossed(part, self.primary(), ":")
        return part

    def each(self, *operators: str) -> Iterator[str]:
        """Consume and yield the next token for as long as it is one of these operators."""
        for _ in self.text:  # a token has at least one character
            if self.token.kind not in operators:
                return
            yield self.advance().kind

    def primary(self) -> _Part:
        if self.token.kind == "(":
            return self.parenthesis()
        if self.token.kind == "number":
            number = self.advance()
            return _Part([], number.value, number.position, intercept=number.value == "1")
        if self.token.kind in ("+", "-"):
            raise self.error("Two signs stand in a row: keep one")
        if self.token.kind == "end":
            raise self.error("The formula stops short: a column name is missing at its end")
        name = self.name(f"A column name is missing before `{self.token.value}`")
        if name.value == self.outcome:
            reason = f"{quote(self.outcome)} is the outcome: it cannot explain itself"
            raise self.error(reason, name.position)
        bit = self.bits.setdefault(name.value, 1 << len(self.bits))
        return _Part([bit], quote(name.value), name.position)

    def parenthesis(self) -> _Part:
        known = len(self.bits)
        start = self.advance().position
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"Parentheses are nested more than {MAX_DEPTH} deep: simplify", start)
        parts = self.signed_parts()
        for _, part in parts:
            self.refuse_random(part)
        inside = self.added(parts)
        if self.token.kind in ("|", "||"):
            whole = self.random_part(inside, start)
            # R's lm never sees the random part, so its columns have not "appeared" yet.
            self.bits = dict(list(self.bits.items())[:known])
        else:
            whole = inside._replace(text=f"({inside.text})", position=start)
        if self.token.kind == "end":
            raise self.error("This parenthesis is never closed", start)
        if self.token.kind != ")":
            self.refuse_leftover()
        self.depth -= 1
        self.advance()
        return whole

    def random_part(self, inside: _Part, start: int) -> _Part:
        bar = self.advance().kind
        group = self.name("The name of the cluster column is missing after `|`")
        if group.value == self.outcome:
            reason = f"{quote(self.outcome)} is the outcome: it cannot be the cluster"
            raise self.error(reason, group.position)
        if self.token.kind in (":", "*", "+", "-"):
            raise self.error(NESTED)
        random = RandomPart(
            group=group.value,
            intercept=inside.intercept is not False,
            effects=self.named(inside.terms),
            correlated=bar == "|",
        )
        if not random.intercept and not random.effects:
            raise self.error("Nothing varies among the clusters: write (1 | cluster)", start)
        text = f"({inside.text} {bar} {quote(group.value)})"
        return _Part([], text, start, random=random)

    def refuse_random(self, part: _Part) -> None:
        if part.random is not None:
            reason = "The random part stands by itself: add it at the end as + (1 | cluster)"
            raise self.error(reason, part.position)

    def refuse_leftover(self) -> None:
        kind = self.token.kind
        if kind in ("|", "||"):
            raise self.error("The random part stands in parentheses: + (1 | cluster)")
        if kind == "~":
            raise self.error("There is a second `~`: a formula has one")
        if kind == ")":
            raise self.error("This parenthesis was never opened")
        if kind != "end":
            raise self.error(f"An operator such as `+` is missing before `{self.token.value}`")

    def refuse_many(self, terms: int, position: int) -> None:
        if terms > MAX_TERMS:
            reason = f"This makes more than {MAX_TERMS:,} terms: keep the interactions you need"
            raise self.error(reason, position)

    def added(self, parts: Iterable[tuple[str, _Part]]) -> _Part:
        terms: dict[int, None] = {}
        intercept: bool | None = None
        text = ""
        position = 0
        for sign, part in parts:
            if text:
                text += f" {sign} {part.text}"
            else:
                text = part.text if sign == "+" else f"-{part.text}"
                position = part.position
            if part.intercept is not None:
                intercept = part.intercept == (sign == "+")
            if sign == "+":
                terms |= dict.fromkeys(part.terms)
            else:
                for term in part.terms:
                    terms.pop(term, None)
        self.refuse_many(len(terms), position)
        return _Part(list(terms), text, position, intercept)

    def crossed(self, left: _Part, right: _Part, operator: str) -> _Part:
        for part in (left, right):
            self.refuse_random(part)
            if part.intercept is not None:
                reason = f"`0` and `1` stand for the intercept: they take no part in `{operator}`"
                raise self.error(reason, part.position)
        self.refuse_many(len(left.terms) * len(right.terms), right.position)
        both = [one | other for one in left.terms for other in right.terms]
        terms = left.terms + right.terms + both if operator == "*" else both
        text = f"{left.text} * {right.text}" if operator == "*" else f"{left.text}:{right.text}"
        return _Part(list(dict.fromkeys(terms)), text, left.position)

    def named(self, terms: list[int]) -> tuple[Term, ...]:
        ordered = sorted(terms, key=int.bit_count)
        names = self.bits.items()
        return tuple(tuple(name for name, bit in names if term & bit) for term in ordered)
