"""Other views of the same rows: clusters split, joined, left out, thinned or moved, zero moved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from engine.data.levels import Levels


def cluster_names(frame: pd.DataFrame, cluster: str) -> pd.Series[str]:
    """Return the name of each row's cluster as a fit has it, whatever the column holds.

    A whole number beside a missing one, for instance, is stored as 1.0, and its cluster is "1".

    Parameters
    ----------
    frame
        One row per observation.
    cluster
        The column that names the cluster.

    Returns
    -------
    pandas.Series
        One text a row, None where the cluster is missing.
    """
    codes, values = pd.factorize(frame[cluster])
    names = np.array([*Levels(pd.Index(values)), None], dtype=object)
    return pd.Series(names[codes], index=frame.index, dtype=object)


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
    names = cluster_names(frame, cluster).to_numpy(dtype=object, copy=True)
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


def without_clusters(frame: pd.DataFrame, cluster: str, levels: Collection[str]) -> pd.DataFrame:
    """Leave clusters out.

    Parameters
    ----------
    frame
        One row per observation.
    cluster
        The column that names the cluster.
    levels
        The clusters to leave out, as text.
    """
    return frame[~cluster_names(frame, cluster).isin(levels)]


def half_of_clusters(frame: pd.DataFrame, cluster: str, levels: Collection[str]) -> pd.DataFrame:
    """Keep every second row of some clusters, the first among them.

    Parameters
    ----------
    frame
        One row per observation.
    cluster
        The column that names the cluster.
    levels
        The clusters to thin, as text.
    """
    thinned = cluster_names(frame, cluster).isin(levels)
    return frame[~thinned | (frame.groupby(cluster).cumcount() % 2 == 0)]


def from_cluster_means(frame: pd.DataFrame, cluster: str, columns: Sequence[str]) -> pd.DataFrame:
    """Measure columns from their cluster means: no cluster then differs from another in them.

    Parameters
    ----------
    frame
        One row per observation, without missing values.
    cluster
        The column that names the cluster.
    columns
        Numeric columns.
    """
    means = frame.groupby(cluster)[list(columns)].transform("mean")
    return frame.assign(**{name: frame[name] - means[name] for name in columns})


def pulled_apart(frame: pd.DataFrame, cluster: str, column: str, factor: float) -> pd.DataFrame:
    """Stretch the distances of the cluster means from the mean of all rows.

    Parameters
    ----------
    frame
        One row per observation, without missing values.
    cluster
        The column that names the cluster.
    column
        A numeric column.
    factor
        What each distance is multiplied by; inside clusters nothing changes.
    """
    means = frame.groupby(cluster)[column].transform("mean")
    moved = frame[column] + (factor - 1.0) * (means - frame[column].mean())
    return frame.assign(**{column: moved})


def moved_clusters(
    frame: pd.DataFrame, cluster: str, column: str, means: Mapping[str, float]
) -> pd.DataFrame:
    """Move whole clusters, so that the mean of a column is there what it is said to be.

    Parameters
    ----------
    frame
        One row per observation, without missing values.
    cluster
        The column that names the cluster.
    column
        A numeric column; inside clusters its differences stay as they are.
    means
        The new mean of each cluster that moves, in the column's unit, by the cluster's name as
        text.
    """
    wanted = cluster_names(frame, cluster).map(dict(means))
    now = frame.groupby(cluster)[column].transform("mean")
    return frame.assign(**{column: frame[column] + (wanted - now).fillna(0.0)})


def of_equal_sizes(frame: pd.DataFrame, cluster: str) -> pd.DataFrame:
    """Keep as many rows of each cluster as the smallest one has, evenly spread over its rows.

    Parameters
    ----------
    frame
        One row per observation.
    cluster
        The column that names the cluster.
    """
    rows = frame.groupby(cluster)[cluster].transform("size")
    place, wanted = frame.groupby(cluster).cumcount(), rows.min()
    # Row k of n is kept where k·wanted/n passes a whole number, which it does `wanted` times.
    kept: pd.DataFrame = frame[(place + 1) * wanted // rows > place * wanted // rows]
    return kept


def with_singletons_joined(frame: pd.DataFrame, cluster: str, name: str) -> pd.DataFrame:
    """Make one cluster of all that have a single row.

    Parameters
    ----------
    frame
        One row per observation.
    cluster
        The column that names the cluster.
    name
        What the new cluster is called.
    """
    alone = frame.groupby(cluster)[cluster].transform("size") == 1
    return frame.assign(**{cluster: cluster_names(frame, cluster).mask(alone, name)})
