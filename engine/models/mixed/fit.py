"""Fits mixed models with random slopes, and reports them as lme4's ``lmer`` does."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engine.models.mixed.identified import check_residual
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.model import MixedModel
from engine.models.mixed.optimum import best_factor
from engine.models.mixed.results import MixedFit, RandomEffects, VarianceComponent


def fit_mixed_model(model: MixedModel, likelihood: Likelihood = Likelihood.REML) -> MixedFit:
    """Fit a mixed model with any random terms of one grouping factor.

    Parameters
    ----------
    model
        The model and its data.
    likelihood
        REML or maximum likelihood.

    Returns
    -------
    MixedFit

    Raises
    ------
    FitError
        The covariance parameters are not identified on these data.
    """
    factor = best_factor(model, likelihood)
    solution = model.solve(factor)
    check_residual(solution.residual_sum)
    rows = model.moments.rows
    residual = solution.residual_sum / likelihood.degrees(rows, len(model.fixed))
    estimates = model.scaling.effects(solution.shift)
    covariance = residual * model.scaling.covariance(solution.inverse)
    theta = model.theta(factor)
    relative = model.terms.pattern.matrix(theta)
    return MixedFit(
        likelihood=likelihood,
        names=model.fixed,
        estimates=estimates,
        covariance=covariance,
        degrees_of_freedom=np.full(len(estimates), np.nan),
        theta=theta,
        components=tuple(
            VarianceComponent(term, residual * relative[block, block] @ relative[block, block].T)
            for term, block in zip(model.random, model.terms.blocks, strict=True)
        ),
        residual_variance=residual,
        criterion=model.value(solution, likelihood),
        singular=not np.diag(factor).all(),
        rows=rows,
    )


def random_effects(model: MixedModel, fit: MixedFit) -> RandomEffects:
    """Predict the random effects of every cluster.

    Parameters
    ----------
    model
        The model and its data.
    fit
        A fit of this model.

    Returns
    -------
    RandomEffects
        The conditional modes and their covariances, as lme4's ``ranef`` returns them.
    """
    return effects_at(model, fit.theta, fit.residual_variance)


def effects_at(model: MixedModel, theta: ArrayLike, residual_variance: float) -> RandomEffects:
    """Predict the random effects at any covariance parameters.

    Parameters
    ----------
    model
        The model and its data.
    theta
        Covariance parameters θ in lme4's order.
    residual_variance
        σ², in squared outcome units, which only the covariances depend on.

    Returns
    -------
    RandomEffects
        The conditional modes, given the fixed effects at θ, and their covariances.
    """
    factor = model.scaled_factor(theta)
    solution = model.solve(factor)
    whitened = model.clusters.whiten(factor)
    root = np.einsum("abj,bcj->acj", whitened.kept, model.clusters.root)
    coupled = model.clusters.coupled
    apart = coupled[:, -1] - np.einsum("bxj,x->bj", coupled[:, :-1], solution.shift)
    residuals = np.einsum("abj,bj->aj", whitened.kept, apart)
    scores = np.einsum("acj,aj->jc", root, residuals)
    in_units = np.linalg.solve(model.random_scaling.to_scaled, factor)
    # Given y, the standardised effects of a cluster have covariance σ² (CᵀC)⁻¹.
    half = in_units @ np.linalg.inv(np.moveaxis(whitened.triangle, -1, 0))
    return RandomEffects(
        levels=model.moments.levels,
        names=model.terms.names,
        effects=scores @ factor @ in_units.T,
        covariances=residual_variance * half @ np.swapaxes(half, 1, 2),
    )
