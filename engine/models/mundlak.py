"""Mundlak's model: adding cluster means as predictors removes the between part from the slopes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtrc

from engine.data.moments import FloatArray, Moments
from engine.models.dial import Dial
from engine.models.mixed.intercept_fit import fit_random_intercept
from engine.models.mixed.results import MixedFit
from engine.models.within import varies_within


@dataclass(frozen=True)
class MundlakFit:
    """The mixed model with cluster means added, and its contextual effects.

    Attributes
    ----------
    moments
        Moments of the model's columns with the cluster means among them.
    mixed
        The fit. The slopes of predictors that vary within clusters are their within estimates.
    terms
        The k predictors whose cluster means were added, in the model's order.
    contextual_effects, standard_errors
        Between minus within effects and their standard errors, shape (k,), in outcome units per
        unit of the predictor. A contextual effect is what one unit of the cluster's mean adds
        to one unit of a row's own value.
    statistic, degrees_of_freedom, p_value
        Wald test that all contextual effects are 0: the chi-squared statistic, its k degrees of
        freedom, and its p-value.
    """

    moments: Moments
    mixed: MixedFit
    terms: tuple[str, ...]
    contextual_effects: FloatArray
    standard_errors: FloatArray
    statistic: float
    degrees_of_freedom: int
    p_value: float


def mundlak(moments: Moments) -> MundlakFit | None:
    """Fit Mundlak's model by REML.

    Parameters
    ----------
    moments
        Moments of p linearly independent columns X and the outcome.

    Returns
    -------
    MundlakFit or None
        None when no predictor varies both within and between clusters.

    Raises
    ------
    FitError
        The variance ratio of the larger model is not identified, as in `fit_random_intercept`.

    Notes
    -----
    Mundlak (1978), Econometrica 46:69–85. In R: ``lmer(y ~ x + ave(x, g) + (1 | g))``. Cluster
    means are of columns of X: of dummies and of products, not of the variables behind them.
    """
    p = len(moments.names)
    varying = varies_within(moments)
    augmented = _with_cluster_means(moments, varying)
    kept = augmented.independent_columns()
    added = [k for k in kept if k >= p]
    if not added:
        return None
    larger = augmented.select(kept)
    mixed = fit_random_intercept(Dial(larger))
    places = [kept.index(k) for k in added]
    effects = mixed.estimates[places]
    covariance = mixed.covariance[np.ix_(places, places)]
    errors = np.sqrt(np.diag(covariance))
    z_values = effects / errors
    correlation = covariance / np.outer(errors, errors)
    statistic = float(z_values @ np.linalg.solve(correlation, z_values))
    return MundlakFit(
        moments=larger,
        mixed=mixed,
        terms=tuple(moments.names[varying[k - p]] for k in added),
        contextual_effects=effects,
        standard_errors=errors,
        statistic=statistic,
        degrees_of_freedom=len(added),
        p_value=float(chdtrc(len(added), statistic)),
    )


def means_are_in_the_model(moments: Moments) -> bool:
    """Return whether the cluster means of all columns are combinations of the columns.

    Parameters
    ----------
    moments
        Moments of p linearly independent columns X and the outcome.
    """
    p = len(moments.names)
    augmented = _with_cluster_means(moments, list(range(p)))
    return all(k < p for k in augmented.independent_columns())


def with_cluster_columns(moments: Moments, values: FloatArray, names: tuple[str, ...]) -> Moments:
    """Append columns to X that do not vary within clusters.

    Parameters
    ----------
    moments
        Moments of p columns X and the outcome in J clusters.
    values
        The value of each of the m columns in each cluster, less its ``origin`` 0, shape (J, m).
    names
        Their names.

    Returns
    -------
    Moments
        Those of the p + m columns.
    """
    p, m = len(moments.names), len(names)
    # Positions of the entries of X and y in the larger triangle. Entries of the new columns are 0,
    # because they do not vary within clusters.
    row, column = np.tril_indices(p + m + 1)
    added = range(p, p + m)
    old = np.flatnonzero(~np.isin(row, added) & ~np.isin(column, added))
    # In memory, the clusters of each entry are adjacent.
    triangles = np.zeros((len(row), len(moments.levels)))
    triangles[old] = moments.triangles.T
    none = np.zeros(m)
    return replace(
        moments,
        names=(*moments.names, *names),
        origin=np.concatenate([moments.origin[:p], none, moments.origin[p:]]),
        line=np.append(moments.line, none),
        means=np.hstack([moments.means[:, :p], values, moments.means[:, p:]]),
        triangles=triangles.T,
        constant=None if moments.constant is None else np.append(moments.constant, none),
    )


def _with_cluster_means(moments: Moments, columns: list[int]) -> Moments:
    """Append the cluster means of some columns of X to X."""
    names = tuple(f"mean({moments.names[k]})" for k in columns)
    larger = with_cluster_columns(moments, moments.means[:, columns], names)
    p = len(moments.names)
    origin = larger.origin.copy()
    origin[p : p + len(columns)] = moments.origin[columns]
    return replace(larger, origin=origin)
