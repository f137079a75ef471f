"""Many samples of a mean in clusters, drawn and fitted at once, without rows.

For the model y ~ 1 + (1 | cluster) a sample is its J cluster means and its sum of squares within
clusters. These are drawn directly, and all samples are fitted in one batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtri

from engine.data.moments import FloatArray, IntArray
from engine.models.dial import cluster_weights, shrinkage_factors

EffectShape: TypeAlias = Literal["bell", "exponential", "log-normal", "two humps"]

_Draw: TypeAlias = Callable[[np.random.Generator, tuple[int, ...]], FloatArray]
# Two bells of standard deviation 0.7 around −2 and 2, scaled to variance 1.
_HUMP, _HUMP_SD = 2.0 / np.sqrt(4.49), 0.7 / np.sqrt(4.49)

# Ratios ρ scanned for each sample, from too small to matter in any cluster to no pooling.
_SCANNED = np.concatenate([[0.0], np.geomspace(1e-6, 1e6, 145)])
_BISECTIONS = 45
# A minimum's height is off by the square of what its place is off by: less than 1e-8 of it after
# so many sections.
_GOLDEN, _SECTIONS = (np.sqrt(5.0) - 1.0) / 2.0, 20


def _log_normal(generator: np.random.Generator, size: tuple[int, ...]) -> FloatArray:
    draws = np.exp(generator.standard_normal(size))
    return np.asarray((draws - np.exp(0.5)) / np.sqrt(np.e * (np.e - 1.0)))


def _two_humps(generator: np.random.Generator, size: tuple[int, ...]) -> FloatArray:
    humps = np.where(generator.random(size) < 0.5, -_HUMP, _HUMP)
    return np.asarray(humps + _HUMP_SD * generator.standard_normal(size))


_DRAWS: Mapping[EffectShape, _Draw] = MappingProxyType(
    {
        "bell": lambda generator, size: generator.standard_normal(size),
        "exponential": lambda generator, size: generator.standard_exponential(size) - 1.0,
        "log-normal": _log_normal,
        "two humps": _two_humps,
    }
)
EFFECT_SHAPES: tuple[EffectShape, ...] = tuple(_DRAWS)


def draw_effects(
    shape: EffectShape, size: tuple[int, ...], generator: np.random.Generator
) -> FloatArray:
    """Draw cluster effects from a population with mean 0 and variance 1.

    Parameters
    ----------
    shape
        The population: a bell, an exponential, a log-normal with log-scale variance 1, or two
        humps at ±0.94 with little between them.
    size
        Shape of the array drawn.
    generator
        Source of the draws; it is advanced.
    """
    return _DRAWS[shape](generator, size)


@dataclass(frozen=True)
class Sizes:
    """The means of R samples, reduced to G groups of clusters that are equal in size.

    At any ratio the clusters of a group have one weight, so the likelihood needs nothing else.

    Attributes
    ----------
    rows
        Rows of a cluster in each group, ascending, shape (G,).
    clusters
        Clusters in each group, shape (G,).
    means
        Mean of their means, shape (R, G), in outcome units.
    squares
        Their sum of squares about it, shape (R, G), in squared outcome units.
    """

    rows: IntArray
    clusters: IntArray
    means: FloatArray
    squares: FloatArray

    def about(self, centre: FloatArray | float) -> FloatArray:
        """Return the sums of squares of the cluster means about a centre, shape (R, G).

        Parameters
        ----------
        centre
            Of each sample, shape (R, 1), or of all of them.
        """
        return np.asarray(self.squares + self.clusters * (self.means - centre) ** 2)


@dataclass(frozen=True)
class Samples:
    """R samples of J clusters, reduced to what the model needs.

    Attributes
    ----------
    counts
        Rows of each cluster, the same in all samples, shape (J,).
    effects
        The true cluster effects, shape (R, J), in outcome units; the true intercept is 0.
    means
        The cluster means, shape (R, J), in outcome units.
    within
        Sum of squares within clusters, shape (R,), in squared outcome units.
    """

    counts: IntArray
    effects: FloatArray
    means: FloatArray
    within: FloatArray

    @property
    def rows(self) -> int:
        """Number of rows N of each sample."""
        return int(self.counts.sum())

    @cached_property
    def sizes(self) -> Sizes:
        """The cluster means by size of the cluster."""
        rows, clusters = np.unique(self.counts, return_counts=True)
        # Sorted by size, those of one size stand together.
        by_size = self.means[:, np.argsort(self.counts, kind="stable")]
        starts = np.cumsum(clusters) - clusters
        means = np.add.reduceat(by_size, starts, axis=1) / clusters
        apart = by_size - np.repeat(means, clusters, axis=1)
        return Sizes(rows, clusters, means, np.add.reduceat(apart**2, starts, axis=1))

    def parts(self, ratio: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return log|V|, Σω and r² at variance ratios ρ, one per sample, each of shape (R,).

        Parameters
        ----------
        ratio
            Variance ratios, shape (R,).
        """
        weights, total, centre = self.centre(ratio)
        squares = np.sum(weights * self.sizes.about(centre[:, None]), axis=1)
        return self.logs(ratio), total, self.within + squares

    def centre(self, ratio: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the weights ω by size, shape (R, G), their sum and the intercept, shape (R,).

        Parameters
        ----------
        ratio
            Variance ratios, shape (R,).
        """
        weights = cluster_weights(self.sizes.rows, ratio[:, None])
        votes = weights * self.sizes.clusters
        total = votes.sum(axis=1)
        return weights, total, np.sum(votes * self.sizes.means, axis=1) / total

    def logs(self, ratio: FloatArray) -> FloatArray:
        """Return log|V| at variance ratios ρ, of their shape.

        Parameters
        ----------
        ratio
            Variance ratios.
        """
        return np.asarray(np.log1p(self.sizes.rows * ratio[:, None]) @ self.sizes.clusters)

    def scan(self, about: float | None = None) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return log|V|, Σω and r² at all ratios scanned, shapes (K,), (K,) and (R, K).

        Parameters
        ----------
        about
            The intercept from which r² is measured; by default the one estimated at each ratio.
        """
        sizes = self.sizes
        weights = cluster_weights(sizes.rows, _SCANNED[:, None])
        total = weights @ sizes.clusters
        sums = (sizes.clusters * sizes.means) @ weights.T
        away = -(sums**2) / total if about is None else about * (about * total - 2.0 * sums)
        squares = self.within[:, None] + sizes.about(0.0) @ weights.T + away
        return self.logs(_SCANNED), total, squares


def draw_samples(
    counts: ArrayLike,
    *,
    between_variance: float,
    residual_variance: float,
    shape: EffectShape = "bell",
    samples: int = 1_000,
    seed: int = 1,
) -> Samples:
    """Draw samples of a mean of 0 in clusters.

    Parameters
    ----------
    counts
        Rows n_j of each cluster, shape (J,).
    between_variance, residual_variance
        τ² and σ², in squared outcome units.
    shape
        Population of the cluster effects. Rows are normal.
    samples
        Number of samples R.
    seed
        Which samples are drawn.

    Returns
    -------
    Samples
    """
    sizes = np.asarray(counts, dtype=np.int64)
    generator = np.random.default_rng(seed)
    effects = np.sqrt(between_variance) * draw_effects(shape, (samples, len(sizes)), generator)
    noise = generator.standard_normal(effects.shape) * np.sqrt(residual_variance / sizes)
    degrees = int(sizes.sum()) - len(sizes)
    return Samples(
        counts=sizes,
        effects=effects,
        means=effects + noise,
        within=residual_variance * generator.chisquare(degrees, samples),
    )


def with_outlier(samples: Samples, by: float) -> Samples:
    """Return the samples with the first cluster of each moved away from the others.

    Parameters
    ----------
    samples
        The samples.
    by
        How far the cluster is moved, in outcome units.
    """
    moved = np.zeros(len(samples.counts))
    moved[0] = by
    return replace(samples, effects=samples.effects + moved, means=samples.means + moved)


@dataclass(frozen=True)
class ManyFits:
    """The random-intercept model fitted to R samples by REML.

    Attributes
    ----------
    ratio
        ρ̂ of each sample, shape (R,).
    residual_variance
        σ̂², shape (R,), in squared outcome units.
    intercept
        The estimated intercepts, shape (R,), in outcome units.
    standard_error
        Their standard errors as the model has them, shape (R,).
    predictions
        The predicted cluster effects, shape (R, J), in outcome units.
    """

    ratio: FloatArray
    residual_variance: FloatArray
    intercept: FloatArray
    standard_error: FloatArray
    predictions: FloatArray


def fit_samples(samples: Samples) -> ManyFits:
    """Fit y ~ 1 + (1 | cluster) to every sample by REML.

    Parameters
    ----------
    samples
        The samples.

    Returns
    -------
    ManyFits
    """
    degrees = samples.rows - 1
    logs, totals, squares = samples.scan()
    lowest = np.argmin(logs + np.log(totals) + degrees * np.log(squares), axis=1)
    low = _SCANNED[np.maximum(lowest - 1, 0)]
    high = _SCANNED[np.minimum(lowest + 1, len(_SCANNED) - 1)]
    for _ in range(_BISECTIONS):
        # Where the bracket starts at 0 its geometric mean would stay there.
        middle = np.where(low > 0.0, np.sqrt(low * high), high / 2.0)
        falls = _slope(samples, middle, degrees) < 0.0
        low, high = np.where(falls, middle, low), np.where(falls, high, middle)
    at_zero = (lowest <= 1) & (_slope(samples, np.zeros_like(low), degrees) >= 0.0)
    ratio = np.where(at_zero, 0.0, high)
    _, total, left = samples.parts(ratio)
    residual = left / degrees
    _, _, intercept = samples.centre(ratio)
    shrinkage = shrinkage_factors(samples.counts, ratio[:, None])
    return ManyFits(
        ratio=ratio,
        residual_variance=residual,
        intercept=intercept,
        standard_error=np.sqrt(residual / total),
        predictions=shrinkage * (samples.means - intercept[:, None]),
    )


def _slope(samples: Samples, ratio: FloatArray, degrees: int) -> FloatArray:
    """Return the derivative of the REML criterion in ρ, shape (R,)."""
    weights, total, centre = samples.centre(ratio)
    from_centre = samples.sizes.about(centre[:, None])
    left = samples.within + np.sum(weights * from_centre, axis=1)
    falling = np.sum(weights**2 * from_centre, axis=1)
    of_total = weights**2 @ samples.sizes.clusters / total
    return np.asarray(total - of_total - degrees * falling / left)


@dataclass(frozen=True)
class Coverage:
    """How often 95% profile intervals hold the truth.

    Attributes
    ----------
    between_variance
        Share of the samples whose interval of τ² holds the true one.
    intercept
        Share of the samples whose interval of the intercept holds 0, the true one.
    """

    between_variance: float
    intercept: float


def profile_coverage(samples: Samples, between_variance: float, level: float = 0.95) -> Coverage:
    """Count the profile intervals that hold the truth, as `profile_intervals` has them.

    Parameters
    ----------
    samples
        The samples.
    between_variance
        The true τ², above 0.
    level
        Coverage that the intervals promise.

    Returns
    -------
    Coverage

    Notes
    -----
    An interval holds a value where the deviance, with the parameter held at that value and
    minimised over the others, is above its least by no more than the quantile of χ².
    """
    rows = samples.rows

    def free(ratio: FloatArray) -> FloatArray:
        logs, _, squares = samples.parts(ratio)
        return np.asarray(logs + rows * np.log(squares / rows))

    def at_no_intercept(ratio: FloatArray) -> FloatArray:
        weights, _, _ = samples.centre(ratio)
        squares = samples.within + np.sum(weights * samples.sizes.about(0.0), axis=1)
        return np.asarray(samples.logs(ratio) + rows * np.log(squares / rows))

    def at_true_variance(ratio: FloatArray) -> FloatArray:
        logs, _, squares = samples.parts(ratio)
        residual = between_variance / ratio
        return np.asarray(logs + rows * (np.log(residual) - 1.0) + squares / residual)

    logs, _, squares = samples.scan()
    least = _minimum(free, logs + rows * np.log(squares / rows))
    _, _, about_zero = samples.scan(about=0.0)
    no_intercept = _minimum(at_no_intercept, logs + rows * np.log(about_zero / rows))
    residual = between_variance / _SCANNED[1:]
    scanned = logs[1:] + rows * (np.log(residual) - 1.0) + squares[:, 1:] / residual
    unlikely = np.full((len(scanned), 1), np.inf)
    true_variance = _minimum(at_true_variance, np.hstack([unlikely, scanned]))
    height = least + float(chdtri(1, 1.0 - level))
    return Coverage(
        between_variance=float(np.mean(true_variance <= height)),
        intercept=float(np.mean(no_intercept <= height)),
    )


def _minimum(function: Callable[[FloatArray], FloatArray], scanned: FloatArray) -> FloatArray:
    """Return each sample's least value, by golden sections around the least one scanned."""
    lowest = np.argmin(scanned, axis=1)
    low = _SCANNED[np.maximum(lowest - 1, 0)]
    high = _SCANNED[np.minimum(lowest + 1, len(_SCANNED) - 1)]
    best = np.take_along_axis(scanned, lowest[:, None], axis=1)[:, 0]
    for _ in range(_SECTIONS):
        first, second = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        at_first, at_second = function(first), function(second)
        nearer = at_first < at_second
        low, high = np.where(nearer, low, first), np.where(nearer, second, high)
        best = np.minimum(best, np.minimum(at_first, at_second))
    return best
