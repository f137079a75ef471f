"""Points of a figure that a person can take hold of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import streamlit as st

from .reports import numbers

# The axis along which handles move; those that move nowhere can be picked.
Along: TypeAlias = Literal["x", "y", "nowhere"]


@dataclass(frozen=True)
class Handle:
    """A point of the figure that can be dragged along one axis, or picked.

    Attributes
    ----------
    id : str
        Name of the handle in `Grabbed`.
    x, y : float
        Where it stands now, in axis units.
    home : float
        Where it stands when put back, along the axis on which it moves.
    label : str
        What it is: "Cluster 7, 12 rows: mean of y". Shown beside the handle in the hand or under
        the pointer, and read to people who do not see it.
    radius : float
        Radius of its ring in pixels. However small the ring, it can be taken by a finger.
    """

    id: str
    x: float
    y: float
    home: float
    label: str
    radius: float = 5.0


@dataclass(frozen=True)
class Grab:
    """The handles of a figure.

    Attributes
    ----------
    handles : sequence of Handle
    limits : (float, float)
        How far down and up, or left and right, a handle goes.
    step : float
        What an arrow key moves; Page Up and Page Down move ten of them. On a logarithmic axis the
        factor by which it moves.
    unit : str
        What the axis is measured in, said after the value.
    colour : str
        Any CSS colour, or ``light-dark(…, …)``.
    along : "x", "y" or "nowhere"
        The axis along which they move: always the figure's first, ``xaxis`` or ``yaxis``.
    log : bool
        Whether that axis is logarithmic.
    tap : bool
        Whether a tap anywhere on the figure brings the nearest handle there.
    """

    handles: Sequence[Handle]
    limits: tuple[float, float]
    step: float
    unit: str = ""
    colour: str = "currentColor"
    along: Along = "y"
    log: bool = False
    tap: bool = False


@dataclass(frozen=True)
class Grabbed:
    """What a person has moved: ``{handle id: value}``, and the handle touched or picked last."""

    moved: Mapping[str, float] = field(default_factory=dict)
    selected: str | None = None


def grabbed(key: str) -> Grabbed:
    """What was moved in the figure of this key; known before the figure is drawn.

    To put everything back from Python: ``st.session_state.pop(key, None)``, in a callback
    or before the figure.
    """
    state = st.session_state.get(key)
    return state if isinstance(state, Grabbed) else Grabbed()


def read_grabbed(report: Mapping[str, Any]) -> Grabbed:
    """What the hand did to the handles, as the browser reports it."""
    moved = {str(name): float(y) for name, y in report["moved"].items()}
    return Grabbed(moved, report["selected"])


def encode_grab(grab: Grab, key: str) -> dict[str, Any]:
    """The handles and what has become of them, for the browser."""
    state = grabbed(key)
    return {
        "handles": [
            {
                "id": handle.id,
                "x": float(handle.x),
                "y": float(handle.y),
                "home": float(handle.home),
                "label": handle.label,
                "radius": float(handle.radius),
            }
            for handle in grab.handles
        ],
        "limits": [float(limit) for limit in grab.limits],
        "step": float(grab.step),
        "unit": grab.unit,
        "colour": grab.colour,
        "along": grab.along,
        "log": grab.log,
        "tap": grab.tap,
        "moved": dict(state.moved),
        "selected": state.selected,
        "number": numbers().get(key, 0),
    }
