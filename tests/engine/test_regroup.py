"""Rows left out, thinned, measured from their cluster means and pulled apart."""

from __future__ import annotations

import pandas as pd
from numpy.testing import assert_allclose

from engine.data.regroup import (
    from_cluster_means,
    half_of_clusters,
    pulled_apart,
    without_clusters,
)

ROWS = pd.DataFrame({"g": [1, 1, 1, 2, 2], "x": [0.0, 3, 6, 1, 3], "y": [1.0, 2, 3, 7, 9]})


def test_clusters_named_as_text_are_left_out_or_thinned_to_every_second_row() -> None:
    assert list(without_clusters(ROWS, "g", ["1"])["g"]) == [2, 2]
    assert list(half_of_clusters(ROWS, "g", ["1"])["x"]) == [0.0, 6.0, 1.0, 3.0]
    assert without_clusters(ROWS, "g", []).equals(ROWS)


def test_measured_from_cluster_means_no_cluster_differs_from_another() -> None:
    assert_allclose(from_cluster_means(ROWS, "g", ["x"])["x"], [-3, 0, 3, -1, 1])


def test_cluster_means_are_pulled_apart_about_the_mean_of_all_rows_and_nothing_else_moves() -> None:
    moved = pulled_apart(ROWS, "g", "y", 2.0)
    before, after = ROWS.groupby("g")["y"], moved.groupby("g")["y"]
    grand = ROWS["y"].mean()
    assert_allclose(after.mean() - grand, 2.0 * (before.mean() - grand))
    assert_allclose(moved["y"] - after.transform("mean"), ROWS["y"] - before.transform("mean"))
