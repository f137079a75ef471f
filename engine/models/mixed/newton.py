"""Newton's method for a smooth function of a few variables, down to the last digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from engine.data.moments import FloatArray


class Expansion(NamedTuple):
    """Value, gradient (m,) and Hessian (m, m) of a function at one place."""

    value: float
    gradient: FloatArray
    hessian: FloatArray


Smooth: TypeAlias = Callable[[FloatArray], Expansion]

_MAX_HALVINGS = 30
# The decrement estimates twice what is left to gain. Below the first of these a fall drowns in
# the rounding of the value; full steps then go on until decrements no longer shrink, or are
# below the second, where nothing moves any more.
_NEAR, _CONVERGED = 1e-9, 1e-26
# Curvatures below this share of the largest are noise: the function is flat that way.
_FLAT = 1e-14
# A step goes at most this many times as far as the place is from the origin.
_REACH = 2.0


def descend(function: Smooth, start: FloatArray, steps: int) -> tuple[FloatArray, Expansion, bool]:
    """Go at most so many steps towards a local minimum near ``start``.

    Returns
    -------
    The place reached, the function there, and whether it is the minimum to the last digits.

    Notes
    -----
    Where the Hessian is not positive definite its eigenvalues are taken by their size, which
    turns a step towards a saddle into one away from it (Nocedal & Wright 2006, section 3.4).
    A step is halved until the value falls.
    """
    place, here = start, function(start)
    last = np.inf
    for _ in range(steps):
        diagonal = np.abs(np.diag(here.hessian))
        if not diagonal.any():
            return place, here, True
        # The variables may differ by orders of magnitude: each is brought to its own unit.
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
