"""Why a standard error differs between the two fits, as clauses with the numbers at hand."""

from __future__ import annotations

import math

from engine.account.standard_errors import ErrorCause, ErrorChange, Level, Mean
from engine.comparison import Comparison
from engine.words.numbers import (
    factor,
    listed_with_and,
    multiple,
    number,
    pair_of_sizes,
    plural,
    three_digits,
)

CHANGED = 1.05
"""From this ratio on a standard error counts as changed."""

# A change of the information, or of one factor among several, that does not show in two digits.
_UNSEEN = 5e-3

_FACTORS = {
    ErrorCause.RESIDUAL: "from the residual variance",
    ErrorCause.CLUSTERS: "from differences between clusters that tell less",
    ErrorCause.SLOPES: "from the slopes that lead to predictors of 0",
    ErrorCause.OTHERS: "from what other coefficients leave it",
}


def change_text(found: ErrorChange, *, models: bool = False) -> str:
    """Return "grows 1.7-fold, from 0.445 to 0.761", or "shrinks from 1.238 to 0.804".

    A change of less than a twentieth is no fold to speak of: "goes from 70.7 to 72.6".

    Parameters
    ----------
    found
        The change.
    models
        Whether to name the model behind each number.
    """
    before, after = pair_of_sizes(found.before, found.after)
    fold = f"grows {multiple(found.ratio)}-fold," if found.ratio > 1.0 else "shrinks"
    if found.fold < CHANGED:
        fold = "goes"
    of_ols, of_mixed = (" (OLS)", " (mixed)") if models else ("", "")
    return f"{fold} from {before}{of_ols} to {after}{of_mixed}"


def error_reason(comparison: Comparison, found: ErrorChange) -> str:
    """Return the clause that says why a standard error differs: "rows of one cluster …".

    Parameters
    ----------
    comparison
        Both fits.
    found
        One of their changes.
    """
    match found.cause:
        case ErrorCause.RESIDUAL:
            return _of_residual(comparison, found)
        case ErrorCause.CLUSTERS if found.mean is not None:
            return _of_worth(comparison, found.mean)
        case ErrorCause.CLUSTERS | ErrorCause.SLOPES if found.levels is not None and any(
            one.has_slopes for one in found.levels
        ):
            return _of_levels(found, found.levels)
        case ErrorCause.CLUSTERS:
            return _of_information(comparison, found)
        case _:
            return _of_factors(found)


def residual_text(comparison: Comparison) -> str:
    """Return "5.16 to 2.05": the residual variances of OLS and of the mixed model.

    Parameters
    ----------
    comparison
        Both fits.
    """
    ols, mixed = comparison.ols.residual_variance, comparison.mixed.residual_variance
    return " to ".join(pair_of_sizes(ols, mixed))


def _of_residual(comparison: Comparison, found: ErrorChange) -> str:
    what = (
        f"the between-cluster variance, {number(comparison.mixed.between_variance)}, is"
        if comparison.mixed.random_intercept_only
        else "what varies between clusters is"
    )
    left = (
        f"; of the information about it {three_digits(found.information)} is left"
        if found.information < 1.0 - _UNSEEN
        else ""
    )
    return (
        f"{what} taken out of the residual variance, which falls from "
        f"{residual_text(comparison)}{left}"
    )


def _of_information(comparison: Comparison, found: ErrorChange) -> str:
    return (
        f"rows of one cluster share its deviations, which leaves {three_digits(found.information)} "
        "of the information about it, while the residual variance falls from "
        f"{residual_text(comparison)}"
    )


def _of_worth(comparison: Comparison, mean: Mean) -> str:
    variances = pair_of_sizes(mean.before, mean.after)
    of_variance = (
        ""
        if mean.is_one_of_rows_alone
        else f", of variance {variances[1]} rather than {variances[0]}"
    )
    return (
        f"rows of one cluster repeat each other, so that, for a mean, "
        f"{plural(comparison.moments.rows, 'row')} in "
        f"{plural(len(comparison.moments.levels), 'cluster')} are worth about "
        f"{plural(round(mean.worth.rows_of_weighted_mean), 'independent row')} (intraclass "
        f"correlation {number(mean.worth.icc)}){of_variance}"
    )


def _of_levels(found: ErrorChange, levels: tuple[Level, Level]) -> str:
    finest = min(found.before, found.after)
    near, far = (
        f"from {number(before, finest)} to {number(after, finest)}"
        for before, after in (
            (levels[0].height, levels[1].height),
            (levels[0].slopes, levels[1].slopes),
        )
    )
    cause = (
        "rows of one cluster repeat each other"
        if found.cause is ErrorCause.CLUSTERS
        else "the slopes that lead to predictors of 0 are known less well"
        if found.ratio > 1.0
        else "the slopes that lead to predictors of 0 are known better"
    )
    return (
        f"{cause}: it is the root of two squares, the error of the line's height in the middle of "
        f"the data, which goes {near}, and that of the slopes from there to predictors of 0, which "
        f"goes {far}"
    )


def _of_factors(found: ErrorChange) -> str:
    seen = {cause: math.exp(part) for cause, part in found.parts.items() if abs(part) > _UNSEEN}
    listed = listed_with_and(f"{factor(one)} {_FACTORS[cause]}" for cause, one in seen.items())
    return f"several factors multiply: {listed}"
