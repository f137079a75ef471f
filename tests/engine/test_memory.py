"""Memory: the peak of a comparison, relative to the data it is given."""

import tracemalloc
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from engine import Comparison, compare
from engine.account.ledger import ledger
from engine.as_dict import to_dict
from engine.data.design import build
from engine.data.formula.grammar import parse
from engine.inference.cluster_robust import cluster_robust
from engine.models.mundlak import mundlak
from engine.printout.contents import lm_summary, lmer_summary
from engine.printout.lm import lm_printout
from engine.printout.lmer import lmer_printout
from engine.words.verdict import paragraphs

# Rows are processed in blocks, which are small beside this many rows.
ROWS = 200_000
FORMULA = "y ~ a + b + c + (1 | g)"


def frame(clusters: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    g = rng.permutation(np.arange(ROWS) % clusters)
    a, b, c = rng.normal(size=(3, ROWS))
    y = a + rng.normal(size=clusters)[g] + rng.normal(size=ROWS)
    return pd.DataFrame({"y": y, "a": a, "b": b, "c": c, "g": g})


def matrices_at_peak(work: Callable[[], object]) -> float:
    """Return the peak memory, in multiples of the design matrix."""
    tracemalloc.start()
    work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / (8 * ROWS * 4)


@pytest.mark.parametrize("clusters", [20, 40_000])
def test_both_fits_take_at_most_twice_the_memory_of_the_design_matrix(clusters: int) -> None:
    data = frame(clusters)
    assert matrices_at_peak(lambda: compare(data, FORMULA)) <= 2


@pytest.mark.parametrize(
    "further",
    [
        lambda comparison: cluster_robust(comparison.moments),
        lambda comparison: cluster_robust(comparison.moments, comparison.mixed.variance_ratio),
        lambda comparison: mundlak(comparison.moments),
        lambda comparison: ledger(comparison),
        lambda comparison: comparison.scaled_residuals,
    ],
    ids=["robust for ols", "robust for mixed", "mundlak", "ledger", "residuals"],
)
def test_what_goes_beyond_the_fits_takes_at_most_four_design_matrices(
    further: Callable[[Comparison], object],
) -> None:
    comparison = compare(frame(40_000), FORMULA)
    assert matrices_at_peak(lambda: further(comparison)) <= 4


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("formula", "spread", "clusters"),
    [
        ("y ~ a + f + (1 | g)", 0.1, 20_000),
        pytest.param("y ~ a + f + (1 | g)", 0.1, 100_000, marks=SLOW),
        pytest.param("y ~ a + f + (1 | g)", 1.0, 100_000, marks=SLOW),
        pytest.param("y ~ 0 + f + (1 | g)", 0.1, 100_000, marks=SLOW),
        # Their profile intervals take minutes under the memory's eye.
        pytest.param("y ~ a + f + (1 + a | g)", 0.1, 20_000, marks=SLOW),
        pytest.param("y ~ a + f + (1 + a | g)", 1.0, 20_000, marks=SLOW),
        pytest.param("y ~ a + f + (0 + a | g)", 1.0, 20_000, marks=SLOW),
    ],
)
def test_a_report_takes_a_bounded_multiple_of_the_moments_of_its_clusters(
    formula: str, spread: float, clusters: int
) -> None:
    """There is no matrix of clusters by clusters: 100,000 squared numbers are 80 GB.

    The ledger uses one formula where the weights change little (a small ``spread`` between
    clusters) and another where they change much.
    """
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(clusters), rng.integers(1, 5, clusters))
    a = rng.normal(size=len(g))
    f = np.array(["u", "v", "w"])[rng.integers(0, 3, len(g))]
    y = a + spread * rng.normal(size=(2, clusters))[:, g].T @ [1, 1] + rng.normal(size=len(g))
    comparison = compare(pd.DataFrame({"y": y, "a": a, "f": f, "g": g}), formula)
    moments = comparison.moments
    tracemalloc.start()
    report = to_dict(comparison)
    lines = [
        lm_printout(lm_summary(comparison, "d")).text,
        lmer_printout(lmer_summary(comparison, "d")).text,
        *paragraphs(comparison),
    ]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(report["mixed"]["clusters"]) == clusters
    assert all(lines)
    # The report on a cluster consists of Python numbers, texts and dicts, and takes seven times the
    # memory of its moments; the rest is working memory.
    assert peak <= 20 * (moments.triangles.nbytes + moments.means.nbytes)


@pytest.mark.parametrize("rows", [slice(3, 9), slice(8, 100), slice(None, None, 4), slice(5, 5)])
def test_rows_of_the_design_matrix_made_alone_are_those_of_the_whole(rows: slice) -> None:
    data = pd.DataFrame({"y": range(12), "x": range(12), "f": list("abcb") * 3, "g": [1, 2] * 6})
    made = build(data, parse("y ~ x * f + (1 | g)"))
    assert made.model_matrix.shape == made.matrix.shape == (12, 6)
    assert made.model_matrix[rows].tolist() == made.matrix[rows].tolist()
