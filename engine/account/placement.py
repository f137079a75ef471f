"""Where clusters are, where their own means lie, and where the mixed model puts them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.data.moments import FloatArray
from engine.models.dial import shrinkage_factors
from engine.simulation.many_means import EffectShape, draw_samples, fit_samples

# Ends of the bars, in true standard deviations; the outermost bars have no end.
EDGES = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])
BARS = len(EDGES) + 1
MIDDLE = BARS // 2


@dataclass(frozen=True)
class Placement:
    """One sample of J clusters of equal size from a known population around 0, and its fit.

    Attributes
    ----------
    rows
        Rows of each cluster.
    levels, means, placed
        Shares of the true levels, of the clusters' own means, and of where the model puts the
        clusters, in each bar; shape (`BARS`,), summing to 1.
    ratio
        The estimated variance ratio ρ̂.
    intercept
        The estimated intercept, in outcome units.
    between_sd
        The estimated τ̂, in outcome units.
    mean_error
        True standard error σ/√n of a cluster's own mean, in outcome units.
    placed_sd
        Standard deviation of where the model puts the clusters, in outcome units.
    """

    rows: int
    levels: FloatArray
    means: FloatArray
    placed: FloatArray
    ratio: float
    intercept: float
    between_sd: float
    mean_error: float
    placed_sd: float

    @property
    def shrinkage(self) -> float:
        """The shrinkage factor s of every cluster."""
        return float(shrinkage_factors(self.rows, self.ratio))

    def landing(self, own: float) -> float:
        """Return where the model puts a cluster.

        Parameters
        ----------
        own
            The cluster's own mean, in outcome units.
        """
        return self.intercept + self.shrinkage * (own - self.intercept)


def placement(
    shape: EffectShape,
    rows: int,
    *,
    clusters: int,
    between_sd: float,
    residual_sd: float,
    seed: int,
) -> Placement:
    """Draw clusters of equal size, fit the mixed model, and count where it puts them.

    Parameters
    ----------
    shape
        Population of the true levels, with mean 0.
    rows
        Rows n of each cluster, at least 2.
    clusters
        Number of clusters J.
    between_sd, residual_sd
        τ and σ, in outcome units.
    seed
        Which sample is drawn: levels are the same for any number of rows, and the errors of the
        clusters' means differ in size only.

    Raises
    ------
    ValueError
        There are fewer than two rows or clusters, or a standard deviation is not above 0.
    """
    if min(rows, clusters) < 2:
        raise ValueError(
            f"{rows} rows in each of {clusters} clusters: at least 2 of both are needed."
        )
    if not (between_sd > 0.0 and residual_sd > 0.0):
        raise ValueError(
            f"Standard deviations of {between_sd:g} and {residual_sd:g}: both have to be above 0."
        )
    samples = draw_samples(
        np.full(clusters, rows),
        between_variance=between_sd**2,
        residual_variance=residual_sd**2,
        shape=shape,
        samples=1,
        seed=seed,
    )
    fits = fit_samples(samples)
    ratio, intercept = float(fits.ratio[0]), float(fits.intercept[0])
    placed = intercept + fits.predictions[0]
    return Placement(
        rows=rows,
        levels=bars(samples.effects[0] / between_sd),
        means=bars(samples.means[0] / between_sd),
        placed=bars(placed / between_sd),
        ratio=ratio,
        intercept=intercept,
        between_sd=float(np.sqrt(ratio * fits.residual_variance[0])),
        mean_error=float(residual_sd / np.sqrt(rows)),
        placed_sd=float(placed.std(ddof=1)),
    )


def bars(values: ArrayLike) -> FloatArray:
    """Return the shares of values in each bar, shape (`BARS`,).

    Parameters
    ----------
    values
        Values in true standard deviations, shape (J,).
    """
    counts = np.bincount(np.searchsorted(EDGES, values), minlength=BARS)
    return np.asarray(counts / counts.sum())


def as_shares(heights: ArrayLike) -> FloatArray:
    """Return bars of any heights as shares that sum to 1; bars without height are all equal.

    Parameters
    ----------
    heights
        At least 0, shape (`BARS`,).
    """
    found = np.asarray(heights, dtype=np.float64)
    shares = found / found.sum() if found.sum() > 0.0 else np.full(len(found), 1.0 / len(found))
    return np.asarray(shares)


def all_in_the_middle() -> FloatArray:
    """Return the shares under complete pooling, shape (`BARS`,)."""
    return np.asarray(np.eye(BARS)[MIDDLE])


def apart(first: FloatArray, second: FloatArray) -> float:
    """Return the share of clusters that has to be moved to make one histogram the other.

    Parameters
    ----------
    first, second
        Shares that sum to 1, shape (`BARS`,).
    """
    return float(0.5 * np.abs(first - second).sum())


def has_two_humps(shares: FloatArray) -> bool:
    """Return whether the middle bar is lower than its neighbours on both sides.

    Parameters
    ----------
    shares
        Shape (`BARS`,).
    """
    return bool(shares[MIDDLE] < min(shares[MIDDLE - 1], shares[MIDDLE + 1]))


def sides(shares: FloatArray) -> tuple[float, float]:
    """Return the shares left and right of the middle bar.

    Parameters
    ----------
    shares
        Shape (`BARS`,).
    """
    return float(shares[:MIDDLE].sum()), float(shares[MIDDLE + 1 :].sum())
