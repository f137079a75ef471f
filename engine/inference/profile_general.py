"""Profile-likelihood intervals with random slopes: extremes over the likelihood region.

As in `engine.inference.profile_intercept`, the bounds of a parameter are its extremes over all
parameter values whose deviance is at most the height of the interval. Here the region has a
dimension for every variance parameter and one for a fixed effect, and each extreme is found by
sequential quadratic programming.
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

# A correlation whose extreme is this close to ±1 has reached it.
_PERFECT = 1e-6
# In scaled coordinates the region is nearly a ball, of radius 2 at 95 %. Trial steps are cut off at
# this many radii.
_FAR = 100.0
# The KKT conditions of an extreme: the deviance is at the height, within the first tolerance, and
# the gradients of the deviance and of the parameter (negated for a lower bound) are parallel, the
# cosine of their angle being 1 within the second. Or else the parameter's gradient vanishes, within
# the third, as at a correlation of ±1.
_ON_EDGE, _STRAIGHT, _LEVEL = 1e-6, 1e-6, 1e-3
# A climb ends when a step gains less than this share of the way up, which limits the precision of
# the bounds.
_CLOSE = 1e-9
# A curvature of the deviance below this share of that in log σ² does not show the region's size.
_FLAT = 1e-14


@dataclass(frozen=True)
class SlopeIntervals:
    """Intervals from the profiled deviance (maximum likelihood, even for a REML fit).

    A bound that could not be found is NaN.

    Attributes
    ----------
    level
        Coverage, for example 0.95.
    random
        Lower and upper bounds in the layout of θ, shape (len θ, 2). Diagonal entries of θ have
        bounds of the effect's standard deviation, in outcome units per unit of the column;
        others have bounds of a correlation. A lower bound is 0, or a bound ±1, if the region
        reaches that far.
    residual_sd
        Lower and upper bound of σ, in outcome units.
    fixed_effects
        Lower and upper bound of each fixed effect, shape (p, 2), in outcome units per unit of the
        predictor.
    """

    level: float
    random: FloatArray
    residual_sd: tuple[float, float]
    fixed_effects: FloatArray


class _Place(NamedTuple):
    """The model at one F and σ², with its derivatives in the free entries of F."""

    solution: Solution
    bent: Curvature
    log_variance: float
    """log σ² minus its estimate."""
    reach: float
    """Distance of a fixed effect from its optimum at this F, in units of its standard error / σ."""


Target: TypeAlias = Callable[[_Place], tuple[float, FloatArray]]
"""Returns a parameter at a place, and its gradient in (entries of F, log σ², reach)."""


def profile_slope_intervals(model: MixedModel, level: float = 0.95) -> SlopeIntervals:
    """Return the profile intervals of all parameters.

    Parameters
    ----------
    model
        The model and its data. Its maximum-likelihood fit is found here.
    level
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    SlopeIntervals

    Raises
    ------
    FitError
        The covariance parameters are not identified on these data.

    Notes
    -----
    The height is the least deviance plus the ``level`` quantile of χ² with one degree of freedom,
    as for lme4's ``confint`` (Bates et al. 2015, section 5).
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
    """The parameter values whose deviance exceeds the least by no more than ``height``."""

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
        # Every coordinate has its own unit; the last one, the reach, has that of the outcome.
        units = np.maximum(np.diag(hessian), _FLAT * np.diag(hessian)[-2]) ** -0.5
        units[-1] = np.diag(hessian)[-1] ** -0.5
        curvatures, axes = np.linalg.eigh(hessian * np.outer(units, units))
        floor = 1e-6 * curvatures[-1]
        self.axes = units[:, None] * axes * np.sqrt(2.0 / np.maximum(curvatures, floor))
        self.radius = float(np.sqrt(self.height))
        # Flipping the sign of a vanishing column of F leaves the model unchanged. The gradient at
        # the centre therefore never points to where the column does not vanish, though the region
        # may have lobes there. The lobes on both sides are the same.
        vanishing = np.flatnonzero(~np.asarray(factor.any(axis=0))[self.pattern.columns])
        ways = np.linalg.inv(self.axes).T[vanishing]
        self.ways_out = ways / np.linalg.norm(ways, axis=1, keepdims=True)

    def at(self, ball: FloatArray) -> tuple[_Place, float, FloatArray]:
        """Return a place, the room left below the height, and the gradient of the room."""
        *entries, log_variance, reach = self.centre + self.axes @ ball
        solution = self.model.solve(self.pattern.matrix(np.array(entries)))
        bent = curvature(self.model, solution, Likelihood.ML, self.pattern)
        # Use differences from the optimum, because the deviance itself grows with N.
        variance = self.sigma**2 * float(np.exp(log_variance))
        more = solution.residual_sum - self.best.residual_sum + reach**2
        rise = solution.log_determinant - self.best.log_determinant + more / variance
        rise += self.rows * (float(np.expm1(-log_variance)) + log_variance)
        # At σ² = r²/N the deviance is the profiled criterion, whose gradient is known.
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
        """Return the smallest and the largest value of a parameter in the region."""
        return -self._largest(target, -1.0), self._largest(target, 1.0)

    def _largest(self, target: Target, sign: float) -> float:
        """Return the largest value of sign · parameter in the region, or NaN if not found."""
        seen: dict[bytes, tuple[float, FloatArray, float, FloatArray]] = {}
        centre, slope = target(self.at(np.zeros_like(self.centre))[0])
        uphill = sign * self.axes.T @ slope
        # Parameters have different units, so scale this one by its initial gradient.
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
                # This happens only at a correlation of ±1: the one sought, or its opposite.
                return -fall if room >= 0.0 and sign * centre > unit * fall else np.nan
            straight = downhill @ inwards >= (1.0 - _STRAIGHT) * steepness * np.linalg.norm(inwards)
            return -fall if abs(room) <= _ON_EDGE and straight else np.nan

        ways = [uphill / unit] if uphill.any() else []
        if self.ways_out.size:
            # On the other side of where an effect vanishes, its standard deviation rises again.
            ways += [-way for way in ways] + list(self.ways_out)
        tops = list(map(climb, ways))
        if not np.isfinite(tops).any():
            every_way = np.concatenate([np.eye(len(uphill)), -np.eye(len(uphill))])
            tops += map(climb, every_way)
        best = max((top for top in tops if not np.isnan(top)), default=np.nan)
        return sign * centre + unit * best

    def log_residual_sd(self, place: _Place) -> tuple[float, FloatArray]:
        """Target: log σ minus its estimate."""
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
            # At zero the standard deviation has a kink: any direction leads away from it.
            unit = row / length if length else np.eye(len(row))[k]
            slope = size * (self.pattern.moves() @ unit) @ self.to_units[k]
            return size * length, np.concatenate([slope, [0.5 * size * length, 0.0]])

        rise, highest = float(self.rise_without[k]), self._largest(target, 1.0)
        if rise > self.height:
            return -self._largest(target, -1.0), highest
        return (np.nan if np.isnan(rise) else 0.0), highest

    def correlation(self, k: int, other: int) -> tuple[float, float]:
        """Return the bounds of the correlation between two random effects of the same term."""
        # If a standard deviation can be zero, its correlations can have any value.
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
        """The rise of the deviance when one random effect does not vary, shape (q,).

        NaN if the model without that effect cannot be fitted.
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
