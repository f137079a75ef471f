"""Minimises a mixed model's criterion from several starts, and settles the boundary exactly.

The criterion depends on F only through D = F Fᵀ and is smooth in F on both sides of zero, so
minimisation needs no bounds: a variance of zero is a column of F that shrinks to zero. Whether
it *is* zero is then decided with the column exactly zero, by the sign of the criterion's slope
in D towards it.
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

# The criterion may have several minima. A coarse grid of relative standard deviations, from a
# tenth to a hundred times one cluster's standard error, is therefore evaluated before any descent.
# It has one axis per effect, or a single axis for all effects if there are many.
_RANGE = (0.1, 100.0)
_MAX_AXES = 3
_LEVELS = (3, 6)
_MAX_EVALUATIONS = 20_000
_FEW_CLUSTERS = 10
# From the minimum found, each column of F is tried at a number of sizes within these bounds, fewer
# with more clusters. The search moves on, at most so many times, if the criterion is lower by
# this much.
_LOOKS = (5, 25)
_MOVES = 5
_BETTER = 1e-6
# A descent reorders the effects after so many Newton steps, at most so many times.
_STEPS, _ROUNDS = 12, 12
# A column of F is tried at zero if it changes a typical cluster's V by less than the first share.
# If zero is not a minimum, the column is restarted with the second share.
_NEGLIGIBLE = 1e-3
_WIDENED = 0.1
# Values closer than this share differ by rounding only.
_SAME = 1e-11
# The slope towards a column counts as zero within this share of its largest part.
_NO_SLOPE = 1e-12


class Found(NamedTuple):
    """A place of the search, and the criterion there.

    Attributes
    ----------
    factor
        F on the scaled columns, shape (q, q).
    value
        The criterion at F.
    """

    factor: FloatArray
    value: float


def best_factor(model: MixedModel, likelihood: Likelihood = Likelihood.REML) -> FloatArray:
    """Return F at the criterion's minimum.

    Parameters
    ----------
    model
        The model and its data.
    likelihood
        REML or maximum likelihood.

    Returns
    -------
    ndarray, shape (q, q)
        F on the scaled columns, lower triangular within each term. Columns that vanish at the
        minimum are exactly zero.

    Raises
    ------
    FitError
        The covariance parameters are not identified on these data.
    """
    check_identified(model)
    search = _Search(model, likelihood)
    best = min((search.descend(start) for start in search.starts()), key=lambda found: found.value)
    return model.terms.canonical(search.settle(search.look_around(best)).factor)


class _Search:
    """Searches through the criterion as a function of F."""

    def __init__(self, model: MixedModel, likelihood: Likelihood) -> None:
        self.model = model
        self.likelihood = likelihood

    def values(self, factors: FloatArray) -> FloatArray:
        return self.model.values(factors, self.likelihood)

    def descend(self, factor: FloatArray, columns: NDArray[np.bool_] | None = None) -> Found:
        """Return a minimum near F; columns not in ``columns`` stay exactly zero.

        The effects are reordered by size every few steps.
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
        """Return the local minima on a coarse grid of diagonal F.

        Few clusters hardly determine correlations, which allows minima that a diagonal F does not
        show. Every second size of the grid is then a start as well.
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
        """Try every column of F at all sizes, and descend from there if that is lower."""
        q = len(found.factor)
        places = _MAX_EVALUATIONS // (q * len(self.model.representatives.weights))
        sizes = np.geomspace(*_RANGE, int(np.clip(places, *_LOOKS)))
        for _ in range(_MOVES):
            trials = np.tile(found.factor, (q, len(sizes), 1, 1))
            for column, shape in enumerate(found.factor.T):
                if self.effects(shape[:, None]) == 0.0:  # zero, or too small to be squared
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
        """Decide term by term, from the last column, which vanishing columns are exactly zero."""
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
                    # Zero is not a minimum: a little variance this way lowers the criterion.
                    wider = face.factor.copy()
                    wider[:, column] = direction * np.sqrt(
                        _WIDENED / self.effects(direction[:, None])
                    )
                    found = min(found, self.descend(wider, columns), key=lambda one: one.value)
                break
        return found

    def effects(self, factor: FloatArray) -> FloatArray:
        """Return the share by which each column of F changes a typical cluster's V, shape (q,)."""
        clusters = self.model.representatives
        moved = np.sum(np.tensordot(clusters.root, factor, axes=(1, 0)) ** 2, axis=0)
        return np.asarray(clusters.weights @ moved / clusters.weights.sum())

    def steepest_fall(self, factor: FloatArray, block: slice) -> tuple[float, FloatArray]:
        """Return the criterion's steepest fall in a term's D outside its range, and its direction.

        The slope is 0 if the criterion falls in no such direction. D is a minimum on the cone of
        covariance matrices only then (the first-order condition on a cone).
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
