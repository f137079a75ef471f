"""The tug of war: one slope pulled between comparisons within and between clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data.moments import FloatArray, Moments
from engine.models.dial import cluster_weights

# Variation smaller than this share of the whole is the rounding of cross-products.
_NO_VARIATION = 1e-13


@dataclass(frozen=True)
class TugOfWar:
    """A single slope as a weighted mean of the within and the between slope, in both fits.

    ``slope = λ · within + (1 − λ) · between``, and the two fits differ by
    ``mix_shift + reweighting``.

    Attributes
    ----------
    term
        Name of the predictor.
    lambda_ols, lambda_mixed
        Share λ = S_w / (S_w + S_b) that comparisons within clusters have in the slope.
    within
        Slope inside clusters; None when the predictor is constant in every cluster.
    between_ols, between_mixed
        Slope through the cluster means, weighted by n_j and by ω_j(ρ̂); None when every
        cluster has the same mean of the predictor.
    mix_shift
        (λ_mixed − λ_ols)(within − between_ols): the within slope counts for more.
    reweighting
        (1 − λ_mixed)(between_mixed − between_ols): cluster means count more equally.
    """

    term: str
    lambda_ols: float
    lambda_mixed: float
    within: float | None
    between_ols: float | None
    between_mixed: float | None
    mix_shift: float
    reweighting: float


def tug_of_war(moments: Moments, ratio: float) -> TugOfWar | None:
    """Split the slope's movement from ρ = 0 to ``ratio``; None unless intercept + one predictor.

    Slopes are in outcome units per unit of the predictor.
    """
    if not moments.has_intercept or len(moments.names) != 2:
        return None
    counts = moments.counts.astype(np.float64)
    inside = float(moments.within[1, 1])
    spread_ols, between_ols = _between(moments, counts)
    spread_mixed, between_mixed = _between(moments, cluster_weights(counts, ratio))
    if spread_ols <= _NO_VARIATION * inside:
        return TugOfWar(moments.names[1], 1.0, 1.0, _slope(moments), None, None, 0.0, 0.0)
    if inside <= _NO_VARIATION * spread_ols:
        shift = between_mixed - between_ols
        return TugOfWar(moments.names[1], 0.0, 0.0, None, between_ols, between_mixed, 0.0, shift)
    within = _slope(moments)
    lambda_ols = inside / (inside + spread_ols)
    lambda_mixed = inside / (inside + spread_mixed)
    # 1 − λ from its own quotient: near λ = 1 the difference would keep no digits.
    rest_ols = spread_ols / (inside + spread_ols)
    rest_mixed = spread_mixed / (inside + spread_mixed)
    return TugOfWar(
        term=moments.names[1],
        lambda_ols=lambda_ols,
        lambda_mixed=lambda_mixed,
        within=within,
        between_ols=between_ols,
        between_mixed=between_mixed,
        mix_shift=(rest_ols - rest_mixed) * (within - between_ols),
        reweighting=rest_mixed * (between_mixed - between_ols),
    )


def _slope(moments: Moments) -> float:
    return float(moments.within[1, 2] / moments.within[1, 1] + moments.line[1])


def _between(moments: Moments, weights: FloatArray) -> tuple[float, float]:
    """Weighted squares of the cluster means about their mean, and the slope through them."""
    means = moments.means[:, 1:]
    centred = means - weights @ means / weights.sum()
    spread = float(weights @ centred[:, 0] ** 2)
    product = float(weights @ (centred[:, 0] * centred[:, 1]))
    return spread, product / spread + float(moments.line[1]) if spread > 0 else 0.0
