"""Reduces rows to per-cluster moments, once, in two passes over blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Protocol

import numpy as np

from engine.data.moments import (
    FloatArray,
    IntArray,
    Moments,
    independent,
    triangle_places,
)
from engine.data.tolerances import CONSTANT

# Rows per block: few enough for their columns to stay in the processor's cache.
BLOCK = 16_384


class Rows(Protocol):
    """What moments need of a design matrix X: an array, or anything that computes its rows."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Numbers of rows and columns, (N, p)."""

    def __getitem__(self, rows: slice, /) -> FloatArray:
        """Return some rows, shape (rows, p).

        Parameters
        ----------
        rows
            Which rows.
        """


def moments_from_rows(
    matrix: Rows,
    outcome: FloatArray,
    codes: IntArray,
    *,
    names: tuple[str, ...],
    levels: Sequence[str],
    has_intercept: bool,
    fixed: int | None = None,
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
        Cluster of each row, integers 0..J-1, shape (N,). Every cluster has at least one row.
    names
        Names of the p columns.
    levels
        Labels of the J clusters.
    has_intercept
        Whether the first column is 1. Without an intercept, columns are still shifted if the
        fixed-effect columns add up to the constant.
    fixed
        Number of leading columns that have fixed effects, by default all. The other columns
        have random effects only.

    Returns
    -------
    Moments
        With ``line`` zero.

    Notes
    -----
    Two passes with a correction of the mean (Chan, Golub & LeVeque 1983, The American
    Statistician 37:242–247, eq. 1.7). A value of the column itself is first subtracted from each
    column, which is exact for data far from zero. Both passes go through the rows in blocks that
    stay in the processor's cache.
    """
    size, width = len(levels), matrix.shape[1] + 1
    # The column of ones does not vary: skip it.
    first = 1 if has_intercept else 0

    def columns(rows: slice) -> list[FloatArray]:
        return [*matrix[rows].T[first:], outcome[rows]]

    # A sample of rows, spread over all of them, shows where a column lies.
    spread = slice(None, None, max(1, len(codes) // BLOCK))
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
    places = triangle_places(width)[first:, first:]
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

    moments = Moments(
        names=names,
        levels=levels,
        counts=counts,
        origin=np.append(np.zeros(first), reference),
        line=np.zeros(width - 1),
        means=means.T,
        triangles=triangles.T,
        has_intercept=has_intercept,
        constant=np.eye(1, width - 1)[0] if has_intercept else None,
    )
    if has_intercept:
        return moments
    return _shifted_where_possible(moments, matrix, width - 1 if fixed is None else fixed)


def about_line(
    moments: Moments,
    line: FloatArray,
    matrix: Rows,
    outcome: FloatArray,
    codes: IntArray,
    *,
    fixed: int,
) -> Moments:
    """Reduce the rows again, with the outcome measured from a line.

    Cross-products of an outcome near 1e8 have no digits left for residuals near 1. Residuals
    from any line close to the fit, formed row by row, keep the digits of the outcome itself.

    Parameters
    ----------
    moments
        Moments of the same rows without a line.
    line
        Coefficients on the shifted columns, shape (p,), in outcome units per unit of the column.
    matrix, outcome, codes, fixed
        As `moments_from_rows` took them.

    Returns
    -------
    Moments
        With ``line`` as given.
    """
    origin = moments.origin
    residuals = np.empty(len(codes))
    for block, _ in _blocks(codes):
        residuals[block] = outcome[block] - origin[-1] - (matrix[block] - origin[:-1]) @ line
    found = moments_from_rows(
        matrix,
        residuals,
        codes,
        names=moments.names,
        levels=moments.levels,
        has_intercept=moments.has_intercept,
        fixed=fixed,
    )
    if moments.constant is None:
        found = found.unshifted()
    return replace(found, line=line, origin=np.append(origin[:-1], origin[-1] + found.origin[-1]))


# Most constant combinations have simple coefficients: 1 for dummies and shares, 1/100 for
# percentages. Coefficients are therefore first rounded to simple fractions.
_LARGEST_DENOMINATOR = 10_000
# A combination counts as constant if no row differs from 1 by more than this: rounding only.
_ONE = 64 * np.finfo(float).eps


def _shifted_where_possible(moments: Moments, matrix: Rows, fixed: int) -> Moments:
    """Return the moments of a model without an intercept, about an origin if it allows one.

    It allows one if a combination X k of its columns is 1. The columns that take part in it stay
    about zero, which keeps X k = 1.
    """
    constant = _constant(moments, matrix, fixed)
    if constant is None:
        return moments.unshifted()
    origin = np.where(np.append(constant, 0.0) == 0.0, moments.origin, 0.0)
    means = moments.means + (moments.origin - origin)
    return replace(moments, origin=origin, means=means, constant=constant)


def _constant(moments: Moments, matrix: Rows, fixed: int) -> FloatArray | None:
    """Return k with X k = 1 in every row, or None; only fixed-effect columns take part.

    Columns are compared about their means, so their distance from zero does not matter. A column
    that depends on others about the means differs from their combination by a constant.
    """
    p, rows = len(moments.names), moments.rows
    centre = moments.counts @ moments.means[:, :p] / rows
    cross = moments.total[:p, :p] - rows * np.outer(centre, centre)
    means = moments.origin[:p] + centre
    kept = independent(cross, rows, CONSTANT * np.abs(means), range(fixed))
    size = np.sqrt(np.diag(cross)[kept])
    gram = cross[np.ix_(kept, kept)] / np.outer(size, size)
    for column in np.setdiff1d(np.arange(fixed), kept):
        combination = np.zeros(p)
        combination[column] = 1.0
        combination[kept] = -np.linalg.solve(gram, cross[kept, column] / size) / size
        # The reciprocal of a value near the smallest double overflows.
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            weights = combination / float(means @ combination)
        if not np.isfinite(weights).all():
            continue
        simple = [
            float(Fraction(float(weight)).limit_denominator(_LARGEST_DENOMINATOR))
            for weight in weights
        ]
        for constant in (np.array(simple), weights):
            if _is_one(matrix, constant, rows):
                return constant
    return None


def _is_one(matrix: Rows, combination: FloatArray, rows: int) -> bool:
    blocks = (slice(start, start + BLOCK) for start in range(0, rows, BLOCK))
    return all(np.abs(matrix[block] @ combination - 1.0).max() <= _ONE for block in blocks)


def _blocks(codes: IntArray) -> Iterator[tuple[slice, IntArray]]:
    """Yield each block of rows and its cluster codes, as the integers numpy indexes fastest."""
    for start in range(0, len(codes), BLOCK):
        block = slice(start, start + BLOCK)
        yield block, codes[block].astype(np.intp, copy=False)


def _reference(some: FloatArray) -> float:
    """Return a value that is near the mean of a column, given some of its rows.

    The difference of two stored doubles of similar size is exact; the difference of a double
    and a computed mean is not. The value need not be the nearest one.
    """
    return float(some[np.argmin(np.abs(some - some.mean()))]) if len(some) else 0.0
