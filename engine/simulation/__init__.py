"""Clustered data from a scenario, with the truth beside them.

The correlations that a scenario asks for are constructed, not left to chance. The cluster sizes
come first, then the shares of the second condition, and only then the cluster intercepts: the
combination of sizes, shares and fresh noise that has exactly the requested correlations. The
cluster slopes combine the intercepts with noise of their own in the same way.
"""

from engine.simulation.fields import FIELDS, Field
from engine.simulation.idle import idle_settings, possible
from engine.simulation.presets import PRESETS, Preset, nearest_preset, preset_of
from engine.simulation.rows import CONDITIONS, Simulated, Truth, simulate
from engine.simulation.scenario import MOST_ROWS, SHAPES, Scenario, Shape

__all__ = [
    "CONDITIONS",
    "FIELDS",
    "MOST_ROWS",
    "PRESETS",
    "SHAPES",
    "Field",
    "Preset",
    "Scenario",
    "Shape",
    "Simulated",
    "Truth",
    "idle_settings",
    "nearest_preset",
    "possible",
    "preset_of",
    "simulate",
]
