"""What counts as rounding: the tolerances of the engine, each with where it comes from.

A double carries 16 digits, ε = 2.2e-16. Cross-products are squares of columns and sums of many
rounded terms: of a column's sum of squares their noise is some 1e-16, growing slowly with the rows.
"""

from __future__ import annotations

NO_VARIATION = 1e-13
"""Below this share of a column's sum of squares, what is left of it counts as nothing: what other
columns leave unexplained, or what varies inside clusters beside all of it. A thousand times the
noise of cross-products; R's tolerance in `lm`, 1e-7 on columns, squared and given some room."""

CONSTANT = 1e-13
"""A column whose spread is smaller than this share of its own size holds rounding, not data: the
values themselves have digits down to ε = 2e-16 of their size, and sums of them a few less."""

EXACT = 1e-26
"""Residuals with less than this share of the outcome's sum of squares are rounding: (450 ε)², as
each is known to some ε of the outcome's size for each of the operations that made it."""

LOST = 1e-13
"""Of a sum of squares, a remainder below this share is lost in the subtraction that leaves it."""

LARGEST_RATIO = 1e12
"""The largest variance ratio ρ = τ²/σ² that is looked for, an ICC of 1 − 1e-12: beyond it the
residual variance has fewer than four digits beside the variance between clusters."""

CLUSTERS_TELL = 1e-7
"""Singular values of the cluster means below this share of the largest are rounding: R's tolerance
in `lm`, on columns themselves and not on their squares."""
