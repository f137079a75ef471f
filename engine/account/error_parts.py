"""What the standard errors of an intercept and of the only slope are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.account.within_between import slope_path
from engine.models.dial import Dial, cluster_weights


@dataclass(frozen=True)
class ErrorParts:
    """What the standard errors of an intercept and of the only slope are made of.

    Attributes
    ----------
    residual_variance
        σ̂² of the fit, in squared outcome units.
    weight
        Σω_j at its ratio, in rows; N at ρ = 0.
    centre
        Weighted mean x̃ of the predictor.
    within_spread, between_spread
        S_w and S_b(ω), in squared units of the predictor, as of `SlopePath`.
    """

    residual_variance: float
    weight: float
    centre: float
    within_spread: float
    between_spread: float

    @property
    def slope_error(self) -> float:
        """√(σ̂² / (S_w + S_b)), in outcome units per unit of the predictor."""
        return float(np.sqrt(self.residual_variance / (self.within_spread + self.between_spread)))

    @property
    def intercept_error(self) -> float:
        """√(σ̂² / Σω_j + x̃² · squared slope error), in outcome units."""
        return float(
            np.hypot(np.sqrt(self.residual_variance / self.weight), self.centre * self.slope_error)
        )


def error_parts(dial: Dial, ratio: float, residual_variance: float) -> ErrorParts | None:
    """Return what the standard errors of a model with one predictor are made of.

    Parameters
    ----------
    dial
        The data.
    ratio
        Finite variance ratio ρ ≥ 0.
    residual_variance
        σ̂² of the fit at this ratio, in squared outcome units.

    Returns
    -------
    ErrorParts or None
        None where `slope_path` has no answer.
    """
    path = slope_path(dial, ratio)
    if path is None:
        return None
    moments = dial.moments
    weights = cluster_weights(moments.counts, ratio)
    centre = moments.origin[1] + weights @ moments.means[:, 1] / weights.sum()
    return ErrorParts(
        residual_variance=residual_variance,
        weight=float(weights.sum()),
        centre=float(centre),
        within_spread=path.within_spread,
        between_spread=float(path.between_spread),
    )
