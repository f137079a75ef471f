"""Profile-likelihood intervals with random slopes: extremes over the likelihood region.

As in `profile`, the bounds of a parameter are its extremes over all parameter values whose
deviance lies below the height of the interval. Here the region has as many dimensions as there
are variance parameters, and each extreme is found by sequential quadratic programming.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
from scipy.optimize import minimize
from scipy.special import chdtri

from engine.data.moments import FloatArray
from engine.errors import FitError
from engine.models.mixed.derivatives import Curvature, curvature
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.model import MixedModel, Solution
from engine.models.mixed.optimum import best_factor
from engine.models.mixed.terms import Term

# A correlation this close to ±1 at its extreme has reached it.
_PERFECT = 1e-6
# The region is nearly a ball of radius 2; trial steps beyond this many radii are not followed.
_FAR = 100.0
# At an extreme the deviance is that of the height, within this, and falls straight inwards: the
# cosine of the angle between its slope and the parameter's is −1, within this. Or else the
# parameter is level, as a correlation of ±1 is.
_ON_EDGE, _STRAIGHT, _LEVEL = 1e-6, 1e-6, 1e-3
# Climbs end where a step gains less than this share of the way up: bounds are as exact as that.
_CLOSE = 1e-9
# Curvatures of the deviance below this share of that in log σ² say nothing of the region's size.
_FLAT = 1e-14


@dataclass(frozen=True)
class SlopeIntervals:
    """Intervals by the profiled deviance (maximum likelihood, also beside a REML fit).

    Attributes
    ----------
    level
        Coverage, for example 0.95.
    random
        Bounds in the layout of θ, shape (len θ, 2): standard deviations where θ has a diagonal
        entry, correlations elsewhere. A bound is 0, or ±1, where the region reaches that far;
        any bound is NaN where it could not be found.
    residual_sd
        Lower and upper bound of σ.
    fixed_effects
        Lower and upper bound of each fixed effect, shape (p, 2).
    """

    level: float
    random: FloatArray
    residual_sd: tuple[float, float]
    fixed_effects: FloatArray


class _Place(NamedTuple):
    """The model at one F and σ², with the derivatives in the free entries of F."""

    solution: Solution
    bent: Curvature
    log_variance: float
    """log σ², less its estimate."""
    reach: float
    """How far the fixed effects stand from their optimum, in standard errors over σ."""


Target: TypeAlias = Callable[[_Place], tuple[float, FloatArray]]
"""A parameter at a place and its gradient in (entries of F, log σ², reach)."""


def profile_slope_intervals(model: MixedModel, level: float = 0.95) -> SlopeIntervals:
    """Return the profile intervals of all parameters.

    Raises
    ------
    FitError
        When the covariance parameters are not identified on these data.
    """
    region = _Region(model, level)
    rows, columns = model.terms.pattern.rows, model.terms.pattern.columns
    random = np.array(
        [
            region.sd(int(row)) if row == column else region.correlation(int(row), int(column))
            for row, column in zip(rows, columns, strict=True)
        ]
    )
    residual = region.sigma * np.exp(region.extremes(region.log_residual_sd))
    return SlopeIntervals(
        level=level,
        random=random,
        residual_sd=(float(residual[0]), float(residual[1])),
        fixed_effects=np.array(
            [region.extremes(region.fixed_effect(k)) for k in range(len(model.fixed))]
        ),
    )


class _Region:
    """All parameter values whose deviance is at most that of the interval."""

    def __init__(self, model: MixedModel, level: float) -> None:
        self.model = model
        self.rows = model.moments.rows
        self.to_units = np.linalg.inv(model.random_scaling.to_scaled)
        factor, self.pattern = model.pivoted(best_factor(model, Likelihood.ML))
        self.best = model.solve(factor)
        bent = curvature(model, self.best, Likelihood.ML, self.pattern)
        variance = self.best.residual_sum / self.rows
        self.sigma = float(np.sqrt(variance))
        self.height = float(chdtri(1, 1.0 - level))
        self.centre = np.concatenate([self.pattern.entries(factor), [0.0, 0.0]])
        # In these coordinates the region is nearly a ball around the centre.
        hessian = np.zeros((len(self.centre), len(self.centre)))
        hessian[:-1, :-1] = bent.joint
        hessian[-1, -1] = 2.0 / variance
        # Each coordinate has a unit of its own, σ that of the outcome.
        units = np.maximum(np.diag(hessian), _FLAT * np.diag(hessian)[-2]) ** -0.5
        units[-1] = np.diag(hessian)[-1] ** -0.5
        curvatures, axes = np.linalg.eigh(hessian * np.outer(units, units))
        floor = 1e-6 * curvatures[-1]
        self.axes = units[:, None] * axes * np.sqrt(2.0 / np.maximum(curvatures, floor))
        self.radius = float(np.sqrt(self.height))
        # To F and to F with its vanishing columns reversed belongs the same model: no slope at
        # the centre leads out of where they vanish, though the region may have lobes beyond, and
        # the lobes on the other side are the same.
        vanishing = np.flatnonzero(~np.asarray(factor.any(axis=0))[self.pattern.columns])
        ways = np.linalg.inv(self.axes).T[vanishing]
        self.ways_out = ways / np.linalg.norm(ways, axis=1, keepdims=True)

    def at(self, ball: FloatArray) -> tuple[_Place, float, FloatArray]:
        """Return a place, how far the deviance stays below the height, and its gradient."""
        *entries, log_variance, reach = self.centre + self.axes @ ball
        solution = self.model.solve(self.pattern.matrix(np.array(entries)))
        bent = curvature(self.model, solution, Likelihood.ML, self.pattern)
        # In terms of differences from the optimum: the deviance itself is of the size of N.
        variance = self.sigma**2 * float(np.exp(log_variance))
        more = solution.residual_sum - self.best.residual_sum + reach**2
        rise = solution.log_determinant - self.best.log_determinant + more / variance
        rise += self.rows * (float(np.expm1(-log_variance)) + log_variance)
        # At r²/N instead of σ² the deviance is the profiled criterion, whose slope is known.
        residual_derivatives = -bent.joint[-1, :-1]
        share = solution.residual_sum / (self.rows * variance)
        gradient = np.concatenate(
            [
                bent.gradient + (share - 1.0) * residual_derivatives,
                [self.rows * (1.0 - share) - reach**2 / variance, 2.0 * reach / variance],
            ]
        )
        place = _Place(solution, bent, float(log_variance), float(reach))
        return place, self.height - rise, -self.axes.T @ gradient

    def extremes(self, target: Target) -> tuple[float, float]:
        """Return the least and the largest value of a parameter in the region."""
        return -self._largest(target, -1.0), self._largest(target, 1.0)

    def _largest(self, target: Target, sign: float) -> float:
        """Return the largest value of sign · parameter in the region, NaN if it is not found."""
        seen: dict[bytes, tuple[float, FloatArray, float, FloatArray]] = {}
        centre, slope = target(self.at(np.zeros_like(self.centre))[0])
        uphill = sign * self.axes.T @ slope
        # Parameters come in all units: one is the way that this one goes at first.
        unit = float(np.linalg.norm(uphill)) or 1.0

        def look(ball: FloatArray) -> tuple[float, FloatArray, float, FloatArray]:
            key = ball.tobytes()
            if key not in seen:
                beyond = max(1.0, float(np.linalg.norm(ball)) / (_FAR * self.radius))
                place, room, room_slope = self.at(ball / beyond)
                value, slope = target(place)
                seen.clear()
                downhill = -sign / unit * self.axes.T @ slope
                seen[key] = -sign / unit * (value - centre), downhill, room * beyond, room_slope
            return seen[key]

        def climb(direction: FloatArray) -> float:
            found = minimize(
                lambda ball: look(ball)[:2],
                self.radius * direction,
                jac=True,
                method="SLSQP",
                constraints={
                    "type": "ineq",
                    "fun": lambda ball: look(ball)[2],
                    "jac": lambda ball: look(ball)[3],
                },
                options={"ftol": _CLOSE, "maxiter": 60},
            )
            fall, downhill, room, inwards = look(found.x)
            steepness = float(np.linalg.norm(downhill))
            if steepness <= _LEVEL:
                # Only at a correlation of ±1: the one that is sought, or its opposite.
                return -fall if room >= 0.0 and sign * centre > unit * fall else np.nan
            straight = downhill @ inwards >= (1.0 - _STRAIGHT) * steepness * np.linalg.norm(inwards)
            return -fall if abs(room) <= _ON_EDGE and straight else np.nan

        ways = [uphill / unit] if uphill.any() else []
        if self.ways_out.size:
            # Beyond where an effect vanishes its standard deviation rises again.
            ways += [-way for way in ways] + list(self.ways_out)
        tops = list(map(climb, ways))
        if not np.isfinite(tops).any():
            every_way = np.concatenate([np.eye(len(uphill)), -np.eye(len(uphill))])
            tops += map(climb, every_way)
        best = max((top for top in tops if not np.isnan(top)), default=np.nan)
        return sign * centre + unit * best

    def log_residual_sd(self, place: _Place) -> tuple[float, FloatArray]:
        """Target: log σ, less its estimate."""
        slope = np.zeros_like(self.centre)
        slope[-2] = 0.5
        return 0.5 * place.log_variance, slope

    def fixed_effect(self, k: int) -> Target:
        """Target: one fixed effect."""

        def target(place: _Place) -> tuple[float, FloatArray]:
            scaling, inverse = self.model.scaling, place.solution.inverse
            weights = scaling.to_units[k]
            error = float(np.sqrt(weights @ inverse @ weights))
            error_derivatives = place.bent.variance_derivatives @ weights @ weights / (2.0 * error)
            slope = place.bent.effect_derivatives @ weights + place.reach * error_derivatives
            centre = float(scaling.effects(place.solution.shift)[k])
            return centre + place.reach * error, np.concatenate([slope, [0.0, error]])

        return target

    def sd(self, k: int) -> tuple[float, float]:
        """Return the bounds of the standard deviation of one random effect."""

        def target(place: _Place) -> tuple[float, FloatArray]:
            row = self.to_units[k] @ place.solution.factor
            length, size = float(np.linalg.norm(row)), self.sigma * np.exp(0.5 * place.log_variance)
            # At zero, where the standard deviation has a kink, any direction leads away from it.
            unit = row / length if length else np.eye(len(row))[k]
            slope = size * (self.pattern.moves() @ unit) @ self.to_units[k]
            return size * length, np.concatenate([slope, [0.5 * size * length, 0.0]])

        rise, highest = float(self.rise_without[k]), self._largest(target, 1.0)
        if rise > self.height:
            return -self._largest(target, -1.0), highest
        return (np.nan if np.isnan(rise) else 0.0), highest

    def correlation(self, k: int, other: int) -> tuple[float, float]:
        """Return the bounds of the correlation of two random effects of a term."""
        # Beside a vanishing standard deviation every correlation is as good as any other.
        rises = self.rise_without[[k, other]]
        if (rises <= self.height).any():
            return -1.0, 1.0
        if np.isnan(rises).any():
            return np.nan, np.nan

        def target(place: _Place) -> tuple[float, FloatArray]:
            rows = self.to_units[[k, other]] @ place.solution.factor
            lengths = np.linalg.norm(rows, axis=1)
            units = rows / lengths[:, None]
            value = float(units[0] @ units[1])
            moves = (units[::-1] - value * units) / lengths[:, None]
            slope = np.einsum(
                "mab,ib,ia->m", self.pattern.moves(), moves, self.to_units[[k, other]]
            )
            return value, np.append(slope, [0.0, 0.0])

        low, high = self.extremes(target)
        return (-1.0 if low < _PERFECT - 1.0 else low), (1.0 if high > 1.0 - _PERFECT else high)

    @cached_property
    def rise_without(self) -> FloatArray:
        """How much the deviance rises where one random effect does not vary, shape (q,).

        NaN where the model without that effect cannot be fitted.
        """
        best = self.model.value(self.best, Likelihood.ML)
        rises = np.full(len(self.model.terms.names), np.nan)
        for k in range(len(rises)):
            shorter: list[Term] = []
            for term, block in zip(self.model.random, self.model.terms.blocks, strict=True):
                left = tuple(name for i, name in enumerate(term, block.start) if i != k)
                shorter += [left] if left else []
            model, factor = self.model, np.zeros((1, 1))
            if shorter:
                model = replace(self.model, random=tuple(shorter))
                try:
                    factor = best_factor(model, Likelihood.ML)
                except FitError:
                    continue
            rises[k] = model.value(model.solve(factor), Likelihood.ML) - best
        return rises
