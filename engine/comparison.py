"""Both models on the same data, side by side: in one call, or step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pandas as pd

from engine.data.design import Design, build
from engine.data.examples import EXAMPLES, load
from engine.data.formula.grammar import Formula, parse
from engine.data.formula.terms import INTERCEPT
from engine.data.moments import FloatArray, Moments
from engine.display import Table, cut, digits, plural
from engine.estimators import estimates_of
from engine.models.dial import Dial
from engine.models.estimates import Estimates
from engine.models.mixed.fit import fit_mixed_model, random_effects
from engine.models.mixed.intercept_fit import cluster_table, fit_random_intercept
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.model import MixedModel
from engine.models.mixed.results import ClusterTable, MixedFit, RandomEffects
from engine.models.ols import OlsFit, fit_ols
from engine.preparation import Models, models_of, moments_of

__all__ = [
    "Comparison",
    "Models",
    "build",
    "compare",
    "compare_design",
    "compare_example",
    "fit",
    "models_of",
    "moments_of",
    "parse",
]

# Width of a screen, and how many rows of a comparison's table it has room for.
_SCREEN, _MAX_TERMS, _MAX_VARIANCES = 80, 10, 6


@dataclass(frozen=True)
class Comparison:
    """Ordinary least squares and the mixed model on the same rows.

    Everything beyond the two fits is computed when first asked for, from the same moments.

    Attributes
    ----------
    design
        The rows behind the fits, and how many rows were dropped for missing values.
    dial
        Generalised least squares at any variance ratio, on the moments of these rows.
    model
        The mixed model as a function of its covariance parameters.
    ols
        The pooled fit.
    mixed
        The mixed fit, by REML.
    dropped_terms
        Terms without a coefficient: earlier terms determine them, as in R, or their values are
        too small to compute with.
    notes
        What a reader should know about the data, in sentences: rows dropped, columns left out.
    """

    design: Design
    dial: Dial
    model: MixedModel
    ols: OlsFit
    mixed: MixedFit
    dropped_terms: tuple[str, ...]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return self._table().text()

    def _repr_html_(self) -> str:
        """Return the HTML table that a notebook shows."""
        return self._table().html()

    def _table(self) -> Table:
        ols, mixed, design = self.ols, self.mixed, self.design
        columns = (ols.estimates, ols.standard_errors, mixed.estimates, mixed.standard_errors)
        terms = [
            (cut(name), *map(digits, values))
            for name, *values in zip(mixed.names, *columns, strict=True)
        ]
        variances = [(name, "", "", digits(value), "") for name, value in _variances(mixed)]
        residual = (digits(ols.residual_variance), "", digits(mixed.residual_variance), "")
        notes = [f"{plural(len(self.notes), 'note')}: see .notes"] if self.notes else []
        return Table(
            above=(
                cut(self.formula.text, _SCREEN),
                f"{plural(design.rows, 'row')} in {plural(len(design.levels), 'cluster')}",
            ),
            header=("", "OLS", "std. error", "mixed", "std. error"),
            rows=[
                *_first(terms, _MAX_TERMS),
                *_first(variances, _MAX_VARIANCES),
                ("residual variance", *residual),
            ],
            below=[*(["The mixed fit is singular."] if mixed.singular else []), *notes],
        )

    @property
    def formula(self) -> Formula:
        """The model formula, parsed."""
        return self.design.formula

    @property
    def moments(self) -> Moments:
        """The per-cluster moments of the fixed effects' columns and the outcome."""
        return self.dial.moments

    @cached_property
    def clusters(self) -> ClusterTable:
        """Each cluster's own level, and the shrunken level that the mixed model gives it.

        Raises
        ------
        FitError
            Slopes vary too; use `random_effects` instead.
        """
        return cluster_table(self.dial, self.mixed)

    @cached_property
    def random_effects(self) -> RandomEffects:
        """What each cluster adds to the fixed effects, in the units of each coefficient."""
        if self.mixed.random_intercept_only:
            return self.clusters.as_random_effects()
        return random_effects(self.model, self.mixed)

    @cached_property
    def ml(self) -> MixedFit:
        """The mixed model by maximum likelihood.

        Raises
        ------
        FitError
            The covariance parameters are not identified on these data.
        """
        return _fit_mixed(self.dial, self.model, Likelihood.ML)

    @cached_property
    def fits(self) -> dict[str, Estimates]:
        """The coefficients by every estimator, by id; see `engine.estimators`."""
        return estimates_of(self)

    @cached_property
    def ols_residuals(self) -> FloatArray:
        """Residuals of the pooled fit, shape (N,), in outcome units."""
        return self.design.outcome - self._predicted(self.ols.estimates)

    @property
    def fitted_values(self) -> FloatArray:
        """The mixed fit's prediction of each row with its cluster's effects, shape (N,).

        In outcome units, as R's ``fitted`` of a model of lmer.
        """
        fitted = self._predicted(self.mixed.estimates)
        effects = self.random_effects
        for name, by_cluster in zip(effects.names, effects.effects.T, strict=True):
            own = by_cluster[self.design.cluster_codes]
            fitted += own if name == INTERCEPT else own * self._column(name)
        return fitted

    @cached_property
    def scaled_residuals(self) -> FloatArray:
        """Residuals of the mixed fit less the clusters' effects, divided by σ̂, shape (N,)."""
        return (self.design.outcome - self.fitted_values) / self.mixed.residual_sd

    def _predicted(self, estimates: FloatArray) -> FloatArray:
        return self.design.model_matrix.select(self.mixed.names).predict(estimates)

    def _column(self, name: str) -> FloatArray:
        return self.design.model_matrix.select([name])[:][:, 0]

    def to_frame(self) -> pd.DataFrame:
        """Return the coefficients of both fits.

        Returns
        -------
        pandas.DataFrame
            One row per term, with the columns ``ols``, ``ols_se``, ``mixed``, ``mixed_se`` and
            ``difference`` (mixed less OLS), in outcome units per unit of the predictor.
        """
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

    To take the steps one by one: `parse` → `build` → `moments_of` → `models_of` → `fit`.

    Parameters
    ----------
    frame
        One row per observation. Rows with a missing value in a column of the formula are
        dropped and counted.
    formula
        For example ``"math ~ ses + (1 | school)"``: an outcome, predictors joined by
        ``+ : *``, and one random part, which may have slopes: ``(1 + ses | school)``, or
        uncorrelated ``(1 + ses || school)``. The text is never evaluated; names in it are
        column names.

    Returns
    -------
    Comparison
        Both fits.

    Raises
    ------
    FormulaError
        The text is not such a model; the message names the offending character.
    DataError
        The frame does not hold what the formula asks for.
    FitError
        The model has no answer on these data.

    Examples
    --------
    >>> frame = pd.DataFrame({"y": [1.0, 2, 3, 5, 4, 7], "g": ["a", "a", "b", "b", "c", "c"]})
    >>> both = compare(frame, "y ~ 1 + (1 | g)")
    >>> both.to_frame().round(3)  # doctest: +NORMALIZE_WHITESPACE
                   ols  ols_se  mixed  mixed_se  difference
    term
    (Intercept)  3.667   0.882  3.667     1.167         0.0
    """
    return compare_design(build(frame, parse(formula) if isinstance(formula, str) else formula))


@cache
def compare_example(name: str, formula: str | None = None) -> Comparison:
    """Return both fits to an example, made once and kept; nothing ever changes them.

    Parameters
    ----------
    name
        Name of the example.
    formula
        The model; by default the one that the example is known for.

    Raises
    ------
    DataError, FormulaError, FitError
        No example has this name; or as in `compare`.
    """
    known = {example.name: example.formula for example in EXAMPLES}
    frame = load(name)
    return compare(frame, formula or known[name])


def compare_design(design: Design) -> Comparison:
    """Fit ``lm`` and ``lmer`` (REML) to rows that are arrays already.

    Parameters
    ----------
    design
        The rows, from `build` or from `Simulated.design`.

    Returns
    -------
    Comparison
        Both fits.

    Raises
    ------
    DataError, FitError
        As in `compare`.

    Examples
    --------
    >>> from engine import Scenario, simulate
    >>> compare_design(simulate(Scenario()).design()).mixed.names
    ('(Intercept)', 'conditiontreated')
    """
    return fit(models_of(design, moments_of(design)))


def fit(models: Models) -> Comparison:
    """Fit both models, the mixed one by REML.

    Parameters
    ----------
    models
        Both models, from `models_of`.

    Returns
    -------
    Comparison
        Both fits.

    Raises
    ------
    FitError
        A model has no answer on these data.

    Examples
    --------
    >>> frame = pd.DataFrame({"y": [1.0, 2, 3, 5, 4, 7], "g": ["a", "a", "b", "b", "c", "c"]})
    >>> design = build(frame, parse("y ~ 1 + (1 | g)"))
    >>> round(fit(models_of(design, moments_of(design))).mixed.between_variance, 3)
    2.917
    """
    return Comparison(
        design=models.design,
        dial=models.dial,
        model=models.model,
        ols=fit_ols(models.dial),
        mixed=_fit_mixed(models.dial, models.model, Likelihood.REML),
        dropped_terms=tuple(models.left_out),
        notes=models.notes,
    )


def _variances(mixed: MixedFit) -> Iterator[tuple[str, float]]:
    """Yield the between-cluster variances and correlations with their labels, term by term."""
    if mixed.random_intercept_only:
        yield "between-cluster variance", mixed.between_variance
        return
    for component in mixed.components:
        names, correlations = component.names, component.correlations
        for k, name in enumerate(names):
            yield cut(f"variance of {name}"), float(component.covariance[k, k])
        for a, b in zip(*np.tril_indices(len(names), -1), strict=True):
            # Keeps the label within 28 characters.
            yield f"corr. {cut(names[b], 11)}, {cut(names[a], 9)}", float(correlations[a, b])


def _first(rows: Sequence[tuple[str, ...]], most: int) -> Sequence[tuple[str, ...]]:
    """Return as many rows as there is room for; the last one counts those left out."""
    if len(rows) <= most:
        return rows
    return [*rows[: most - 1], (f"… and {len(rows) - most + 1:,} more", "", "", "", "")]


def _fit_mixed(dial: Dial, model: MixedModel, likelihood: Likelihood) -> MixedFit:
    """Fit by the fastest way: a random intercept alone needs only a search along the dial."""
    if model.random == ((INTERCEPT,),):
        return fit_random_intercept(dial, likelihood)
    return fit_mixed_model(model, likelihood)
