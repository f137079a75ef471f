"""Sentences are true of their numbers: what they combine combines, as printed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine import Comparison, FitError, compare, compare_design, simulate
from engine.account.headline import Topic, headline, most_moved
from engine.account.ledger import ledger
from engine.account.movement import Cause, movements
from engine.account.standard_errors import error_changes
from engine.account.within_between import only_slope_split
from engine.simulation.presets import PRESETS
from engine.words.ledger import bars_in_words, ledger_in_words, slope_in_words
from engine.words.numbers import pair
from engine.words.reasons import reason, weights_reason
from engine.words.standard_errors import change_text, error_reason
from engine.words.verdict import paragraphs
from tests.engine.example import PUZZLES, puzzle
from tests.engine.read_sentences import RULES, N, exact, faults
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


def of_clusters(seed: int, clusters: int, *, balanced: bool = True) -> Comparison:
    """A predictor of clusters alone; of four clusters its test has about 2 degrees of freedom."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(clusters), 8 if balanced else rng.integers(3, 14, clusters))
    z = rng.normal(size=clusters)
    y = 0.6 * z[g] + rng.uniform(0.1, 0.5) * rng.normal(size=clusters)[g]
    y += rng.normal(size=len(g))
    return compare(pd.DataFrame({"y": y, "z": z[g], "g": g}), "y ~ z + (1 | g)")


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
        yield from (of_clusters(5 * seed + k, 12 if k % 2 else 4) for k in range(5))
        yield from (of_clusters(5 * seed + k, 12 if k % 2 else 4, balanced=False) for k in range(5))


def doubled(text: str) -> str:
    """Write a printed number twice as large, with the same decimals."""
    number = exact(text.rstrip("%"))
    return f"{2 * number:f}".replace("-", "−") + "%" * text.endswith("%")


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


def test_a_wrong_number_is_noticed_by_every_rule() -> None:
    """Double each number of a true sentence in turn: every rule must object to some of them."""
    blind = set(RULES)
    for comparison in chain(real(), simulated(range(20))):
        for sentence in sentences(comparison):
            for rule in blind & {name for name, _ in faults(sentence)}:
                for number in re.finditer(N, sentence):
                    wrong = (
                        sentence[: number.start()] + doubled(number[0]) + sentence[number.end() :]
                    )
                    if (rule, False) in list(faults(wrong)):
                        blind.discard(rule)
                        break
        if not blind:
            return
    assert not blind


@pytest.mark.slow
def test_the_numbers_of_every_sentence_combine_as_it_says_over_many_data() -> None:
    check(simulated(range(100, 250)))


def test_every_headline_has_a_cause_and_a_number() -> None:
    for comparison in (*real(), *simulated(range(6))):
        said = paragraphs(comparison)[0]
        assert re.search(r", because |:? so the mixed model|same coefficients because ", said), said
        assert re.search(N, said), said


def test_the_largest_movement_has_its_cause_whatever_the_headline_is_about() -> None:
    seen: Counter[Topic] = Counter()
    for comparison in (*real(), *simulated(range(6))):
        about = headline(comparison)
        moved = most_moved(about.movements)
        if about.still or not comparison.mixed.theta.any() or moved.in_standard_errors < 0.1:
            continue
        said = " ".join(paragraphs(comparison))
        if moved.term != "(Intercept)" or about.term == moved.term:
            assert reason(comparison, moved) in said
        elif moved.cause is Cause.WEIGHTS:
            assert weights_reason(comparison, moved) in said
        else:
            assert "Of the intercept's movement" in said
        seen[about.topic] += 1
    assert set(seen) == {Topic.CONCLUSION, Topic.STANDARD_ERROR, Topic.MOVEMENT}


# --- data whose differences are easily explained wrongly ------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_what_is_untrue_of_the_data_is_not_said(name: str) -> None:
    said = " ".join(sentences(case_compared(name)))
    for words in case(name)["must_not_say"]:
        assert words not in said


@pytest.mark.parametrize("name", CASES)
def test_the_fits_behind_the_sentences_are_those_of_r(name: str) -> None:
    comparison, values = case_compared(name), case(name)
    for model, fit in (("ols", comparison.ols), ("mixed", comparison.mixed)):
        for place, term in enumerate(fit.names):
            expected = values[model][term]
            # lme4 stops within about 1e-6 of the optimum.
            room = 2e-5 * expected["se"]
            assert fit.estimates[place] == pytest.approx(expected["estimate"], abs=room)
            assert fit.standard_errors[place] == pytest.approx(expected["se"], rel=1e-4)


def test_a_fit_with_all_variances_at_0_is_called_one_fit() -> None:
    said = paragraphs(case_compared("zero_slopes"))
    assert "are the same fit" in said[0]
    assert (
        "variances among clusters of the intercepts and the effects of x are estimated as 0"
        in (said[1])
    )


def test_a_slope_variance_of_0_is_said_with_the_next_step() -> None:
    said = paragraphs(case_compared("simpson_slopes"))
    assert "slope within clusters" in said[0]
    assert "the variance among clusters of the effects of x is estimated as 0" in said[1]
    assert "fit the model without x in the random part" in said[1]


def test_a_correlation_of_1_is_said_with_the_next_step() -> None:
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(8), 6)
    x = rng.normal(size=48)
    own = rng.normal(size=8)[g]
    frame = pd.DataFrame({"y": own * (1 + 0.5 * x) + rng.normal(size=48), "x": x, "g": g})
    said = paragraphs(compare(frame, "y ~ x + (1 + x | g)"))[1]
    assert (
        "the intercepts and the effects of x are estimated to correlate by 1 among clusters" in said
    )
    assert "by || instead of |" in said


def singular(frame: pd.DataFrame, formula: str) -> str:
    found = paragraphs(compare(frame, formula))[1]
    assert "boundary (singular)" in found
    return found


def test_pairs_with_correlation_1_are_listed_with_one_advice() -> None:
    rng = np.random.default_rng(0)
    g = np.repeat(np.arange(10), 12)
    x, w = rng.normal(size=(2, 120))
    own = rng.normal(size=10)[g]
    y = 0.5 * own * (1 + x - w) + rng.normal(size=120)
    said = singular(pd.DataFrame({"y": y, "x": x, "w": w, "g": g}), "y ~ x + w + (x + w | g)")
    assert "3 pairs are estimated to correlate by 1 or −1 among clusters" in said
    for pair_of_effects in (
        "the intercepts with the effects of x (1)",
        "the intercepts with the effects of w (−1)",
        "the effects of x with the effects of w (−1)",
    ):
        assert pair_of_effects in said
    assert said.count("Next,") == said.count("tells the other exactly") == 1


def test_a_factor_of_correlation_1_is_not_parted_by_two_bars() -> None:
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(10), 12)
    f = rng.choice(["a", "b", "c"], 120)
    own = rng.normal(size=10)[g]
    y = own * (1.0 + (f == "b") + 2.0 * (f == "c")) + rng.normal(size=120)
    said = singular(pd.DataFrame({"y": y, "f": f, "g": g}), "y ~ f + (f | g)")
    assert "||" not in said
    assert "Next, fit a random intercept alone, or a factor of fewer levels." in said


@pytest.mark.parametrize("seed", range(6))
def test_an_intercept_that_varies_as_good_as_not_is_estimated_as_0(seed: int) -> None:
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(12), 8)
    x = rng.normal(size=96)
    y = 0.7 * rng.normal(size=12)[g] * x + rng.normal(size=96)
    comparison = compare(pd.DataFrame({"y": y, "x": x, "g": g}), "y ~ x + (x | g)")
    if not comparison.mixed.singular:
        return
    (component,) = comparison.mixed.components
    said = paragraphs(comparison)[1]
    if component.sds[0] < 2e-3 * component.sds[1]:
        assert "the variance among clusters of the intercepts is estimated as 0" in said


def test_columns_left_out_for_one_reason_share_one_note() -> None:
    comparison = case_compared("dropped_notes")
    assert len(comparison.dropped_terms) == 18
    (note,) = comparison.notes
    assert note.startswith("18 columns were left out, because each is constant or a combination")
    assert note.endswith("and 12 more.")


def test_no_number_of_clusters_tells_a_factor_apart_from_the_intercept_beside_it() -> None:
    frame = drawn(0).assign(flag=lambda f: f.f.where(f.f != "c", "a"))
    with pytest.raises(FitError, match=r"however many clusters like these there are\. Use fewer"):
        compare(frame, "y ~ flag + (flag || g)")
