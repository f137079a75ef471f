"""What the mixed model takes for granted about clusters, and whether the data show otherwise.

It takes the clusters' own effects to be independent of the predictors and of the clusters' sizes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.comparison import Comparison
from engine.data.moments import FloatArray, Moments
from engine.data.tolerances import NO_VARIATION
from engine.errors import FitError
from engine.inference.satterthwaite import intercept_degrees, satterthwaite
from engine.models.dial import Dial
from engine.models.estimates import Estimates
from engine.models.mixed.intercept_fit import fit_random_intercept
from engine.models.mixed.model import MixedModel
from engine.models.mundlak import mundlak, with_cluster_columns

LEVEL = 0.05
"""Something counts as seen if its p-value is below this."""

# With more columns than these a test is left out: of so many contextual effects hardly any can be
# seen once its p-value is multiplied by their number, and a fit takes longer than a reader waits.
_MOST_COLUMNS = 30
# A combination of columns with less than this share of its variation inside clusters is one of
# clusters, up to the rounding of a centred column.
_OF_CLUSTERS = 1e-3
# Where other columns leave less than this share of a cluster mean's variation, it is among them
# already: as a rule rounded, or taken over other rows.
_ALREADY_THERE = 0.1
_SIZE = "log2(rows)"


@dataclass(frozen=True)
class ContextualEffect:
    """A predictor that works otherwise between clusters than inside them.

    Attributes
    ----------
    term
        The predictor.
    inside
        Its slope inside clusters, in outcome units per unit of the predictor.
    effect, standard_error
        What one unit of the cluster's mean adds, in the same units, and its standard error.
    degrees_of_freedom
        By Satterthwaite's method; where the variance between clusters is estimated as 0, no more
        than clusters can have.
    p_value
        Of the t test against 0, times the number of predictors tested (Bonferroni).
    """

    term: str
    inside: float
    effect: float
    standard_error: float
    degrees_of_freedom: float
    p_value: float


@dataclass(frozen=True)
class SizeEffect:
    """A relation between the clusters' sizes and their levels.

    Attributes
    ----------
    per_doubling
        By how much clusters lie higher that have twice the rows, in outcome units.
    p_value
        Of its t test against 0, with degrees of freedom as those of a `ContextualEffect`.
    """

    per_doubling: float
    p_value: float


def contextual_effect(comparison: Comparison) -> ContextualEffect | None:
    """Return the contextual effect with the smallest p-value, if the data show one.

    Parameters
    ----------
    comparison
        Both fits, of a model with a random intercept alone.

    Returns
    -------
    ContextualEffect or None
        None if no p-value is below `LEVEL`, or if there are too many columns for the clusters.
        Predictors whose cluster means the model holds already, exactly or nearly, are not tested.
        Neither are models without an intercept: there a cluster mean stands in for the intercept as
        well, whatever the data.
    """
    moments = comparison.moments
    if moments.constant is None or _has_too_many_columns(moments):
        return None
    try:
        fit = mundlak(moments)
    except FitError:
        return None
    if fit is None:
        return None
    tests = _tests(fit.moments)
    places = [
        tests.names.index(f"mean({term})")
        for term in fit.terms
        if not has_cluster_mean(moments, moments.names.index(term))
    ]
    if not places:
        return None
    p_values = len(places) * tests.p_values[places]
    best = places[int(np.argmin(p_values))]
    if not p_values.min() < LEVEL:
        return None
    term = tests.names[best].removeprefix("mean(").removesuffix(")")
    return ContextualEffect(
        term=term,
        inside=float(tests.estimates[tests.names.index(term)]),
        effect=float(tests.estimates[best]),
        standard_error=float(tests.standard_errors[best]),
        degrees_of_freedom=float(tests.degrees_of_freedom[best]),
        p_value=float(p_values.min()),
    )


def size_effect(comparison: Comparison) -> SizeEffect | None:
    """Return how levels go with sizes, if the data show that they do.

    Parameters
    ----------
    comparison
        Both fits, of a model with a random intercept alone.

    Returns
    -------
    SizeEffect or None
        None if sizes are equal, the p-value is not below `LEVEL`, or there are too many columns for
        the clusters. The model is the mixed one with the logarithm of the clusters' rows as a
        further predictor.
    """
    moments = comparison.moments
    if _has_too_many_columns(moments):
        return None
    if moments.counts.min() == moments.counts.max() or moments.constant is None:
        return None
    doublings = np.log2(moments.counts)
    larger = with_cluster_columns(moments, (doublings - doublings.mean())[:, None], (_SIZE,))
    if len(larger.independent_columns()) < len(larger.names):
        return None
    try:
        tests = _tests(larger)
    except FitError:
        return None
    p_value = float(tests.p_values[-1])
    return SizeEffect(float(tests.estimates[-1]), p_value) if p_value < LEVEL else None


def _has_too_many_columns(moments: Moments) -> bool:
    """Whether columns leave nothing to test: J clusters differ in J − 1 directions at most."""
    return len(moments.names) > min(_MOST_COLUMNS, len(moments.levels))


def _tests(moments: Moments) -> Estimates:
    """Fit a random intercept by REML and test its coefficients.

    Where the variance between clusters is estimated as 0, Satterthwaite's degrees of freedom are
    those of rows. A comparison of J clusters has no more than J less the coefficients that differ
    between them.
    """
    dial = Dial(moments)
    fit = fit_random_intercept(dial)
    if not fit.singular:
        degrees = intercept_degrees(dial, fit.variance_ratio, fit.likelihood)
        return Estimates(fit.names, fit.estimates, fit.covariance, degrees)
    tests = satterthwaite(MixedModel(moments, moments.names), fit.theta)
    between = np.linalg.matrix_rank(moments.means[:, :-1] - moments.means[0, :-1])
    most = max(len(moments.levels) - 1 - int(between), 1)
    return replace(tests, degrees_of_freedom=np.minimum(tests.degrees_of_freedom, float(most)))


def has_cluster_mean(moments: Moments, term: int) -> bool:
    """Return whether a predictor's cluster means are in the model already, exactly or nearly.

    Parameters
    ----------
    moments
        Moments of the columns X and the outcome.
    term
        Position of the predictor among the columns, one that varies between clusters.
    """
    return _share_left(moments, term) < _ALREADY_THERE


def _share_left(moments: Moments, term: int) -> float:
    """Share of a predictor's variation between clusters left by what varies only between them."""
    p = len(moments.names)
    counts = moments.counts / moments.rows
    centred = moments.means[:, :p] - counts @ moments.means[:, :p]
    between = (centred.T * counts) @ centred
    inside = moments.within[:p, :p] / moments.rows
    total = np.diag(between + inside)
    varying = [k for k in range(p) if total[k] > 0.0]
    unit = np.sqrt(total[varying])
    scaled = np.outer(unit, unit)
    here = varying.index(term)
    between, inside = (matrix[np.ix_(varying, varying)] / scaled for matrix in (between, inside))
    sizes, turned = np.linalg.eigh(between + inside)
    told = sizes > NO_VARIATION * sizes[-1]
    white = turned[:, told] / np.sqrt(sizes[told])
    shares, directions = np.linalg.eigh(white.T @ inside @ white)
    of_clusters = white @ directions[:, shares < _OF_CLUSTERS]
    return 1.0 - _explained(between, of_clusters, here)


def _explained(between: FloatArray, directions: FloatArray, place: int) -> float:
    """R² of one column's cluster means on those of some combinations of columns."""
    gram = directions.T @ between @ directions
    right = directions.T @ between[:, place]
    own = between[place, place]
    if not directions.size or own <= NO_VARIATION:
        return 0.0
    return float(right @ np.linalg.lstsq(gram, right, rcond=None)[0] / own)
