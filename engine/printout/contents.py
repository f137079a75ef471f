"""What R's printouts show, taken from the engine's results."""

from __future__ import annotations

import numpy as np

from engine.comparison import Comparison
from engine.data.formula.grammar import Formula
from engine.data.formula.terms import quote
from engine.data.moments import FloatArray
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.results import MixedFit
from engine.printout.lm import FTest, LmSummary, prints_every_residual
from engine.printout.lmer import InformationCriteria, LmerSummary, RandomTerm
from engine.printout.parts import CoefficientTable


def quartiles(values: FloatArray) -> FloatArray:
    """Return the minimum, the quartiles and the maximum, as R's default ``quantile``.

    Parameters
    ----------
    values
        Numbers of any unit, shape (N,).

    Returns
    -------
    array
        Shape (5,), in the unit of ``values``.
    """
    return np.asarray(np.quantile(values, [0.0, 0.25, 0.5, 0.75, 1.0]))


def lm_summary(comparison: Comparison, data_name: str) -> LmSummary:
    """Return what ``summary(lm(...))`` shows for the pooled fit.

    Parameters
    ----------
    comparison
        Both fits.
    data_name
        The name that the printout gives after ``data =``.

    Returns
    -------
    LmSummary
        Input of `lm_printout`. Terms that were dropped have NaN rows.
    """
    fit = comparison.ols
    names = comparison.design.names
    present = np.isin(names, fit.names)

    def with_gaps(values: FloatArray) -> FloatArray:
        """Put NaN in the rows of dropped terms, which R keeps and prints as NA."""
        filled = np.full(len(names), np.nan)
        filled[present] = values
        return filled

    residuals, every = comparison.ols_residuals, prints_every_residual(fit.residual_df)
    return LmSummary(
        formula=comparison.formula.fixed_text,
        data_name=data_name,
        residuals=residuals if every else quartiles(residuals),
        coefficients=CoefficientTable(
            names=names,
            estimates=with_gaps(fit.estimates),
            standard_errors=with_gaps(fit.standard_errors),
            t_values=with_gaps(fit.t_values),
            p_values=with_gaps(fit.p_values),
        ),
        sigma=fit.residual_sd,
        residual_df=fit.residual_df,
        r_squared=fit.r_squared,
        adjusted_r_squared=fit.adjusted_r_squared,
        f_test=FTest(fit.f_value, fit.model_df, fit.residual_df, fit.f_p_value)
        if fit.model_df
        else None,
        dropped_rows=comparison.design.dropped_rows,
        row_names=tuple(map(str, comparison.design.row_numbers.tolist())) if every else (),
    )


def lmer_summary(comparison: Comparison, data_name: str) -> LmerSummary:
    """Return what ``summary(lmer(...))`` shows for the mixed fit.

    Parameters
    ----------
    comparison
        Both fits. The printout is by REML; pass ``replace(comparison, mixed=comparison.ml)`` for
        the fit by maximum likelihood.
    data_name
        The name that the printout gives after ``Data:``.

    Returns
    -------
    LmerSummary
        Input of `lmer_printout`.
    """
    fit = comparison.mixed
    return LmerSummary(
        formula=_lmer_formula(comparison.formula),
        data_name=data_name,
        criterion=_criterion(fit),
        scaled_residuals=quartiles(comparison.scaled_residuals),
        group=comparison.design.cluster_name,
        levels=len(comparison.design.levels),
        random_terms=tuple(
            RandomTerm(component.names, component.sds**2, component.correlations)
            for component in fit.components
        ),
        residual_variance=fit.residual_variance,
        rows=fit.rows,
        fixed_effects=CoefficientTable(fit.names, fit.estimates, fit.standard_errors, fit.t_values),
        fixed_correlation=fit.correlation,
        dropped_columns=len(comparison.dropped_terms),
        singular_note=fit.singular,
    )


def _criterion(fit: MixedFit) -> float | InformationCriteria:
    if fit.likelihood is Likelihood.REML:
        return fit.criterion
    return InformationCriteria(
        aic=fit.aic,
        bic=fit.bic,
        log_likelihood=-0.5 * fit.criterion,
        deviance=fit.criterion,
        df_residual=fit.rows - fit.parameters,
    )


def _lmer_formula(formula: Formula) -> str:
    """Return the formula as lme4 shows it, with ``||`` written out as one term per effect."""
    random = formula.random
    if random.correlated:
        return formula.text
    group = quote(random.group)
    terms = [f"(1 | {group})"] if random.intercept else []
    terms += [f"(0 + {':'.join(map(quote, effect))} | {group})" for effect in random.effects]
    return f"{formula.fixed_text} + ({' + '.join(terms)})"
