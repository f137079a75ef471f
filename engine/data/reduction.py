"""Rows become per-cluster moments, once, in two passes over blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from engine.data.moments import FloatArray, IntArray, Moments, triangle_places

# Rows worked on at once: few enough for their columns to stay in the processor's cache.
BLOCK = 16_384


class Rows(Protocol):
    """A design matrix X as far as moments need it: an array, or what makes some of its rows."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns, (N, p)."""

    def __getitem__(self, rows: slice, /) -> FloatArray:
        """Return these rows, shape (rows, p)."""


def moments_from_rows(
    matrix: Rows,
    outcome: FloatArray,
    codes: IntArray,
    *,
    names: tuple[str, ...],
    levels: Sequence[str],
    has_intercept: bool,
) -> Moments:
    """Reduce rows to moments.

    Parameters
    ----------
    matrix
        Design matrix X, shape (N, p); with an intercept its first column is 1. Only a block of
        its rows is asked for at a time.
    outcome
        Outcome y, shape (N,).
    codes
        Cluster of each row, integers 0..J-1, shape (N,).
    names, levels
        Labels of the p columns and of the J clusters.
    has_intercept
        Whether the model has an intercept, which is what allows columns to be shifted.

    Returns
    -------
    Moments

    Notes
    -----
    Two passes with a correction of the mean (Chan, Golub & LeVeque 1983, eq. 1.7): each
    column is first reduced by a value of its own, which is exact for data far from zero.
    Both passes go through the rows in blocks that stay in the processor's cache.
    """
    size, width = len(levels), matrix.shape[1] + 1
    # The column of ones varies nowhere.
    first = 1 if has_intercept else 0

    def columns(rows: slice) -> list[FloatArray]:
        return [*matrix[rows].T[first:], outcome[rows]]

    # Some rows, spread over all of them, show where a column lies.
    spread = slice(None, None, max(1, len(codes) // BLOCK))
    reference = [_reference(some) for some in columns(spread)]

    counts = np.bincount(codes, minlength=size)
    means = np.zeros((width, size))
    means[:first] = 1.0
    centres = means[first:]
    for block, cluster in _blocks(codes):
        for k, column in enumerate(columns(block)):
            np.add.at(centres[k], cluster, column - reference[k])
    centres /= counts

    corrections = np.zeros_like(centres)
    triangles = np.zeros((width * (width + 1) // 2, size))
    # Products with the column of ones stay 0.
    places = triangle_places(width)[first:, first:]
    for block, cluster in _blocks(codes):
        residues: list[FloatArray] = []
        for k, column in enumerate(columns(block)):
            residue = column - reference[k]
            residue -= centres[k].take(cluster)
            np.add.at(corrections[k], cluster, residue)
            residues.append(residue)
            for a, earlier in enumerate(residues):
                np.add.at(triangles[places[k, a]], cluster, residue * earlier)
    corrections /= counts
    centres += corrections
    for k, correction in enumerate(corrections):
        for a in range(k + 1):
            triangles[places[k, a]] -= counts * correction * corrections[a]

    origin = np.append(np.zeros(first), reference)
    if not has_intercept:
        means += origin[:, None]
        origin = np.zeros(width)
    return Moments(
        names=names,
        levels=levels,
        counts=counts,
        origin=origin,
        means=means.T,
        triangles=triangles.T,
        has_intercept=has_intercept,
    )


def _blocks(codes: IntArray) -> Iterator[tuple[slice, IntArray]]:
    """Cut the rows into blocks, each with its cluster codes as the processor likes to index."""
    for start in range(0, len(codes), BLOCK):
        block = slice(start, start + BLOCK)
        yield block, codes[block].astype(np.intp, copy=False)


def _reference(some: FloatArray) -> float:
    """Return a value of a column near its mean, from some of its rows.

    A difference between two stored doubles of like size is exact, one between a double and a
    computed mean is not. The value need not be the nearest.
    """
    return float(some[np.argmin(np.abs(some - some.mean()))]) if len(some) else 0.0
