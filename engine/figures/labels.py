"""Places for the names of points and lines, clear of each other."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import isotonic_regression

from engine.data.moments import FloatArray

# A name stands this far beside its point, and its middle this far above or below; both in pixels.
GAP, RISE = 8, 20
# Width and height of a letter, in pixels.
_LETTER, _LINE = 7.0, 16.0


def apart(places: ArrayLike, least: float) -> FloatArray:
    """Return places moved by as little as keeps labels apart, in the same order.

    Parameters
    ----------
    places
        Where labels would stand, shape (n,).
    least
        Least distance between two neighbours, in the unit of the places.

    Returns
    -------
    array, shape (n,)
        Places at least ``least`` apart. Neighbours that are pushed apart keep their mean.
    """
    wanted = np.asarray(places, dtype=np.float64)
    order = np.argsort(wanted, kind="stable")
    ranks = np.arange(len(wanted)) * least
    moved = np.empty_like(wanted)
    # Where labels are far enough apart, their places less the room before them do not decrease.
    moved[order] = isotonic_regression(wanted[order] - ranks).x + ranks
    return moved


def beside(
    points: FloatArray, names: Sequence[str], curve: FloatArray, panel: tuple[float, float]
) -> list[tuple[str, int]]:
    """Return where each name stands at its point: clear of the curve and of the names before it.

    If no place is clear, it is the one where a name covers least.

    Parameters
    ----------
    points
        The points to be named, in pixels from the panel's lower left corner, shape (names, 2).
    names
        Their names.
    curve
        Points of the curve that they lie on, in order and in pixels, shape (points, 2).
    panel
        Width and height of the panel in pixels.

    Returns
    -------
    list of (str, int)
        For each name the end that is nearer to its point, "left" or "right", and whether it stands
        above the point (1) or below it (−1).
    """
    taken: list[FloatArray] = []
    chosen: list[tuple[str, int]] = []
    steps = np.arange(len(curve))
    fine = np.linspace(0, len(curve) - 1, 8 * len(curve))
    dense = np.column_stack([np.interp(fine, steps, axis) for axis in curve.T])
    for point, name in zip(points, names, strict=True):
        tried = []
        for side, up in itertools.product(("left", "right"), (1, -1)):
            box = name_box(point, name, side, up)
            on_curve = np.all((dense > box[:2] - 2.0) & (dense < box[2:] + 2.0), axis=1).mean()
            outside = np.maximum([*-box[:2], *(box[2:] - panel)], 0.0)
            outside[[0, 2]] = np.maximum(outside[[0, 2]] - GAP, 0.0)  # there are margins
            covered = sum(_shared(box, other) for other in taken)
            tried.append((float(on_curve + outside.sum() + covered), side, up, box))
        _, side, up, box = min(tried, key=lambda place: place[0])
        taken.append(box)
        chosen.append((side, up))
    return chosen


def name_box(point: FloatArray, name: str, side: str, up: int) -> FloatArray:
    """Return the box that a name takes: left, bottom, right and top, in pixels.

    Parameters
    ----------
    point
        The point it belongs to, in pixels, shape (2,).
    name
        The name.
    side, up
        How it stands at the point, see `beside`.
    """
    width = _LETTER * len(name)
    left = point[0] + GAP if side == "left" else point[0] - GAP - width
    bottom = point[1] + RISE * up - _LINE / 2.0
    return np.array([left, bottom, left + width, bottom + _LINE])


def _shared(one: FloatArray, other: FloatArray) -> float:
    """Return the area that two boxes share."""
    sides = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    return float(np.prod(np.maximum(sides, 0.0)))
