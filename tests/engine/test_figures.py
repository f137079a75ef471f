"""Figures draw the model that was fitted, and nothing they draw lies beyond their axes."""

import itertools
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from engine import Comparison, Scenario, ScenarioError, compare, compare_design, simulate
from engine.account.ledger import Ledger, ledger
from engine.data.examples import load
from engine.figures.axes import covering
from engine.figures.base import PALETTES, Figure, named_rows, ring_radii, short
from engine.figures.course import FittedLines, along
from engine.figures.labels import apart, beside, name_box
from engine.figures.lines import lines_figure
from engine.figures.shrinkage import shrinkage_figure
from engine.figures.waterfall import ledger_figure

LIGHT = PALETTES["light"]


def traces(figure: Figure) -> dict[str, dict[str, Any]]:
    return {trace["meta"]["role"]: trace for trace in figure["data"]}


@pytest.mark.parametrize("size", [1.0, 1e40, 1e-40])
def test_rows_are_drawn_where_they_are_whatever_their_size(size: float) -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": rng.normal(size=40) * size, "g": np.arange(40) % 5})
    frame["y"] = frame.x + size * rng.normal(size=40)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        comparison = compare(frame, "y ~ x + (1 | g)")
        figure = lines_figure(along(comparison), LIGHT)
    points = traces(figure)["rows"]
    for axis in "xy":
        # This is a thousandth of a pixel in a picture a thousand pixels wide.
        assert np.abs(points[axis] - frame[axis]).max() < 1e-6 * np.ptp(frame[axis])


# --- the lines are those of the model -------------------------------------------------------------

# What varies inside clusters is x, or f, alone: a line stands for one value of the others.
ALONG_X = ("x", "x + z", "x * z", "x * arm", "x + arm", "x * arm * z", "x:arm", "0 + arm + x:arm",
           "0 + x", "x * arm + x * z")  # fmt: skip
ALONG_F = ("f", "f * arm", "f + f:z", "0 + f:arm")
MODELS = [
    *itertools.product(ALONG_X, ("(1 | g)", "(1 + x | g)", "(0 + x | g)", "(1 + x || g)")),
    *itertools.product(ALONG_F, ("(1 | g)", "(1 + f | g)")),
    ("z * arm", "(1 | g)"),
]


def rows_of(seed: int) -> pd.DataFrame:
    """Rows with x and f varying inside clusters, z and arm constant in them."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(4, 12, size=12)
    g = np.repeat(np.arange(12), sizes)
    frame = pd.DataFrame(
        {
            "g": [f"c{k:02}" for k in g],
            "x": rng.normal(3.0, 1.0, len(g)),
            "f": rng.choice(["a", "b", "c"], len(g)),
            "z": rng.normal(size=12)[g],
            "arm": np.array(["low", "high", "none"])[rng.permutation(np.arange(12) % 3)][g],
        }
    )
    own, slopes = rng.normal(size=12)[g], rng.normal(0.0, 0.5, size=12)[g]
    frame["y"] = own + (1.0 + slopes + frame.z) * frame.x + rng.normal(size=len(g))
    return frame


def fitted_values(comparison: Comparison) -> np.ndarray[Any, np.dtype[np.float64]]:
    scaled = comparison.scaled_residuals * comparison.mixed.residual_sd
    return np.asarray(comparison.design.outcome - scaled)


@pytest.mark.parametrize(("fixed", "random"), MODELS)
def test_a_clusters_line_runs_through_its_fitted_values(fixed: str, random: str) -> None:
    comparison = compare(rows_of(len(fixed)), f"y ~ {fixed} + {random}")
    design, predicted = comparison.design, fitted_values(comparison)
    predictor = next(name for name in "xfz" if name in fixed)
    lines = along(comparison, predictor)
    at = design.predictors[predictor]
    for j in range(len(lines.levels)):
        mine = design.cluster_codes == j
        drawn = np.interp(at[mine], lines.grid, lines.partial_pooling[j])
        assert_allclose(drawn, predicted[mine], atol=1e-8)
        if lines.no_pooling is not None:
            own = np.interp(at[mine], lines.grid, lines.no_pooling[j])
            assert np.mean(design.outcome[mine] - own) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("fixed", [*ALONG_X, *ALONG_F, "f * x", "x + f:arm", "z * arm"])
def test_a_models_line_is_the_mean_of_its_fitted_values_at_each_position(fixed: str) -> None:
    frame = rows_of(3)
    comparison = compare(frame, f"y ~ {fixed} + (1 | g)")
    predictor = next(name for name in "xfz" if name in fixed)
    lines = along(comparison, predictor)
    codes = comparison.design.predictors
    for k, position in enumerate(lines.grid):
        for label, ols, mixed in zip(lines.groups, lines.ols, lines.mixed, strict=True):
            there = {**codes, predictor: np.full(len(frame), position)}
            for factor, levels in comparison.design.categories.items():
                if factor != predictor and label in levels:
                    there[factor] = np.full(len(frame), levels.index(label))
            matrix = _matrix_at(comparison, there)
            assert ols[k] == pytest.approx((matrix @ comparison.ols.estimates).mean())
            assert mixed[k] == pytest.approx((matrix @ comparison.mixed.estimates).mean())


def _matrix_at(comparison: Comparison, predictors: dict[str, Any]) -> Any:
    columns = {column.name: column for column in comparison.design.columns}
    matrix = np.ones((comparison.design.rows, len(comparison.mixed.names)))
    for k, name in enumerate(comparison.mixed.names):
        for factor, level in columns[name].factors:
            values = predictors[factor]
            matrix[:, k] *= values if level is None else values == level
    return matrix


def test_girls_and_boys_have_lines_of_their_own() -> None:
    # Potthoff & Roy's jaws: 0.480 mm a year in girls, 0.784 in boys (nlme's Orthodont).
    comparison = compare(load("orthodont"), "distance ~ age * Sex + (1 | Subject)")
    lines = along(comparison, "age")
    years = np.ptp(lines.grid)
    assert lines.groups == ("Female", "Male")
    assert_allclose(np.diff(lines.mixed)[:, 0] / years, [0.480, 0.784], atol=5e-4)
    slopes = np.diff(lines.partial_pooling)[:, 0] / years
    assert set(slopes.round(3)) == {0.480, 0.784}
    names = [note["text"] for note in lines_figure(lines, LIGHT)["layout"]["annotations"]]
    assert names == ["Female", "Male"]


# --- nothing leaves a figure unnoticed ------------------------------------------------------------


def test_an_axis_holds_everything_and_moves_by_whole_steps() -> None:
    rng = np.random.default_rng(2)
    for _ in range(300):
        low, width = rng.normal(size=2) * 10.0 ** rng.integers(-3, 4, size=2)
        standard = (low, low + abs(width))
        values = low + width * rng.normal(0.5, 10.0 ** rng.uniform(-1.0, 1.5), size=20)
        bottom, top = covering(standard, [*values, np.nan])
        assert bottom <= min(standard[0], values.min()) and top >= max(standard[1], values.max())
        steps = np.array([standard[0] - bottom, top - standard[1]]) / (0.25 * abs(width))
        assert_allclose(steps, steps.round(), atol=1e-6)
        # It is no wider than it has to be, a step and the room apart.
        beyond = np.array([standard[0] - values.min(), values.max() - standard[1]])
        assert np.all(steps <= np.maximum(beyond / (0.25 * abs(width)), 0.0) + 1.1)
        if np.all(beyond <= 0.0):
            assert (bottom, top) == standard


def test_labels_pushed_apart_keep_their_order_and_stay_near() -> None:
    rng = np.random.default_rng(3)
    for _ in range(200):
        wanted = rng.normal(size=rng.integers(1, 9))
        moved = apart(wanted, 0.3)
        assert np.all(np.diff(np.sort(moved)) > 0.3 - 1e-9)
        assert np.array_equal(np.argsort(moved), np.argsort(wanted))
        assert moved.mean() == pytest.approx(wanted.mean())
        if np.all(np.diff(np.sort(wanted)) >= 0.3):
            assert_allclose(moved, wanted)


def test_names_on_a_curve_cover_neither_it_nor_each_other_where_there_is_room() -> None:
    rng = np.random.default_rng(5)
    names, panel = ["OLS 12.747", "mixed (REML) 12.657", "within 2.19"], (420.0, 205.0)
    for _ in range(200):
        across = np.linspace(0.0, 1.0, 60)
        bend = np.exp(rng.normal(0.0, 1.2))
        share = (1.0 - across**bend) if rng.random() < 0.5 else across**bend
        curve = np.column_stack([across * panel[0], 30.0 + 145.0 * share])
        points = curve[[0, int(rng.integers(15, 46)), -1]]
        boxes = [
            name_box(point, name, side, up)
            for point, name, (side, up) in zip(
                points, names, beside(points, names, curve, panel), strict=True
            )
        ]
        for one, other in itertools.combinations(boxes, 2):
            assert np.any(one[2:] <= other[:2]) or np.any(other[2:] <= one[:2])
        for box in boxes:
            assert box[0] >= -8.0 and box[2] <= panel[0] + 8.0
            assert box[1] >= 0.0 and box[3] <= panel[1]
            assert not np.any(np.all((curve > box[:2]) & (curve < box[2:]), axis=1))


CASES = (
    Scenario(between_variance=2.0, residual_variance=0.05, size_spread=2.0,
             size_intercept_correlation=-0.95),
    Scenario(intercept=2.0, effect=2.0, between_variance=2.0, residual_variance=2.0),
    Scenario(size_spread=1.0, size_intercept_correlation=-0.8, between_variance=2.0),
)  # fmt: skip


def scenarios() -> list[Scenario]:
    rng = np.random.default_rng(4)
    found = list(CASES)
    for seed in range(60):
        found.append(
            Scenario(
                between_variance=float(rng.uniform(0.0, 2.0)),
                residual_variance=float(rng.uniform(0.05, 2.0)),
                clusters=int(rng.integers(4, 100)),
                rows_per_cluster=int(rng.integers(2, 30)),
                size_spread=float(rng.uniform(0.0, 2.0)),
                size_intercept_correlation=float(rng.uniform(-0.95, 0.95)),
                intercept=float(rng.uniform(-2.0, 2.0)),
                effect=float(rng.uniform(-2.0, 2.0)),
                share_spread=float(rng.uniform(0.0, 0.9)),
                shape=rng.choice(["gaussian", "skewed", "two-humped", "one outlier"]),
                seed=seed,
            )
        )
    return found


def assert_covered(figure: Figure, lines: FittedLines | None = None) -> None:
    """Everything drawn, and each ring, lies within the axes."""
    layout = figure["layout"]
    for axis in "xy":
        low, high = layout[f"{axis}axis"]["range"]
        for trace in figure["data"]:
            values = np.asarray(trace[axis], dtype=np.float64)
            values = values[~np.isnan(values)]
            assert np.all((values >= low) & (values <= high)), (trace["meta"], axis)
        if lines is not None:
            rings = lines.mean_x if axis == "x" else lines.mean_y
            assert np.all((rings >= low) & (rings <= high))


def test_no_cluster_line_or_row_of_a_simulation_leaves_its_figure() -> None:
    drawn = 0
    for scenario in scenarios():
        try:
            simulated = simulate(scenario)
        except ScenarioError:
            continue
        simulated = simulate(scenario, means={1: 6.0, 2: -6.0})
        comparison = compare_design(simulated.design())
        lines = along(comparison, "condition", adjusted_to="zero")
        truth = scenario.intercept + scenario.effect * np.array([0.0, 1.0])
        for shown in ("partial pooling", "no pooling", "none"):
            assert_covered(
                lines_figure(lines, LIGHT, cluster_lines=shown, truth=truth, y_range=(-4.2, 4.2)),
                lines,
            )
        assert_covered(
            shrinkage_figure(
                comparison.clusters, LIGHT, mixed=lines.mixed_mean, ols=lines.ols_mean,
                truth=scenario.intercept, axis_range=(-3.2, 3.2),
            )
        )  # fmt: skip
        drawn += 1
    assert drawn > 40


def test_names_of_rows_do_not_collide_and_the_largest_is_named() -> None:
    for rows, room in itertools.product((2, 24, 100, 2000), (1.0, 7.0, 14.9, 15.0, 60.0)):
        named = named_rows(rows, room)
        assert named[0] == rows - 1
        assert np.all(-np.diff(named) * room >= 15.0)


def test_rings_show_by_their_area_how_many_rows_a_cluster_has() -> None:
    few = np.array([20, 40, 90])
    assert_allclose(np.square(ring_radii(few)) / few, 5.0**2 / few.mean(), rtol=0.03)
    many = ring_radii(np.full(100, 42))
    # All of them together cover less than a thirtieth of a figure of 420 by 430 pixels.
    assert np.pi * np.square(many).sum() < 420 * 430 / 30
    smallest, largest = ring_radii(np.array([1] * 23 + [100_000]))[-2:]
    assert (smallest, largest) == (2.5, 15.0)


def test_long_names_keep_the_end_that_tells_them_apart() -> None:
    begin = "School of the Holy Cross and Saint Mary in the District of"
    found = {short(f"{begin} {k}") for k in range(10, 99)}
    assert len(found) == 89
    assert all(len(name) <= 18 for name in found)
    assert short("a <b>") == "a &lt;b>"
    assert short("two\nlines") == "two lines"


def ledger_of(seed: int) -> tuple[Ledger, Comparison]:
    frame = rows_of(seed)
    frame["g"] = frame["g"] + " " + "x" * 55
    comparison = compare(frame, "y ~ x + (1 | g)")
    return ledger(comparison), comparison


def test_no_bar_of_a_waterfall_leaves_it_and_the_last_one_ends_at_the_mixed_estimate() -> None:
    for seed in range(20):
        account, comparison = ledger_of(seed)
        for term in range(2):
            ols = float(comparison.ols.estimates[term])
            figure = ledger_figure(account, term, LIGHT, ols=ols)
            bars = traces(figure)["bars"]
            low, high = figure["layout"]["xaxis"]["range"]
            ends = np.concatenate([bars["base"], bars["base"] + bars["x"]])
            assert low < ends.min() and ends.max() < high
            assert ends[-1] == pytest.approx(comparison.mixed.estimates[term], abs=1e-9)
            assert max(map(len, figure["layout"]["yaxis"]["ticktext"])) <= 18 + len(" (11)")
