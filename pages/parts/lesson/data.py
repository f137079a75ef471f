"""Data of the lessons, each read and fitted once for all visitors."""

from engine.comparison import compare_example as fitted

__all__ = ["fitted"]
