"""Maximum likelihood (ML) and restricted maximum likelihood (REML) as one profiled criterion."""

from __future__ import annotations

from enum import Enum
from typing import TypeVar

import numpy as np

from engine.data.moments import FloatArray

Number = TypeVar("Number", float, FloatArray)


class Likelihood(Enum):
    """The likelihood that is maximised. The criterion is −2 log of it, profiled over β and σ².

    REML estimates the variance components from what the fixed effects leave over. It divides r²
    by d = N − p and includes log |A|, A = XᵀV⁻¹X (Bates, Mächler, Bolker & Walker 2015,
    J. Statistical Software 67(1), eq. 41). Maximum likelihood divides by d = N and leaves log |A|
    out (eq. 34):

      criterion = log |V| [+ log |A|] + d (1 + log(2π r² / d))
    """

    REML = "REML"
    ML = "ML"

    def degrees(self, rows: int, coefficients: int) -> int:
        """Return d, the divisor of the residual sum of squares r² in σ̂² = r² / d.

        Parameters
        ----------
        rows
            Number of rows N.
        coefficients
            Number of fixed effects p.
        """
        return rows - coefficients if self is Likelihood.REML else rows

    def fixed_part(self, log_fixed: Number) -> Number:
        """Return the contribution of log |A| or of its derivatives: all of it in REML, 0 in ML.

        Parameters
        ----------
        log_fixed
            log |A|, or a derivative of it, of any shape.
        """
        return log_fixed if self is Likelihood.REML else 0.0 * log_fixed

    def criterion(
        self, log_random: Number, log_fixed: Number, residual_sum: Number, degrees: int
    ) -> Number:
        """Return the criterion, of the shape of its parts.

        Parameters
        ----------
        log_random
            log |V|, a number or an array.
        log_fixed
            log |A|, of the same shape.
        residual_sum
            Generalised residual sum of squares r², of the same shape.
        degrees
            The divisor d, as `degrees` returns it.
        """
        spread: Number = np.log(2.0 * np.pi * residual_sum / degrees)
        return log_random + self.fixed_part(log_fixed) + degrees * (1.0 + spread)
