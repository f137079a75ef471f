"""Questions about estimated variances: zero, few clusters, intervals, and shapes."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from engine.account.refit import refit
from engine.comparison import compare, compare_example
from engine.inference.profile_intercept import profile_intervals
from engine.models.balanced import balanced_fit
from engine.questions.errors import as_measured
from engine.questions.question import Control, Curve, Numbers, Question, evenly, two
from engine.simulation.many_means import EffectShape, draw_samples, fit_samples, profile_coverage
from engine.words.numbers import percent, plural, share, with_decimals

_SAMPLES, _SEED = 1_000, 6


# --- zero -----------------------------------------------------------------------------------------

_ZERO = "puzzle_zero_variance"


def _spread(spread: float) -> Numbers:
    here = refit(compare_example(_ZERO).dial, 0.0, spread, 1, 1)
    formula = balanced_fit(here.dial.moments)
    assert formula is not None
    return {
        "means": float(here.dial.moments.outcome_means.std(ddof=1)),
        "noise": float(np.sqrt(formula.within_square / formula.size)),
        "estimate": here.mixed.between_sd,
        "ols_error": float(here.ols.standard_errors[0]),
        "mixed_error": float(here.mixed.standard_errors[0]),
    }


def _bug(spread: float, here: Numbers) -> str:
    means, noise = two(here["means"]), two(here["noise"])
    if here["estimate"] == 0.0:
        return (
            "No, it is the best answer. The ten means have a standard deviation of "
            f"{means}, and noise alone would make it {noise}, so that nothing is left for the "
            "subjects to differ by. With a random intercept alone both models are then one fit, "
            "each with a "
            f"standard error of {with_decimals(here['ols_error'], 4)}."
        )
    return (
        "No, it is the best answer wherever the means spread less than noise alone would make "
        f"them. With the subjects {as_measured(spread)} they spread more: their standard deviation "
        f"is {means}, noise makes {noise}, and τ̂ is {two(here['estimate'])}."
    )


# --- an interval without its estimate -------------------------------------------------------------

_CLUSTERS, _ROWS, _MOST = 10, 10, 7
_DRAW = 1


@cache
def _ten_schools() -> pd.DataFrame:
    """Ten schools of ten pupils, and seven predictors of schools that mean nothing."""
    generator = np.random.default_rng(_DRAW)
    predictors = generator.normal(size=(_CLUSTERS, _MOST))
    levels = 2.0 * generator.normal(size=_CLUSTERS)
    school = np.repeat(np.arange(_CLUSTERS), _ROWS)
    frame = pd.DataFrame(predictors[school], columns=[f"x{k + 1}" for k in range(_MOST)])
    score = levels[school] + generator.normal(size=_CLUSTERS * _ROWS)
    return frame.assign(school=school, score=score)


def _interval(count: float) -> Numbers:
    named = " + ".join(["1", *(f"x{k + 1}" for k in range(round(count)))])
    both = compare(_ten_schools(), f"score ~ {named} + (1 | school)")
    low, high = profile_intervals(both.dial).between_sd
    reml, ml = both.mixed.between_sd, both.ml.between_sd
    return {"reml": reml, "ml": ml, "low": low, "high": high, "share": ml / reml}


def _contains(count: float, here: Numbers) -> str:
    outside = not here["low"] <= here["reml"] <= here["high"]
    return (
        f"It need not. The mixed model has τ̂ = {two(here['reml'])} by REML, but the profile "
        f"interval, from {two(here['low'])} to {two(here['high'])}, is by ML, whose estimate is "
        f"{two(here['ml'])}: it does not allow for coefficients being estimated. With "
        f"{plural(round(count), 'predictor')} of schools on {_CLUSTERS} schools, REML's estimate "
        f"is {'outside' if outside else 'inside'}, and ML's is {percent(here['share'])} of it; the "
        "fewer predictors, the nearer to all of it."
    )


# --- few clusters ---------------------------------------------------------------------------------

_FEW = (3, 4, 5, 10, 20, 40)


def _few(place: float) -> Numbers:
    clusters = _FEW[round(place)]
    found = fit_samples(
        draw_samples(
            np.full(clusters, 20), between_variance=1.0, residual_variance=4.0, samples=_SAMPLES,
            seed=_SEED,
        )
    )  # fmt: skip
    sds = np.sqrt(found.ratio * found.residual_variance)
    low, middle, high = np.quantile(sds, [0.025, 0.5, 0.975])
    return {
        "low": float(low),
        "median": float(middle),
        "high": float(high),
        "truth": 1.0,
        # With few clusters more than 2.5% of the estimates are 0, and none lies below.
        "inside": float(np.mean((low <= sds) & (sds <= high))),
        "zero": float(np.mean(found.ratio == 0.0)),
    }


def _forbidden(place: float, here: Numbers) -> str:
    none = f" In {share(here['zero'])} of samples it is 0." if here["zero"] > 0.0 else ""
    return (
        "No, but the fewer there are, the less is known of the variance between clusters, and of "
        f"every error that hangs on it. With {_FEW[round(place)]} clusters, "
        f"{share(here['inside'])} of samples put τ̂ between {two(here['low'])} and "
        f"{two(here['high'])}, where the truth is {two(here['truth'])}.{none} Say so, and show it."
    )


# --- not Gaussian ---------------------------------------------------------------------------------

_SHAPES: tuple[EffectShape, ...] = ("bell", "two humps", "exponential", "log-normal")


def _shaped(place: float) -> Numbers:
    samples = draw_samples(
        np.full(30, 20), between_variance=1.0, residual_variance=4.0, shape=_SHAPES[round(place)],
        samples=_SAMPLES, seed=_SEED,
    )  # fmt: skip
    estimates = fit_samples(samples).intercept
    covered = profile_coverage(samples, 1.0)
    return {
        "intercept": covered.intercept,
        "variance": covered.between_variance,
        "meant": 0.95,
        "bias": float(estimates.mean()),
        "sd": float(estimates.std(ddof=1)),
    }


def _ruined(place: float, here: Numbers) -> str:
    more = (
        "This is the shape that the model assumes; of the variance's intervals"
        if _SHAPES[round(place)] == "bell"
        else "The shape has more say in the variance, of whose intervals"
    )
    return (
        "The estimates hardly. Under this shape the intercept is off by "
        f"{two(abs(here['bias']))} on average over {_SAMPLES:,} samples, with a standard "
        f"deviation of {two(here['sd'])}, and its 95% interval holds the truth in "
        f"{share(here['intercept'])} of them. {more} {share(here['variance'])} hold it."
    )


QUESTIONS = (
    Question(
        id="zero-variance",
        asks="Is a variance of zero, a singular fit, a bug?",
        setting="Ten subjects of five rows each, with means from 4.4 to 5.3. The slider moves the "
        "subjects apart or together.",
        control=Control(
            "Distances between means (1: as they are)",
            evenly(0.0, 3.0, 61), 1.0, step=0.05,
        ),
        numbers=_spread,
        curves=(
            Curve("means", "SD of the means", "no_pooling"),
            Curve("noise", "by noise alone", "muted"),
            Curve("estimate", "τ̂", "mixed"),
        ),
        axis="Standard deviation, units of y",
        decimals=2,
        answer=_bug,
        lesson="search",
        also=("boundary", "isSingular", "convergence", "warning"),
    ),
    Question(
        id="interval-without-estimate",
        asks="Must a confidence interval contain its own estimate?",
        setting="Ten made-up schools of ten pupils. The slider adds predictors of schools that "
        "mean nothing.",
        control=Control("Predictors of schools", evenly(0, _MOST, _MOST + 1), 6.0, step=1.0),
        numbers=_interval,
        curves=(
            Curve("reml", "τ̂ by REML", "mixed"),
            Curve("ml", "τ̂ by ML", "ols"),
            Curve("low", "interval, lower end", "muted"),
            Curve("high", "interval, upper end", "muted"),
        ),
        axis="Standard deviation between schools, τ",
        decimals=2,
        answer=_contains,
        lesson="search",
        also=("confint", "profile", "REML", "ML"),
    ),
    Question(
        id="few-clusters",
        asks="Are fewer than five clusters forbidden?",
        setting=f"{_SAMPLES:,} samples from a population in which clusters differ with a standard "
        "deviation of 1, and the 20 rows of each with one of 2.",
        control=Control(
            "Clusters", evenly(0, len(_FEW) - 1, len(_FEW)), 2.0, names=tuple(map(str, _FEW))
        ),
        numbers=_few,
        curves=(
            Curve("low", "2.5% quantile", "muted"),
            Curve("median", "median τ̂", "mixed"),
            Curve("high", "97.5% quantile", "muted"),
            Curve("truth", "truth", "truth"),
        ),
        axis="Estimated SD between clusters, τ̂",
        decimals=2,
        answer=_forbidden,
        lesson="standard-errors",
        also=("number of clusters", "small sample", "rule of thumb", "levels"),
    ),
    Question(
        id="not-gaussian",
        asks="Do cluster effects that are not Gaussian ruin the fixed effects?",
        setting=f"{_SAMPLES:,} samples of 30 clusters of 20 rows, for each shape of the population "
        "of clusters, all of the same variance.",
        control=Control("Shape of the clusters", evenly(0, 3, 4), 2.0, names=_SHAPES),
        numbers=_shaped,
        curves=(
            Curve("intercept", "the intercept's", "mixed"),
            Curve("variance", "the variance's, τ²", "between"),
            Curve("meant", "as meant", "muted"),
        ),
        axis="Share of intervals that hold the truth",
        decimals=3,
        answer=_ruined,
        lesson="not-gaussian",
        also=("normality", "assumption", "skewed", "distribution"),
    ),
)  # fmt: skip
