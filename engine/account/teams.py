"""The two teams that pull at a slope: comparisons inside clusters, and those between them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.account.path import FAR
from engine.account.within_between import slope_path
from engine.data.moments import FloatArray
from engine.models.dial import Dial, cluster_weights


@dataclass(frozen=True)
class Teams:
    """Who pulls at the only slope of a model at one variance ratio, and how strongly.

    The slope is share · within + (1 − share) · between. Slopes are in outcome units per unit of
    the predictor.

    Attributes
    ----------
    within, between
        Slope inside clusters, and slope through the cluster means with weights ω_j; None if all
        clusters have the same mean, so that nobody pulls between them.
    within_spread, between_spread
        S_w and S_b(ω), in squared units of the predictor.
    slope, intercept
        The estimates at this ratio.
    centre
        The ω-weighted mean of the clusters along both axes, shape (2,). All three lines, within,
        between and the model's, go through it.
    weights
        Each cluster's share ω_j / Σω, shape (J,).
    """

    within: float
    between: float | None
    within_spread: float
    between_spread: float
    slope: float
    intercept: float
    centre: FloatArray
    weights: FloatArray

    @property
    def share(self) -> float:
        """λ = S_w / (S_w + S_b), the share that comparisons inside clusters have."""
        return self.within_spread / (self.within_spread + self.between_spread)

    @property
    def share_between(self) -> float:
        """1 − λ, with all its digits where λ is near 1."""
        return self.between_spread / (self.within_spread + self.between_spread)


def teams(dial: Dial, ratio: float) -> Teams:
    """Return the teams at a variance ratio.

    Parameters
    ----------
    dial
        The data: a model with an intercept and one predictor, which varies inside clusters.
    ratio
        Variance ratio ρ ≥ 0; 0 is ordinary least squares. At infinity the comparisons between
        clusters have no share at all.
    """
    endless, ratio = math.isinf(ratio), min(ratio, FAR)
    moments, path = dial.moments, slope_path(dial, ratio)
    weights = cluster_weights(moments.counts, ratio)
    weights = weights / weights.sum()
    places = np.column_stack([moments.means[:, 1] + moments.origin[1], moments.outcome_means])
    intercept, slope = dial.at(ratio).fixed_effects.tolist()
    return Teams(
        within=slope if path is None else path.within,
        between=None if path is None else float(path.between),
        within_spread=float(moments.within[1, 1]) if path is None else path.within_spread,
        between_spread=0.0 if path is None or endless else float(path.between_spread),
        slope=slope,
        intercept=intercept,
        centre=np.asarray(weights @ places),
        weights=weights,
    )


def contextual(here: Teams) -> float:
    """Return the contextual effect, the slope between less the one within; NaN if there is none.

    It is the coefficient of the cluster means where they are a predictor as well.

    Parameters
    ----------
    here
        The teams at the variance ratio of that model.
    """
    return math.nan if here.between is None else here.between - here.within
