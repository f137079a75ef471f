"""The mixed model's results, as lme4's ``lmer`` reports them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.data.formula.terms import INTERCEPT
from engine.data.moments import FloatArray, IntArray
from engine.display import digits, effects, listed, plural
from engine.errors import FitError
from engine.models.estimates import Estimates
from engine.models.mixed.likelihood import Likelihood


@dataclass(frozen=True)
class VarianceComponent:
    """How the effects of one random term vary among clusters.

    Attributes
    ----------
    names
        The term's effects, in order.
    covariance
        Their covariance matrix σ̂² Λ Λᵀ, in squared outcome units per units of the columns.
    """

    names: tuple[str, ...]
    covariance: FloatArray

    @property
    def sds(self) -> FloatArray:
        """Standard deviations, one per effect."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def correlations(self) -> FloatArray:
        """Correlation matrix; NaN where a standard deviation is zero, as in R."""
        sds = self.sds
        with np.errstate(invalid="ignore"):
            return np.asarray(self.covariance / np.outer(sds, sds))


@dataclass(frozen=True)
class MixedFit(Estimates):
    """A mixed model at the optimum of its criterion.

    The estimates are the fixed effects and their covariance σ̂² A(θ̂)⁻¹, without degrees of
    freedom; see `engine.inference` for those.

    Attributes
    ----------
    likelihood
        REML or maximum likelihood.
    theta
        Lower triangles of the relative covariance factor Λ, in lme4's order.
    components
        One per random term.
    residual_variance
        σ̂², in squared outcome units.
    criterion
        The REML criterion, or the deviance, at θ̂.
    singular
        Whether the estimate lies on the boundary: an effect, or a combination of effects
        (a correlation of ±1), that does not vary among clusters.
    rows
        Number of rows N.
    """

    likelihood: Likelihood
    theta: FloatArray
    components: tuple[VarianceComponent, ...]
    residual_variance: float
    criterion: float
    singular: bool
    rows: int

    def __repr__(self) -> str:
        return (
            f"<MixedFit of {plural(self.rows, 'row')} by {self.likelihood.value}: "
            f"{effects(self.names, self.estimates)}; "
            f"residual variance {digits(self.residual_variance)}>"
        )

    @property
    def random_intercept_only(self) -> bool:
        """Whether clusters differ in their intercepts alone, so that τ² says it all."""
        return [component.names for component in self.components] == [(INTERCEPT,)]

    @property
    def between_variance(self) -> float:
        """τ̂², in squared outcome units.

        Raises
        ------
        FitError
            When slopes vary too: the variance between clusters then depends on the predictor.
        """
        if not self.random_intercept_only:
            raise FitError(
                "With random slopes the variance between clusters depends on the predictor; "
                "there is no single between-cluster variance. Look at the variance components."
            )
        return float(self.components[0].covariance[0, 0])

    @property
    def between_sd(self) -> float:
        """τ̂, in outcome units."""
        return float(np.sqrt(self.between_variance))

    @property
    def variance_ratio(self) -> float:
        """ρ̂ = τ̂²/σ̂²."""
        return self.between_variance / self.residual_variance

    @property
    def relative_sd(self) -> float:
        """θ̂ = √ρ̂, lme4's parameter."""
        return float(np.sqrt(self.variance_ratio))

    @property
    def icc(self) -> float:
        """Intraclass correlation τ̂² / (τ̂² + σ̂²)."""
        return self.between_variance / (self.between_variance + self.residual_variance)

    @property
    def residual_sd(self) -> float:
        """σ̂, in outcome units."""
        return float(np.sqrt(self.residual_variance))

    @property
    def parameters(self) -> int:
        """Number of parameters: fixed effects, θ and σ."""
        return len(self.names) + len(self.theta) + 1

    @property
    def aic(self) -> float:
        """Akaike's criterion, as R counts it: the criterion + 2 · parameters."""
        return self.criterion + 2.0 * self.parameters

    @property
    def bic(self) -> float:
        """Schwarz's criterion, as R counts it: the criterion + log N · parameters."""
        return self.criterion + float(np.log(self.rows)) * self.parameters


@dataclass(frozen=True)
class RandomEffects:
    """What each cluster adds to the fixed effects.

    Attributes
    ----------
    levels
        The J cluster labels.
    names
        The q random effects.
    effects
        Their predictions b̂_j = Λ Λᵀ Z_jᵀ V_j⁻¹ (y_j − X_j β̂), shape (J, q).
    covariances
        Their covariance given y and β̂, shape (J, q, q).
    """

    levels: Sequence[str]
    names: tuple[str, ...]
    effects: FloatArray
    covariances: FloatArray

    def __repr__(self) -> str:
        clusters = plural(len(self.levels), "cluster")
        return f"<RandomEffects of {clusters}: {listed(self.names, len(self.names))}>"

    @property
    def sds(self) -> FloatArray:
        """Conditional standard deviations, shape (J, q)."""
        return np.asarray(np.sqrt(np.diagonal(self.covariances, axis1=1, axis2=2)))


@dataclass(frozen=True)
class ClusterTable:
    """What each cluster says by itself, and where a random-intercept model puts it.

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

    levels: Sequence[str]
    rows: IntArray
    means: FloatArray
    no_pooling: FloatArray
    shrunken: FloatArray
    own_effects: FloatArray
    shrinkage: FloatArray
    effects: FloatArray
    effect_sds: FloatArray

    def __repr__(self) -> str:
        return f"<ClusterTable of {plural(len(self.levels), 'cluster')}>"

    def as_random_effects(self) -> RandomEffects:
        """Return the intercepts in the form that holds slopes too."""
        return RandomEffects(
            levels=self.levels,
            names=(INTERCEPT,),
            effects=self.effects[:, None],
            covariances=(self.effect_sds**2)[:, None, None],
        )
