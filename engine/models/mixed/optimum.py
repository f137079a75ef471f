"""Where a mixed model's criterion is least: several starts, and the boundary exactly.

The criterion depends on F only through D = F Fᵀ and is smooth in F on all sides of zero, so
minimisation needs no bounds: a variance of zero is a column of F that shrinks to nothing.
Whether it *is* zero is then decided where it can be: with the column exactly zero, by the
sign of the criterion's slope in D towards it.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter

from engine.data.moments import FloatArray
from engine.models.mixed.derivatives import covariance_gradient, curvature
from engine.models.mixed.identified import check_identified
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.model import MixedModel
from engine.models.mixed.newton import Expansion, descend
from engine.models.mixed.terms import Pattern

# The criterion may have several minima: a coarse grid of relative standard deviations, from a
# tenth to a hundred times one cluster's standard error, is looked at before any descent. It has
# an axis for each effect, or a single one for all where they are many.
_RANGE = (0.1, 100.0)
_MAX_AXES = 3
_LEVELS = (3, 6)
_MAX_EVALUATIONS = 20_000
_FEW_CLUSTERS = 10
# From the minimum found, each column is followed through this many sizes, few or many as the
# clusters are many or few; another minimum counts from so much lower a criterion.
_LOOKS = (5, 25)
_MOVES = 5
_BETTER = 1e-6
# Descents put the effects in order anew after so many of Newton's steps.
_STEPS, _ROUNDS = 12, 12
# A column of F is tried at zero when it moves a typical cluster's V by less than this share,
# and is given this share where zero turns out to be no minimum.
_NEGLIGIBLE = 1e-3
_WIDENED = 0.1
# Values closer than this share are the same but for rounding.
_SAME = 1e-11
# The slope towards a column is called zero within this share of its largest part.
_NO_SLOPE = 1e-12


class Found(NamedTuple):
    """A place on the way down, F, and the criterion there."""

    factor: FloatArray
    value: float


def best_factor(model: MixedModel, likelihood: Likelihood = Likelihood.REML) -> FloatArray:
    """Return the lower triangular F, on the scaled columns, at the criterion's minimum.

    Columns that vanish at the minimum are exactly zero.

    Raises
    ------
    FitError
        When the covariance parameters are not identified on these data.
    """
    check_identified(model)
    search = _Search(model, likelihood)
    best = min((search.descend(start) for start in search.starts()), key=lambda found: found.value)
    return model.terms.canonical(search.settle(search.look_around(best)).factor)


class _Search:
    """The criterion as a function of F, and ways through it."""

    def __init__(self, model: MixedModel, likelihood: Likelihood) -> None:
        self.model = model
        self.likelihood = likelihood

    def values(self, factors: FloatArray) -> FloatArray:
        return self.model.values(factors, self.likelihood)

    def descend(self, factor: FloatArray, columns: NDArray[np.bool_] | None = None) -> Found:
        """Return a minimum near F; columns that are not among ``columns`` stay exactly zero.

        The effects are put in order of their sizes every few steps.
        """
        for _ in range(_ROUNDS):
            factor, pattern = self.model.pivoted(factor)
            pattern = pattern if columns is None else pattern.within(columns)
            if not pattern.rows.size:
                solution = self.model.solve(np.zeros_like(factor))
                return Found(solution.factor, self.model.value(solution, self.likelihood))
            entries, here, converged = descend(
                partial(self._expansion, pattern), pattern.entries(factor), _STEPS
            )
            factor = pattern.matrix(entries)
            if converged:
                break
        return Found(factor, here.value)

    def _expansion(self, pattern: Pattern, entries: FloatArray) -> Expansion:
        solution = self.model.solve(pattern.matrix(entries))
        bent = curvature(self.model, solution, self.likelihood, pattern)
        return Expansion(self.model.value(solution, self.likelihood), bent.gradient, bent.hessian)

    def starts(self) -> list[FloatArray]:
        """Return places of a coarse grid, F diagonal, that are lower than all around.

        Few clusters leave correlations loose, and minima a diagonal F does not show: there
        descents begin from all sizes.
        """
        q = len(self.model.terms.names)
        axes = q if q <= _MAX_AXES else 1
        places = _MAX_EVALUATIONS // len(self.model.representatives.weights)
        sizes = np.geomspace(*_RANGE, int(np.clip(places ** (1.0 / axes), *_LEVELS)))
        grid = np.stack(np.meshgrid(*([sizes] * axes), indexing="ij"), axis=-1)
        units = np.diag(self.model.information**-0.5)
        factors = grid[..., None] * units
        values = self.values(factors)
        starts = list(factors[values <= minimum_filter(values, size=3, mode="nearest")])
        if q > 1 and len(self.model.moments.levels) <= _FEW_CLUSTERS:
            starts += [size * units for size in sizes[::2]]
        return starts

    def look_around(self, found: Found) -> Found:
        """Follow every column of F through all sizes, and move on to where that is lower."""
        q = len(found.factor)
        places = _MAX_EVALUATIONS // (q * len(self.model.representatives.weights))
        sizes = np.geomspace(*_RANGE, int(np.clip(places, *_LOOKS)))
        for _ in range(_MOVES):
            trials = np.tile(found.factor, (q, len(sizes), 1, 1))
            for column, shape in enumerate(found.factor.T):
                if self.effects(shape[:, None]) == 0.0:  # none, or too small to be squared
                    shape = np.eye(q)[column]
                unit = shape / np.sqrt(self.effects(shape[:, None]))
                trials[column, :, :, column] = sizes[:, None] * unit
            values = self.values(trials)
            lowest = np.unravel_index(np.argmin(values), values.shape)
            if values[lowest] >= found.value - _BETTER:
                break
            found = self.descend(trials[lowest])
        return found

    def settle(self, found: Found) -> Found:
        """Decide term by term which vanishing columns are exactly zero, the last one first."""
        found = Found(self.model.pivoted(found.factor)[0], found.value)
        columns = np.ones(len(found.factor), dtype=bool)
        for block in self.model.terms.blocks:
            for column in reversed(range(block.start, block.stop)):
                if self.effects(found.factor)[column] >= _NEGLIGIBLE:
                    break
                columns[column] = False
                face = self.descend(np.where(columns, found.factor, 0.0), columns)
                same = face.value <= found.value + _SAME * max(1.0, abs(found.value))
                fall, direction = self.steepest_fall(face.factor, block)
                if fall == 0.0 and same:
                    found = face
                    continue
                columns[column] = True
                if fall < 0.0:
                    # Zero is no minimum: a little variance this way lowers the criterion.
                    wider = face.factor.copy()
                    wider[:, column] = direction * np.sqrt(
                        _WIDENED / self.effects(direction[:, None])
                    )
                    found = min(found, self.descend(wider, columns), key=lambda one: one.value)
                break
        return found

    def effects(self, factor: FloatArray) -> FloatArray:
        """Return by what share each column of F moves a typical cluster's V."""
        clusters = self.model.representatives
        moved = np.sum(np.tensordot(clusters.root, factor, axes=(1, 0)) ** 2, axis=0)
        return np.asarray(clusters.weights @ moved / clusters.weights.sum())

    def steepest_fall(self, factor: FloatArray, block: slice) -> tuple[float, FloatArray]:
        """Return the least slope of the criterion in a term's D outside its range, and where.

        Zero if nothing falls there. D is a minimum on the cone of covariance matrices only if
        the slope is not negative in any such direction (the first-order condition on a cone).
        """
        slope = covariance_gradient(self.model, self.model.solve(factor), self.likelihood)
        own = factor[block, block]
        outside = np.linalg.svd(own)[0][:, np.count_nonzero(own.any(axis=0)) :]
        values, vectors = np.linalg.eigh(outside.T @ slope[block, block] @ outside)
        direction = np.zeros(len(factor))
        direction[block] = outside @ vectors[:, 0]
        clusters = self.model.clusters.weights.sum()
        floor = _NO_SLOPE * float(np.sum(self.model.information[block])) * clusters
        return (float(values[0]) if values[0] < -floor else 0.0), direction
