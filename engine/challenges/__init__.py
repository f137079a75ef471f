"""Goals on simulated data, each with a check and a sentence on what it shows.

A challenge is one `Challenge` in the module of its theme: words, a start, conditions that ask the
engine for numbers, and moves that reach it. Nothing else has to be told of it but the order in
which challenges stand.
"""

from __future__ import annotations

from engine.challenges import estimates, variances
from engine.challenges.challenge import Challenge, Condition, Move, Played, Setup

__all__ = ["CHALLENGES", "Challenge", "Condition", "Move", "Played", "Setup"]

# From those that one control solves to those that want a plan.
CHALLENGES: tuple[Challenge, ...] = (
    variances.ERRORS_BOTH_WAYS,
    estimates.SAME_COEFFICIENTS,
    estimates.OPPOSITE_SIGNS,
    estimates.TWO_AVERAGES,
    estimates.ONE_CLUSTER,
    variances.LESS_SHRINKAGE,
    variances.ONLY_OLS,
    variances.ONLY_MIXED,
    variances.ZERO_VARIANCE,
    estimates.SAME_SLOPES,
    estimates.MANY_ROWS,
    estimates.OPPOSITE_SLOPES,
    variances.TOO_SURE,
)
