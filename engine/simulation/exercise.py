"""Rows to practise on: few enough to look at, and with two models that visibly disagree."""

from __future__ import annotations

import string

import numpy as np
import pandas as pd

from engine.data.moments import FloatArray, IntArray
from engine.simulation.constructed import graded_sizes

CLUSTERS = 8
"""How many clusters an exercise has; their labels are letters."""

# Correlation of the levels with the ranks of the sizes.
_PULL = 0.8


def levels_by_size(generator: np.random.Generator) -> pd.DataFrame:
    """Draw rows of clusters whose level goes with their size, up or down.

    Parameters
    ----------
    generator
        Source of the draws; it is advanced.

    Returns
    -------
    pandas.DataFrame
        Columns ``cluster`` and ``y``, the latter with one decimal.
    """
    ranks = generator.permutation(CLUSTERS)
    sizes = graded_sizes(
        int(generator.integers(90, 131)), float(generator.uniform(9.0, 14.0)), ranks
    )
    between, within = generator.uniform(7.0, 12.0), generator.uniform(6.0, 9.0)
    levels = generator.uniform(45.0, 70.0) + between * _going_with(ranks, generator)
    return _frame(sizes, y=np.repeat(levels, sizes) + within * _noise(sizes, generator))


def slopes_apart(generator: np.random.Generator) -> pd.DataFrame:
    """Draw rows whose slope inside clusters and whose slope between them have opposite signs.

    Parameters
    ----------
    generator
        Source of the draws; it is advanced.

    Returns
    -------
    pandas.DataFrame
        Columns ``cluster``, ``x`` and ``y``, the latter two with one decimal.
    """
    sizes = generator.integers(6, 15, CLUSTERS)
    apart = 1.5 * (generator.permutation(CLUSTERS) - (CLUSTERS - 1) / 2.0)
    side, inside = generator.choice([-1.0, 1.0]), generator.uniform(0.8, 1.6)
    between, noise = generator.uniform(2.0, 3.0), generator.uniform(2.5, 4.0)
    levels = generator.uniform(45.0, 70.0) - side * between * apart
    levels += generator.uniform(3.0, 5.0) * generator.standard_normal(CLUSTERS)
    about = generator.uniform(1.4, 2.2) * _noise(sizes, generator)
    x = generator.uniform(9.0, 12.0) + np.repeat(apart, sizes) + about
    y = np.repeat(levels, sizes) + side * inside * about + noise * _noise(sizes, generator)
    return _frame(sizes, x=x, y=y)


def _going_with(ranks: IntArray, generator: np.random.Generator) -> FloatArray:
    """Draw a value for each cluster that correlates with its rank, up or down."""
    side = generator.choice([-1.0, 1.0])
    axis = (ranks - ranks.mean()) / ranks.std()
    rest = generator.standard_normal(len(ranks))
    values: FloatArray = side * _PULL * axis + np.sqrt(1.0 - _PULL**2) * rest
    return values


def _noise(sizes: IntArray, generator: np.random.Generator) -> FloatArray:
    return generator.standard_normal(int(sizes.sum()))


def _frame(sizes: IntArray, **columns: FloatArray) -> pd.DataFrame:
    labels = np.repeat(list(string.ascii_uppercase[: len(sizes)]), sizes)
    rounded = {name: np.round(values, 1) for name, values in columns.items()}
    return pd.DataFrame({"cluster": labels, **rounded})
