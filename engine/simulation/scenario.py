"""The settings of simulated data."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from engine.errors import ScenarioError
from engine.simulation.fields import FIELDS

Shape = Literal["gaussian", "skewed", "two-humped", "one outlier"]

SHAPES: tuple[Shape, ...] = get_args(Shape)

MOST_ROWS = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Settings of a simulated data set: two conditions, clusters with intercepts and slopes.

    Row i of cluster j is y = intercept + b_j + (effect + u_j) · treated + e_ij.

    Parameters
    ----------
    clusters
        Number of clusters J.
    rows_per_cluster
        Mean number of rows of a cluster; the total is exactly ``clusters * rows_per_cluster``.
    size_spread
        Coefficient of variation of the cluster sizes. Sizes are lognormal, and no cluster has
        fewer than 2 rows.
    between_variance, residual_variance
        Population variances of b_j (τ²) and of e_ij (σ²), in squared units of y.
    intercept
        Mean of y in the first condition, "control", in units of y.
    effect
        What the second condition, "treated", adds to y in the average cluster, in units of y.
    slope_variance
        Population variance of u_j, in squared units of y: how much the clusters differ in what
        the second condition adds. The u_j are normally distributed.
    share
        Share of all rows that are in the second condition. It is met as closely as whole rows
        allow; as ``share_spread`` nears 1, as closely as whole clusters allow.
    share_spread
        How much the clusters' shares differ: their standard deviation divided by
        sqrt(share · (1 − share)). At 0 every cluster has the same share, as closely as whole rows
        allow. At 1 every cluster holds one condition only. In between, shares have a Beta
        distribution.
    size_intercept_correlation, share_intercept_correlation
        Correlation of b_j with the cluster's size and with its share, over the clusters, each
        counted once. Both are realised exactly whatever the seed, even 0, where independent draws
        would be correlated by chance. They are meaningless, and ignored, where sizes or shares do
        not vary.
    slope_intercept_correlation
        Correlation of u_j with b_j over the clusters, also realised exactly. It is meaningless if
        ``slope_variance`` or ``between_variance`` is 0. A variance only scales draws, so when
        ``between_variance`` falls to 0 the slopes keep their values: those correlated with the
        intercepts that the clusters would have had.
    shape
        Distribution of b_j. Strong correlations blend it with the distribution of the sizes or
        the shares.
    seed
        Which sample is drawn. Variances, intercept and effect only scale and shift the same draws.

    Raises
    ------
    ScenarioError
        A value lies outside its range in `FIELDS`, the shape is unknown, or there are more than
        ``MOST_ROWS`` rows in all.
    """

    clusters: int = 24
    rows_per_cluster: int = 42
    size_spread: float = 0.8
    between_variance: float = 0.5
    residual_variance: float = 1.0
    intercept: float = 0.0
    effect: float = -0.5
    slope_variance: float = 0.0
    share: float = 0.5
    share_spread: float = 0.2
    size_intercept_correlation: float = 0.0
    share_intercept_correlation: float = 0.0
    slope_intercept_correlation: float = 0.0
    shape: Shape = "gaussian"
    seed: int = 1

    def __post_init__(self) -> None:
        for name in FIELDS:
            object.__setattr__(self, name, _checked(name, getattr(self, name)))
        if self.shape not in SHAPES:
            raise ScenarioError(f"shape is {self.shape!r}; it must be one of {', '.join(SHAPES)}.")
        if self.clusters * self.rows_per_cluster > MOST_ROWS:
            raise ScenarioError(
                f"clusters × rows_per_cluster is {self.clusters * self.rows_per_cluster:,}; "
                f"it must be at most {MOST_ROWS:,} rows."
            )

    @property
    def icc(self) -> float:
        """Population intraclass correlation τ² / (τ² + σ²), in the first condition."""
        return self.between_variance / (self.between_variance + self.residual_variance)


def _checked(name: str, value: Any) -> float:
    field = FIELDS[name]
    try:
        number = operator.index(value) if field.whole else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not field.low <= number <= field.high:
        kind = "a whole number" if field.whole else "a number"
        raise ScenarioError(
            f"{name} is {value!r}; it must be {kind} from {field.low:g} to {field.high:.10g}."
        )
    return number
