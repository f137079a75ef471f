"""Where a mixed fit is on the boundary, and how well the between-cluster variance is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.comparison import Comparison
from engine.data.formula.terms import INTERCEPT
from engine.data.moments import IntArray
from engine.models.dial import cluster_weights

# A variance counts as 0 below this share of the largest in its term, each times its column's
# variance: it would show in no printed digit, and the search for the optimum stops short of 0.
_NONE = 1e-5
# A correlation this close to ±1 is ±1, up to the rounding of the covariance.
_PERFECT = 1e-6


@dataclass(frozen=True)
class Boundary:
    """What a singular fit says does not vary among clusters.

    Attributes
    ----------
    zero
        Effects whose variance among clusters is estimated as 0.
    positive
        Effects whose variance is not.
    perfect
        Pairs of effects whose correlation is estimated as ±1, with its sign.
    """

    zero: tuple[str, ...]
    positive: tuple[str, ...]
    perfect: tuple[tuple[str, str, int], ...]


def boundary(comparison: Comparison) -> Boundary | None:
    """Return where a fit is on the boundary; None if it is not.

    Parameters
    ----------
    comparison
        Both fits. If the mixed one is singular and neither a variance is 0 nor a correlation ±1, a
        combination of three or more effects does not vary, and all lists of the result but
        ``positive`` are empty.
    """
    mixed = comparison.mixed
    if not mixed.singular:
        return None
    zero: list[str] = []
    positive: list[str] = []
    perfect: list[tuple[str, str, int]] = []
    for component in mixed.components:
        sds, correlations = component.sds, component.correlations
        reach = (sds * [_spread(comparison, name) for name in component.names]) ** 2
        is_zero = reach <= _NONE * reach.max()
        for k, name in enumerate(component.names):
            (zero if is_zero[k] else positive).append(name)
            for other in range(k):
                if (
                    not is_zero[k]
                    and not is_zero[other]
                    and abs(correlations[k, other]) > 1.0 - _PERFECT
                ):
                    sign = int(np.sign(correlations[k, other]))
                    perfect.append((component.names[other], name, sign))
    return Boundary(tuple(zero), tuple(positive), tuple(perfect))


def _spread(comparison: Comparison, name: str) -> float:
    """Standard deviation of a column over rows; 1 for the intercept."""
    if name == INTERCEPT:
        return 1.0
    moments = comparison.model.moments
    place = moments.names.index(name)
    means, counts = moments.means[:, place], moments.counts
    centred = means - counts @ means / moments.rows
    squares = float(moments.within[place, place] + counts @ centred**2)
    return float(np.sqrt(squares / moments.rows))


def relative_error(counts: IntArray, ratio: float) -> float:
    """Return the standard error of the between-cluster variance, relative to the variance.

    Parameters
    ----------
    counts
        Rows in each cluster, shape (J,).
    ratio
        Variance ratio ρ̂, greater than 0.

    Returns
    -------
    float
        Infinite for a single cluster.

    Notes
    -----
    From the information on τ² for known σ², ½ Σ (ω_j / σ²)², less one cluster for the mean.
    """
    weights = cluster_weights(counts, ratio)
    squares = float(weights @ weights) * (len(counts) - 1) / len(counts)
    return float(np.sqrt(2.0 / squares)) / ratio if squares else np.inf
