"""The questions: their numbers recomputed another way, moved by their control, and their claims."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.stats import f as f_distribution
from scipy.stats import norm

from engine import Scenario, compare, compare_design, simulate
from engine.comparison import compare_example
from engine.data.examples import load
from engine.data.regroup import measured_from
from engine.figures.base import PALETTES
from engine.figures.question import question_figure
from engine.inference.profile_intercept import profile_intervals
from engine.models.hausman import hausman
from engine.questions import QUESTIONS, THEMES, Question
from engine.questions.variances import _ten_schools as ten_schools
from tests.engine.read_sentences import N, Range, shown

every_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)


def numbers(name: str, value: float) -> dict[str, float]:
    return dict(QUESTIONS[name].numbers(value))


def reml(name: str) -> float:
    return compare_example(name).mixed.variance_ratio


# --- all of them ----------------------------------------------------------------------------------


def test_there_are_twenty_and_each_address_is_one() -> None:
    assert len(QUESTIONS) == 20
    assert sum(map(len, THEMES.values())) == 20
    for question in QUESTIONS.values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", question.id)


@every_question
def test_a_control_moves_numbers_and_the_answer(question: Question) -> None:
    control = question.control
    places = [control.first, control.places[0], control.places[-1]]
    found = [question.at(place) for place in places]
    assert all(np.isfinite(list(here.values())).all() for here in found)
    answers = {question.answer(place, here) for place, here in zip(places, found, strict=True)}
    assert len(answers) == len(set(places))
    moved = [
        each.id for each in question.curves if np.ptp([here[each.id] for here in found]) > 1e-9
    ]
    assert moved


@every_question
def test_an_answer_is_short_and_says_numbers_of_its_example(question: Question) -> None:
    first = question.control.first
    text = question.answer(first, question.at(first))
    assert len(re.findall(r"[.:;?](?: |$)", text)) <= 6 and len(text) < 480
    assert len(re.findall(r"\d", text)) >= 4
    assert "nan" not in text


@every_question
def test_the_figure_draws_the_numbers_where_the_control_stands(question: Question) -> None:
    for value in (question.control.first, question.control.places[-1]):
        figure = question_figure(question, value, PALETTES["light"], height=360)
        traces = {trace["meta"]["role"]: trace for trace in figure["data"]}
        here = question.at(value)
        low, high = figure["layout"]["yaxis"]["range"]
        for each in question.curves:
            assert traces[f"{each.id} here"]["x"] == [value]
            assert traces[f"{each.id} here"]["y"] == [here[each.id]]
            drawn = traces[each.id]["y"]
            assert len(drawn) == len(question.control.places)
            shown = np.log10(drawn) if question.log else drawn
            assert low < shown.min() and shown.max() < high
        assert len(figure["layout"]["xaxis"]["title"]["text"]) <= 44


def test_a_value_of_an_address_becomes_one_that_the_control_takes() -> None:
    shapes, spread = QUESTIONS["not-gaussian"].control, QUESTIONS["zero-variance"].control
    assert shapes.nearest(1.4) == 1.0 and shapes.nearest(99.0) == 3.0
    assert spread.nearest(-2.0) == 0.0 and spread.nearest(1.234) == 1.234
    pupils, times = QUESTIONS["raw-means"].control, QUESTIONS["hausman"].control
    assert pupils.nearest(30.4) == 30.0 and times.nearest(3.7) == 4.0


# What an answer may say that is no number of its example: the level of a test, sizes that the
# setting names, what is said of the ends of a slider, and the control's own value.
SAID_BESIDES = {0.0, 1.0, 3.0, 5.0, 10.0, 20.0, 50.0, 95.0, 100.0, 200.0, 1_000.0, 0.05}


@every_question
def test_every_number_of_an_answer_is_one_of_its_example(question: Question) -> None:
    control = question.control
    for value in {control.first, *control.places[:: max(1, len(control.places) // 8)]}:
        here = question.at(value)
        known = [*here.values(), value, control.first, *SAID_BESIDES]
        if control.names and control.names[round(value)].isdecimal():
            known.append(float(control.names[round(value)]))
        text = question.answer(value, here)
        for found in re.finditer(rf"(?<![\w]){N}(%)?(?![\w.]*%)", text):
            number = shown(found[1], 0.51)
            scale = 0.01 if found[2] else 1.0
            number = Range(number.low * scale, number.high * scale)
            # A gap is said without its sign.
            fits = any(
                number.meets(Range(one, one)) or number.meets(Range(abs(one), abs(one)))
                for one in known
            )
            assert fits, (found[0], text)


def test_degrees_of_freedom_that_are_whole_are_printed_whole() -> None:
    question = QUESTIONS["degrees-of-freedom"]
    for value, degrees in ((1.0, "4.2"), (0.0, "191")):
        figure = question_figure(question, value, PALETTES["light"], height=360)
        names = [trace["name"] for trace in figure["data"] if trace["mode"] == "lines"]
        assert names == [
            f"Satterthwaite <b>{degrees}</b>",
            "schools less one <b>5</b>",
            "pupils less one <b>191</b>",
        ]
        assert f"finds {degrees} with the schools" in question.answer(value, question.at(value))


# --- the numbers of each, another way -------------------------------------------------------------


def same_coefficients(value: float) -> dict[str, float]:
    scenario = Scenario(
        rows_per_cluster=40, size_spread=0.0, share_spread=value, share_intercept_correlation=0.7,
        effect=0.0, seed=8,
    )  # fmt: skip
    both = compare(simulate(scenario).frame, "y ~ condition + (1 | cluster)")
    return {"ols": both.ols.estimates[1], "mixed_error": both.mixed.standard_errors[1]}


def gls(name: str, predictors: list[str], ratio: float) -> np.ndarray:
    """Generalised least squares with the whole covariance matrix."""
    design = compare_example(name).design
    frame = load(name)
    x = np.column_stack([np.ones(len(frame)), *(frame[each] for each in predictors)])
    same = design.cluster_codes[:, None] == design.cluster_codes
    inverse = np.linalg.inv(np.eye(len(frame)) + ratio * same)
    return np.linalg.solve(x.T @ inverse @ x, x.T @ inverse @ design.outcome)


CAPITAL = ["log_pcap", "log_pc", "log_emp", "unemp"]


def two_meanings(ratio: float) -> dict[str, float]:
    frame = load("puzzle_public_capital")
    inside = frame[[*CAPITAL, "log_gsp"]] - frame.groupby("state")[[*CAPITAL, "log_gsp"]].transform(
        "mean"
    )
    within = np.linalg.lstsq(inside[CAPITAL], inside["log_gsp"])[0]
    return {"mixed": gls("puzzle_public_capital", CAPITAL, ratio)[1], "within": within[0]}


def cars(copies: float) -> dict[str, float]:
    frame = load("mpg")
    more = [frame.assign(**{"class": frame["class"] + str(k)}) for k in range(round(copies))]
    both = compare(pd.concat(more), "hwy ~ displ + (1 | class)")
    tested = hausman(both.dial)
    assert tested is not None
    mixed = both.dial.at(tested.variance_ratio).fixed_effects[1]
    return {"gap": both.fits["within"].estimates[0] - float(mixed), "p": tested.p_value}


def average_zero(ratio: float) -> dict[str, float]:
    return {"mixed": gls("lesson_schools", [], ratio)[0], "sum": 0.0}


def of_size(level: str, count: float) -> pd.DataFrame:
    """The six schools, one of them with copies of its pupils' mean about the same spread."""
    moments = compare_example("lesson_schools").moments
    counts = moments.counts.astype(float)
    counts[moments.levels.index(level)] = count
    return pd.DataFrame({"n": counts, "mean": moments.outcome_means})


def grand_mean(pupils: float) -> dict[str, float]:
    schools, ratio = of_size("A", pupils), reml("lesson_schools")
    weights = schools.n / (1.0 + schools.n * ratio)
    return {
        "ols": float(np.average(schools["mean"], weights=schools.n)),
        "mixed": float(np.average(schools["mean"], weights=weights)),
    }


def raw_means(pupils: float) -> dict[str, float]:
    schools, ratio = of_size("F", pupils), reml("lesson_schools")
    pooled = np.average(schools["mean"], weights=schools.n / (1.0 + schools.n * ratio))
    share = pupils * ratio / (1.0 + pupils * ratio)
    return {"landing": float(pooled + share * (88.0 - pooled)), "own": 88.0}


def dummies(place: float) -> dict[str, float]:
    frame = load("lesson_schools")
    schools = sorted(frame.school.unique())
    others = [school for school in schools if school != schools[round(place)]]
    x = np.column_stack([np.ones(len(frame)), *(frame.school == other for other in others)])
    estimates, (squares,), *_ = np.linalg.lstsq(x.astype(float), frame.score)
    variance = squares / (len(frame) - 6) * np.linalg.inv(x.T @ x.astype(float))[0, 0]
    return {"dummies": estimates[0], "dummies_error": float(np.sqrt(variance))}


def safe_choice(correlation: float) -> dict[str, float]:
    scenario = Scenario(
        clusters=30, rows_per_cluster=20, size_spread=1.0, share_spread=0.0, effect=0.0,
        between_variance=1.0, size_intercept_correlation=correlation, seed=3,
        residual_variance=1e-12,
    )  # fmt: skip
    rows = simulate(scenario).frame.groupby("cluster").y.agg(["size", "mean"])
    weights = rows["size"] / (1.0 + 0.05 * rows["size"])
    return {
        "person": float(np.average(rows["mean"], weights=rows["size"])),
        "cluster": float(rows["mean"].mean()),
        "mixed": float(np.average(rows["mean"], weights=weights)),
    }


def larger_errors(spread: float) -> dict[str, float]:
    both = compare_example("puzzle_split_plot")
    frame = load("puzzle_split_plot")
    line = pd.get_dummies(frame[["a", "b"]].astype(str), drop_first=True, dtype=float)
    fitted = both.mixed.estimates[0] + line.to_numpy() @ both.mixed.estimates[1:]
    away = (frame.y - fitted).groupby(frame.s).transform("mean")
    moved = compare(frame.assign(y=frame.y + (spread - 1.0) * away), both.formula)
    ratio = moved.mixed.standard_errors / moved.ols.standard_errors
    return {"between": ratio[1], "inside": ratio[2]}


def small_icc(icc: float) -> dict[str, float]:
    return {
        str(n): 2.0 * norm.sf(norm.isf(0.025) / np.sqrt(1.0 + (n - 1) * icc)) for n in (10, 50, 200)
    }


def schools_apart(name: str, formula: str, spread: float) -> pd.DataFrame:
    both, frame = compare_example(name), load(name)
    outcome, cluster = formula.split()[0], formula.split()[-1].strip(")")
    slope = both.mixed.estimates[1:]
    fitted = both.mixed.estimates[0] + (frame["ses"] * slope[0] if len(slope) else 0.0)
    away = (frame[outcome] - fitted).groupby(frame[cluster]).transform("mean")
    return frame.assign(**{outcome: frame[outcome] + (spread - 1.0) * away})


def robust_or_mixed(spread: float) -> dict[str, float]:
    formula = "math ~ ses + (1 | school)"
    both = compare(schools_apart("high_school_and_beyond", formula, spread), formula)
    fits = both.fits
    return {
        "ols": fits["ols"].standard_errors[1],
        "ols_robust": fits["ols_robust"].standard_errors[1],
        "mixed": fits["mixed"].standard_errors[1],
        "slope_mixed": fits["mixed"].estimates[1],
    }


def degrees(spread: float) -> dict[str, float]:
    formula = "score ~ 1 + (1 | school)"
    both = compare(schools_apart("lesson_schools", formula, spread), formula)
    return {"df": both.fits["mixed"].degrees_of_freedom[0], "clusters": 5.0, "rows": 191.0}


def correlation(day: float) -> dict[str, float]:
    covariance = compare_example("sleepstudy").mixed.covariance
    shift = np.array([[1.0, day], [0.0, 1.0]])
    moved = shift @ covariance @ shift.T
    return {
        "correlation": moved[0, 1] / np.sqrt(moved[0, 0] * moved[1, 1]),
        "slope": compare_example("sleepstudy").mixed.estimates[1],
    }


def zero_variance(spread: float) -> dict[str, float]:
    frame = load("puzzle_zero_variance")
    means = frame.groupby("subject").y.transform("mean")
    moved = frame.assign(y=frame.y + (spread - 1.0) * (means - frame.y.mean()))
    by = moved.groupby("subject").y
    square = float((by.var(ddof=1)).mean())
    sd = float(by.mean().std(ddof=1))
    return {
        "means": sd,
        "noise": float(np.sqrt(square / 5)),
        "estimate": float(np.sqrt(max(sd**2 - square / 5, 0.0))),
    }


def interval(count: float) -> dict[str, float]:
    terms = " + ".join(["1", *(f"x{k + 1}" for k in range(int(count)))])
    both = compare(ten_schools(), f"score ~ {terms} + (1 | school)")
    low, high = profile_intervals(both.dial).between_sd
    return {"reml": both.mixed.between_sd, "low": low, "high": high}


def one_predictor(name: str, x: str) -> Callable[[float], dict[str, float]]:
    def at(ratio: float) -> dict[str, float]:
        both = compare_example(name)
        within = both.fits["within"].estimates[0]
        mixed = float(both.dial.at(ratio).fixed_effects[1])
        assert both.mixed.names[1] == x
        return {"ols": both.ols.estimates[1], "mixed": mixed, "within": within}

    return at


def conditional(correlation: float) -> dict[str, float]:
    scenario = Scenario(
        clusters=30, rows_per_cluster=40, size_spread=0.0, share_spread=0.5, effect=1.0,
        residual_variance=1e-12, share_intercept_correlation=correlation, seed=4,
    )  # fmt: skip
    dial = compare_design(simulate(scenario).design()).dial
    ols, mixed = dial.at([0.0, 0.05]).fixed_effects[:, 1]
    return {"ols": ols, "mixed": mixed}


AGAIN: dict[str, tuple[Callable[[float], dict[str, float]], float, float]] = {
    "same-coefficients": (same_coefficients, 0.5, 1e-7),
    "equal-sizes": (one_predictor("puzzle_161703", "X"), 0.7, 1e-9),
    "confounding": (one_predictor("high_school_and_beyond", "ses"), 0.02, 1e-9),
    "two-meanings": (two_meanings, 0.5, 1e-6),
    "hausman": (cars, 3.0, 1e-6),
    "conditional-marginal": (conditional, 0.5, 1e-7),
    "average-zero": (average_zero, 0.3, 1e-9),
    "grand-mean": (grand_mean, 900.0, 1e-9),
    "raw-means": (raw_means, 7.0, 1e-9),
    "dummies-intercept": (dummies, 2.0, 1e-9),
    "safe-choice": (safe_choice, 0.5, 1e-4),
    "larger-errors": (larger_errors, 2.0, 1e-5),
    "small-icc": (small_icc, 0.02, 1e-9),
    "robust-or-mixed": (robust_or_mixed, 0.7, 1e-5),
    "degrees-of-freedom": (degrees, 2.0, 1e-5),
    "correlation-of-fixed-effects": (correlation, 3.0, 1e-6),
    "zero-variance": (zero_variance, 2.0, 1e-6),
    "interval-without-estimate": (interval, 6.0, 1e-9),
}


@pytest.mark.parametrize("name", AGAIN)
def test_the_numbers_of_an_example_come_out_another_way(name: str) -> None:
    another, value, tolerance = AGAIN[name]
    here, expected = numbers(name, value), another(value)
    assert_allclose([here[each] for each in expected], [*expected.values()], tolerance, 1e-9)


def test_only_the_two_counted_in_samples_are_not_recomputed() -> None:
    assert QUESTIONS.keys() - AGAIN.keys() == {"few-clusters", "not-gaussian"}


def test_samples_agree_with_theory_where_there_is_one() -> None:
    # With equal sizes τ̂² = 0 where MSB < MSW: a quantile of F, at 5 clusters of 20.
    expected = f_distribution.cdf(1.0 / (1.0 + 20 / 4.0), 4, 95)
    # A standard error of 0.7 percentage points in 1,000 samples.
    assert numbers("few-clusters", 2.0)["zero"] == pytest.approx(expected, abs=0.02)
    # The mean of 30 means of variance τ² + σ²/20.
    assert numbers("not-gaussian", 0.0)["sd"] == pytest.approx(np.sqrt(1.2 / 30), abs=0.015)


# --- what the answers claim -----------------------------------------------------------------------


def test_slopes_agree_at_both_ends_and_nowhere_between() -> None:
    family = QUESTIONS["same-coefficients"].family()
    gap = np.abs(family["ols"] - family["mixed"])
    assert gap[0] < 1e-9 and gap[-1] < 1e-6 and np.all(gap[1:-1] > 0.01)


def test_random_intercepts_add_up_to_zero_at_any_ratio() -> None:
    for ratio in (0.01, 1.0, 100.0):
        here = numbers("average-zero", ratio)
        assert abs(here["sum"]) < 1e-9
        assert here["mixed"] - here["ols"] > 0.1 and here["largest"] > 0.1


def test_more_clusters_make_any_gap_significant() -> None:
    few, many = numbers("hausman", 1.0), numbers("hausman", 40.0)
    assert few["p"] > 0.05 > many["p"]
    assert many["gap"] == pytest.approx(few["gap"], rel=0.05)


def test_conditional_and_marginal_slopes_are_one_without_correlation() -> None:
    here = numbers("conditional-marginal", 0.0)
    assert here["ols"] == pytest.approx(1.0, abs=1e-5)
    assert here["mixed"] == pytest.approx(1.0, abs=1e-5)
    apart = numbers("conditional-marginal", 0.9)
    assert 1.1 < apart["mixed"] < apart["ols"]


def test_errors_go_both_ways_as_long_as_subjects_differ() -> None:
    family = QUESTIONS["larger-errors"].family()
    assert np.all(family["between"] >= 1.0) and np.all(family["inside"] <= 1.0)
    assert numbers("larger-errors", 0.0)["between"] == 1.0


def test_the_mixed_intercept_is_on_neither_average() -> None:
    here = numbers("safe-choice", -0.5)
    assert here["person"] + 0.1 < here["mixed"] < here["cluster"] - 0.1


def test_moving_zero_leaves_slope_and_fit() -> None:
    family = [numbers("correlation-of-fixed-effects", day) for day in (0.0, 4.5, 9.0)]
    assert_allclose([each["slope"] for each in family], family[0]["slope"], rtol=1e-9)
    assert_allclose([each["criterion"] for each in family], family[0]["criterion"], rtol=1e-9)
    direct = compare(
        measured_from(load("sleepstudy"), "Days", 4.5), "Reaction ~ Days + (1|Subject)"
    )
    assert family[1]["correlation"] == pytest.approx(0.0, abs=1e-9)
    assert family[1]["intercept"] == pytest.approx(direct.mixed.estimates[0])


def test_an_interval_by_ml_loses_remls_estimate_with_many_predictors() -> None:
    none, many = (
        numbers("interval-without-estimate", 0.0),
        numbers("interval-without-estimate", 6.0),
    )
    assert none["low"] < none["reml"] < none["high"]
    assert many["reml"] > many["high"]
    shares = [numbers("interval-without-estimate", count)["share"] for count in range(8)]
    assert np.all(np.diff(shares) < 0.0)


def test_the_shape_leaves_the_intercept_and_costs_the_variance() -> None:
    found = [numbers("not-gaussian", place) for place in range(4)]
    assert all(abs(each["bias"]) < 0.02 for each in found)
    assert all(each["intercept"] > 0.89 for each in found)
    assert found[3]["variance"] < 0.55 < found[2]["variance"] < 0.85 < found[0]["variance"]


def test_few_clusters_know_their_variance_poorly() -> None:
    family = QUESTIONS["few-clusters"].family()
    assert np.all(np.diff(family["high"] - family["low"]) < 0.0)
