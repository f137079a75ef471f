"""Random-effect terms and the layout of their parameter θ, as in lme4."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr

from engine.data.moments import FloatArray, IntArray

Term: TypeAlias = tuple[str, ...]


def lower_triangular(factor: FloatArray) -> FloatArray:
    """Return the lower triangular L with L Lᵀ = F Fᵀ and a diagonal ≥ 0, shape (q, q).

    Columns of F that are zero become the last columns of L, exactly zero, so that a boundary
    estimate stays exactly on the boundary.

    Parameters
    ----------
    factor
        F, shape (q, q).
    """
    q, present = len(factor), factor[:, factor.any(axis=0)]
    triangle = np.zeros((q, q))
    if present.size:
        found = np.asarray(np.linalg.qr(present.T, mode="r")).T
        signs = np.where(np.diag(found) < 0.0, -1.0, 1.0)
        triangle[:, : found.shape[1]] = np.tril(found * signs) + 0.0
    return triangle


@dataclass(frozen=True)
class Pattern:
    """The free entries of F: one lower triangle per term, with its rows in some order.

    Attributes
    ----------
    rows, columns
        Row and column of each of the m free entries, shape (m,).
    size
        Number of random effects q.
    """

    rows: IntArray
    columns: IntArray
    size: int

    def matrix(self, entries: FloatArray) -> FloatArray:
        """Return F, whose other entries are zero, shape (q, q).

        Parameters
        ----------
        entries
            The free entries, shape (m,).
        """
        matrix = np.zeros((self.size, self.size))
        matrix[self.rows, self.columns] = entries
        return matrix

    def entries(self, matrix: FloatArray) -> FloatArray:
        """Return the free entries of F, shape (m,).

        Parameters
        ----------
        matrix
            F, shape (q, q).
        """
        return np.asarray(matrix[self.rows, self.columns])

    def within(self, columns: NDArray[np.bool_]) -> Pattern:
        """Return the pattern restricted to some columns of F; the others stay zero.

        Parameters
        ----------
        columns
            Whether each column has free entries, shape (q,).
        """
        kept = columns[self.columns]
        return Pattern(self.rows[kept], self.columns[kept], self.size)

    def moves(self) -> FloatArray:
        """Return dF for each free entry: matrices with a single 1, shape (m, q, q)."""
        matrices = np.zeros((len(self.rows), self.size, self.size))
        matrices[range(len(self.rows)), self.rows, self.columns] = 1.0
        return matrices


@dataclass(frozen=True)
class RandomTerms:
    """The effects that vary among clusters, and which of them may be correlated.

    ``(1 + z | g)`` is one term with two effects; ``(1 + z || g)`` is two terms with one each.

    Attributes
    ----------
    terms
        Names of the effects in each term. Effects in different terms are independent.
    """

    terms: tuple[Term, ...]

    @cached_property
    def names(self) -> Term:
        """Names of the q effects, in order."""
        return tuple(name for term in self.terms for name in term)

    @cached_property
    def blocks(self) -> tuple[slice, ...]:
        """Positions of each term's effects among the q."""
        ends = np.cumsum([len(term) for term in self.terms])
        return tuple(
            slice(int(end) - len(term), int(end))
            for term, end in zip(self.terms, ends, strict=True)
        )

    @cached_property
    def pattern(self) -> Pattern:
        """The layout of θ in Λ: lower triangles, column by column."""
        return self._triangles([list(range(block.start, block.stop)) for block in self.blocks])

    def _triangles(self, orders: list[list[int]]) -> Pattern:
        places = [
            (row, block.start + k)
            for block, order in zip(self.blocks, orders, strict=True)
            for k in range(len(order))
            for row in order[k:]
        ]
        rows, columns = np.array(places, dtype=np.intp).T
        return Pattern(rows, columns, len(self.names))

    def canonical(self, factor: FloatArray) -> FloatArray:
        """Return the F' with F' F'ᵀ = F Fᵀ that is lower triangular in each term, shape (q, q).

        Parameters
        ----------
        factor
            F, block diagonal by term, shape (q, q).
        """
        matrix = np.zeros_like(factor)
        for block in self.blocks:
            matrix[block, block] = lower_triangular(factor[block, block])
        return matrix

    def pivoted(self, factor: FloatArray, weights: FloatArray) -> tuple[FloatArray, Pattern]:
        """Return F' with F' F'ᵀ = F Fᵀ, triangular with the largest effects first.

        With this order every free entry stays determined when an effect's variance vanishes. In
        a fixed order, if the first variance vanished, the rest of the triangle could be rotated
        without any change to F Fᵀ.

        Parameters
        ----------
        factor
            F, block diagonal by term, shape (q, q).
        weights
            Positive weights that make the sizes of the effects comparable, shape (q,).

        Returns
        -------
        tuple of ndarray and Pattern
            F', shape (q, q), with its rows in the original order; and its free entries.
        """
        matrix = np.zeros_like(factor)
        orders = []
        for block in self.blocks:
            own = factor[block, block]
            order = qr((weights[block, None] * own).T, mode="r", pivoting=True)[1]
            matrix[block.start + order, block] = lower_triangular(own[order])
            orders.append(list(block.start + order))
        return matrix, self._triangles(orders)
