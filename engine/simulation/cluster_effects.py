"""Cluster intercepts from a distribution, with exactly the requested correlations."""

from __future__ import annotations

import math

import numpy as np

from engine.data.moments import FloatArray, IntArray
from engine.errors import ContradictionError
from engine.simulation.scenario import Shape

_HUMP = 0.9
_OUTLIER_PART = 0.6


def raw_intercepts(shape: Shape, clusters: int, generator: np.random.Generator) -> FloatArray:
    """Draw values with population mean 0 and variance 1.

    Parameters
    ----------
    shape
        Their distribution.
    clusters
        How many to draw, J.
    generator
        Source of the draws; it is advanced.

    Returns
    -------
    array
        One draw per cluster, shape (J,), in units of τ.
    """
    if shape == "skewed":
        return generator.standard_exponential(clusters) - 1
    if shape == "two-humped":
        humps = np.where(generator.random(clusters) < 0.5, -_HUMP, _HUMP)
        return np.asarray(humps + math.sqrt(1 - _HUMP**2) * generator.standard_normal(clusters))
    if shape == "one outlier":
        # One cluster lies at k and the others around −k / (J − 1), so that the mean is 0. The
        # distance between them contributes k² / (J − 1) to the variance; (J − 1) / J times the
        # variance among the others makes up the rest.
        outlier = math.sqrt(_OUTLIER_PART * (clusters - 1))
        others_sd = math.sqrt((1 - _OUTLIER_PART) * clusters / (clusters - 1))
        sign, where = generator.choice([-1.0, 1.0]), generator.integers(clusters)
        draws = -outlier / (clusters - 1) + others_sd * generator.standard_normal(clusters)
        draws[where] = outlier
        return np.asarray(sign * draws)
    return generator.standard_normal(clusters)


def with_correlations(raw: FloatArray, *wishes: tuple[FloatArray | None, float]) -> FloatArray:
    """Return values with exact correlations with the axes.

    They keep the mean and the standard deviation of ``raw``, and with these their sampling
    variation from seed to seed.

    Parameters
    ----------
    raw
        Draws, shape (J,).
    wishes
        Up to two pairs: an axis of mean 0 and variance 1, shape (J,), and the correlation with
        it. Pairs whose axis is None are ignored.

    Returns
    -------
    array
        The values, shape (J,), with the mean and the standard deviation of ``raw``.

    Notes
    -----
    The part of ``raw`` orthogonal to the constant and two axes has J − 3 dimensions. At least one
    is left, because there are at least four clusters.
    """
    axes = [axis for axis, _ in wishes if axis is not None]
    correlations = np.array([wish for axis, wish in wishes if axis is not None])
    rest = projected_off(raw, axes)
    combined = rest / rest.std()
    if axes and correlations.any():
        stacked = np.column_stack(axes)
        mutual = stacked.T @ stacked / len(raw)
        coefficients = np.linalg.lstsq(mutual, correlations)[0]
        explained = min(float(correlations @ coefficients), 1.0)
        combined = stacked @ coefficients + math.sqrt(1 - explained) * combined
    result: FloatArray = raw.mean() + raw.std() * combined
    return result


def realised_correlation(axis: FloatArray | None, intercepts: FloatArray) -> float | None:
    """Return the correlation of the intercepts with an axis.

    Parameters
    ----------
    axis
        Values of mean 0 and variance 1, shape (J,), or None if they do not vary.
    intercepts
        One per cluster, shape (J,).

    Returns
    -------
    float or None
        None if the axis or the intercepts do not vary.
    """
    other = standardised(intercepts)
    return None if axis is None or other is None else float(axis @ other) / len(axis)


def explained_part(wish_size: float, wish_share: float, correlation: float) -> float:
    """Return the share r'C⁻¹r of the intercepts' variance that sizes and shares explain.

    Parameters
    ----------
    wish_size, wish_share
        Requested correlations r of the intercepts with the sizes and with the shares.
    correlation
        Correlation of the sizes with the shares, the off-diagonal entry of C.

    Returns
    -------
    float
        Both correlations can hold together if this is at most 1. Infinite if sizes and shares
        are collinear and the requested correlations do not agree with that.
    """
    free = 1 - correlation**2
    if free < 1e-9:
        consistent = math.isclose(wish_size, correlation * wish_share, abs_tol=1e-9)
        return wish_size**2 if consistent else math.inf
    return (wish_size**2 + wish_share**2 - 2 * correlation * wish_size * wish_share) / free


def contradiction(wish_size: float, wish_share: float, correlation: float) -> ContradictionError:
    """Return the error that says that both correlations cannot hold together.

    Its message names the largest pair in the same proportion that can.

    Parameters
    ----------
    wish_size, wish_share
        Requested correlations of the intercepts with the sizes and with the shares.
    correlation
        Correlation of the sizes with the shares that comes closest to making both possible.
    """
    feasible = next(
        (size, share)
        for scale in np.linspace(1, 0, 101)
        for size, share in [(round(scale * wish_size, 2) + 0.0, round(scale * wish_share, 2) + 0.0)]
        if explained_part(size, share, correlation) <= 1
    )
    return ContradictionError(
        f"size_intercept_correlation {wish_size:g} and share_intercept_correlation "
        f"{wish_share:g} contradict each other: with these sizes and shares, which correlate at "
        f"{correlation:.2f} at best, the largest in this proportion that hold together are "
        f"{feasible[0]:g} and {feasible[1]:g}. Smaller spreads make room for larger ones.",
        feasible,
    )


def standardised(values: IntArray | FloatArray) -> FloatArray | None:
    """Return values scaled to mean 0 and variance 1 (divisor J).

    Parameters
    ----------
    values
        One per cluster, shape (J,).

    Returns
    -------
    array or None
        Shape (J,); None if the values do not vary.
    """
    if np.ptp(values) < 1e-12:
        return None
    axis: FloatArray = (values - values.mean()) / values.std()
    return axis


def projected_off(values: FloatArray, axes: list[FloatArray]) -> FloatArray:
    """Return the part of the values that is orthogonal to a constant and to the axes.

    Parameters
    ----------
    values
        One per cluster, shape (J,).
    axes
        Vectors of shape (J,); none, one or several.

    Returns
    -------
    array
        Least-squares residuals, shape (J,).
    """
    known = np.column_stack([np.ones(len(values)), *axes])
    residual: FloatArray = values - known @ np.linalg.lstsq(known, values)[0]
    return residual
