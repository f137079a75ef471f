"""What a figure shows, in a sentence: for those who do not see it."""

from __future__ import annotations

import numpy as np

from engine.account.path import DialPath
from engine.models.mixed.results import ClusterTable
from engine.words.numbers import number, pair, plural, share


def shrinkage_in_words(clusters: ClusterTable, mixed: float) -> str:
    """Say which cluster the mixed model draws furthest towards its own level.

    Parameters
    ----------
    clusters
        The cluster table of a mixed fit with J clusters.
    mixed
        The mixed model's level where the clusters are compared, in outcome units.
    """
    own, shrunken = mixed + clusters.own_effects, mixed + clusters.effects
    if not np.any(clusters.effects):
        return f"Every cluster is drawn all the way to the mixed model's level, {number(mixed)}."
    j = int(np.argmax(np.abs(own - shrunken)))
    alone, drawn = pair(float(own[j]), float(shrunken[j]))
    return (
        f"Each cluster is drawn towards the mixed model's level, {number(mixed)}; furthest cluster "
        f"{clusters.levels[j]} with {plural(int(clusters.rows[j]), 'row')}, from {alone} "
        f"by itself to {drawn}."
    )


def weights_in_words(path: DialPath, ratio: float) -> str:
    """Say how far apart the weights of the smallest and the largest cluster are.

    Parameters
    ----------
    path
        Both fits as points on one path.
    ratio
        Variance ratio ρ at which the dial stands, from 0 to infinity.
    """
    counts, levels = path.comparison.moments.counts, path.comparison.moments.levels
    weights = path.shares(counts, ratio)
    if counts.min() == counts.max():
        return f"Every cluster has {share(float(weights[0]))} of the weight."
    small, large = int(np.argmin(counts)), int(np.argmax(counts))
    first, last = (
        f"cluster {levels[j]} with {plural(int(counts[j]), 'row')} has {share(float(weights[j]))}"
        for j in (large, small)
    )
    return f"Of the weight among clusters, {first} and {last}."
