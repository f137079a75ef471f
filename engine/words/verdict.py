"""Why the two fits differ, or do not, in plain words with the numbers at hand.

The text is plain throughout: names appear as in the printouts, without markup.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.account.design_effect import design_effect
from engine.account.ledger import ROUNDING
from engine.account.movement import Cause, Movement, movements
from engine.comparison import Comparison
from engine.data.formula.terms import INTERCEPT
from engine.errors import FitError
from engine.models.dial import cluster_weights
from engine.models.mixed.likelihood import Likelihood
from engine.models.mundlak import mundlak
from engine.models.within import varies_within
from engine.words.numbers import number, pair, pair_of_sizes, plural, share
from engine.words.reasons import leading, named, reason

# Nobody would report a movement smaller than this many OLS standard errors.
_NEGLIGIBLE = 0.1
# A part smaller than this share of a movement does not show in three digits.
_UNSEEN = 1e-3
# Contextual effects are mentioned if their p-value is below this.
_EVIDENCE = 0.05
# A standard error counts as changed from this ratio on.
_CHANGED = 1.05
# A reader should be warned if the relative standard error of the between-cluster variance reaches
# this.
_POORLY_KNOWN = 0.5


def one_sentence(comparison: Comparison) -> str:
    """Say in one sentence which coefficient differs most between the two fits, and why.

    Movements are judged in standard errors of the OLS estimate. If nothing moves, the sentence
    says why not.

    Parameters
    ----------
    comparison
        Both fits.
    """
    if not comparison.mixed.theta.any():
        by_reml = comparison.mixed.likelihood is Likelihood.REML
        return (
            f"{'REML' if by_reml else 'Maximum likelihood'} puts {_all_variances(comparison)} at 0 "
            "(complete pooling), so the mixed model and OLS "
            + ("are the same fit, digit for digit." if by_reml else "have the same coefficients.")
        )
    moved = movements(comparison)
    largest = max(moved, key=lambda found: found.in_standard_errors)
    if largest.in_standard_errors < ROUNDING:
        return _same_coefficients(comparison)
    if largest.in_standard_errors < _NEGLIGIBLE:
        return _hardly_any_movement(comparison, largest)
    found = _most_moved(moved)
    return f"{_movement(found)}, because {reason(comparison, found)}."


def paragraphs(comparison: Comparison) -> tuple[str, ...]:
    """Say what a consultant would say about the two fits.

    Parameters
    ----------
    comparison
        Both fits.

    Returns
    -------
    tuple of str
        One paragraph per finding. The first is `one_sentence`. The others follow only where there
        is something to say: the intercept, contextual effects, standard errors that grow and
        that shrink, and how well the between-cluster variance is known.
    """
    said = [one_sentence(comparison)]
    if not comparison.mixed.random_intercept_only:
        return tuple(said)
    if comparison.mixed.singular:
        said.append(_boundary(comparison))
    else:
        said.append(_intercept(comparison))
    said.append(_contextual(comparison))
    if not comparison.mixed.singular:
        said.append(_growing_errors(comparison))
        said.append(_shrinking_errors(comparison))
        said.append(_few_clusters(comparison))
    return tuple(paragraph for paragraph in said if paragraph)


def _all_variances(comparison: Comparison) -> str:
    if comparison.mixed.random_intercept_only:
        return "the between-cluster variance"
    return "all variances between clusters"


def _most_moved(moved: Sequence[Movement]) -> Movement:
    """The largest movement; where an intercept only follows slopes, that of the slope it follows.

    If an intercept moves only because slopes do, the slope is what matters: an intercept is the
    height of a line where the predictors are 0, which may be far from the data.
    """
    found = max(moved, key=lambda one: one.in_standard_errors)
    if found.term == INTERCEPT and found.cause is Cause.CARRIED:
        return next(one for one in moved if one.term == leading(found))
    return found


def _movement(found: Movement) -> str:
    shown = pair(found.before, found.after)
    return (
        f"The {named(found.term)} {'rises' if found.difference > 0 else 'falls'} from "
        f"{shown[0]} (OLS) to {shown[1]} (mixed), "
        f"{_multiple(found.in_standard_errors)} OLS standard errors"
    )


def _multiple(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 10.0 else f"{ratio:.2g}"


def _same_coefficients(comparison: Comparison) -> str:
    counts = comparison.moments.counts
    if not comparison.mixed.random_intercept_only:
        why = "the weights of clusters, and of their own lines, make no difference to them here"
    elif counts.min() == counts.max():
        why = (
            f"the design is balanced ({plural(len(counts), 'cluster')} of "
            f"{plural(int(counts[0]), 'row')}, and comparisons within and between clusters "
            "never compete for the same coefficient)"
        )
    else:
        why = "the clusters that lose weight sit no higher or lower than those that gain it"
    before, after = comparison.ols.standard_errors, comparison.mixed.standard_errors
    term = int(np.argmax(np.abs(np.log(after / before))))
    shown = pair_of_sizes(before[term], after[term])
    return (
        f"Both fits have the same coefficients because {why}; only the standard errors differ, "
        f"that of the {named(comparison.mixed.names[term])} going from {shown[0]} to {shown[1]}."
    )


def _hardly_any_movement(comparison: Comparison, found: Movement) -> str:
    counts = comparison.moments.counts
    simple = comparison.mixed.random_intercept_only
    if simple and float(counts.max()) * comparison.mixed.variance_ratio < _NEGLIGIBLE:
        why = (
            f", because only {share(comparison.mixed.icc)} of the residual variation lies between "
            "clusters, which leaves the weights nearly as they were"
        )
    else:
        why = ""
    shown = pair(found.before, found.after)
    return (
        f"The two fits all but agree{why}: the largest movement is that of the "
        f"{named(found.term)}, from {shown[0]} (OLS) to {shown[1]} (mixed), "
        f"{_multiple(found.in_standard_errors)} OLS standard errors."
    )


def _intercept(comparison: Comparison) -> str:
    if not comparison.moments.has_intercept or len(comparison.mixed.names) == 1:
        return ""
    moved_all = movements(comparison)
    found = moved_all[0]
    if found.in_standard_errors < _NEGLIGIBLE:
        return ""
    moved, carried = found.difference, sum(found.carried.values())
    if abs(found.weights) < _UNSEEN * abs(moved):
        return (
            f"The intercept moves by {number(moved)} only because the slopes changed: it is their "
            "lines' height where the predictors are 0."
        )
    text = (
        f"Of the intercept's movement by {number(moved)}, {number(found.weights, moved)} comes "
        f"from the clusters' weights and {number(carried, moved)} from slopes that changed, "
        "carried to the point where the predictors are 0."
    )
    if _most_moved(moved_all).term != INTERCEPT and found.cause is Cause.WEIGHTS:
        text += f" As to the weights, {reason(comparison, found)}."
    return text


def _contextual(comparison: Comparison) -> str:
    try:
        fit = mundlak(comparison.moments)
    except FitError:
        return ""
    if fit is None or fit.p_value >= _EVIDENCE:
        return ""
    k = int(np.argmax(np.abs(fit.contextual_effects / fit.standard_errors)))
    name = fit.terms[k]
    inside = float(fit.mixed.estimates[fit.mixed.names.index(name)])
    effect, error = pair(float(fit.contextual_effects[k]), float(fit.standard_errors[k]))
    return (
        f"{name} has a contextual effect: inside clusters its coefficient is {number(inside)}, "
        f"and one unit of the cluster's mean adds {effect} (standard error {error}). A single "
        "coefficient mixes the two; with the cluster mean as a further predictor the mixed model "
        "tells them apart."
    )


def _growing_errors(comparison: Comparison) -> str:
    before, after = comparison.ols.standard_errors, comparison.mixed.standard_errors
    term = int(np.argmax(after / before))
    if after[term] < _CHANGED * before[term]:
        return ""
    shown = pair_of_sizes(before[term], after[term])
    text = (
        f"The standard error of the {named(comparison.mixed.names[term])} grows "
        f"{_multiple(after[term] / before[term])}-fold, from {shown[0]} to {shown[1]}, because "
    )
    if term not in varies_within(comparison.moments):
        worth = design_effect(comparison.moments.counts, comparison.mixed.variance_ratio)
        return text + (
            f"rows of one cluster repeat each other: for a mean, "
            f"{plural(comparison.moments.rows, 'row')} in "
            f"{plural(len(comparison.moments.levels), 'cluster')} are worth about "
            f"{plural(round(worth.rows_of_weighted_mean), 'independent row')} (intraclass "
            f"correlation {number(worth.icc)})."
        )
    return text + (
        "the mixed model draws less on differences between clusters, and that loss of "
        "information outweighs the smaller residual variance."
    )


def _shrinking_errors(comparison: Comparison) -> str:
    before, after = comparison.ols.standard_errors, comparison.mixed.standard_errors
    varying = varies_within(comparison.moments)
    if not varying:
        return ""
    term = min(varying, key=lambda k: float(after[k] / before[k]))
    if before[term] < _CHANGED * after[term]:
        return ""
    shown = pair_of_sizes(before[term], after[term])
    residual = pair_of_sizes(comparison.ols.residual_variance, comparison.mixed.residual_variance)
    name = named(comparison.mixed.names[term])
    return (
        f"The standard error of the {name} shrinks from {shown[0]} to "
        f"{shown[1]}, because the between-cluster variance, "
        f"{number(comparison.mixed.between_variance)}, leaves the residual variance, which falls "
        f"from {residual[0]} to {residual[1]}."
    )


def _few_clusters(comparison: Comparison) -> str:
    counts = comparison.moments.counts
    # Based on the information on τ² for known σ², ½ Σ (ω_j / σ²)², less one cluster for the mean.
    ratio = comparison.mixed.variance_ratio
    weights = cluster_weights(counts, ratio)
    squares = float(weights @ weights) * (len(counts) - 1) / len(counts)
    relative = float(np.sqrt(2.0 / squares)) / ratio
    if relative < _POORLY_KNOWN:
        return ""
    return (
        f"{plural(len(counts), 'cluster')} with an intraclass correlation of "
        f"{number(comparison.mixed.icc)} say little about the between-cluster variance: "
        f"{number(comparison.mixed.between_variance)} has a relative standard error of about "
        f"{100 * relative:.0f}%. Weights, standard errors and degrees of freedom rest on it."
    )


def _boundary(comparison: Comparison) -> str:
    return (
        "A between-cluster variance of 0 is an estimate on the boundary, not an error: among "
        f"{plural(len(comparison.moments.levels), 'cluster')}, cluster means differ no more than "
        f"a residual variance of {number(comparison.ols.residual_variance)} alone would make "
        "them. It does not prove that clusters are alike."
    )
