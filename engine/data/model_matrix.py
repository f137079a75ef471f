"""The design matrix as a recipe: any rows of it, from the predictors, when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.data.moments import FloatArray, IntArray
from engine.data.terms import Column


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
