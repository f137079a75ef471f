"""Challenges on where intercepts and slopes end up."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine.account.ledger import ledger
from engine.account.targets import averages
from engine.account.weights import weight_shares
from engine.account.within_between import SlopeSplit, slope_splits
from engine.challenges.challenge import Challenge, Condition, Played
from engine.simulation import Scenario
from engine.words.numbers import number, pair_of_sizes, share, subtracting, with_decimals

TREATED = "conditiontreated"


def two(value: float) -> str:
    """Write a number with two decimals."""
    return with_decimals(value, 2)


def three(value: float) -> str:
    """Write a number with three decimals."""
    return with_decimals(value, 3)


def apart(played: Played, place: int) -> float:
    """Return how far the models are apart in the intercept (0) or the slope (1)."""
    both = played.comparison
    return abs(float(both.mixed.estimates[place] - both.ols.estimates[place]))


def estimator_slope(played: Played, name: str) -> float:
    """Return the slope of the within or between estimator; NaN where these rows have none."""
    fit = played.comparison.fits.get(name)
    if fit is None or TREATED not in fit.names:
        return math.nan
    return float(fit.estimates[fit.names.index(TREATED)])


def split(played: Played) -> SlopeSplit:
    """Return what the slope is made of: comparisons inside clusters and between them."""
    both = played.comparison
    found = slope_splits(both.dial, both.mixed.variance_ratio)[1]
    assert found is not None
    return found


def estimates_in_words(played: Played, place: int) -> str:
    """Write an estimate by both models: "−0.644 by OLS and −0.087 by the mixed model"."""
    both = played.comparison
    ols, mixed = float(both.ols.estimates[place]), float(both.mixed.estimates[place])
    return f"{three(ols)} by OLS and {three(mixed)} by the mixed model"


def inside_in_words(played: Played) -> str:
    """Say how much of the weight comparisons inside clusters have in each model's slope."""
    of = split(played)
    return (
        f"Comparisons inside clusters have {share(of.lambda_ols)} of the weight in OLS's slope "
        f"and {share(of.lambda_mixed)} in the mixed model's."
    )


# --- same coefficients ----------------------------------------------------------------------------


def _same_coefficients(played: Played) -> Sequence[Condition]:
    return (
        Condition("The intercepts differ by", apart(played, 0), 4, most=0.0),
        Condition("The slopes differ by", apart(played, 1), 4, most=0.0),
        Condition(
            "The between-cluster variance τ² is estimated as",
            played.comparison.mixed.between_variance,
            2,
            least=0.1,
        ),
    )


def _shows_same_coefficients(played: Played) -> str:
    both = played.comparison
    errors = pair_of_sizes(float(both.ols.standard_errors[0]), float(both.mixed.standard_errors[0]))
    return (
        f"Both intercepts are {three(float(both.mixed.estimates[0]))} and both slopes "
        f"{three(float(both.mixed.estimates[1]))}; the intercept's standard error is {errors[0]} "
        f"in OLS and {errors[1]} in the mixed model. Where all clusters have as many rows and the "
        "same share of treated ones, both models weigh them alike, whatever the variances; how "
        "sure they are is another matter."
    )


SAME_COEFFICIENTS = Challenge(
    "same-coefficients",
    "Same coefficients",
    "Make both models give the same intercept and the same slope, to four decimals, while the "
    "clusters still differ.",
    Scenario(size_spread=1.2, size_intercept_correlation=-0.7, share_spread=0.4, seed=6),
    _same_coefficients,
    "OLS counts rows and the mixed model counts clusters. When is that the same? There are two "
    "ways in which clusters can weigh differently.",
    _shows_same_coefficients,
    "rows-or-clusters",
    (("size_spread", 0.0), ("share_spread", 0.0)),
    ("share_spread", "size_spread", "size_intercept_correlation"),
)


# --- opposite signs -------------------------------------------------------------------------------


def _opposite_signs(played: Played) -> Sequence[Condition]:
    both = played.comparison
    return (
        Condition("OLS's slope is", float(both.ols.estimates[1]), 2, least=0.1),
        Condition("The mixed model's slope is", float(both.mixed.estimates[1]), 2, most=-0.1),
    )


def _shows_opposite_signs(played: Played) -> str:
    return (
        f"The true effect is {two(played.simulated.truth.effect)}; it is estimated as "
        f"{estimates_in_words(played, 1)}. {inside_in_words(played)} Comparisons "
        "between clusters take it for an effect that clusters with more treated rows sit high."
    )


OPPOSITE_SIGNS = Challenge(
    "opposite-signs",
    "Opposite signs",
    "Make OLS say that the treatment raises y, by at least 0.10, and the mixed model that it "
    "lowers y, by at least 0.10.",
    Scenario(share_spread=0.2, seed=8),
    _opposite_signs,
    "The treatment lowers y. Let the clusters in which more rows are treated sit high, and let "
    "clusters differ more in that share.",
    _shows_opposite_signs,
    "within-and-between",
    (("share_spread", 0.6), ("share_intercept_correlation", 0.8)),
    ("between_variance", "share_spread", "share_intercept_correlation"),
)


# --- two averages ---------------------------------------------------------------------------------


def _two_averages(played: Played) -> Sequence[Condition]:
    found, counts = averages(played.comparison.moments), played.comparison.moments.counts
    return (
        Condition("The averages differ by", abs(found.of_rows - found.of_clusters), 3, most=0.01),
        Condition(
            "The spread of the sizes (standard deviation over mean) is",
            float(counts.std() / counts.mean()),
            2,
            least=1.0,
        ),
    )


def _shows_two_averages(played: Played) -> str:
    found, counts = averages(played.comparison.moments), played.comparison.moments.counts
    return (
        f"The clusters' own intercepts average {three(found.of_rows)} if each row counts once and "
        f"{three(found.of_clusters)} if each cluster does, with sizes from {counts.min():,} to "
        f"{counts.max():,} rows. The two differ only as far as a cluster's size goes with its "
        "level, not because sizes differ."
    )


TWO_AVERAGES = Challenge(
    "two-averages",
    "Two averages that agree",
    "Bring the average over rows and the average over clusters within 0.010 of each other, "
    "although the sizes differ as much as before.",
    Scenario(size_spread=1.2, size_intercept_correlation=-0.7, seed=6),
    _two_averages,
    "Each ring is a cluster, as large as its rows are many. Which one pulls the average over rows "
    "down most? Take it by the hand; arrow keys move it finely.",
    _shows_two_averages,
    "whose-average",
    ((11, 0.55),),
    ("size_intercept_correlation",),
    rings=True,
)


# --- one cluster ----------------------------------------------------------------------------------


def _largest_part(played: Played) -> tuple[int, float]:
    """Return the place of the cluster that moves the intercept most, and by how much."""
    parts = ledger(played.comparison).contributions[:, 0]
    place = int(np.abs(parts).argmax())
    return place, float(parts[place])


def _one_cluster(played: Played) -> Sequence[Condition]:
    place, part = _largest_part(played)
    level = played.comparison.moments.levels[place]
    error = float(played.comparison.mixed.standard_errors[0])
    return (
        Condition(
            f"Cluster {level} moves the intercept most, by",
            abs(part) / error,
            2,
            least=0.5,
            unit=" standard errors",
        ),
    )


def _shows_one_cluster(played: Played) -> str:
    place, part = _largest_part(played)
    found = ledger(played.comparison)
    _, after = weight_shares(played.comparison)
    above = "above" if found.distance[place] > 0 else "below"
    return (
        f"Cluster {found.levels[place]} alone moves the intercept by {three(part)}; all together "
        f"move it by {three(float(found.difference[0]))}. It has {share(found.weight_ols[place])} "
        f"of the weight in OLS, {share(after[place])} in the mixed model, and lies "
        f"{two(abs(float(found.distance[place])))} {above} OLS's line. A cluster pulls by the "
        "weight that it loses or gains, times its distance."
    )


ONE_CLUSTER = Challenge(
    "one-cluster",
    "One cluster alone",
    "Let a single cluster move the intercept, from OLS to the mixed model, by at least half of the "
    "mixed model's standard error.",
    Scenario(size_spread=0.4, clusters=12, seed=3),
    _one_cluster,
    "A pull is weight lost times distance. Which clusters lose weight when rows no longer count "
    "one by one? Not every one of them will do, since the standard error grows as well.",
    _shows_one_cluster,
    "tug-of-war",
    ((11, 3.0),),
    rings=True,
)


# --- same slopes ----------------------------------------------------------------------------------


def _same_slopes(played: Played) -> Sequence[Condition]:
    return (
        Condition("The intercepts differ by", apart(played, 0), 2, least=0.3),
        Condition("The slopes differ by", apart(played, 1), 3, most=0.01),
    )


def _shows_same_slopes(played: Played) -> str:
    return (
        f"The intercept is {estimates_in_words(played, 0)}, the slope "
        f"{estimates_in_words(played, 1)}. An intercept follows the weights of the clusters "
        "wherever these lie at different heights; a slope follows them only if clusters also "
        "differ in their share of treated rows."
    )


SAME_SLOPES = Challenge(
    "same-slopes",
    "Same slopes, other intercepts",
    "Bring the two intercepts at least 0.30 apart, while the slopes stay within 0.010.",
    Scenario(size_spread=0, share_spread=0.7, seed=2),
    _same_slopes,
    "Sizes that go with levels move an intercept. What has to be the same in every cluster for the "
    "slope to keep out of it?",
    _shows_same_slopes,
    "rows-or-clusters",
    (("size_spread", 1.2), ("size_intercept_correlation", -0.7), ("share_spread", 0.0)),
    ("share_spread", "size_spread", "size_intercept_correlation"),
)


# --- many rows, little weight ---------------------------------------------------------------------


def _largest(played: Played) -> tuple[int, float, float]:
    """Return the place of the largest cluster, and its share of the weight in both models."""
    before, after = weight_shares(played.comparison)
    place = int(before.argmax())
    return place, float(before[place]), float(after[place])


def _many_rows(played: Played) -> Sequence[Condition]:
    _, before, after = _largest(played)
    return (
        Condition("The largest cluster's share of the rows is", 100 * before, 0, 60.0, unit="%"),
        Condition(
            "Its share of the weight in the mixed model is", 100 * after, 0, most=15.0, unit="%"
        ),
    )


def _shows_many_rows(played: Played) -> str:
    place, before, after = _largest(played)
    moments = played.comparison.moments
    rows, clusters = int(moments.counts[place]), len(moments.levels)
    times = rows * played.comparison.mixed.variance_ratio
    return (
        f"Cluster {moments.levels[place]} holds {share(before)} of the rows and {share(after)} of "
        f"the weight; one vote among {clusters} would be {share(1 / clusters)}. Its {rows:,} rows "
        f"times the variance ratio, nρ, are {number(times)}: the further that is above 1, the less "
        "another row adds."
    )


MANY_ROWS = Challenge(
    "many-rows",
    "Most rows, little weight",
    "Give one cluster at least 60% of all rows, and yet at most 15% of the weight in the mixed "
    "model.",
    Scenario(
        clusters=10,
        rows_per_cluster=20,
        size_spread=0,
        share_spread=0,
        between_variance=0.05,
        seed=3,
    ),
    _many_rows,
    "With sizes spread out, one cluster has most rows. How much its rows count depends on the "
    "variance ratio ρ = τ²/σ²: what makes rows of one cluster tell the same thing again?",
    _shows_many_rows,
    "rows-or-clusters",
    (("size_spread", 2.0), ("between_variance", 1.0)),
    ("size_spread", "between_variance", "residual_variance"),
)


# --- opposite slopes ------------------------------------------------------------------------------


def _opposite_slopes(played: Played) -> Sequence[Condition]:
    return (
        Condition(
            "The slope through the cluster means is",
            estimator_slope(played, "between"),
            2,
            least=0.3,
        ),
        Condition("The slope inside clusters is", estimator_slope(played, "within"), 2, most=-0.3),
        Condition("The models' slopes differ by", apart(played, 1), 3, most=0.05),
    )


def _shows_opposite_slopes(played: Played) -> str:
    both = played.comparison
    ols, mixed, difference = subtracting(
        float(both.ols.estimates[1]), float(both.mixed.estimates[1]), (), 0.0
    )
    return (
        f"Through the cluster means the slope is {two(estimator_slope(played, 'between'))}, inside "
        f"clusters {two(estimator_slope(played, 'within'))}; yet OLS says {ols} and the mixed "
        f"model {mixed}, which differ by {difference}. {inside_in_words(played)} What has next to "
        "no weight in either model cannot part them."
    )


OPPOSITE_SLOPES = Challenge(
    "opposite-slopes",
    "Opposite slopes, one answer",
    "Keep the slope through the cluster means at 0.30 or more and the slope inside clusters at "
    "−0.30 or less, and yet bring the two models' slopes within 0.050 of each other.",
    Scenario(size_spread=0, share_spread=0.6, share_intercept_correlation=0.8, seed=8),
    _opposite_slopes,
    "You need not take the contradiction away. Comparisons between clusters count by how much "
    "clusters differ in their share of treated rows.",
    _shows_opposite_slopes,
    "within-and-between",
    (("share_spread", 0.1), ("share_intercept_correlation", 0.3)),
    ("share_spread", "share_intercept_correlation"),
)
