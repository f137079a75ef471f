"""The extreme residuals of both fits: whose they are, and where that cluster's own line lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.comparison import Comparison


@dataclass(frozen=True)
class ExtremeRow:
    """The row whose residual is smallest, or largest, in the mixed model.

    Attributes
    ----------
    cluster
        Label of its cluster.
    from_ols_line
        Its residual from the OLS line, in outcome units.
    own_line
        How far its cluster's own line lies above the OLS line there, in outcome units. The
        residual from that line is ``from_ols_line − own_line``.
    extreme_in_ols
        Whether no row's residual from the OLS line is smaller, or larger.
    """

    cluster: str
    from_ols_line: float
    own_line: float
    extreme_in_ols: bool


def extreme_row(comparison: Comparison, largest: bool) -> ExtremeRow:
    """Return the row with the smallest or the largest residual of the mixed model.

    Parameters
    ----------
    comparison
        Both fits.
    largest
        Whether the largest residual is meant.
    """
    ols, scaled = comparison.ols_residuals, comparison.scaled_residuals
    row = int(np.argmax(scaled) if largest else np.argmin(scaled))
    from_ols = float(ols[row])
    return ExtremeRow(
        cluster=comparison.design.levels[int(comparison.design.cluster_codes[row])],
        from_ols_line=from_ols,
        own_line=from_ols - float(scaled[row]) * comparison.mixed.residual_sd,
        extreme_in_ols=from_ols == float(ols.max() if largest else ols.min()),
    )
