"""Rows become per-cluster moments once; every answer is computed from these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.integer[Any]]
Number = TypeVar("Number", bound=np.number[Any])

# A column of the design counts as a combination of those before it when what they leave
# unexplained of its sum of squares is smaller than this share. Cross-products carry about
# 16 digits, so this is a thousand times their noise; it is R's tolerance of 1e-7 in `lm`,
# squared and given some room.
_COLLINEAR = 1e-13
# A column whose spread is this small beside its own size holds rounding noise, not data.
_CONSTANT = 1e-13
# Rows worked on at once: few enough for their columns to stay in the processor's cache.
_BLOCK = 16_384


class Rows(Protocol):
    """A design matrix X as far as moments need it: an array, or what makes some of its rows."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns, (N, p)."""

    def __getitem__(self, rows: slice, /) -> FloatArray:
        """Return these rows, shape (rows, p)."""


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
    triangles
        Cross-products of ``[X y]`` about the cluster means: the lower triangle, row by row,
        shape (J, (p + 1)(p + 2)/2). Where clusters are many, nothing takes more memory.
    has_intercept
        Whether the first column of X is the constant 1.
    """

    names: tuple[str, ...]
    levels: Sequence[str]
    counts: IntArray
    origin: FloatArray
    means: FloatArray
    triangles: FloatArray
    has_intercept: bool

    @cached_property
    def rows(self) -> int:
        """Number of rows N."""
        return int(self.counts.sum())

    @property
    def scatter(self) -> FloatArray:
        """The same cross-products as square matrices, shape (J, p + 1, p + 1), made anew."""
        return np.moveaxis(self.triangles.T[_places(len(self.origin))], -1, 0)

    @cached_property
    def within(self) -> FloatArray:
        """Cross-products within clusters, summed over clusters, shape (p + 1, p + 1)."""
        return np.asarray(self.triangles.sum(axis=0)[_places(len(self.origin))])

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
        places = _places(len(self.origin))[np.ix_(keep, keep)]
        return Moments(
            names=tuple(self.names[k] for k in columns),
            levels=self.levels,
            counts=self.counts,
            origin=self.origin[keep],
            means=self.means[:, keep],
            triangles=self.triangles.T[lower(places)].T,
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
        triangles = np.concatenate([self.triangles, np.zeros((new, self.triangles.shape[1]))])

        known, more = counts[at, None], other.counts[:, None]
        share = more / (known + more)
        gap = other.means - means[at] + (other.origin - self.origin)
        row, column = np.tril_indices(width)
        triangles[at] += other.triangles + (known * share * gap)[:, row] * gap[:, column]
        means[at] += share * gap
        counts[at] += other.counts
        return replace(self, levels=tuple(place), counts=counts, means=means, triangles=triangles)

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


def lower(symmetric: NDArray[Number]) -> NDArray[Number]:
    """Return lower triangles, row by row, of symmetric matrices (..., w, w)."""
    row, column = np.tril_indices(symmetric.shape[-1])
    return symmetric[..., row, column]


def _places(width: int) -> IntArray:
    """Where the entries of a symmetric matrix stand in its lower triangle, shape (w, w)."""
    row, column = np.tril_indices(width)
    places = np.empty((width, width), dtype=np.intp)
    places[row, column] = places[column, row] = np.arange(len(row))
    return places


def merge_moments(batches: Iterable[Moments]) -> Moments:
    """Fold the moments of batches of rows, such as the parts of a file, into those of all rows.

    Raises
    ------
    ValueError
        There is no batch, or their columns differ.
    """
    return reduce(Moments.merge, batches)


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
    spread = slice(None, None, max(1, len(codes) // _BLOCK))
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
    places = _places(width)[first:, first:]
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
    for start in range(0, len(codes), _BLOCK):
        block = slice(start, start + _BLOCK)
        yield block, codes[block].astype(np.intp, copy=False)


def _reference(some: FloatArray) -> float:
    """Return a value of a column near its mean, from some of its rows.

    A difference between two stored doubles of like size is exact, one between a double and a
    computed mean is not. The value need not be the nearest.
    """
    return float(some[np.argmin(np.abs(some - some.mean()))]) if len(some) else 0.0
