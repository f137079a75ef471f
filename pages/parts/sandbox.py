"""What pages on simulated data share: their settings, a slider for each, and rings to drag."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from engine import Scenario
from engine.figures.axes import covering
from engine.figures.base import ring_radii
from engine.figures.course import FittedLines
from engine.simulation import FIELDS, PRESETS, SHAPES, Simulated, idle_settings, possible
from engine.simulation.scenario import Shape
from engine.words.numbers import plural, with_decimals
from pages.parts.lesson.state import State, choice, number, numbers
from pages.parts.live import Grab, Grabbed, Handle, grabbed, live_slider
from pages.parts.theme import palette

START = PRESETS[0].scenario
CLUSTERS = (1, int(FIELDS["clusters"].slider[1]))
# What the outcome's axis shows at most settings; where something lies beyond, it grows.
OUTCOMES = (-4.2, 4.2)
# The axis of the figure, in which the hand stays, lies within this at every setting.
_HIGHEST = 10.0
# Why a control has no effect, by the setting that is in its way.
NO_EFFECT = {
    "between_variance": "No effect: τ² is 0.",
    "rows_per_cluster": "No effect: each cluster has 2 rows.",
    "size_spread": "No effect: sizes have no spread.",
    "share_spread": "No effect: shares have no spread.",
}


def _slider(name: str, param: str) -> Any:
    """A number of the scenario, within the ends of its slider."""
    low, high, step = FIELDS[name].slider
    return number(getattr(START, name), low, high, step, param=param)


@dataclass(frozen=True)
class SandboxState(State, page="sandbox", script=""):
    """The scenario, and the clusters moved by hand; a page adds what else it is set to.

    Attributes
    ----------
    between_variance, residual_variance, …, shape
        The scenario's, see `Scenario`.
    moved : dict
        By cluster number: where a cluster's mean was dragged to.
    """

    between_variance: float = _slider("between_variance", "between")
    residual_variance: float = _slider("residual_variance", "residual")
    clusters: int = _slider("clusters", "clusters")
    rows_per_cluster: int = _slider("rows_per_cluster", "rows")
    size_spread: float = _slider("size_spread", "size_spread")
    size_intercept_correlation: float = _slider("size_intercept_correlation", "size_corr")
    effect: float = _slider("effect", "effect")
    intercept: float = _slider("intercept", "intercept")
    share: float = _slider("share", "share")
    share_spread: float = _slider("share_spread", "share_spread")
    share_intercept_correlation: float = _slider("share_intercept_correlation", "share_corr")
    seed: int = _slider("seed", "seed")
    shape: Shape = choice(START.shape, SHAPES, param="shape")
    moved: dict[int, float] = numbers(CLUSTERS, -_HIGHEST, _HIGHEST, param="moved")

    def scenario(self) -> Scenario:
        """The scenario that the sliders describe."""
        return Scenario(**{name: getattr(self, name) for name in SCENARIO_FIELDS})


# What scenario and page share; what has no control here stays at its default.
SCENARIO_FIELDS = tuple(
    each.name for each in dataclasses.fields(Scenario) if each.name in SandboxState.params()
)


@dataclass(frozen=True)
class Notes:
    """What stands below sliders of the scenario, by field.

    Attributes
    ----------
    reasons
        Why a control has no effect.
    limits
        Where another value is drawn than was asked for.
    """

    reasons: Mapping[str, str]
    limits: Mapping[str, str]


def notes(scenario: Scenario) -> Notes:
    """Return what the sliders have to say about a scenario."""
    held = possible(scenario)
    limits = {
        name: f"At most {with_decimals(getattr(held, name), 2)} here, as drawn."
        for name in ("size_intercept_correlation", "share_intercept_correlation")
        if getattr(held, name) != getattr(scenario, name)
    }
    reasons = {name: NO_EFFECT[missing] for name, missing in idle_settings(scenario).items()}
    return Notes(reasons, limits)


def scenario_slider(
    field: str,
    default: float,
    below: Notes,
    *,
    key: str,
    on_change: Callable[[], None] | None = None,
) -> None:
    """Show the slider of a setting.

    Parameters
    ----------
    field
        Name of the setting.
    default
        Where a reset puts it.
    below
        What stands below sliders at present.
    key, on_change
        As of `live_slider`.
    """
    about = FIELDS[field]
    low, high, step = about.slider
    missing = below.reasons.get(field)
    live_slider(
        about.label,
        low,
        high,
        float(default),
        step,
        key=key,
        format={1: "%d", 0.1: "%.1f", 0.05: "%.2f"}[step],
        help=about.hint,
        disabled=missing is not None,
        note=missing or below.limits.get(field),
        on_change=on_change,
    )


def handles(simulated: Simulated, fitted: FittedLines) -> Grab:
    """One ring at each cluster's mean: its share of treated rows, its mean outcome."""
    return Grab(
        [
            Handle(
                id=level,
                x=fitted.mean_x[k],
                y=fitted.mean_y[k],
                home=simulated.drawn_means[k],
                radius=radius,
                label=f"Cluster {level}, {plural(int(fitted.sizes[k]), 'row')}: mean of y",
            )
            for k, (level, radius) in enumerate(
                zip(fitted.levels, ring_radii(fitted.sizes), strict=True)
            )
        ],
        # What a hand moves does not move the limits of the hand.
        covering(OUTCOMES, simulated.drawn_means),
        step=0.05,
        unit="units of y",
        colour=palette().no_pooling,
    )


def place_rings(key: str, means: Mapping[int, float]) -> None:
    """Let the rings of a figure stand where the state says, which an address can have changed."""
    held = grabbed(key)
    moved = {str(cluster): mean for cluster, mean in means.items()}
    if moved != held.moved:
        st.session_state[key] = Grabbed(moved, held.selected)
