"""From rows to both models on the same moments, ready to be fitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from engine.data.design import Design
from engine.data.limits import check_outcome, tiny_columns
from engine.data.moments import FloatArray, Moments
from engine.data.reduction import about_line, moments_from_rows
from engine.display import listed, plural
from engine.errors import DataError, FitError
from engine.models.dial import Dial, cluster_weights
from engine.models.mixed.identified import check_varies_within
from engine.models.mixed.intercept_fit import best_ratio
from engine.models.mixed.model import MixedModel

# Cross-products of the outcome carry 16 digits. Where the predictors leave less than this share
# unexplained, the remainder would keep fewer than 12 digits.
_LITTLE_LEFT = 1e-4
_DEPENDENT = "constant or a combination of the terms before it"
# At this ratio the slopes are the within slopes, in all but the largest clusters.
_NEARLY_WITHIN = 1e6


@dataclass(frozen=True)
class Models:
    """Both models of a design, ready to be fitted.

    Attributes
    ----------
    design
        The rows behind both models.
    dial
        Generalised least squares at any variance ratio; at 0 it is ordinary least squares.
    model
        The mixed model as a function of its covariance parameters.
    left_out
        Terms of the formula that get no coefficient, each with what is wrong with its values; None
        if it is constant or a combination of the terms before it.
    """

    design: Design
    dial: Dial
    model: MixedModel
    left_out: Mapping[str, str | None]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the rows and of the columns left out, in sentences."""
        return (*self.design.notes, *_left_out_notes(self.left_out))


def moments_of(design: Design) -> Moments:
    """Reduce the rows of a design to the moments of all its columns and the outcome.

    Parameters
    ----------
    design
        The rows, from `build` or from `Simulated.design`.

    Returns
    -------
    Moments
        Sizes, means and cross-products of each cluster.

    Raises
    ------
    DataError
        The outcome does not vary, or numbers are too large or too small to compute with.

    Examples
    --------
    >>> import pandas as pd
    >>> from engine import build, parse
    >>> frame = pd.DataFrame({"y": [1.0, 2, 3, 5, 4, 7], "g": ["a", "a", "b", "b", "c", "c"]})
    >>> moments_of(build(frame, parse("y ~ 1 + (1 | g)"))).outcome_means
    array([1.5, 4. , 5.5])
    """
    check_outcome(design)
    tiny_columns(design)
    return moments_from_rows(
        design.model_matrix,
        design.outcome,
        design.cluster_codes,
        names=tuple(column.name for column in design.columns),
        levels=design.levels,
        has_intercept=design.has_intercept,
        fixed=len(design.names),
    )


def models_of(design: Design, moments: Moments) -> Models:
    """Set up both models on the linearly independent columns.

    Parameters
    ----------
    design
        The rows. They are read again only where the predictors explain nearly all of the
        outcome, because its cross-products then keep too few digits of the remainder.
    moments
        Their moments, from `moments_of`.

    Returns
    -------
    Models
        Both models, ready to be fitted.

    Raises
    ------
    DataError
        No predictor varies.
    FitError
        The outcome varies between clusters only.

    Examples
    --------
    >>> import pandas as pd
    >>> from engine import build, parse
    >>> frame = pd.DataFrame({"y": [1.0, 2, 3, 5, 4, 7], "g": ["a", "a", "b", "b", "c", "c"]})
    >>> design = build(frame, parse("y ~ 1 + (1 | g)"))
    >>> models = models_of(design, moments_of(design))
    >>> models.dial.at([0.0, 1.0]).fixed_effects.round(3).tolist()
    [[3.667], [3.667]]
    """
    check_varies_within(moments)
    tiny = tiny_columns(design)
    usable = [k for k, name in enumerate(design.names) if name not in tiny]
    kept = [usable[k] for k in moments.select(usable).independent_columns()]
    if not kept:
        nothing = "No predictor varies, so there is no coefficient to estimate."
        raise DataError(next(iter(tiny.values()), nothing))
    others = np.setdiff1d(np.arange(len(moments.names)), kept)
    if moments.constant is not None and moments.constant[others].any():
        # The remaining columns do not span the constant, so everything is solved about zero.
        moments = moments.unshifted()
    dial = Dial(moments.select(kept))
    if _loses_digits(dial):
        moments = _from_a_line(dial, moments, design)
        dial = Dial(moments.select(kept))
    names = dial.moments.names
    return Models(
        design=design,
        dial=dial,
        model=MixedModel(moments, names, design.random),
        left_out={name: tiny.get(name) for name in design.names if name not in names},
    )


def _left_out_notes(left_out: Mapping[str, str | None]) -> Iterator[str]:
    """Yield a note for each column with a reason of its own, and one for all dependent columns."""
    yield from (f"{name} was left out. {why}" for name, why in left_out.items() if why)
    names = [name for name, why in left_out.items() if not why]
    if len(names) == 1:
        yield f"{names[0]} was left out: it is {_DEPENDENT}."
    elif names:
        yield (
            f"{plural(len(names), 'column')} were left out, because each is {_DEPENDENT}: "
            f"{listed(names, len(names))}."
        )


def _fitted_line(dial: Dial, ratio: float) -> FloatArray:
    """Return β̂(ρ) on the shifted columns, shape (p,), less any line already subtracted."""
    return np.asarray((dial.scaling.pooled + dial.at(ratio).shift) / dial.scaling.scale)


def _loses_digits(dial: Dial) -> bool:
    """Return whether the predictors leave too little of the outcome for its cross-products."""
    moments, ratios = dial.moments, np.array([0.0, 1.0, _NEARLY_WITHIN])
    weights = cluster_weights(moments.counts, ratios[:, None])
    squares = moments.within[-1, -1] + weights @ moments.means[:, -1] ** 2
    # Where nothing is left, rounding may make the remainder negative or NaN: hence "not all".
    return not np.all(dial.at(ratios).residual_sum > _LITTLE_LEFT * squares)


def _from_a_line(dial: Dial, moments: Moments, design: Design) -> Moments:
    """Return the moments with the outcome measured from a line close to the mixed fit.

    The line at ρ = 1 is close enough to the fit to find ρ̂. About the line at ρ̂ no digits cancel at
    ρ̂, and at ρ = 0 the loss stays within a factor 1 + n ρ̂.
    """
    columns = [moments.names.index(name) for name in dial.moments.names]
    line = np.zeros(len(moments.names))

    def about(line: FloatArray) -> Moments:
        rows = design.model_matrix, design.outcome, design.cluster_codes
        return about_line(moments, line, *rows, fixed=len(design.names))

    line[columns] = _fitted_line(dial, 1.0)
    first = about(line)
    nearer = Dial(first.select(columns))
    try:
        # Where nothing is left, the criterion has no value.
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = best_ratio(nearer)
        line = line.copy()
        line[columns] += _fitted_line(nearer, ratio)
    except FitError:
        # The fit itself will raise this again and say what is missing.
        return first
    return about(line)
