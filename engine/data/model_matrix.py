"""The design matrix as a recipe: any rows of it, from the predictors, when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.data.formula.terms import Column
from engine.data.moments import FloatArray, IntArray
from engine.data.reduction import BLOCK


@dataclass(frozen=True, eq=False)
class ModelMatrix:
    """A design matrix that is never there as a whole: ``matrix[rows]`` makes some of its rows.

    Attributes
    ----------
    columns
        How each column is made of predictors.
    predictors
        Each predictor's rows, shape (N,): values of a numeric one, level codes of a
        categorical one.
    rows
        Number of rows N.
    """

    columns: tuple[Column, ...]
    predictors: Mapping[str, FloatArray | IntArray]
    rows: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, len(self.columns)

    def __getitem__(self, rows: slice, /) -> FloatArray:
        """Return these rows, each column contiguous in memory."""
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
        """Go through the rows, a block that stays in the processor's cache at a time."""
        for start in range(0, self.rows, BLOCK):
            rows = slice(start, start + BLOCK)
            yield rows, self[rows]

    def largest(self) -> FloatArray:
        """Return the largest absolute value in every column, inf or nan beyond a double, (p,)."""
        found = np.zeros(len(self.columns))
        # A product that overflows is infinitely large, and no number times 0.
        with np.errstate(over="ignore", invalid="ignore"):
            for _, matrix in self.blocks():
                np.maximum(found, np.abs(matrix).max(axis=0), out=found)
        return found

    def predict(self, effects: FloatArray) -> FloatArray:
        """Return the rows' sums of columns times their effects, shape (N,)."""
        sums = np.empty(self.rows)
        for rows, matrix in self.blocks():
            sums[rows] = matrix @ effects
        return sums

    def select(self, names: Sequence[str]) -> ModelMatrix:
        """Return the matrix of these columns, in this order."""
        by_name = {column.name: column for column in self.columns}
        return replace(self, columns=tuple(by_name[name] for name in names))
