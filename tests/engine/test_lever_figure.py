"""The lever: where clusters land, the two weights that decide, and what is kept back."""

import json

import numpy as np
import pytest

from engine import compare
from engine.account.balance import balance
from engine.data.examples import load
from engine.figures.base import PALETTES
from engine.figures.beam import BEAM_AT, Beam
from engine.figures.lever import Lever, lever_figure
from engine.words.formulas import landing_formula, lever_formula, shrinkage_formula

BOTH = compare(load("lesson_schools"), "score ~ 1 + (1 | school)")
SMALLEST = 5
AXIS = (35.0, 105.0)


def lever(between: float | None = None, count: float = 2.0, mean: float = 88.0) -> Lever:
    between = BOTH.mixed.between_variance if between is None else between
    counts, means = BOTH.moments.counts.astype(float), BOTH.moments.outcome_means.copy()
    counts[SMALLEST], means[SMALLEST] = count, mean
    ratio = between / BOTH.mixed.residual_variance
    beam = Beam(
        BOTH.moments.levels, counts, ratio, balance(counts, means, 0), balance(counts, means, ratio)
    )
    return Lever(beam, SMALLEST, BOTH.mixed.residual_variance, between)


def drawn(here: Lever, **what: object) -> dict[str, dict]:
    figure = lever_figure(
        here, PALETTES["light"], axis_range=AXIS,
        outcome="score", cluster="school", height=400, **what,  # type: ignore[arg-type]
    )  # fmt: skip
    return {trace["meta"]["role"]: trace for trace in figure["data"]}


def test_clusters_land_where_the_mixed_model_puts_them() -> None:
    traces = drawn(lever())
    # The figure lists the clusters in the order of the data.
    assert traces["landings"]["x"] == pytest.approx(BOTH.clusters.shrunken)
    assert traces["means"]["x"] == pytest.approx(BOTH.moments.outcome_means)
    assert traces["mixed"]["x"] == pytest.approx([BOTH.mixed.estimates[0]] * 2)


@pytest.mark.parametrize("between", [0.5, 41.6, 134.0, 9000.0])
@pytest.mark.parametrize("count", [1.0, 2.0, 60.0])
def test_the_two_weights_balance_where_the_cluster_lands(between: float, count: float) -> None:
    here = lever(between, count)
    weights = drawn(here)["ratio"]
    parts = np.array([1.0 / between, count / here.residual_variance])
    assert parts @ weights["x"] / parts.sum() == pytest.approx(here.landing)
    assert weights["y"] == [BEAM_AT, BEAM_AT]
    size = np.asarray(weights["marker"]["size"])
    if size.min() > 7.0:  # smaller discs could not be seen
        assert size**2 / (size**2).sum() == pytest.approx(parts / parts.sum())


def test_before_the_answer_the_figure_holds_no_landing() -> None:
    here = lever()
    traces = drawn(here, answer=76.0, landed=False)
    assert not {"landings", "ways", "way", "shrinkage", "fulcrum"} & traces.keys()
    held = json.dumps(list(traces.values()), default=lambda array: np.asarray(array).tolist())
    assert "82.4" not in held and f"{here.shrinkage:.2f}" not in held


def test_every_term_of_the_formulas_has_its_picture() -> None:
    here = lever()
    figure = drawn(here)
    shown = {term for trace in figure.values() for term in trace["meta"].get("terms", ())}
    formulas = (
        shrinkage_formula(2, here.beam.ratio),
        lever_formula(2, here.residual_variance, here.between_variance),
        landing_formula(here.pooled, here.own, here.shrinkage),
    )
    assert {term for formula in formulas for term in formula.terms} <= shown | figure.keys()


def test_a_companion_has_another_size_and_another_mean() -> None:
    assert lever().companion(0.5) is None
    found = lever(12.4).companion(0.5)
    assert found is not None and BOTH.moments.levels[found] == "C"
    # A cluster of the same size, or with the same mean, would be no discovery.
    assert lever(count=12.0, mean=71.0).companion(0.5) is None


@pytest.mark.parametrize("mean", [40.0, 63.0, 66.0, 88.0])
def test_names_of_ends_close_together_stand_apart(mean: float) -> None:
    here = lever(mean=mean)
    first, second = drawn(here)["weights' names"]["textposition"]
    if abs(here.own - here.pooled) < 0.33 * (AXIS[1] - AXIS[0]):
        sides = ("middle left", "middle right")
        assert (first, second) == (sides if here.pooled <= here.own else sides[::-1])
    else:
        assert first == second == "middle center"


@pytest.mark.parametrize("answer", [None, 45.0, 70.0, 95.0])
@pytest.mark.parametrize("between", [0.0, 13.0, 134.0])
def test_the_name_of_the_pooled_value_stands_clear_of_means_and_answer(
    answer: float | None, between: float
) -> None:
    here = lever(between)
    figure = drawn(here, answer=answer)
    side = 1 if "right" in figure["pooled name"]["textposition"] else -1
    (row,) = np.flatnonzero(figure["means"]["y"] == figure["pooled name"]["y"][0])
    assert side * (figure["means"]["x"][row] - here.pooled) < 0
    # The name takes less than a third of the axis, on the narrowest screen.
    if answer is not None:
        ahead = side * (answer - here.pooled) / (AXIS[1] - AXIS[0])
        assert not 0.0 < ahead < 0.33


def test_clusters_as_they_were_are_drawn_beside_what_they_have_become() -> None:
    before, now = lever(), lever(mean=60.0)
    traces = drawn(now, before=before)
    assert traces["means before"]["x"][SMALLEST] == 88.0 and traces["means"]["x"][SMALLEST] == 60.0
    assert traces["pooled before"]["x"] == [before.pooled] * 2 != [now.pooled] * 2
    assert "means before" not in drawn(now)
