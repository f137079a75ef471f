"""Rows become per-cluster moments once; every answer is computed from these."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.intp]

# A column of the design counts as a combination of those before it when what they leave
# unexplained of its sum of squares is smaller than this share. Cross-products carry about
# 16 digits, so this is a thousand times their noise; it is R's tolerance of 1e-7 in `lm`,
# squared and given some room.
_COLLINEAR = 1e-13
# A column whose spread is this small beside its own size holds rounding noise, not data.
_CONSTANT = 1e-13


@dataclass(frozen=True)
class Moments:
    """Counts, means and centred cross-products of ``[X y]`` in every cluster.

    Cross-products are taken about each cluster's own mean, and means about one reference
    row, so neither an outcome near 1e12 nor a predictor like ``year`` costs a digit.

    Attributes
    ----------
    names
        The p term names, as R writes them.
    levels
        The J cluster labels.
    counts
        Rows in each cluster n_j, shape (J,).
    origin
        Reference row, shape (p + 1,): zero throughout without an intercept, since then
        shifting a column would change the model.
    means
        Cluster means of ``[X y]`` minus ``origin``, shape (J, p + 1).
    scatter
        Cross-products of ``[X y]`` about the cluster means, shape (J, p + 1, p + 1).
    has_intercept
        Whether the first column of X is the constant 1.
    """

    names: tuple[str, ...]
    levels: tuple[str, ...]
    counts: IntArray
    origin: FloatArray
    means: FloatArray
    scatter: FloatArray
    has_intercept: bool

    @cached_property
    def rows(self) -> int:
        """Number of rows N."""
        return int(self.counts.sum())

    @cached_property
    def within(self) -> FloatArray:
        """Cross-products within clusters, summed over clusters, shape (p + 1, p + 1)."""
        return np.asarray(self.scatter.sum(axis=0))

    @cached_property
    def total(self) -> FloatArray:
        """Cross-products of all rows about ``origin``, shape (p + 1, p + 1)."""
        between = np.einsum("j,ja,jb->ab", self.counts, self.means, self.means)
        return np.asarray(self.within + between)

    @cached_property
    def outcome_means(self) -> FloatArray:
        """Mean outcome of each cluster, in the outcome's units, shape (J,)."""
        return np.asarray(self.means[:, -1] + self.origin[-1])

    def select(self, columns: list[int]) -> Moments:
        """Return the moments with only these columns of X (positions, in order)."""
        keep = [*columns, len(self.names)]
        return Moments(
            names=tuple(self.names[k] for k in columns),
            levels=self.levels,
            counts=self.counts,
            origin=self.origin[keep],
            means=self.means[:, keep],
            scatter=self.scatter[:, keep][:, :, keep],
            has_intercept=self.has_intercept,
        )

    def independent_columns(self) -> list[int]:
        """Return the columns of X that are not combinations of columns before them.

        The order of the formula decides, as in R: of two collinear columns the later goes.
        """
        p = len(self.names)
        cross = self.total[:p, :p]
        spread = np.sqrt(np.diag(cross) / self.rows)
        noise = _CONSTANT * np.abs(self.origin[:p])
        kept: list[int] = []
        for k in range(p):
            if spread[k] <= noise[k]:
                continue
            explained = 0.0
            if kept:
                # Scaled to unit diagonal, so that units of measurement do not matter.
                scale = np.sqrt(np.diag(cross))[kept]
                gram = cross[np.ix_(kept, kept)] / np.outer(scale, scale)
                projection = cross[kept, k] / scale
                explained = float(projection @ np.linalg.solve(gram, projection))
            if cross[k, k] - explained > _COLLINEAR * cross[k, k]:
                kept.append(k)
        return kept


def moments_from_rows(
    matrix: FloatArray,
    outcome: FloatArray,
    codes: IntArray,
    *,
    names: tuple[str, ...],
    levels: tuple[str, ...],
    has_intercept: bool,
) -> Moments:
    """Reduce rows to moments.

    Parameters
    ----------
    matrix
        Design matrix X, shape (N, p); with an intercept its first column is 1.
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
    """
    rows, p = matrix.shape
    size = len(levels)
    counts = np.bincount(codes, minlength=size)
    origin = np.zeros(p + 1)
    means = np.zeros((size, p + 1))
    scatter = np.zeros((size, p + 1, p + 1))
    residues: list[FloatArray | None] = []
    for k in range(p + 1):
        column = outcome if k == p else matrix[:, k]
        if has_intercept and k == 0:
            means[:, 0] = 1.0
            residues.append(None)
            continue
        # The row nearest the mean: a difference between two stored doubles of like size is
        # exact, one between a double and a computed mean is not.
        reference = float(column[np.argmin(np.abs(column - column.mean()))]) if rows else 0.0
        shifted = column - reference
        centre = np.bincount(codes, shifted, minlength=size) / counts
        residue = shifted - centre[codes]
        correction = np.bincount(codes, residue, minlength=size) / counts
        residue -= correction[codes]
        centre += correction
        residues.append(residue)
        if has_intercept:
            origin[k] = reference
            means[:, k] = centre
        else:
            means[:, k] = centre + reference
    for a in range(p + 1):
        for b in range(a + 1):
            left, right = residues[a], residues[b]
            if left is None or right is None:
                continue
            products = np.bincount(codes, left * right, minlength=size)
            scatter[:, a, b] = scatter[:, b, a] = products
    return Moments(
        names=names,
        levels=levels,
        counts=counts,
        origin=origin,
        means=means,
        scatter=scatter,
        has_intercept=has_intercept,
    )
