"""Moments of every cluster: all that the models ever need of the rows."""

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
        The p term names, as R writes them.
    levels
        The J cluster labels.
    counts
        Rows in each cluster n_j, shape (J,).
    origin
        Reference row, shape (p + 1,): zero where ``constant`` is None, since shifting a column
        would then change the model.
    line
        Coefficients (p,) on the shifted columns X − origin. What is reduced as the outcome is
        y − origin − (X − origin)·line: zero for nearly all data, a fitted line where predictors
        explain so much of the outcome that the rest would be lost in cross-products of y.
    means
        Cluster means of ``[X y]`` minus ``origin`` and line, shape (J, p + 1).
    triangles
        Cross-products of ``[X y]`` about the cluster means: the lower triangle, row by row,
        shape (J, (p + 1)(p + 2)/2). With many clusters this is the largest array.
    has_intercept
        Whether the first column of X is the constant 1.
    constant
        Coefficients k with X k = 1 in every row, shape (p,): the first unit vector with an
        intercept, one for each dummy of ``0 + f``; None where no combination is constant.
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
        return np.asarray(self.outcome_shifts + self.origin[-1])

    @cached_property
    def outcome_shifts(self) -> FloatArray:
        """Mean outcome of each cluster minus ``origin``, the line put back, shape (J,)."""
        return np.asarray(self.means[:, -1] + self.means[:, :-1] @ self.line)

    @cached_property
    def outcome_squares(self) -> float:
        """Sum of squares of the outcome about ``origin``, the line put back, in squared units."""
        restored = np.append(self.line, 1.0)
        return float(restored @ self.total @ restored)

    @property
    def outcome_noise(self) -> float:
        """Sum of squared residuals that rounding alone can leave, in squared outcome units.

        A share of the outcome's squares about ``origin``; and 4 ε of its size for each row, as an
        outcome far from zero is rounded coarsely beside its own variation.
        """
        step = 4.0 * np.finfo(float).eps * float(np.abs(self.outcome_means).max())
        return max(EXACT * self.outcome_squares, self.rows * step**2)

    def unshifted(self) -> Moments:
        """Return the same moments about zero; what lies far from it loses digits."""
        outcome = self.origin[-1] - self.origin[:-1] @ self.line
        shift = np.append(self.origin[:-1], outcome)
        means = self.means + shift
        return replace(self, origin=np.zeros_like(shift), means=means, constant=None)

    def select(self, columns: list[int]) -> Moments:
        """Return the moments with only these columns of X (positions, in order).

        Raises
        ------
        ValueError
            The outcome is measured from a line in which a column left out takes part.
        """
        if columns == list(range(len(self.names))):
            return self
        others = np.setdiff1d(np.arange(len(self.names)), columns)
        if self.line[others].any():
            raise ValueError("a column in the outcome's line cannot be left out")
        if self.constant is not None and self.constant[others].any():
            # What is left no longer adds up to the constant.
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
        """Return the columns of X that are not combinations of columns before them.

        The order of the formula decides, as in R: of two collinear columns the later goes.
        Without an intercept that is so for columns as they are, about zero. Where these add up
        to the constant, columns about their own origins may show more of them to differ.
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
    """Return the columns that are not combinations of those before them in some order.

    Parameters
    ----------
    cross
        Cross-products of the columns, shape (p, p).
    rows
        Number of rows behind them.
    noise
        Root mean squares of each column that are rounding, shape (p,).
    order
        The order in which columns are considered and returned.
    """
    size = np.sqrt(np.diag(cross))
    kept: list[int] = []
    for k in order:
        if len(kept) == rows:
            break
        if size[k] / np.sqrt(rows) <= noise[k]:
            continue
        explained = 0.0
        if kept:
            # Scaled to unit diagonal, so that units of measurement do not matter.
            gram = cross[np.ix_(kept, kept)] / np.outer(size[kept], size[kept])
            projection = cross[kept, k] / size[kept]
            explained = float(projection @ np.linalg.solve(gram, projection))
        if cross[k, k] - explained > NO_VARIATION * cross[k, k]:
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
