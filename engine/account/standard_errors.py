"""Why a standard error differs between the two fits: what it is made of, and what changed it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np

from engine.account.design_effect import DesignEffect, design_effect
from engine.account.movement import driver
from engine.comparison import Comparison
from engine.data.moments import FloatArray
from engine.models.dial import cluster_weights
from engine.models.within import varies_within

# The slopes' part of an intercept's error shows from this share of the height's on.
_SEEN = 0.1
# An error that changes as that of a mean does so up to this share.
_AS_A_MEAN = 0.001
_VARIANCES_AGREE = 0.02


class ErrorCause(Enum):
    """What changes a standard error from OLS to the mixed model."""

    RESIDUAL = "residual"
    """The residual variance is another one: variance between clusters is taken out of it."""
    CLUSTERS = "clusters"
    """Rows of a cluster share its deviations, so differences between clusters tell less."""
    SLOPES = "slopes"
    """The intercept lies at predictors of 0, and the slopes that lead there have other errors."""
    OTHERS = "others"
    """The coefficient shares more, or less, of its information with other coefficients."""
    SEVERAL = "several"
    """No part exceeds half of the change, or two parts do."""


@dataclass(frozen=True)
class Level:
    """What the error of an intercept is made of; its square is the sum of both squares.

    Attributes
    ----------
    height
        The standard error of the line's height in the middle of the data, in outcome units.
    slopes
        The standard error of what the slopes add between there and predictors of 0.
    """

    height: float
    slopes: float

    @property
    def has_slopes(self) -> bool:
        """Whether the slopes' part shows beside that of the height."""
        return self.slopes > _SEEN * self.height


@dataclass(frozen=True)
class Mean:
    """The error of a mean: √(variance / independent rows) in either model.

    Attributes
    ----------
    before, after
        The variance of a row: s² of OLS, and τ̂² + σ̂² of the mixed model, in squared outcome units.
    worth
        How many independent rows the rows are worth in the mixed model.
    """

    before: float
    after: float
    worth: DesignEffect

    @property
    def is_one_of_rows_alone(self) -> bool:
        """Whether both variances agree up to what shows in a change of two digits."""
        return abs(math.sqrt(self.after / self.before) - 1.0) <= _VARIANCES_AGREE


@dataclass(frozen=True)
class ErrorChange:
    """How one standard error differs between OLS and the mixed model.

    It is σ / √information, so ``after / before = √(residual / information)``.

    Attributes
    ----------
    term
        Name of the coefficient.
    before, after
        The standard errors by OLS and by the mixed model, in the coefficient's units.
    residual
        The mixed model's residual variance over that of OLS.
    information
        The share of the information about the coefficient, in rows of one residual variance, that
        the mixed model leaves.
    parts
        The logarithm of ``after / before``, by cause.
    cause
        The part that exceeds half of it, if exactly one does. The residual variance is the cause
        as well if it does and all other parts together do not.
    levels
        For an intercept, what its error is made of in OLS and in the mixed model; None for other
        coefficients, and beside random slopes.
    mean
        If the coefficient is a mean or a contrast of means, so that its error changes as that of a
        mean; None otherwise.
    """

    term: str
    before: float
    after: float
    residual: float
    information: float
    parts: Mapping[ErrorCause, float]
    cause: ErrorCause
    levels: tuple[Level, Level] | None
    mean: Mean | None

    @property
    def ratio(self) -> float:
        """The standard error of the mixed model over that of OLS."""
        return self.after / self.before

    @property
    def fold(self) -> float:
        """By how much it grows or shrinks, as a factor of at least 1."""
        return max(self.ratio, 1.0 / self.ratio)


def error_changes(comparison: Comparison) -> tuple[ErrorChange, ...]:
    """Account for the change of every standard error, in the order of the model.

    Parameters
    ----------
    comparison
        Both fits.

    Returns
    -------
    tuple of ErrorChange
        One per coefficient.

    Notes
    -----
    The information about a slope is its own, as if all other slopes were known, times the share
    that it does not share with them. That about an intercept is 1 / (1 / Σω_j + x̃ᵀ C x̃), where x̃
    are the weighted means of the predictors and C the slopes' covariance; its two parts are
    credited with their mean effect over both orders in which they can change. Beside random slopes
    all information counts as that of clusters.
    """
    ols, mixed = comparison.ols, comparison.mixed
    before, after = ols.standard_errors, mixed.standard_errors
    residual = float(mixed.residual_variance / ols.residual_variance)
    own = _own_information(comparison) if mixed.random_intercept_only else None

    def of(place: int) -> ErrorChange:
        ratio = float(after[place] / before[place])
        information = residual / ratio**2
        parts = {ErrorCause.RESIDUAL: 0.5 * math.log(residual)}
        rest = -0.5 * math.log(information)
        levels = None
        if own is None:
            parts[ErrorCause.CLUSTERS] = rest
        elif place == 0 and comparison.moments.has_intercept:
            levels = _levels(comparison)
            parts[ErrorCause.CLUSTERS] = _credit(levels, residual)
            parts[ErrorCause.SLOPES] = rest - parts[ErrorCause.CLUSTERS]
        else:
            parts[ErrorCause.CLUSTERS] = 0.5 * math.log(float(own[0][place] / own[1][place]))
            parts[ErrorCause.OTHERS] = rest - parts[ErrorCause.CLUSTERS]
        return ErrorChange(
            term=mixed.names[place],
            before=float(before[place]),
            after=float(after[place]),
            residual=residual,
            information=information,
            parts=parts,
            cause=_cause(parts, math.log(ratio)),
            levels=levels,
            mean=_mean(comparison, place, ratio, levels),
        )

    return tuple(of(place) for place in range(len(mixed.names)))


def _cause(parts: Mapping[ErrorCause, float], whole: float) -> ErrorCause:
    """The one driver; the residual variance also where parts of the information cancel."""
    residual = parts[ErrorCause.RESIDUAL]
    two = driver({ErrorCause.RESIDUAL: residual, ErrorCause.SEVERAL: whole - residual}, whole)
    if two is ErrorCause.RESIDUAL:
        return two
    return driver(parts, whole) or ErrorCause.SEVERAL


def _mean(
    comparison: Comparison, place: int, ratio: float, levels: tuple[Level, Level] | None
) -> Mean | None:
    mixed, moments = comparison.mixed, comparison.moments
    slopes = levels is not None and any(one.has_slopes for one in levels)
    if not mixed.random_intercept_only or slopes:
        return None
    if levels is None and place in varies_within(moments):
        return None
    found = Mean(
        before=comparison.ols.residual_variance,
        after=mixed.between_variance + mixed.residual_variance,
        worth=design_effect(moments.counts, mixed.variance_ratio),
    )
    rows = moments.rows / found.worth.rows_of_weighted_mean
    of_mean = math.sqrt(found.after / found.before * rows)
    return found if abs(of_mean / ratio - 1.0) <= _AS_A_MEAN else None


def _own_information(comparison: Comparison) -> list[FloatArray]:
    """Information about each coefficient with the other slopes known, in OLS and mixed."""
    dial, moments = comparison.dial, comparison.moments
    p = len(moments.names)
    inside = np.diag(dial.scaling.residual_map.T @ moments.within @ dial.scaling.residual_map)[:p]
    counts = moments.counts.astype(np.float64)
    means = dial.cluster_means[:, :p]
    found = []
    for weights in (counts, cluster_weights(counts, comparison.mixed.variance_ratio)):
        centre = weights @ means / weights.sum() if moments.has_intercept else 0.0
        found.append(inside + weights @ (means - centre) ** 2)
    return found


def _levels(comparison: Comparison) -> tuple[Level, Level]:
    moments, ols, mixed = comparison.moments, comparison.ols, comparison.mixed
    counts = moments.counts.astype(np.float64)
    p = len(moments.names)

    def of(weights: FloatArray, variance: float, covariance: FloatArray) -> Level:
        centre = weights @ moments.means[:, 1:p] / weights.sum() + moments.origin[1:p]
        slopes = max(float(centre @ covariance[1:, 1:] @ centre), 0.0)
        return Level(math.sqrt(variance / weights.sum()), math.sqrt(slopes))

    return (
        of(counts, ols.residual_variance, ols.covariance),
        of(
            cluster_weights(counts, mixed.variance_ratio),
            mixed.residual_variance,
            mixed.covariance,
        ),
    )


def _credit(levels: tuple[Level, Level], residual: float) -> float:
    """How much the heights' part changes the logarithm of an intercept's error, residual apart."""
    before, after = levels
    heights = before.height**2, after.height**2 / residual
    slopes = before.slopes**2, after.slopes**2 / residual
    return 0.25 * sum(math.log((heights[1] + one) / (heights[0] + one)) for one in slopes)
