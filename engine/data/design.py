"""Turns a data frame and a formula into the arrays that a model is fitted to.

Each column is read once. Numbers are used as the frame stores them; everything else is reduced
to integer level codes, with levels in the order of R's ``factor()``. `engine.data.columns`
says how each type of column is read. Columns that are already arrays, such as simulated ones,
need no frame: see `assemble`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engine.data.columns import (
    check_clusters,
    check_predictor,
    kind_of,
    read_numbers,
    read_outcome,
)
from engine.data.factor import Factor, as_factor
from engine.data.formula.grammar import Formula
from engine.data.formula.terms import Column, expand
from engine.data.levels import Levels
from engine.data.model_matrix import ModelMatrix
from engine.data.moments import FloatArray, IntArray
from engine.display import cut, plural
from engine.errors import DataError


@dataclass(frozen=True, eq=False)
class Design:
    """The rows that a model is fitted to, as arrays.

    The arrays may share memory with the frame they came from, but editing that frame does not
    change them.

    Attributes
    ----------
    formula
        The model, as parsed.
    outcome
        Outcome y, shape (N,).
    names
        Names of the p fixed effects, as R names the coefficients. They belong to the first p
        columns of ``matrix``.
    random
        Names of the columns whose effects vary among clusters, term by term. Columns without a
        fixed effect come after the fixed-effect columns in ``matrix`` and ``columns``.
    cluster_codes
        Cluster of each row, integers 0..J-1, shape (N,).
    levels
        Labels of the J clusters; each has at least one row.
    columns
        How each column of ``matrix`` is computed from predictors.
    predictors
        Values of each numeric predictor and level codes of each categorical one, by name, each
        of shape (N,).
    categories
        Levels of each categorical predictor, the reference first.
    kept
        Which rows of the frame these are, shape (rows of the frame,); None if they are all. Rows
        in which a column of the formula is missing are left out.
    notes
        What a reader should know about the data, one sentence each.
    shared
        Columns of the frame whose memory the arrays may share. While we hold a reference to
        them, pandas copies before it writes to the frame.
    """

    formula: Formula
    outcome: FloatArray
    names: tuple[str, ...]
    random: tuple[tuple[str, ...], ...]
    cluster_codes: IntArray
    levels: Levels
    columns: tuple[Column, ...]
    predictors: Mapping[str, FloatArray | IntArray]
    categories: Mapping[str, tuple[str, ...]]
    kept: NDArray[np.bool_] | None
    notes: tuple[str, ...]
    shared: tuple[pd.Series[Any], ...]

    def __repr__(self) -> str:
        rows, clusters = plural(self.rows, "row"), plural(len(self.levels), "cluster")
        return f"<Design of {cut(self.formula.text, 80)}: {rows} in {clusters}>"

    @property
    def rows(self) -> int:
        """Number of rows N."""
        return len(self.outcome)

    @property
    def dropped_rows(self) -> int:
        """How many rows of the frame were left out."""
        return 0 if self.kept is None else len(self.kept) - self.rows

    @property
    def row_numbers(self) -> IntArray:
        """Place of each row in the frame, counted from 1, shape (N,)."""
        return np.arange(1, self.rows + 1) if self.kept is None else np.flatnonzero(self.kept) + 1

    @property
    def has_intercept(self) -> bool:
        """Whether the first column is the intercept."""
        return self.formula.intercept

    @property
    def outcome_name(self) -> str:
        """Name of the outcome's column."""
        return self.formula.outcome

    @property
    def cluster_name(self) -> str:
        """Name of the cluster column."""
        return self.formula.random.group

    def held_at(self, name: str, kept: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return for which rows a coefficient holds, if others say how it differs from row to row.

        Parameters
        ----------
        name
            Name of its column.
        kept
            Names of the columns that have a coefficient; the others say nothing.

        Returns
        -------
        dict of str to tuple of str
            For each predictor that the column interacts with: its levels at which the coefficient
            holds; none for a numeric one, which is at 0 then. Empty if no other coefficient is of
            a product of this column and more, and for the intercept. Empty also if each level has
            a coefficient of its own, since this one then holds for no rows.
        """
        factors = {column.name: column.factors for column in self.columns if column.name in kept}
        own = set(factors[name])
        taken: dict[str, set[int | None]] = {}
        for others in factors.values() if own else ():
            if own < set(others):
                for predictor, level in others:
                    if predictor not in dict(own):
                        taken.setdefault(predictor, set()).add(level)
        held: dict[str, tuple[str, ...]] = {}
        for predictor, levels in taken.items():
            known = self.categories.get(predictor, ())
            held[predictor] = tuple(level for k, level in enumerate(known) if k not in levels)
            if known and not held[predictor]:
                return {}
        return held

    @property
    def model_matrix(self) -> ModelMatrix:
        """The design matrix as a recipe, which computes only the rows asked for."""
        return ModelMatrix(self.columns, self.predictors, self.rows)

    @cached_property
    def matrix(self) -> FloatArray:
        """The whole design matrix, shape (N, len(columns)), each column contiguous in memory."""
        return self.model_matrix[:]

    @cached_property
    def largest(self) -> FloatArray:
        """Largest absolute value of each column of ``matrix``, shape (len(columns),).

        A product too large for a double gives inf or nan.
        """
        return self.model_matrix.largest()


def build(frame: pd.DataFrame, formula: Formula) -> Design:
    """Reduce the columns that a formula names to arrays.

    Parameters
    ----------
    frame
        One row per observation. It is neither copied nor changed.
    formula
        A parsed formula.

    Returns
    -------
    Design
        The complete rows; those with a missing value are left out and counted.

    Raises
    ------
    DataError
        The frame does not hold what the formula asks for. The message names the column and,
        where there is one, the row.

    Examples
    --------
    >>> from engine import parse
    >>> frame = pd.DataFrame({"y": [1.0, 2, 3, 5], "x": list("uvvu"), "g": [1, 1, 2, 2]})
    >>> design = build(frame, parse("y ~ x + (1 | g)"))
    >>> design.names, design.cluster_codes.tolist()
    (('(Intercept)', 'xv'), [0, 0, 1, 1])
    """
    group = formula.random.group
    series = _find(frame, formula.columns())
    if len(frame) == 0:
        raise DataError("The data have no rows.")

    kinds = {name: kind_of(column) for name, column in series.items()}

    notes: list[str] = []
    outcome = read_outcome(series[formula.outcome], kinds[formula.outcome], formula.outcome, notes)
    cluster = as_factor(series[group], kinds[group], group)
    numbers: dict[str, FloatArray] = {}
    factors: dict[str, Factor] = {}
    for name in formula.predictors():
        if kinds[name] == "date":
            raise DataError(
                f"The predictor `{name}` holds dates or times. Turn it into a number first, such "
                "as the days since the first date."
            )
        if kinds[name] == "number":
            numbers[name] = read_numbers(series[name], name)
        else:
            factors[name] = cluster if name == group else as_factor(series[name], kinds[name], name)

    kept = _complete({formula.outcome: outcome, **numbers, **factors, group: cluster}, notes)
    if kept is not None:
        outcome = outcome[kept]
        cluster = cluster.rows(kept)
        numbers = {name: values[kept] for name, values in numbers.items()}
        factors = {name: factor.rows(kept) for name, factor in factors.items()}
    return assemble(
        formula,
        outcome=outcome,
        cluster=cluster,
        numbers=numbers,
        factors=factors,
        kept=kept,
        notes=notes,
        shared=tuple(series[name] for name in (formula.outcome, *numbers)) if kept is None else (),
    )


def assemble(
    formula: Formula,
    *,
    outcome: FloatArray,
    cluster: Factor,
    numbers: Mapping[str, FloatArray],
    factors: Mapping[str, Factor],
    kept: NDArray[np.bool_] | None = None,
    notes: Sequence[str] = (),
    shared: tuple[pd.Series[Any], ...] = (),
) -> Design:
    """Build a design from columns that are already arrays, without missing values.

    Parameters
    ----------
    formula
        A parsed formula.
    outcome
        Outcome y, shape (N,).
    cluster
        Cluster of each row; every level has at least one row.
    numbers
        Values of each numeric predictor of the formula, by name, each of shape (N,).
    factors
        Each categorical predictor of the formula, by name; every level has at least one row.
    kept
        Which rows of a frame these are, as in `Design`.
    notes
        What is already known that a reader should know; more sentences may be added.
    shared
        Columns of a frame whose memory the arrays may share, as in `Design`.

    Returns
    -------
    Design

    Raises
    ------
    DataError
        There are too few clusters, the cluster is a categorical predictor too, a predictor has
        too many levels, or the formula asks for too many coefficients.
    """
    group = formula.random.group
    check_clusters(cluster, group, as_predictor=group in factors and (group,) in formula.terms)
    for name, factor in factors.items():
        check_predictor(factor, name)

    categories = {name: tuple(factor.levels) for name, factor in factors.items()}
    columns = expand(formula.terms, formula.intercept, categories)
    fixed = tuple(column.name for column in columns)
    random = _random_columns(formula, categories)
    known = set(fixed)
    for column in (column for term in random for column in term):
        if column.factors and column.name not in known:
            columns.append(column)
            known.add(column.name)
    used = {name for column in columns for name, _ in column.factors}
    left_out = (
        f"“{name}” has the single value “{levels[0]}”: with nothing to compare it to, it was left "
        "out."
        for name, levels in categories.items()
        if name not in used
    )
    return Design(
        formula=formula,
        outcome=outcome,
        names=fixed,
        random=tuple(tuple(column.name for column in term) for term in random),
        cluster_codes=cluster.codes,
        levels=cluster.levels,
        columns=tuple(columns),
        predictors={
            name: factors[name].codes if name in factors else numbers[name]
            for name in formula.predictors()
        },
        categories=categories,
        kept=kept,
        notes=(*notes, *left_out),
        shared=shared,
    )


def _random_columns(formula: Formula, levels: Mapping[str, tuple[str, ...]]) -> list[list[Column]]:
    """Return the columns of each random term; ``||`` makes every effect a term of its own."""
    random = formula.random
    if random.correlated:
        return [expand(random.effects, random.intercept, levels)]
    terms = [expand((), True, levels)] if random.intercept else []
    return terms + [expand((effect,), False, levels) for effect in random.effects]


def _find(frame: pd.DataFrame, names: Iterable[str]) -> dict[str, pd.Series[Any]]:
    places: dict[str, list[int]] = {}
    for place, label in enumerate(frame.columns):
        places.setdefault(str(label), []).append(place)
    found = {}
    for name in names:
        at = places.get(name, [])
        if not at:
            raise DataError(_unknown_column(name, list(places)))
        if len(at) > 1:
            raise DataError(
                f"{len(at)} columns are called `{name}`. Give every column its own name."
            )
        found[name] = frame.iloc[:, at[0]]
    return found


def _unknown_column(name: str, columns: list[str]) -> str:
    folded = {column.casefold(): column for column in reversed(columns)}
    close = get_close_matches(name.casefold(), folded, n=1)
    suggestion = f" Did you mean `{folded[close[0]]}`?" if close else ""
    listed = ", ".join(f"`{column}`" for column in columns[:20])
    more = f" and {len(columns) - 20} more" if len(columns) > 20 else ""
    return f"There is no column `{name}`.{suggestion} The columns are {listed}{more}."


def _complete(
    columns: Mapping[str, FloatArray | Factor], notes: list[str]
) -> NDArray[np.bool_] | None:
    """Return which rows are complete, or None when all are; append to ``notes`` what is lost."""
    missing: dict[str, NDArray[np.bool_]] = {}
    for name, column in columns.items():
        mask = column.codes < 0 if isinstance(column, Factor) else np.isnan(column)
        if mask.any():
            missing[name] = mask
    if not missing:
        return None
    counts = ", ".join(f"“{name}” {np.count_nonzero(mask):,}" for name, mask in missing.items())
    kept = np.ones(len(next(iter(missing.values()))), dtype=np.bool_)
    for mask in missing.values():
        kept &= ~mask
    if not kept.any():
        raise DataError(
            f"No row is complete: of {len(kept):,} rows, missing are {counts}. Choose columns "
            "that are filled in."
        )
    dropped = len(kept) - int(np.count_nonzero(kept))
    rows = (
        f"1 row of {len(kept):,} was" if dropped == 1 else f"{dropped:,} rows of {len(kept):,} were"
    )
    notes.append(f"{rows} left out for missing values ({counts}).")
    return kept
