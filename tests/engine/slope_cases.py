"""R's answers on models with random slopes: tests/reference/slopes.json, made by slopes.R."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from engine.data.formula.grammar import parse
from engine.data.formula.terms import Column, expand
from engine.data.reduction import moments_from_rows
from engine.models.mixed.fit import fit_mixed_model
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.model import MixedModel
from engine.models.mixed.results import MixedFit
from tests.engine.reference import FOLDER

CASES: dict[str, dict[str, Any]] = json.loads((FOLDER / "slopes.json").read_text())


def model_of(frame: pd.DataFrame, formula: str) -> MixedModel:
    """Build the model of a formula with one random part, in any of lme4's forms."""
    parsed = parse(formula)
    part = parsed.random
    levels: Mapping[str, Sequence[str]] = {
        name: sorted(frame[name].unique())
        for name in parsed.columns()
        if not pd.api.types.is_numeric_dtype(frame[name])
    }
    fixed = expand(parsed.terms, parsed.intercept, levels)
    if part.correlated:
        terms = [expand(part.effects, part.intercept, levels)]
    else:
        # lme4 reads (1 + z || g) as (1 | g) + (0 + z | g).
        terms = [expand([], True, levels)] if part.intercept else []
        terms += [expand([effect], False, levels) for effect in part.effects]
    columns = {column.name: column for column in fixed}
    columns.update((c.name, c) for term in terms for c in term if c.factors)

    def values(column: Column) -> np.ndarray:
        product = np.ones(len(frame))
        for name, level in column.factors:
            own = frame[name].to_numpy()
            product = product * (own if level is None else own == levels[name][level])
        return product.astype(float)

    codes, labels = pd.factorize(frame[part.group].astype(str), sort=True)
    return MixedModel(
        moments_from_rows(
            np.column_stack([values(column) for column in columns.values()]),
            frame[parsed.outcome].to_numpy(float),
            codes,
            names=tuple(columns),
            levels=tuple(labels),
            has_intercept=parsed.intercept,
        ),
        fixed=tuple(column.name for column in fixed),
        random=tuple(tuple(column.name for column in term) for term in terms),
    )


@dataclass(frozen=True)
class Case:
    """One model, fitted here, and R's values for it."""

    model: MixedModel
    fit: MixedFit
    values: dict[str, Any]


@cache
def case_model(name: str) -> MixedModel:
    case = CASES[name]
    frame = pd.read_csv(FOLDER / f"{case['file']}.csv")
    if case["drop_every"]:
        frame = frame[np.arange(1, len(frame) + 1) % case["drop_every"] != 0]
    return model_of(frame, case["formula"])


@cache
def fitted(name: str, likelihood: Likelihood) -> Case:
    """Fit a case once for all tests."""
    model = case_model(name)
    values = CASES[name][likelihood.value.lower()]
    return Case(model, fit_mixed_model(model, likelihood), values)
