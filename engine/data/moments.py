"""Rows become per-cluster moments once; every answer is computed from these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.integer[Any]]

# A column of the design counts as a combination of those before it when what they leave
# unexplained of its sum of squares is smaller than this share. Cross-products carry about
# 16 digits, so this is a thousand times their noise; it is R's tolerance of 1e-7 in `lm`,
# squared and given some room.
_COLLINEAR = 1e-13
# A column whose spread is this small beside its own size holds rounding noise, not data.
_CONSTANT = 1e-13
# Rows worked on at once: few enough for their columns to stay in the processor's cache.
_BLOCK = 16_384


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
        if columns == list(range(len(self.names))):
            return self
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

    def merge(self, other: Moments) -> Moments:
        """Return the moments of the rows of both, as if they had been reduced together.

        Parameters
        ----------
        other
            Moments of other rows with the same columns. Clusters are matched by level; levels
            new in ``other`` stand behind those known already. Origins may differ.

        Raises
        ------
        ValueError
            The columns differ.

        Notes
        -----
        With δ the difference of a cluster's two means, its products about the joint mean are
        the sum of both plus δ δᵀ n₁ n₂ / (n₁ + n₂): the pairwise update of Chan, Golub &
        LeVeque (1983).
        """
        if (self.names, self.has_intercept) != (other.names, other.has_intercept):
            raise ValueError(f"moments of {other.names} cannot be added to those of {self.names}")
        place = {level: j for j, level in enumerate(self.levels)}
        at = np.array([place.setdefault(level, len(place)) for level in other.levels], np.intp)
        new, width = len(place) - len(self.levels), len(self.origin)
        counts = np.append(self.counts, np.zeros(new, np.intp))
        means = np.concatenate([self.means, np.zeros((new, width))])
        scatter = np.concatenate([self.scatter, np.zeros((new, width, width))])

        known, more = counts[at, None], other.counts[:, None]
        share = more / (known + more)
        gap = other.means - means[at] + (other.origin - self.origin)
        scatter[at] += other.scatter + (known * share * gap)[:, :, None] * gap[:, None, :]
        means[at] += share * gap
        counts[at] += other.counts
        return replace(self, levels=tuple(place), counts=counts, means=means, scatter=scatter)

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


def merge_moments(batches: Iterable[Moments]) -> Moments:
    """Fold the moments of batches of rows, such as the parts of a file, into those of all rows.

    Raises
    ------
    ValueError
        There is no batch, or their columns differ.
    """
    return reduce(Moments.merge, batches)


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
    Both passes go through the rows in blocks that stay in the processor's cache.
    """
    size, width = len(levels), matrix.shape[1] + 1
    # The column of ones varies nowhere.
    first = 1 if has_intercept else 0
    columns = [*matrix.T[first:], outcome]
    reference = [_reference(column) for column in columns]

    counts = np.bincount(codes, minlength=size)
    means = np.zeros((width, size))
    means[:first] = 1.0
    centres = means[first:]
    for block, cluster in _blocks(codes):
        for k, column in enumerate(columns):
            np.add.at(centres[k], cluster, column[block] - reference[k])
    centres /= counts

    corrections = np.zeros_like(centres)
    scatter = np.zeros((width, width, size))
    products = scatter[first:, first:]
    for block, cluster in _blocks(codes):
        residues: list[FloatArray] = []
        for k, column in enumerate(columns):
            residue = column[block] - reference[k]
            residue -= centres[k].take(cluster)
            np.add.at(corrections[k], cluster, residue)
            residues.append(residue)
            for a, earlier in enumerate(residues):
                np.add.at(products[k, a], cluster, residue * earlier)
    corrections /= counts
    centres += corrections
    for k, correction in enumerate(corrections):
        for a in range(k + 1):
            products[k, a] -= counts * correction * corrections[a]
            products[a, k] = products[k, a]

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
        scatter=np.moveaxis(scatter, -1, 0),
        has_intercept=has_intercept,
    )


def _blocks(codes: IntArray) -> Iterator[tuple[slice, IntArray]]:
    """Cut the rows into blocks, each with its cluster codes as the processor likes to index."""
    for start in range(0, len(codes), _BLOCK):
        block = slice(start, start + _BLOCK)
        yield block, codes[block].astype(np.intp, copy=False)


def _reference(column: FloatArray) -> float:
    """Return a value of the column near its mean.

    A difference between two stored doubles of like size is exact, one between a double and a
    computed mean is not. Rows spread over the column suffice: the value need not be the nearest.
    """
    if not len(column):
        return 0.0
    some = column[:: max(1, len(column) // _BLOCK)]
    return float(some[np.argmin(np.abs(some - column.mean()))])
