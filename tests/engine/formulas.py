"""Reads the formulas and sentences of cards with a calculator, from the digits they show alone."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.words.anatomy import Explained

NUMBER = re.compile(r"\d(?:[\d,]*\d)?(?:\.\d+)?(?:e[−+]?\d+)?%?")
SIGNED = rf"−?{NUMBER.pattern}"
RELATION = re.compile(r" (=|≈|is under|is over) ")
# A remark behind a number: "(weights)", "(14 other clusters)".
BRACKETS = re.compile(r" \([^()]*\)(?= |$)")


# R rounds some numbers twice: a t value of 10.1354 to 10.135, and that to 10.13.
TWICE_ROUNDED = 1.2
# Kinds of numbers whose formula may hold no equation between numbers.
SYMBOLIC = {
    *("p", "f_p", "f_df1", "estimate", "criterion", "deviance"),
    *("convergence", "dropped_terms", "dropped_columns"),
}


def value_of(text: str) -> float:
    """Return the number that a text shows."""
    plain = text.replace(",", "").replace("−", "-")
    return float(plain.rstrip("%")) / (100.0 if plain.endswith("%") else 1.0)


def half_step(text: str) -> float:
    """Return half a step in the last digit that a text shows."""
    digits, _, power = text.replace("−", "-").rstrip("%").partition("e")
    decimals = len(digits.partition(".")[2]) + (2 if text.endswith("%") else 0)
    return 0.5 * 10.0 ** (int(power or 0) - decimals)


def rounding_of(text: str) -> float:
    """Return how far a number may lie from its text by rounding."""
    whole = text.lstrip("−").replace(",", "")
    if whole.isdigit() and len(whole) > 4:
        # R writes four digits or more, and fills up with zeros.
        return 0.5 * 10.0 ** (len(whole) - max(len(whole.rstrip("0")), 4))
    return half_step(text)


@dataclass(frozen=True)
class Side:
    """One side of an equation: how it is computed, and the numbers it shows."""

    recipe: str
    numbers: tuple[str, ...]

    def computed(self, values: Sequence[float]) -> float:
        names = {"sqrt": math.sqrt, "log": math.log, "v": values}
        return float(eval(self.recipe, {"__builtins__": {}}, names))

    @property
    def value(self) -> float:
        """What a calculator gives for the numbers as shown."""
        return self.computed([value_of(text) for text in self.numbers])

    @property
    def rounding(self) -> float:
        """How far the value may be off because the numbers are rounded."""
        exact = [value_of(text) for text in self.numbers]
        off = 0.0
        for k, text in enumerate(self.numbers):
            moved = []
            for step in (-rounding_of(text), rounding_of(text)):
                try:
                    changed = [*exact[:k], exact[k] + step, *exact[k + 1 :]]
                    moved.append(abs(self.computed(changed) - self.value))
                except (ValueError, ZeroDivisionError):
                    return math.inf
            off += max(moved)
        return off


def without_remark(found: re.Match[str]) -> str:
    """Drop brackets that hold words, keep those that hold a computation."""
    return "" if re.search(r"[^\W\d_]", NUMBER.sub("", found[0])) else found[0]


def side(text: str) -> Side | None:
    """Read one side; None if it holds names instead of numbers."""
    shown = BRACKETS.sub(without_remark, text).strip()
    numbers = tuple(NUMBER.findall(shown))
    places = iter(range(len(numbers)))
    recipe = NUMBER.sub(lambda _: f"v[{next(places)}]", shown)
    recipe = re.sub(r"√(v\[\d+\])", r"sqrt(\1)", recipe).replace("√(", "sqrt(")
    recipe = recipe.replace("²", "**2").replace("·", "*").replace("−", "-")
    names = re.sub(r"sqrt\(|log\(|v\[\d+\]", "", recipe)
    if not numbers or not re.fullmatch(r"[\d\s+\-*/().\[\]v]*", names + ""):
        return None
    return Side(recipe, numbers)


def statements(formula: str) -> list[str]:
    """Join the lines of each statement; a statement goes on in lines that are indented."""
    joined = re.sub(r"\n(?:  |(?=\+ ))", " ", formula)
    # "cluster 2: (…", "mixed: …": what comes before the colon only names the equation.
    return [re.sub(r"^[^=≈]*?: +", "", line) for line in joined.split("\n")]


@dataclass(frozen=True)
class Equation:
    """Two sides and the sign between them."""

    left: Side
    sign: str
    right: Side

    def fault(self) -> str:
        """Say what is wrong; empty if the equation holds."""
        gap = abs(self.left.value - self.right.value)
        step = max(map(half_step, self.right.numbers)) * (1.0 + 1e-9)
        exact = gap <= step + 1e-12 * abs(self.left.value)
        if self.sign == "is under":
            return "" if self.left.value < self.right.value else "not under"
        if self.sign == "is over":
            return "" if self.left.value > self.right.value else "not over"
        if self.sign == "=":
            return "" if exact else "does not come out"
        if exact:
            return "comes out, so it is no approximation"
        allowed = self.left.rounding + self.right.rounding
        return "" if gap <= TWICE_ROUNDED * allowed else "is off by more than rounding"


def equations(formula: str) -> list[Equation]:
    """Return every equation between two sides that show numbers."""
    found = []
    for statement in statements(formula):
        texts = RELATION.split(statement)
        ranges = re.fullmatch(rf"(.+) ± (.+) = ({SIGNED}) to ({SIGNED})", statement)
        if ranges:
            middle, reach, low, high = ranges.groups()
            ends = [(f"{middle} − {reach}", low), (f"{middle} + {reach}", high)]
            pairs = [(start, "=", end) for start, end in ends]
        else:
            pairs = list(zip(texts[::2], texts[1::2], texts[2::2], strict=False))
        for left, sign, right in pairs:
            sides = side(left), side(right)
            if sides[0] is not None and sides[1] is not None:
                found.append(Equation(sides[0], sign, sides[1]))
    return found


def agree(recipe: str, numbers: Sequence[str], result: str) -> bool:
    """Return whether a result may follow from numbers that are all rounded as shown."""
    computed = Side(recipe, tuple(text.lstrip("−") for text in numbers))
    signs = [-1.0 if text.startswith("−") else 1.0 for text in numbers]
    signed = "".join(
        f"({signs[int(part[2:-1])]} * {part})" if re.fullmatch(r"v\[\d+\]", part) else part
        for part in re.split(r"(v\[\d+\])", computed.recipe)
    )
    left = Side(signed, computed.numbers)
    gap = abs(left.value - value_of(result))
    return gap <= TWICE_ROUNDED * (left.rounding + rounding_of(result))


def assert_arithmetic(number: Explained) -> None:
    """Assert that the formula of a card comes out with the digits that it shows."""
    formula = number.meaning.formula
    found = equations(formula)
    assert found or number.id.split(".")[1] in SYMBOLIC, formula
    for equation in found:
        assert not equation.fault(), f"{number.id} {equation.fault()}: {formula}"
