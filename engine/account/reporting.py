"""What a paper reports of a coefficient: its test, where it is answered, and how it varies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from scipy.special import ndtri, stdtrit

from engine.account.assumptions import has_cluster_mean
from engine.account.headline import share_within
from engine.account.within_between import slope_splits
from engine.comparison import Comparison
from engine.data.formula.terms import INTERCEPT
from engine.data.moments import FloatArray
from engine.data.tolerances import NO_VARIATION
from engine.models.estimates import Estimates
from engine.models.within import varies_within

# Clusters are few where the quantile of t is this many times that of the normal distribution.
_WIDER = 1.05
NORMAL = float(ndtri(0.975))
"""Beyond this a test at 5% rejects, were the standard error known."""


@dataclass(frozen=True)
class Tested:
    """A coefficient with its test against 0, in outcome units per unit of the predictor.

    Attributes
    ----------
    estimate, standard_error
        The coefficient and its standard error, which is greater than 0.
    low, high
        Ends of its 95% interval.
    degrees
        Degrees of freedom of its t test.
    t, p
        The t value and the p-value.
    """

    estimate: float
    standard_error: float
    low: float
    high: float
    degrees: float
    t: float
    p: float

    @property
    def quantile(self) -> float:
        """The |t| beyond which the test rejects at 5%."""
        return float(stdtrit(self.degrees, 0.975))


class Answered(Enum):
    """Which comparisons a coefficient of the mixed model rests on."""

    WITHIN = "within"
    """Mostly on those within clusters."""
    BETWEEN = "between"
    """Mostly on those between clusters."""
    OWN_SLOPES = "own slopes"
    """On the slopes of clusters, which have one of their own each."""
    OTHER = "other"
    """It is a level or a line through 0, for which the two are not told apart."""


@dataclass(frozen=True)
class Reported:
    """One coefficient as a paper reports it.

    Attributes
    ----------
    place, term
        Its place among the coefficients and its name.
    mixed
        By the mixed model, with Satterthwaite's degrees of freedom.
    ols
        By OLS with its own standard error.
    robust
        By OLS with a cluster-robust one (CR2); None where there is none.
    answered
        Which comparisons it rests on.
    share
        The weight of comparisons within clusters in it, from 0 to 1; None where they have no weight
        that adds up with that of comparisons between them.
    few
        Whether a test on so few degrees of freedom is another than one with a known standard error.
    """

    place: int
    term: str
    mixed: Tested
    ols: Tested
    robust: Tested | None
    answered: Answered
    share: float | None
    few: bool


@dataclass(frozen=True)
class Separated:
    """A coefficient within clusters, and what the cluster's mean adds (Mundlak's model).

    Attributes
    ----------
    means
        The predictors whose cluster means were added.
    within, added
        The coefficient within clusters, and the contextual effect.
    """

    means: tuple[str, ...]
    within: Tested
    added: Tested


def reported(comparison: Comparison, place: int) -> Reported | None:
    """Return what there is to report of a coefficient.

    Parameters
    ----------
    comparison
        Both fits.
    place
        Which coefficient.

    Returns
    -------
    Reported or None
        None if it has no standard error in one of the fits.
    """
    fits = comparison.fits
    mixed, ols = _tested(fits["mixed"], place), _tested(fits["ols"], place)
    if mixed is None or ols is None:
        return None
    robust = _tested(fits["ols_robust"], place) if "ols_robust" in fits else None
    answered, share = _answered(comparison, place)
    quantiles = [one.quantile for one in (mixed, robust) if one is not None]
    return Reported(
        place=place,
        term=comparison.mixed.names[place],
        mixed=mixed,
        ols=ols,
        robust=robust,
        answered=answered,
        share=share,
        few=max(quantiles) > _WIDER * NORMAL,
    )


def separated(comparison: Comparison, place: int) -> Separated | None:
    """Return a coefficient within clusters and what the cluster's mean adds to it.

    Parameters
    ----------
    comparison
        Both fits.
    place
        Which coefficient.

    Returns
    -------
    Separated or None
        None where slopes vary, without an intercept, and if its predictor does not vary both within
        and between clusters or its cluster means are in the model already.
    """
    moments, term = comparison.moments, comparison.mixed.names[place]
    if not comparison.mixed.random_intercept_only or not comparison.design.has_intercept:
        return None
    fit = comparison.fits.get("mundlak")
    if fit is None or f"mean({term})" not in fit.names or has_cluster_mean(moments, place):
        return None
    means = (name for name in fit.names if name not in comparison.mixed.names)
    terms = tuple(name.removeprefix("mean(").removesuffix(")") for name in means)
    within, added = (_tested(fit, fit.names.index(name)) for name in (term, f"mean({term})"))
    return None if within is None or added is None else Separated(terms, within, added)


def own_slope_sd(comparison: Comparison, place: int) -> float | None:
    """Return the standard deviation of clusters' own slopes; None if the slope does not vary.

    Parameters
    ----------
    comparison
        Both fits.
    place
        Which coefficient.
    """
    term, random = comparison.mixed.names[place], comparison.formula.random
    column = next(one for one in comparison.design.columns if one.name == term)
    is_level = any(level is not None for _, level in column.factors)
    # Without a random intercept the effects of a factor are levels and not differences of them.
    if term == INTERCEPT or (is_level and not random.intercept):
        return None
    for component in comparison.mixed.components:
        if term in component.names:
            return float(component.sds[component.names.index(term)])
    return None


def _tested(fit: Estimates, place: int) -> Tested | None:
    estimate, error = float(fit.estimates[place]), float(fit.standard_errors[place])
    degrees = float(fit.degrees_of_freedom[place])
    if not (error > 0.0 and degrees > 0.0 and math.isfinite(estimate / error + degrees)):
        return None
    low, high = (float(end) for end in fit.intervals()[place])
    if not math.isfinite(high - low):
        return None
    t, p = float(fit.t_values[place]), float(fit.p_values[place])
    return Tested(estimate, error, low, high, degrees, t, p)


def _answered(comparison: Comparison, place: int) -> tuple[Answered, float | None]:
    names, moments, mixed = comparison.mixed.names, comparison.moments, comparison.mixed
    if not comparison.design.has_intercept:
        return Answered.OTHER, None
    if names[place] == INTERCEPT:
        return (Answered.BETWEEN if len(names) == 1 else Answered.OTHER), None
    if own_slope_sd(comparison, place) is not None:
        return Answered.OWN_SLOPES, None
    if any(names[place] in component.names for component in mixed.components):
        return Answered.OTHER, None
    if place not in varies_within(moments):
        return Answered.BETWEEN, 0.0
    if not _varies_between(moments.means[:, place], moments.within[place, place]):
        return Answered.WITHIN, 1.0
    split = None
    if mixed.random_intercept_only:
        split = slope_splits(comparison.dial, mixed.variance_ratio)[place]
    share = share_within(comparison, split, place)
    answered = Answered.BETWEEN if share < 0.5 else Answered.WITHIN
    return answered, None if split is None else share


def _varies_between(means: FloatArray, inside: float) -> bool:
    return bool(np.sum((means - means.mean()) ** 2) > NO_VARIATION * inside)
