"""What counts as rounding: the engine's tolerances, each with its origin.

A double has 16 digits, ε = 2.2e-16. Cross-products are sums of many rounded products: their noise
is about 1e-16 of a column's sum of squares and grows slowly with the number of rows.
"""

from __future__ import annotations

NO_VARIATION = 1e-13
"""A remainder below this share of a column's sum of squares counts as zero. The remainder is what
other columns leave unexplained, or what varies within clusters. The share is a thousand times the
noise of cross-products. R's tolerance in `lm` is 1e-7 on columns; this is its square, with some
room."""

CONSTANT = 1e-13
"""A column whose spread is below this share of its own size holds rounding, not data. The values
have digits down to ε = 2e-16 of their size, and sums of them have a few digits fewer."""

EXACT = 1e-26
"""Residuals whose sum of squares is below this share of the outcome's are rounding. The share is
(450 ε)²: every operation that formed a residual adds an error of about ε of the outcome's size."""

LOST = 1e-13
"""A remainder below this share of a sum of squares is lost in the subtraction that leaves it."""

LARGEST_RATIO = 1e12
"""The largest variance ratio ρ = τ²/σ² searched, an ICC of 1 − 1e-12. Beyond it the residual
variance has fewer than four digits left beside the variance between clusters."""

CLUSTERS_TELL = 1e-7
"""Singular values of the cluster means below this share of the largest are rounding. This is R's
tolerance in `lm`, which is on columns and not on their squares."""
