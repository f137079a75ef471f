"""The numbers of a scenario, each described once for validation, command line and sliders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Field:
    """A number of a scenario.

    Attributes
    ----------
    name
        Its name in `Scenario` and, with hyphens, on the command line.
    label
        Label of its slider.
    help
        What it means, in a phrase without a full stop, as the command line shows it.
    low, high
        Smallest and largest value allowed. If they are integers, the number is one too.
    slider
        Smallest value, largest value and step of its slider, which covers only the part of the
        range that a screen can show.
    hint
        What a user should know when moving the slider, shown beside it; None for nothing.
    unit
        What it is measured in; empty for counts, shares and correlations.
    """

    name: str
    label: str
    help: str
    low: float
    high: float
    slider: tuple[float, float, float]
    hint: str | None = None
    unit: str = ""

    @property
    def whole(self) -> bool:
        """Whether it has to be a whole number."""
        return isinstance(self.low, int)


_SQUARED = "squared units of y"
_FIELDS = (
    Field(
        "clusters",
        "Number of clusters",
        "number of clusters",
        4,
        2000,
        (4, 100, 1),
        "A cluster is a group of rows with something in common, such as the pupils of a school.",
    ),
    Field(
        "rows_per_cluster",
        "Rows per cluster, mean",
        "mean rows of a cluster",
        2,
        20_000,
        (2, 200, 1),
        "The average over the clusters.",
    ),
    Field(
        "size_spread",
        "Spread of cluster sizes",
        "coefficient of variation of the cluster sizes",
        0.0,
        2.0,
        (0.0, 2.0, 0.1),
        "How much the clusters differ in their number of rows: the standard deviation of the sizes "
        "divided by their mean, which is called the coefficient of variation. At 0 all are equal.",
    ),
    Field(
        "between_variance",
        "Between-cluster variance",
        "variance of the clusters' intercepts",
        0.0,
        1e12,
        (0.0, 2.0, 0.05),
        "τ²: how much the clusters' own levels differ. A variance is the average squared distance "
        "from the mean; its root, the standard deviation, is in units of y.",
        _SQUARED,
    ),
    Field(
        "residual_variance",
        "Residual variance",
        "variance of the rows within a cluster",
        1e-12,
        1e12,
        (0.05, 2.0, 0.05),
        "σ²: how much the rows of one cluster differ. A variance is the average squared distance "
        "from the mean; its root, the standard deviation, is in units of y.",
        _SQUARED,
    ),
    Field(
        "intercept",
        "Intercept: mean of the controls",
        "mean of the controls",
        -1e12,
        1e12,
        (-2.0, 2.0, 0.1),
        unit="units of y",
    ),
    Field(
        "effect",
        "Effect of the treatment",
        "what the treatment adds",
        -1e12,
        1e12,
        (-2.0, 2.0, 0.1),
        unit="units of y",
    ),
    Field(
        "slope_variance",
        "Variance of the clusters' slopes",
        "variance among clusters of what the treatment adds",
        0.0,
        1e12,
        (0.0, 2.0, 0.05),
        "0: the treatment adds the same in every cluster. In squared units of y.",
        _SQUARED,
    ),
    Field(
        "share",
        "Share of rows treated",
        "share of rows treated",
        0.05,
        0.95,
        (0.05, 0.95, 0.05),
    ),
    Field(
        "share_spread",
        "Spread of the treated share",
        "spread of that share over clusters, 0 same in all, 1 one condition each",
        0.0,
        1.0,
        (0.0, 1.0, 0.05),
        "0: the same share in every cluster. 1: every cluster holds one condition only.",
    ),
    Field(
        "size_intercept_correlation",
        "Correlation of size with intercept",
        "correlation of cluster size with cluster intercept",
        -0.95,
        0.95,
        (-0.95, 0.95, 0.05),
        "Below 0, clusters with many rows sit low; above 0, they sit high.",
    ),
    Field(
        "share_intercept_correlation",
        "Correlation of share with intercept",
        "correlation of that share with cluster intercept",
        -0.95,
        0.95,
        (-0.95, 0.95, 0.05),
        "Above 0, clusters with many treated rows sit high. Condition and cluster are then "
        "confounded: differences between clusters look like an effect of the treatment.",
    ),
    Field(
        "slope_intercept_correlation",
        "Correlation of slope with intercept",
        "correlation of what the treatment adds to a cluster with the cluster's intercept",
        -0.95,
        0.95,
        (-0.95, 0.95, 0.05),
        "Above 0, the treatment adds more where the controls are high.",
    ),
    Field(
        "seed",
        "Seed",
        "which sample",
        0,
        2**32 - 1,
        (0, 9_999, 1),
        "The same seed and settings always draw the same data.",
    ),
)

FIELDS: Mapping[str, Field] = MappingProxyType({field.name: field for field in _FIELDS})
"""Every number of a scenario by name, in the order of the command line."""
