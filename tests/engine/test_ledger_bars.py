"""The ledger bar by bar: what is said adds up, and weights are named only where they did it."""

import math
import re

import numpy as np
import pandas as pd
import pytest

from engine import Comparison, compare
from engine.account.ledger import is_moved, largest, ledger
from engine.comparison import compare_example
from engine.data.examples import EXAMPLES, load
from engine.figures.base import PALETTES
from engine.figures.sizes import distances_figure, shares_figure
from engine.figures.waterfall import ledger_figure
from engine.words.ledger import bar_in_words, votes_in_words
from engine.words.numbers import as_printed, pair

LIGHT = PALETTES["light"]
SAID = re.compile(r": ([+−][\d.]+), and the estimate is at (−?\d+\.\d+)")


@pytest.fixture(scope="module")
def twin() -> Comparison:
    return compare(load("twin"), "pSHP2 ~ condition + (1 | cluster)")


@pytest.mark.parametrize("term", [0, 1])
def test_bars_add_up_as_printed_from_ols_to_the_mixed_model(twin: Comparison, term: int) -> None:
    account = ledger(twin)
    first, last = pair(float(twin.ols.estimates[term]), float(twin.mixed.estimates[term]))
    at = as_printed(first)
    bars = len(largest(account, term, 5)[1])
    assert bars == 6
    for bar in range(bars):
        said = bar_in_words(account, term, twin.ols, bar)
        found = SAID.search(said)
        assert found, said
        at += as_printed(found[1].removeprefix("+"))
        assert as_printed(found[2]) == pytest.approx(at, abs=1e-9)
        assert ("weight" in said) == (term == 0 and bar < 5)
        assert said.endswith("where the mixed model has it.") == (bar == bars - 1)
    assert found[2] == last


def test_weights_are_named_only_where_they_move_the_estimate_about_as_far() -> None:
    both = compare(load("high_school_and_beyond"), "math ~ ses + (1 | school)")
    account = ledger(both)
    assert account.weight_mixed is not None
    places, parts = largest(account, 0, len(account.levels))
    told = 0
    for bar, j in enumerate(places):
        said = bar_in_words(account, 0, both.ols, bar, len(places))
        alone = (account.weight_mixed[j] - account.weight_ols[j]) * account.distance[j]
        assert ("weight" in said) == (0.5 <= alone / parts[bar] <= 2.0), said
        told += "weight" in said
    assert 0 < told < len(places)


def test_votes_are_those_of_the_ledger(twin: Comparison) -> None:
    said = votes_in_words(ledger(twin))
    assert "two largest clusters have 63% of the weight" in said
    assert "each with 4.1% to 4.2%" in said


def test_the_figure_and_the_words_name_the_same_bars_with_the_same_numbers() -> None:
    seen = 0
    for example in EXAMPLES:
        both = compare_example(example.name)
        if not both.mixed.random_intercept_only:
            continue
        account = ledger(both)
        for term, ols in enumerate(both.ols.estimates):
            if not is_moved(account, term, float(both.ols.standard_errors[term])):
                assert "No cluster" in bar_in_words(account, term, both.ols, 0)
                continue
            figure = ledger_figure(account, term, LIGHT, ols=float(ols), most=5)
            for bar, text in enumerate(figure["data"][0]["text"]):
                said = bar_in_words(account, term, both.ols, bar)
                assert f"{text}, and the estimate is at" in said
                assert ("other clusters together" in said) == (bar == 5 < len(account.levels) - 1)
                seen += 1
    assert seen > 100


@pytest.mark.parametrize("sizes", [(4, 4, 4, 4), (60, 40, 3, 3, 2)])
def test_votes_differ_only_where_weights_do(sizes: tuple[int, ...]) -> None:
    draws = np.random.default_rng(1)
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    noise = draws.normal(size=len(clusters))
    # Clusters with one mean differ less than noise makes them, so that the ratio is 0.
    noise -= np.bincount(clusters, noise)[clusters] / np.bincount(clusters)[clusters]
    same = compare(pd.DataFrame({"y": noise, "g": clusters}), "y ~ 1 + (1 | g)")
    assert same.mixed.variance_ratio == 0.0
    assert votes_in_words(ledger(same)).startswith("In both models")
    level = draws.normal(size=len(sizes))[clusters]
    apart = compare(pd.DataFrame({"y": noise + 5 * level, "g": clusters}), "y ~ 1 + (1 | g)")
    assert votes_in_words(ledger(apart)).startswith("In both models") == (len(set(sizes)) == 1)


def test_bars_that_are_not_there_yet_keep_their_place(twin: Comparison) -> None:
    account = ledger(twin)
    figures = [
        ledger_figure(account, 0, LIGHT, ols=float(twin.ols.estimates[0]), most=5, drawn=drawn)
        for drawn in (0, 3, None)
    ]
    assert [sum(map(math.isfinite, each["data"][0]["x"])) for each in figures] == [0, 3, 6]
    assert [sum(map(bool, each["data"][0]["text"])) for each in figures] == [0, 3, 6]
    for axis in ("xaxis", "yaxis"):
        assert str(figures[0]["layout"][axis]) == str(figures[2]["layout"][axis])


def test_clusters_stand_at_their_rows_and_the_first_figure_knows_no_mixed_model(
    twin: Comparison,
) -> None:
    account = ledger(twin)
    first = distances_figure(account, LIGHT, outcome="pSHP2", height=400)
    roles = {each["meta"]["role"]: each for each in first["data"]}
    assert set(roles) == {"ols", "distances", "names"}
    assert list(roles["distances"]["x"]) == list(account.rows)
    assert list(roles["distances"]["y"]) == list(account.distance)
    second = shares_figure(account, LIGHT, height=400)
    shares = {each["meta"]["role"]: each["y"] for each in second["data"]}
    assert sum(shares["ols"]) == pytest.approx(1.0)
    assert list(shares["mixed"]) == list(account.weight_mixed)  # type: ignore[arg-type]
