"""Cluster intercepts of a shape, with exactly the correlations asked for."""

from __future__ import annotations

import math

import numpy as np

from engine.data.moments import FloatArray, IntArray
from engine.errors import ScenarioError
from engine.simulation.scenario import Shape

_HUMP = 0.9
_OUTLIER_PART = 0.6


def raw_intercepts(shape: Shape, clusters: int, generator: np.random.Generator) -> FloatArray:
    """Draws with population mean 0 and variance 1, shape (J,)."""
    if shape == "skewed":
        return generator.standard_exponential(clusters) - 1
    if shape == "two-humped":
        humps = np.where(generator.random(clusters) < 0.5, -_HUMP, _HUMP)
        return np.asarray(humps + math.sqrt(1 - _HUMP**2) * generator.standard_normal(clusters))
    if shape == "one outlier":
        # One cluster at k, the others around −k / (J − 1), so that the mean is 0. The distance
        # between them then makes up k² / (J − 1) of the variance, and (J − 1) / J times the
        # variance of the others the rest.
        outlier = math.sqrt(_OUTLIER_PART * (clusters - 1))
        others_sd = math.sqrt((1 - _OUTLIER_PART) * clusters / (clusters - 1))
        sign, where = generator.choice([-1.0, 1.0]), generator.integers(clusters)
        draws = -outlier / (clusters - 1) + others_sd * generator.standard_normal(clusters)
        draws[where] = outlier
        return np.asarray(sign * draws)
    return generator.standard_normal(clusters)


def with_correlations(raw: FloatArray, *wishes: tuple[FloatArray | None, float]) -> FloatArray:
    """Values with mean and standard deviation of `raw` and exact correlations with the axes.

    Taking mean and standard deviation from the raw draws keeps their sampling variation over
    seeds. What is left of `raw` beside the constant and two axes has J − 3 dimensions, at least
    one because there are at least four clusters.
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
    """Correlation of the intercepts with the axis, or None where one of them does not vary."""
    other = standardised(intercepts)
    return None if axis is None or other is None else float(axis @ other) / len(axis)


def explained_part(wish_size: float, wish_share: float, correlation: float) -> float:
    """Part of the intercepts' variance that sizes and shares explain, r'C⁻¹r; feasible up to 1."""
    free = 1 - correlation**2
    if free < 1e-9:
        consistent = math.isclose(wish_size, correlation * wish_share, abs_tol=1e-9)
        return wish_size**2 if consistent else math.inf
    return (wish_size**2 + wish_share**2 - 2 * correlation * wish_size * wish_share) / free


def contradiction(wish_size: float, wish_share: float, correlation: float) -> ScenarioError:
    """Say that both wishes cannot hold together, and the largest in their proportion that can."""
    feasible = next(
        (size, share)
        for scale in np.linspace(1, 0, 101)
        for size, share in [(round(scale * wish_size, 2), round(scale * wish_share, 2))]
        if explained_part(size, share, correlation) <= 1
    )
    return ScenarioError(
        f"size_intercept_correlation {wish_size:g} and share_intercept_correlation "
        f"{wish_share:g} contradict each other: with these sizes and shares, which correlate at "
        f"{correlation:.2f} at best, the largest in this proportion that hold together are "
        f"{feasible[0]:g} and {feasible[1]:g}. Smaller spreads make room for larger ones."
    )


def standardised(values: IntArray | FloatArray) -> FloatArray | None:
    """`values` standardised to mean 0 and variance 1, or None if they do not differ."""
    if np.ptp(values) < 1e-12:
        return None
    axis: FloatArray = (values - values.mean()) / values.std()
    return axis


def projected_off(values: FloatArray, axes: list[FloatArray]) -> FloatArray:
    """Project `values` off a constant and the axes, shape (J,)."""
    known = np.column_stack([np.ones(len(values)), *axes])
    residual: FloatArray = values - known @ np.linalg.lstsq(known, values)[0]
    return residual
