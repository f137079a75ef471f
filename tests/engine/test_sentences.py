"""Sentences are true of their numbers: what they combine combines, as printed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine import Comparison, compare, compare_design, simulate
from engine.account.ledger import ledger
from engine.account.movement import movements
from engine.account.standard_errors import error_changes
from engine.account.within_between import only_slope_split
from engine.simulation.presets import PRESETS
from engine.words.ledger import bars_in_words, ledger_in_words, slope_in_words
from engine.words.numbers import pair
from engine.words.reasons import reason
from engine.words.standard_errors import change_text, error_reason
from engine.words.verdict import paragraphs
from tests.engine.example import PUZZLES, puzzle
from tests.engine.read_sentences import RULES, faults
from tests.engine.reference import FOLDER, RANDOM_INTERCEPT, compared

PROSE = FOLDER / "prose"
CASES = sorted(path.stem for path in PROSE.glob("*.json"))
FORMULAS = [
    "y ~ 1 + (1 | g)",
    "y ~ x + (1 | g)",
    "y ~ z + (1 | g)",
    "y ~ x + k + z + (1 | g)",
    "y ~ x * f + z + (1 | g)",
    "y ~ 0 + x + (1 | g)",
    "y ~ x + k + (1 + x | g)",
    "y ~ x + (1 + x || g)",
    "y ~ x + z + (0 + x | g)",
    "y ~ t * z + (1 + t | g)",
    "y ~ x + mx + (1 | g)",
]


@cache
def case(name: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((PROSE / f"{name}.json").read_text())
    return values


@cache
def case_compared(name: str) -> Comparison:
    return compare(pd.read_csv(PROSE / f"{name}.csv"), case(name)["formula"])


def drawn(seed: int) -> pd.DataFrame:
    """Clusters of equal or unequal sizes; x confounded with them or not; with slopes or without."""
    rng = np.random.default_rng(seed)
    clusters = int(rng.integers(5, 20))
    equal, confounded, own_slopes = rng.integers(0, 2, 3)
    sizes = np.full(clusters, 6) if equal else rng.integers(2, 30, clusters)
    g = np.repeat(np.arange(clusters), sizes)
    size = len(g)
    level = rng.choice([0.2, 1.0, 4.0]) * rng.normal(size=clusters)
    x = confounded * level[g] * rng.uniform(-1, 1) + rng.normal(size=clusters)[g]
    x = x + rng.normal(size=size) + rng.choice([0.0, 5.0])
    k = rng.normal(size=clusters)[g] + 0.2 * rng.normal(size=size)
    z = rng.normal(size=clusters)
    t = np.arange(size) % 6.0
    slope = own_slopes * 0.5 * rng.normal(size=clusters)
    y = 5 + (0.3 + slope[g]) * x + 0.2 * z[g] + level[g] + rng.normal(size=size)
    frame = pd.DataFrame({"y": y, "x": x, "k": k, "z": z[g], "t": t, "g": g})
    frame["f"] = rng.choice(["a", "b", "c"], size)
    frame["mx"] = frame.groupby("g").x.transform("mean").round(1)
    frame[["y", "x"]] *= rng.choice([1e-3, 1.0, 1e3])
    return frame


def sentences(comparison: Comparison) -> Iterator[str]:
    """Everything that explains: the verdict, each movement, each standard error, the ledger."""
    yield from paragraphs(comparison)
    if not comparison.mixed.theta.any():
        return
    for moved in movements(comparison):
        if moved.in_standard_errors > 1e-6:
            before, after = pair(moved.before, moved.after)
            why = reason(comparison, moved)
            yield f"{moved.term} goes from {before} (OLS) to {after} (mixed), because {why}."
    for change in error_changes(comparison):
        if change.fold > 1.02:
            why = error_reason(comparison, change)
            yield f"The standard error of {change.term} {change_text(change)}, because {why}."
    account, ols = ledger(comparison), comparison.ols
    for place in range(len(ols.names)):
        yield ledger_in_words(account, place, ols)
        if abs(account.difference[place]) > 1e-6 * ols.standard_errors[place]:
            yield bars_in_words(account, place, ols)
    if comparison.mixed.random_intercept_only:
        split = only_slope_split(comparison.dial, comparison.mixed.variance_ratio)
        if split is not None:
            yield slope_in_words(split)


def real() -> Iterator[Comparison]:
    yield from (compared(name) for name in RANDOM_INTERCEPT)
    yield from (puzzle(name) for name in PUZZLES)
    yield from (case_compared(name) for name in CASES)
    yield from (compare_design(simulate(preset.scenario).design()) for preset in PRESETS)


def simulated(seeds: range) -> Iterator[Comparison]:
    for seed in seeds:
        frame = drawn(seed)
        yield from (compare(frame, formula) for formula in FORMULAS)


def check(comparisons: Iterator[Comparison]) -> Counter[str]:
    seen: Counter[str] = Counter()
    for comparison in comparisons:
        for sentence in sentences(comparison):
            for name, fine in faults(sentence):
                assert fine, f"{name}: {sentence}"
                seen[name] += 1
    return seen


def test_the_numbers_of_every_sentence_combine_as_it_says() -> None:
    seen = check(real()) + check(simulated(range(6)))
    assert set(seen) == set(RULES), set(RULES) - set(seen)


@pytest.mark.slow
def test_the_numbers_of_every_sentence_combine_as_it_says_over_many_data() -> None:
    check(simulated(range(100, 400)))
