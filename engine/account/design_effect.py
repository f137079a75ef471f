"""How many independent rows clustered rows are worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from engine.data.moments import IntArray
from engine.models.dial import cluster_weights


@dataclass(frozen=True)
class DesignEffect:
    """Design effects and effective sample sizes of a mean at a given variance ratio.

    Attributes
    ----------
    icc
        Intraclass correlation ρ / (1 + ρ).
    of_row_mean
        Design effect of the mean of all rows: its variance over that of the mean of N independent
        rows, 1 + (Σ n_j² / N − 1)·icc.
    of_weighted_mean
        Design effect of the mixed model's mean, whose weights are ω_j; never larger.
    rows_of_row_mean
        Effective sample size of the mean of all rows, N / ``of_row_mean``.
    rows_of_weighted_mean
        Effective sample size of the mixed model's mean, N / ``of_weighted_mean``, which is
        Σ n_j / (1 + (n_j − 1)·icc).
    """

    icc: float
    of_row_mean: float
    of_weighted_mean: float
    rows_of_row_mean: float
    rows_of_weighted_mean: float


def design_effect(counts: IntArray, ratio: float) -> DesignEffect:
    """Return the design effects for clusters of any sizes at variance ratio ρ.

    Parameters
    ----------
    counts
        Rows in each cluster, shape (J,).
    ratio
        Variance ratio ρ = τ²/σ², at least 0.

    Returns
    -------
    DesignEffect
        Design effects and effective sample sizes, in rows.

    Notes
    -----
    Row mean: Kish (1965), *Survey Sampling*, with the row-weighted mean size Σ n_j² / N for
    clusters of unequal sizes (Donner, Birkett & Buck 1981, Am. J. Epidemiology 114:906–914).
    Weighted mean: its variance is σ²/Σω_j, against (σ² + τ²)/N for independent rows (Faes et al.
    2009, The American Statistician 63:389–399). If all clusters have the same size m, both are
    1 + (m − 1)·icc. All this holds for a mean; the design effect of a slope depends on the
    predictor.
    """
    sizes = counts.astype(np.float64)
    rows = float(sizes.sum())
    icc = ratio / (1.0 + ratio)
    effective = (1.0 + ratio) * float(cluster_weights(sizes, ratio).sum())
    of_row_mean = 1.0 + (float(sizes @ sizes) / rows - 1.0) * icc
    return DesignEffect(
        icc=icc,
        of_row_mean=of_row_mean,
        of_weighted_mean=rows / effective,
        rows_of_row_mean=rows / of_row_mean,
        rows_of_weighted_mean=effective,
    )


def error_rate(effect: float, level: float = 0.05) -> float:
    """Return how often a test errs that takes clustered rows for independent ones.

    Parameters
    ----------
    effect
        Design effect: the true variance of the estimate over the variance that the test believes.
    level
        The rate at which the test means to reject a true null hypothesis.

    Returns
    -------
    float
        The rate at which it does, in samples large enough for the normal distribution.

    Examples
    --------
    >>> round(error_rate(1.0 + 49 * 0.01), 2)
    0.11
    """
    return float(2.0 * ndtr(ndtri(level / 2.0) / effect**0.5))
