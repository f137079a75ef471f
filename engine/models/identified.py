"""Whether the data can tell the variances of a mixed model apart at all."""

from __future__ import annotations

import numpy as np

from engine.errors import FitError
from engine.models.cluster_factors import gram
from engine.models.slopes import MixedModel

# As in `Moments`: below this share a column is a combination of those before it.
_COLLINEAR = 1e-13
# What is left of the outcome's variation is noise below this share of all of it, which its own
# digits cannot show, or below this share of that within clusters, which is lost in subtracting.
_NO_VARIATION, _NO_REMAINDER = 1e-26, 1e-13


def check_identified(model: MixedModel) -> None:
    """Refuse data on which the covariance parameters have no estimate.

    Raises
    ------
    FitError
        Naming what is missing.
    """
    moments, p = model.moments, len(model.fixed)
    if moments.rows <= p:
        raise FitError(
            f"There are {moments.rows} rows for {p} coefficients. "
            "Remove predictors or add rows: no residual variation can be estimated."
        )
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
            if squares[k, k] - explained <= _COLLINEAR:
                raise FitError(
                    f"{name} is constant or a combination of the random effects before it, so "
                    "its variation among clusters cannot be told from theirs. Leave it out of "
                    "the random part."
                )
    outside = model.outside
    slopes, *_ = np.linalg.lstsq(outside[:p, :p], outside[:p, p], rcond=1e-12)
    left = outside[p, p] - outside[:p, p] @ slopes
    if left <= max(_NO_VARIATION * moments.total[-1, -1], _NO_REMAINDER * moments.within[-1, -1]):
        raise FitError(
            "The predictors and the clusters' own lines explain the outcome exactly, so there is "
            "no residual variation to estimate. Use fewer random effects or another outcome."
        )
