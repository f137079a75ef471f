"""The dial in words: the shares it names make up the coefficient it names, as printed."""

import re
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from engine import FitError, compare
from engine.account.path import DialPath
from engine.data.examples import EXAMPLES, Example, load
from engine.words.dial import standing
from engine.words.numbers import as_printed

RATIOS = [0.0, 1e-6, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 1e3, 1e6, 1e9]
MIX = re.compile(r" is (\S+): (\S+)% of (\S+), the slope inside .* and (\S+)% of (\S+), the slope")
SLOPES = [
    example
    for example in EXAMPLES
    if example.formula.count("+") == 1 and "~ 1 +" not in example.formula
]


def assert_mixes(path: DialPath) -> int:
    """Check the sentence at every ratio; return in how many there were two slopes to mix."""
    mixed = 0
    for ratio in RATIOS:
        said, _ = standing(path, 1, ratio)
        if found := MIX.search(said):
            whole, percent, inside, rest, between = map(as_printed, found.groups())
            last = 10.0 ** int(
                Decimal(found[1].replace("−", "-").replace(",", "")).as_tuple().exponent
            )
            assert percent + rest == pytest.approx(100.0, abs=1e-9)
            made = (percent * inside + rest * between) / 100.0
            assert made == pytest.approx(whole, abs=1.02 * last), said
            mixed += 1
    return mixed


@pytest.mark.parametrize("example", SLOPES, ids=lambda example: example.name)
def test_two_slopes_make_up_the_coefficient_in_every_example(example: Example) -> None:
    assert_mixes(DialPath(compare(load(example.name), example.formula)))


@pytest.mark.parametrize("seed", range(30))
def test_two_slopes_make_up_the_coefficient_in_simulated_data(seed: int) -> None:
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(12), rng.integers(1, 30, 12))
    x = rng.normal(size=g.size) + rng.normal(size=12)[g] * rng.uniform(0, 5)
    y = rng.normal(size=12)[g] * rng.uniform(0, 5) + rng.normal(size=g.size) + 2.0 * x
    frame = pd.DataFrame({"y": y * 10.0 ** rng.integers(-4, 5), "x": x, "g": g})
    assert assert_mixes(DialPath(compare(frame, "y ~ x + (1 | g)"))) > 5


def test_an_intercept_is_the_mean_of_the_clusters_levels_by_their_weights() -> None:
    frame = load("high_school_and_beyond")
    means = frame.groupby("school")[["math", "ses"]].mean()
    counts = frame.groupby("school").size().to_numpy()
    path = DialPath(compare(frame, "math ~ ses + (1 | school)"))
    for ratio in (*RATIOS, np.inf):
        intercept, slope = path.at(ratio).estimates
        levels = (means.math - slope * means.ses).to_numpy()
        assert path.shares(counts, ratio) @ levels == pytest.approx(intercept, rel=1e-9)
        said = standing(path, 0, ratio)[0]
        assert said.endswith(
            ", the mean of the clusters' levels where the predictors are 0, each counted by its "
            "weight."
        )
    alone = DialPath(compare(frame, "math ~ 1 + (1 | school)"))
    assert "the mean of the clusters' means, each" in standing(alone, 0, 0.5)[0]


def test_random_slopes_have_no_dial() -> None:
    both = compare(load("sleepstudy"), "Reaction ~ Days + (1 + Days | Subject)")
    with pytest.raises(FitError, match=r"random intercept alone: \(1 \| Subject\)"):
        DialPath(both)
