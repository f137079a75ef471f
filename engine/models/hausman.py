"""Hausman's test of whether within and random-intercept slopes differ by more than chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from engine.data.moments import FloatArray
from engine.data.tolerances import CLUSTERS_TELL
from engine.errors import FitError
from engine.models.dial import Dial
from engine.models.within import WithinFit, within_estimate

# Gaps below this share of their standard errors are rounding: the design makes the slopes equal.
_NO_GAP = 1e-9


@dataclass(frozen=True)
class HausmanTest:
    """Hausman's test as econometricians compute it.

    Attributes
    ----------
    terms
        The k terms compared: those that the within estimate identifies.
    gaps
        Within minus random-intercept slopes, shape (k,), in outcome units per unit of the
        predictor.
    variance_ratio
        τ̂²/σ̂² by the method of Swamy and Arora, on which the test is customarily based. It is
        near the REML ratio but not equal to it.
    statistic, degrees_of_freedom, p_value
        The chi-squared statistic, its k degrees of freedom, and its p-value.
    defined
        Whether the difference of the two covariance matrices is positive definite. If not, the
        statistic has no chi-squared distribution, and its absolute value is reported, as plm
        does.
    """

    terms: tuple[str, ...]
    gaps: FloatArray
    variance_ratio: float
    statistic: float
    degrees_of_freedom: int
    p_value: float
    defined: bool


def hausman(dial: Dial) -> HausmanTest | None:
    """Test within against random-intercept slopes.

    Parameters
    ----------
    dial
        The data.

    Returns
    -------
    HausmanTest or None
        None when there is nothing to compare: no term is identified within clusters, or the
        design makes both estimates the same.

    Raises
    ------
    FitError
        There are too few clusters, or too few rows in them, to estimate the variances, or no
        residual variance within clusters.

    Notes
    -----
    Hausman (1978), Econometrica 46:1251–1271; ``plm::phtest(within, random)`` in R. Variances are
    by Swamy & Arora (1972), Econometrica 40:261–275, for unequal sizes as in Baltagi & Chang
    (1994), J. Econometrics 62:67–89: τ̂² = (B − (J − r) σ̂²) / (N − tr(G⁻¹ Σ n_j² x̄_j x̄_jᵀ)). Here
    σ̂² is the within residual variance, B and r are the residual sum of squares and the rank of the
    regression through the cluster means weighted by rows, and G = Σ n_j x̄_j x̄_jᵀ.
    """
    moments = dial.moments
    within = within_estimate(moments)
    if not within.names:
        return None
    ratio = _swamy_arora(dial, within)
    point = dial.at(ratio)
    variance = float(point.residual_sum) / (moments.rows - len(moments.names))
    places = [moments.names.index(name) for name in within.names]
    gaps = within.estimates - point.fixed_effects[places]
    spread = within.covariance - variance * dial.covariance(point)[np.ix_(places, places)]
    unit = within.standard_errors
    if np.all(np.abs(gaps) <= _NO_GAP * unit):
        return None
    scaled = spread / np.outer(unit, unit)
    statistic = float((gaps / unit) @ np.linalg.lstsq(scaled, gaps / unit)[0])
    return HausmanTest(
        terms=within.names,
        gaps=gaps,
        variance_ratio=ratio,
        statistic=abs(statistic),
        degrees_of_freedom=len(places),
        p_value=float(chdtrc(len(places), abs(statistic))),
        defined=bool(np.linalg.eigvalsh(scaled)[0] > 0.0),
    )


def _swamy_arora(dial: Dial, within: WithinFit) -> float:
    moments = dial.moments
    p = len(moments.names)
    counts = moments.counts.astype(np.float64)
    root = np.sqrt(counts)[:, None]
    left, sizes, _ = np.linalg.svd(root * dial.cluster_means[:, :p], full_matrices=False)
    rank = int(np.sum(sizes > CLUSTERS_TELL * sizes[0]))
    degrees = len(counts) - rank
    if degrees <= 0:
        raise FitError(
            f"There are {len(counts):,} clusters for {rank} coefficients between clusters. "
            "Hausman's test needs more clusters than coefficients."
        )
    if within.residual_variance == 0.0:
        raise FitError(
            "Inside clusters the predictors explain the outcome exactly, so Hausman's test has no "
            "residual variance to judge by."
        )
    basis = left[:, :rank]
    outcome = root[:, 0] * dial.cluster_means[:, p]
    residual = outcome - basis @ (basis.T @ outcome)
    excess = float(residual @ residual) - degrees * within.residual_variance
    room = moments.rows - float(counts @ np.sum(basis**2, axis=1))
    return max(excess / room, 0.0) / within.residual_variance
