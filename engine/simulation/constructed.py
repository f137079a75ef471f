"""Data without chance: clusters whose means, spread and residuals are exactly as one sets them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from engine.data.moments import FloatArray, IntArray

FEWEST_ROWS = 3
"""With fewer rows than this a cluster's line leaves no residuals."""

_GOLDEN = 0.6180339887498949


def constructed_rows(
    levels: Sequence[str],
    counts: ArrayLike,
    centres: ArrayLike,
    means: ArrayLike,
    *,
    spread: float,
    slope: float,
    residual_sd: float,
) -> pd.DataFrame:
    """Return rows whose clusters differ in nothing but size, centre and mean.

    Parameters
    ----------
    levels
        Labels of the J clusters.
    counts
        Rows of each, at least `FEWEST_ROWS`, shape (J,).
    centres, means
        Mean of the predictor and of the outcome in each cluster, shape (J,).
    spread
        Standard deviation of the predictor inside every cluster (of all its rows, not a sample).
    slope
        Slope of the line through the rows of every cluster, in outcome units per unit of the
        predictor.
    residual_sd
        Standard deviation about this line, with n − 2 degrees of freedom, in outcome units.

    Returns
    -------
    pandas.DataFrame
        Columns ``cluster``, ``x`` and ``y``, cluster by cluster. The same arguments always give
        the same rows.
    """
    numbers = [int(count) for count in np.asarray(counts)]
    x, y = [], []
    for count, centre, mean in zip(numbers, np.asarray(centres), np.asarray(means), strict=True):
        across = np.linspace(-1.0, 1.0, count)
        across *= spread / across.std()
        # Multiples of the golden ratio look irregular and are the same every time.
        about = np.mod(np.arange(1, count + 1) * _GOLDEN, 1.0)
        about -= about.mean()
        about -= across * (across @ about) / (across @ across)
        about *= residual_sd * np.sqrt((count - 2) / (about @ about))
        x.append(centre + across)
        y.append(mean + slope * across + about)
    return pd.DataFrame(
        {
            "cluster": np.repeat(list(levels), numbers),
            "x": np.concatenate(x),
            "y": np.concatenate(y),
        }
    )


def graded_sizes(rows: int, largest_to_smallest: float, ranks: ArrayLike) -> IntArray:
    """Return sizes of clusters, each larger than the one before it by the same factor.

    Parameters
    ----------
    rows
        Number of rows in all, met as closely as whole rows allow.
    largest_to_smallest
        Size of the largest cluster over that of the smallest; 1 makes all sizes equal. A cluster
        has at least `FEWEST_ROWS` rows all the same.
    ranks
        Rank of each cluster by size, 0 for the smallest, shape (J,).

    Returns
    -------
    ndarray of int, shape (J,)

    Examples
    --------
    >>> graded_sizes(101, 10.0, [0, 1, 2, 3, 4, 5]).tolist()
    [4, 6, 10, 16, 25, 40]
    """
    rank = np.asarray(ranks)
    relative: FloatArray = largest_to_smallest ** (rank / (len(rank) - 1))
    wished = np.round(rows * relative / relative.sum()).astype(np.int64)
    return np.asarray(np.maximum(wished, FEWEST_ROWS))
