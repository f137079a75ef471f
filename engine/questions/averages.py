"""Questions about intercepts, averages and the places of clusters."""

from __future__ import annotations

import numpy as np

from engine.account.balance import Balance, balance
from engine.account.targets import true_averages
from engine.comparison import compare_example
from engine.models.within import within_estimate
from engine.questions.question import Control, Curve, Numbers, Question, by_factors, evenly
from engine.questions.slopes import MIXED, OLS, ratio_control, stands
from engine.simulation import Scenario, simulate
from engine.words.numbers import share, with_decimals

_SCHOOLS = "lesson_schools"
_SETTING = "The scores of the pupils of six schools, of 120, 45, 12, 8, 5 and 2 pupils."


def _points(value: float) -> str:
    return with_decimals(value, 1)


def _beam(ratio: float | None = None, at: int = 0, pupils: float | None = None) -> Balance:
    """The six schools, at REML's ratio or another, and one of them of another size if need be."""
    both = compare_example(_SCHOOLS)
    counts = both.moments.counts.astype(np.float64)
    if pupils is not None:
        counts[at] = pupils
    rho = both.mixed.variance_ratio if ratio is None else ratio
    return balance(counts, both.moments.outcome_means, [0.0, rho])


# --- effects that average zero --------------------------------------------------------------------


def _predicted(ratio: float) -> Numbers:
    here = _beam(ratio)
    effects = here.landings[1] - here.point[1]
    return {
        "ols": float(here.point[0]),
        "mixed": float(here.point[1]),
        "sum": float(effects.sum()),
        "largest": float(np.abs(effects).max()),
    }


def _average_zero(value: float, here: Numbers) -> str:
    return (
        "They move weights. The six random intercepts add up to "
        f"{with_decimals(here['sum'], 3)}, although they reach {_points(here['largest'])} points; "
        f"and the intercept is {_points(here['mixed'])} ({stands(_SCHOOLS, value)}) where OLS's is "
        f"{_points(here['ols'])}. The larger ρ, the more nearly each school has one vote, however "
        "many pupils it has."
    )


# --- the grand mean -------------------------------------------------------------------------------


def _biggest(pupils: float) -> Numbers:
    here = _beam(at=0, pupils=pupils)
    return {
        "ols": float(here.point[0]),
        "mixed": float(here.point[1]),
        "means": float(here.means.mean()),
    }


def _grand_mean(value: float, here: Numbers) -> str:
    return (
        f"Without predictors OLS's is: {_points(here['ols'])}, the mean of all pupils. The mixed "
        f"model's, {_points(here['mixed'])}, is a weighted mean of the school means, whose plain "
        f"mean is {_points(here['means'])}. The {value:,.0f} pupils of school A have a vote each "
        "in the first, and about one together in the second. With predictors, either is about "
        "where all of them are 0."
    )


# --- shrunken means -------------------------------------------------------------------------------


def _followed(pupils: float) -> Numbers:
    here = _beam(at=-1, pupils=pupils)
    return {
        "own": float(here.means[-1]),
        "landing": float(here.landings[1, -1]),
        "pooled": float(here.point[1]),
        "shrinkage": float(here.shrinkage[1, -1]),
    }


def _raw_means(value: float, here: Numbers) -> str:
    pupils = "1 pupil" if value == 1.0 else f"{value:,.0f} pupils"
    return (
        f"No, they borrow strength. School F has {pupils} with a mean of {_points(here['own'])}; "
        f"the model puts it at {_points(here['landing'])}, {share(here['shrinkage'])} of the way "
        f"there from {_points(here['pooled'])}. That share is nρ/(1 + nρ): the more rows, the "
        "nearer to the cluster's own mean."
    )


# --- dummies --------------------------------------------------------------------------------------


def _dummies(place: float) -> Numbers:
    both = compare_example(_SCHOOLS)
    at = round(place)
    residual = within_estimate(both.moments).residual_variance
    return {
        "dummies": float(both.moments.outcome_means[at]),
        "dummies_error": float(np.sqrt(residual / both.moments.counts[at])),
        "mixed": both.mixed.estimates[0],
        "mixed_error": both.mixed.standard_errors[0],
    }


def _reference(value: float, here: Numbers) -> str:
    level = compare_example(_SCHOOLS).moments.levels[round(value)]
    return (
        f"No. With a dummy for every school but {level}, the intercept is the mean of school "
        f"{level}, {_points(here['dummies'])} with a standard error of "
        f"{_points(here['dummies_error'])}. The mixed model's, {_points(here['mixed'])} with "
        f"{_points(here['mixed_error'])}, is a weighted mean of all the schools and knows no "
        "reference."
    )


# --- the safe choice ------------------------------------------------------------------------------

_HELD = 0.05


def _informative(correlation: float) -> Numbers:
    scenario = Scenario(
        clusters=30, rows_per_cluster=20, size_spread=1.0, share_spread=0.0, effect=0.0,
        between_variance=1.0, size_intercept_correlation=correlation, seed=3,
    )  # fmt: skip
    truth = simulate(scenario).truth
    flags = true_averages(truth)
    lands = balance(truth.sizes, truth.cluster_intercepts, [0.0, _HELD]).point
    return {
        "person": flags.of_rows,
        "cluster": flags.of_clusters,
        "mixed": float(lands[1]),
        "ols": float(lands[0]),
    }


def _safe(_: float, here: Numbers) -> str:
    person, cluster, mixed = (
        with_decimals(here[name], 2) for name in ("person", "cluster", "mixed")
    )
    if abs(here["person"] - here["cluster"]) < 1e-6:
        return (
            "Not where size tells of the level. Now it does not: the average patient and the "
            f"average clinic both stand at {person}, and the mixed model lands near them, at "
            f"{mixed} on average over samples. Move the slider."
        )
    return (
        f"No. The average patient's clinic stands at {person}, the average clinic at {cluster}; at "
        f"ρ = {_HELD} the mixed model's intercept lands at {mixed} on average over samples, on "
        "neither. The mean of all patients hits the one, the plain mean of the clinic means the "
        "other: say first whose average you want."
    )


QUESTIONS = (
    Question(
        id="average-zero",
        asks="Random intercepts average zero: how can they move the fixed effects?",
        setting=_SETTING,
        control=ratio_control(_SCHOOLS, 0.001, 100.0),
        numbers=_predicted,
        curves=(OLS, MIXED),
        axis="Intercept, points",
        decimals=1,
        answer=_average_zero,
        lesson="rows-or-clusters",
        also=("random effects", "cancel", "weights", "mean zero"),
    ),
    Question(
        id="grand-mean",
        asks="Is the intercept the grand mean?",
        setting=f"{_SETTING} The slider sets the size of school A; means and ρ stay.",
        control=Control(
            "Pupils of school A", by_factors(2.0, 10_000.0, 61), 120.0, log=True, step=1.0
        ),
        numbers=_biggest,
        curves=(OLS, MIXED, Curve("means", "mean of the means", "between")),
        axis="Intercept, points",
        decimals=1,
        answer=_grand_mean,
        lesson="rows-or-clusters",
        also=("overall mean", "average", "weighted"),
    ),
    Question(
        id="raw-means",
        asks="Should the cluster means of a mixed model equal the raw means?",
        setting=f"{_SETTING} The slider sets the size of the smallest, school F; its mean and ρ "
        "stay.",
        control=Control("Pupils of school F", by_factors(1.0, 500.0, 61), 2.0, log=True, step=1.0),
        numbers=_followed,
        curves=(
            Curve("own", "its own mean", "no_pooling"),
            Curve("landing", "where it lands", "mixed"),
            Curve("pooled", "pooled value", "muted"),
        ),
        axis="Score, points",
        decimals=1,
        answer=_raw_means,
        lesson="shrinkage",
        also=("BLUP", "shrinkage", "partial pooling", "ranef", "coef"),
    ),
    Question(
        id="dummies-intercept",
        asks="With cluster dummies instead, does the intercept mean the same?",
        setting=_SETTING,
        control=Control(
            "School without a dummy", evenly(0, 5, 6), 0.0, names=("A", "B", "C", "D", "E", "F")
        ),
        numbers=_dummies,
        curves=(Curve("dummies", "with dummies", "no_pooling"), MIXED),
        axis="Intercept, points",
        decimals=1,
        answer=_reference,
        lesson="whose-average",
        also=("reference", "factor", "treatment contrasts", "lm"),
    ),
    Question(
        id="safe-choice",
        asks="Is the mixed model always the safe choice?",
        setting="30 made-up clinics of very unequal size. The slider makes large clinics better "
        "or worse; nothing else differs between patients.",
        control=Control(
            "Correlation of size with level", evenly(-0.9, 0.9, 19), -0.5, step=0.05
        ),
        numbers=_informative,
        curves=(
            Curve("person", "average patient", "ols"),
            Curve("cluster", "average clinic", "between"),
            MIXED,
        ),
        axis="Level, units of y",
        decimals=2,
        answer=_safe,
        lesson="whose-average",
        also=("informative cluster size", "bias", "estimand", "default"),
    ),
)  # fmt: skip
