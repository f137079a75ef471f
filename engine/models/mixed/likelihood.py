"""Maximum likelihood and its restricted form: one profiled criterion, two ways to count."""

from __future__ import annotations

from enum import Enum
from typing import TypeVar

import numpy as np

from engine.data.moments import FloatArray

Number = TypeVar("Number", float, FloatArray)


class Likelihood(Enum):
    """What is maximised: −2 log of it, profiled over β and σ², is the criterion.

    REML judges the variance components by what the fixed effects leave over. It divides r² by
    d = N − p and counts log |A|, A = XᵀV⁻¹X (Bates et al. 2015, eq. 41); maximum likelihood
    divides by d = N and does not (eq. 34):

      criterion = log |V| [+ log |A|] + d (1 + log(2π r² / d))
    """

    REML = "REML"
    ML = "ML"

    def degrees(self, rows: int, coefficients: int) -> int:
        """Return d, the divisor of the residual sum of squares r² in σ̂²."""
        return rows - coefficients if self is Likelihood.REML else rows

    def fixed_part(self, log_fixed: Number) -> Number:
        """Return what counts of log |A|, or of its derivatives: all or nothing."""
        return log_fixed if self is Likelihood.REML else 0.0 * log_fixed

    def criterion(
        self, log_random: Number, log_fixed: Number, residual_sum: Number, degrees: int
    ) -> Number:
        """Return the criterion from log |V|, log |A| and r², numbers or arrays alike."""
        spread: Number = np.log(2.0 * np.pi * residual_sum / degrees)
        return log_random + self.fixed_part(log_fixed) + degrees * (1.0 + spread)
