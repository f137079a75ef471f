"""What is said of the data before either fit: for every model, plainly, and true of the numbers."""

import re

import numpy as np
import pandas as pd
import pytest

from engine import FitError, compare
from engine.account.outcome import few_values
from engine.data.examples import EXAMPLES, load
from engine.words.clusters import clusters_in_words
from engine.words.notices import notices
from engine.words.numbers import as_printed, share
from tests.engine.reference import compared


def clustered(seed: int, clusters: int = 12, size: int = 9) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(clusters), size)
    x = rng.normal(size=g.size)
    y = x + rng.normal(size=clusters)[g] + 2.0 * rng.normal(size=g.size)
    return pd.DataFrame({"y": y, "x": x, "g": g})


RANDOM_PARTS = ["(1 | g)", "(1 + x | g)", "(1 + x || g)", "(0 + x | g)"]


@pytest.mark.parametrize("random", RANDOM_PARTS)
def test_every_model_has_every_notice_and_none_has_markup(random: str) -> None:
    frame = clustered(0).assign(
        twice=lambda f: 2 * f.x, thrice=lambda f: 3 * f.x, one="one", tiny=1e-60, yes=1
    )
    frame["yes"] = frame.y > 0.5
    frame.loc[[3, 5], "x"] = np.nan
    found = notices(compare(frame, f"yes ~ x + twice + thrice + one + tiny + {random}"))
    for said in (
        "2 rows of 108 were left out for missing values (“x” 2).",
        "“yes” is true or false",
        "“one” has the single value “one”",
        "2 columns were left out, because each is constant or a combination",
        "tiny was left out",
        "“yes” has only two values, 0 and 1",
    ):
        assert any(said in notice for notice in found), (said, found)
    assert not any("`" in notice for notice in found)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("steps", [(0, 1), (1, 2), (0, 10), (1, 2, 3, 4, 5), (0, 1, 2, 3)])
def test_an_outcome_of_few_values_is_named_with_what_is_predicted(
    steps: tuple[int, ...], seed: int
) -> None:
    frame = clustered(seed)
    frame["y"] = np.array(steps)[pd.qcut(frame.y, len(steps), labels=False)]
    both = compare(frame, "y ~ x + (1 | g)")
    (said,) = notices(both)
    of_ols = both.ols.estimates[0] + both.ols.estimates[1] * frame.x.to_numpy()
    of_mixed = both.mixed.estimates[0] + both.mixed.estimates[1] * frame.x.to_numpy()
    of_mixed += both.random_effects.effects[frame.g, 0]
    gap = steps[-1] - steps[0]
    beyond = []
    for whose, predicted in (("OLS", of_ols), ("effects", of_mixed)):
        shown = re.search(rf"{whose}(?: predicts)? from (\S+) to ([^\s,;]+)[,;]", said)
        assert shown, said
        low, high = map(as_printed, shown.groups())
        assert low == pytest.approx(np.min(predicted), abs=0.006 * gap)
        assert high == pytest.approx(np.max(predicted), abs=0.006 * gap)
        beyond.append(low < steps[0] or high > steps[-1])
    assert ("both go beyond" in said) == all(beyond)
    assert ("both stay within" in said) == (not any(beyond))
    assert ("only OLS goes beyond" in said) == (beyond == [True, False])
    assert f"{steps[-1]} in {share(float((frame.y == steps[-1]).mean()))}" in said
    assert ("glmer with family = binomial" in said) == (len(steps) == 2)
    assert ("clmm" in said) == (len(steps) > 2)
    assert ("divided by 10" in said) == (gap == 10)
    assert ("poisson" in said) == (len(steps) > 2 and steps[0] == 0)


def test_predictions_of_the_mixed_model_are_those_with_the_clusters_effects() -> None:
    comparison = compared("sleepstudy")
    residuals = comparison.design.outcome - comparison.fitted_values
    assert residuals / comparison.mixed.residual_sd == pytest.approx(comparison.scaled_residuals)
    frame = clustered(3)
    frame["y"] = (frame.y > 0).astype(int)
    (said,) = notices(compare(frame, "y ~ 1 + (1 | g)"))
    assert re.search(r"OLS predicts \S+ for every row, .* effects from \S+ to \S+; both stay", said)


@pytest.mark.parametrize(
    ("low", "gap", "shown"),
    [
        (0.0, 1e-5, ("0", "0.00001")),
        (1_234_567.0, 1.0, ("1,234,567", "1,234,568")),
        (0.1, 0.2, ("0.1", "0.3")),
        (-1.0, 2.0, ("−1", "1")),
        (0.0, 1e6, ("0", "1,000,000")),
        (0.0, 3e-12, ("0", "3e−12")),
    ],
)
def test_two_values_are_told_apart_whatever_their_unit(
    low: float, gap: float, shown: tuple[str, str]
) -> None:
    frame = clustered(4)
    frame["y"] = np.where(frame.y > 0.5, low + gap, low)
    (said,) = notices(compare(frame, "y ~ x + (1 | g)"))
    assert f"two values, {shown[0]} and {shown[1]} (" in said
    assert ("p(1 − p)" in said) == (gap == 1.0)
    assert ("divided by" in said) == (gap != 1.0)


@pytest.mark.parametrize("values", [np.arange(8), np.array([0.5, 1.0, 1.5])])
def test_outcomes_of_many_values_or_of_fractions_pass(values: np.ndarray) -> None:
    frame = clustered(1)
    frame["y"] = values[np.arange(len(frame)) % len(values)] + 0.0
    assert few_values(compare(frame, "y ~ x + (1 | g)")) is None


@pytest.mark.parametrize("random", RANDOM_PARTS)
def test_an_outcome_that_only_differs_between_clusters_is_told_so(random: str) -> None:
    frame = clustered(2)
    frame["y"] = np.random.default_rng(2).normal(size=12)[frame.g] + 1e3
    with pytest.raises(FitError, match="same in all rows of each cluster"):
        compare(frame, f"y ~ x + {random}")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_cluster_is_said_to_be_what_it_is(example) -> None:  # type: ignore[no-untyped-def]
    both = compare(load(example.name), example.formula)
    said = clusters_in_words(both, example)
    assert f"{example.clusters} clusters of" in said
    assert (f"one {example.unit}" if example.unit else f"“{example.cluster_name}”") in said
    counts = both.moments.counts
    assert f"{counts.max():,} row" in said
    assert ("each" in said) == (counts.min() == counts.max())


def test_the_examples_words_are_not_used_for_another_cluster() -> None:
    example = next(example for example in EXAMPLES if example.name == "mpg")
    both = compare(load("mpg"), "hwy ~ displ + (1 | manufacturer)")
    assert clusters_in_words(both, example).startswith("A cluster is all rows with the same value")
