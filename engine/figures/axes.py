"""Limits of axes that hold still and yet show everything."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

# An axis grows by this share of its standard width, so that it seldom does.
_STEP = 0.25
# Room between the outermost thing drawn and the end of the axis, as a share of the standard width.
_ROOM = 0.02


def covering(standard: tuple[float, float], *drawn: ArrayLike) -> tuple[float, float]:
    """Return the limits of an axis: the standard ones, farther out where something lies beyond.

    Each end moves by whole steps, quarters of the standard width. Limits are therefore the same
    for all data that lie within the same steps, and an axis seldom moves with its data.

    Parameters
    ----------
    standard
        Lower and upper limit that suffice as a rule, in axis units.
    *drawn
        Everything that has to be visible, in axis units and of any shape; NaN marks a gap.

    Returns
    -------
    (float, float)
        Limits that hold the standard ones and everything drawn, with a little room.

    Examples
    --------
    >>> covering((-4.0, 4.0), [0.0, 3.0])
    (-4.0, 4.0)
    >>> covering((-4.0, 4.0), [0.0, 5.0])
    (-4.0, 6.0)
    """
    low, high = standard
    values = np.concatenate([np.asarray(part, dtype=np.float64).ravel() for part in drawn])
    values = values[np.isfinite(values)]
    below, above = (low - values.min(), values.max() - high) if len(values) else (0.0, 0.0)
    return low - _growth(float(below), high - low), high + _growth(float(above), high - low)


def _growth(beyond: float, width: float) -> float:
    """Return how far an end moves for something that lies this far beyond it."""
    step = _STEP * width
    return step * math.ceil((beyond + _ROOM * width) / step) if beyond > 0.0 else 0.0
