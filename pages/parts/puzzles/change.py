"""What may be done to the rows of a puzzle, and to its model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import pandas as pd

from engine.data.formula.grammar import parse
from engine.data.regroup import (
    from_cluster_means,
    half_of_clusters,
    moved_clusters,
    of_equal_sizes,
    pulled_apart,
    with_cluster_means,
    with_singletons_joined,
    without_clusters,
)

# As the fields of `Change`.
Tool: TypeAlias = Literal["moved", "out", "half", "equal", "joined", "centred", "means", "apart"]
MOST_APART = 3.0


@dataclass(frozen=True)
class Change:
    """What was done to the rows and the model. Each thing done is one move.

    Attributes
    ----------
    moved
        Clusters that were dragged, with the mean of the outcome to which they were.
    out, half
        Clusters left out, and clusters of which every second row is kept.
    equal
        Whether every cluster keeps as many rows as the smallest has.
    joined
        Whether all clusters of a single row are one.
    centred
        Whether the predictors are measured from their cluster means.
    means
        Whether the cluster means of the predictors are predictors too.
    apart
        By what the distances between the cluster means of the outcome are multiplied.
    """

    moved: Mapping[str, float] = field(default_factory=dict)
    out: tuple[str, ...] = ()
    half: tuple[str, ...] = ()
    equal: bool = False
    joined: bool = False
    centred: bool = False
    means: bool = False
    apart: float = 1.0

    @property
    def moves(self) -> int:
        """How many things were done; what was done to a cluster that is left out does not count."""
        counted = {("moved", level) for level in self.moved if level not in self.out}
        counted |= {("half", level) for level in self.half if level not in self.out}
        toggled = self.equal + self.joined + self.centred + self.means
        return len(counted) + len(self.out) + toggled + (self.apart != 1.0)

    def applied(self, frame: pd.DataFrame, formula: str) -> tuple[pd.DataFrame, str]:
        """Return the rows and the model after it.

        Parameters
        ----------
        frame
            One row per observation.
        formula
            The model of these rows.
        """
        model = parse(formula)
        cluster, predictors = model.random.group, model.predictors()
        frame = without_clusters(frame, cluster, self.out)
        frame = half_of_clusters(frame, cluster, self.half)
        if self.equal:
            frame = of_equal_sizes(frame, cluster)
        if self.joined:
            frame = with_singletons_joined(frame, cluster, "joined")
        if self.means:
            frame = with_cluster_means(frame, cluster, predictors)
            added = " + ".join(f"mean_{name}" for name in predictors)
            formula = f"{model.fixed_text} + {added} + (1 | {cluster})"
        if self.centred:
            frame = from_cluster_means(frame, cluster, predictors)
        frame = pulled_apart(frame, cluster, model.outcome, self.apart)
        return moved_clusters(frame, cluster, model.outcome, self.moved), formula


UNCHANGED = Change()
