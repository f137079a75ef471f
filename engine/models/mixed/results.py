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
        Names of the term's k effects, in order.
    covariance
        Their covariance matrix σ̂² Λ Λᵀ, in squared outcome units per product of the two columns'
        units, shape (k, k).
    """

    names: tuple[str, ...]
    covariance: FloatArray

    @property
    def sds(self) -> FloatArray:
        """Standard deviations, in outcome units per unit of the column, shape (k,)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def correlations(self) -> FloatArray:
        """Correlation matrix, shape (k, k); NaN where a standard deviation is zero, as in R."""
        sds = self.sds
        with np.errstate(invalid="ignore"):
            return np.asarray(self.covariance / np.outer(sds, sds))


@dataclass(frozen=True)
class MixedFit(Estimates):
    """A mixed model at the optimum of its criterion.

    The estimates are the fixed effects, with covariance σ̂² A(θ̂)⁻¹ and without degrees of
    freedom, which `engine.inference` computes.

    Attributes
    ----------
    likelihood
        REML or maximum likelihood.
    theta
        θ̂: the lower triangles of the relative covariance factor Λ, in lme4's order.
    components
        One variance component per random term.
    residual_variance
        σ̂², in squared outcome units.
    criterion
        The REML criterion, or the deviance, at θ̂.
    singular
        Whether the estimate is on the boundary: an effect, or a combination of effects (as with
        a correlation of ±1), does not vary among clusters.
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
        """Whether only intercepts vary among clusters, so that τ² is the only component."""
        return [component.names for component in self.components] == [(INTERCEPT,)]

    @property
    def between_variance(self) -> float:
        """Variance between clusters τ̂², in squared outcome units.

        Raises
        ------
        FitError
            Slopes vary too: the variance between clusters then depends on the predictor.
        """
        if not self.random_intercept_only:
            raise FitError(
                "With random slopes the variance between clusters depends on the predictor; "
                "there is no single between-cluster variance. Look at the variance components."
            )
        return float(self.components[0].covariance[0, 0])

    @property
    def between_sd(self) -> float:
        """Standard deviation between clusters τ̂, in outcome units."""
        return float(np.sqrt(self.between_variance))

    @property
    def variance_ratio(self) -> float:
        """Variance ratio ρ̂ = τ̂²/σ̂²."""
        return self.between_variance / self.residual_variance

    @property
    def relative_sd(self) -> float:
        """Relative standard deviation θ̂ = √ρ̂, lme4's parameter."""
        return float(np.sqrt(self.variance_ratio))

    @property
    def icc(self) -> float:
        """Intraclass correlation τ̂² / (τ̂² + σ̂²)."""
        return self.between_variance / (self.between_variance + self.residual_variance)

    @property
    def residual_sd(self) -> float:
        """Residual standard deviation σ̂, in outcome units."""
        return float(np.sqrt(self.residual_variance))

    @property
    def parameters(self) -> int:
        """Number of parameters: fixed effects, θ and σ."""
        return len(self.names) + len(self.theta) + 1

    @property
    def aic(self) -> float:
        """Akaike's criterion, as in R: the criterion + 2 · parameters."""
        return self.criterion + 2.0 * self.parameters

    @property
    def bic(self) -> float:
        """Schwarz's criterion, as in R: the criterion + log N · parameters."""
        return self.criterion + float(np.log(self.rows)) * self.parameters


@dataclass(frozen=True)
class RandomEffects:
    """What each cluster adds to the fixed effects.

    Attributes
    ----------
    levels
        Labels of the J clusters.
    names
        Names of the q random effects.
    effects
        Predicted random effects b̂_j = Λ Λᵀ Z_jᵀ V_j⁻¹ (y_j − X_j β̂), in outcome units per unit of
        the column, shape (J, q).
    covariances
        Covariance of each cluster's effects given y and β̂, shape (J, q, q).
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
        """Conditional standard deviations, in the units of the effects, shape (J, q)."""
        return np.asarray(np.sqrt(np.diagonal(self.covariances, axis1=1, axis2=2)))


@dataclass(frozen=True)
class ClusterTable:
    """Each cluster's own intercept beside the one a random-intercept model gives it.

    Intercepts use the mixed model's slopes and are where all predictors are zero. Therefore
    ``shrunken − pooled = shrinkage × (no_pooling − pooled)`` holds exactly, where ``pooled`` is
    the mixed model's intercept (0 in a formula without one).

    All values except rows and shrinkage factors are in outcome units.

    Attributes
    ----------
    levels
        Labels of the J clusters.
    rows
        Number of rows n_j in each cluster, shape (J,).
    means
        Mean outcome of each cluster, shape (J,).
    no_pooling
        Each cluster's own intercept, shape (J,).
    shrunken
        The mixed model's intercept for each cluster, shape (J,).
    own_effects
        Each cluster's own intercept minus the pooled one, shape (J,).
    shrinkage
        Shrinkage factors s_j = n_j ρ̂ / (1 + n_j ρ̂), shape (J,): 0 is complete pooling, 1 is no
        pooling.
    effects, effect_sds
        Predicted random intercepts b̂_j and their conditional standard deviations
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
        """Return the intercepts in the form that random slopes share, with q = 1."""
        return RandomEffects(
            levels=self.levels,
            names=(INTERCEPT,),
            effects=self.effects[:, None],
            covariances=(self.effect_sds**2)[:, None, None],
        )
