"""Values along the dial: each coefficient, the REML criterion and the cluster weights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from engine.comparison import Comparison
from engine.data.formula.terms import quote
from engine.data.moments import FloatArray, IntArray
from engine.errors import FitError
from engine.models.dial import Dial, cluster_weights
from engine.models.mixed.intercept_fit import ratio_criterion, ratio_derivative
from engine.models.within import within_estimate

# Steps of a dial from its one end to the other.
STEPS = 200
# Towards both ends of the dial, where the criterion can be steep, figures halve a step this often.
_HALVINGS = 10
# A coefficient that moves by less than this many standard errors does not move at all.
_NO_MOVEMENT = 1e-6
# Stands for ρ → ∞: here estimates and shares agree with their limits to about eleven digits.
FAR = 1e12
_NEAR = 1e-10
_POINTS_PER_DECADE = 12


@dataclass(frozen=True)
class Points:
    """Points on the dial; ``...`` is the shape of the ratios.

    Attributes
    ----------
    ratio
        The variance ratio ρ, infinity included, shape (...).
    estimates
        Every coefficient, in outcome units per unit of its predictor, shape (..., p).
    excess
        The REML criterion less its minimum, shape (...); infinite at ρ → ∞.
    """

    ratio: FloatArray
    estimates: FloatArray
    excess: FloatArray


@dataclass(frozen=True)
class DialScale:
    """Where each variance ratio stands on the dial of one coefficient.

    Half of the dial's length follows the path of the estimate, equal lengths for equal movements.
    The other half follows ρ / (ρ + middle), see `DialPath.middle`: it keeps room for the minimum
    of the criterion where the estimate moves little.

    Attributes
    ----------
    stops
        The variance ratios at evenly spaced positions, ascending from 0 to infinity, shape
        (steps + 1,). REML's own is one of them. Between two stops positions are linear in ρ, beyond
        the last finite one in 1/ρ.
    """

    stops: FloatArray

    def position(self, ratio: ArrayLike) -> FloatArray:
        """Return positions on the dial, from 0 to 1.

        Parameters
        ----------
        ratio
            Variance ratios ρ ≥ 0, infinity included, of any shape.

        Returns
        -------
        array
            Positions, in the shape of ``ratio``.
        """
        rho, steps = np.asarray(ratio, dtype=np.float64), len(self.stops) - 1
        step = np.clip(np.searchsorted(self.stops, rho, side="right") - 1, 0, steps - 1)
        low, high = self.stops[step], self.stops[step + 1]
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(np.isinf(high), 1.0 - low / rho, (rho - low) / (high - low))
        return np.asarray((step + share) / steps)


@dataclass(frozen=True)
class Minimum:
    """A local minimum of the REML criterion.

    Attributes
    ----------
    ratio
        Its variance ratio ρ.
    estimates
        Every coefficient there, in outcome units per unit of its predictor, shape (p,).
    excess
        The criterion there less the lowest minimum; 0 at REML's own.
    """

    ratio: float
    estimates: FloatArray
    excess: float


@dataclass(frozen=True)
class DialPath:
    """Both models of a comparison as two points on one path, ρ from 0 to infinity.

    Attributes
    ----------
    comparison
        Both fits, of a model with a random intercept alone.

    Raises
    ------
    FitError
        Slopes vary among clusters too, so that one ratio does not lead from one fit to the other.
    """

    comparison: Comparison

    def __post_init__(self) -> None:
        if not self.comparison.mixed.random_intercept_only:
            name = quote(self.comparison.design.cluster_name)
            raise FitError(
                "The dial turns a single variance ratio, but with random slopes there are several "
                f"variances. Give the model a random intercept alone: (1 | {name})."
            )

    @cached_property
    def middle(self) -> float:
        """The ratio around which the shrinkage of clusters is shown.

        As a rule this is REML's. If the criterion has several minima, it lies between REML's and
        the maximum nearest to zero, so that all of them are visible. If REML estimates the
        between-cluster variance as zero, it is the ratio that shrinks a cluster of average size by
        half.
        """
        best = self.comparison.mixed.variance_ratio
        if best == 0.0:
            return len(self.comparison.moments.levels) / self.comparison.moments.rows
        _, maxima = self._turns
        return math.sqrt(best * maxima[0]) if maxima else best

    def scale(self, term: int) -> DialScale:
        """Return the scale of the dial for one coefficient.

        Parameters
        ----------
        term
            Position of the coefficient among the p.
        """
        if term not in self._scales:
            self._scales[term] = self._scale(term)
        return self._scales[term]

    def family(self, term: int) -> Points:
        """Return the points that a figure of one coefficient steps through, both ends included.

        Parameters
        ----------
        term
            Position of the coefficient among the p.
        """
        if term not in self._families:
            stops, halves = self.scale(term).stops, 2.0 ** np.arange(1, _HALVINGS + 1)
            ends = stops[1] / halves[::-1], stops[-2] * halves
            ratios = np.concatenate([stops[:1], ends[0], stops[1:-1], ends[1], stops[-1:]])
            self._families[term] = self.at(ratios)
        return self._families[term]

    @cached_property
    def minima(self) -> tuple[Minimum, ...]:
        """Every local minimum of the REML criterion, the lowest first."""
        lowest, _ = self._turns
        points = self.at(lowest)
        found = [
            Minimum(float(ratio), estimates, float(excess))
            for ratio, estimates, excess in zip(
                points.ratio, points.estimates, points.excess, strict=True
            )
        ]
        return tuple(sorted(found, key=lambda minimum: minimum.excess))

    @cached_property
    def within(self) -> dict[str, float]:
        """The within estimates by name, of the terms that vary inside clusters."""
        try:
            fit = within_estimate(self.comparison.moments)
        except FitError:
            return {}
        return dict(zip(fit.names, fit.estimates.tolist(), strict=True))

    def at(self, ratio: ArrayLike) -> Points:
        """Return the points at the given ratios, in one batch.

        Parameters
        ----------
        ratio
            Variance ratios ρ ≥ 0, infinity included, of any shape.

        Returns
        -------
        Points
            One point per ratio, in the shape of ``ratio``.
        """
        rho = np.asarray(ratio, dtype=np.float64)
        finite = np.minimum(rho, FAR)
        excess = ratio_criterion(self.comparison.dial, finite) - self.comparison.mixed.criterion
        return Points(
            ratio=rho,
            estimates=self.comparison.dial.at(finite).fixed_effects,
            # Only rounding can make it negative. It grows without bound, because there are more
            # clusters than coefficients that vary between clusters alone.
            excess=np.where(np.isinf(rho), np.inf, np.maximum(excess, 0.0)),
        )

    def shares(self, counts: IntArray, ratio: ArrayLike) -> FloatArray:
        """Return the share ω_j / Σω of the weight that a cluster of each size has.

        The share goes from n_j / N at ρ = 0, where rows count, to 1 / J as ρ → ∞, where clusters
        count.

        Parameters
        ----------
        counts
            Rows of the clusters asked about, shape (sizes,).
        ratio
            Variance ratios ρ ≥ 0, infinity included, shape (...).

        Returns
        -------
        array
            Shares of the weight of all J clusters, shape (..., sizes).
        """
        rho = np.minimum(np.asarray(ratio, dtype=np.float64), FAR)[..., None]
        _, total = self.comparison.dial.log_weight_sum(rho[..., 0])
        return np.asarray(cluster_weights(counts, rho) / np.asarray(total)[..., None])

    @cached_property
    def _scales(self) -> dict[int, DialScale]:
        return {}

    @cached_property
    def _families(self) -> dict[int, Points]:
        return {}

    def _scale(self, term: int) -> DialScale:
        grid = self._grid
        position = grid / (grid + self.middle)
        length = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(self._estimates[:, term])))])
        if length[-1] > _NO_MOVEMENT * self.comparison.ols.standard_errors[term]:
            position = (position + length / length[-1]) / 2.0
        even = np.arange(1, STEPS) / STEPS
        stops = np.exp(np.interp(even, position[1:], np.log(grid[1:])))
        best = self.comparison.mixed.variance_ratio
        if best > 0.0:
            # The hand can stop exactly there.
            stops[np.argmin(np.abs(np.log(stops / best)))] = best
        return DialScale(np.concatenate([[0.0], stops, [np.inf]]))

    @cached_property
    def _estimates(self) -> FloatArray:
        """Every coefficient along the grid, shape (points, p)."""
        return self.comparison.dial.at(self._grid).fixed_effects

    @cached_property
    def _grid(self) -> FloatArray:
        """Variance ratios from 0 to what stands for infinity, evenly spaced in their logarithm."""
        largest = float(self.comparison.moments.counts.max())
        decades = np.log10(FAR) - np.log10(_NEAR / largest)
        inner = np.geomspace(_NEAR / largest, FAR, int(decades * _POINTS_PER_DECADE))
        return np.concatenate([[0.0], inner])

    @cached_property
    def _turns(self) -> tuple[list[float], list[float]]:
        """Ratios of the criterion's minima, and of the maxima between them, ascending."""
        dial, grid = self.comparison.dial, self._grid
        derivative = ratio_derivative(dial, grid)
        minima = [0.0] if derivative[0] >= 0.0 else []
        maxima: list[float] = []
        for k in np.flatnonzero(np.diff(derivative >= 0.0)):
            turns = minima if derivative[k] < 0.0 else maxima
            turns.append(_root(dial, float(grid[k]), float(grid[k + 1])))
        return minima, maxima


def _root(dial: Dial, low: float, high: float) -> float:
    def derivative(ratio: float) -> float:
        return float(ratio_derivative(dial, ratio))

    return float(brentq(derivative, low, high, xtol=1e-300, rtol=1e-14))
