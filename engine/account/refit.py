"""Both models fitted anew to data that were made from others."""

from __future__ import annotations

from dataclasses import dataclass

from engine.inference.cluster_robust import RobustErrors, cluster_robust
from engine.models.dial import Dial
from engine.models.mixed.intercept_fit import fit_random_intercept
from engine.models.mixed.results import MixedFit
from engine.models.ols import OlsFit, fit_ols


@dataclass(frozen=True)
class Refit:
    """Both fits to data that were made from others, with OLS's cluster-robust errors.

    Attributes
    ----------
    dial
        The data.
    ols, mixed
        Both fits.
    robust
        The estimates of OLS with CR2 errors.
    """

    dial: Dial
    ols: OlsFit
    mixed: MixedFit
    robust: RobustErrors


def refit(dial: Dial, ratio: float, spread: float, copies: int, sets: int) -> Refit:
    """Fit both models to data whose clusters are moved and whose rows and clusters are copied.

    Parameters
    ----------
    dial
        The data.
    ratio
        The variance ratio ρ ≥ 0 of the line from which clusters are moved.
    spread
        The distance of each cluster's mean outcome from that line, as a multiple of what it is: 0
        puts all of them on the line, 1 leaves them. Rows move with their cluster, and nothing
        inside it changes.
    copies
        How often each row is there.
    sets
        How often each cluster is there, as clusters of their own.
    """
    means = dial.cluster_means
    away = means[:, -1] - means[:, :-1] @ dial.at(ratio).shift
    moved = dial.moments.lifted((spread - 1.0) * away)
    data = Dial(moved.repeated(copies).in_more_clusters(sets))
    return Refit(
        dial=data,
        ols=fit_ols(data),
        mixed=fit_random_intercept(data),
        robust=cluster_robust(data.moments),
    )
