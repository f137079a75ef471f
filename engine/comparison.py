"""Both models on the same data, side by side: the one call most users need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.data.design import Design, build
from engine.data.formula import Formula, parse
from engine.data.moments import Moments, moments_from_rows
from engine.errors import DataError
from engine.models.dial import Dial
from engine.models.mixed import ClusterTable, MixedFit, fit_mixed
from engine.models.ols import OlsFit, fit_ols


@dataclass(frozen=True)
class Comparison:
    """Ordinary least squares and the mixed model on the same rows.

    Attributes
    ----------
    formula
        The model, as parsed.
    design
        The rows behind the fits, with how many were dropped for missing values.
    dial
        Generalised least squares at any variance ratio, on the moments of these rows.
    ols, mixed
        The two fits.
    clusters
        What each cluster says by itself, and where the mixed model puts it.
    notes
        What a reader should know about the data: rows dropped, columns left out.
    """

    formula: Formula
    design: Design
    dial: Dial
    ols: OlsFit
    mixed: MixedFit
    clusters: ClusterTable
    notes: tuple[str, ...]

    @property
    def moments(self) -> Moments:
        """The per-cluster moments every number was computed from."""
        return self.dial.moments

    def to_frame(self) -> pd.DataFrame:
        """Return the coefficients of both fits, one row per term."""
        return pd.DataFrame(
            {
                "ols": self.ols.estimates,
                "ols_se": self.ols.standard_errors,
                "mixed": self.mixed.estimates,
                "mixed_se": self.mixed.standard_errors,
                "difference": self.mixed.estimates - self.ols.estimates,
            },
            index=pd.Index(self.mixed.names, name="term"),
        )


def compare(frame: pd.DataFrame, formula: str | Formula) -> Comparison:
    """Fit ``lm`` and ``lmer`` (REML) to the same rows.

    Parameters
    ----------
    frame
        One row per observation. Rows with a missing value in a column of the formula are
        dropped and counted.
    formula
        For example ``"math ~ ses + (1 | school)"``: an outcome, predictors joined by
        ``+ : *``, and one random intercept. Text is read as column names only.

    Returns
    -------
    Comparison

    Raises
    ------
    FormulaError
        When the formula text is not such a model; names the offending character.
    DataError
        When the frame does not hold what the formula asks for.
    FitError
        When the model has no answer on these data.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"y": [1.0, 2, 3, 5, 4, 7], "g": ["a", "a", "b", "b", "c", "c"]})
    >>> compare(frame, "y ~ 1 + (1 | g)").to_frame().round(3)
                   ols  ols_se  mixed  mixed_se  difference
    term
    (Intercept)  3.667   0.882  3.667     1.222         0.0
    """
    parsed = parse(formula) if isinstance(formula, str) else formula
    design = build(frame, parsed)
    moments = moments_from_rows(
        design.matrix,
        design.outcome,
        design.cluster_codes,
        names=design.names,
        levels=design.levels,
        has_intercept=design.has_intercept,
    )
    _check_outcome(moments, design)
    kept = moments.independent_columns()
    dropped = [name for k, name in enumerate(moments.names) if k not in kept]
    notes = list(design.notes)
    for name in dropped:
        notes.append(
            f"{name} was left out: it is constant or a combination of the terms before it."
        )
    if not kept:
        raise DataError("No predictor varies, so there is no coefficient to estimate.")
    dial = Dial(moments.select(kept) if dropped else moments)
    ols = fit_ols(dial)
    mixed, clusters = fit_mixed(dial)
    return Comparison(
        formula=parsed,
        design=design,
        dial=dial,
        ols=ols,
        mixed=mixed,
        clusters=clusters,
        notes=tuple(notes),
    )


def _check_outcome(moments: Moments, design: Design) -> None:
    spread = np.ptp(design.outcome)
    if spread == 0.0:
        raise DataError(
            f"The outcome {design.outcome_name} has the same value, {design.outcome[0]:g}, "
            f"in all {moments.rows:,} rows. Choose an outcome that varies."
        )
