"""Which rows belong to one cluster, and what it is called."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine import DataError, compare
from engine.data.moments import Moments

LARGE = 1234567890123456.0  # 16 digits, of which R shows 15


def of_rows(clusters: Any) -> Moments:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"g": clusters})
    frame["x"], frame["y"] = rng.normal(size=(2, len(frame)))
    return compare(frame, "y ~ x + (1 | g)").moments


def four_each(*clusters: Any) -> list[Any]:
    return [cluster for cluster in clusters for _ in range(4)]


@pytest.mark.parametrize(
    ("clusters", "labels"),
    [
        ((LARGE, LARGE + 1, 5.0), ("5", "1234567890123456", "1234567890123457")),
        ((2**60, 2**60 + 1), ("1152921504606846976", "1152921504606846977")),
        ((1e15, 5.0), ("5", "1e+15")),
        ((10**15, 5), ("5", "1000000000000000")),
        ((5.0, 7.5), ("5", "7.5")),
        (("5", "none"), ("5", "none")),
        ((True, False), ("FALSE", "TRUE")),
        (pd.to_datetime(["2026-02-01", "2026-01-01"]), ("2026-01-01", "2026-02-01")),
    ],
    ids=[
        "16 digits",
        "beyond a double",
        "power of ten",
        "whole",
        "fraction",
        "number or text",
        "true and false",
        "dates",
    ],
)
def test_every_cluster_has_a_label_of_its_own_as_r_shows_it(
    clusters: Any, labels: Sequence[str]
) -> None:
    found = of_rows(four_each(*clusters))
    assert found.levels == labels
    assert found.counts.tolist() == [4] * len(labels)


@pytest.mark.parametrize(
    ("categories", "labels"),
    [
        ([1, "1"], None),
        ([1, "1", "b", 2], ("1", "b", "2")),
        ([2, "TRUE", True], ("2", "TRUE")),
    ],
)
def test_categories_with_one_text_are_one_level_as_in_r(
    categories: list[Any], labels: Sequence[str] | None
) -> None:
    codes = np.repeat(np.arange(len(categories)), 4)
    cluster = pd.Categorical.from_codes(codes, pd.Index(categories, dtype=object))
    if labels is None:
        with pytest.raises(DataError, match="at least two clusters"):
            of_rows(cluster)
        return
    found = of_rows(cluster)
    assert found.levels == labels
    assert found.counts.sum() == len(codes)


def test_numbers_r_shows_alike_are_told_apart_by_all_their_digits() -> None:
    assert of_rows(four_each(0.1 + 0.2, 0.3)).levels == ("0.3", "0.30000000000000004")
