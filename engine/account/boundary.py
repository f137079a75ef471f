"""Where a mixed fit is on the boundary, and how well the between-cluster variance is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data.moments import IntArray
from engine.models.dial import cluster_weights
from engine.models.mixed.results import MixedFit

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


def boundary(mixed: MixedFit) -> Boundary | None:
    """Return where a fit is on the boundary; None if it is not.

    Parameters
    ----------
    mixed
        The fit. If it is singular and neither a variance is 0 nor a correlation ±1, a combination
        of three or more effects does not vary, and all lists of the result but ``positive`` are
        empty.
    """
    if not mixed.singular:
        return None
    zero: list[str] = []
    positive: list[str] = []
    perfect: list[tuple[str, str, int]] = []
    for component in mixed.components:
        sds, correlations = component.sds, component.correlations
        for k, name in enumerate(component.names):
            (positive if sds[k] > 0.0 else zero).append(name)
            for other in range(k):
                if abs(correlations[k, other]) > 1.0 - _PERFECT:
                    sign = int(np.sign(correlations[k, other]))
                    perfect.append((component.names[other], name, sign))
    return Boundary(tuple(zero), tuple(positive), tuple(perfect))


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
