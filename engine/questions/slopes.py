"""Questions about slopes: why they differ, and what they are slopes of."""

from __future__ import annotations

from functools import partial

import numpy as np

from engine.account.within_between import SlopePath, slope_path
from engine.comparison import Comparison, compare_design, compare_example
from engine.models.dial import Dial
from engine.models.hausman import hausman
from engine.models.within import within_estimate
from engine.questions.question import (
    Control,
    Curve,
    Numbers,
    Question,
    by_factors,
    evenly,
    three,
    two,
)
from engine.simulation import Scenario, simulate
from engine.words.numbers import number, p_text, share

OLS, MIXED = Curve("ols", "OLS", "ols"), Curve("mixed", "mixed", "mixed")
WITHIN = Curve("within", "within clusters", "no_pooling")
BETWEEN = Curve("between", "between clusters", "between")
_RATIO = "Variance ratio ρ = τ²/σ²"
_PUPILS, _CAPITAL, _CARS = "high_school_and_beyond", "puzzle_public_capital", "mpg"
_EQUAL = "puzzle_161703"


def ratio_control(name: str, low: float, high: float) -> Control:
    """The variance ratio of an example, from where REML estimates it."""
    start = partial(_estimated, name)
    return Control(_RATIO, by_factors(low, high, 61), start, log=True)


def _estimated(name: str) -> float:
    return compare_example(name).mixed.variance_ratio


def stands(name: str, value: float) -> str:
    """Say where the ratio stands, and whether that is REML's estimate; in lower case."""
    estimate = _estimated(name)
    return f"at ρ = {number(value)}, " + (
        "as REML estimates it" if value == estimate else f"where REML estimates {number(estimate)}"
    )


def _path(both: Comparison, ratio: float) -> SlopePath:
    found = slope_path(both.dial, [0.0, ratio])
    assert found is not None
    return found


# --- identical coefficients -----------------------------------------------------------------------


def _clinics(spread: float) -> Numbers:
    scenario = Scenario(
        rows_per_cluster=40, size_spread=0.0, share_spread=spread, share_intercept_correlation=0.7,
        effect=0.0, seed=8,
    )  # fmt: skip
    both = compare_design(simulate(scenario).design())
    return {
        "ols": both.ols.estimates[1],
        "mixed": both.mixed.estimates[1],
        "ols_error": both.ols.standard_errors[1],
        "mixed_error": both.mixed.standard_errors[1],
    }


def _same_coefficients(value: float, here: Numbers) -> str:
    ols, mixed = three(here["ols"]), three(here["mixed"])
    errors = f"the standard errors are {three(here['ols_error'])} and {three(here['mixed_error'])}"
    if np.isclose(here["ols"], here["mixed"], rtol=1e-6, atol=1e-9):
        why = (
            "every clinic treats the same share of its patients"
            if value == 0.0
            else "every clinic treats all of its patients or none, and all are of one size"
        )
        return (
            f"Only in special designs, and here is one: {why}. Both effects are {ols}, and "
            f"{errors}. Move the slider, and the effects part."
        )
    return (
        f"Only in special designs, and this is none: OLS says {ols}, the mixed model {mixed}, and "
        f"{errors}. The effects agree at both ends of the slider: where every clinic treats the "
        "same share of its patients, or, clinics being of one size, all of them or none."
    )


# --- equal cluster sizes --------------------------------------------------------------------------


def _of_one_predictor(name: str, ratio: float) -> Numbers:
    path = _path(compare_example(name), ratio)
    return {
        "ols": float(path.slope[0]),
        "mixed": float(path.slope[1]),
        "within": path.within,
        "between": float(path.between[1]),
        "share_ols": float(path.share[0]),
        "share": float(path.share[1]),
        "left": float(path.share_between[1]),
        "left_ols": float(path.share_between[0]),
    }


def _equal_sizes(value: float, here: Numbers) -> str:
    return (
        "No. All 20 clusters have 3 rows, and yet the slopes are "
        f"{three(here['ols'])} by OLS and {three(here['mixed'])} by the mixed model. "
        f"The latter, {stands(_EQUAL, value)}, gives {share(here['share'])} of the weight to "
        f"comparisons within clusters, whose slope is {three(here['within'])}; OLS gives them "
        f"{share(here['share_ols'])}."
    )


# --- confounding ----------------------------------------------------------------------------------


def _confounding(value: float, here: Numbers) -> str:
    return (
        f"In part. Inside schools the slope is {three(here['within'])}, between them "
        f"{three(here['between'])}; {stands(_PUPILS, value)}, "
        f"{share(here['left'])} of that gap is left in the mixed model's slope of "
        f"{three(here['mixed'])} (OLS, at ρ = 0, leaves {share(here['left_ols'])} of the gap by "
        "its own weights). Nothing is left only as ρ grows without end, or with the school's mean "
        "as another predictor."
    )


# --- two meanings of "fixed effect" ---------------------------------------------------------------


def _capital(ratio: float) -> Numbers:
    both = compare_example(_CAPITAL)
    term = both.mixed.names.index("log_pcap")
    within = both.fits["within"]
    return {
        "ols": both.ols.estimates[term],
        "mixed": float(both.dial.at(ratio).fixed_effects[term]),
        "within": within.estimates[within.names.index("log_pcap")],
    }


def _two_meanings(value: float, here: Numbers) -> str:
    return (
        "No. Here a fixed effect is a coefficient that all clusters share, and the mixed model "
        f"estimates this one at {three(here['mixed'])} ({stands(_CAPITAL, value)}). Economists "
        "speak of fixed effects where every state has a dummy variable of its own; the coefficient "
        f"is then the one within clusters, {three(here['within'])}. The larger ρ, the nearer the "
        "one comes to the other."
    )


# --- Hausman --------------------------------------------------------------------------------------

_OF_CARS = "hwy ~ displ + (1 | class)"


def _hausman(copies: float) -> Numbers:
    dial = Dial(compare_example(_CARS, _OF_CARS).moments.in_more_clusters(round(copies)))
    found = hausman(dial)
    assert found is not None
    (gap,) = found.gaps
    within = float(within_estimate(dial.moments).estimates[0])
    return {"p": found.p_value, "gap": float(gap), "within": within, "level": 0.05}


def _decides(value: float, here: Numbers) -> str:
    times = "as they are" if value == 1.0 else f"each there {value:.0f} times"
    return (
        "No. It asks whether the slopes within clusters and of the mixed model differ by more than "
        f"chance. With the classes {times}, they differ by {number(abs(here['gap']))}, beside a "
        f"slope of {number(here['within'])} miles per gallon per litre, and {p_text(here['p'])}: "
        "with enough clusters any gap is significant. Look at its size, then; a large one is often "
        "the finding itself."
    )


# --- conditional or marginal ----------------------------------------------------------------------

_HELD = 0.05


def _expected(correlation: float) -> SlopePath:
    """The slopes that both fits have on average: rows without residuals, the ratio held."""
    scenario = Scenario(
        clusters=30, rows_per_cluster=40, size_spread=0.0, share_spread=0.5, effect=1.0,
        residual_variance=1e-12, share_intercept_correlation=correlation, seed=4,
    )  # fmt: skip
    return _path(compare_design(simulate(scenario).design()), _HELD)


def _conditional(correlation: float) -> Numbers:
    ols, mixed = _expected(correlation).slope
    return {"ols": float(ols), "mixed": float(mixed), "truth": 1.0}


def _marginal(value: float, here: Numbers) -> str:
    if abs(value) < 1e-9:
        return (
            "Not in a linear model. The clusters' levels have nothing to do with who is treated "
            f"here, and on average over samples both effects are the true one: OLS's "
            f"{two(here['ols'])} and the mixed model's {two(here['mixed'])}. Conditional and "
            "marginal effects part in logistic models, not in these."
        )
    return (
        f"Not in a linear model: conditional and marginal effects are both {two(here['truth'])} "
        f"here. But where levels are correlated with who is treated, as by {two(value)} now, "
        f"OLS's effect is {two(here['ols'])} on average over samples and the mixed model's, at "
        f"ρ = {_HELD}, {two(here['mixed'])}. What parts them is their weights, not what they "
        "condition on."
    )


QUESTIONS = (
    Question(
        id="same-coefficients",
        asks="Are the coefficients the same, and only the standard errors different?",
        setting="24 made-up clinics of 40 patients each; clinics that treat more of them also lie "
        "higher for other reasons. The treatment does nothing.",
        control=Control(
            "Spread of the treated share, 0 to 1", evenly(0, 1, 21), 0.5,
            step=0.05,
        ),
        numbers=_clinics,
        curves=(OLS, MIXED),
        axis="Estimated effect of the treatment",
        decimals=3,
        answer=_same_coefficients,
        lesson="tug-of-war",
        also=("identical", "equal", "unbiased"),
    ),
    Question(
        id="equal-sizes",
        asks="Do equal cluster sizes make the slopes agree?",
        setting="The data of Cross Validated question 161703: 20 clusters of 3 rows each.",
        control=ratio_control(_EQUAL, 0.01, 100.0),
        numbers=partial(_of_one_predictor, _EQUAL),
        curves=(OLS, MIXED, WITHIN),
        axis="Slope of X",
        decimals=3,
        answer=_equal_sizes,
        lesson="tug-of-war",
        also=("balanced", "unbalanced", "design"),
    ),
    Question(
        id="confounding",
        asks="Do random intercepts remove confounding by cluster?",
        setting="High School and Beyond: mathematics by socio-economic status (SES), 7,185 pupils "
        "in 160 schools.",
        control=ratio_control(_PUPILS, 0.001, 10.0),
        numbers=partial(_of_one_predictor, _PUPILS),
        curves=(OLS, MIXED, WITHIN),
        axis="Slope of SES, points",
        decimals=3,
        answer=_confounding,
        lesson="within-and-between",
        also=("endogeneity", "bias", "Mundlak", "omitted variable"),
    ),
    Question(
        id="two-meanings",
        asks="Does “fixed effect” mean the same to everybody?",
        setting="48 American states over 17 years: does public capital raise their product? The "
        "coefficient of its logarithm, beside private capital, employment and unemployment.",
        control=ratio_control(_CAPITAL, 0.001, 1000.0),
        numbers=_capital,
        curves=(OLS, MIXED, WITHIN),
        axis="Coefficient of log public capital",
        decimals=3,
        answer=_two_meanings,
        lesson="within-and-between",
        also=("econometrics", "dummies", "random effects", "panel"),
    ),
    Question(
        id="hausman",
        asks="Does Hausman's test decide between fixed and random effects?",
        setting="234 cars in seven classes: miles per gallon by engine displacement. The slider "
        "puts each class in several times, as classes of their own; no slope changes much.",
        control=Control("Times each class is there", evenly(1, 40, 40), 1.0, step=1.0),
        numbers=_hausman,
        curves=(Curve("p", "p-value", "mixed"), Curve("level", "5% level", "muted")),
        axis="p-value of Hausman's test",
        decimals=3,
        answer=_decides,
        lesson="within-and-between",
        also=("econometrics", "specification test", "plm"),
    ),
    Question(
        id="conditional-marginal",
        asks="Is OLS marginal and the mixed model conditional, so that they estimate different "
        "things?",
        setting="30 made-up clinics of 40 patients each; the treatment adds 1. The slider makes "
        "the clinics' levels go with the share of patients treated.",
        control=Control(
            "Correlation of level with treated share", evenly(-0.9, 0.9, 19), 0.5,
            step=0.05,
        ),
        numbers=_conditional,
        curves=(OLS, MIXED, Curve("truth", "truth", "truth")),
        axis="Effect, on average over samples",
        decimals=2,
        answer=_marginal,
        lesson="tug-of-war",
        also=("GEE", "population average", "subject-specific"),
    ),
)  # fmt: skip
