"""What each number of the printouts says, in sentences and formulas with the numbers at hand.

The text is plain throughout: names appear as in the printouts, without markup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.words.meanings import coefficients, criteria, residuals, variances, whole_fit
from engine.words.meanings.facts import DIAL, Facts, Meaning, effect_named, split_terms
from engine.words.reasons import named

__all__ = ["DIAL", "Facts", "Meaning", "effect_named", "meaning", "named", "split_terms"]

# These also take the printout, and what follows the kind in the id: a term, a pair, a quantile or
# a row.
_OF_PART: Mapping[str, Callable[[Facts, str, str], Meaning]] = {
    "estimate": coefficients.estimate,
    "se": coefficients.standard_error,
    "t": coefficients.t_value,
    "p": coefficients.p_of_t,
    "correlation": coefficients.correlation,
    "residual": residuals.quantile,
    "row_residual": residuals.of_row,
    "random_variance": variances.variance_of_effect,
    "random_sd": variances.sd_of_effect,
    "random_correlation": variances.correlation,
}
_OF_FIT: Mapping[str, Callable[[Facts], Meaning]] = {
    "sigma": residuals.spread,
    "residual_sd": residuals.spread,
    "residual_variance": residuals.spread,
    "between_variance": variances.between_variance,
    "between_sd": variances.between_sd,
    "criterion": criteria.criterion,
    "deviance": criteria.criterion,
    "log_likelihood": criteria.log_likelihood,
    "aic": criteria.aic,
    "bic": criteria.bic,
    "df_residual": criteria.residual_df,
    "convergence": criteria.convergence,
    "df": whole_fit.degrees_of_freedom,
    "rows": whole_fit.rows,
    "clusters": whole_fit.clusters,
    "r_squared": whole_fit.r_squared,
    "adjusted_r_squared": whole_fit.adjusted_r_squared,
    "f": whole_fit.f_value,
    "f_df1": whole_fit.f_numerator,
    "f_df2": whole_fit.f_denominator,
    "f_p": whole_fit.f_p_value,
    "dropped_terms": whole_fit.dropped_terms,
    "dropped_columns": whole_fit.dropped_terms,
    "dropped_rows": whole_fit.dropped_rows,
}


def meaning(facts: Facts, printout: str, kind: str, part: str) -> Meaning:
    """Return what a number says.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    printout
        First part of its id: "lm" or "lmer".
    kind
        Second part of its id: what it is, such as "estimate" or "sigma".
    part
        The rest of its id: the term, pair, quantile or row it belongs to; "" for the whole fit.

    Returns
    -------
    Meaning
        Why the other model prints another number, and how this one is computed.

    Raises
    ------
    KeyError
        There is no such kind of number.
    """
    return _OF_PART[kind](facts, printout, part) if part else _OF_FIT[kind](facts)
