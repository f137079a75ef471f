"""The puzzles, in the order of the gallery."""

from __future__ import annotations

from collections.abc import Callable

from engine import Comparison
from engine.account.within_between import only_slope_split
from engine.models.mixed.intercept_fit import ratio_criterion
from engine.words.numbers import number, share, with_decimals
from pages.parts.puzzles.puzzle import Change, Choices, Goal, Posted, Puzzle

AGREE = "Make both slopes agree, to the digits that were posted."


# --- what several puzzles say ---------------------------------------------------------------------


def ols_says(comparison: Comparison, term: str, decimals: int) -> str:
    place = comparison.mixed.names.index(term)
    return with_decimals(float(comparison.ols.estimates[place]), decimals)


def mixed_says(comparison: Comparison, term: str, decimals: int) -> str:
    place = comparison.mixed.names.index(term)
    return with_decimals(float(comparison.mixed.estimates[place]), decimals)


def other(comparison: Comparison, estimator: str, term: str, decimals: int) -> str:
    """Return the slope of a term by an estimator such as "within" or "between"."""
    fit = comparison.fits[estimator]
    return with_decimals(float(fit.estimates[fit.names.index(term)]), decimals)


def where_is_mixed(term: str, decimals: int) -> Callable[[Comparison], str]:
    """Return the question where the mixed model's line runs."""

    def question(comparison: Comparison) -> str:
        slope = ols_says(comparison, term, decimals)
        return f"OLS gives {term} the slope {slope}. Where does the mixed model's line run?"

    return question


def inside_and_between(comparison: Comparison, term: str, decimals: int, inside: str) -> str:
    """Say how steep a predictor is inside clusters and between them, and where both fits stand."""
    place = comparison.mixed.names.index(term)
    within = comparison.fits["within"]
    ols, mixed = float(comparison.ols.estimates[place]), float(comparison.mixed.estimates[place])
    aim = float(within.estimates[within.names.index(term)])
    ends = "short of it" if (aim - mixed) * (mixed - ols) > 0.0 else "a little beyond it"
    return (
        f"{inside} the slope of {term} is {with_decimals(aim, decimals)}, between them "
        f"{other(comparison, 'between', term, decimals)}. OLS says "
        f"{with_decimals(ols, decimals)}, the mixed model {with_decimals(mixed, decimals)}: it "
        f"trusts comparisons between clusters less, goes towards the slope inside and ends {ends}."
    )


# --- what single puzzles say ----------------------------------------------------------------------


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


def why_uneven(comparison: Comparison) -> str:
    without = puzzle_of("33995-uneven").fitted(Change(out=("6",)))
    inside = other(comparison, "within", "x", 2)
    return (
        "The uneven sizes are blamed as a rule. But look at cluster 6: it alone holds rows of both "
        f"conditions, and inside it the slope is {inside}. The mixed model takes comparisons "
        "between clusters for unsure and listens to it. Without cluster 6 OLS says "
        f"{ols_says(without, 'x', 2)} and the mixed model {mixed_says(without, 'x', 2)}: that "
        "little is what the sizes do by themselves."
    )


def why_161703(comparison: Comparison) -> str:
    split = only_slope_split(comparison.dial, comparison.mixed.variance_ratio)
    assert split is not None
    return (
        f"{inside_and_between(comparison, 'X', 3, 'Inside clusters')} The slope inside has "
        f"{share(split.lambda_ols)} of the weight in OLS and {share(split.lambda_mixed)} in the "
        "mixed model. That all clusters have three rows does not help: what counts is X."
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


def why_mpg(comparison: Comparison) -> str:
    return (
        f"{inside_and_between(comparison, 'displ', 3, 'Inside a class of cars')} Size of engine "
        "varies mostly from class to class, so between classes much of what else a large car is "
        "comes with it."
    )


def why_schools(comparison: Comparison) -> str:
    return (
        f"{inside_and_between(comparison, 'ses', 3, 'Inside schools')} A pupil gains from a "
        "better-off home, and once more from sitting in a school of better-off homes: the "
        "school's mean works on top of the pupil's own."
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


def why_capital(comparison: Comparison) -> str:
    within = comparison.fits["within"]
    place = within.names.index("log_pcap")
    t = with_decimals(float(within.estimates[place] / within.standard_errors[place]), 1)
    return (
        f"{inside_and_between(comparison, 'log_pcap', 4, 'Inside states')} States with much public "
        "capital are rich, but when a state builds more, its product does not follow: inside "
        f"states t = {t}. Whether public capital pays depends on which comparison is made."
    )


def why_gasoline(comparison: Comparison) -> str:
    return (
        f"{inside_and_between(comparison, 'lrpmg', 3, 'Inside countries')} Within a country people "
        "answer this year's price; between countries they have lived with dear or cheap petrol "
        "for decades. These are two questions."
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


def means_of(comparison: Comparison) -> tuple[str, str]:
    means = comparison.moments.outcome_means
    return with_decimals(float(means.min()), 1), with_decimals(float(means.max()), 1)


def why_zero(comparison: Comparison) -> str:
    low, high = means_of(comparison)
    return (
        f"The subjects' means go from {low} to {high}, but means of "
        f"{int(comparison.moments.counts[0])} noisy rows never coincide. Here they spread less "
        "than the noise inside subjects makes such means spread anyway. A variance cannot be "
        "negative, so its best estimate is the end of the scale, 0, and the mixed model is OLS."
    )


def zero_question(comparison: Comparison) -> str:
    low, high = means_of(comparison)
    return (
        f"The means of the ten subjects go from {low} to {high}. What does the mixed model say of "
        "the variance between subjects, τ̂²?"
    )


# --- the puzzles ----------------------------------------------------------------------------------

_33995 = (
    "Cross Validated 33995, “Shouldn't the beta estimates always be the same using lm and lmer?”"
)

PUZZLES = (
    Puzzle(
        id="33995-even",
        title="Even clusters",
        example="puzzle_33995_even",
        asked_in=_33995,
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
        tools=("out", "half"),
        solution=Change(half=("1",)),
    ),
    Puzzle(
        id="33995-uneven",
        title="Uneven clusters",
        example="puzzle_33995_uneven",
        asked_in=_33995,
        asked="The second table of that answer: the same numbers in the same two conditions x, but "
        "now the clusters m have one or three rows. The sizes, it was said, make the difference.",
        question=where_is_mixed("x", 1),
        term="x",
        posted=(Posted("(Intercept)", "5.5", "8.752"), Posted("x", "10.0", "2.699")),
        why=why_uneven,
        keep="Before you blame uneven sizes, look for the cluster that sees both conditions.",
        goal=Goal("Make both slopes agree, to one decimal."),
        tools=("out", "half"),
        solution=Change(out=("5", "6")),
    ),
    Puzzle(
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
        goal=Goal(AGREE),
        tools=("out", "centred"),
        solution=Change(centred=True),
    ),
    Puzzle(
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
        goal=Goal(AGREE),
        tools=("out", "centred"),
        solution=Change(centred=True),
    ),
    Puzzle(
        id="366001",
        title="Fuel economy",
        example="mpg",
        asked_in="Cross Validated 366001, “lm coefficients don't match lmer fixed effects”",
        asked="Miles per gallon on the highway by size of the engine (displ, litres) and year of "
        "the car, once with an intercept for each class of cars and once without. Should the fixed "
        "effects not match those of OLS?",
        question=where_is_mixed("displ", 3),
        term="displ",
        posted=(Posted("displ", "−3.611", "−2.391"),),
        why=why_mpg,
        keep="A predictor that varies mostly between clusters brings the clusters' other "
        "differences along, and OLS books them on its slope.",
        goal=Goal(AGREE),
        tools=("out", "centred"),
        solution=Change(centred=True),
    ),
    Puzzle(
        id="schools",
        title="The school on top of the pupil",
        example="high_school_and_beyond",
        asked_in="Raudenbush & Bryk (2002), Hierarchical Linear Models, with the data of High "
        "School and Beyond 1982",
        asked="The textbook's data: the mathematics score of 7,185 pupils of 160 schools by the "
        "socio-economic status of their home, ses. What does one step of ses bring?",
        question=where_is_mixed("ses", 3),
        term="ses",
        posted=(Posted("ses", "3.184", "2.390"),),
        why=why_schools,
        keep="Where the cluster's mean works on top of the row's own value, one slope answers "
        "neither question: put the mean beside it.",
        goal=Goal(AGREE),
        tools=("out", "centred"),
        solution=Change(centred=True),
    ),
    Puzzle(
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
        goal=Goal(AGREE),
        tools=("out", "centred"),
        solution=Change(centred=True),
    ),
    Puzzle(
        id="public-capital",
        title="Does public capital pay?",
        example="puzzle_public_capital",
        asked_in="Munnell (1990), New England Economic Review, and Holtz-Eakin (1994), Review of "
        "Economics and Statistics",
        asked="Do roads and schools make a state richer? Gross product by public capital "
        "(log_pcap), private capital, employment (all in logarithms) and unemployment in 48 US "
        "states over 17 years.",
        question=where_is_mixed("log_pcap", 4),
        term="log_pcap",
        posted=(
            Posted("log_pcap", "0.1550", "0.0023"),
            Posted("log_pcap", "9.0", "0.1", "t"),
        ),
        why=why_capital,
        keep="“Does it pay?” is two questions: do states that have more do better, and does a "
        "state do better when it gets more?",
        goal=Goal(AGREE),
        tools=("out", "centred"),
        solution=Change(centred=True),
    ),
    Puzzle(
        id="gasoline",
        title="The price of petrol",
        example="puzzle_gasoline",
        asked_in="Baltagi & Griffin (1983), European Economic Review 22:117–137",
        asked="By how much do people use less petrol if its price (lrpmg) rises? Petrol per car by "
        "price, income and cars per head, all in logarithms, in 18 countries over 19 years.",
        question=where_is_mixed("lrpmg", 3),
        term="lrpmg",
        predictor="lrpmg",
        posted=(Posted("lrpmg", "−0.892", "−0.374"),),
        why=why_gasoline,
        keep="The answer to a change over the years and the difference between countries are two "
        "elasticities; a pooled slope is neither.",
        goal=Goal(AGREE),
        tools=("out", "centred"),
        solution=Change(centred=True),
    ),
    Puzzle(
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
        goal=Goal("Make the standard errors of a agree as well.", "error"),
        tools=("out",),
        solution=Change(out=("2",)),
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
    ),
    Puzzle(
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
        goal=Goal("They agree. Make the standard errors differ.", "error", equal=False),
        tools=("apart",),
        solution=Change(apart=2.0),
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
    ),
)


def puzzle_of(name: str) -> Puzzle:
    """Return the puzzle of an id."""
    return next(puzzle for puzzle in PUZZLES if puzzle.id == name)
