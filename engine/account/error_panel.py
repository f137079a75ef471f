"""Two estimators, two kinds of standard error: the four answers about each coefficient."""

from __future__ import annotations

from typing import Literal, TypeAlias

from engine.comparison import Comparison
from engine.inference.cluster_robust import cluster_robust
from engine.inference.satterthwaite import satterthwaite
from engine.models.estimates import Estimates

Estimator: TypeAlias = Literal["ols", "mixed"]
Kind: TypeAlias = Literal["model", "robust"]


def standard_error_panel(comparison: Comparison) -> dict[tuple[Estimator, Kind], Estimates]:
    """Return both fits with both kinds of standard error, degrees of freedom included.

    Parameters
    ----------
    comparison
        Both fits, of a model with a random intercept alone.

    Returns
    -------
    dict
        The coefficients by estimator and kind of error. ``"model"`` errors are right where the
        model's covariance is: independent rows for OLS, a random intercept for the mixed model.
        ``"robust"`` ones (CR2) allow any dependence inside clusters. Degrees of freedom are
        N − p for OLS and Satterthwaite's for the other three.

    Raises
    ------
    FitError
        There are fewer than two clusters, or slopes vary too.
    """
    ratio = comparison.mixed.variance_ratio
    return {
        ("ols", "model"): comparison.ols,
        ("ols", "robust"): cluster_robust(comparison.moments),
        ("mixed", "model"): satterthwaite(comparison.model, comparison.mixed.theta),
        ("mixed", "robust"): cluster_robust(comparison.moments, ratio),
    }
