"""The verdict says what moved most and why, with numbers that are in the fits."""

from __future__ import annotations

import re
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Comparison, Scenario, compare, simulate
from engine.account.movement import movement, movements
from engine.account.weights import intercept_parts, weight_change
from engine.words.numbers import number, pair, pair_of_sizes, plural, share, three_digits
from engine.words.reasons import brief_reason, reason
from engine.words.verdict import one_sentence, paragraphs
from tests.engine.example import PUZZLES, example, puzzle
from tests.engine.reference import RANDOM_INTERCEPT, compared

SLOPE = "y ~ x + (1 | g)"


def sandbox(**wishes: object) -> Comparison:
    frame = simulate(Scenario(**wishes)).frame  # type: ignore[arg-type]
    return compare(frame, "y ~ condition + (1 | cluster)")


def test_a_slope_between_two_estimates_is_told_as_a_tug_of_war() -> None:
    said = one_sentence(puzzle("puzzle_161703"))
    # lm 1.1849, lmer 0.6376; within 0.409 weighing 0.3335 and 0.8037, between 1.573.
    for part in (
        "coefficient of X falls",
        "1.185 (OLS)",
        "0.638 (mixed)",
        "80.4% instead of 33.3%",
    ):
        assert part in said
    for part in ("within clusters, 0.409", "between cluster means, 1.573"):
        assert part in said


@pytest.mark.parametrize("within", [-0.0985, 0.4, 12.0])
@pytest.mark.parametrize("between", [-3.18, 250.0])
def test_the_slopes_within_and_between_have_the_decimals_of_the_estimates(
    within: float, between: float
) -> None:
    rng = np.random.default_rng(4)
    g = np.repeat(np.arange(12), 8)
    middle, inside = rng.normal(size=12)[g], rng.normal(size=96)
    y = between * middle + within * inside + rng.normal(size=96)
    comparison = compare(pd.DataFrame({"y": y, "x": middle + inside, "g": g}), SLOPE)
    moved = movement(comparison, "x")
    said = reason(comparison, moved)
    found = re.search(r"within clusters, (\S+), .*cluster means, (\S+)$", said)
    assert found is not None, said
    shown = [*found.groups(), *pair(moved.before, moved.after)]
    assert len({len(one.partition(".")[2]) for one in shown}) == 1, said


def test_with_several_predictors_the_slopes_hold_for_the_others_as_in_ols() -> None:
    comparison = compare(example("high_school_and_beyond"), "math ~ ses + sector + (1 | school)")
    said = reason(comparison, movement(comparison, "ses"))
    assert "within clusters, 2.191" in said
    assert "that would give 2.379 with the coefficient of sectorPublic held as in OLS" in said
    assert "to which the movement of the coefficient of sectorPublic adds −0.004" in said


@pytest.mark.parametrize("predictors", [2, 3])
def test_the_only_other_coefficient_is_named_and_several_are_not(predictors: int) -> None:
    said = ""
    for seed in range(12):
        rng = np.random.default_rng(seed)
        g = np.repeat(np.arange(8), rng.integers(2, 30, 8))
        x = rng.normal(size=(8, predictors))[g] + rng.normal(size=(len(g), predictors))
        y = x.sum(axis=1) + rng.normal(size=8)[g] + rng.normal(size=len(g))
        names = [f"x{k}" for k in range(predictors)]
        frame = pd.DataFrame(x, columns=names).assign(y=y, g=g)
        comparison = compare(frame, f"y ~ {' + '.join(names)} + (1 | g)")
        for found in movements(comparison)[1:]:
            said += reason(comparison, found) + " " + brief_reason(comparison, found) + "\n"
    assert ("the other coefficients" in said) == (predictors > 2)
    assert bool(re.search(r"from the coefficient of x\d", said)) == (predictors == 2)


def test_large_clusters_that_sit_low_are_named_when_they_lose_weight() -> None:
    comparison = sandbox(size_intercept_correlation=-0.8)
    said = one_sentence(comparison)
    change = weight_change(comparison)
    assert change is not None
    assert said.startswith("The intercept rises from ")
    assert f"the {change.losers} largest clusters go from {100 * change.before:.1f}%" in said
    assert f"{number(change.gap, change.gap / 10)} lower than those that gain it" in said
    high = one_sentence(sandbox(size_intercept_correlation=0.8))
    assert high.startswith("The intercept falls from ")
    assert "higher than those that gain it" in high


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_weights_shift_times_the_gap_is_their_part_of_the_intercept(seed: int) -> None:
    comparison = sandbox(seed=seed, share_intercept_correlation=0.5)
    by_weights, carried = intercept_parts(comparison)
    change = weight_change(comparison)
    assert change is not None
    assert by_weights == pytest.approx((change.before - change.after) * change.gap, rel=1e-9)
    moved = comparison.mixed.estimates[0] - comparison.ols.estimates[0]
    assert by_weights + carried.sum() == pytest.approx(moved, rel=1e-9)


def test_an_intercept_that_only_follows_its_slope_leaves_the_word_to_the_slope() -> None:
    # At year 0 the intercept moves by 62, all of it carried along by the slopes.
    comparison = puzzle("mpg")
    assert "coefficient of displ rises" in one_sentence(comparison)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("sleepstudy", "balanced: all 18 clusters have 10 rows and Days has the same mean in each"),
        ("dyestuff", "the design is balanced: all 6 clusters have 5 rows"),
        ("orthodont", "SexMale does not vary inside them and age has the same mean in each"),
        ("machines", "the shares of B and C (Machine) are the same in each"),
        ("orthodont_interaction", "the other predictors make up the cluster means of age:SexMale"),
    ],
)
def test_balanced_designs_have_the_same_coefficients(name: str, why: str) -> None:
    said = one_sentence(compared(name))
    assert said.startswith("Both fits have the same coefficients because ")
    assert why in said
    assert "only the standard errors differ" in said


def test_a_balanced_condition_has_the_same_share_in_each_cluster() -> None:
    said = one_sentence(sandbox(size_spread=0.0, share_spread=0.0))
    assert "the share of treated (condition) is the same in each" in said
    frame = pd.DataFrame(
        {"g": np.repeat(range(6), 4), "d": list("pqpq") * 6, "x": [0, 0, 1, 1] * 6}
    )
    frame["y"] = np.sin(np.arange(24)) + frame["g"] * (frame["d"] == "q") + 0.1 * frame["g"]
    said = one_sentence(compare(frame, "y ~ d + x + (1 + d | g)"))
    assert "the same share of q (d), so that each cluster counts alike" in said


def test_a_balanced_condition_in_clusters_of_any_size_moves_only_the_intercept() -> None:
    frame = pd.DataFrame({"g": np.repeat([1, 2, 3], [4, 8, 40]), "x": [0.0, 1.0] * 26})
    frame["y"] = frame["x"] + frame["g"] + np.sin(np.arange(52))
    comparison = compare(frame, "y ~ x + (1 | g)")
    assert one_sentence(comparison).startswith("The intercept falls")
    assert "the largest cluster goes from" in one_sentence(comparison)


def test_a_predictor_of_clusters_is_told_by_the_weights() -> None:
    comparison = sandbox(share_spread=1.0)
    said = reason(comparison, movement(comparison, "conditiontreated"))
    assert "it does not vary inside clusters" in said
    assert "whose means the mixed model weighs more equally" in said


@pytest.mark.parametrize("say", [one_sentence, lambda c: paragraphs(c)[0]])
def test_a_singular_fit_is_complete_pooling(say: object) -> None:
    said = say(compared("dyestuff2_singular"))  # type: ignore[operator]
    assert "between-cluster variance at 0 (complete pooling)" in said
    assert "the same fit" in said


def test_a_singular_fit_is_called_a_boundary_not_an_error() -> None:
    assert "boundary, not an error" in paragraphs(compared("dyestuff2_singular"))[1]


def test_standard_errors_that_grow_and_shrink_are_both_explained() -> None:
    said = " ".join(paragraphs(compared("sleepstudy")))
    # lm: 6.610, 1.238; lmer: 9.747, 0.804. At the mean of Days, 4.5, √(s² / 180) = 3.557 and
    # √((τ̂² + σ̂² / 10) / 18) = 9.050; from there to day 0, 4.5 · 1.238 and 4.5 · 0.804.
    assert "standard error of the intercept grows 1.5-fold, from 6.61 to 9.75" in said
    assert "which goes from 3.56 to 9.05, and that of the slopes" in said
    assert "which goes from 5.57 to 3.62" in said
    assert "standard error of the coefficient of Days shrinks from 1.238 to 0.804" in said


def test_contextual_effects_are_pointed_out() -> None:
    said = " ".join(paragraphs(puzzle("high_school_and_beyond")))
    # Within 2.191, contextual 3.675 with standard error 0.378 (within.R).
    assert "inside clusters its coefficient is 2.19" in said
    assert "one unit of the cluster's mean adds 3.68 (standard error 0.38, p < 0.001)" in said
    assert "contextual" not in " ".join(paragraphs(compared("sleepstudy")))


def test_few_clusters_are_warned_about_by_what_they_can_tell() -> None:
    # Balanced: relative standard error √(2 / (J − 1)) (1 + 1 / (n ρ)).
    warned = paragraphs(compared("dyestuff"))[-1]
    ratio = compared("dyestuff").mixed.variance_ratio
    relative = np.sqrt(2 / 5) * (1 + 1 / (5 * ratio))
    assert f"relative standard error of about {100 * relative:.0f}%" in warned
    assert warned.startswith("6 clusters")
    assert "relative standard error" not in " ".join(paragraphs(compared("exam")))


@pytest.mark.parametrize("name", [*PUZZLES])
def test_estimates_in_the_sentence_are_those_of_the_fits(name: str) -> None:
    comparison = puzzle(name)
    shown = re.search(r"from (\S+) \(OLS\) to (\S+) \(mixed\)", one_sentence(comparison))
    if shown is None:
        assert "same coefficients" in one_sentence(comparison)
        return
    before, after = (float(text.replace("−", "-")) for text in shown.groups())
    gap = np.abs(comparison.mixed.estimates - comparison.ols.estimates)
    near = (np.abs(comparison.ols.estimates - before) < gap / 50) & (
        np.abs(comparison.mixed.estimates - after) < gap / 50
    )
    assert near.any()


def is_one_sentence(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Z].*\.", text)) and not re.search(
        r"nan|inf\b|None|\. [A-Z]", text
    )


@pytest.mark.parametrize("name", RANDOM_INTERCEPT)
def test_every_reference_gets_one_sentence_that_opens_the_paragraphs(name: str) -> None:
    comparison = compared(name)
    said = one_sentence(comparison)
    assert is_one_sentence(said)
    assert paragraphs(comparison)[0] == said


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    between=st.sampled_from([0.0, 1e-6, 0.02, 1.0, 1e4]),
    scale=st.sampled_from([1e-7, 1.0, 1e7]),
    formula=st.sampled_from(
        ["y ~ 1", "y ~ x", "y ~ c", "y ~ z", "y ~ x * c + z", "y ~ 0 + x", "y ~ 0 + c", "y ~ c + k"]
    ),
)
def test_there_is_a_sentence_for_any_comparison(
    seed: int, between: float, scale: float, formula: str
) -> None:
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(8), rng.integers(2, 30, 8))
    size = len(clusters)
    frame = pd.DataFrame(
        {
            "g": clusters,
            "x": rng.normal(size=size) + 2000,
            "c": rng.choice(["a", "b", "d"], size),
            "z": np.cos(clusters),
            "k": rng.normal(size=8)[clusters] + 0.1 * rng.normal(size=size),
        }
    )
    level = np.sqrt(between) * rng.normal(size=8)[clusters]
    frame["y"] = scale * (frame["z"] + level + rng.normal(size=size))
    comparison = compare(frame, f"{formula} + (1 | g)")
    assert is_one_sentence(one_sentence(comparison))
    for paragraph in paragraphs(comparison):
        assert not re.search(r"nan|inf\b|None", paragraph)


def test_numbers_show_the_digits_of_the_difference() -> None:
    assert pair(0.583864, 0.719139) == ("0.584", "0.719")
    assert pair(-3.611, -2.391) == ("−3.61", "−2.39")
    assert pair(12345.6, 23456.7) == ("12,346", "23,457")
    assert pair(2.0, 2.0) == ("2.00", "2.00")
    assert pair(1.5e-9, 4.5e-9) == ("1.50e−09", "4.50e−09")
    assert pair_of_sizes(0.001941, 0.063388) == ("0.00194", "0.06339")
    assert pair_of_sizes(9.195079289689e-13, 3.28e-23) == ("9.20e−13", "3.28e−23")
    assert pair_of_sizes(2.0, 0.0123) == ("2.00", "0.0123")
    assert three_digits(3e-11) == "under 0.1%"
    assert number(0.0) == "0"
    assert number(-0.0001, 1.0) == "0.00"
    assert number(1234567.0) == "1,234,567"
    assert number(1.0e12) == "1.00e+12"


def test_shares_never_round_to_none_or_all() -> None:
    assert [share(x) for x in (0.0, 0.0004, 0.05, 0.333, 0.946, 0.9999, 1.0)] == [
        "0%", "under 0.1%", "5.0%", "33%", "94.6%", "over 99.9%", "100%",
    ]  # fmt: skip


def test_counts_agree_with_their_nouns() -> None:
    assert (plural(1, "cluster"), plural(7185, "row")) == ("1 cluster", "7,185 rows")


def test_a_number_read_as_text_is_compared_and_explained_within_seconds() -> None:
    """180 rows in which one entry makes a number a text of 145 levels."""
    rng = np.random.default_rng(1)
    g = rng.integers(0, 12, 180)
    x = rng.normal(size=180).round(2).astype(str)
    x[[3, 50, 100]] = "k.A."
    y = rng.normal(size=180) + rng.normal(size=12)[g]
    start = time.process_time()
    said = paragraphs(compare(pd.DataFrame({"y": y, "x": x, "g": g}), "y ~ x + (1 | g)"))
    assert time.process_time() - start < 3.0
    assert "contextual effect" not in " ".join(said)


@pytest.mark.parametrize("name", PUZZLES)
def test_weights_are_told_with_one_decimal_at_most(name: str) -> None:
    said = " ".join([one_sentence(puzzle(name)), *paragraphs(puzzle(name))])
    decimals = [len(each.partition(".")[2]) for each in re.findall(r"([\d.]+)%", said)]
    assert max(decimals, default=0) <= 1
