"""The estimators that a comparison offers, each listed once.

The table, the report and the command line all read this list. To add an estimator, write a function
that returns `Estimates` and list it here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from engine.data.moments import Moments
from engine.errors import FitError
from engine.inference.cluster_robust import cluster_robust
from engine.inference.satterthwaite import intercept_degrees, satterthwaite
from engine.models.between import between_estimate
from engine.models.dial import Dial
from engine.models.estimates import Estimates
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.model import MixedModel
from engine.models.mixed.results import MixedFit
from engine.models.mundlak import mundlak
from engine.models.ols import OlsFit
from engine.models.within import within_estimate


class Fitted(Protocol):
    """What estimators are computed from: both fits and the moments behind them."""

    @property
    def moments(self) -> Moments:
        """Per-cluster moments of the fixed effects' columns and the outcome."""

    @property
    def model(self) -> MixedModel:
        """The mixed model as a function of its covariance parameters."""

    @property
    def ols(self) -> OlsFit:
        """The pooled fit."""

    @property
    def mixed(self) -> MixedFit:
        """The mixed fit by REML."""

    @property
    def ml(self) -> MixedFit:
        """The mixed fit by maximum likelihood."""


@dataclass(frozen=True)
class Estimator:
    """One way to estimate the coefficients.

    Attributes
    ----------
    id
        Its key in reports, which is why it never changes.
    label
        Its name on screen.
    about
        What it compares, in a sentence.
    compute
        Computes the estimates from both fits. Returns None, or raises FitError, where the data
        do not allow any.
    """

    id: str
    label: str
    about: str
    compute: Callable[[Fitted], Estimates | None]


def _maximum_likelihood(fitted: Fitted) -> Estimates:
    tests = satterthwaite(fitted.model, fitted.ml.theta, Likelihood.ML)
    return replace(fitted.ml, degrees_of_freedom=tests.degrees_of_freedom)


def _mundlak(fitted: Fitted) -> Estimates | None:
    found = mundlak(fitted.moments)
    if found is None:
        return None
    mixed = found.mixed
    if mixed.singular:
        tests = satterthwaite(MixedModel(found.moments, found.moments.names), mixed.theta)
        return replace(mixed, degrees_of_freedom=tests.degrees_of_freedom)
    degrees = intercept_degrees(Dial(found.moments), mixed.variance_ratio, mixed.likelihood)
    return replace(mixed, degrees_of_freedom=degrees)


ESTIMATORS = (
    Estimator("ols", "OLS", "Every row counts the same.", lambda fitted: fitted.ols),
    Estimator(
        "ols_robust",
        "OLS, robust",
        "The estimates of OLS; standard errors that allow any dependence within clusters (CR2, "
        "with Satterthwaite's degrees of freedom).",
        lambda fitted: cluster_robust(fitted.moments),
    ),
    Estimator(
        "mixed",
        "Mixed",
        "The mixed model by REML, with Satterthwaite's degrees of freedom.",
        lambda fitted: satterthwaite(fitted.model, fitted.mixed.theta),
    ),
    Estimator(
        "mixed_ml",
        "Mixed, ML",
        "The mixed model by maximum likelihood, with Satterthwaite's degrees of freedom.",
        _maximum_likelihood,
    ),
    Estimator(
        "within",
        "Within",
        "Comparisons inside clusters alone: each cluster has an intercept of its own.",
        lambda fitted: within_estimate(fitted.moments),
    ),
    Estimator(
        "between",
        "Between",
        "The cluster means alone, each cluster counted once.",
        lambda fitted: between_estimate(fitted.moments),
    ),
    Estimator(
        "mundlak",
        "Mundlak",
        "A random intercept with the cluster means as further predictors: slopes within clusters, "
        "and what a cluster's mean adds, with Satterthwaite's degrees of freedom.",
        _mundlak,
    ),
)


def estimates_of(fitted: Fitted) -> dict[str, Estimates]:
    """Return the coefficients by each estimator.

    Parameters
    ----------
    fitted
        Both fits and the moments behind them, such as a `Comparison`.

    Returns
    -------
    dict
        `Estimates` by the estimator's id, in the order of `ESTIMATORS`. Estimators that have no
        answer on these data are left out.
    """
    found: dict[str, Estimates] = {}
    for estimator in ESTIMATORS:
        try:
            estimates = estimator.compute(fitted)
        except FitError:
            continue
        if estimates is not None and estimates.names:
            found[estimator.id] = estimates
    return found
