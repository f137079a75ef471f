"""The criterion along the variance ratio, and what each ratio says of a coefficient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.comparison import Comparison
from engine.data.moments import FloatArray
from engine.models.mixed.intercept_fit import ratio_criterion, ratio_derivative
from engine.models.mixed.likelihood import Likelihood


@dataclass(frozen=True)
class CriterionPoints:
    """Points of the curve that REML searches; ``...`` is the shape of the ratios.

    Attributes
    ----------
    ratio
        Variance ratio ρ ≥ 0, shape (...).
    reml, ml
        The criterion of either likelihood, as lme4 prints it, shape (...).
    slope
        d REML criterion / dρ, shape (...): its sign says on which side the curve is lower.
    estimate
        The coefficient asked for, in outcome units per unit of its predictor, shape (...).
    """

    ratio: FloatArray
    reml: FloatArray
    ml: FloatArray
    slope: FloatArray
    estimate: FloatArray

    def first(self, count: int) -> CriterionPoints:
        """Return the first of the points, where there is one axis of them.

        Parameters
        ----------
        count
            How many; more than there are is all of them.
        """
        return CriterionPoints(
            self.ratio[:count],
            self.reml[:count],
            self.ml[:count],
            self.slope[:count],
            self.estimate[:count],
        )


def criterion_points(both: Comparison, term: int, ratio: ArrayLike) -> CriterionPoints:
    """Return the points of the curve at the given ratios, in one batch.

    Parameters
    ----------
    both
        Both fits, of a model with a random intercept alone.
    term
        Position of the coefficient among the p.
    ratio
        Finite variance ratios ρ ≥ 0, of any shape.

    Returns
    -------
    CriterionPoints
        One point per ratio, in the shape of ``ratio``.
    """
    rho = np.asarray(ratio, dtype=np.float64)
    return CriterionPoints(
        ratio=rho,
        reml=ratio_criterion(both.dial, rho),
        ml=ratio_criterion(both.dial, rho, Likelihood.ML),
        slope=ratio_derivative(both.dial, rho),
        estimate=both.dial.at(rho).fixed_effects[..., term],
    )
