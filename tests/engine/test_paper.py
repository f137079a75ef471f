"""Sentences for a paper: offered only where they are true, with numbers that come out again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as t_distribution

from engine import Comparison, compare
from engine.comparison import compare_example
from engine.words.paper import SITUATIONS, Passage, choices, first_choice, passages
from tests.engine.read_sentences import N, P, Range, exact, shown
from tests.engine.test_sentences import FORMULAS, drawn, of_clusters, real

ESTIMATE = re.compile(
    rf"{N} \(95% confidence interval {N} to {N}; standard error {N}; t = {N} on {N} degrees of "
    rf"freedom, p ([=<]) {N}\)"
)


def simulated() -> Iterator[Comparison]:
    for seed in range(5):
        frame = drawn(seed)
        yield from (compare(frame, formula) for formula in FORMULAS)
        yield from (of_clusters(10 * seed + k, 12 if k % 2 else 4) for k in range(4))


@cache
def comparisons() -> tuple[Comparison, ...]:
    return (*real(), *simulated())


def cases() -> Iterator[tuple[Comparison, str, dict[str, Passage]]]:
    for comparison in comparisons():
        for term in choices(comparison):
            yield comparison, term, passages(comparison, term)


def texts(passage: Passage) -> Iterator[str]:
    yield from (passage.methods, passage.results, passage.why, passage.wrong, passage.instead)


def estimates(text: str) -> list[tuple[str, ...]]:
    return [found.groups() for found in ESTIMATE.finditer(text)]


def only(text: str, pattern: str) -> str:
    (found,) = re.findall(pattern, text)
    return str(found)


def near(text: str, value: float) -> bool:
    """Whether a number is printed as it is."""
    return shown(text, 0.51).meets(Range(value, value))


# --- all of them ----------------------------------------------------------------------------------


def test_what_is_printed_of_a_coefficient_belongs_together() -> None:
    seen = 0
    for _, _, found in cases():
        for passage in found.values():
            for estimate, low, high, error, t, degrees, sign, p in estimates(passage.results):
                value, se, df = shown(estimate), shown(error), shown(degrees)
                quantiles = [float(t_distribution.isf(0.025, one)) for one in (df.high, df.low)]
                reach = Range(*quantiles) * se
                assert (value - reach).meets(shown(low)) and (value + reach).meets(shown(high))
                assert (value / se).meets(shown(t, 1.0))
                # A p-value falls with |t| and, at a given t, with the degrees of freedom.
                sizes = sorted(abs(end) for end in (shown(t, 1.0).low, shown(t, 1.0).high))
                if exact(t) == 0:
                    sizes[0] = 0.0
                most, least = (
                    2.0 * float(t_distribution.sf(size, one))
                    for size, one in zip(sizes, (df.low, df.high), strict=True)
                )
                said = Range(0.0, 0.001) if sign == "<" else shown(p)
                assert said.meets(Range(least, most)), passage.results
                seen += 1
    assert seen > 300


def test_every_situation_is_met_and_none_says_nothing() -> None:
    met = set()
    for _, _, found in cases():
        met |= set(found)
        for passage in found.values():
            assert passage.methods or passage.results
            assert passage.why and passage.wrong and passage.instead
            for text in texts(passage):
                assert not re.search(r"nan|inf\b|None|\s\s|\.\.|`", text.replace("formula", "")), (
                    text
                )
    assert met == set(SITUATIONS)


@pytest.mark.parametrize("name", SITUATIONS)
def test_an_example_is_in_its_situation(name: str) -> None:
    situation = SITUATIONS[name]
    comparison = compare_example(situation.example, situation.formula)
    assert passages(comparison, situation.term)[name] == situation.of_example()


def test_the_page_starts_with_the_coefficient_to_speak_of() -> None:
    assert first_choice(compare_example("high_school_and_beyond")) == "ses"
    assert first_choice(compare_example("lesson_schools")) == "(Intercept)"


# --- a situation is the model's -------------------------------------------------------------------


def test_singular_and_icc_are_told_apart() -> None:
    for comparison, _, found in cases():
        mixed = comparison.mixed
        assert ("singular" in found) == mixed.singular
        assert ("icc" in found) == (mixed.random_intercept_only and not mixed.singular)


def test_models_disagree_only_where_a_test_at_5_percent_does() -> None:
    seen = {True: 0, False: 0}
    for comparison, term, found in cases():
        # Where all variances are 0 both models are one fit.
        if term == "(Intercept)" or not comparison.mixed.theta.any():
            assert "disagree" not in found
            continue
        said = []
        for name in ("ols", "mixed"):
            fit = comparison.fits[name]
            k = fit.names.index(term)
            said.append(np.sign(fit.estimates[k]) * (fit.p_values[k] < 0.05))
        assert ("disagree" in found) == (said[0] != said[1])
        seen["disagree" in found] += 1
        if "disagree" in found and 0.0 in said:
            which = "OLS" if said[0] else "the mixed model"
            assert f"Only {which} finds it different from 0" in found["disagree"].results
            assert f"We report {which}," in found["disagree"].wrong
    assert min(seen.values()) > 10


def test_where_a_coefficient_is_answered_is_so_in_the_rows() -> None:
    seen = set()
    for comparison, term, found in cases():
        names = [column.name for column in comparison.design.columns]
        column = comparison.design.matrix[:, names.index(term)]
        rows = pd.Series(column).groupby(comparison.design.cluster_codes)
        spread_inside = float((column - rows.transform("mean")).abs().max())
        constant = spread_inside < 1e-9 * max(np.abs(column).max(), 1e-300)
        assert len({"within", "between", "slopes"} & set(found)) <= 1
        if "slopes" in found:
            assert any(term in component.names for component in comparison.mixed.components)
        elif constant and term != "(Intercept)" and comparison.design.has_intercept:
            assert "It rests on comparisons between" in found["between"].results
            seen.add("between")
        if "within" in found and "and nothing else" in found["within"].results:
            assert np.ptp(rows.mean()) < 1e-6 * np.ptp(column)
            seen.add("within alone")
    assert seen == {"between", "within alone"}


def test_the_weight_of_comparisons_within_clusters_makes_the_coefficient() -> None:
    """The mixed model's slope is λ · within + (1 − λ) · between, both from the rows."""
    seen = 0
    for seed in range(12):
        frame = drawn(seed)
        comparison = compare(frame, "y ~ x + (1 | g)")
        found = passages(comparison, "x")
        kind = "within" if "within" in found else "between"
        weight = re.search(P, found[kind].results.rsplit(").", 1)[1])
        if weight is None:
            continue
        means = frame.groupby("g")[["x", "y"]].transform("mean")
        x, y = frame.x - means.x, frame.y - means.y
        within = float((x @ y) / (x @ x))
        n = frame.groupby("g").size().to_numpy()
        centre = frame.groupby("g")[["x", "y"]].mean().to_numpy()
        omega = n / (1.0 + n * comparison.mixed.variance_ratio)
        away = centre - omega @ centre / omega.sum()
        between = float((omega * away[:, 0]) @ away[:, 1] / ((omega * away[:, 0]) @ away[:, 0]))
        share = (comparison.mixed.estimates[1] - between) / (within - between)
        assert near(weight[1], share) or weight[1].startswith(("under", "over"))
        seen += 1
    assert seen > 6


# --- numbers of each, another way -----------------------------------------------------------------


def test_coefficients_are_those_of_the_fits() -> None:
    for comparison, term, found in cases():
        for name, wanted in (
            ("within", ["mixed"]),
            ("between", ["mixed"]),
            ("slopes", ["mixed"]),
            ("disagree", ["ols", "mixed"]),
            ("few-clusters", ["mixed", "ols_robust"]),
        ):
            if name not in found:
                continue
            printed = estimates(found[name].results)
            for (value, *_, error, _, degrees, _, _), fit in zip(
                printed, (comparison.fits[one] for one in wanted), strict=False
            ):
                k = fit.names.index(term)
                assert near(value, fit.estimates[k])
                assert near(error, fit.standard_errors[k])
                assert near(degrees, fit.degrees_of_freedom[k])


def test_within_and_between_are_those_of_a_model_with_the_cluster_mean() -> None:
    seen = 0
    for seed in range(8):
        frame = drawn(seed)
        found = passages(compare(frame, "y ~ x + (1 | g)"), "x").get("separated")
        if found is None:
            continue
        larger = frame.assign(of_g=frame.groupby("g").x.transform("mean"))
        again = compare(larger, "y ~ x + of_g + (1 | g)").mixed
        inside, added = (one[0] for one in estimates(found.results))
        assert near(inside, again.estimates[1])
        assert near(added, again.estimates[2])
        between = only(found.results, rf"between clusters it is {N}\.")
        assert exact(between) == exact(inside) + exact(added)
        seen += 1
    assert seen > 4


def test_a_cluster_mean_that_is_there_already_is_not_added_again() -> None:
    frame = drawn(1)
    frame["of_g"] = frame.groupby("g").x.transform("mean")
    assert "separated" in passages(compare(frame, "y ~ x + (1 | g)"), "x")
    assert "separated" not in passages(compare(frame, "y ~ x + of_g + (1 | g)"), "x")


def test_an_intraclass_correlation_comes_out_of_its_variances() -> None:
    for comparison, _, found in cases():
        if "icc" not in found:
            continue
        text = found["icc"].results
        between, residual, icc = re.findall(
            rf"was {N} and the residual variance {N}, an intraclass correlation of {N}[.,]", text
        )[0]
        whole = shown(between) + shown(residual)
        assert (shown(between) / whole).meets(shown(icc))
        counts = np.bincount(comparison.design.cluster_codes).astype(float)
        value = comparison.mixed.between_variance / (
            comparison.mixed.between_variance + comparison.mixed.residual_variance
        )
        # Each cluster is worth n / (1 + (n − 1) ICC) independent rows.
        worth = float(np.sum(counts / (1.0 + (counts - 1.0) * value)))
        effect = only(text, rf"the design effect is {N}:")
        assert near(effect, counts.sum() / worth)
        assert near(only(text, rf"about {N} independent row"), worth)


def test_slopes_of_clusters_run_as_far_as_their_standard_deviation_says() -> None:
    seen = 0
    for _, _, found in cases():
        if "slopes" not in found or "estimated as 0" in found["slopes"].results:
            continue
        text = found["slopes"].results
        spread = shown(only(text, rf"standard deviation of {N};"))
        low, high = re.findall(rf"have one from {N} to {N}\.", text)[0]
        reach = spread * Range(1.95996, 1.95997)
        value = shown(estimates(text)[0][0])
        assert (value - reach).meets(shown(low)) and (value + reach).meets(shown(high))
        both_sides = exact(low) < 0 < exact(high)
        assert ("on both sides of 0" in found["slopes"].instead) == both_sides
        seen += 1
    assert seen > 10


def test_few_degrees_of_freedom_are_few_enough_to_matter() -> None:
    for comparison, term, found in cases():
        fits = [comparison.fits["mixed"], comparison.fits.get("ols_robust")]
        least = min(
            fit.degrees_of_freedom[fit.names.index(term)]
            for fit in fits
            if fit is not None and np.isfinite(fit.degrees_of_freedom[fit.names.index(term)])
        )
        assert ("few-clusters" in found) == (t_distribution.isf(0.025, least) > 1.05 * 1.959964)
        if "few-clusters" in found:
            asked = only(found["few-clusters"].why, rf"\|t\| above {N}, not 1\.96")
            assert near(asked, float(t_distribution.isf(0.025, least)))


def test_sizes_are_counted_and_missing_rows_said() -> None:
    frame = drawn(2)
    frame.loc[[3, 5], "x"] = np.nan
    said = passages(compare(frame, "y ~ x + (1 | g)"), "x")["sample"].methods
    sizes = frame.dropna().groupby("g").size()
    assert f"{len(frame) - 2} rows in {len(sizes)} clusters (g)" in said
    assert f"of {sizes.min()} to {sizes.max()} rows each (median {sizes.median():g})" in said
    assert "2 further rows with a missing value in a variable of the model were left out" in said


def test_a_smaller_standard_error_is_not_called_conservative() -> None:
    seen = set()
    for comparison, term, found in cases():
        if "within" not in found:
            continue
        k = comparison.mixed.names.index(term)
        smaller = comparison.mixed.standard_errors[k] < comparison.ols.standard_errors[k] * 0.999
        conservative = "more conservative" in found["within"].wrong
        assert conservative or not smaller
        seen.add(conservative)
    assert seen == {True, False}


# --- names ----------------------------------------------------------------------------------------


def test_names_are_the_columns_own_however_long_and_whatever_their_signs() -> None:
    long = "an outcome's *predictor* with [signs] and exactly sixty letters"
    frame = drawn(3).rename(columns={"x": long, "g": "the group_of each | row"})
    quoted = f"`{long}`"
    formula = f"y ~ {quoted} * f + z + (1 + {quoted} | `the group_of each | row`)"
    comparison = compare(frame, formula)
    assert choices(comparison)["fb"] == "coefficient of f = b (against a)"
    for term, named in choices(comparison).items():
        said = passages(comparison, term)
        results = next(
            said[kind].results for kind in ("within", "between", "slopes") if kind in said
        )
        assert named in results
    slopes = passages(comparison, quoted)["slopes"].results
    assert f"the coefficient of {long} was" in slopes and "it holds where f is a." in slopes
    assert (
        f"among the {len(set(frame['the group_of each | row']))} clusters of the group_of" in slopes
    )
