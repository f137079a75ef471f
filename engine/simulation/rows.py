"""The data that a scenario describes, with the truth that generated them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from engine.data.design import Design, assemble, build
from engine.data.factor import Factor
from engine.data.formula.grammar import Formula, parse
from engine.data.levels import Levels
from engine.data.moments import FloatArray, IntArray
from engine.display import digits, plural
from engine.errors import ScenarioError
from engine.simulation.cluster_effects import (
    raw_intercepts,
    realised_correlation,
    standardised,
    with_correlations,
)
from engine.simulation.scenario import Scenario
from engine.simulation.sizes_and_shares import draw_sizes, treated_counts

CONDITIONS = ("control", "treated")
MODEL = parse("y ~ condition + (1 | cluster)")
"""The model that generated the data, provided that slopes do not vary."""

_CONDITION = pd.CategoricalDtype(list(CONDITIONS))


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What is known about simulated data because they were simulated.

    Attributes
    ----------
    intercept, effect, between_variance, residual_variance, slope_variance, icc
        Population values, as in the scenario.
    cluster_intercepts
        intercept + b_j, shape (J,), in the order of the cluster numbers, in units of y.
    cluster_slopes
        effect + u_j, what the second condition adds in each cluster, shape (J,), in units of y.
    sizes
        Rows of each cluster, shape (J,).
    shares
        Share of each cluster's rows in the second condition, shape (J,).
    size_intercept_correlation, share_intercept_correlation
        Correlations over the clusters, as realised in ``cluster_intercepts``, ``sizes`` and
        ``shares``. None if sizes, shares or intercepts do not vary.
    slope_intercept_correlation
        Correlation over the clusters, as realised in ``cluster_slopes`` and
        ``cluster_intercepts``. None if one of them does not vary.
    """

    intercept: float
    effect: float
    between_variance: float
    residual_variance: float
    slope_variance: float
    icc: float
    cluster_intercepts: FloatArray
    cluster_slopes: FloatArray
    sizes: IntArray
    shares: FloatArray
    size_intercept_correlation: float | None
    share_intercept_correlation: float | None
    slope_intercept_correlation: float | None

    @property
    def intercept_of_rows(self) -> float:
        """The intercept in which each row of the population counts once, in units of y.

        ``intercept`` is that of the average cluster. Where a cluster's size n goes with its
        intercept, the two differ: E(n·b) / E(n) is the correlation of n with b times τ times the
        coefficient of variation of n.
        """
        if self.size_intercept_correlation is None:
            return self.intercept
        spread = float(self.sizes.std() / self.sizes.mean())
        sd = math.sqrt(self.between_variance)
        return self.intercept + self.size_intercept_correlation * sd * spread

    def __repr__(self) -> str:
        return (
            f"<Truth of {plural(len(self.sizes), 'cluster')}: intercept {digits(self.intercept)}, "
            f"effect {digits(self.effect)}, between-cluster variance "
            f"{digits(self.between_variance)}, residual variance {digits(self.residual_variance)}, "
            f"variance of the slopes {digits(self.slope_variance)}>"
        )


@dataclass(frozen=True, eq=False)
class Simulated:
    """Simulated data and the truth behind them: N rows, cluster by cluster.

    Attributes
    ----------
    outcome
        y of each row, shape (N,).
    cluster_codes
        Cluster of each row, 0 to J − 1, shape (N,).
    treated
        1 in rows of the second condition, 0 in those of the first, shape (N,).
    truth
        What generated them.
    drawn_means
        Mean of y in each cluster as drawn, before any cluster was moved, shape (J,).
    """

    outcome: FloatArray
    cluster_codes: IntArray
    treated: IntArray
    truth: Truth
    drawn_means: FloatArray

    def __repr__(self) -> str:
        rows = plural(len(self.outcome), "row")
        return f"<Simulated: {rows} in {plural(len(self.truth.sizes), 'cluster')}>"

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row per observation.

        The columns are ``cluster`` (1 to J), ``condition`` (categorical: control or treated) and
        ``y``.
        """
        return pd.DataFrame(
            {
                "cluster": self.cluster_codes + 1,
                "condition": pd.Categorical.from_codes(self.treated, dtype=_CONDITION),
                "y": self.outcome,
            }
        )

    def design(self, formula: str | Formula = MODEL) -> Design:
        """Return the rows as a design, without building a data frame first.

        Parameters
        ----------
        formula
            A model of ``y``, with or without ``condition``, clustered by ``cluster``. If the
            columns play any other part, the design is built from the frame after all.

        Returns
        -------
        Design
            The rows, ready for `engine.compare_design`.

        Raises
        ------
        FormulaError, DataError
            As in `engine.parse` and `engine.build`.

        Examples
        --------
        >>> simulate(Scenario(clusters=8)).design("y ~ condition + (1 + condition | cluster)").names
        ('(Intercept)', 'conditiontreated')
        """
        parsed = parse(formula) if isinstance(formula, str) else formula
        predictors = parsed.predictors()
        parts = (parsed.outcome, parsed.random.group, {"condition", *predictors})
        if parts != ("y", "cluster", {"condition"}):
            return build(self.frame, parsed)
        condition = Factor(self.treated.astype(np.int32), Levels(pd.Index(CONDITIONS)))
        return assemble(
            parsed,
            outcome=self.outcome,
            cluster=Factor(self.cluster_codes, Levels(pd.RangeIndex(1, len(self.truth.sizes) + 1))),
            numbers={},
            factors={name: condition.observed() for name in predictors},
        )


def simulate(
    scenario: Scenario,
    *,
    sizes: Mapping[int, int] | None = None,
    means: Mapping[int, float] | None = None,
) -> Simulated:
    """Draw the data set that a scenario describes.

    Sizes, shares, cluster intercepts, cluster slopes and the residuals of each cluster come from
    separate random streams. Changing one of them therefore redraws none of the others, and a
    cluster that grows keeps the residuals of its first rows.

    Parameters
    ----------
    scenario
        Settings of the data set.
    sizes
        Rows of single clusters, by cluster number from 1, in place of those drawn. Such a cluster
        keeps its intercept and slope, its share of treated rows as nearly as whole rows allow,
        and the residuals of its first rows.
    means
        Means of y of single clusters, by cluster number from 1. All rows of the cluster are
        shifted alike to give this mean.

    Returns
    -------
    Simulated
        Always the same for the same arguments.

    Raises
    ------
    ContradictionError
        The two correlations cannot hold together with these sizes and shares. The error names the
        largest pair that can.
    ScenarioError
        There is no such cluster, or a size is below 1.

    Examples
    --------
    >>> simulated = simulate(Scenario(clusters=8, size_intercept_correlation=-0.7))
    >>> len(simulated.frame), round(simulated.truth.size_intercept_correlation, 6)
    (336, -0.7)
    """
    _, _, for_intercepts, for_residuals, for_slopes = _streams(scenario)
    drawn_sizes, counts = design_draws(scenario)
    size_axis = standardised(drawn_sizes)
    shares = counts / drawn_sizes
    # Without a spread the shares differ only by rounding, and nothing can correlate with that.
    share_axis = standardised(shares) if scenario.share_spread > 0 else None
    standard = with_correlations(
        raw_intercepts(scenario.shape, scenario.clusters, np.random.default_rng(for_intercepts)),
        (size_axis, scenario.size_intercept_correlation),
        (share_axis, scenario.share_intercept_correlation),
    )
    if sizes:
        drawn_sizes, counts = _resized(drawn_sizes, counts, sizes)
        shares = counts / drawn_sizes
        size_axis = standardised(drawn_sizes)
    cluster_intercepts = scenario.intercept + math.sqrt(scenario.between_variance) * standard
    slopes = _slope_draws(scenario, standard, for_slopes)
    cluster_slopes = scenario.effect + math.sqrt(scenario.slope_variance) * slopes
    realised = standard if scenario.between_variance > 0 else np.zeros(scenario.clusters)
    residuals = math.sqrt(scenario.residual_variance) * _residual_draws(drawn_sizes, for_residuals)

    truth = Truth(
        intercept=scenario.intercept,
        effect=scenario.effect,
        between_variance=scenario.between_variance,
        residual_variance=scenario.residual_variance,
        slope_variance=scenario.slope_variance,
        icc=scenario.icc,
        cluster_intercepts=cluster_intercepts,
        cluster_slopes=cluster_slopes,
        sizes=drawn_sizes,
        shares=shares,
        size_intercept_correlation=realised_correlation(size_axis, realised),
        share_intercept_correlation=realised_correlation(share_axis, realised),
        slope_intercept_correlation=realised_correlation(standardised(slopes), realised),
    )
    for array in (truth.cluster_intercepts, truth.cluster_slopes, truth.sizes, truth.shares):
        array.setflags(write=False)
    # Treated rows come last in their cluster, so a share that changes by one row flips one row.
    treated = np.repeat(
        np.tile(np.array([0, 1], dtype=np.int8), scenario.clusters),
        np.column_stack([drawn_sizes - counts, counts]).ravel(),
    )
    numbers = np.repeat(np.arange(scenario.clusters), drawn_sizes)
    outcome = cluster_intercepts[numbers] + cluster_slopes[numbers] * treated + residuals
    drawn_means = np.bincount(numbers, outcome) / drawn_sizes
    if means:
        shifts = np.zeros(scenario.clusters)
        for cluster, mean in means.items():
            place = _place(cluster, scenario.clusters)
            shifts[place] = mean - drawn_means[place]
        outcome += shifts[numbers]
    for array in (outcome, numbers, treated):
        array.setflags(write=False)
    return Simulated(
        outcome=outcome,
        cluster_codes=numbers,
        treated=treated,
        truth=truth,
        drawn_means=drawn_means,
    )


def design_draws(scenario: Scenario) -> tuple[IntArray, IntArray]:
    """Draw the sizes of the clusters, and how many of their rows are treated.

    Parameters
    ----------
    scenario
        Settings of the data set.

    Returns
    -------
    sizes, counts
        Rows of each cluster and treated rows of each cluster, shape (J,). They cannot be changed.

    Raises
    ------
    ContradictionError
        The two correlations cannot hold together with these sizes and shares.

    Notes
    -----
    They do not depend on variances, coefficients and shape, and so are remembered while only
    those move.
    """
    return _design_draws(design_of(scenario))


def design_of(scenario: Scenario) -> Scenario:
    """Return the scenario with the defaults for all that sizes and shares do not depend on."""
    return Scenario(**{name: getattr(scenario, name) for name in _DESIGN})


_DESIGN = (
    "clusters",
    "rows_per_cluster",
    "size_spread",
    "share",
    "share_spread",
    "size_intercept_correlation",
    "share_intercept_correlation",
    "seed",
)


@lru_cache(maxsize=64)
def _design_draws(scenario: Scenario) -> tuple[IntArray, IntArray]:
    for_sizes, for_shares, *_ = _streams(scenario)
    sizes = draw_sizes(scenario, np.random.default_rng(for_sizes))
    generator = np.random.default_rng(for_shares)
    counts = treated_counts(scenario, sizes, standardised(sizes), generator)
    sizes.setflags(write=False)
    counts.setflags(write=False)
    return sizes, counts


def _streams(scenario: Scenario) -> list[np.random.SeedSequence]:
    """Return the random streams: for sizes, shares, intercepts, residuals and slopes.

    Add further streams at the end, so that those before them stay the same.
    """
    return np.random.SeedSequence(scenario.seed).spawn(5)


def _resized(
    sizes: IntArray, counts: IntArray, wished: Mapping[int, int]
) -> tuple[IntArray, IntArray]:
    """Return sizes and treated counts with some clusters resized, their shares kept."""
    sizes, counts = sizes.copy(), counts.copy()
    for cluster, size in wished.items():
        place = _place(cluster, len(sizes))
        if size < 1:
            raise ScenarioError(f"Cluster {cluster} cannot have {size} rows; it needs at least 1.")
        counts[place] = round(size * counts[place] / sizes[place])
        sizes[place] = size
    return sizes, counts


def _place(cluster: int, clusters: int) -> int:
    if not 1 <= cluster <= clusters:
        raise ScenarioError(f"There is no cluster {cluster}; they are numbered 1 to {clusters}.")
    return cluster - 1


def _slope_draws(
    scenario: Scenario, intercepts: FloatArray, seed: np.random.SeedSequence
) -> FloatArray:
    """Draw u_j for a variance of 1, shape (J,); zeros if the slopes do not vary."""
    if scenario.slope_variance == 0:
        return np.zeros(scenario.clusters)
    return with_correlations(
        np.random.default_rng(seed).standard_normal(scenario.clusters),
        (standardised(intercepts), scenario.slope_intercept_correlation),
    )


def _residual_draws(sizes: IntArray, seed: np.random.SeedSequence) -> FloatArray:
    """Draw standard normals, shape (N,), from a separate stream for each cluster."""
    draws = np.empty(int(sizes.sum()))
    ends = sizes.cumsum()
    for child, start, end in zip(seed.spawn(len(sizes)), ends - sizes, ends, strict=True):
        np.random.default_rng(child).standard_normal(out=draws[start:end])
    return draws
