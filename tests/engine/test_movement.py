"""Why a coefficient moved, as values: parts add up, and each cause has data that show it."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine import Comparison, Scenario, compare, read, simulate
from engine.account.ledger import ledger
from engine.account.movement import Cause, movement, movements
from engine.account.within_between import SlopeSplit, joint_parts, only_slope_split, slope_splits
from engine.words.reasons import reason
from engine.words.verdict import one_sentence, paragraphs
from tests.engine.example import PUZZLES, puzzle
from tests.engine.reference import FOLDER, RANDOM_INTERCEPT, compared

FORMULAS = [
    "y ~ 1 + (1 | g)",
    "y ~ x + (1 | g)",
    "y ~ x + k + z + (1 | g)",
    "y ~ x * f + z + (1 | g)",
    "y ~ 0 + x + (1 | g)",
    "y ~ 0 + f + x + (1 | g)",
    "y ~ x + k + (1 + x | g)",
    "y ~ x + k + (1 + x || g)",
    "y ~ x + f + (0 + x | g)",
    "y ~ 0 + f + x + (1 + x | g)",
]


def drawn(seed: int, between: float, *, equal: bool = False) -> pd.DataFrame:
    """Ten clusters: x varies inside and between them, k mostly between, z only between."""
    rng = np.random.default_rng(seed)
    sizes = np.full(10, 6) if equal else rng.integers(2, 30, 10)
    g = np.repeat(np.arange(10), sizes)
    size = len(g)
    level = between * rng.normal(size=10)
    x = level[g] * rng.uniform(-1, 1) + rng.normal(size=10)[g] + rng.normal(size=size) + 3
    k = rng.normal(size=10)[g] + 0.2 * rng.normal(size=size)
    z = rng.normal(size=10)[g]
    y = 5 + x - z + level[g] + rng.normal(size=10)[g] * x * between / 2 + rng.normal(size=size)
    f = rng.choice(["a", "b", "c"], size)
    return pd.DataFrame({"y": y, "x": x, "k": k, "z": z, "f": f, "g": g})


def second(splits: tuple[SlopeSplit | None, ...]) -> SlopeSplit:
    assert splits[1] is not None
    return splits[1]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    between=st.sampled_from([0.0, 0.05, 0.5, 2.0, 100.0]),
    equal=st.booleans(),
)
@pytest.mark.parametrize("formula", FORMULAS)
def test_the_parts_add_up_to_the_movement(
    formula: str, seed: int, between: float, equal: bool
) -> None:
    comparison = compare(drawn(seed, between, equal=equal), formula)
    for found in movements(comparison):
        largest = max(abs(part) for part in found.parts.values())
        carried = [abs(part) for part in found.carried.values()]
        room = 1e-9 * max([largest, found.standard_error, *carried])
        assert sum(found.parts.values()) == pytest.approx(found.difference, abs=room)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), between=st.sampled_from([0.05, 0.5, 2.0]))
@pytest.mark.parametrize("formula", FORMULAS)
def test_a_stated_cause_is_more_than_half_of_the_movement(
    formula: str, seed: int, between: float
) -> None:
    for found in movements(compare(drawn(seed, between), formula)):
        size, sign = abs(found.difference), np.sign(found.difference)
        drivers = [cause for cause, part in found.parts.items() if sign * part > 0.5 * size]
        if found.cause in found.parts:
            assert drivers == [found.cause]
        elif found.cause is Cause.SEVERAL:
            assert len(drivers) != 1 or (formula.startswith("y ~ 0") and Cause.CARRIED in drivers)
        elif found.cause is Cause.TOGETHER:
            assert drivers == [Cause.CARRIED]
            assert sum(found.joint.values()) == pytest.approx(
                found.difference, abs=1e-9 * found.standard_error
            )
        else:
            assert found.in_standard_errors < 1e-6 or found.cause is Cause.BOUNDARY


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), between=st.sampled_from([0.05, 0.5, 2.0]))
def test_with_one_predictor_the_split_is_the_textbooks(seed: int, between: float) -> None:
    """Compute within and between slopes and their weights from the rows, by their formulas."""
    frame = drawn(seed, between)
    comparison = compare(frame, "y ~ x + (1 | g)")
    split = only_slope_split(comparison.dial, comparison.mixed.variance_ratio)
    assert split is not None
    assert split.carried == {}
    groups = frame.groupby("g")
    inside = frame[["x", "y"]] - groups[["x", "y"]].transform("mean")
    spread_within = (inside.x**2).sum()
    assert_allclose(split.within, (inside.x * inside.y).sum() / spread_within, rtol=1e-8)
    means, counts = groups[["x", "y"]].mean(), groups.size()
    for ratio, share, slope in (
        (0.0, split.lambda_ols, split.between_ols),
        (comparison.mixed.variance_ratio, split.lambda_mixed, split.between_mixed),
    ):
        weights = counts / (1 + counts * ratio)
        x = means.x - np.average(means.x, weights=weights)
        spread_between = (weights * x**2).sum()
        assert_allclose(share, spread_within / (spread_within + spread_between), rtol=1e-9)
        assert_allclose(slope, (weights * x * means.y).sum() / spread_between, rtol=1e-7)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_slopes_of_the_split_combine_to_the_coefficient_with_the_others_held(
    seed: int,
) -> None:
    """Regress by brute force, on rows weighted as in the model."""
    frame = drawn(seed, 1.0)
    comparison = compare(frame, "y ~ x + k + z + (1 | g)")
    ratio = comparison.mixed.variance_ratio
    counts = frame.groupby("g").size().to_numpy()
    half = [np.linalg.cholesky(np.linalg.inv(np.eye(n) + ratio)).T for n in counts]
    white = np.zeros((len(frame), len(frame)))
    ends = np.cumsum(counts)
    for root, end in zip(half, ends, strict=True):
        white[end - len(root) : end, end - len(root) : end] = root
    held = comparison.ols.estimates[2:]
    rest = frame.y - frame[["k", "z"]] @ held
    design = white @ np.column_stack([np.ones(len(frame)), frame.x])
    expected = np.linalg.lstsq(design, white @ rest, rcond=None)[0][1]
    split = second(slope_splits(comparison.dial, ratio))
    assert split.within is not None and split.between_mixed is not None
    weight = split.lambda_mixed
    combined = weight * split.within + (1 - weight) * split.between_mixed
    assert combined == pytest.approx(expected, rel=1e-8, abs=1e-8)
    moved = split.mix_shift + split.reweighting
    assert comparison.ols.estimates[1] + moved == pytest.approx(expected, rel=1e-8, abs=1e-8)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), far=st.sampled_from([0.0, 1e3]))
def test_a_model_that_holds_the_constant_has_the_causes_of_that_with_an_intercept(
    seed: int, far: float
) -> None:
    frame = drawn(seed, 1.0).assign(x=lambda f: f.x + far)
    found = movement(compare(frame, "y ~ 0 + f + x + (1 | g)"), "x")
    plain = movement(compare(frame, "y ~ f + x + (1 | g)"), "x")
    unit = 1e-8 * (plain.standard_error + max(abs(part) for part in plain.parts.values()))
    for cause, part in plain.parts.items():
        assert found.parts[cause] == pytest.approx(part, abs=unit)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), between=st.sampled_from([0.0, 0.05, 1.0, 50.0]))
@pytest.mark.parametrize("formula", [*FORMULAS, "y ~ x + (0 + x | g)", "y ~ x * k + (1 + x | g)"])
def test_there_are_words_for_every_movement(formula: str, seed: int, between: float) -> None:
    comparison = compare(drawn(seed, between), formula)
    for both in (comparison, replace(comparison, mixed=comparison.ml)):
        said = [reason(both, found) for found in movements(both)] + list(paragraphs(both))
        assert all(said)
        assert not any(re.search(r"nan|inf\b|None", text) for text in said)
        for found, text in zip(movements(both), said, strict=False):
            if found.halfway is None:
                assert "random intercept alone" not in text


def test_large_clusters_that_sit_low_move_the_intercept_beside_random_slopes_too() -> None:
    rng = np.random.default_rng(0)
    sizes = rng.integers(3, 40, 12)
    g = np.repeat(np.arange(12), sizes)
    level = -1.5 * (sizes - sizes.mean()) / sizes.std() + 0.3 * rng.normal(size=12)
    x = rng.normal(size=len(g))
    y = x * (1 + 0.3 * rng.normal(size=12))[g] + level[g] + rng.normal(size=len(g))
    comparison = compare(pd.DataFrame({"y": y, "x": x, "g": g}), "y ~ x + (1 + x | g)")
    assert movement(comparison, 0).cause is Cause.WEIGHTS
    assert one_sentence(comparison).startswith("The intercept rises")


def test_the_ledger_of_slopes_is_the_difference_of_the_estimates_however_small_the_residuals() -> (
    None
):
    for small in (1e-2, 1e-4, 1e-5):
        frame = drawn(1, 1.0)
        rng = np.random.default_rng(1)
        own = rng.normal(size=(2, 10))[:, frame.g]
        frame["y"] = own[0] + own[1] * frame.x + small * rng.normal(size=len(frame))
        comparison = compare(frame, "y ~ x + (1 + x | g)")
        moved = comparison.mixed.estimates - comparison.ols.estimates
        errors = comparison.ols.standard_errors
        assert_allclose(ledger(comparison).difference / errors, moved / errors, atol=1e-9)


def sandbox(**wishes: object) -> Comparison:
    frame = simulate(Scenario(**wishes)).frame  # type: ignore[arg-type]
    return compare(frame, "y ~ condition + (1 | cluster)")


# --- a data set for every cause -------------------------------------------------------------------


@pytest.mark.parametrize("name", RANDOM_INTERCEPT)
def test_every_reference_has_a_movement_for_every_coefficient(name: str) -> None:
    comparison = compared(name)
    found = movements(comparison)
    assert tuple(one.term for one in found) == comparison.mixed.names
    singular = comparison.mixed.singular
    assert all((one.cause is Cause.BOUNDARY) == singular for one in found)


def test_boundary_a_singular_fit_with_or_without_slopes() -> None:
    assert movement(compared("dyestuff2_singular"), 0).cause is Cause.BOUNDARY
    rng = np.random.default_rng(2)
    noise = rng.normal(size=(8, 6))
    noise -= noise.mean(axis=1, keepdims=True)  # all cluster means are the same
    x = np.tile(np.arange(6.0), 8)
    noise -= np.outer(noise @ (x[:6] - 2.5) / 17.5, x[:6] - 2.5)  # and so are all slopes
    frame = pd.DataFrame({"y": noise.ravel(), "x": x, "g": np.repeat(np.arange(8), 6)})
    comparison = compare(frame, "y ~ x + (1 + x | g)")
    assert not comparison.mixed.theta.any()
    assert {one.cause for one in movements(comparison)} == {Cause.BOUNDARY}


@pytest.mark.parametrize("name", ["sleepstudy", "dyestuff", "orthodont_interaction", "machines"])
def test_unmoved_in_balanced_designs(name: str) -> None:
    assert {one.cause for one in movements(compared(name))} == {Cause.UNMOVED}


def test_weights_move_an_intercept_where_large_clusters_sit_low() -> None:
    found = movement(sandbox(size_intercept_correlation=-0.8), "(Intercept)")
    assert found.cause is Cause.WEIGHTS
    assert found.weights == pytest.approx(found.difference, rel=0.05)


def test_weights_move_what_varies_between_clusters_alone() -> None:
    found = movement(sandbox(share_spread=1.0), "conditiontreated")
    assert found.cause is Cause.WEIGHTS
    assert found.weights == pytest.approx(found.difference, rel=1e-9)
    assert found.split is not None and found.split.within is None


def test_the_within_share_moves_a_confounded_slope() -> None:
    # Cross Validated 161703: lm 1.1849, lmer 0.6376; within 0.409 weighing 0.3335 and 0.804.
    found = movement(puzzle("puzzle_161703"), "X")
    assert found.cause is Cause.WITHIN_SHARE
    assert found.split is not None and found.split.within is not None
    assert found.split.within == pytest.approx(0.409, abs=5e-4)
    assert found.split.lambda_ols == pytest.approx(0.3335, abs=5e-5)
    assert found.split.lambda_mixed == pytest.approx(0.804, abs=5e-4)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), between=st.sampled_from([0.5, 2.0]))
@pytest.mark.parametrize("formula", ["y ~ x * f + z + (1 | g)", "y ~ 0 + f + x + (1 + x | g)"])
def test_no_two_coefficients_are_each_said_to_follow_the_other(
    formula: str, seed: int, between: float
) -> None:
    moved = {one.term: one for one in movements(compare(drawn(seed, between), formula))}
    for one in moved.values():
        if one.cause is Cause.CARRIED:
            seen, place = {one.term}, one.leader
            while place and moved[place].cause is Cause.CARRIED:
                assert place not in seen
                seen.add(place)
                place = moved[place].leader


@pytest.mark.parametrize("seed", range(5))
def test_what_moves_slopes_together_is_what_moves_them_where_they_are_one_system(seed: int) -> None:
    """Solve for all slopes at once, with the scores split by what makes them."""
    frame = drawn(seed, 1.0)
    comparison = compare(frame, "y ~ x * k + z + (1 | g)")
    ratio = comparison.mixed.variance_ratio
    within, weights = joint_parts(comparison.dial, ratio)
    design = frame.assign(xk=frame.x * frame.k)[["x", "k", "z", "xk"]]
    residual = frame.y - comparison.ols.estimates[0] - design @ comparison.ols.estimates[1:]
    means = design.groupby(frame.g).mean()
    counts, level = frame.groupby("g").size(), residual.groupby(frame.g).mean()
    inside = design - design.groupby(frame.g).transform("mean")
    omega = counts / (1 + counts * ratio)
    about, about_ols = ((means - np.average(means, 0, w)) for w in (omega, counts))
    gram = inside.T @ inside + (about.T * omega) @ about
    # At the OLS line the between part of each score is minus the within part; the split scales it
    # down as a whole first, and then makes the clusters' weights equal.
    own, score = inside.T @ residual, inside.T @ residual + (about.T * omega) @ level
    scale = (omega @ about**2) / (counts @ about_ols**2)
    by_share = own + scale * ((about_ols.T * counts) @ level)
    assert_allclose(within[1:], np.linalg.solve(gram, by_share), rtol=1e-6, atol=1e-9)
    assert_allclose(weights[1:], np.linalg.solve(gram, score - by_share), rtol=1e-6, atol=1e-9)


def test_an_intercept_is_carried_by_its_slopes_where_zero_is_far() -> None:
    found = movement(puzzle("mpg"), "(Intercept)")
    assert found.cause is Cause.CARRIED
    assert abs(sum(found.carried.values())) > abs(found.weights)


def test_a_cluster_level_term_is_carried_where_sizes_are_equal() -> None:
    """Its own part would need unequal weights, so it can only follow x."""
    rng = np.random.default_rng(5)
    g = np.repeat(np.arange(12), 5)
    z = rng.normal(size=12)
    level = z + rng.normal(size=12)
    x = level[g] + rng.normal(size=60)
    y = x + 2 * rng.normal(size=12)[g] + level[g] + rng.normal(size=60)
    comparison = compare(pd.DataFrame({"y": y, "x": x, "z": z[g], "g": g}), "y ~ x + z + (1 | g)")
    found = movement(comparison, "z")
    assert found.cause is Cause.CARRIED
    assert found.carried["x"] == pytest.approx(found.difference, rel=1e-9)


def test_a_predictor_that_has_nothing_to_do_with_a_slope_is_no_cause_of_its_movement() -> None:
    """It varies only inside clusters, uncorrelated with k, so the split of k stays as it is."""
    for seed in range(20):
        frame = drawn(seed, 1.0)
        rng = np.random.default_rng(seed)
        w = rng.normal(size=len(frame))
        inside = frame.k - frame.groupby("g").k.transform("mean")
        w -= pd.Series(w).groupby(frame.g).transform("mean").to_numpy()
        w -= inside * (inside @ w) / (inside @ inside)
        beside = compare(frame.assign(w=w), "y ~ k + w + (1 | g)")
        ratio = beside.mixed.variance_ratio
        alone = second(slope_splits(compare(frame, "y ~ k + (1 | g)").dial, ratio))
        found = second(slope_splits(beside.dial, ratio))
        assert found.carried["w"] == pytest.approx(0.0, abs=1e-12)
        assert found.mix_shift == pytest.approx(alone.mix_shift, abs=1e-10)
        assert found.reweighting == pytest.approx(alone.reweighting, abs=1e-10)


def test_own_lines_move_what_a_random_intercept_leaves() -> None:
    comparison = compare(read(FOLDER / "three_stories.csv"), "y ~ x + (1 + x | z)")
    found = movement(comparison, "x")
    # three_stories.R: lm −0.330, (1 | z) 0.940, (1 + x | z) −0.786.
    assert found.before == pytest.approx(-0.330, abs=5e-4)
    assert found.after == pytest.approx(-0.786, abs=5e-4)
    assert found.after - found.own_lines == pytest.approx(0.940, abs=5e-4)
    assert found.cause is Cause.OWN_LINES


def test_slopes_that_do_not_vary_leave_the_cause_to_the_intercepts() -> None:
    rng = np.random.default_rng(1)
    sizes = rng.integers(3, 40, 12)
    g = np.repeat(np.arange(12), sizes)
    x = rng.normal(size=len(g))
    for k in range(12):  # residuals are orthogonal to x, so no cluster's own slope differs
        x[g == k] -= x[g == k].mean()
    noise = rng.normal(size=len(g))
    for k in range(12):
        rows = g == k
        noise[rows] -= x[rows] * (x[rows] @ noise[rows]) / (x[rows] @ x[rows])
    y = x + 3 * rng.normal(size=12)[g] + noise
    comparison = compare(pd.DataFrame({"y": y, "x": x, "g": g}), "y ~ x + (1 + x || g)")
    assert comparison.mixed.theta[1] == 0.0
    found = movement(comparison, "(Intercept)")
    assert found.own_lines == pytest.approx(0.0, abs=1e-6 * found.standard_error)
    assert found.cause is Cause.WEIGHTS


def test_several_where_no_part_is_most_of_it() -> None:
    found = {
        one.cause
        for seed in range(40)
        for one in movements(compare(drawn(seed, 0.5), "y ~ x + k + z + (1 | g)"))
    }
    assert Cause.SEVERAL in found


@pytest.mark.parametrize("name", [*PUZZLES])
def test_before_and_after_are_those_of_the_fits(name: str) -> None:
    comparison = puzzle(name)
    for k, found in enumerate(movements(comparison)):
        assert found == movement(comparison, found.term)
        assert found.before == comparison.ols.estimates[k]
        assert found.after == comparison.mixed.estimates[k]


def test_an_unknown_coefficient_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match=r"no coefficient 'nothing'; there are \(Intercept\)"):
        movement(compared("sleepstudy"), "nothing")
