"""Figures on the wire: JSON, with numbers as base64 typed arrays.

The encoding is plotly's own (`dtype`, `bdata`, `shape`), which both `st.plotly_chart` and
the live figure read. A list of a thousand numbers costs a tenth of the time that way, and
a missing value (`None`) becomes NaN, which plotly draws as a gap too.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SHORT = 8
"""Lists up to this length stay readable: ranges, domains, dashes."""

_DTYPES = {"float32": "f4", "float64": "f8", "int32": "i4", "int16": "i2", "uint8": "u1"}


def encode(value: Any) -> Any:
    """Copy of a figure, or of a part of it, that `json.dumps` can write."""
    if isinstance(value, Mapping):
        return {str(name): encode(item) for name, item in value.items()}
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple)):
        if value and isinstance(value[0], str):
            return list(value)
        if len(value) > _SHORT and all(
            item is None or (isinstance(item, (int, float)) and not isinstance(item, bool))
            for item in value
        ):
            return _array(np.array(value, dtype=float))
        return [encode(item) for item in value]
    return value


def _array(array: NDArray[Any]) -> Any:
    if array.dtype.kind not in "fiu":
        return [encode(item) for item in array.tolist()]
    if array.dtype.name not in _DTYPES:
        array = array.astype(np.float64)
    encoded = {
        "dtype": _DTYPES[array.dtype.name],
        "bdata": b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii"),
    }
    if array.ndim > 1:
        encoded["shape"] = ", ".join(map(str, array.shape))
    return encoded
