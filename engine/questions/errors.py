"""Questions about standard errors, tests and what else printouts say of uncertainty."""

from __future__ import annotations

import numpy as np

from engine.account.design_effect import design_effect, error_rate
from engine.account.refit import Refit, refit
from engine.comparison import compare, compare_example
from engine.data.examples import load
from engine.data.regroup import measured_from
from engine.inference.cluster_robust import cluster_robust
from engine.inference.satterthwaite import satterthwaite
from engine.models.mixed.model import MixedModel
from engine.questions.question import Control, Curve, Numbers, Question, evenly, three
from engine.words.numbers import degrees, share, with_decimals, without_zeros

_SPREAD = "Distances between clusters (1: as they are)"


def _moved(name: str, spread: float) -> Refit:
    """The example refitted with its clusters nearer to the common line or farther from it."""
    both = compare_example(name)
    return refit(both.dial, both.mixed.variance_ratio, spread, 1, 1)


def as_measured(spread: float) -> str:
    """Say how far clusters were moved."""
    if spread == 0.0:
        return "all on one line"
    return "as they are" if spread == 1.0 else f"at {spread:g} times their distances"


# --- larger or smaller ----------------------------------------------------------------------------

_PLOTS = "puzzle_split_plot"


def _both_ways(spread: float) -> Numbers:
    here = _moved(_PLOTS, spread)
    ols, mixed = here.ols.standard_errors, here.mixed.standard_errors
    return {
        "between": float(mixed[1] / ols[1]),
        "inside": float(mixed[2] / ols[2]),
        "between_ols": float(ols[1]),
        "between_mixed": float(mixed[1]),
        "inside_ols": float(ols[2]),
        "inside_mixed": float(mixed[2]),
        "alike": 1.0,
    }


def _larger(spread: float, here: Numbers) -> str:
    if here["between"] == 1.0:
        return (
            "No, it depends on where a coefficient is answered. Now the subjects differ by no more "
            "than noise would make them: τ̂² = 0, and both models have the same standard errors, "
            f"{three(here['between_ols'])} for a and {three(here['inside_ols'])} for b. Move the "
            "slider up."
        )
    return (
        "No, it depends on where a coefficient is answered. For a, which is the same for a whole "
        f"subject, the mixed model's is larger, {three(here['between_mixed'])} in place of OLS's "
        f"{three(here['between_ols'])}; for b, which every subject has at all levels, it is "
        f"smaller, {three(here['inside_mixed'])} in place of {three(here['inside_ols'])}. "
        f"That is with the subjects {as_measured(spread)}."
    )


# --- small ICC ------------------------------------------------------------------------------------


def _errs(icc: float) -> Numbers:
    ratio = icc / (1.0 - icc)
    rates = {
        str(size): error_rate(design_effect(np.full(40, size), ratio).of_row_mean)
        for size in (10, 50, 200)
    }
    return {**rates, "meant": error_rate(1.0)}


def _small_icc(icc: float, here: Numbers) -> str:
    if icc == 0.0:
        return (
            "Only one of 0 can. Then the rows of a cluster are as independent as others, and OLS's "
            f"test at 5% errs in {share(here['50'])} of samples with 50 rows a cluster, and in "
            f"{share(here['200'])} with 200. Move the slider up."
        )
    return (
        f"No. For what is constant inside clusters, at an ICC of {without_zeros(icc)} OLS's "
        f"test at 5% errs in {share(here['50'])} of samples with 50 rows a cluster, and in "
        f"{share(here['200'])} with 200. What counts is ICC times size, so no cut-off can be "
        "right; and of a predictor with the same shares in every cluster the test errs no more "
        "often than meant."
    )


# --- robust or mixed ------------------------------------------------------------------------------

_PUPILS = "high_school_and_beyond"


def _four(spread: float) -> Numbers:
    here = _moved(_PUPILS, spread)
    own = cluster_robust(here.dial.moments, here.mixed.variance_ratio)
    return {
        "ols": float(here.ols.standard_errors[1]),
        "ols_robust": float(here.robust.standard_errors[1]),
        "mixed": float(here.mixed.standard_errors[1]),
        "mixed_robust": float(own.standard_errors[1]),
        "slope_ols": float(here.ols.estimates[1]),
        "slope_mixed": float(here.mixed.estimates[1]),
    }


def _rivals(spread: float, here: Numbers) -> str:
    return (
        "Both, if you like. The model decides the estimate: with the schools "
        f"{as_measured(spread)}, a slope of {three(here['slope_ols'])} by OLS and of "
        f"{three(here['slope_mixed'])} by the mixed model. The kind of error decides how sure you "
        f"call it: OLS's is {three(here['ols'])} as printed and {three(here['ols_robust'])} "
        f"cluster-robust, the mixed model's {three(here['mixed'])} and "
        f"{three(here['mixed_robust'])}."
    )


# --- degrees of freedom ---------------------------------------------------------------------------

_SCHOOLS = "lesson_schools"


def _degrees(spread: float) -> Numbers:
    here = _moved(_SCHOOLS, spread)
    moments = here.dial.moments
    found = satterthwaite(MixedModel(moments, moments.names), here.mixed.theta)
    return {
        "df": float(found.degrees_of_freedom[0]),
        "clusters": len(moments.levels) - 1.0,
        "rows": moments.rows - 1.0,
        "ratio": here.mixed.variance_ratio,
    }


def _whole(spread: float, here: Numbers) -> str:
    none = ", where τ̂² = 0 and pupils count as independent" if here["ratio"] == 0.0 else ""
    return (
        "They are estimated. For the mean of six schools a t test has "
        f"{here['clusters']:.0f} if schools of equal size count and {here['rows']:,.0f} if pupils "
        "do; Satterthwaite asks how well the variance of the estimate is known, which depends on "
        f"both, and finds {degrees(here['df'])} with the schools {as_measured(spread)}{none}. "
        "Kenward and Roger estimate them too."
    )


# --- correlation of fixed effects -----------------------------------------------------------------


def _zero(day: float) -> Numbers:
    nights = measured_from(load("sleepstudy"), "Days", day)
    mixed = compare(nights, "Reaction ~ Days + (1 | Subject)").mixed
    errors = mixed.standard_errors
    return {
        "correlation": float(mixed.covariance[0, 1] / (errors[0] * errors[1])),
        "slope": float(mixed.estimates[1]),
        "error": float(errors[1]),
        "intercept": float(mixed.estimates[0]),
        "criterion": mixed.criterion,
        "none": 0.0,
    }


def _collinear(day: float, here: Numbers) -> str:
    return (
        "No: it says how two estimates would vary together over samples. With days counted from "
        f"day {day:g} it is {with_decimals(here['correlation'], 2)}. The slope stays at "
        f"{three(here['slope'])} (standard error {three(here['error'])}) and the REML criterion at "
        f"{with_decimals(here['criterion'], 1)}, wherever zero is; only the intercept, which is "
        f"about day {day:g}, moves: {with_decimals(here['intercept'], 1)} ms."
    )


QUESTIONS = (
    Question(
        id="larger-errors",
        asks="Does clustering always make standard errors larger?",
        setting="A split plot: 8 subjects, each measured at all four levels of b and at one of the "
        "two of a. The slider moves the subjects apart or together; nothing inside them changes.",
        control=Control(_SPREAD, evenly(0.0, 3.0, 31), 1.0, step=0.05),
        numbers=_both_ways,
        curves=(
            Curve("between", "a, between subjects", "between"),
            Curve("inside", "b, within subjects", "no_pooling"),
            Curve("alike", "no difference", "muted"),
        ),
        axis="Standard error, mixed over OLS",
        decimals=2,
        answer=_larger,
        lesson="standard-errors",
        also=("smaller", "inflated", "design effect", "power"),
    ),
    Question(
        id="small-icc",
        asks="Can an ICC below 0.05 be ignored?",
        setting="40 clusters of 10, 50 or 200 rows, and a predictor that is the same for all rows "
        "of a cluster but has no effect. How often does OLS's test at 5% find one?",
        control=Control("Intraclass correlation (ICC)", evenly(0.0, 0.1, 41), 0.01, step=0.0025),
        numbers=_errs,
        curves=(
            Curve("10", "10 rows", "no_pooling"),
            Curve("50", "50 rows", "ols"),
            Curve("200", "200 rows", "between"),
            Curve("meant", "as meant", "muted"),
        ),
        axis="Share of samples in which it errs",
        decimals=3,
        answer=_small_icc,
        lesson="standard-errors",
        also=("intraclass correlation", "cut-off", "type I error", "false positive"),
    ),
    Question(
        id="robust-or-mixed",
        asks="Cluster-robust standard errors or a mixed model?",
        setting="High School and Beyond: the slope of SES on mathematics, 160 schools. The slider "
        "moves the schools apart or together.",
        control=Control(_SPREAD, evenly(0.0, 2.0, 21), 1.0, step=0.05),
        numbers=_four,
        curves=(
            Curve("ols", "OLS, as printed", "ols"),
            Curve("ols_robust", "OLS, robust", "ols", "dot"),
            Curve("mixed", "mixed, as printed", "mixed"),
            Curve("mixed_robust", "mixed, robust", "mixed", "dot"),
        ),
        axis="Standard error of the slope",
        decimals=3,
        answer=_rivals,
        lesson="standard-errors",
        also=("sandwich", "CR2", "vcovCL", "GEE", "clubSandwich"),
    ),
    Question(
        id="degrees-of-freedom",
        asks="Why are the degrees of freedom not whole numbers?",
        setting="The mean score of six schools, of 120, 45, 12, 8, 5 and 2 pupils. The slider "
        "moves the schools apart or together.",
        control=Control(_SPREAD, evenly(0.0, 3.0, 31), 1.0, step=0.05),
        numbers=_degrees,
        curves=(
            Curve("df", "Satterthwaite", "mixed"),
            Curve("clusters", "schools less one", "between"),
            Curve("rows", "pupils less one", "ols"),
        ),
        axis="Degrees of freedom",
        decimals=1,
        write=degrees,
        answer=_whole,
        lesson="standard-errors",
        also=("Satterthwaite", "Kenward-Roger", "lmerTest", "p-value", "t test"),
        log=True,
    ),
    Question(
        id="correlation-of-fixed-effects",
        asks="Does the “Correlation of Fixed Effects” in the printout mean collinearity?",
        setting="Reaction times of 18 people on ten days without enough sleep. The slider moves "
        "the zero of the days.",
        control=Control("Day that counts as 0", evenly(0.0, 9.0, 19), 0.0, step=0.5),
        numbers=_zero,
        curves=(
            Curve("correlation", "intercept and slope", "mixed"),
            Curve("none", "none", "muted"),
        ),
        axis="Correlation of the two estimates",
        decimals=2,
        answer=_collinear,
        lesson="varying-slopes",
        also=("Correlation of Fixed Effects", "centring", "centering", "multicollinearity"),
    ),
)  # fmt: skip
