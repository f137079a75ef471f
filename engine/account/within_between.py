"""Slopes between two poles: comparisons within clusters and comparisons between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.data.moments import FloatArray, Moments
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


def slope_splits(dial: Dial, ratio: float) -> tuple[SlopeSplit | None, ...]:
    """Split the movement of every coefficient from ρ = 0 to ``ratio``; None for the intercept.

    Parameters
    ----------
    dial
        Generalised least squares on the moments of the model.
    ratio
        The variance ratio ρ̂ of the mixed fit.

    Notes
    -----
    Where the columns hold the constant, all are taken about their ω-weighted means; only a column
    that makes up the constant, such as a dummy of ``0 + f``, is taken about 0, as its coefficient
    is a level. With r the OLS residuals, S = W + Σ ω_j x̄_j x̄_jᵀ and s = W_xr + Σ ω_j x̄_j r̄_j the
    movement Δ solves S Δ = s, and its row k reads Δ_k = s_k / S_kk − Σ_l S_kl Δ_l / S_kk. The
    first term is λ w + (1 − λ) b with w and b the slopes of the residual within and between
    clusters, which at ρ = 0 is 0.
    """
    return _splits(dial, ratio)[0]


def joint_parts(dial: Dial, ratio: float) -> tuple[FloatArray, FloatArray]:
    """Split the movement of every slope by what moves all slopes together.

    Where coefficients carry each other along, none of them is the reason for the others. Their
    movements solve Δ = own + C Δ, where C holds what each carries along of the others, so they
    have the parts (I − C)⁻¹ mix_shift and (I − C)⁻¹ reweighting.

    Parameters
    ----------
    dial
        Generalised least squares on the moments of the model.
    ratio
        The variance ratio ρ̂ of the mixed fit.

    Returns
    -------
    array, array
        What comes from the shares of comparisons within clusters, and from the weights of
        clusters, in the coefficients' units, each of shape (p,); 0 for the intercept.
    """
    splits, carries = _splits(dial, ratio)
    own = np.array(
        [[0.0, 0.0] if one is None else [one.mix_shift, one.reweighting] for one in splits]
    )
    within, weights = np.linalg.solve(np.eye(len(splits)) - carries, own).T
    return within, weights


def _splits(dial: Dial, ratio: float) -> tuple[tuple[SlopeSplit | None, ...], FloatArray]:
    """Return the splits, and C: what each slope carries along of each other, shape (p, p)."""
    moments, scaling = dial.moments, dial.scaling
    p, names = len(moments.names), moments.names
    counts = moments.counts.astype(np.float64)
    inside = scaling.residual_map.T @ moments.within @ scaling.residual_map
    constant = np.zeros(p) if moments.constant is None else moments.constant
    start, moved = scaling.effects(np.zeros(p)), dial.at(ratio).shift

    def between(weight: FloatArray) -> FloatArray:
        """Products of the columns' means with each other and with those of the residual."""
        means = dial.cluster_means
        plain = (weight * means[:, :p].T) @ means
        if moments.constant is None:
            return plain
        centred = means - weight @ means / weight.sum()
        about_means = (weight * centred[:, :p].T) @ centred
        return np.where((constant != 0.0)[:, None], plain, about_means)

    ols, mixed = between(counts), between(cluster_weights(counts, ratio))
    carries = np.zeros((p, p))

    def split(term: int) -> SlopeSplit:
        unit = 1.0 / float(scaling.scale[term])
        varies_inside = inside[term, term] > NO_VARIATION * ols[term, term]
        varies_between = ols[term, term] > NO_VARIATION * inside[term, term]
        own = inside[term, p] / inside[term, term] if varies_inside else 0.0
        of_ols, of_mixed = (
            each[term, p] / each[term, term] if varies_between else own for each in (ols, mixed)
        )
        within_part = float(inside[term, term]) if varies_inside else 0.0
        parts = [float(each[term, term]) if varies_between else 0.0 for each in (ols, mixed)]
        lambda_ols, lambda_mixed = (within_part / (within_part + part) for part in parts)
        # 1 − λ from its own quotient: near λ = 1 the difference would keep no digits.
        rest_ols, rest_mixed = (part / (within_part + part) for part in parts)
        products = inside[term, :p] + mixed[term, :p]
        # A dummy's coefficient is a level where all other columns are 0, not at their origins.
        far = constant[term] * moments.origin[:p]
        others = [k for k in range(moments.has_intercept, p) if k != term]
        carry = -products / products[term] * unit * scaling.scale - far
        carries[term, others] = carry[others]
        carried = carry * moved / scaling.scale
        return SlopeSplit(
            term=names[term],
            lambda_ols=lambda_ols,
            lambda_mixed=lambda_mixed,
            within=float(start[term] + own * unit) if varies_inside else None,
            between_ols=float(start[term] + of_ols * unit) if varies_between else None,
            between_mixed=float(start[term] + of_mixed * unit) if varies_between else None,
            mix_shift=float((rest_ols - rest_mixed) * (own - of_ols) * unit),
            reweighting=float(rest_mixed * (of_mixed - of_ols) * unit),
            carried={names[k]: float(carried[k]) for k in others},
        )

    splits = tuple(None if moments.has_intercept and k == 0 else split(k) for k in range(p))
    return splits, carries


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
    return slope_splits(dial, ratio)[1]


@dataclass(frozen=True)
class SlopePath:
    """The only slope of a model along the dial; ``...`` is the shape of the ratios.

    At each ratio, slope = λ · within + (1 − λ) · between. Slopes are in outcome units per unit of
    the predictor.

    Attributes
    ----------
    ratio
        The variance ratio ρ, shape (...).
    within_spread
        S_w: squares of the predictor about the cluster means, summed.
    between_spread
        S_b(ω) = Σ ω_j (x̄_j − x̃)² about the weighted mean x̃, shape (...).
    within
        Slope inside clusters.
    between
        Slope through the cluster means, weighted by ω_j(ρ), shape (...).
    intercept
        The intercept that belongs to the slope, shape (...), in outcome units.
    """

    ratio: FloatArray
    within_spread: float
    between_spread: FloatArray
    within: float
    between: FloatArray
    intercept: FloatArray

    @property
    def share(self) -> FloatArray:
        """λ = S_w / (S_w + S_b): the share of comparisons within clusters, shape (...)."""
        return np.asarray(self.within_spread / (self.within_spread + self.between_spread))

    @property
    def share_between(self) -> FloatArray:
        """1 − λ, with all its digits where λ is near 1, shape (...)."""
        return np.asarray(self.between_spread / (self.within_spread + self.between_spread))

    @property
    def slope(self) -> FloatArray:
        """The slope at each ratio, shape (...)."""
        return np.asarray(self.within + self.leftover)

    @property
    def leftover(self) -> FloatArray:
        """What is left of the gap between the two slopes, (1 − λ)(between − within), shape (...).

        If the predictor is confounded with the clusters, this is the bias for the within effect.
        """
        return np.asarray(self.share_between * (self.between - self.within))


def slope_path(dial: Dial, ratio: ArrayLike) -> SlopePath | None:
    """Follow the slope of a model with an intercept and one predictor along the dial.

    Parameters
    ----------
    dial
        Generalised least squares on the moments of the model.
    ratio
        Finite variance ratios ρ ≥ 0 of any shape.

    Returns
    -------
    SlopePath or None
        None for any other model, and where the predictor does not vary both within clusters and
        between them.
    """
    moments = dial.moments
    if not moments.has_intercept or len(moments.names) != 2:
        return None
    rho = np.asarray(ratio, dtype=np.float64)
    weights = cluster_weights(moments.counts, rho[..., None])
    x, residual = dial.cluster_means[:, 1], dial.cluster_means[:, 2]
    inside = dial.scaling.residual_map.T @ moments.within @ dial.scaling.residual_map
    centre = (weights @ x / weights.sum(axis=-1))[..., None]
    spread = np.sum(weights * (x - centre) ** 2, axis=-1)
    largest = float(np.max(moments.counts @ (x - x.mean()) ** 2))
    if min(inside[1, 1], largest) <= NO_VARIATION * max(inside[1, 1], largest):
        return None
    unit = 1.0 / float(dial.scaling.scale[1])
    start = float(dial.scaling.effects(np.zeros(2))[1])
    product = np.sum(weights * (x - centre) * residual, axis=-1)
    return SlopePath(
        ratio=rho,
        within_spread=float(inside[1, 1]) / unit**2,
        between_spread=np.asarray(spread / unit**2),
        within=start + float(inside[1, 2] / inside[1, 1]) * unit,
        between=np.asarray(start + product / spread * unit),
        intercept=dial.at(rho).fixed_effects[..., 0],
    )


def within_shares(moments: Moments, term: int) -> FloatArray:
    """Return each cluster's share of a predictor's variation within clusters, shape (J,).

    These are the weights that the clusters have in the within slope.

    Parameters
    ----------
    moments
        Moments of the columns X and the outcome in J clusters.
    term
        Position of the predictor among the columns, one that varies within clusters.
    """
    squares = moments.scatter[:, term, term]
    return np.asarray(squares / squares.sum())
