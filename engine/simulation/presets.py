"""Scenarios that each show one thing."""

from __future__ import annotations

from dataclasses import dataclass

from engine.simulation.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Preset:
    """A scenario that shows one thing.

    Attributes
    ----------
    id
        Its name in addresses and in other modules, which stays when ``name`` is reworded.
    name
        A title.
    description
        A sentence on what it shows.
    scenario
        Its settings.
    """

    id: str
    name: str
    description: str
    scenario: Scenario


PRESETS: tuple[Preset, ...] = (
    Preset(
        "balanced",
        "Balanced",
        "Every cluster has the same size and the same share of each condition: both models give "
        "the same coefficients, and only the standard errors differ.",
        Scenario(size_spread=0, share_spread=0, seed=2),
    ),
    Preset(
        "big-clusters",
        "Big clusters sit low",
        "Large clusters have low intercepts: OLS counts rows and follows them down, the mixed "
        "model counts clusters nearly alike and stays near the average cluster.",
        Scenario(size_spread=1.2, size_intercept_correlation=-0.7, seed=6),
    ),
    Preset(
        "confounded",
        "Condition confounded with cluster",
        "Clusters with many treated rows also have high intercepts: OLS takes this for an effect "
        "of the condition and gets its sign wrong, the mixed model mostly compares within "
        "clusters.",
        Scenario(share_spread=0.6, share_intercept_correlation=0.8, seed=8),
    ),
    Preset(
        "no-cluster-variance",
        "No cluster variance",
        "The clusters do not differ: the between-cluster variance is estimated as exactly zero, "
        "and both models are the same fit.",
        Scenario(between_variance=0, seed=15),
    ),
    Preset(
        "few-clusters",
        "Few clusters",
        "Five clusters say little about the variance between clusters: here its estimate is less "
        "than half the truth, so the intercept's standard error is too small.",
        Scenario(clusters=5, seed=70),
    ),
    Preset(
        "cluster-level-treatment",
        "Cluster-level treatment",
        "Each cluster holds one condition only: the effect is a difference between clusters, and "
        "OLS, which counts rows as independent, reports about a quarter of its standard error.",
        Scenario(share_spread=1, seed=2),
    ),
    Preset(
        "odd-cluster",
        "One odd cluster",
        "One cluster far from all others makes up most of the between-cluster variance, so that "
        "the others are shrunken less than they would be without it.",
        Scenario(shape="one outlier", seed=37),
    ),
)
