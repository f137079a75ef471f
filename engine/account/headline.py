"""Which coefficient a comparison is about: what matters to a reader comes first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from itertools import product

import numpy as np
from scipy.special import stdtr

from engine.account.ledger import ROUNDING
from engine.account.movement import Cause, Movement, movements
from engine.account.standard_errors import ErrorChange, error_changes
from engine.account.within_between import SlopeSplit
from engine.comparison import Comparison
from engine.data.formula.terms import INTERCEPT
from engine.data.moments import IntArray
from engine.inference.satterthwaite import intercept_degrees, satterthwaite

SIGNIFICANT = 0.05
"""A coefficient differs significantly from 0 if its p-value is below this."""

# A standard error changed by half or more.
_GROWN, _SHRUNK = 1.5, 0.5


class Topic(Enum):
    """Why a coefficient is the one to speak of, the weightiest reason first."""

    SAME_FIT = "same fit"
    """Both models are one fit, so there is nothing to choose."""
    CONCLUSION = "conclusion"
    """Its sign or its significance at 5% is another in the mixed model."""
    STANDARD_ERROR = "standard error"
    """It is answered between clusters, and its standard error changes by half or more."""
    MOVEMENT = "movement"
    """It moves most, in standard errors of OLS."""


class Driver(Enum):
    """What a t test is made of, and so what can change its conclusion."""

    ESTIMATE = "estimate"
    ERROR = "standard error"
    DEGREES = "degrees of freedom"


@dataclass(frozen=True)
class Conclusion:
    """What a coefficient's test says in either model.

    Attributes
    ----------
    before, after
        The sign of the coefficient if it differs significantly from 0, and otherwise 0; by OLS
        with lm's t test, and by the mixed model with Satterthwaite's.
    p_before, p_after
        The p-values behind them.
    degrees_before, degrees_after
        Their degrees of freedom.
    drivers
        What changes the conclusion; empty if it stays. These are the parts that, put into the test
        by OLS, give the conclusion of the mixed model: each by itself if any does, otherwise two
        together if any two do, otherwise all three.
    """

    before: int
    after: int
    p_before: float
    p_after: float
    degrees_before: float
    degrees_after: float
    drivers: tuple[Driver, ...]


@dataclass(frozen=True)
class Headline:
    """The coefficient a comparison is about, why, and the evidence.

    Attributes
    ----------
    topic
        Why this coefficient.
    movement
        Its movement, with the cause.
    error
        The change of its standard error; None for one fit, or where a standard error is 0.
    conclusion
        What its test says in either model; None for one fit.
    still
        Whether no coefficient at all moves by more than rounding error.
    movements, errors
        Those of all coefficients, in the order of the model; ``errors`` is empty where ``error`` is
        None.
    """

    topic: Topic
    movement: Movement
    error: ErrorChange | None
    conclusion: Conclusion | None
    still: bool
    movements: tuple[Movement, ...]
    errors: tuple[ErrorChange, ...]

    @property
    def term(self) -> str:
        """Name of the coefficient."""
        return self.movement.term


def headline(comparison: Comparison) -> Headline:
    """Choose the coefficient to speak of first.

    Parameters
    ----------
    comparison
        Both fits.

    Returns
    -------
    Headline
        First a coefficient whose conclusion changes, the one whose t value changes most; then one
        that is answered between clusters and whose standard error grows by half or more, or falls
        to half or less; then the one that moves most. An intercept competes in the last step only,
        and where it only follows a slope, that slope is chosen.
    """
    moved = movements(comparison)
    if not comparison.mixed.theta.any():
        return Headline(Topic.SAME_FIT, most_moved(moved), None, None, True, moved, ())
    errors = _changes(comparison)
    told = conclusions(comparison)
    still = max(one.in_standard_errors for one in moved) < ROUNDING
    slopes = [k for k, one in enumerate(moved) if one.term != INTERCEPT]

    def about(topic: Topic, place: int) -> Headline:
        error = errors[place] if errors else None
        return Headline(topic, moved[place], error, told[place], still, moved, errors)

    ols, mixed = comparison.ols.t_values, comparison.mixed.t_values
    changed = [k for k in slopes if told[k].drivers]
    if changed:
        return about(Topic.CONCLUSION, max(changed, key=lambda k: abs(mixed[k] - ols[k])))
    if errors:
        other = [
            k
            for k in slopes
            if not _SHRUNK < errors[k].ratio < _GROWN and _answered_between(comparison, moved[k], k)
        ]
        if other:
            return about(Topic.STANDARD_ERROR, max(other, key=lambda k: errors[k].fold))
    if still and errors:
        place = max(range(len(moved)), key=lambda k: errors[k].fold)
        return about(Topic.MOVEMENT, place)
    return about(Topic.MOVEMENT, moved.index(most_moved(moved)))


def about_conclusion(comparison: Comparison, place: int) -> Headline | None:
    """Return what there is to say of one coefficient, if its conclusion changes.

    Parameters
    ----------
    comparison
        Both fits.
    place
        Which coefficient.

    Returns
    -------
    Headline or None
        None if its sign and its significance at 5% are the same in both models, or if both models
        are one fit.
    """
    if not comparison.mixed.theta.any():
        return None
    told = conclusions(comparison)[place]
    if not told.drivers:
        return None
    moved, errors = movements(comparison), _changes(comparison)
    still = max(one.in_standard_errors for one in moved) < ROUNDING
    error = errors[place] if errors else None
    return Headline(Topic.CONCLUSION, moved[place], error, told, still, moved, errors)


def most_moved(moved: tuple[Movement, ...]) -> Movement:
    """Return the largest movement; where an intercept only follows slopes, that of a slope.

    If an intercept moves only because slopes do, the slope is what matters: an intercept is the
    height of a line where the predictors are 0, which may be far from the data.

    Parameters
    ----------
    moved
        The movements of all coefficients.
    """
    found = max(moved, key=lambda one: one.in_standard_errors)
    if found.term == INTERCEPT and found.cause is Cause.CARRIED:
        return next(one for one in moved if one.term == found.leader)
    return found


def conclusions(comparison: Comparison) -> tuple[Conclusion, ...]:
    """Return what the test of each coefficient says in either model, in the order of the model.

    Parameters
    ----------
    comparison
        Both fits.
    """
    ols, mixed = comparison.ols, comparison.mixed
    if mixed.random_intercept_only and mixed.theta.any():
        of_mixed = intercept_degrees(comparison.dial, mixed.variance_ratio, mixed.likelihood)
    else:
        tests = satterthwaite(comparison.model, mixed.theta, mixed.likelihood)
        of_mixed = tests.degrees_of_freedom
    estimates = np.stack([ols.estimates, mixed.estimates])
    errors = np.stack([ols.standard_errors, mixed.standard_errors])
    degrees = np.stack([ols.degrees_of_freedom, of_mixed])
    # Axes: whose estimate, whose standard error, whose degrees of freedom, which coefficient.
    with np.errstate(divide="ignore", invalid="ignore"):
        t_values = (estimates[:, None] / errors)[:, :, None]
    p_values = 2.0 * stdtr(degrees, -np.abs(t_values))
    said = np.where(p_values < SIGNIFICANT, np.sign(t_values), 0.0).astype(int)

    def of(place: int) -> Conclusion:
        return Conclusion(
            before=int(said[0, 0, 0, place]),
            after=int(said[1, 1, 1, place]),
            p_before=float(p_values[0, 0, 0, place]),
            p_after=float(p_values[1, 1, 1, place]),
            degrees_before=float(degrees[0, place]),
            degrees_after=float(degrees[1, place]),
            drivers=_drivers(said[..., place]),
        )

    return tuple(of(place) for place in range(len(ols.names)))


def _drivers(said: IntArray) -> tuple[Driver, ...]:
    """Return the parts in the smallest sets that bring about a changed conclusion.

    The axes of the conclusions are whose estimate, standard error and degrees of freedom.
    """
    if said[0, 0, 0] == said[1, 1, 1]:
        return ()
    parts = tuple(Driver)
    changing = [
        mixed for mixed in product((0, 1), repeat=len(parts)) if said[mixed] == said[1, 1, 1]
    ]
    fewest = min(map(sum, changing))
    return tuple(
        part
        for place, part in enumerate(parts)
        if any(mixed[place] for mixed in changing if sum(mixed) == fewest)
    )


def _changes(comparison: Comparison) -> tuple[ErrorChange, ...]:
    both = np.concatenate([comparison.ols.standard_errors, comparison.mixed.standard_errors])
    # The standard errors are 0 where the predictors explain the outcome exactly.
    return error_changes(comparison) if np.all(both > 0.0) and math.isfinite(both.sum()) else ()


def _answered_between(comparison: Comparison, moved: Movement, place: int) -> bool:
    """Whether comparisons between clusters count for more than half in the mixed model."""
    return share_within(comparison, moved.split, place) < 0.5


def share_within(comparison: Comparison, split: SlopeSplit | None, place: int) -> float:
    """Return the share of comparisons within clusters in a coefficient of the mixed model.

    Parameters
    ----------
    comparison
        Both fits.
    split
        The coefficient's slopes within and between clusters. Without them the share is that of
        its column's variation which lies within clusters.
    place
        Which coefficient, not the intercept.
    """
    if split is not None:
        return split.lambda_mixed
    moments = comparison.moments
    inside = float(moments.within[place, place])
    centre = float(moments.counts @ moments.means[:, place]) / moments.rows
    return inside / (float(moments.total[place, place]) - moments.rows * centre**2)
