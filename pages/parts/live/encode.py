"""Figures on the wire: JSON, with numbers as base64 typed arrays.

The encoding is plotly's own (`dtype`, `bdata`, `shape`), which both `st.plotly_chart` and
the live figure read. An array of a thousand numbers costs a tenth of the time that way, and
may have gaps: NaN, for which JSON has no word.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DTYPES = {"float32": "f4", "float64": "f8", "int32": "i4", "int16": "i2", "uint8": "u1"}


def to_json(figure: Mapping[str, Any]) -> str:
    """A figure, or a part of it, as one line of text.

    Raises
    ------
    ValueError
        A number outside of arrays is not finite.
    """
    return json.dumps(figure, default=_encode, separators=(",", ":"), allow_nan=False)


def _encode(value: Any) -> Any:
    """What JSON has no word for."""
    if isinstance(value, np.ndarray) and value.ndim and value.dtype.kind in "fiu":
        return _array(value)
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    raise TypeError(f"a figure cannot hold a {type(value).__name__}")


def _array(array: NDArray[Any]) -> dict[str, str]:
    if array.dtype.name not in _DTYPES:
        array = array.astype(np.float64)
    encoded = {
        "dtype": _DTYPES[array.dtype.name],
        "bdata": b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii"),
    }
    if array.ndim > 1:
        encoded["shape"] = ", ".join(map(str, array.shape))
    return encoded
