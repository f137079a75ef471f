"""The tug of war: one slope pulled between comparisons within and between clusters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.data.moments import FloatArray, Moments
from engine.data.tolerances import NO_VARIATION
from engine.models.dial import Dial, cluster_weights


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
    if spread_ols <= NO_VARIATION * inside:
        return TugOfWar(moments.names[1], 1.0, 1.0, _slope(moments), None, None, 0.0, 0.0)
    if inside <= NO_VARIATION * spread_ols:
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


@dataclass(frozen=True)
class SlopeSplit:
    """One coefficient's movement from OLS to the mixed model, split into what moves it.

    ``mix_shift + reweighting + Σ carried`` is the movement. With the other coefficients held as
    in OLS the coefficient is λ · within + (1 − λ) · between in either fit, and moves by
    ``mix_shift + reweighting``.

    Attributes
    ----------
    term
        Name of the coefficient.
    lambda_ols, lambda_mixed
        Share λ = S_w / (S_w + S_b) that comparisons within clusters have in it.
    within
        Slope inside clusters; None where the predictor is constant in every cluster.
    between_ols, between_mixed
        Slope through the cluster means, weighted by n_j and by ω_j(ρ̂); None where every cluster
        has the same mean.
    mix_shift
        (λ_mixed − λ_ols)(within − between_ols): the within slope counts for more.
    reweighting
        (1 − λ_mixed)(between_mixed − between_ols): cluster means count more equally.
    carried
        What each other coefficient's movement carries along, by name.
    """

    term: str
    lambda_ols: float
    lambda_mixed: float
    within: float | None
    between_ols: float | None
    between_mixed: float | None
    mix_shift: float
    reweighting: float
    carried: Mapping[str, float]


def slope_split(dial: Dial, ratio: float, term: int) -> SlopeSplit:
    """Split the movement of a coefficient other than the intercept from ρ = 0 to ``ratio``.

    Parameters
    ----------
    dial
        Generalised least squares on the moments of the model.
    ratio
        The variance ratio ρ̂ of the mixed fit.
    term
        Position of the coefficient.

    Notes
    -----
    Columns are taken about their ω-weighted means where the model has an intercept. With r the
    OLS residuals, S = W + Σ ω_j x̄_j x̄_jᵀ and s = W_xr + Σ ω_j x̄_j r̄_j the movement Δ solves
    S Δ = s, and its row k reads Δ_k = s_k / S_kk − Σ_l S_kl Δ_l / S_kk. The first term is
    λ w + (1 − λ) b with w and b the slopes of the residual within and between clusters, which at
    ρ = 0 is 0; its two steps are those of `tug_of_war`, for any number of predictors.
    """
    moments, scaling = dial.moments, dial.scaling
    p, names = len(moments.names), moments.names
    counts = moments.counts.astype(np.float64)
    weights = cluster_weights(counts, ratio)
    inside = scaling.residual_map.T @ moments.within @ scaling.residual_map
    unit = 1.0 / scaling.scale[term]
    start = float(scaling.effects(np.zeros(p))[term])

    def between(weight: FloatArray) -> FloatArray:
        """Products of this column's means with those of all columns and of the residual."""
        means = dial.cluster_means
        if moments.has_intercept:
            means = means - weight @ means / weight.sum()
        return np.asarray((weight * means[:, term]) @ means)

    def share(spread: float) -> float:
        return float(inside[term, term] / (inside[term, term] + spread))

    def slope(products: FloatArray) -> float:
        return float(products[p] / products[term])

    ols, mixed = between(counts), between(weights)
    varies_inside = inside[term, term] > NO_VARIATION * ols[term]
    varies_between = ols[term] > NO_VARIATION * inside[term, term]
    own = slope(inside[term]) if varies_inside else 0.0
    of_ols, of_mixed = (slope(ols), slope(mixed)) if varies_between else (own, own)
    lambda_ols = share(ols[term]) if varies_between else 1.0
    lambda_mixed = share(mixed[term]) if varies_between else 1.0
    rest_ols, rest_mixed = 1.0 - lambda_ols, 1.0 - lambda_mixed
    if not varies_inside:
        lambda_ols = lambda_mixed = 0.0
        rest_ols = rest_mixed = 1.0

    moved = dial.at(ratio).shift
    products = inside[term, :p] + mixed[:p]
    carried = -products * moved / products[term] * unit
    if moments.constant is not None:
        # A dummy's coefficient is a level where all other columns are 0, not at their origins.
        far = moments.constant[term] * moments.origin[:p] * moved / scaling.scale
        carried = carried - far
    others = [k for k in range(moments.has_intercept, p) if k != term]
    return SlopeSplit(
        term=names[term],
        lambda_ols=lambda_ols,
        lambda_mixed=lambda_mixed,
        within=start + own * unit if varies_inside else None,
        between_ols=start + of_ols * unit if varies_between else None,
        between_mixed=start + of_mixed * unit if varies_between else None,
        mix_shift=(rest_ols - rest_mixed) * (own - of_ols) * unit,
        reweighting=rest_mixed * (of_mixed - of_ols) * unit,
        carried={names[k]: float(carried[k]) for k in others},
    )
