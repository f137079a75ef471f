"""The random-intercept model by REML, as lme4's ``lmer`` reports it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data.moments import FloatArray, IntArray
from engine.models.dial import Dial, shrinkage_factors
from engine.models.reml import reml_criterion, reml_ratio


@dataclass(frozen=True)
class MixedFit:
    """The mixed model at its REML optimum.

    Attributes
    ----------
    names
        Term names, as R writes them.
    estimates, standard_errors, t_values
        One per term, shape (p,); estimates in outcome units per unit of the predictor.
    covariance
        σ̂² A(ρ̂)⁻¹, shape (p, p).
    variance_ratio
        ρ̂ = τ̂²/σ̂².
    between_variance, residual_variance
        τ̂² and σ̂², in squared outcome units.
    criterion
        The REML criterion at ρ̂.
    singular
        Whether the estimate lies on the boundary τ̂² = 0.
    """

    names: tuple[str, ...]
    estimates: FloatArray
    standard_errors: FloatArray
    t_values: FloatArray
    covariance: FloatArray
    variance_ratio: float
    between_variance: float
    residual_variance: float
    criterion: float
    singular: bool

    @property
    def relative_sd(self) -> float:
        """θ̂ = √ρ̂, lme4's parameter."""
        return float(np.sqrt(self.variance_ratio))

    @property
    def between_sd(self) -> float:
        """τ̂, in outcome units."""
        return float(np.sqrt(self.between_variance))

    @property
    def residual_sd(self) -> float:
        """σ̂, in outcome units."""
        return float(np.sqrt(self.residual_variance))

    @property
    def icc(self) -> float:
        """Intraclass correlation τ̂² / (τ̂² + σ̂²)."""
        return self.between_variance / (self.between_variance + self.residual_variance)


@dataclass(frozen=True)
class ClusterTable:
    """What each cluster says by itself, and where the mixed model puts it.

    Intercepts are at the mixed model's slopes and at the predictors' zero, so that
    ``shrunken − pooled = shrinkage × (no_pooling − pooled)`` holds exactly, ``pooled`` being
    the mixed model's intercept (0 in a formula without one).

    Attributes
    ----------
    levels
        The J cluster labels.
    rows
        Rows in each cluster, shape (J,).
    means
        Raw mean of the outcome, shape (J,).
    no_pooling
        The cluster's own intercept, shape (J,).
    shrunken
        The mixed model's intercept for the cluster, shape (J,).
    own_effects
        How far the cluster's own intercept lies from the pooled one, shape (J,).
    shrinkage
        s_j = n_j ρ̂ / (1 + n_j ρ̂), shape (J,): 0 complete pooling, 1 no pooling.
    effects, effect_sds
        Predicted random intercept b̂_j and its conditional standard deviation
        √(τ̂²(1 − s_j)), shape (J,).
    """

    levels: tuple[str, ...]
    rows: IntArray
    means: FloatArray
    no_pooling: FloatArray
    shrunken: FloatArray
    own_effects: FloatArray
    shrinkage: FloatArray
    effects: FloatArray
    effect_sds: FloatArray


def fit_mixed(dial: Dial) -> tuple[MixedFit, ClusterTable]:
    """Fit the random-intercept model by REML.

    Raises
    ------
    FitError
        When the variance ratio is not identified; see `reml_ratio`.
    """
    moments = dial.moments
    ratio = reml_ratio(dial)
    point = dial.at(ratio)
    residual = float(point.residual_sum) / (moments.rows - len(moments.names))
    covariance = residual * dial.covariance(point)
    errors = np.sqrt(np.diag(covariance))
    fit = MixedFit(
        names=moments.names,
        estimates=point.fixed_effects,
        standard_errors=errors,
        t_values=point.fixed_effects / errors,
        covariance=covariance,
        variance_ratio=ratio,
        between_variance=ratio * residual,
        residual_variance=residual,
        criterion=float(reml_criterion(dial, ratio)),
        singular=ratio == 0.0,
    )
    own = dial.mean_residuals(point)
    shrinkage = shrinkage_factors(moments.counts, ratio)
    pooled = float(fit.estimates[0]) if moments.has_intercept else 0.0
    clusters = ClusterTable(
        levels=moments.levels,
        rows=moments.counts,
        means=moments.outcome_means,
        no_pooling=pooled + own,
        shrunken=pooled + shrinkage * own,
        own_effects=own,
        shrinkage=shrinkage,
        effects=shrinkage * own,
        effect_sds=np.sqrt(fit.between_variance * (1.0 - shrinkage)),
    )
    return fit, clusters
