"""Why the two fits differ, or do not, in plain words with the numbers at hand.

The text is plain throughout: names appear as in the printouts, without markup.
"""

from __future__ import annotations

from dataclasses import replace

from engine.account.assumptions import contextual_effect, size_effect
from engine.account.boundary import Boundary, boundary, relative_error
from engine.account.headline import Conclusion, Driver, Headline, Topic, headline, most_moved
from engine.account.movement import Cause, Movement
from engine.account.standard_errors import ErrorChange
from engine.account.standstill import Standstill, standstill
from engine.comparison import Comparison
from engine.data.formula.terms import INTERCEPT
from engine.models.mixed.likelihood import Likelihood
from engine.words.balance import same_in_each, same_spread
from engine.words.numbers import (
    adding_up,
    degrees,
    is_zero,
    listed_with_and,
    multiple,
    number,
    p_text,
    pair,
    pair_of_sizes,
    plural,
    share,
)
from engine.words.reasons import brief_reason, named, reason, weights_reason
from engine.words.standard_errors import CHANGED, change_text, error_reason

# Nobody would report a movement smaller than this many OLS standard errors.
_NEGLIGIBLE = 0.1
# Standard errors that differ by less than this share do not differ in three digits.
_UNSEEN = 1e-3
# A reader should be warned if the relative standard error of the between-cluster variance reaches
# this.
_POORLY_KNOWN = 0.5
# What slopes bring to an intercept.
_SLOPES = "slopes that changed, carried to the point where the predictors are 0"


def one_sentence(comparison: Comparison) -> str:
    """Say in one sentence what matters most of what differs between the two fits, and why.

    Parameters
    ----------
    comparison
        Both fits.

    Returns
    -------
    str
        About the coefficient that `headline` chooses. If nothing moves, it says why not.
    """
    return _said(comparison, headline(comparison))


def sentence_about(comparison: Comparison, term: str) -> str:
    """Say in one sentence what became of one coefficient, and why.

    Parameters
    ----------
    comparison
        Both fits.
    term
        Name of the coefficient. Where it hardly moves, the sentence is that of `one_sentence`.
    """
    about = headline(comparison)
    own = next(one for one in about.movements if one.term == term)
    same = about.topic is Topic.SAME_FIT or about.still or about.term == term
    if not same and own.in_standard_errors >= _NEGLIGIBLE:
        about = replace(about, topic=Topic.MOVEMENT, movement=own, error=None, conclusion=None)
    return _said(comparison, about)


def conclusion_text(comparison: Comparison, about: Headline) -> str:
    """Say how the conclusion about a coefficient differs between the two fits, and why.

    Parameters
    ----------
    comparison
        Both fits.
    about
        The coefficient, from `about_conclusion`.
    """
    return _said(comparison, about)


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
        is something to say: the boundary, the largest movement, the intercept, assumptions that
        the data break, standard errors that grow and that shrink, and how well the between-cluster
        variance is known.
    """
    about = headline(comparison)
    said = [_said(comparison, about), boundary_text(comparison)]
    if about.topic is not Topic.SAME_FIT:
        said += [_largest_movement(comparison, about), _intercept(comparison, about)]
    if comparison.mixed.random_intercept_only:
        said += [_contextual(comparison), _sizes(comparison)]
    if about.topic is not Topic.SAME_FIT and about.error is not None:
        said += _errors(comparison, about)
    if comparison.mixed.random_intercept_only and not comparison.mixed.singular:
        said.append(_few_clusters(comparison))
    return tuple(paragraph for paragraph in said if paragraph)


def boundary_text(comparison: Comparison) -> str:
    """Say what a fit on the boundary means and what to do next; empty for other fits.

    Parameters
    ----------
    comparison
        Both fits.
    """
    found = boundary(comparison)
    if found is None:
        return ""
    if comparison.mixed.random_intercept_only:
        return (
            "A between-cluster variance of 0 is an estimate on the boundary, not an error: among "
            f"{plural(len(comparison.moments.levels), 'cluster')}, cluster means differ no more "
            f"than a residual variance of {number(comparison.ols.residual_variance)} alone would "
            "make them. It does not prove that clusters are alike. Report it as it is, or collect "
            "more clusters."
        )
    return f"The fit is on the boundary (singular): {_what_is_there(found, _dummies(comparison))}"


def _what_is_there(found: Boundary, dummies: frozenset[str]) -> str:
    said = []
    if found.zero:
        one = len(found.zero) == 1
        said.append(
            f"the {'variance' if one else 'variances'} among clusters of {_effects(found.zero)} "
            f"{'is' if one else 'are'} estimated as 0. These data show no such differences beyond "
            "what residuals make, which does not prove that there are none. Next, fit the model "
            "without "
            + (f"{_random(found.zero)} in the random part" if found.positive else "a random part")
            + ": the coefficients stay the same."
        )
    if found.perfect:
        names = {name for first, second, _ in found.perfect for name in (first, second)}
        said.append(f"{_perfect_pairs(found)} Next, {_simpler(names & dummies)}.")
    if not said:
        said.append(
            f"among {_effects(found.positive)}, a combination does not vary among clusters. The "
            "data say too little about so many variances and correlations. Next, "
            f"{_simpler(dummies.intersection(found.positive))}."
        )
    first, *others = said
    return " ".join([first, *(f"{one[0].upper()}{one[1:]}" for one in others)])


def _perfect_pairs(found: Boundary) -> str:
    pairs = [
        (_effects((first,)), _effects((second,)), "1" if sign > 0 else "−1")
        for first, second, sign in found.perfect
    ]
    if len(pairs) == 1:
        ((first, second, correlation),) = pairs
        return (
            f"{first} and {second} are estimated to correlate by {correlation} among clusters, so "
            "that one tells the other exactly. The data say too little about both variances and "
            "the correlation."
        )
    listed = listed_with_and(f"{first} with {second} ({sign})" for first, second, sign in pairs)
    return (
        f"{len(pairs)} pairs are estimated to correlate by 1 or −1 among clusters, so that one of "
        f"a pair tells the other exactly: {listed}. The data say too little about these variances "
        "and correlations."
    )


def _simpler(dummies: frozenset[str] | set[str]) -> str:
    """Say which simpler model to fit: || does not part the dummies of one factor."""
    if dummies:
        return "fit a random intercept alone, or a factor of fewer levels"
    return "fit them without their correlations, by || instead of |, or leave one out"


def _dummies(comparison: Comparison) -> frozenset[str]:
    """Names of the columns that are 1 or 0, or a product, by the level of a factor."""
    return frozenset(
        column.name
        for column in comparison.design.columns
        if any(level is not None for _, level in column.factors)
    )


def _effects(names: tuple[str, ...]) -> str:
    return listed_with_and(
        "the intercepts" if name == INTERCEPT else f"the effects of {name}" for name in names
    )


def _random(names: tuple[str, ...]) -> str:
    return listed_with_and("the intercept" if name == INTERCEPT else name for name in names)


def _largest_movement(comparison: Comparison, about: Headline) -> str:
    """Say why the slope moved that moved most, unless the headline says so."""
    found, told = most_moved(about.movements), about.conclusion
    if about.still or found.term == INTERCEPT or found.in_standard_errors < _NEGLIGIBLE:
        return ""
    by_estimate = told is not None and Driver.ESTIMATE in told.drivers
    if about.term == found.term and (about.topic is Topic.MOVEMENT or by_estimate):
        return ""
    return f"{_movement(found)}, because {reason(comparison, found)}."


def _said(comparison: Comparison, about: Headline) -> str:
    if about.topic is Topic.SAME_FIT:
        by_reml = comparison.mixed.likelihood is Likelihood.REML
        return (
            f"{'REML' if by_reml else 'Maximum likelihood'} puts {_all_variances(comparison)} at 0 "
            "(complete pooling), so the mixed model and OLS "
            + ("are the same fit, digit for digit." if by_reml else "have the same coefficients.")
        )
    if about.still:
        return _same_coefficients(comparison, about)
    if about.topic is Topic.CONCLUSION and about.conclusion is not None:
        return _changed_conclusion(comparison, about, about.conclusion)
    if about.topic is Topic.STANDARD_ERROR and about.error is not None:
        return _changed_error(comparison, about.movement, about.error)
    if about.movement.in_standard_errors < _NEGLIGIBLE:
        return _hardly_any_movement(comparison, about.movement)
    return f"{_movement(about.movement)}, because {reason(comparison, about.movement)}."


def _all_variances(comparison: Comparison) -> str:
    if comparison.mixed.random_intercept_only:
        return "the between-cluster variance"
    return "all variances between clusters"


def _movement(found: Movement) -> str:
    shown = pair(found.before, found.after)
    moved = multiple(found.in_standard_errors)
    return (
        f"The {named(found.term)} {'rises' if found.difference > 0 else 'falls'} from "
        f"{shown[0]} (OLS) to {shown[1]} (mixed), by {moved} standard "
        f"{'error' if moved == '1' else 'errors'} of OLS"
    )


def _changed_conclusion(comparison: Comparison, about: Headline, told: Conclusion) -> str:
    found, error = about.movement, about.error
    if told.drivers == (Driver.ESTIMATE,) or error is None:
        return f"{_movement(found)}, and {_conclusion(told)}, because {reason(comparison, found)}."
    by_error = Driver.ERROR in told.drivers
    on_degrees = f"on {_degrees(told)}" if Driver.DEGREES in told.drivers else ""
    if Driver.ESTIMATE not in told.drivers:
        shown = pair(found.before, found.after)
        told_so = (
            f"The {named(found.term)}, {shown[0]} (OLS) and {shown[1]} (mixed), {_conclusion(told)}"
        )
        if not on_degrees:
            return (
                f"{told_so} through its standard error, which {change_text(error)}, because "
                f"{error_reason(comparison, error)}."
            )
        beside = f", and its standard error {change_text(error)}" if by_error else ""
        return f"{told_so}, because the mixed model tests it {on_degrees}{beside}."
    changed = f"; its standard error {change_text(error)}" if by_error else ""
    return (
        f"{_movement(found)}, because {reason(comparison, found)}{changed}; "
        f"{f'{on_degrees} ' if on_degrees else ''}it {_conclusion(told)}."
    )


def _degrees(told: Conclusion) -> str:
    """Write "2.0 rather than 30 degrees of freedom"."""
    after = degrees(told.degrees_after, 1)
    return f"{after} rather than {told.degrees_before:,.0f} degrees of freedom"


def _conclusion(told: Conclusion) -> str:
    values = f"(OLS {p_text(told.p_before)}, mixed {p_text(told.p_after)})"
    if told.before and told.after:
        return f"changes its sign, significant at 5% in both {values}"
    if told.before:
        return f"is significant at 5% in OLS only {values}"
    return f"is significant at 5% in the mixed model only {values}"


def _changed_error(comparison: Comparison, found: Movement, error: ErrorChange) -> str:
    shown = pair(found.before, found.after)
    return (
        f"The standard error of the {named(found.term)} {change_text(error, models=True)}, because "
        f"{error_reason(comparison, error)}; the coefficient itself goes from {shown[0]} to "
        f"{shown[1]}."
    )


def _same_coefficients(comparison: Comparison, about: Headline) -> str:
    same = f"Both fits have the same coefficients because {_why_still(comparison)}"
    error, told = about.error, about.conclusion
    drivers = () if told is None else told.drivers
    on_degrees = f"on {_degrees(told)}" if told and Driver.DEGREES in drivers else ""
    if error is None or error.fold < 1.0 + _UNSEEN:
        if told and on_degrees:
            return (
                f"{same}; the {named(about.term)} has the same standard error as well, but "
                f"{on_degrees} it {_conclusion(told)}."
            )
        return f"{same}; the standard errors are the same as well."
    before, after = pair_of_sizes(error.before, error.after)
    changed = ""
    if told and Driver.ERROR in drivers:
        changed = f", so that{f', {on_degrees},' if on_degrees else ''} it {_conclusion(told)}"
    elif told and on_degrees:
        changed = f"; {on_degrees} it {_conclusion(told)}"
    return (
        f"{same}; only the standard errors differ, that of the {named(error.term)} going from "
        f"{before} to {after}{changed}."
    )


def _why_still(comparison: Comparison) -> str:
    found, counts = standstill(comparison), comparison.moments.counts
    each = f"all {plural(len(counts), 'cluster')} have {plural(int(counts[0]), 'row')}"
    between = listed_with_and(found.between or [""])
    match found.kind:
        case Standstill.BALANCED:
            constant = f"{between} {_does(found.between)} not vary inside them"
            steady = same_in_each(comparison.design, found.inside)
            also = [constant] * bool(found.between)
            return f"the design is balanced: {listed_with_and([each, *also, *steady])}"
        case Standstill.MEANS_IN_MODEL:
            return (
                f"{each} and the other predictors make up the cluster means of "
                f"{listed_with_and(found.both)}, so that both compare inside clusters alone"
            )
        case Standstill.SAME_DESIGN:
            alike = (
                same_spread(comparison.design, found.slopes)
                if found.slopes
                else "the same mean and spread of the predictors"
            )
            return f"{each}, with {alike}, so that each cluster counts alike in both models"
        case Standstill.SAME_PULLS:
            return "each cluster pulls at them alike in both models"
        case Standstill.CANCELLING:
            return (
                "what clusters that lose weight pull less and what clusters that gain it pull "
                "more cancels"
            )


def _does(names: tuple[str, ...]) -> str:
    return "does" if len(names) == 1 else "do"


def _hardly_any_movement(comparison: Comparison, found: Movement) -> str:
    counts = comparison.moments.counts
    simple = comparison.mixed.random_intercept_only
    if simple and float(counts.max()) * comparison.mixed.variance_ratio < _NEGLIGIBLE:
        why = (
            f", because only {share(comparison.mixed.icc)} of the residual variation lies between "
            "clusters, which leaves the weights nearly as they were"
        )
        because = ""
    else:
        why, because = "", f", because {brief_reason(comparison, found)}"
    shown = pair(found.before, found.after)
    return (
        f"The two fits all but agree{why}: the largest movement is that of the "
        f"{named(found.term)}, from {shown[0]} (OLS) to {shown[1]} (mixed), "
        f"by {multiple(found.in_standard_errors)} standard errors of OLS{because}."
    )


def _intercept(comparison: Comparison, about: Headline) -> str:
    moments = comparison.moments
    if not moments.has_intercept or len(comparison.mixed.names) == 1:
        return ""
    found = about.movements[0]
    if found.in_standard_errors < _NEGLIGIBLE or about.term == INTERCEPT:
        return ""
    parts = {
        "the clusters' weights": found.weights,
        _SLOPES: sum(found.carried.values()),
        "slopes that vary among clusters": found.own_lines,
    }
    moved, texts = adding_up(found.before, found.after, list(parts.values()))
    seen = {what: text for what, text in zip(parts, texts, strict=True) if not is_zero(text)}
    if list(seen) == [_SLOPES]:
        return (
            f"The intercept moves by {moved} only because the slopes changed: it is their lines' "
            "height where the predictors are 0."
        )
    listed = listed_with_and(f"{text} comes from {what}" for what, text in seen.items())
    text = f"Of the intercept's movement by {moved}, {listed}."
    if found.cause is Cause.WEIGHTS:
        text += f" As to the weights, {weights_reason(comparison, found)}."
    return text


def _contextual(comparison: Comparison) -> str:
    found = contextual_effect(comparison)
    if found is None:
        return ""
    effect, error = pair(found.effect, found.standard_error)
    return (
        f"{found.term} has a contextual effect: inside clusters its coefficient is "
        f"{number(found.inside)}, and one unit of the cluster's mean adds {effect} (standard error "
        f"{error}, {p_text(found.p_value)}). The mixed model takes the clusters' levels to be "
        "independent of the predictors, which they are not here, so that a single coefficient "
        "mixes the two; with the cluster mean as a further predictor the mixed model tells them "
        "apart."
    )


def _sizes(comparison: Comparison) -> str:
    found = size_effect(comparison)
    if found is None:
        return ""
    side = "lower" if found.per_doubling < 0.0 else "higher"
    return (
        f"The level of a cluster goes with its size: clusters with twice the rows lie "
        f"{number(abs(found.per_doubling))} {side} ({p_text(found.p_value)}). The mixed model "
        "takes the clusters' levels to be independent of their sizes. Where they are not, OLS is "
        "about the average row and the mixed model is near the average cluster."
    )


def _errors(comparison: Comparison, about: Headline) -> list[str]:
    """The standard error that grows most and the one that shrinks most, unless said already."""
    said_already = not about.still and (
        about.topic is Topic.STANDARD_ERROR
        or (about.conclusion is not None and about.conclusion.drivers == (Driver.ERROR,))
    )
    ends = (
        max(about.errors, key=lambda one: one.ratio),
        min(about.errors, key=lambda one: one.ratio),
    )
    return [
        f"The standard error of the {named(one.term)} {change_text(one)}, because "
        f"{error_reason(comparison, one)}."
        for one, grows in zip(ends, (True, False), strict=True)
        if one.fold >= CHANGED
        and (one.ratio > 1.0) == grows
        and not (said_already and one.term == about.term)
    ]


def _few_clusters(comparison: Comparison) -> str:
    counts, variance = comparison.moments.counts, comparison.mixed.between_variance
    relative = relative_error(counts, comparison.mixed.variance_ratio)
    if relative < _POORLY_KNOWN:
        return ""
    known = (
        f"{number(variance)} has a relative standard error of about {100.0 * relative:.0f}%"
        if relative < 1.0
        else f"{number(variance)} has a standard error of about {number(variance * relative)}, "
        "more than itself"
    )
    return (
        f"{plural(len(counts), 'cluster')} with an intraclass correlation of "
        f"{number(comparison.mixed.icc)} say little about the between-cluster variance: {known}. "
        "Weights, standard errors and degrees of freedom rest on it."
    )
