"""Random-effect terms and their parameter θ, laid out as lme4 does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.data.moments import FloatArray, IntArray

Term = tuple[str, ...]


def lower_triangular(factor: FloatArray) -> FloatArray:
    """Return the lower triangular L with L Lᵀ = F Fᵀ and a diagonal ≥ 0.

    A column of zeros stays exactly that, so a boundary estimate stays on the boundary.
    """
    triangle = np.asarray(np.linalg.qr(factor.T, mode="r")).T
    signs = np.where(np.diag(triangle) < 0, -1.0, 1.0)
    return np.asarray(np.tril(triangle * signs) + 0.0)


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
    def entries(self) -> tuple[IntArray, IntArray]:
        """Row and column of each element of θ in Λ: lower triangles, column by column."""
        pairs = [
            (row, column)
            for block in self.blocks
            for column in range(block.start, block.stop)
            for row in range(column, block.stop)
        ]
        rows, columns = np.array(pairs, dtype=np.intp).T
        return rows, columns

    def factor(self, theta: FloatArray) -> FloatArray:
        """Return the relative covariance factor Λ(θ), shape (q, q)."""
        matrix = np.zeros((len(self.names), len(self.names)))
        matrix[self.entries] = theta
        return matrix

    def theta(self, factor: FloatArray) -> FloatArray:
        """Return θ of any F with F Fᵀ = Λ Λᵀ, block by block."""
        matrix = np.zeros_like(factor)
        for block in self.blocks:
            matrix[block, block] = lower_triangular(factor[block, block])
        return np.asarray(matrix[self.entries])

    def directions(self) -> FloatArray:
        """Return dΛ/dθ, shape (len θ, q, q): a single 1 in each."""
        rows, columns = self.entries
        matrices = np.zeros((len(rows), len(self.names), len(self.names)))
        matrices[range(len(rows)), rows, columns] = 1.0
        return matrices
