"""What R printed: the data sets of tests/reference and the values beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine import Comparison, compare

FOLDER = Path(__file__).resolve().parent.parent / "reference"
RANDOM_INTERCEPT = (
    "sleepstudy",
    "dyestuff",
    "dyestuff2_singular",
    "orthodont",
    "orthodont_interaction",
    "exam",
    "hsb_ses",
    "machines",
    "penicillin_plate",
)


@dataclass(frozen=True)
class Reference:
    """One data set, the model R fitted to it, and R's values as JSON."""

    name: str
    frame: pd.DataFrame
    values: dict[str, Any]

    @property
    def formula(self) -> str:
        return f"{self.values['fixed']} + (1 | {self.values['group']})"

    def column(self, model: str, quantity: str, names: tuple[str, ...]) -> np.ndarray:
        """Return one number per term of ``ols`` or ``lmm``, in the order of ``names``."""
        return np.array([self.values[model]["coef"][name][quantity] for name in names])


@cache
def reference(name: str) -> Reference:
    """Read one reference, with the grouping column as text, as in R."""
    values = json.loads((FOLDER / f"{name}.json").read_text())
    frame = pd.read_csv(FOLDER / f"{name}.csv", dtype={values["group"]: str})
    return Reference(name, frame, values)


@cache
def compared(name: str) -> Comparison:
    """Fit the reference's model once for all tests."""
    ref = reference(name)
    return compare(ref.frame, ref.formula)
