"""Ordinary least squares beside the linear mixed model, from per-cluster moments."""

from engine.comparison import Comparison, build, compare, compare_design, parse
from engine.data.files import read
from engine.errors import BetwixtError, DataError, FitError, FormulaError, ScenarioError
from engine.simulation import Scenario, Simulated, simulate

__all__ = [
    "BetwixtError",
    "Comparison",
    "DataError",
    "FitError",
    "FormulaError",
    "Scenario",
    "ScenarioError",
    "Simulated",
    "build",
    "compare",
    "compare_design",
    "parse",
    "read",
    "simulate",
]
