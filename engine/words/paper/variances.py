"""What a paper says of what varies among clusters."""

from __future__ import annotations

from engine.account.design_effect import design_effect, error_rate
from engine.account.headline import SIGNIFICANT
from engine.account.reporting import NORMAL, Answered, own_slope_sd, reported
from engine.comparison import Comparison
from engine.words.numbers import as_printed, number, pair_of_sizes, plural, share
from engine.words.paper.passage import (
    Passage,
    finest_of,
    holds_where,
    named,
    of_clusters,
    test_text,
)
from engine.words.verdict import boundary_text


def slopes(comparison: Comparison, place: int) -> Passage | None:
    """Report a coefficient that varies among clusters; see `Situation`."""
    found, sd = reported(comparison, place), own_slope_sd(comparison, place)
    if found is None or sd is None or found.answered is not Answered.OWN_SLOPES:
        return None
    finest = finest_of(found.mixed)
    spread = number(sd, min(finest, sd) if sd else finest)
    reach = NORMAL * sd
    low, high = (number(found.mixed.estimate + side * reach, finest) for side in (-1.0, 1.0))
    varies = (
        f"It varies among {of_clusters(comparison)} with an estimated standard deviation of "
        f"{spread}; if it is normally distributed, 95% of clusters have one from {low} to {high}."
        if sd
        else f"Its variance among {of_clusters(comparison)} was estimated as 0."
    )
    seen = found.mixed.p < SIGNIFICANT
    if not sd:
        instead = "A variance estimated as 0 does not prove that there is none."
    elif as_printed(low) < 0.0 < as_printed(high):
        instead = f"By this model clusters run from {low} to {high}, on both sides of 0."
    else:
        instead = (
            "The average says nothing of any one cluster; by this model clusters run from "
            f"{low} to {high}."
        )
    return Passage(
        methods="",
        results=f"On average over clusters, {named(comparison, place)} was "
        f"{test_text(found.mixed, finest)}. {varies}{holds_where(comparison, place)}",
        why="The confidence interval is about the average of the clusters, the standard deviation "
        "about the clusters.",
        wrong=f"{'The' if seen else 'No'} effect was found in {'every' if seen else 'any'} cluster."
        if sd
        else "All clusters have the same slope.",
        instead=instead,
    )


def singular(comparison: Comparison, _: int) -> Passage | None:
    """Report a fit on the boundary; see `Situation`."""
    text = boundary_text(comparison)
    if not text:
        return None
    group = comparison.design.cluster_name
    if comparison.mixed.random_intercept_only:
        results = (
            f"The variance between the clusters of {group} was estimated as 0 (a singular fit), so "
            "that the coefficients of the mixed model and their standard errors are those of OLS."
        )
        wrong = f"There are no differences between the clusters of {group}."
    else:
        results = (
            f"The estimated covariance matrix of the random effects of {group} is singular: it "
            "lies on the boundary of what is possible."
        )
        wrong = "The model did not converge."
    return Passage(
        methods="",
        results=results,
        why=text,
        wrong=wrong,
        instead="A variance on the boundary is an estimate like any other: it is neither a proof "
        "of 0 nor a failed fit.",
    )


def icc(comparison: Comparison, _: int) -> Passage | None:
    """Report the intraclass correlation; see `Situation`."""
    mixed, moments = comparison.mixed, comparison.moments
    if not mixed.random_intercept_only or mixed.singular:
        return None
    effect = design_effect(moments.counts, mixed.variance_ratio)
    variances = pair_of_sizes(mixed.between_variance, mixed.residual_variance)
    given = ", given the predictors" if len(mixed.names) > 1 else ""
    worth = plural(round(effect.rows_of_weighted_mean), "independent row")
    return Passage(
        methods="",
        results=f"The variance between clusters was {variances[0]} and the residual variance "
        f"{variances[1]}, an intraclass correlation of {number(effect.icc)}{given}. For a mean, "
        f"the design effect is {number(effect.of_weighted_mean)}: {plural(moments.rows, 'row')} in "
        f"{plural(len(moments.levels), 'cluster')} are worth about {worth}.",
        why="Where sizes are equal, the design effect of a mean is 1 + (rows per cluster − 1) · "
        "ICC; that of a slope depends on its predictor.",
        wrong="The ICC was low, so we ignored the clusters.",
        instead=f"At an ICC of {number(effect.icc)} and these sizes, OLS's test at 5% of what is "
        f"constant within clusters errs in {share(error_rate(effect.of_row_mean))} of samples in "
        "which it has no effect.",
    )
