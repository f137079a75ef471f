"""Each cluster's line: its own by itself, and the one that a model with varying slopes gives it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from engine.data.moments import FloatArray
from engine.data.tolerances import CONSTANT
from engine.models.mixed.fit import effects_at
from engine.models.mixed.model import MixedModel
from engine.models.mixed.results import VarianceComponent


@dataclass(frozen=True)
class ClusterLines:
    """Intercepts and slopes of J clusters, shape (J, 2), in the units of the coefficients.

    Attributes
    ----------
    levels
        Labels of the clusters.
    own
        Least squares in each cluster by itself; NaN where the predictor does not vary in it.
    shrunken
        The model's lines: the fixed line plus the cluster's predicted effects.
    fixed
        The fixed line, shape (2,).
    """

    levels: Sequence[str]
    own: FloatArray
    shrunken: FloatArray
    fixed: FloatArray

    @property
    def own_slope_sd(self) -> float:
        """Standard deviation of the slopes that clusters have by themselves; NaN for one slope."""
        slopes = self.own[:, 1][np.isfinite(self.own[:, 1])]
        return float(slopes.std(ddof=1)) if len(slopes) > 1 else math.nan

    def measured_from(self, zero: float) -> ClusterLines:
        """Return the same lines with the zero of x moved.

        Parameters
        ----------
        zero
            The value of x that becomes 0.
        """
        move = np.array([[1.0, 0.0], [zero, 1.0]])
        return replace(
            self, own=self.own @ move, shrunken=self.shrunken @ move, fixed=self.fixed @ move
        )


def cluster_lines(model: MixedModel, theta: ArrayLike) -> ClusterLines:
    """Return the clusters' lines at any covariance parameters.

    Parameters
    ----------
    model
        A model with an intercept and one predictor, whose random effects are of these two: of the
        intercept, or of both.
    theta
        Covariance parameters θ in lme4's order; see `theta_of`.

    Returns
    -------
    ClusterLines
    """
    moments = model.moments
    fixed = model.scaling.effects(model.solve(model.scaled_factor(theta)).shift)
    effects = effects_at(model, theta, 1.0)
    shrunken = np.tile(fixed, (len(moments.levels), 1))
    for name, column in zip(effects.names, effects.effects.T, strict=True):
        shrunken[:, model.fixed.index(name)] += column
    scatter, x = moments.scatter, moments.names.index(model.fixed[1])
    spread, product = scatter[:, x, x], scatter[:, x, -1]
    centre = moments.means[:, x] + moments.origin[x]
    # By the cluster's own measure: one that reaches far takes no slope from the others.
    varies = spread > moments.counts * (CONSTANT * centre) ** 2
    slope = np.full(len(spread), np.nan)
    slope[varies] = product[varies] / spread[varies] + moments.line[x]
    own = np.column_stack([moments.outcome_means - slope * centre, slope])
    return ClusterLines(levels=moments.levels, own=own, shrunken=shrunken, fixed=fixed)


def meeting_place(component: VarianceComponent) -> float:
    """Return the x at which cluster lines differ least, where level and slope are uncorrelated.

    The covariance of level and slope is c + x τ₁² at x, which is 0 at −c/τ₁². If intercepts and
    slopes have correlation ±1, all lines meet there.

    Parameters
    ----------
    component
        Of a random intercept and slope, the slope's variance above 0.
    """
    return float(-component.covariance[0, 1] / component.covariance[1, 1])


def theta_of(intercept_sd: float, slope_sd: float, correlation: float) -> FloatArray:
    """Return lme4's θ of the term ``(1 + x | g)``, shape (3,).

    Parameters
    ----------
    intercept_sd, slope_sd
        Standard deviations of the cluster intercepts and slopes over the residual one.
    correlation
        Their correlation, from −1 to 1.
    """
    rest = np.sqrt(max(0.0, 1.0 - correlation**2))
    return np.array([intercept_sd, slope_sd * correlation, slope_sd * rest])
