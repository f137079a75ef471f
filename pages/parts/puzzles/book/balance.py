"""Puzzles in which the estimates agree: by a balanced plan, or for want of variance."""

from __future__ import annotations

import math

from engine import Comparison
from engine.models.balanced import balanced_fit
from engine.words.numbers import number, with_decimals
from pages.parts.puzzles.book.says import where_is_mixed
from pages.parts.puzzles.change import Change
from pages.parts.puzzles.puzzle import Choices, Goal, Posted, Puzzle


def why_even(comparison: Comparison) -> str:
    first, second = (
        with_decimals(float(fit.standard_errors[1]), 3)
        for fit in (comparison.ols, comparison.mixed)
    )
    size = int(comparison.moments.counts[0])
    return (
        f"x is the same for all rows of a cluster, and every cluster has {size} rows. To count "
        "rows or to count clusters is then the same, so no variance between clusters can move an "
        f"estimate: ρ̂ = τ̂²/σ̂² is {number(comparison.mixed.variance_ratio)} here, and nothing "
        f"moves. The standard error of x does: {first} in OLS, {second} in the mixed model."
    )


EVEN = Puzzle(
    id="33995-even",
    title="Even clusters",
    example="puzzle_33995_even",
    asked_in="Cross Validated 33995, “Shouldn't the beta estimates always be the same using lm and "
    "lmer?”",
    asked="Must both models not always give the same coefficients, and only other standard "
    "errors? An answer to this question made up two tables. This is the first: the numbers 1 "
    "to 20 in ten clusters m of two, five clusters in each of two conditions x.",
    question=where_is_mixed("x", 1),
    term="x",
    posted=(
        Posted("(Intercept)", "5.5", "5.500"),
        Posted("x", "10.0", "10.000"),
    ),
    why=why_even,
    keep="Clusters of one size, each in one condition: the estimates agree whatever the "
    "variance between clusters is. The standard errors do not.",
    goal=Goal("They agree. Make the slopes differ.", equal=False),
    tools=("moved", "out", "half"),
    solution=Change(half=("1",)),
    lesson="rows-or-clusters",
)


def why_split_plot(comparison: Comparison) -> str:
    errors = {
        term: [
            with_decimals(float(fit.standard_errors[comparison.mixed.names.index(term)]), 4)
            for fit in (comparison.ols, comparison.mixed)
        ]
        for term in ("aa2", "bb2")
    }
    return (
        "The plan is balanced, so both models weigh all rows alike and every coefficient agrees. "
        "Levels of a are compared between subjects, who differ: the standard error grows from "
        f"{errors['aa2'][0]} to {errors['aa2'][1]}. Levels of b are compared inside each subject, "
        f"and there the differences between subjects cancel: it shrinks from {errors['bb2'][0]} to "
        f"{errors['bb2'][1]}."
    )


SPLIT_PLOT = Puzzle(
    id="split-plot",
    title="Split plot",
    example="puzzle_split_plot",
    asked_in="UCLA's statistical consulting group, its page on xtreg, re and fe",
    asked="Eight subjects s, four at each level of a; every subject is measured at all four "
    "levels of b. All five coefficients agree, as they must in a balanced plan.",
    question=lambda _: "And the standard errors, from OLS to the mixed model?",
    term="aa2",
    posted=(
        Posted("aa2", "−0.6250", "−0.6250"),
        Posted("bb2", "0.7500", "0.7500"),
        Posted("aa2", "0.4187", "0.4419", "error"),
        Posted("bb2", "0.5922", "0.5825", "error"),
    ),
    why=why_split_plot,
    keep="The mixed model does not make all standard errors larger: it makes those larger that "
    "rest on comparisons between clusters, and smaller those inside.",
    goal=Goal(
        "Make the standard errors of a agree as well: let the subjects differ less.", "error"
    ),
    tools=("moved", "out"),
    # The subject with the highest mean comes down to the others.
    solution=Change(moved={"2": 5.0}),
    lesson="standard-errors",
    choices=Choices(
        {
            "same": "They stay the same, as the coefficients do.",
            "larger": "All grow: rows of one subject are not independent.",
            "both": "Some grow and some shrink.",
        },
        "both",
        {
            "same": lambda _: (
                "Balance protects the estimates. The standard errors also depend "
                "on which variance is behind a comparison."
            ),
            "larger": lambda _: (
                "Those of a do. But levels of b are compared inside each "
                "subject, where the subjects' differences cancel."
            ),
            "both": lambda _: "Just so.",
        },
    ),
)


def means_of(comparison: Comparison) -> tuple[str, str]:
    means = comparison.moments.outcome_means
    return with_decimals(float(means.min()), 1), with_decimals(float(means.max()), 1)


def why_zero(comparison: Comparison) -> str:
    low, high = means_of(comparison)
    known = balanced_fit(comparison.moments)
    assert known is not None
    spread, noise = (
        with_decimals(math.sqrt(square / known.size), 2)
        for square in (known.between_square, known.within_square)
    )
    return (
        f"The subjects' means go from {low} to {high}, but means of {known.size} noisy rows never "
        f"coincide. Here they spread less (their standard deviation is {spread}) than the noise "
        f"inside subjects makes such means spread anyway ({noise}). A variance cannot be "
        "negative, so its best estimate is the end of the scale, 0, and the mixed model is OLS."
    )


def zero_question(comparison: Comparison) -> str:
    low, high = means_of(comparison)
    return (
        f"The means of the ten subjects go from {low} to {high}. What does the mixed model say of "
        "the variance between subjects, τ̂²?"
    )


ZERO_VARIANCE = Puzzle(
    id="zero-variance",
    title="A variance of zero",
    example="puzzle_zero_variance",
    asked_in="r-sig-mixed-models, a discussion of random effects with a variance of zero",
    asked="Fifty numbers, five for each of ten subjects, and nothing but an intercept to "
    "estimate. The subjects' means plainly differ.",
    question=zero_question,
    term="(Intercept)",
    posted=(
        Posted("(Intercept)", "4.8750", "4.8750"),
        Posted("(Intercept)", "0.1478", "0.1478", "error"),
    ),
    why=why_zero,
    keep="A variance of zero is an estimate, not a bug: the means spread no more than noise "
    "alone would have it.",
    goal=Goal(
        "They agree. Move the subjects apart until the standard errors differ.",
        "error",
        equal=False,
    ),
    tools=("moved", "apart"),
    solution=Change(moved={"1": 7.0}),
    lesson="search",
    choices=Choices(
        {
            "means": "About the variance of these ten means.",
            "less": "Less than that, but above 0.",
            "zero": "Exactly 0.",
        },
        "zero",
        {
            "means": lambda _: (
                "Means of a few noisy rows spread even if the subjects do not "
                "differ at all. That part is taken off."
            ),
            "less": lambda _: (
                "The part that is noise is taken off, as you say. Here that is "
                "more than all there is."
            ),
            "zero": lambda _: "Just so.",
        },
    ),
)
