"""The ledger: what each cluster does to each coefficient between OLS and the mixed model.

At the OLS line the clusters' pulls on a coefficient cancel. The mixed model keeps the same
distances but changes the weights, so the pulls no longer cancel: the coefficient moves by their
sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from engine.comparison import Comparison
from engine.data.moments import FloatArray, IntArray, Moments
from engine.models.dial import cluster_weights, shrinkage_factors
from engine.models.mixed.model import MixedModel
from engine.models.scaling import Scaling

# A movement smaller than this share of an OLS standard error is rounding error.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Ledger:
    """The difference β̂_mixed − β̂_OLS, cluster by cluster, in the units of the coefficients.

    Attributes
    ----------
    names
        The p term names, as R writes them.
    levels
        The J cluster labels.
    rows
        Rows in each cluster n_j, shape (J,).
    distance
        How far each cluster sits from the OLS line: its mean OLS residual r̄_j, shape (J,).
    weight_ols, weight_mixed
        Each cluster mean's share of the weight, n_j / N and ω_j / Σω, shape (J,).
        ``weight_mixed`` is None where slopes vary too, because a cluster then has no single
        weight.
    difference
        β̂_mixed − β̂_OLS, shape (p,).
    contributions
        Change of each cluster's pull, A(ρ̂)⁻¹ X_jᵀV_j⁻¹r_j − (XᵀX)⁻¹ X_jᵀr_j, shape (J, p): the
        distances of its rows from the OLS line times the weight they gain. Columns add up to
        ``difference``.
    by_cluster
        A(ρ̂)⁻¹ X_jᵀ (V_j⁻¹ − I) r_j, shape (J, p). For a random intercept this is
        −A(ρ̂)⁻¹ (n_j − ω_j) x̄_j r̄_j, the distance of the cluster's mean times the rows it loses.
        Columns add up to ``difference`` as well, but with large clusters the entries are
        hundreds of times larger than their sum and cancel. ``contributions`` do not: they are
        of the size of the movement itself.
    """

    names: tuple[str, ...]
    levels: Sequence[str]
    rows: IntArray
    distance: FloatArray
    weight_ols: FloatArray
    weight_mixed: FloatArray | None
    difference: FloatArray
    contributions: FloatArray
    by_cluster: FloatArray

    def to_frame(self) -> pd.DataFrame:
        """Return the ledger as a data frame.

        Returns
        -------
        pandas.DataFrame
            One row per cluster and term, cluster by cluster, with the columns ``cluster``,
            ``term``, ``rows``, ``distance``, ``weight_ols``, ``weight_mixed`` (NaN where slopes
            vary), ``contribution`` and ``by_cluster``.
        """
        size, p = self.by_cluster.shape
        return pd.DataFrame(
            {
                "cluster": np.repeat(self.levels, p),
                "term": np.tile(self.names, size),
                "rows": np.repeat(self.rows, p),
                "distance": np.repeat(self.distance, p),
                "weight_ols": np.repeat(self.weight_ols, p),
                "weight_mixed": np.nan
                if self.weight_mixed is None
                else np.repeat(self.weight_mixed, p),
                "contribution": self.contributions.ravel(),
                "by_cluster": self.by_cluster.ravel(),
            }
        )


def ledger(comparison: Comparison) -> Ledger:
    """Account for the movement of the estimates from OLS to the mixed model, cluster by cluster.

    Parameters
    ----------
    comparison
        Both fits.

    Returns
    -------
    Ledger
        That of `intercept_ledger` or, where slopes vary too, of `slopes_ledger`.
    """
    if comparison.mixed.random_intercept_only:
        return intercept_ledger(comparison.moments, comparison.mixed.variance_ratio)
    return slopes_ledger(comparison.model, comparison.mixed.theta)


def intercept_ledger(moments: Moments, ratio: float) -> Ledger:
    """Account for the movement of the estimates from ρ = 0 (OLS) to the variance ratio ``ratio``.

    Parameters
    ----------
    moments
        Moments of the p fixed-effects columns and the outcome in J clusters.
    ratio
        Variance ratio ρ = τ²/σ², at least 0.

    Returns
    -------
    Ledger
        One entry per cluster and coefficient, in the units of the coefficients.

    Notes
    -----
    Let V_j = I + ρ11ᵀ and let r_j be the OLS residuals. Then
    β̂(ρ) − β̂(0) = A(ρ)⁻¹ Σ X_jᵀV_j⁻¹r_j. Because Σ X_jᵀr_j = 0, any fixed matrix times X_jᵀr_j can
    be subtracted from each cluster's term: (XᵀX)⁻¹ gives ``contributions``, and A(ρ)⁻¹, which
    leaves only the cluster means, gives ``by_cluster``. At ρ = 0 every entry is exactly 0.

    A cluster's pull at OLS, u_j = (XᵀX)⁻¹X_jᵀr_j, links the two: contribution = by_cluster
    + A(ρ)⁻¹ Σ_i(n_i − ω_i)x̄_ix̄_iᵀ u_j. This form keeps its digits where the weights hardly
    change; the difference of two pulls keeps them where the weights change much.
    """
    p = len(moments.names)
    scaling = Scaling(moments)
    counts = moments.counts.astype(np.float64)
    weights = cluster_weights(counts, ratio)
    lost = counts * shrinkage_factors(counts, ratio)
    means = moments.means @ scaling.residual_map
    within = (scaling.residual_map.T @ moments.within @ scaling.residual_map)[:p, :p]
    inside = moments.products(scaling.residual_map[:, p]) @ scaling.residual_map[:, :p]
    predictors, residual = means[:, :p], means[:, p]

    ols = _inverse(within + (predictors.T * counts) @ predictors)
    mixed = _inverse(within + (predictors.T * weights) @ predictors)
    pull = (inside + (counts * residual)[:, None] * predictors) @ ols
    by_cluster = -(lost * residual)[:, None] * predictors @ mixed
    if ratio * counts.max() < 1.0:
        contributions = by_cluster + pull @ ((predictors.T * lost) @ predictors @ mixed)
    else:
        scores = inside + (weights * residual)[:, None] * predictors
        contributions = scores @ mixed - pull
    return Ledger(
        names=moments.names,
        levels=moments.levels,
        rows=moments.counts,
        distance=residual,
        weight_ols=counts / counts.sum(),
        weight_mixed=weights / weights.sum(),
        difference=scaling.to_units @ contributions.sum(axis=0),
        contributions=contributions @ scaling.to_units.T,
        by_cluster=by_cluster @ scaling.to_units.T,
    )


def slopes_ledger(model: MixedModel, theta: ArrayLike) -> Ledger:
    """Account for the movement of the estimates from OLS to the mixed model at θ.

    Parameters
    ----------
    model
        The mixed model of p fixed effects in J clusters.
    theta
        Its covariance parameters θ, in lme4's order.

    Returns
    -------
    Ledger
        One entry per cluster and coefficient, in the units of the coefficients;
        ``weight_mixed`` is None.

    Notes
    -----
    Because Σ X_jᵀr_j = 0 at the OLS line, any fixed matrix times X_jᵀr_j can be subtracted from
    each cluster's term, as in `intercept_ledger`. With L = Σ X_jᵀ (I − V_j⁻¹) X_j and the pull
    u_j = (XᵀX)⁻¹ X_jᵀr_j, contribution = by_cluster + A⁻¹ L u_j. This form keeps its digits where
    the weights hardly change; the difference of two pulls keeps them where they change much.
    """
    p = len(model.fixed)
    factor = model.scaled_factor(theta)
    solution = model.solve(factor)
    mixed = solution.inverse
    scaling = model.scaling
    moments = scaling.moments
    means = moments.means @ scaling.residual_map
    scatter = scaling.residual_map.T @ moments.scatter @ scaling.residual_map
    scores = scatter[:, :p, p] + (moments.counts * means[:, p])[:, None] * means[:, :p]
    gram = scatter[:, :p, :p].sum(axis=0) + (means[:, :p].T * moments.counts) @ means[:, :p]

    lost = np.einsum("abj,bxj->axj", model.clusters.whiten(factor).lost, model.clusters.coupled)
    lost_scores = np.einsum("axj,aj->jx", lost[:, :p], lost[:, p])
    lost_gram = np.tensordot(lost[:, :p], lost[:, :p], axes=([0, 2], [0, 2]))
    by_cluster = -lost_scores @ mixed
    pull = np.linalg.solve(gram, scores.T).T
    if np.trace(mixed @ lost_gram) < 1.0:
        contributions = by_cluster + pull @ lost_gram @ mixed
    else:
        contributions = (scores - lost_scores) @ mixed - pull
    return Ledger(
        names=model.fixed,
        levels=moments.levels,
        rows=moments.counts,
        distance=means[:, p],
        weight_ols=moments.counts / moments.rows,
        weight_mixed=None,
        # Where residuals are small beside the clusters' own lines, the entries cancel.
        difference=scaling.to_units @ solution.shift,
        contributions=contributions @ scaling.to_units.T,
        by_cluster=by_cluster @ scaling.to_units.T,
    )


def is_moved(account: Ledger, term: int, standard_error: float) -> bool:
    """Return whether any cluster moves a coefficient by more than rounding error.

    Parameters
    ----------
    account
        The ledger of p coefficients.
    term
        Position of the coefficient, from 0 to p − 1.
    standard_error
        Its OLS standard error, the yardstick: contributions below `ROUNDING` times this do not
        count.
    """
    largest = float(np.abs(account.contributions[:, term]).max())
    return largest > ROUNDING * standard_error


def largest(account: Ledger, term: int, most: int) -> tuple[list[int], list[float]]:
    """Return the clusters that move a coefficient most, and what they and all others bring.

    Parameters
    ----------
    account
        The ledger of p coefficients.
    term
        Position of the coefficient, from 0 to p − 1.
    most
        How many clusters to return at most. A single one left over is returned too, since adding
        it up with others would save nothing.

    Returns
    -------
    list of int, list of float
        Their positions, the largest contribution first; and their contributions, followed by the
        sum of those of all other clusters, if there are any.
    """
    moves = account.contributions[:, term]
    order = np.argsort(-np.abs(moves), kind="stable")
    named = order if len(order) <= most + 1 else order[:most]
    parts = moves[named].tolist()
    if len(order) > len(named):
        parts.append(float(moves[order[len(named) :]].sum()))
    return named.tolist(), parts


def _inverse(gram: FloatArray) -> FloatArray:
    # Equilibrate first: at large ratios the intercept's entry is tiny beside the slopes'.
    unit = np.sqrt(np.diag(gram))
    return np.asarray(np.linalg.inv(gram / np.outer(unit, unit)) / np.outer(unit, unit))
