"""Ordinary least squares, as R's ``lm`` reports it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc

from engine.display import digits, effects, plural
from engine.errors import FitError
from engine.models.dial import Dial
from engine.models.estimates import Estimates


@dataclass(frozen=True)
class OlsFit(Estimates):
    """The pooled fit: every row counts the same.

    Attributes
    ----------
    residual_variance
        s² = RSS / (N − p), in squared outcome units; the covariance is s²(XᵀX)⁻¹.
    residual_df
        Residual degrees of freedom N − p.
    r_squared, adjusted_r_squared
        R² and its adjusted form, as R defines them: about the mean, or about zero when the
        formula has no intercept.
    explained_sum
        What the predictors take off the total sum of squares, in squared outcome units.
    f_value
        F statistic of all terms but the intercept, on ``model_df`` and ``residual_df``; NaN
        when there are no such terms.
    model_df
        Number of terms other than the intercept.
    rows
        Number of rows N.
    """

    residual_variance: float
    residual_df: int
    r_squared: float
    adjusted_r_squared: float
    explained_sum: float
    f_value: float
    model_df: int
    rows: int

    def __repr__(self) -> str:
        return (
            f"<OlsFit of {plural(self.rows, 'row')}: {effects(self.names, self.estimates)}; "
            f"residual variance {digits(self.residual_variance)}>"
        )

    @property
    def residual_sd(self) -> float:
        """The residual standard deviation s, R's "residual standard error", in outcome units."""
        return float(np.sqrt(self.residual_variance))

    @property
    def f_p_value(self) -> float:
        """The p-value of the F statistic."""
        return float(fdtrc(self.model_df, self.residual_df, self.f_value))

    @property
    def log_likelihood(self) -> float:
        """Gaussian log-likelihood at its maximum, as R's ``logLik``."""
        variance = self.residual_variance * self.residual_df / self.rows
        return float(-0.5 * self.rows * (np.log(2.0 * np.pi * variance) + 1.0))

    @property
    def aic(self) -> float:
        """Akaike's criterion; σ counts as a parameter, as in R."""
        return 2.0 * (len(self.names) + 1) - 2.0 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion; σ counts as a parameter, as in R."""
        return float(np.log(self.rows)) * (len(self.names) + 1) - 2.0 * self.log_likelihood


def fit_ols(dial: Dial) -> OlsFit:
    """Fit ordinary least squares: the dial at ρ = 0.

    Parameters
    ----------
    dial
        The data.

    Returns
    -------
    OlsFit

    Raises
    ------
    FitError
        There are no more rows than coefficients.
    """
    moments = dial.moments
    p = len(moments.names)
    degrees = moments.rows - p
    if degrees <= 0:
        raise FitError(
            f"There are {moments.rows} rows for {p} coefficients. Remove predictors or add rows."
        )
    point = dial.at(0.0)
    # If the predictors explain everything, rounding can leave a negative sum.
    residual_sum = max(float(point.residual_sum), 0.0)
    variance = residual_sum / degrees
    covariance = variance * dial.covariance(point)
    shift = float(moments.counts @ moments.outcome_shifts) / moments.rows
    total = moments.outcome_squares - moments.rows * shift**2
    if not moments.has_intercept:
        total += moments.rows * (shift + float(moments.origin[p])) ** 2
    r_squared = 1.0 - residual_sum / total
    scale = (moments.rows - moments.has_intercept) / degrees
    model_df = p - moments.has_intercept
    with np.errstate(divide="ignore", invalid="ignore"):
        f_value = float(np.float64(total - residual_sum) / model_df / variance)
    return OlsFit(
        names=moments.names,
        estimates=point.fixed_effects,
        covariance=covariance,
        degrees_of_freedom=np.full(p, float(degrees)),
        residual_variance=variance,
        residual_df=degrees,
        r_squared=r_squared,
        adjusted_r_squared=1.0 - (1.0 - r_squared) * scale,
        explained_sum=total - residual_sum,
        f_value=f_value,
        model_df=model_df,
        rows=moments.rows,
    )
