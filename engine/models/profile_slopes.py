"""Profile-likelihood intervals with random slopes: extremes over the likelihood region.

As in `profile`, the bounds of a parameter are its extremes over all parameter values whose
deviance lies below the height of the interval. Here the region has as many dimensions as there
are variance parameters, and each extreme is found by sequential quadratic programming.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

import numpy as np
from scipy.optimize import minimize
from scipy.special import chdtri

from engine.data.moments import FloatArray
from engine.errors import FitError
from engine.models.likelihood import Likelihood
from engine.models.optimum import best_factor
from engine.models.random_terms import Term
from engine.models.sensitivity import Curvature, curvature
from engine.models.slopes import MixedModel, Solution

# A correlation this close to ±1 at its extreme has reached it.
_PERFECT = 1e-6
# The region is nearly a ball of radius 2; trial steps beyond this many radii are not followed.
_FAR = 100.0
# At an extreme the deviance is that of the height, within this, and falls straight inwards: the
# cosine of the angle between its slope and the parameter's is −1, within this. Or else the
# parameter is level, as a correlation of ±1 is.
_ON_EDGE, _STRAIGHT, _LEVEL = 1e-6, 1e-6, 1e-3
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
    residual = region.extremes(region.log_residual_sd)
    return SlopeIntervals(
        level=level,
        random=random,
        residual_sd=(float(np.exp(residual[0])), float(np.exp(residual[1]))),
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
        self.on_boundary = not factor.any(axis=0).all()
        solution = model.solve(factor)
        bent = curvature(model, solution, Likelihood.ML, self.pattern)
        self.height = model.value(solution, Likelihood.ML) + float(chdtri(1, 1.0 - level))
        variance = solution.residual_sum / self.rows
        self.centre = np.concatenate([self.pattern.entries(factor), [np.log(variance), 0.0]])
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
        self.radius = float(np.sqrt(chdtri(1, 1.0 - level)))

    def at(self, ball: FloatArray) -> tuple[_Place, float, FloatArray]:
        """Return a place, how far the deviance stays below the height, and its gradient."""
        *entries, log_variance, reach = self.centre + self.axes @ ball
        solution = self.model.solve(self.pattern.matrix(np.array(entries)))
        bent = curvature(self.model, solution, Likelihood.ML, self.pattern)
        variance = float(np.exp(log_variance))
        squares = solution.residual_sum + reach**2
        deviance = solution.log_determinant + squares / variance
        deviance += self.rows * (np.log(2.0 * np.pi) + log_variance)
        # At r²/N instead of σ² the deviance is the profiled criterion, whose slope is known.
        residual_slopes = -bent.joint[-1, :-1]
        share = solution.residual_sum / (self.rows * variance)
        gradient = np.concatenate(
            [
                bent.gradient + (share - 1.0) * residual_slopes,
                [self.rows - squares / variance, 2.0 * reach / variance],
            ]
        )
        place = _Place(solution, bent, float(log_variance), float(reach))
        return place, self.height - deviance, -self.axes.T @ gradient

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
                options={"ftol": 1e-12, "maxiter": 60},
            )
            fall, downhill, room, inwards = look(found.x)
            steepness = float(np.linalg.norm(downhill))
            if steepness <= _LEVEL:
                # Only at a correlation of ±1: the one that is sought, or its opposite.
                return -fall if room >= 0.0 and sign * centre > unit * fall else np.nan
            straight = downhill @ inwards >= (1.0 - _STRAIGHT) * steepness * np.linalg.norm(inwards)
            return -fall if abs(room) <= _ON_EDGE and straight else np.nan

        tops = [climb(uphill / unit)] if uphill.any() else []
        if self.on_boundary or not np.isfinite(tops).all():
            # The region may have several lobes there, and no way goes up from a correlation of ±1.
            every_way = np.concatenate([np.eye(len(uphill)), -np.eye(len(uphill))])
            tops += map(climb, every_way)
        best = max((top for top in tops if not np.isnan(top)), default=np.nan)
        return sign * centre + unit * best

    def log_residual_sd(self, place: _Place) -> tuple[float, FloatArray]:
        """Target: log σ."""
        slope = np.zeros_like(self.centre)
        slope[-2] = 0.5
        return 0.5 * place.log_variance, slope

    def fixed_effect(self, k: int) -> Target:
        """Target: one fixed effect."""

        def target(place: _Place) -> tuple[float, FloatArray]:
            scaling, inverse = self.model.scaling, place.solution.inverse
            weights = scaling.to_units[k]
            error = float(np.sqrt(weights @ inverse @ weights))
            error_slopes = place.bent.variance_slopes @ weights @ weights / (2.0 * error)
            slope = place.bent.effect_slopes @ weights + place.reach * error_slopes
            centre = float(scaling.effects(place.solution.shift)[k])
            return centre + place.reach * error, np.concatenate([slope, [0.0, error]])

        return target

    def sd(self, k: int) -> tuple[float, float]:
        """Return the bounds of the standard deviation of one random effect."""

        def target(place: _Place) -> tuple[float, FloatArray]:
            row = self.to_units[k] @ place.solution.factor
            length, size = float(np.linalg.norm(row)), float(np.exp(0.5 * place.log_variance))
            # At zero, where the standard deviation has a kink, any direction leads away from it.
            unit = row / length if length else np.eye(len(row))[k]
            slope = size * (self.pattern.moves() @ unit) @ self.to_units[k]
            return size * length, np.concatenate([slope, [0.5 * size * length, 0.0]])

        highest = self._largest(target, 1.0)
        return (0.0 if self.may_vanish(k) else -self._largest(target, -1.0)), highest

    def correlation(self, k: int, other: int) -> tuple[float, float]:
        """Return the bounds of the correlation of two random effects of a term."""
        # Beside a vanishing standard deviation every correlation is as good as any other.
        if self.may_vanish(k) or self.may_vanish(other):
            return -1.0, 1.0

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

    def may_vanish(self, k: int) -> bool:
        """Whether the region reaches to where one random effect does not vary."""
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
                # The others cannot do without it.
                return False
        return model.value(model.solve(factor), Likelihood.ML) <= self.height
