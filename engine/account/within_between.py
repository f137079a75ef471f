"""Slopes between two poles: comparisons within clusters and comparisons between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.data.moments import FloatArray
from engine.data.tolerances import NO_VARIATION
from engine.models.dial import Dial, cluster_weights


@dataclass(frozen=True)
class SlopeSplit:
    """One coefficient's movement from OLS to the mixed model, split by what moves it.

    The movement is ``mix_shift + reweighting + Σ carried``. With the other coefficients held at
    their OLS values, the coefficient is λ · within + (1 − λ) · between in either fit, and moves
    by ``mix_shift + reweighting``. Slopes and parts are in outcome units per unit of the
    predictor.

    Attributes
    ----------
    term
        Name of the coefficient.
    lambda_ols, lambda_mixed
        Share λ = S_w / (S_w + S_b) that comparisons within clusters have in the coefficient.
    within
        Slope inside clusters; None if the predictor is constant in every cluster.
    between_ols, between_mixed
        Slope through the cluster means, weighted by n_j and by ω_j(ρ̂); None if every cluster has
        the same mean.
    mix_shift
        (λ_mixed − λ_ols)(within − between_ols): the within slope counts for more.
    reweighting
        (1 − λ_mixed)(between_mixed − between_ols): the cluster means count more equally.
    carried
        The part that each other coefficient's movement carries along, by name.
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
    """Split the movement from ρ = 0 to ``ratio`` of a coefficient other than the intercept.

    Parameters
    ----------
    dial
        Generalised least squares on the moments of the model.
    ratio
        The variance ratio ρ̂ of the mixed fit.
    term
        Position of the coefficient among the p terms.

    Returns
    -------
    SlopeSplit
        The parts of the movement, and the slopes behind them.

    Notes
    -----
    If the model has an intercept, columns are taken about their ω-weighted means. Let r be the
    OLS residuals, S = W + Σ ω_j x̄_j x̄_jᵀ and s = W_xr + Σ ω_j x̄_j r̄_j. The movement Δ solves
    S Δ = s, and row k of this system reads Δ_k = s_k / S_kk − Σ_{l≠k} S_kl Δ_l / S_kk. Its first
    term is λ w + (1 − λ) b, where w and b are the slopes of the residual within and between
    clusters; at ρ = 0 it is 0.
    """
    moments, scaling = dial.moments, dial.scaling
    p, names = len(moments.names), moments.names
    counts = moments.counts.astype(np.float64)
    weights = cluster_weights(counts, ratio)
    inside = scaling.residual_map.T @ moments.within @ scaling.residual_map
    unit = 1.0 / scaling.scale[term]
    start = float(scaling.effects(np.zeros(p))[term])

    def between(weight: FloatArray) -> FloatArray:
        """Return products of this column's means with the means of all columns and the residual."""
        means = dial.cluster_means
        if moments.has_intercept:
            means = means - weight @ means / weight.sum()
        return np.asarray((weight * means[:, term]) @ means)

    def slope(products: FloatArray) -> float:
        return float(products[p] / products[term])

    ols, mixed = between(counts), between(weights)
    varies_inside = inside[term, term] > NO_VARIATION * ols[term]
    varies_between = ols[term] > NO_VARIATION * inside[term, term]
    own = slope(inside[term]) if varies_inside else 0.0
    of_ols, of_mixed = (slope(ols), slope(mixed)) if varies_between else (own, own)
    within_part = float(inside[term, term]) if varies_inside else 0.0
    parts = [float(spread[term]) if varies_between else 0.0 for spread in (ols, mixed)]
    lambda_ols, lambda_mixed = (within_part / (within_part + part) for part in parts)
    # Compute 1 − λ as a quotient of its own: near λ = 1 the difference would keep no digits.
    rest_ols, rest_mixed = (part / (within_part + part) for part in parts)

    moved = dial.at(ratio).shift
    products = inside[term, :p] + mixed[:p]
    carried = -products * moved / products[term] * unit
    if moments.constant is not None:
        # A dummy's coefficient is the level where all other columns are 0, not at their origins.
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


def only_slope_split(dial: Dial, ratio: float) -> SlopeSplit | None:
    """Split the slope of a model that has an intercept and one predictor.

    In such a model the coefficient as printed is λ · within + (1 − λ) · between.

    Parameters
    ----------
    dial
        Generalised least squares on the moments of the model.
    ratio
        The variance ratio ρ̂ of the mixed fit.

    Returns
    -------
    SlopeSplit or None
        None for any other model.
    """
    if not dial.moments.has_intercept or len(dial.moments.names) != 2:
        return None
    return slope_split(dial, ratio, 1)
