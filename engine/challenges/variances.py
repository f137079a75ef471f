"""Challenges on standard errors, tests and variances."""

from __future__ import annotations

from collections.abc import Sequence

from engine.challenges.challenge import Challenge, Condition, Played
from engine.challenges.estimates import inside_in_words, split, two
from engine.models.dial import shrinkage_factors
from engine.simulation import Scenario
from engine.words.numbers import four_digits, number, pair_of_sizes, share, with_decimals


def error_ratio(played: Played, place: int) -> float:
    """Return the mixed model's standard error over OLS's, of the intercept (0) or slope (1)."""
    both = played.comparison
    return float(both.mixed.standard_errors[place] / both.ols.standard_errors[place])


def slope_t(played: Played) -> tuple[float, float]:
    """Return the slope in its standard errors, by OLS and by the mixed model."""
    both = played.comparison
    ols, mixed = (
        float(fit.estimates[1] / fit.standard_errors[1]) for fit in (both.ols, both.mixed)
    )
    return ols, mixed


# --- errors both ways -----------------------------------------------------------------------------


def _errors_both_ways(played: Played) -> Sequence[Condition]:
    return (
        Condition(
            "The mixed model's standard error of the slope, over OLS's, is",
            error_ratio(played, 1),
            2,
            most=0.9,
        ),
        Condition("That of the intercept is", error_ratio(played, 0), 2, least=2.0),
    )


def _shows_errors_both_ways(played: Played) -> str:
    clusters = len(played.comparison.moments.levels)
    return (
        f"The slope's standard error is {two(error_ratio(played, 1))} times OLS's, the intercept's "
        f"{two(error_ratio(played, 0))} times. Comparisons inside clusters are free of what "
        "differs between clusters, so a slope made of them is surer than OLS knows; an intercept "
        f"is no surer than {clusters} clusters allow."
    )


ERRORS_BOTH_WAYS = Challenge(
    "errors-both-ways",
    "One error down, the other up",
    "Make the mixed model surer of the slope than OLS, with at most 0.90 of its standard error, "
    "and less sure of the intercept, with at least 2.00 times its standard error.",
    Scenario(size_spread=0, share_spread=1, seed=2),
    _errors_both_ways,
    "At the start each cluster holds one condition only. What if each holds both?",
    _shows_errors_both_ways,
    "standard-errors",
    (("share_spread", 0.4),),
    ("share_spread", "between_variance", "residual_variance"),
)


# --- less shrinkage -------------------------------------------------------------------------------


def _least_kept(played: Played) -> float:
    """Return the part of its distance that the most shrunken cluster keeps."""
    both = played.comparison
    kept = shrinkage_factors(both.moments.counts.astype(float), both.mixed.variance_ratio)
    return float(kept.min())


def _less_shrinkage(played: Played) -> Sequence[Condition]:
    kept = 100 * _least_kept(played)
    return (Condition("Every cluster is left, of its distance,", kept, 0, 80.0, unit="%"),)


def _shows_less_shrinkage(played: Played) -> str:
    mixed, truth = played.comparison.mixed, played.simulated.truth
    rows = int(played.comparison.moments.counts.min())
    return (
        f"The between-cluster variance is now estimated as {four_digits(mixed.between_variance)} "
        f"(the truth: {two(truth.between_variance)}), so that a cluster of {rows} rows keeps "
        f"{share(_least_kept(played))} of its distance. One variance serves all clusters: one that "
        "lies far out lets all others be shrunk less."
    )


LESS_SHRINKAGE = Challenge(
    "less-shrinkage",
    "Less shrinkage for all",
    "Make the mixed model leave every cluster at least 80% of its own distance from the average, "
    "by moving as few clusters as you can.",
    Scenario(
        clusters=12,
        rows_per_cluster=10,
        size_spread=0,
        share_spread=0,
        between_variance=0.2,
        residual_variance=2,
        seed=3,
    ),
    _less_shrinkage,
    "The part kept depends on the rows of a cluster, and on one variance that is estimated from "
    "all clusters.",
    _shows_less_shrinkage,
    "shrinkage",
    ((12, 3.0),),
    rings=True,
)


# --- found by one model alone ---------------------------------------------------------------------


def _only_ols(played: Played) -> Sequence[Condition]:
    ols, mixed = map(abs, slope_t(played))
    return (
        Condition("OLS's slope is away from 0 by", ols, 2, 2.0, unit=" standard errors"),
        Condition("The mixed model's, by", mixed, 2, most=1.99, unit=" standard errors"),
    )


def _shows_only_ols(played: Played) -> str:
    ols, mixed = slope_t(played)
    rows, clusters = played.comparison.moments.rows, len(played.comparison.moments.levels)
    found = (
        f"OLS's slope is {two(abs(ols))} standard errors from 0, the mixed model's "
        f"{two(abs(mixed))}."
    )
    if split(played).within is None:
        return (
            f"{found} No cluster holds both conditions, so that the effect is a difference between "
            f"clusters: OLS takes it for one between {rows:,} independent rows, and there are "
            f"{clusters} clusters."
        )
    return (
        f"{found} {inside_in_words(played)} What is compared between clusters is only as sure as "
        f"{clusters} clusters allow, however many rows they have."
    )


ONLY_OLS = Challenge(
    "only-ols",
    "A finding of OLS alone",
    "At the start both models put the slope more than two standard errors from 0. Let OLS go on "
    "doing so, and the mixed model not.",
    Scenario(size_spread=0, effect=-0.4, seed=2),
    _only_ols,
    "When does a treatment differ between clusters rather than inside them?",
    _shows_only_ols,
    "standard-errors",
    (("share_spread", 1.0),),
    ("share_spread", "between_variance", "effect"),
)


def _only_mixed(played: Played) -> Sequence[Condition]:
    ols, mixed = map(abs, slope_t(played))
    return (
        Condition(
            "The mixed model's slope is away from 0 by", mixed, 2, 2.0, unit=" standard errors"
        ),
        Condition("OLS's, by", ols, 2, most=1.99, unit=" standard errors"),
    )


def _shows_only_mixed(played: Played) -> str:
    both = played.comparison
    ols, mixed = slope_t(played)
    ols_variance, mixed_variance = pair_of_sizes(
        both.ols.residual_variance, both.mixed.residual_variance
    )
    return (
        f"OLS's slope is {two(abs(ols))} standard errors from 0, the mixed model's "
        f"{two(abs(mixed))}. What differs between clusters is noise to OLS, whose residual "
        f"variance is {ols_variance}; the mixed model takes it out, and is left with "
        f"{mixed_variance}."
    )


ONLY_MIXED = Challenge(
    "only-mixed",
    "A finding of the mixed model alone",
    "At the start both models put the slope more than two standard errors from 0. Let the mixed "
    "model go on doing so, and OLS not.",
    Scenario(
        size_spread=0,
        effect=-0.3,
        between_variance=0.2,
        rows_per_cluster=20,
        seed=2,
    ),
    _only_mixed,
    "Which noise hides the effect from OLS, and does not hide it from comparisons inside clusters?",
    _shows_only_mixed,
    "standard-errors",
    (("between_variance", 2.0),),
    ("share_spread", "between_variance", "residual_variance"),
)


# --- a variance of zero ---------------------------------------------------------------------------


def _zero_variance(played: Played) -> Sequence[Condition]:
    truth = with_decimals(played.simulated.truth.between_variance, 2)
    return (
        Condition(
            f"The between-cluster variance, in truth {truth}, is estimated as",
            played.comparison.mixed.between_variance,
            None,
            most=0.0,
        ),
    )


def _shows_zero_variance(played: Played) -> str:
    truth, moments = played.simulated.truth, played.comparison.moments
    chance = truth.residual_variance / (moments.rows / len(moments.levels))
    return (
        f"The variance among clusters is {two(truth.between_variance)} in truth, and estimated as "
        f"0. Residuals alone make the mean of a cluster vary by σ²/n, which is {number(chance)} "
        "here; where cluster means differ by no more than their residuals explain, REML "
        "(restricted maximum likelihood) stops at 0. That clusters are alike is not shown by it."
    )


ZERO_VARIANCE = Challenge(
    "zero-variance",
    "A variance of exactly 0",
    "Make the mixed model estimate the between-cluster variance as exactly 0, although it is not.",
    Scenario(
        clusters=12,
        rows_per_cluster=20,
        between_variance=0.1,
        size_spread=0,
        share_spread=0,
        seed=1,
    ),
    _zero_variance,
    "Cluster means also differ by chance, and the more so, the fewer rows a cluster has and the "
    "more its rows differ. Hide the variance in that.",
    _shows_zero_variance,
    "search",
    (("rows_per_cluster", 4), ("residual_variance", 2.0)),
    ("rows_per_cluster", "residual_variance", "clusters"),
)


# --- too sure -------------------------------------------------------------------------------------


def _too_sure(played: Played) -> Sequence[Condition]:
    return (
        Condition(
            "The mixed model's standard error of the intercept is",
            error_ratio(played, 0),
            1,
            least=10.0,
            unit=" times OLS's",
        ),
    )


def _shows_too_sure(played: Played) -> str:
    both = played.comparison
    rows, clusters = both.moments.rows, len(both.moments.levels)
    ols, mixed = pair_of_sizes(
        float(both.ols.standard_errors[0]), float(both.mixed.standard_errors[0])
    )
    return (
        f"OLS's standard error of the intercept is {ols}, the mixed model's {mixed}. OLS takes "
        f"{rows:,} rows for independent; of all variance {share(both.mixed.icc)} lies between "
        f"clusters, so that they tell little more than {clusters} clusters do."
    )


TOO_SURE = Challenge(
    "too-sure",
    "Too sure by ten",
    "Make OLS's standard error of the intercept too small by a factor of ten or more.",
    Scenario(size_spread=0, share_spread=0, seed=2),
    _too_sure,
    "More rows make OLS surer without end, and the mixed model not. By how much OLS overstates "
    "depends on how alike the rows of a cluster are; the intercept is about control rows, so their "
    "number counts.",
    _shows_too_sure,
    "standard-errors",
    (("rows_per_cluster", 200), ("residual_variance", 0.05), ("share", 0.2)),
    ("rows_per_cluster", "residual_variance", "share"),
)
