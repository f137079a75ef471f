"""The coordinates in which models are solved: columns of similar size, an outcome near zero."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.data.formula.terms import INTERCEPT
from engine.data.moments import FloatArray, Moments
from engine.models.mixed.terms import RandomTerms


def binary_scale(squares: FloatArray) -> FloatArray:
    """Return the power of two nearest to a root mean square, 1 where that is 0.

    Division by a power of two is exact, so two equal columns stay equal.

    Parameters
    ----------
    squares
        Mean squares, of any shape, which the result has too.
    """
    roots = np.sqrt(np.where(squares > 0, squares, 1.0))
    return np.asarray(np.exp2(np.round(np.log2(roots))))


@dataclass(frozen=True)
class Scaling:
    """The map from ``[X y]`` to scaled predictors and residuals from the pooled line.

    Residuals keep digits when the outcome is far from zero, and they make the pooled line
    exactly zero in these coordinates.

    Attributes
    ----------
    moments
        Moments of p linearly independent columns X and the outcome.
    """

    moments: Moments

    @cached_property
    def scale(self) -> FloatArray:
        """Size of each column of X about ``origin``, a power of two, shape (p,)."""
        p = len(self.moments.names)
        return binary_scale(np.diag(self.moments.total)[:p] / self.moments.rows)

    @cached_property
    def pooled(self) -> FloatArray:
        """The pooled line: ordinary least squares on the scaled columns, shape (p,)."""
        p = len(self.moments.names)
        cross = self.moments.total
        gram = cross[:p, :p] / np.outer(self.scale, self.scale)
        right = cross[:p, p] / self.scale
        effects = np.linalg.solve(gram, right)
        # One refinement step recovers the digits that the normal equations round away.
        return np.asarray(effects + np.linalg.solve(gram, right - gram @ effects))

    @cached_property
    def residual_map(self) -> FloatArray:
        """The matrix that maps ``[X y]`` to ``[X / scale, y − pooled line]``, (p + 1, p + 1)."""
        p = len(self.moments.names)
        matrix = np.diag(np.append(1.0 / self.scale, 1.0))
        matrix[:p, p] = -self.pooled / self.scale
        return matrix

    @cached_property
    def to_units(self) -> FloatArray:
        """The matrix from effects on shifted, scaled columns to effects in units, (p, p)."""
        return np.asarray(self._unshift(np.diag(1.0 / self.scale)))

    def _unshift(self, effects: FloatArray) -> FloatArray:
        """Turn effects (p, ...) on the shifted columns X − 1oᵀ into effects on X.

        With X k = 1, (X − 1oᵀ)γ = X(γ − k oᵀγ).
        """
        constant = self.moments.constant
        if constant is None:
            return effects
        return effects - np.multiply.outer(constant, self.moments.origin[:-1] @ effects)

    @cached_property
    def log_determinant(self) -> float:
        """What to add to log |A| of the scaled columns to get that in the units of the data."""
        return 2.0 * float(np.sum(np.log(self.scale)))

    def effects(self, shift: FloatArray) -> FloatArray:
        """Convert effects to the units of the data.

        Parameters
        ----------
        shift
            Effects on the scaled columns minus the pooled line, shape (..., p).

        Returns
        -------
        ndarray, shape (..., p)
            Effects on the columns as given, in outcome units per unit of the column.
        """
        effects = (self.pooled + shift) @ self.to_units.T
        if self.moments.line.any():
            effects += self._unshift(self.moments.line)
        if self.moments.constant is not None:
            effects += self.moments.origin[-1] * self.moments.constant
        return np.asarray(effects)

    def covariance(self, scaled: FloatArray) -> FloatArray:
        """Convert covariances of effects to the units of the data, shape (..., p, p).

        Parameters
        ----------
        scaled
            Covariances of effects on the scaled columns, shape (..., p, p).
        """
        return np.asarray(self.to_units @ scaled @ self.to_units.T)


@dataclass(frozen=True)
class RandomScaling:
    """The map from the columns of the moments to the q scaled columns of Z.

    Shifting the other columns of a term with an intercept leaves its model unchanged, so they
    are shifted: a slope over ``year`` is solved about the middle of the years.

    Attributes
    ----------
    matrix, constant
        Cluster means of scaled Z are ``moments.means @ matrix + constant``; shapes
        (columns + 1, q) and (q,).
    to_scaled
        M with Z = Z_scaled M, upper triangular, shape (q, q). Effects with covariance Λ Λᵀ
        on Z have covariance F Fᵀ, F = M Λ, on the scaled columns.
    """

    matrix: FloatArray
    constant: FloatArray
    to_scaled: FloatArray


def scale_random_columns(moments: Moments, terms: RandomTerms) -> RandomScaling:
    """Choose a shift and a scale for each column of Z.

    Parameters
    ----------
    moments
        Moments of all columns that have a fixed or a random effect.
    terms
        The random-effect terms. Their columns are among those of ``moments``, except
        ``(Intercept)``, which is the constant 1 in any case.

    Returns
    -------
    RandomScaling
    """
    q = len(terms.names)
    matrix = np.zeros((len(moments.names) + 1, q))
    constant = np.zeros(q)
    to_scaled = np.zeros((q, q))
    for term, block in zip(terms.terms, terms.blocks, strict=True):
        for k, name in enumerate(term, start=block.start):
            if name == INTERCEPT:
                constant[k] = to_scaled[k, k] = 1.0
                continue
            column = moments.names.index(name)
            means, origin = moments.means[:, column], float(moments.origin[column])
            if INTERCEPT not in term:
                middle = -origin
            elif moments.constant is not None:
                # Keep the shift that X already has, so that equal columns of X and Z stay equal.
                middle = 0.0
            else:
                middle = float(moments.counts @ means) / moments.rows
            squares = moments.within[column, column] + moments.counts @ (means - middle) ** 2
            scale = float(binary_scale(squares / moments.rows))
            matrix[column, k] = 1.0 / scale
            constant[k] = -middle / scale
            to_scaled[k, k] = scale
            if INTERCEPT in term:
                to_scaled[block.start, k] = origin + middle
    return RandomScaling(matrix=matrix, constant=constant, to_scaled=to_scaled)
