"""Which rows are of one cluster: in one frame, and over batches of rows read one by one."""

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
    ("first", "second", "labels", "counts"),
    [
        (
            four_each(LARGE, 5.0),
            four_each(LARGE + 1, 5.0),
            ("5", "1234567890123456", "1234567890123457"),
            [8, 4, 4],
        ),
        (
            four_each(LARGE, LARGE + 1, 5.0),
            four_each(5.0, 7.0),
            ("5", "1234567890123456", "1234567890123457", "7"),
            [8, 4, 4, 4],
        ),
        (four_each(0.1 + 0.2, 1.0), four_each(0.3, 1.0), None, [4, 8, 4]),
        (four_each(2**60, 2**60 + 1), four_each(float(2**60), 1.0), None, [8, 4, 4]),
        (four_each(5, 6), four_each(5.0, 7.5), ("5", "6", "7.5"), [8, 4, 4]),
        (four_each(10**15, 5), four_each(1e15, 5.0), None, [8, 8]),
        (four_each(5.0, 6.0), four_each("5", "none"), ("5", "6", "none"), [8, 4, 4]),
        (four_each(True, False), four_each(1, 0), ("FALSE", "TRUE", "0", "1"), [4] * 4),
        (four_each("a", "b"), four_each("c", "b"), ("a", "b", "c"), [4, 8, 4]),
        (
            pd.to_datetime(four_each("2026-01-01", "2026-02-01")),
            four_each("2026-02-01", "2026-03-01"),
            ("2026-01-01", "2026-02-01", "2026-03-01"),
            [4, 8, 4],
        ),
    ],
    ids=[
        "16 digits",
        "16 digits in one batch",
        "17 digits",
        "beyond a double",
        "whole or fraction",
        "whole or power of ten",
        "number or text",
        "true is not 1",
        "text",
        "date or text",
    ],
)
def test_batches_join_the_same_clusters_and_no_others(
    first: Any, second: Any, labels: Sequence[str] | None, counts: list[int]
) -> None:
    a, b = of_rows(first), of_rows(second)
    merged = a.merge(b)
    assert merged.counts.sum() == 4 * (len(a.levels) + len(b.levels))
    assert len(set(merged.levels)) == len(merged.levels) == len(merged.counts)
    assert merged.counts.tolist() == counts
    if labels is not None:
        assert merged.levels == labels
    # And in a third batch they are known again.
    assert merged.merge(b).levels == merged.levels
    assert (merged.merge(a).merge(b).counts == 2 * merged.counts).all()


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
