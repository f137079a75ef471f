"""Reads the numbers of a sentence and checks that they combine as the sentence says they do.

A printed number stands for all numbers that print alike, so products, quotients and weighted means
are checked on ranges. Sums and differences are checked exactly, on the numbers as printed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from scipy.special import stdtr, stdtrit

N_ = r"(?:−?\d[\d,]*(?:\.\d+)?(?:e[−+]\d+)?)"
N = f"({N_})"
P = r"(\d+(?:\.\d+)?%|under 0\.1%|over 99\.9%)"


@dataclass(frozen=True)
class Range:
    """All numbers that a printed one may stand for."""

    low: float
    high: float

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Range) -> Range:
        return Range(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Range) -> Range:
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Range(min(ends), max(ends))

    def __truediv__(self, other: Range) -> Range:
        low = other.low if other.low > 0.0 else math.inf
        return self * Range(1.0 / other.high, math.inf if math.isinf(low) else 1.0 / low)

    def root(self) -> Range:
        return Range(math.sqrt(max(self.low, 0.0)), math.sqrt(self.high))

    def meets(self, other: Range) -> bool:
        room = 1e-9 * (abs(self.high) + abs(other.high))
        return self.low <= other.high + room and other.low <= self.high + room


def exact(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace(",", ""))


def shown(text: str, units: float = 0.5) -> Range:
    """The range of a printed number: half a unit of its last digit on both sides."""
    if text == "under 0.1%":
        return Range(0.0, 0.001)
    if text == "over 99.9%":
        return Range(0.999, 1.0)
    number = exact(text.rstrip("%"))
    scale = 0.01 if text.endswith("%") else 1.0
    unit = units * scale * 10.0 ** int(number.as_tuple().exponent)
    return Range(float(number) * scale - unit, float(number) * scale + unit)


ONE = Range(1.0, 1.0)
Check = Callable[[re.Match[str], str], bool]


def movement(sentence: str) -> tuple[str, str] | None:
    found = re.search(rf"from {N} \(OLS\) to {N} \(mixed\)", sentence)
    return (found[1], found[2]) if found else None


def difference(sentence: str) -> Decimal | None:
    ends = movement(sentence)
    if ends is not None:
        return exact(ends[1]) - exact(ends[0])
    moved = re.search(rf"movement by {N},", sentence)
    return exact(moved[1]) if moved else None


def by_weights(sentence: str) -> Range | None:
    """What a sentence says the weights do to a coefficient, to one unit of its last digit."""
    said = re.search(rf"{N} (?:comes )?from the clusters' weights", sentence)
    if said:
        return shown(said[1], 1.0)
    whole = difference(sentence)
    if whole is None:
        return None
    # What else there is goes unsaid up to a fiftieth.
    rest = abs(float(whole)) / 50.0
    return shown(str(whole), 1.0) + Range(-rest, rest)


def _weighted_means(found: re.Match[str], sentence: str) -> bool:
    new, old, inside, between, by_ols, held, added = found.groups()
    ends = movement(sentence)
    assert ends is not None

    def mean(weight: str, slope: str) -> Range:
        share = shown(weight)
        return share * shown(inside) + (ONE - share) * shown(slope)

    fine = mean(old, by_ols or between).meets(shown(ends[0]))
    fine &= mean(new, between).meets(shown(held or ends[1]))
    if held:
        whole = exact(held) + sum(map(exact, re.findall(rf"adds? {N}", added)))
        fine &= whole == exact(ends[1])
    return fine


def _parts(found: re.Match[str], sentence: str) -> bool:
    texts = re.findall(rf"{N} (?:from|carried)", found[1])
    return sum(map(exact, texts)) == difference(sentence)


def _reweighted(found: re.Match[str], sentence: str) -> bool:
    weight, before, after = found.groups()
    told = by_weights(sentence)
    return told is not None and (shown(weight) * (shown(after) - shown(before))).meets(told)


def _intercept(found: re.Match[str], _: str) -> bool:
    return exact(found[1]) == sum(map(exact, re.findall(rf"{N} comes from", found[2])))


def _one_cluster(found: re.Match[str], _: str) -> bool:
    before, after, distance, side, part, _others = found.groups()
    moved = (shown(after) - shown(before)) * shown(distance)
    return (moved if side == "above" else Range(-moved.high, -moved.low)).meets(shown(part, 1.0))


def _with_others(found: re.Match[str], sentence: str) -> bool:
    told = by_weights(sentence)
    return told is not None and (shown(found[1]) + shown(found[2])).meets(told)


def _groups(found: re.Match[str], sentence: str) -> bool:
    before, after, gap, side = found.groups()
    moved = (shown(before) - shown(after)) * shown(gap)
    told = by_weights(sentence)
    return told is not None and (
        moved if side == "lower" else Range(-moved.high, -moved.low)
    ).meets(told)


def errors(sentence: str) -> tuple[str, str]:
    found = re.search(
        rf"standard error.*? (?:grows [\d.,]+-fold,|shrinks|goes) from {N}(?: \(OLS\))? to {N}",
        sentence,
    )
    assert found is not None, sentence
    return found[1], found[2]


def ratio(sentence: str) -> Range:
    before, after = errors(sentence)
    return shown(after) / shown(before)


def _fold(found: re.Match[str], _: str) -> bool:
    grown = shown(found[3]) / shown(found[2])
    return grown.meets(shown(found[1])) and shown(found[1]).high > 1.05


def _p_value(text: str) -> Range:
    return Range(1e-300, 0.001) if text.startswith("<") else shown(text.removeprefix("= "))


def _other_side(p: Range, factor: Range, before: float, after: float) -> bool:
    """Whether a p-value with its t value times a factor, on other degrees, is across 5%."""
    ends = [
        2.0 * stdtr(after, stdtrit(before, one / 2.0) * times)
        for one in (p.low, p.high)
        for times in (factor.low, factor.high)
    ]
    return min(ends) < 0.05 if p.low > 0.05 else max(ends) >= 0.05


def _by_degrees(found: re.Match[str], _: str) -> bool:
    """The degrees of freedom alone take the p-value of OLS across 5%."""
    after, before = shown(found["after"]), float(exact(found["before"]))
    p = _p_value(found["ols"])
    return any(_other_side(p, ONE, before, one) for one in (after.low, after.high))


def _by_error(found: re.Match[str], _: str) -> bool:
    """The standard error alone takes the p-value of OLS across 5%, whatever its degrees are."""
    t_falls_by = shown(found["from"]) / shown(found["to"])
    degrees = (*range(1, 40), 60, 100, 300, 1e3, 1e4, 1e6)
    return any(_other_side(_p_value(found["ols"]), t_falls_by, one, one) for one in degrees)


def _information(found: re.Match[str], sentence: str) -> bool:
    left, before, after = found.groups()
    return (shown(after) / shown(before) / shown(left)).root().meets(ratio(sentence))


def _taken_out(found: re.Match[str], sentence: str) -> bool:
    before, after, left = found.groups()
    information = shown(left) if left else Range(0.99, 1.0)
    return (shown(after) / shown(before) / information).root().meets(ratio(sentence))


def _two_squares(found: re.Match[str], sentence: str) -> bool:
    heights, slopes = found.groups()[:2], found.groups()[2:]
    return all(
        (shown(a) * shown(a) + shown(b) * shown(b)).root().meets(shown(whole))
        for a, b, whole in zip(heights, slopes, errors(sentence), strict=True)
    )


def _worth(found: re.Match[str], sentence: str) -> bool:
    rows, worth, after, before = found.groups()
    variances = shown(after) / shown(before) if after else Range(0.96, 1.04)
    about = Range(0.998, 1.002)  # the slopes' part of an error that does not show beside a mean's
    return (variances * about * (shown(rows, 0.0) / shown(worth))).root().meets(ratio(sentence))


def _factors(found: re.Match[str], sentence: str) -> bool:
    product = Range(0.99, 1.01)  # factors that do not show go unsaid
    for text in re.findall(rf"{N} from", found[1]):
        product *= shown(text)
    return product.meets(ratio(sentence))


def _ledger(found: re.Match[str], _: str) -> bool:
    return exact(found[1]) == sum(map(exact, re.findall(rf" {N}[,.](?!\d)", found[2])))


def _bars(found: re.Match[str], _: str) -> bool:
    return exact(found[2]) - exact(found[1]) == exact(found[3])


def _slope(found: re.Match[str], _: str) -> bool:
    inside, ols, mixed, old, new, rest = found.groups()
    slopes = [shown(ols), shown(mixed or ols)]
    means = [
        shown(weight) * shown(inside) + (ONE - shown(weight)) * slope
        for weight, slope in zip((old, new), slopes, strict=True)
    ]
    numbers = re.findall(N, rest)
    moved = numbers[0]
    fine = (means[1] - means[0]).meets(shown(moved, 1.0))
    return fine and (len(numbers) == 1 or exact(moved) == exact(numbers[1]) + exact(numbers[2]))


def _of_others(found: re.Match[str], sentence: str) -> bool:
    brought = sum(map(exact, re.findall(rf"\({N}\)", found[1])))
    return exact(found[2]) * brought > 0 and abs(exact(found[2]) - (difference(sentence) or 0)) <= (
        Decimal(1).scaleb(int(exact(found[2]).as_tuple().exponent))
    )


def _exceeds(found: re.Match[str], _: str) -> bool:
    return exact(found[2]) > exact(found[1])


RULES: dict[str, tuple[str, Check]] = {
    "weighted means": (
        rf"gives {P} instead of {P} of the weight to the slope within clusters, {N}, and the rest "
        rf"to the slope between cluster means, {N}(?: \({N} by the weights of OLS\))?"
        rf"(?:; that would give {N}[^,]*, to which ([^;]*))?",
        _weighted_means,
    ),
    "parts": (r"(?:in all, |several things add up: |it has )([^;]*)", _parts),
    "reweighting": (
        rf"with {P} of the weight in the coefficient, from {N} to {N}",
        _reweighted,
    ),
    "the intercept's parts": (
        rf"Of the intercept's movement by {N}, ([^.]*(?:\.\d[^.]*)*)\.",
        _intercept,
    ),
    "one cluster": (
        rf"goes from {P} of the weight to {P} and lies {N} (above|below) the OLS line, which alone "
        rf"moves it by {N}(?:, the others by {N})?",
        _one_cluster,
    ),
    "one cluster and others": (rf"which alone moves it by {N}, the others by {N}", _with_others),
    "groups of clusters": (
        rf"from {P} of the weight to {P} and lies? {N} (lower|higher) than those",
        _groups,
    ),
    "fold": (rf"grows {N}-fold, from {N}(?: \(OLS\))? to {N}", _fold),
    "degrees of freedom": (
        rf"\(OLS p (?P<ols>[=<] {N_}), mixed p [=<] {N_}\), because the mixed model tests it on "
        rf"(?P<after>{N_}) rather than (?P<before>{N_}) degrees of freedom\.",
        _by_degrees,
    ),
    "degrees of freedom of equal coefficients": (
        rf"(?:going from {N_} to {N_};|the same standard error as well, but) on (?P<after>{N_}) "
        rf"rather than (?P<before>{N_}) degrees of freedom it is significant at 5% in [^(]* "
        rf"\(OLS p (?P<ols>[=<] {N_})",
        _by_degrees,
    ),
    "standard error alone": (
        rf"\(OLS p (?P<ols>[=<] {N_}), mixed p [^)]*\) through its standard error, which .*?from "
        rf"(?P<from>{N_}) to (?P<to>{N_})",
        _by_error,
    ),
    "standard error of equal coefficients": (
        rf"going from (?P<from>{N_}) to (?P<to>{N_}), so that it is significant at 5% in [^(]* "
        rf"\(OLS p (?P<ols>[=<] {N_})",
        _by_error,
    ),
    "information": (
        rf"which leaves {P} of the information about it, while the residual variance falls from "
        rf"{N} to {N}",
        _information,
    ),
    "taken out": (
        rf"taken out of the residual variance, which falls from {N} to {N}"
        rf"(?:; of the information about it {P} is left)?",
        _taken_out,
    ),
    "two squares": (
        rf"root of two squares, [^,]*, which goes from {N} to {N}, and [^,]*, which goes from {N} "
        rf"to {N}",
        _two_squares,
    ),
    "worth": (
        rf"for a mean, {N} rows in .* worth about {N} independent rows? \([^)]*\)"
        rf"(?:, of variance {N} rather than {N})?",
        _worth,
    ),
    "factors": (r"several factors multiply: ([^;]*)", _factors),
    "ledger": (rf"moves by {N}: (cluster .*)", _ledger),
    "bars": (rf"^From {N} \(OLS\) to {N} \(mixed\): each bar .* difference, {N}\.$", _bars),
    "slope": (
        rf"slope inside clusters, {N}, and the slope between cluster means, {N} in (?:both|OLS)"
        rf"(?: and {N} in the mixed model)?\. The slope inside has {P} of the weight in OLS and "
        rf"{P} in the mixed model(.*)$",
        _slope,
    ),
    "carried": (rf"it follows other coefficients, above all (.*?) of {N}(?:,|;|\.$)", _of_others),
    "more than itself": (rf"{N} has a standard error of about {N}, more than itself", _exceeds),
}


def faults(sentence: str) -> Iterator[tuple[str, bool]]:
    """Yield each rule that speaks of a sentence, and whether its numbers combine as it says."""
    for name, (pattern, check) in RULES.items():
        for found in re.finditer(pattern, sentence):
            yield name, check(found, sentence)
