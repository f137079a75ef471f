"""Newton's method for a smooth function of a few variables, to full precision."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from engine.data.moments import FloatArray


class Expansion(NamedTuple):
    """A function of m variables at one place, to second order.

    Attributes
    ----------
    value
        The function's value.
    gradient
        Its gradient, shape (m,).
    hessian
        Its Hessian, shape (m, m).
    """

    value: float
    gradient: FloatArray
    hessian: FloatArray


Smooth: TypeAlias = Callable[[FloatArray], Expansion]

_MAX_HALVINGS = 30
# The decrement estimates twice the fall that remains. Below the first of these bounds the fall is
# lost in the rounding of the value. Full steps are then taken until the decrement stops shrinking
# or is below the second bound, where nothing changes any more.
_NEAR, _CONVERGED = 1e-9, 1e-26
# Curvatures below this share of the largest are noise: the function is flat in that direction.
_FLAT = 1e-14
# A step is at most this many times as long as the distance of the place from the origin.
_REACH = 2.0


def descend(function: Smooth, start: FloatArray, steps: int) -> tuple[FloatArray, Expansion, bool]:
    """Descend towards a local minimum near a start.

    Parameters
    ----------
    function
        The function, with its derivatives, of m variables.
    start
        Where to begin, shape (m,).
    steps
        The largest number of Newton steps.

    Returns
    -------
    tuple of ndarray, Expansion and bool
        The place reached, shape (m,); the function there; and whether the descent has ended,
        because nothing is left to gain to full precision, rather than run out of steps.

    Notes
    -----
    If the Hessian is not positive definite, the absolute values of its eigenvalues are used,
    which turns a step towards a saddle point into one away from it (Nocedal & Wright 2006,
    *Numerical Optimization*, section 3.4). A step is halved until the value falls.
    """
    place, here = start, function(start)
    last = np.inf
    for _ in range(steps):
        diagonal = np.abs(np.diag(here.hessian))
        if not diagonal.any():
            return place, here, True
        # The variables may differ by orders of magnitude, so each is scaled to its own unit.
        units = np.maximum(diagonal, _FLAT * diagonal.max()) ** -0.5
        curvatures, axes = np.linalg.eigh(here.hessian * np.outer(units, units))
        sizes = np.maximum(np.abs(curvatures), _FLAT * np.abs(curvatures).max())
        along = axes.T @ (units * here.gradient)
        decrement = float(along @ (along / sizes))
        step = -units * (axes @ (along / sizes))
        if decrement < _NEAR:
            if decrement < _CONVERGED or decrement > last / 4:
                return place, here, True
            last = decrement
            place, here = place + step, function(place + step)
            continue
        longest = _REACH * max(1.0, float(np.abs(place).max())) / float(np.abs(step).max())
        share = min(1.0, longest)
        for _ in range(_MAX_HALVINGS):
            there = function(place + share * step)
            if there.value <= here.value - 1e-4 * share * decrement:
                break
            share /= 2
        else:
            return place, here, True
        place, here = place + share * step, there
    return place, here, False
