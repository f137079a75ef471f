"""Why a coefficient differs between the two fits: its movement, and the part that explains it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TypeVar

import numpy as np

from engine.account.ledger import ROUNDING, ledger
from engine.account.weights import intercept_parts
from engine.account.within_between import SlopeSplit, joint_parts, slope_splits
from engine.comparison import Comparison
from engine.data.formula.terms import INTERCEPT
from engine.errors import FitError
from engine.models.mixed.intercept_fit import best_ratio
from engine.models.within import within_estimate

Kind = TypeVar("Kind")


class Cause(Enum):
    """What moves a coefficient from OLS to the mixed model."""

    BOUNDARY = "boundary"
    """All variances between clusters are estimated as 0, so both models are the same fit."""
    UNMOVED = "unmoved"
    """The movement is rounding error: neither weights nor other coefficients matter here."""
    WEIGHTS = "weights"
    """Clusters count more equally."""
    WITHIN_SHARE = "within share"
    """Comparisons within clusters count for more, all those between clusters for less."""
    CARRIED = "carried"
    """The coefficient follows others that move."""
    TOGETHER = "together"
    """The coefficient and others carry each other along, so none of them is the reason."""
    OWN_LINES = "own lines"
    """Slopes vary among clusters: what a random intercept alone does not do, or all of the movement
    where the model has no random intercept."""
    SEVERAL = "several"
    """No part exceeds half of the movement, or two parts do; or, in a model without an intercept,
    coefficients carry each other along."""


@dataclass(frozen=True)
class Movement:
    """One coefficient's movement from OLS to the mixed model.

    Attributes
    ----------
    term
        Name of the coefficient.
    before, after
        The estimates by OLS and by the mixed model, in outcome units per unit of the predictor.
    standard_error
        The standard error of the OLS estimate, in the same units.
    cause
        The part that exceeds half of the movement, if exactly one does; otherwise
        `Cause.SEVERAL`, `Cause.TOGETHER`, `Cause.UNMOVED` or `Cause.BOUNDARY`.
    weights, within_share, own_lines
        Parts of the movement, in the coefficient's units; see `Cause`.
    carried
        The part that each other coefficient carries along, by name. All parts add up to
        ``after − before``.
    halfway
        By the model with a random intercept alone, where slopes vary too; None for no such step.
    joint
        For `Cause.TOGETHER`, the parts by cause of what moves all slopes together, which add up
        to the movement; empty otherwise.
    inside
        For `Cause.TOGETHER`, the coefficient by comparisons within clusters alone, the others by
        them as well; None otherwise, and where they do not identify it.
    pull
        For `Cause.OWN_LINES`, the cluster whose pull changes most, and the change; otherwise None.
    split
        The slopes within and between clusters behind the parts. None for the intercept, and
        where the model with a random intercept alone has ρ̂ = 0 or plays no part.
    """

    term: str
    before: float
    after: float
    standard_error: float
    cause: Cause
    weights: float
    within_share: float
    own_lines: float
    carried: Mapping[str, float]
    halfway: float | None
    split: SlopeSplit | None
    joint: Mapping[Cause, float] = field(default_factory=dict)
    inside: float | None = None
    pull: tuple[str, float] | None = None

    @property
    def leader(self) -> str | None:
        """The coefficient that carries most of the movement along in its direction, if any does."""
        if not self.carried:
            return None
        most = max(self.carried, key=lambda name: self.carried[name] * self.difference)
        return most if self.carried[most] * self.difference > 0.0 else None

    @property
    def difference(self) -> float:
        """The movement, ``after − before``, in the coefficient's units."""
        return self.after - self.before

    @property
    def in_standard_errors(self) -> float:
        """Size of the movement in standard errors of the OLS estimate."""
        if self.difference == 0.0:
            return 0.0
        # The standard error is 0 where the predictors explain the outcome exactly.
        return abs(self.difference) / self.standard_error if self.standard_error else math.inf

    @property
    def parts(self) -> dict[Cause, float]:
        """The movement by cause, in the coefficient's units."""
        return {
            Cause.WEIGHTS: self.weights,
            Cause.WITHIN_SHARE: self.within_share,
            Cause.CARRIED: sum(self.carried.values()),
            Cause.OWN_LINES: self.own_lines,
        }


def movements(comparison: Comparison) -> tuple[Movement, ...]:
    """Account for the movement of every coefficient, in the order of the model.

    Parameters
    ----------
    comparison
        Both fits; the mixed one by REML or maximum likelihood.

    Notes
    -----
    For the intercept: Σ (w_j − v_j) r̄_j by the clusters' shares of the weight, and −x̃ᵀΔb by the
    slopes. For a slope: see `slope_splits`. With random slopes the first step is the model with a
    random intercept alone, where the model has a random intercept and that step an answer; the
    second step, or all of the movement, is the part of the clusters' own lines.
    """
    dial, mixed = comparison.dial, comparison.mixed
    ratio = _intercept_ratio(comparison)
    splits: tuple[SlopeSplit | None, ...] = (None,) * len(mixed.names)
    halfway = comparison.ols.estimates
    if ratio is not None:
        splits, halfway = slope_splits(dial, ratio), dial.at(ratio).fixed_effects
    if mixed.random_intercept_only:
        halfway = mixed.estimates

    def of(place: int) -> Movement:
        split, carried = splits[place], {}
        weights = within_share = 0.0
        if split is not None:
            weights, within_share, carried = split.reweighting, split.mix_shift, dict(split.carried)
        elif ratio is not None:
            weights, by_slopes = intercept_parts(comparison, ratio)
            carried = dict(zip(mixed.names[1:], by_slopes.tolist(), strict=True))
        after = float(mixed.estimates[place])
        has_step = ratio is not None and not mixed.random_intercept_only
        found = Movement(
            term=mixed.names[place],
            before=float(comparison.ols.estimates[place]),
            after=after,
            standard_error=float(comparison.ols.standard_errors[place]),
            cause=Cause.UNMOVED,
            weights=weights,
            within_share=within_share,
            own_lines=after - float(halfway[place]),
            carried=carried,
            halfway=float(halfway[place]) if has_step else None,
            split=split,
        )
        return replace(found, cause=_cause(found, same_fit=not np.any(mixed.theta)))

    found = _with_pulls(comparison, [of(place) for place in range(len(mixed.names))])
    circle = _circles(found)
    if not circle or ratio is None:
        return tuple(found)
    if not comparison.moments.has_intercept:
        # Levels and slopes are taken about different points, so they are not one system.
        return tuple(
            replace(one, cause=Cause.SEVERAL) if one.term in circle else one for one in found
        )
    within, weights = joint_parts(dial, ratio)
    alone = _inside_alone(comparison)

    def together(place: int, one: Movement) -> Movement:
        parts = {
            Cause.WEIGHTS: float(weights[place]),
            Cause.WITHIN_SHARE: float(within[place]),
            Cause.OWN_LINES: one.own_lines,
        }
        inside = alone.get(one.term)
        return replace(one, cause=Cause.TOGETHER, joint=parts, inside=inside)

    return tuple(
        together(place, one) if one.term in circle else one for place, one in enumerate(found)
    )


def _with_pulls(comparison: Comparison, found: list[Movement]) -> list[Movement]:
    """Add to movements by the clusters' own lines the cluster whose pull changes most."""
    if not any(one.cause is Cause.OWN_LINES for one in found):
        return found
    pulls = ledger(comparison).contributions

    def with_pull(place: int, one: Movement) -> Movement:
        most = int(np.argmax(np.abs(pulls[:, place])))
        level = str(comparison.moments.levels[most])
        return replace(one, pull=(level, float(pulls[most, place])))

    return [
        with_pull(place, one) if one.cause is Cause.OWN_LINES else one
        for place, one in enumerate(found)
    ]


def _inside_alone(comparison: Comparison) -> dict[str, float]:
    try:
        fit = within_estimate(comparison.moments)
    except FitError:
        return {}
    return dict(zip(fit.names, fit.estimates.tolist(), strict=True))


def movement(comparison: Comparison, term: str | int) -> Movement:
    """Account for the movement of one coefficient; see `movements`.

    Parameters
    ----------
    comparison
        Both fits.
    term
        The coefficient's name, or its position counted from 0.

    Returns
    -------
    Movement
        The movement, its parts and its cause.

    Raises
    ------
    KeyError
        There is no such coefficient in the fits.
    """
    names = comparison.mixed.names
    if term not in names and not (isinstance(term, int) and 0 <= term < len(names)):
        raise KeyError(f"There is no coefficient {term!r}; there are {', '.join(names)}.")
    place = term if isinstance(term, int) else names.index(term)
    return movements(comparison)[place]


def _cause(found: Movement, *, same_fit: bool) -> Cause:
    if same_fit:
        return Cause.BOUNDARY
    if found.in_standard_errors < ROUNDING:
        return Cause.UNMOVED
    return driver(found.parts, found.difference) or Cause.SEVERAL


def _circles(found: Sequence[Movement]) -> set[str]:
    """Coefficients that follow others which, by way of others or directly, follow them."""
    follows = {one.term: one.leader for one in found if one.cause is Cause.CARRIED}
    circle = set()
    for term in follows:
        place = follows[term]
        for _ in follows:
            if place == term:
                circle.add(term)
            place = follows.get(place) if place is not None else None
    return circle


def driver(parts: Mapping[Kind, float], whole: float) -> Kind | None:
    """Return the part that is more than half of the whole, if exactly one is.

    Parameters
    ----------
    parts
        Parts of any sign, by what they are.
    whole
        Their sum.
    """
    drivers = [kind for kind, part in parts.items() if part * whole > 0.5 * whole**2]
    return drivers[0] if len(drivers) == 1 else None


def _intercept_ratio(comparison: Comparison) -> float | None:
    """The variance ratio of the model with a random intercept alone; None for no such step."""
    if comparison.mixed.random_intercept_only:
        return comparison.mixed.variance_ratio
    if not any(INTERCEPT in term for term in comparison.model.random):
        return None
    try:
        return best_ratio(comparison.dial, comparison.mixed.likelihood)
    except FitError:
        return None
