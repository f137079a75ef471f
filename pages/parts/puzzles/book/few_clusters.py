"""Puzzles in which a few clusters decide, or how few rows each has."""

from __future__ import annotations

from engine import Comparison
from engine.account.within_between import only_slope_split
from engine.models.mixed.intercept_fit import ratio_criterion
from engine.words.numbers import number, share, with_decimals
from pages.parts.puzzles.book.says import (
    AGREE,
    inside_and_between,
    mixed_says,
    ols_says,
    other,
    where_is_mixed,
)
from pages.parts.puzzles.change import Change
from pages.parts.puzzles.puzzle import Goal, Posted, Puzzle


def why_uneven(comparison: Comparison) -> str:
    without = UNEVEN.fitted(Change(out=("6",)))
    inside = other(comparison, "within", "x", 2)
    return (
        "The uneven sizes are blamed as a rule. But look at cluster 6: it alone holds rows of both "
        f"conditions, and inside it the slope is {inside}. The mixed model takes comparisons "
        "between clusters for unsure and listens to it. Without cluster 6 OLS says "
        f"{ols_says(without, 'x', 2)} and the mixed model {mixed_says(without, 'x', 2)}: that "
        "little is what the sizes do by themselves."
    )


UNEVEN = Puzzle(
    id="33995-uneven",
    title="Uneven clusters",
    example="puzzle_33995_uneven",
    asked_in="Cross Validated 33995, “Shouldn't the beta estimates always be the same using lm and "
    "lmer?”",
    asked="Must both models not always give the same coefficients? An answer made up two tables. "
    "In the second, the same numbers 1 to 20 stand in the same two conditions x, but the clusters "
    "m have one or three rows. The sizes, it was said, make the difference.",
    question=where_is_mixed("x", 1),
    term="x",
    posted=(Posted("(Intercept)", "5.5", "8.752"), Posted("x", "10.0", "2.699")),
    why=why_uneven,
    keep="Before you blame uneven sizes, look for the cluster that sees both conditions.",
    goal=Goal("Make both slopes agree, to one decimal."),
    tools=("out", "half", "moved"),
    solution=Change(out=("5", "6")),
    lesson="tug-of-war",
)


def why_161703(comparison: Comparison) -> str:
    split = only_slope_split(comparison.dial, comparison.mixed.variance_ratio)
    assert split is not None
    return (
        f"{inside_and_between(comparison, 'X', 3, 'Inside clusters')} The slope inside has "
        f"{share(split.lambda_ols)} of the weight in OLS and {share(split.lambda_mixed)} in the "
        "mixed model. That all clusters have three rows does not help: what counts is X."
    )


THREES = Puzzle(
    id="161703",
    title="Twenty clusters of three",
    example="puzzle_161703",
    asked_in="Cross Validated 161703, “linear regression vs linear mixed effect model "
    "coefficients”",
    asked="Both models, it is said, have the same coefficients, and only OLS's standard errors "
    "are too small. Yet here the coefficients are far apart, with one predictor X and twenty "
    "clusters ID of exactly three rows. How can that be?",
    question=where_is_mixed("X", 4),
    term="X",
    posted=(Posted("(Intercept)", "−1.1325", "1.6768"), Posted("X", "1.1849", "0.6376")),
    why=why_161703,
    keep="Equal sizes do not make slopes agree: a predictor that varies both inside clusters "
    "and between them has two slopes, and the models mix them differently.",
    goal=Goal(
        "Make the clusters rise as slowly as rows inside them: bring both slopes closer together "
        "than 0.05.",
        closer=0.05,
    ),
    tools=("moved", "out"),
    # A high one on the right comes down, two low ones on the left go up.
    solution=Change(moved={"8": 8.0, "10": 1.5, "16": 8.5}),
    lesson="tug-of-war",
)


def why_two_valleys(comparison: Comparison) -> str:
    flat = with_decimals(float(ratio_criterion(comparison.dial, 0.0)), 2)
    deep = with_decimals(comparison.mixed.criterion, 2)
    return (
        "REML's criterion, which is to be as low as possible, has two valleys here. At τ² = 0 it "
        f"is {flat}, and there the program stopped that was used: its mixed model was OLS. The "
        f"deeper valley lies far away, at √ρ̂ = {number(float(comparison.mixed.theta[0]))}, where "
        f"it is {deep}. There the slope is {mixed_says(comparison, 'x', 3)}, next to the one "
        f"inside clusters, {other(comparison, 'within', 'x', 4)}. So the posted agreement was a "
        "search that ended too early."
    )


RANDOM_OR_FIXED = Puzzle(
    id="random-or-fixed",
    title="Random or fixed?",
    example="puzzle_random_vs_fixed",
    asked_in="Cross Validated, “Big disagreement in the slope estimate when groups are treated "
    "as random vs. fixed in a mixed model”",
    asked="Four groups f of three rows lie far apart in x. With a dummy for each group the "
    "slope is steep. Should a mixed model, with random intercepts for the groups, not come "
    "close to that?",
    question=where_is_mixed("x", 4),
    term="x",
    posted=(Posted("x", "0.0086", "0.0086"),),
    why=why_two_valleys,
    keep="Look at the whole criterion: an optimiser that starts at the wrong side reports the "
    "nearest valley.",
    goal=Goal(
        "The groups lie along a flat line, the rows inside each along a steep one. Bring both "
        "slopes closer together than 0.05.",
        closer=0.05,
    ),
    tools=("moved", "out"),
    # The groups at both ends are put on a line as steep as inside.
    solution=Change(moved={"3": 7.0, "4": -7.0}),
    lesson="search",
)


def why_86032(comparison: Comparison) -> str:
    counts = comparison.moments.counts
    alone, clusters = int((counts == 1).sum()), len(counts)
    return (
        f"{alone} of the {clusters} sites have one row, and one row tells nothing about a slope "
        f"inside its site. The only site that can tell, with {int(counts.max())} rows, says "
        f"{other(comparison, 'within', 'x', 4)}, and the mixed model follows it. OLS sees all "
        f"{comparison.moments.rows} rows alike. A slope for each site, (1 + x | z), is refused by "
        f"lme4 on these rows: {2 * clusters} effects would be more than there are rows."
    )


TEN_SITES = Puzzle(
    id="86032",
    title="Ten sites of one row",
    example="puzzle_86032",
    asked_in="Cross Validated 86032",
    asked="Twenty rows: one site z with ten rows that run up, and ten sites of one row each, "
    "which lie along a line down. OLS sees no trend at all. What should a random intercept for "
    "sites change about that?",
    question=where_is_mixed("x", 4),
    term="x",
    posted=(Posted("x", "−0.0118", "0.9933"),),
    why=why_86032,
    keep="A cluster of one row tells nothing about a slope inside clusters; whoever can tell "
    "decides nearly alone.",
    goal=Goal(f"Let the ten rows be heard. {AGREE}"),
    tools=("out", "joined"),
    solution=Change(joined=True),
    lesson="tug-of-war",
)
