"""The sentence of a figure names what the figure shows."""

import re

import numpy as np
import pytest

from engine import Comparison, compare_design, simulate
from engine.account.path import DialPath
from engine.simulation import PRESETS, Scenario
from engine.words.figures import shrinkage_in_words, weights_in_words
from tests.engine.example import PUZZLES, puzzle


def drawn(name: str) -> Comparison:
    if name in PUZZLES:
        return puzzle(name)
    preset = next(preset for preset in PRESETS if preset.id == name)
    return compare_design(simulate(preset.scenario).design())


CASES = pytest.mark.parametrize("name", [*PUZZLES, *(preset.id for preset in PRESETS)])


@CASES
def test_the_cluster_that_is_drawn_furthest_is_named_with_both_levels(name: str) -> None:
    comparison = drawn(name)
    clusters, level = comparison.clusters, float(comparison.mixed.estimates[0])
    words = shrinkage_in_words(clusters, level)
    if comparison.mixed.singular:
        assert words.startswith("Every cluster is drawn all the way")
        return
    moved = np.abs(clusters.own_effects - clusters.effects)
    label, rows, alone, shrunken = re.findall(
        r"cluster (\S+) with ([\d,]+) rows?, from (\S+) by itself to (\S+)\.$", words
    )[0]
    named = list(map(str, clusters.levels)).index(label)
    assert moved[named] == moved.max()
    assert rows == f"{clusters.rows[named]:,}"
    before, after = (float(text.replace("−", "-").replace(",", "")) for text in (alone, shrunken))
    # With the digits that show the difference.
    assert before - after == pytest.approx(
        clusters.own_effects[named] - clusters.effects[named], rel=0.02
    )


@CASES
def test_the_weights_at_both_ends_of_the_dial_are_shares_of_rows_and_equal_shares(
    name: str,
) -> None:
    comparison = drawn(name)
    path, counts = DialPath(comparison), comparison.moments.counts
    for ratio, shares in (
        (0.0, counts / counts.sum()),
        (np.inf, np.full(len(counts), 1 / len(counts))),
    ):
        words = weights_in_words(path, ratio)
        shown = [float(text) / 100 for text in re.findall(r"([\d.]+)%", words)]
        expected = {shares[np.argmax(counts)], shares[np.argmin(counts)]}
        assert len(shown) == (1 if counts.min() == counts.max() else 2)
        for value in shown:
            assert min(abs(value - one) for one in expected) <= 0.0051


def test_one_cluster_of_all_sizes_alike_is_said_once() -> None:
    comparison = compare_design(simulate(Scenario(size_spread=0)).design())
    words = weights_in_words(DialPath(comparison), 1.0)
    assert words.startswith("Every cluster has ")
