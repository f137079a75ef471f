"""What all estimators have in common: coefficients, their covariance, and tests of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from engine.data.moments import FloatArray


@dataclass(frozen=True)
class Estimates:
    """Estimated coefficients.

    Attributes
    ----------
    names
        Names of the p terms, as R writes them.
    estimates
        One per term, shape (p,), in outcome units per unit of the predictor.
    covariance
        Covariance of the estimates, shape (p, p).
    degrees_of_freedom
        Degrees of freedom of each estimate's t test, shape (p,). They are NaN if the estimator
        has none: `lmer` prints none either.
    """

    names: tuple[str, ...]
    estimates: FloatArray
    covariance: FloatArray
    degrees_of_freedom: FloatArray

    @property
    def standard_errors(self) -> FloatArray:
        """Standard errors, in the units of the estimates, shape (p,).

        NaN where a variance is negative or unknown.
        """
        with np.errstate(invalid="ignore"):
            return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def t_values(self) -> FloatArray:
        """Estimates divided by their standard errors, shape (p,)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.estimates / self.standard_errors)

    @property
    def p_values(self) -> FloatArray:
        """Two-sided p-values of the t tests against 0, shape (p,)."""
        return np.asarray(2.0 * stdtr(self.degrees_of_freedom, -np.abs(self.t_values)))

    @property
    def correlation(self) -> FloatArray:
        """Correlation of the estimates, shape (p, p)."""
        return np.asarray(self.covariance / np.outer(self.standard_errors, self.standard_errors))

    def intervals(self, coverage: float = 0.95) -> FloatArray:
        """Return Wald intervals: estimate ± t quantile · standard error.

        Parameters
        ----------
        coverage
            Coverage of each interval, between 0 and 1.

        Returns
        -------
        ndarray, shape (p, 2)
            Lower and upper bounds, in the units of the estimates; NaN without degrees of freedom.
        """
        quantiles = stdtrit(self.degrees_of_freedom, 0.5 + coverage / 2.0)
        reach = quantiles * self.standard_errors
        return np.stack([self.estimates - reach, self.estimates + reach], axis=-1)

    def to_dict(self) -> dict[str, dict[str, float]]:
        """Return the coefficient table as plain numbers.

        Returns
        -------
        dict of str to dict of str to float
            ``estimate``, ``se``, ``df``, ``t`` and ``p`` of each term, by the term's name.
        """
        columns = {
            "estimate": self.estimates,
            "se": self.standard_errors,
            "df": self.degrees_of_freedom,
            "t": self.t_values,
            "p": self.p_values,
        }
        return {
            name: {quantity: float(values[k]) for quantity, values in columns.items()}
            for k, name in enumerate(self.names)
        }
