"""What the shape of the clusters' population does to a mixed model's mean, over many samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.models.dial import shrinkage_factors
from engine.simulation.many_means import (
    EffectShape,
    Samples,
    draw_samples,
    fit_samples,
    profile_coverage,
    with_outlier,
)

# Rows of each cluster: thirty clusters from 2 to 40, small ones more frequent than large ones;
# thirty of equal size, and six.
UNEVEN = np.geomspace(2, 40, 30).round().astype(int)
EVEN, FEW = np.full(30, 20), np.full(6, 20)


@dataclass(frozen=True)
class ShapeStudy:
    """How a mean and its intervals fare in many samples whose clusters have a shape.

    Attributes
    ----------
    bias, sd
        Mean of the estimated intercepts less the true one, and their standard deviation, in
        outcome units, with the sizes `UNEVEN`.
    middle
        Ends of the middle 95 % of these estimates, less the true one.
    variance_coverage
        Share of the 95 % profile intervals of τ² that hold the true one, with `EVEN`.
    coverage, few_coverage
        Share of the intercept's that do, with `EVEN` and with `FEW`.
    """

    bias: float
    sd: float
    middle: tuple[float, float]
    variance_coverage: float
    coverage: float
    few_coverage: float


def shape_study(
    shape: EffectShape, *, between_sd: float, residual_sd: float, samples: int, seed: int
) -> ShapeStudy:
    """Draw many samples from clusters of a shape, and fit the random-intercept model to each.

    Parameters
    ----------
    shape
        Population of the cluster effects.
    between_sd, residual_sd
        τ and σ, in outcome units.
    samples
        Number of samples of each design.
    seed
        Which samples are drawn.
    """

    def drawn(counts: ArrayLike) -> Samples:
        return draw_samples(
            counts,
            between_variance=between_sd**2,
            residual_variance=residual_sd**2,
            shape=shape,
            samples=samples,
            seed=seed,
        )

    intercepts = fit_samples(drawn(UNEVEN)).intercept
    low, high = np.quantile(intercepts, [0.025, 0.975])
    even = profile_coverage(drawn(EVEN), between_sd**2)
    return ShapeStudy(
        bias=float(intercepts.mean()),
        sd=float(intercepts.std(ddof=1)),
        middle=(float(low), float(high)),
        variance_coverage=even.between_variance,
        coverage=even.intercept,
        few_coverage=profile_coverage(drawn(FEW), between_sd**2).intercept,
    )


@dataclass(frozen=True)
class Grip:
    """What one outlying cluster does to all others.

    Attributes
    ----------
    clusters, rows
        Number of clusters and of rows in each.
    sds
        τ̂ without and with the outlier, in outcome units.
    shrinkage
        The shrinkage factor of every cluster, without and with it.
    """

    clusters: int
    rows: int
    sds: tuple[float, float]
    shrinkage: tuple[float, float]


def outlier_grip(
    clusters: int, rows: int, by: float, *, between_sd: float, residual_sd: float, seed: int
) -> Grip:
    """Fit one sample of normal clusters, and again with one of them moved away.

    Parameters
    ----------
    clusters, rows
        Number of clusters and of rows in each.
    by
        How far the cluster is moved, in outcome units.
    between_sd, residual_sd
        τ and σ, in outcome units.
    seed
        Which sample is drawn.
    """
    usual = draw_samples(
        np.full(clusters, rows),
        between_variance=between_sd**2,
        residual_variance=residual_sd**2,
        samples=1,
        seed=seed,
    )
    before, after = (fit_samples(each) for each in (usual, with_outlier(usual, by)))
    variances = [float(fit.ratio[0] * fit.residual_variance[0]) for fit in (before, after)]
    factors = [float(shrinkage_factors(rows, fit.ratio[0])) for fit in (before, after)]
    return Grip(
        clusters=clusters,
        rows=rows,
        sds=(float(np.sqrt(variances[0])), float(np.sqrt(variances[1]))),
        shrinkage=(factors[0], factors[1]),
    )
