"""Rows left out, thinned, joined, moved, measured from their cluster means and pulled apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from engine import build, parse
from engine.data.regroup import (
    cluster_names,
    from_cluster_means,
    half_of_clusters,
    moved_clusters,
    of_equal_sizes,
    pulled_apart,
    with_singletons_joined,
    without_clusters,
)

ROWS = pd.DataFrame({"g": [1, 1, 1, 2, 2], "x": [0.0, 3, 6, 1, 3], "y": [1.0, 2, 3, 7, 9]})


def test_clusters_named_as_text_are_left_out_or_thinned_to_every_second_row() -> None:
    assert list(without_clusters(ROWS, "g", ["1"])["g"]) == [2, 2]
    assert list(half_of_clusters(ROWS, "g", ["1"])["x"]) == [0.0, 6.0, 1.0, 3.0]
    assert without_clusters(ROWS, "g", []).equals(ROWS)


@pytest.mark.parametrize(
    "clusters",
    [
        [1.0, 1.0, 2.0, 2.0, np.nan, 3.0, 3.0],
        [True, True, False, False, True, False, True],
        pd.Categorical(["b", "b", "a", "a", None, "c", "c"]),
        pd.to_datetime(["2026-11-29"] * 3 + ["2026-11-30"] * 4),
        ["1", 1, 2, 2.0, None, "x", "x"],
    ],
)
def test_clusters_have_the_names_that_a_fit_gives_them(clusters: Any) -> None:
    frame = pd.DataFrame({"g": clusters, "y": [1.0, 2, 4, 3, 5, 7, 9]})
    levels = build(frame, parse("y ~ 1 + (1 | g)")).levels
    names = cluster_names(frame, "g")
    assert set(names.dropna()) == set(levels)
    for level in levels:
        left = without_clusters(frame, "g", [level])
        assert len(left) == len(frame) - (names == level).sum() < len(frame)


def test_measured_from_cluster_means_no_cluster_differs_from_another() -> None:
    assert_allclose(from_cluster_means(ROWS, "g", ["x"])["x"], [-3, 0, 3, -1, 1])


def test_cluster_means_are_pulled_apart_about_the_mean_of_all_rows_and_nothing_else_moves() -> None:
    moved = pulled_apart(ROWS, "g", "y", 2.0)
    before, after = ROWS.groupby("g")["y"], moved.groupby("g")["y"]
    grand = ROWS["y"].mean()
    assert_allclose(after.mean() - grand, 2.0 * (before.mean() - grand))
    assert_allclose(moved["y"] - after.transform("mean"), ROWS["y"] - before.transform("mean"))


def test_a_cluster_is_moved_as_a_whole_to_the_mean_it_is_given() -> None:
    moved = moved_clusters(ROWS, "g", "y", {"1": 5.0})
    assert_allclose(moved["y"], [4.0, 5.0, 6.0, 7.0, 9.0])
    assert moved_clusters(ROWS, "g", "y", {}).equals(ROWS)


def test_equal_sizes_are_that_of_the_smallest_cluster_with_rows_from_all_over_the_others() -> None:
    rows = pd.DataFrame({"g": ["a"] * 7 + ["b"] * 3 + ["c"] * 4, "y": range(14)})
    equal = of_equal_sizes(rows, "g")
    assert list(equal["g"].value_counts()) == [3, 3, 3]
    assert list(equal.loc[equal["g"] == "b", "y"]) == [7, 8, 9]
    of_a = equal.loc[equal["g"] == "a", "y"]
    assert of_a.min() <= 2
    assert of_a.max() == 6


def test_clusters_of_one_row_become_one_cluster_and_no_row_is_lost() -> None:
    rows = pd.DataFrame({"g": [1, 1, 2, 3], "y": [1.0, 2, 3, 4]})
    assert list(with_singletons_joined(rows, "g", "joined")["g"]) == ["1", "1", "joined", "joined"]
