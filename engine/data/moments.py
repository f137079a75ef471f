"""Moments of every cluster: all that the models ever need of the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any, TypeAlias, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.data.levels import Levels

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
        return self.scatter_of(slice(None))

    def scatter_of(self, clusters: slice) -> FloatArray:
        """Return the square matrices of some clusters."""
        return np.moveaxis(self.triangles[clusters].T[triangle_places(len(self.origin))], -1, 0)

    def products(self, vector: FloatArray) -> FloatArray:
        """Return every cluster's cross-products times a vector (p + 1,), shape (J, p + 1)."""
        return np.stack(
            [self.triangles[:, row] @ vector for row in triangle_places(len(vector))], axis=1
        )

    @cached_property
    def within(self) -> FloatArray:
        """Cross-products within clusters, summed over clusters, shape (p + 1, p + 1)."""
        return np.asarray(self.triangles.sum(axis=0)[triangle_places(len(self.origin))])

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
        places = triangle_places(len(self.origin))[np.ix_(keep, keep)]
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
            Moments of other rows with the same columns. Clusters are matched by level, to all
            its digits; levels new in ``other`` stand behind those known already. Origins may
            differ.

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
        levels, at = _as_levels(self.levels).join(_as_levels(other.levels))
        new, width = len(levels) - len(self.levels), len(self.origin)
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
        return replace(self, levels=levels, counts=counts, means=means, triangles=triangles)

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


def triangle_places(width: int) -> IntArray:
    """Return where the entries of a symmetric matrix stand in its lower triangle, shape (w, w)."""
    row, column = np.tril_indices(width)
    places = np.empty((width, width), dtype=np.intp)
    places[row, column] = places[column, row] = np.arange(len(row))
    return places


def _as_levels(labels: Sequence[str]) -> Levels:
    return labels if isinstance(labels, Levels) else Levels(pd.Index(labels, dtype=object))


def merge_moments(batches: Iterable[Moments]) -> Moments:
    """Fold the moments of batches of rows, such as the parts of a file, into those of all rows.

    Raises
    ------
    ValueError
        There is no batch, or their columns differ.
    """
    return reduce(Moments.merge, batches)
