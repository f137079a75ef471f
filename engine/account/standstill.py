"""Why coefficients are the same in both fits, where they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from engine.account.ledger import ROUNDING, ledger
from engine.comparison import Comparison
from engine.data.formula.terms import INTERCEPT
from engine.data.moments import Moments
from engine.data.tolerances import NO_VARIATION
from engine.models.mundlak import means_are_in_the_model
from engine.models.within import varies_within


class Standstill(Enum):
    """Why no coefficient moves from OLS to the mixed model."""

    BALANCED = "balanced"
    """Clusters are of one size, and each predictor varies inside clusters or between them only."""
    MEANS_IN_MODEL = "means in the model"
    """Clusters are of one size, and the model holds the cluster means of what varies both ways."""
    SAME_DESIGN = "same design"
    """Slopes vary, and what they are slopes of has the same values in all clusters."""
    SAME_PULLS = "same pulls"
    """Each cluster pulls at each coefficient alike in both models."""
    CANCELLING = "cancelling"
    """The clusters' pulls change, and the changes cancel."""


@dataclass(frozen=True)
class StandstillReason:
    """Why no coefficient moves, with what shows it.

    Attributes
    ----------
    kind
        The reason.
    inside, between
        Predictors that vary only inside clusters, and only between them.
    both
        Predictors that vary in both ways.
    slopes
        What slopes vary among clusters, the intercept left out.
    """

    kind: Standstill
    inside: tuple[str, ...]
    between: tuple[str, ...]
    both: tuple[str, ...]
    slopes: tuple[str, ...]


def standstill(comparison: Comparison) -> StandstillReason:
    """Return why no coefficient moves; for a comparison in which none does.

    Parameters
    ----------
    comparison
        Both fits.

    Notes
    -----
    With equal sizes OLS is the mixed model's estimate for any outcome if and only if the cluster
    means of all columns are combinations of the columns (Zyskind 1967, Annals of Mathematical
    Statistics 38:1092–1109).
    """
    moments, mixed = comparison.moments, comparison.mixed
    inside, between = _ways(moments)
    predictors = [k for k, name in enumerate(moments.names) if name != INTERCEPT]

    def named(places: set[int]) -> tuple[str, ...]:
        return tuple(moments.names[k] for k in predictors if k in places)

    slopes = tuple(n for term in comparison.model.random for n in term if n != INTERCEPT)
    both = inside & between
    if not slopes:
        equal = moments.counts.min() == moments.counts.max()
        balanced = equal and means_are_in_the_model(moments)
        kinds = Standstill.MEANS_IN_MODEL if both else Standstill.BALANCED
        kind = kinds if balanced else _of_pulls(comparison)
    else:
        kind = _of_pulls(comparison)
        if kind is Standstill.SAME_PULLS and _alike(comparison):
            kind = Standstill.SAME_DESIGN
    return StandstillReason(
        kind=kind,
        inside=named(inside - between),
        between=named(between - inside),
        both=named(both),
        slopes=slopes if mixed.theta.any() else (),
    )


def _ways(moments: Moments) -> tuple[set[int], set[int]]:
    """Positions of the columns that vary inside clusters, and of those that vary between them."""
    p = len(moments.names)
    centred = moments.means[:, :p] - moments.counts @ moments.means[:, :p] / moments.rows
    spread = moments.counts @ centred**2
    total = spread + np.diag(moments.within)[:p]
    return set(varies_within(moments)), {k for k in range(p) if spread[k] > NO_VARIATION * total[k]}


def _of_pulls(comparison: Comparison) -> Standstill:
    moved = np.abs(ledger(comparison).contributions).max(axis=0)
    still = bool(np.all(moved <= ROUNDING * comparison.ols.standard_errors))
    return Standstill.SAME_PULLS if still else Standstill.CANCELLING


def _alike(comparison: Comparison) -> bool:
    """Whether the random effects' columns have the same sizes, means and products everywhere."""
    moments, names = comparison.model.moments, comparison.model.terms.names
    places = [moments.names.index(name) for name in names if name in moments.names]
    scatter = moments.scatter[:, places][:, :, places]
    means = moments.means[:, places]
    size = np.sqrt(np.abs(np.diagonal(scatter, axis1=1, axis2=2)).max(axis=0))
    size[size == 0.0] = 1.0
    return bool(
        moments.counts.min() == moments.counts.max()
        and np.all(np.ptp(means, axis=0) <= ROUNDING * size)
        and np.all(np.ptp(scatter, axis=0) <= ROUNDING * np.outer(size, size))
    )
