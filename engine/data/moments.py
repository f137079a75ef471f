"""Moments of every cluster: all that the models need to know about the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.data.tolerances import CONSTANT, EXACT, NO_VARIATION
from engine.display import listed, plural

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.integer[Any]]
Number = TypeVar("Number", bound=np.number[Any])


@dataclass(frozen=True)
class Moments:
    """Counts, means and centred cross-products of ``[X y]`` in every cluster.

    Cross-products are taken about each cluster's own mean, and means about one reference
    row, so neither an outcome near 1e12 nor a predictor like ``year`` costs a digit.

    Attributes
    ----------
    names
        Names of the p columns of X, as R writes them.
    levels
        Labels of the J clusters.
    counts
        Number of rows n_j in each cluster, shape (J,).
    origin
        Reference row, shape (p + 1,). It is zero where ``constant`` is None, because shifting a
        column would then change the model.
    line
        Coefficients on the shifted columns X − origin, shape (p,), in outcome units per unit of
        the column. The outcome is replaced by y − origin − (X − origin)·line. The line is zero
        for nearly all data. It is a fitted line where predictors explain so much of the outcome
        that cross-products of y would lose the residuals.
    means
        Cluster means of ``[X y]`` minus ``origin`` and line, shape (J, p + 1).
    triangles
        Cross-products of ``[X y]`` about the cluster means: the lower triangle, row by row,
        shape (J, (p + 1)(p + 2)/2). With many clusters this is the largest array.
    has_intercept
        Whether the first column of X is the constant 1.
    constant
        Coefficients k with X k = 1 in every row, shape (p,): the first unit vector with an
        intercept, 1 for each dummy of ``0 + f``; None if no combination of columns is constant.
    """

    names: tuple[str, ...]
    levels: Sequence[str]
    counts: IntArray
    origin: FloatArray
    line: FloatArray
    means: FloatArray
    triangles: FloatArray
    has_intercept: bool
    constant: FloatArray | None

    def __repr__(self) -> str:
        rows, clusters = plural(self.rows, "row"), plural(len(self.counts), "cluster")
        return f"<Moments of {listed(self.names, len(self.names))}: {rows} in {clusters}>"

    @cached_property
    def rows(self) -> int:
        """Number of rows N."""
        return int(self.counts.sum())

    @property
    def scatter(self) -> FloatArray:
        """The same cross-products as square matrices, shape (J, p + 1, p + 1), a new array."""
        return self.scatter_of(slice(None))

    def scatter_of(self, clusters: slice) -> FloatArray:
        """Return the cross-products of some clusters as square matrices.

        Parameters
        ----------
        clusters
            Which clusters.

        Returns
        -------
        ndarray, shape (clusters, p + 1, p + 1)
        """
        return np.moveaxis(self.triangles[clusters].T[triangle_places(len(self.origin))], -1, 0)

    def products(self, vector: FloatArray) -> FloatArray:
        """Return every cluster's matrix of cross-products times a vector, shape (J, p + 1).

        Parameters
        ----------
        vector
            The vector, shape (p + 1,).
        """
        return np.stack(
            [self.triangles[:, row] @ vector for row in triangle_places(len(vector))], axis=1
        )

    @cached_property
    def within(self) -> FloatArray:
        """Cross-products of ``[X y]`` within clusters, summed over them, shape (p + 1, p + 1)."""
        return np.asarray(self.triangles.sum(axis=0)[triangle_places(len(self.origin))])

    @cached_property
    def total(self) -> FloatArray:
        """Cross-products of ``[X y]`` of all rows about ``origin``, shape (p + 1, p + 1)."""
        between = np.einsum("j,ja,jb->ab", self.counts, self.means, self.means)
        return np.asarray(self.within + between)

    @cached_property
    def outcome_means(self) -> FloatArray:
        """Mean outcome of each cluster, in outcome units, shape (J,)."""
        return np.asarray(self.outcome_shifts + self.origin[-1])

    @cached_property
    def outcome_shifts(self) -> FloatArray:
        """Mean outcome of each cluster minus that of ``origin``, in outcome units, shape (J,).

        The line is added back first.
        """
        return np.asarray(self.means[:, -1] + self.means[:, :-1] @ self.line)

    @cached_property
    def outcome_squares(self) -> float:
        """Sum of squares of the outcome about its ``origin``, in squared outcome units.

        The line is added back first.
        """
        restored = np.append(self.line, 1.0)
        return float(restored @ self.total @ restored)

    @property
    def outcome_noise(self) -> float:
        """Sum of squared residuals that rounding alone can leave, in squared outcome units.

        The larger of two bounds: a share of the outcome's sum of squares about ``origin``, and
        4 ε of the outcome's size in each row. The second matters for an outcome far from zero,
        whose rounding is coarse relative to its own variation.
        """
        step = 4.0 * np.finfo(float).eps * float(np.abs(self.outcome_means).max())
        return max(EXACT * self.outcome_squares, self.rows * step**2)

    def repeated(self, times: int) -> Moments:
        """Return the moments of the same data with every row there several times.

        Parameters
        ----------
        times
            How often each row is there, at least once.
        """
        return replace(self, counts=self.counts * times, triangles=self.triangles * times)

    def in_more_clusters(self, times: int) -> Moments:
        """Return the moments with every cluster there several times, as clusters of their own.

        Parameters
        ----------
        times
            How often each cluster is there, at least once.
        """
        if times == 1:
            return self
        return replace(
            self,
            levels=[f"{level}.{k + 1}" for k in range(times) for level in self.levels],
            counts=np.tile(self.counts, times),
            means=np.tile(self.means, (times, 1)),
            triangles=np.tile(self.triangles, (times, 1)),
        )

    def lifted(self, by: FloatArray) -> Moments:
        """Return the moments with something added to every outcome of a cluster.

        Parameters
        ----------
        by
            What is added in each cluster, in outcome units, shape (J,).
        """
        means = self.means.copy()
        means[:, -1] += by
        return replace(self, means=means)

    def unshifted(self) -> Moments:
        """Return the same moments about zero; columns far from zero lose digits."""
        outcome = self.origin[-1] - self.origin[:-1] @ self.line
        shift = np.append(self.origin[:-1], outcome)
        means = self.means + shift
        return replace(self, origin=np.zeros_like(shift), means=means, constant=None)

    def select(self, columns: list[int]) -> Moments:
        """Return the moments with only some columns of X.

        If the columns left out are part of ``constant``, the result is about zero.

        Parameters
        ----------
        columns
            Positions of the columns to keep, in the order wanted.

        Raises
        ------
        ValueError
            A column left out has a coefficient in ``line``.
        """
        if columns == list(range(len(self.names))):
            return self
        others = np.setdiff1d(np.arange(len(self.names)), columns)
        if self.line[others].any():
            raise ValueError("a column in the outcome's line cannot be left out")
        if self.constant is not None and self.constant[others].any():
            # The remaining columns no longer add up to the constant.
            return self.unshifted().select(columns)
        keep = [*columns, len(self.names)]
        places = triangle_places(len(self.origin))[np.ix_(keep, keep)]
        return replace(
            self,
            names=tuple(self.names[k] for k in columns),
            origin=self.origin[keep],
            line=self.line[columns],
            means=self.means[:, keep],
            triangles=self.triangles.T[lower(places)].T,
            constant=None if self.constant is None else self.constant[columns],
        )

    def independent_columns(self) -> list[int]:
        """Return the positions of the columns of X that do not depend on columns before them.

        The order of the formula decides, as in R: of two collinear columns the later one goes.
        Without an intercept, columns are compared about zero. If they add up to the constant,
        they are also compared about their own origins, which may distinguish more of them.
        """
        p = len(self.names)
        natural = range(p)
        cross, noise = self.total[:p, :p], CONSTANT * np.abs(self.origin[:p])
        if self.has_intercept or self.constant is None:
            return independent(cross, self.rows, noise, natural)
        about_zero = self.unshifted().total[:p, :p]
        kept = independent(about_zero, self.rows, np.zeros(p), natural)
        constant_first = np.argsort(self.constant == 0.0, kind="stable").tolist()
        shifted = independent(cross, self.rows, noise, constant_first)
        return sorted(shifted) if len(shifted) > len(kept) else kept


def independent(cross: FloatArray, rows: int, noise: FloatArray, order: Iterable[int]) -> list[int]:
    """Find the columns that are not linear combinations of the columns before them.

    Parameters
    ----------
    cross
        Cross-products of the columns, shape (p, p).
    rows
        Number of rows behind them.
    noise
        For each column, the root mean square up to which it is rounding, shape (p,).
    order
        Positions of the columns to consider, in the order that decides which one goes.

    Returns
    -------
    list of int
        Positions of the independent columns, in the given order; at most ``rows`` of them.
    """
    size = np.sqrt(np.diag(cross))
    # Scaled to unit diagonal, so that units of measurement do not matter.
    unit = np.where(size > 0.0, size, 1.0)
    gram = cross / np.outer(unit, unit)
    # Column by column the Cholesky factor of the kept columns, with a row for every column.
    factor = np.zeros((len(cross), min(len(cross), rows)))
    kept: list[int] = []
    for k in order:
        done = len(kept)
        if done == rows:
            break
        if size[k] / np.sqrt(rows) <= noise[k]:
            continue
        left = gram[k, k] - float(factor[k, :done] @ factor[k, :done])
        if left > NO_VARIATION * gram[k, k]:
            factor[:, done] = (gram[:, k] - factor[:, :done] @ factor[k, :done]) / np.sqrt(left)
            kept.append(k)
    return kept


def lower(symmetric: NDArray[Number]) -> NDArray[Number]:
    """Return the lower triangles of symmetric matrices, row by row, shape (..., w(w + 1)/2).

    Parameters
    ----------
    symmetric
        The matrices, shape (..., w, w).
    """
    row, column = np.tril_indices(symmetric.shape[-1])
    return symmetric[..., row, column]


def triangle_places(width: int) -> IntArray:
    """Return the position of each entry of a symmetric matrix in its lower triangle.

    Parameters
    ----------
    width
        Number w of rows and columns of the matrix.

    Returns
    -------
    ndarray of int, shape (w, w)
        Positions in the order of `lower`; entries (a, b) and (b, a) have the same one.
    """
    row, column = np.tril_indices(width)
    places = np.empty((width, width), dtype=np.intp)
    places[row, column] = places[column, row] = np.arange(len(row))
    return places
