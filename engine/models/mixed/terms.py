"""Random-effect terms and their parameter θ, laid out as lme4 does."""

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

    Columns of zeros in F are left out first, and stand last in L: a boundary estimate stays
    exactly on the boundary.
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
    """Which entries of F are free: one lower triangle per term, its rows in some order.

    Attributes
    ----------
    rows, columns
        Places of the m free entries.
    size
        q, the number of random effects.
    """

    rows: IntArray
    columns: IntArray
    size: int

    def matrix(self, entries: FloatArray) -> FloatArray:
        """Return F with these free entries, shape (q, q)."""
        matrix = np.zeros((self.size, self.size))
        matrix[self.rows, self.columns] = entries
        return matrix

    def entries(self, matrix: FloatArray) -> FloatArray:
        """Return the free entries of F, shape (m,)."""
        return np.asarray(matrix[self.rows, self.columns])

    def within(self, columns: NDArray[np.bool_]) -> Pattern:
        """Return the free entries that lie in some of the q columns; the others stay zero."""
        kept = columns[self.columns]
        return Pattern(self.rows[kept], self.columns[kept], self.size)

    def moves(self) -> FloatArray:
        """Return dF for each free entry, a single 1 in each, shape (m, q, q)."""
        matrices = np.zeros((len(self.rows), self.size, self.size))
        matrices[range(len(self.rows)), self.rows, self.columns] = 1.0
        return matrices


@dataclass(frozen=True)
class RandomTerms:
    """Which effects vary among clusters, and which of them may be correlated.

    ``(1 + z | g)`` is one term of two effects; ``(1 + z || g)`` is two terms of one each.

    Attributes
    ----------
    terms
        Names of the effects of each term; effects of different terms are independent.
    """

    terms: tuple[Term, ...]

    @cached_property
    def names(self) -> Term:
        """The q effects in order."""
        return tuple(name for term in self.terms for name in term)

    @cached_property
    def blocks(self) -> tuple[slice, ...]:
        """Where each term's effects stand among the q."""
        ends = np.cumsum([len(term) for term in self.terms])
        return tuple(
            slice(int(end) - len(term), int(end))
            for term, end in zip(self.terms, ends, strict=True)
        )

    @cached_property
    def pattern(self) -> Pattern:
        """θ in Λ: lower triangles, column by column."""
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
        """Return the lower triangular F' with F' F'ᵀ = F Fᵀ, term by term."""
        matrix = np.zeros_like(factor)
        for block in self.blocks:
            matrix[block, block] = lower_triangular(factor[block, block])
        return matrix

    def pivoted(self, factor: FloatArray, weights: FloatArray) -> tuple[FloatArray, Pattern]:
        """Return F' with F' F'ᵀ = F Fᵀ, triangular with the largest effects first.

        In this order no free entry loses its meaning where an effect's variance vanishes: were
        the first variance to go, the rest of a fixed order's triangle could turn freely.

        Parameters
        ----------
        factor
            F, block diagonal, shape (q, q).
        weights
            What makes the effects' sizes comparable, shape (q,).
        """
        matrix = np.zeros_like(factor)
        orders = []
        for block in self.blocks:
            own = factor[block, block]
            order = qr((weights[block, None] * own).T, mode="r", pivoting=True)[1]
            matrix[block.start + order, block] = lower_triangular(own[order])
            orders.append(list(block.start + order))
        return matrix, self._triangles(orders)
