"""The design matrix as a recipe: its rows are computed from the predictors on demand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.data.formula.terms import Column
from engine.data.moments import FloatArray, IntArray
from engine.data.reduction import BLOCK


@dataclass(frozen=True, eq=False)
class ModelMatrix:
    """A design matrix that is never stored as a whole: ``matrix[rows]`` computes some rows.

    Attributes
    ----------
    columns
        How each of the p columns is computed from predictors.
    predictors
        Values of each numeric predictor and level codes of each categorical one, by name, each
        of shape (N,).
    rows
        Number of rows N.
    """

    columns: tuple[Column, ...]
    predictors: Mapping[str, FloatArray | IntArray]
    rows: int

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of rows and columns, (N, p)."""
        return self.rows, len(self.columns)

    def __getitem__(self, rows: slice, /) -> FloatArray:
        """Compute some rows.

        Parameters
        ----------
        rows
            Which rows.

        Returns
        -------
        ndarray, shape (rows, p)
            Each column is contiguous in memory.
        """
        count = len(range(self.rows)[rows])
        matrix = np.empty((count, len(self.columns)), order="F")
        for target, column in zip(matrix.T, self.columns, strict=True):
            if not column.factors:
                target.fill(1.0)
            for k, (name, level) in enumerate(column.factors):
                values = self.predictors[name][rows]
                if level is not None:
                    values = values == level
                if k == 0:
                    target[:] = values
                else:
                    target *= values
        return matrix

    def blocks(self) -> Iterator[tuple[slice, FloatArray]]:
        """Iterate over blocks of rows that fit in the processor's cache.

        Yields
        ------
        tuple of slice and ndarray
            Which rows, and the matrix of these rows, shape (rows, p).
        """
        for start in range(0, self.rows, BLOCK):
            rows = slice(start, start + BLOCK)
            yield rows, self[rows]

    def largest(self) -> FloatArray:
        """Return the largest absolute value of each column, shape (p,).

        A product too large for a double gives inf or nan.
        """
        found = np.zeros(len(self.columns))
        # A product that overflows is inf, and nan if it is then multiplied by 0.
        with np.errstate(over="ignore", invalid="ignore"):
            for _, matrix in self.blocks():
                np.maximum(found, np.abs(matrix).max(axis=0), out=found)
        return found

    def predict(self, effects: FloatArray) -> FloatArray:
        """Return the linear predictor X β of every row, shape (N,).

        Parameters
        ----------
        effects
            Effect β of each column, shape (p,).
        """
        sums = np.empty(self.rows)
        for rows, matrix in self.blocks():
            sums[rows] = matrix @ effects
        return sums

    def select(self, names: Sequence[str]) -> ModelMatrix:
        """Return the matrix with only some columns.

        Parameters
        ----------
        names
            Names of the columns to keep, in the order wanted.
        """
        by_name = {column.name: column for column in self.columns}
        return replace(self, columns=tuple(by_name[name] for name in names))
