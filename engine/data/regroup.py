"""Other views of the same rows: clusters split up, cluster means as columns, zero moved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def split_cluster(frame: pd.DataFrame, cluster: str, level: str, parts: int) -> pd.DataFrame:
    """Split one cluster into several, with its rows dealt out in turn.

    Parameters
    ----------
    frame
        One row per observation.
    cluster
        The column that names the cluster.
    level
        The cluster to split.
    parts
        How many clusters take its place; they are called ``level 1``, ``level 2`` and so on.

    Returns
    -------
    pandas.DataFrame
        The same rows in the same order; only the cluster's name differs.
    """
    names = frame[cluster].astype(str).to_numpy(dtype=object)
    rows = np.flatnonzero(names == level)
    names[rows] = [f"{level} {k % parts + 1}" for k in range(len(rows))]
    return frame.assign(**{cluster: names})


def with_cluster_means(frame: pd.DataFrame, cluster: str, columns: Sequence[str]) -> pd.DataFrame:
    """Add the cluster means of some columns as columns ``mean_…``.

    Parameters
    ----------
    frame
        One row per observation; rows with missing values should be gone, because a mean has to be
        over the rows that are fitted.
    cluster
        The column that names the cluster.
    columns
        Numeric columns.
    """
    means = frame.groupby(cluster)[list(columns)].transform("mean")
    return frame.assign(**{f"mean_{name}": means[name] for name in columns})


def measured_from(frame: pd.DataFrame, column: str, zero: float) -> pd.DataFrame:
    """Move the zero of a column.

    Parameters
    ----------
    frame
        One row per observation.
    column
        A numeric column.
    zero
        The value that becomes 0, in the column's unit.
    """
    return frame.assign(**{column: frame[column] - zero})
