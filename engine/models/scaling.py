"""Columns of like size and an outcome near zero: the coordinates in which models are solved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.data.formula.terms import INTERCEPT
from engine.data.moments import FloatArray, Moments
from engine.models.mixed.terms import RandomTerms


def binary_scale(squares: FloatArray) -> FloatArray:
    """Return the power of two nearest to √squares (1 where that is 0).

    Dividing by a power of two rounds nothing, so two columns that are equal stay equal.
    """
    roots = np.sqrt(np.where(squares > 0, squares, 1.0))
    return np.asarray(np.exp2(np.round(np.log2(roots))))


@dataclass(frozen=True)
class Scaling:
    """The map from ``[X y]`` to scaled predictors and residuals from the pooled line.

    Residuals keep digits when the outcome is far from zero, and make the pooled line exactly
    the zero of these coordinates.
    """

    moments: Moments

    @cached_property
    def scale(self) -> FloatArray:
        """Size of each column of X about the reference row, shape (p,)."""
        p = len(self.moments.names)
        return binary_scale(np.diag(self.moments.total)[:p] / self.moments.rows)

    @cached_property
    def pooled(self) -> FloatArray:
        """Ordinary least squares on the scaled columns, shape (p,)."""
        p = len(self.moments.names)
        cross = self.moments.total
        gram = cross[:p, :p] / np.outer(self.scale, self.scale)
        right = cross[:p, p] / self.scale
        effects = np.linalg.solve(gram, right)
        # One step of refinement wins back what the normal equations round away.
        return np.asarray(effects + np.linalg.solve(gram, right - gram @ effects))

    @cached_property
    def residual_map(self) -> FloatArray:
        """Columns that turn ``[X y]`` into ``[X / scale, y − pooled line]``."""
        p = len(self.moments.names)
        matrix = np.diag(np.append(1.0 / self.scale, 1.0))
        matrix[:p, p] = -self.pooled / self.scale
        return matrix

    @cached_property
    def to_units(self) -> FloatArray:
        """Map from effects on shifted, scaled columns to effects on the columns given."""
        return np.asarray(self._unshift(np.diag(1.0 / self.scale)))

    def _unshift(self, effects: FloatArray) -> FloatArray:
        """Turn effects (p, ...) on shifted columns into effects on the columns given.

        With X k = 1, (X − 1oᵀ)γ = X(γ − k oᵀγ).
        """
        constant = self.moments.constant
        if constant is None:
            return effects
        return effects - np.multiply.outer(constant, self.moments.origin[:-1] @ effects)

    @cached_property
    def log_determinant(self) -> float:
        """Add this to log |A| of the scaled columns to have it in the units of the data."""
        return 2.0 * float(np.sum(np.log(self.scale)))

    def effects(self, shift: FloatArray) -> FloatArray:
        """Turn effects relative to the pooled line (..., p) into effects in units."""
        effects = (self.pooled + shift) @ self.to_units.T
        if self.moments.line.any():
            effects += self._unshift(self.moments.line)
        if self.moments.constant is not None:
            effects += self.moments.origin[-1] * self.moments.constant
        return np.asarray(effects)

    def covariance(self, scaled: FloatArray) -> FloatArray:
        """Turn covariances of scaled effects (..., p, p) into covariances in units."""
        return np.asarray(self.to_units @ scaled @ self.to_units.T)


@dataclass(frozen=True)
class RandomScaling:
    """The map from the moments' columns to scaled columns of Z.

    A term with an intercept spans the same effects when its other columns are shifted, so
    these are: a slope over ``year`` is solved about the middle of the years.

    Attributes
    ----------
    matrix, constant
        Cluster means of scaled Z are ``moments.means @ matrix + constant``; shapes
        (columns + 1, q) and (q,).
    to_scaled
        M with Z = Z_scaled M, upper triangular, shape (q, q): effects with covariance Λ Λᵀ
        have covariance F Fᵀ, F = M Λ, on the scaled columns.
    """

    matrix: FloatArray
    constant: FloatArray
    to_scaled: FloatArray


def scale_random_columns(moments: Moments, terms: RandomTerms) -> RandomScaling:
    """Return shift and scale for the columns of Z; ``(Intercept)`` is the constant 1."""
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
                # The shift X has already, so that equal columns of X and Z stay equal.
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
