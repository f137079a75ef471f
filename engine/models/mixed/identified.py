"""Checks that the data identify the variances of a mixed model."""

from __future__ import annotations

import numpy as np

from engine.data.moments import Moments
from engine.data.tolerances import LARGEST_RATIO, LOST, NO_VARIATION
from engine.errors import FitError
from engine.models.mixed.clusters import gram
from engine.models.mixed.derivatives import natural_basis, sensitivity
from engine.models.mixed.model import MixedModel
from engine.models.within import rank_within, varies_within

# Variances are confounded if the information on a combination of them is below this share of the
# information on each. Rounding leaves a share of 1e-14; few clusters alone never go below 1e-6.
_NO_INFORMATION = 1e-10
# Relative standard deviations at which the information is computed, in units of the standard error
# from a cluster with average information. Clusters with far larger predictors than the rest
# dominate the information where Σ is small, and contribute no more than others where it is large.
_SIZES = (1.0, 1e3, 1e6)


def check_identified(model: MixedModel) -> None:
    """Refuse data that do not identify the covariance parameters.

    Parameters
    ----------
    model
        The model and its data.

    Raises
    ------
    FitError
        The parameters are not identified; the message says what is missing.
    """
    moments = model.moments
    _check_rows(moments, len(model.fixed))
    for term in model.random:
        effects = len(term) * len(moments.levels)
        if moments.rows <= effects:
            raise FitError(
                f"There are {moments.rows} rows for {effects} random effects "
                f"({' and '.join(term)} in each of {len(moments.levels)} clusters), so they "
                "cannot be told from residual variation. Use fewer random effects, or larger "
                "clusters."
            )
    for block in model.terms.blocks:
        squares = gram(model.clusters.root[:, block])
        sizes = np.sqrt(np.diag(squares))
        sizes[sizes == 0.0] = 1.0
        squares = squares / np.outer(sizes, sizes)
        for k, name in enumerate(model.terms.names[block]):
            before = squares[:k, k]
            explained = before @ np.linalg.solve(squares[:k, :k], before)
            if squares[k, k] - explained <= NO_VARIATION:
                raise FitError(
                    f"{name} is constant or a combination of the random effects before it, so "
                    "its variation among clusters cannot be told from theirs. Leave it out of "
                    "the random part."
                )
    _check_remainder(model)
    _check_told_apart(model)


def check_intercept_identified(moments: Moments) -> None:
    """Refuse data that do not identify the variance ratio of a random-intercept model.

    Parameters
    ----------
    moments
        Moments of p linearly independent columns X and the outcome.

    Raises
    ------
    FitError
        The ratio is not identified; the message says what is missing.
    """
    p, clusters = len(moments.names), len(moments.levels)
    _check_rows(moments, p)
    if int(moments.counts.max()) == 1:
        raise FitError(
            f"Each of the {clusters} clusters holds a single row, so variation "
            "between and within clusters cannot be told apart. Choose a column that groups "
            "several rows."
        )
    if clusters + rank_within(moments) <= p:
        varying = varies_within(moments)
        constant = [
            name
            for k, name in enumerate(moments.names)
            if k >= moments.has_intercept and k not in varying
        ]
        which = f" ({', '.join(constant)} being constant inside clusters)" if constant else ""
        raise FitError(
            f"The predictors tell all {clusters} clusters apart{which}, so nothing is "
            "left to estimate the variation between clusters from. Remove a predictor, or add "
            "clusters."
        )
    scatter = moments.within
    unit = np.sqrt(np.diag(scatter))[:p]
    unit[unit == 0.0] = 1.0
    right = scatter[:p, p] / unit
    slopes, *_ = np.linalg.lstsq(scatter[:p, :p] / np.outer(unit, unit), right, rcond=1e-12)
    if _is_rounding(float(scatter[p, p] - right @ slopes), moments):
        raise FitError(
            "Within clusters the predictors explain the outcome exactly, so there is no "
            "residual variation to estimate. Choose another outcome or cluster column."
        )


def check_varies_within(moments: Moments) -> None:
    """Refuse an outcome that is the same in all rows of each cluster, whatever the model.

    Parameters
    ----------
    moments
        Moments of the outcome as it is, not of what predictors leave of it.

    Raises
    ------
    FitError
        Inside clusters the outcome varies by rounding at most, though some have several rows.
    """
    if moments.counts.max() > 1 and _is_rounding(float(moments.within[-1, -1]), moments):
        raise FitError(
            "The outcome is the same in all rows of each cluster: it differs between clusters "
            "only, so there is no residual variation inside them, and the residual variance would "
            "be 0. To compare clusters, keep one row of each and use lm; or choose a cluster "
            "column inside which the outcome varies."
        )


def check_residual(residual_sum: float) -> None:
    """Refuse a fit whose residual sum of squares is nothing but rounding.

    Raises
    ------
    FitError
        It is not positive.
    """
    if not residual_sum > 0.0:
        raise FitError(
            "The predictors and the clusters explain the outcome exactly, as far as its digits "
            "tell, so there is no residual variation to estimate. Choose another outcome."
        )


def _check_rows(moments: Moments, p: int) -> None:
    if moments.rows <= p:
        raise FitError(
            f"There are {moments.rows} rows for {p} coefficients. "
            "Remove predictors or add rows: no residual variation can be estimated."
        )


def _is_rounding(left: float, moments: Moments) -> bool:
    """Whether a remainder of the variation within clusters is rounding or lost in subtraction."""
    return left <= max(moments.outcome_noise, LOST * float(moments.within[-1, -1]))


def _check_remainder(model: MixedModel) -> None:
    """Refuse data in which the clusters' own lines leave no residuals, or only rounding."""
    moments, left = model.moments, model.least_residual_sum
    if _is_rounding(left, moments):
        raise FitError(
            "The predictors and the clusters' own lines explain the outcome exactly, so there is "
            "no residual variation to estimate. Use fewer random effects or another outcome."
        )
    nothing_varies = np.zeros((len(model.terms.names),) * 2)
    if left * LARGEST_RATIO <= model.solve(nothing_varies).residual_sum:
        raise FitError(
            "The rows lie too close to their clusters' own lines (less than a part in "
            f"{LARGEST_RATIO:g} of the variation is left about them) to estimate the residual "
            "variance. Use fewer random effects, or an outcome that is less rounded."
        )


def _check_told_apart(model: MixedModel) -> None:
    """Refuse clusters that do not identify the variances, whatever the outcome.

    Notes
    -----
    Σ is linear in its parameters γ. The REML criterion is therefore constant along a line of them
    if and only if the expected information, tr(P Σ̇_a P Σ̇_b), is singular there, and then it is
    singular at every Σ. If it is not singular, it may still come near to it at some Σ, even to
    within rounding. One Σ with enough information thus suffices, and variances are confounded
    only if no Σ shows any.
    """
    moves = model.terms.pattern.moves()
    symmetric = np.maximum(moves, np.swapaxes(moves, 1, 2))
    for size in _SIZES:
        solution = model.solve(np.diag(size * model.information**-0.5))
        solution = solution.rebased(natural_basis(model, solution))
        sums = sensitivity(model, solution, symmetric, residual=True)
        # A parameter that changes no cluster's V has no information: for example, the correlation
        # of two effects that never occur in the same cluster.
        own = np.diag(sums.traces)
        units = np.where(own > 0.0, own, 1.0) ** -0.5
        scale = np.outer(units, units)
        values, directions = np.linalg.eigh(sums.restricted_traces(solution.inverse) * scale)
        if values[0] > _NO_INFORMATION:
            return
        by_design = np.linalg.eigvalsh(sums.traces * scale)[0] <= _NO_INFORMATION
    share = np.abs(directions[:-1, 0])
    involved = moves[share > 0.1 * share.max()].any(axis=0)
    effects = involved.any(axis=0) | involved.any(axis=1)
    names = [name for name, own in zip(model.terms.names, effects, strict=True) if own]
    correlated = bool(np.triu(involved.T, 1).any())
    advice = (
        "different variances fit any outcome equally well, however many clusters like these there "
        "are. Use fewer random effects."
        if by_design
        else "beside the predictors, different variances fit any outcome equally well. Use fewer "
        "random effects or fewer predictors, or add clusters."
    )
    raise FitError(
        f"The {len(model.moments.levels)} clusters cannot tell how much {_listed(names)} "
        f"{'vary' if len(names) > 1 else 'varies'} among them"
        f"{' and how they correlate' if correlated else ''}: {advice}"
    )


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
