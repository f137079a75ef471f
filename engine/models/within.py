"""The within estimate: the slopes from comparisons within clusters alone.

Econometricians call it the fixed-effects or dummy-variable estimate. It is the limit of the dial
as ρ → ∞.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data.moments import FloatArray, Moments
from engine.data.tolerances import NO_VARIATION
from engine.errors import FitError
from engine.models.estimates import Estimates


@dataclass(frozen=True)
class WithinFit(Estimates):
    """Regression of the outcome on the predictors, with a separate intercept for each cluster.

    Its terms are those identified within clusters, in the order of the model. The covariance is
    s²W⁻¹, where W are the cross-products within clusters.

    Attributes
    ----------
    residual_variance
        s² = RSS / (N − J − rank W), in squared outcome units.
    residual_df
        Residual degrees of freedom N − J − rank W.
    """

    residual_variance: float
    residual_df: int


def varies_within(moments: Moments) -> list[int]:
    """Return the positions of the columns of X that vary within clusters.

    Parameters
    ----------
    moments
        Moments of the columns X.
    """
    p = len(moments.names)
    inside = np.diag(moments.within)[:p]
    centre = moments.counts @ moments.means / moments.rows
    overall = np.diag(moments.total)[:p]
    if moments.constant is not None:
        overall = overall - moments.rows * centre[:p] ** 2
    return [k for k in range(p) if inside[k] > max(NO_VARIATION * overall[k], 0.0)]


def rank_within(moments: Moments) -> int:
    """Return the rank of W: how many independent combinations of X vary within clusters.

    Parameters
    ----------
    moments
        Moments of the columns X.
    """
    varying = varies_within(moments)
    values = np.linalg.eigvalsh(_inside(moments, varying)[0])
    return int(np.count_nonzero(values > NO_VARIATION * max(len(varying), 1)))


def _inside(moments: Moments, varying: list[int]) -> tuple[FloatArray, FloatArray]:
    """Return W of the varying columns, scaled to unit diagonal, and the scales of the columns."""
    scale = np.sqrt(np.diag(moments.within)[varying])
    return moments.within[np.ix_(varying, varying)] / np.outer(scale, scale), scale


def within_estimate(moments: Moments) -> WithinFit:
    """Fit the within regression on the terms it identifies.

    A term is left out when it is constant within every cluster, or when it is a combination of
    other terms there, so that its own effect is not identified.

    Parameters
    ----------
    moments
        Moments of the columns X and the outcome.

    Returns
    -------
    WithinFit

    Raises
    ------
    FitError
        There are no more rows than clusters and slopes together.

    Notes
    -----
    Equals ``lm(y ~ x + factor(cluster))`` in R, by the Frisch–Waugh–Lovell theorem.
    """
    p = len(moments.names)
    varying = varies_within(moments)
    cross = moments.within
    gram, scale = _inside(moments, varying)
    values, vectors = np.linalg.eigh(gram)
    told = values > NO_VARIATION * max(len(varying), 1)
    degrees = moments.rows - len(moments.levels) - int(told.sum())
    if degrees <= 0:
        raise FitError(
            f"There are {moments.rows:,} rows for {len(moments.levels):,} cluster intercepts and "
            f"{int(told.sum())} slopes. The within estimate needs more rows per cluster."
        )
    inverse = (vectors[:, told] / values[told]) @ vectors[:, told].T
    right = cross[varying, p] / scale
    effects = inverse @ right
    effects += inverse @ (right - gram @ effects)
    residual_sum = cross[p, p] - 2.0 * effects @ right + effects @ gram @ effects
    identified = np.flatnonzero(np.abs(vectors[:, ~told]).max(axis=1, initial=0.0) < 1e-6)
    columns = [varying[k] for k in identified]
    units = scale[identified]
    variance = max(float(residual_sum), 0.0) / degrees
    estimates = effects[identified] / units + moments.line[columns]
    covariance = variance * inverse[np.ix_(identified, identified)] / np.outer(units, units)
    return WithinFit(
        names=tuple(moments.names[k] for k in columns),
        estimates=estimates,
        covariance=covariance,
        degrees_of_freedom=np.full(len(columns), float(degrees)),
        residual_variance=variance,
        residual_df=degrees,
    )
