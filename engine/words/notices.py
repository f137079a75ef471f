"""What a reader should know about the data before reading either fit."""

from __future__ import annotations

from engine.account.outcome import FewValues, few_values
from engine.comparison import Comparison
from engine.words.numbers import as_printed, number, share


def notices(comparison: Comparison) -> tuple[str, ...]:
    """Say what was left out, and what the outcome's few values mean for both models.

    Parameters
    ----------
    comparison
        Both fits, of any model.

    Returns
    -------
    tuple of str
        One text per notice, without markup; none if there is nothing to know.
    """
    found = few_values(comparison)
    if found is None:
        return comparison.notes
    outcome = comparison.design.outcome_name
    return (*comparison.notes, (_two_values if found.binary else _steps)(outcome, found))


def _two_values(outcome: str, found: FewValues) -> str:
    low, high = (_value(value, found) for value in found.values)
    gap = found.values[1] - found.values[0]
    coefficient = "a coefficient"
    # Only values one apart have the variance of a share.
    variance = ", although a share p has the variance p(1 − p)" if gap == 1.0 else ""
    if gap != 1.0:
        coefficient += f" divided by {_value(gap, found)}"
    return (
        f"“{outcome}” has only two values, {low} and {high} ({high} in {share(found.shares[1])} of "
        f"the rows). Both models take them for measurements: {coefficient} is a difference in the "
        f"share of {high}, and one residual variance holds for all rows{variance}. "
        f"{_predictions(found)} Report differences of shares with cluster-robust standard errors "
        "(under “Every estimator”); for odds use a logistic mixed model, in R glmer with family = "
        "binomial."
    )


def _steps(outcome: str, found: FewValues) -> str:
    low, high = _value(found.values[0], found), _value(found.values[-1], found)
    count = (
        "; if they count something, a Poisson mixed model, in R glmer with family = poisson"
        if found.values[0] == 0.0
        else ""
    )
    return (
        f"“{outcome}” has only {len(found.values)} values, whole numbers from {low} to {high} "
        f"({low} in {share(found.shares[0])} of the rows, {high} in {share(found.shares[-1])}). "
        "Both models take them for measurements with equal steps: a coefficient is a difference "
        f"of means. {_predictions(found)} If the order counts rather than the mean, use an ordinal "
        f"mixed model, in R clmm of the package ordinal{count}."
    )


def _predictions(found: FewValues) -> str:
    first, last = found.values[0], found.values[-1]
    ols, ols_beyond = _run(found.by_ols, found)
    mixed, mixed_beyond = _run(found.by_mixed, found)
    match ols_beyond, mixed_beyond:
        case True, True:
            verdict = "both go beyond"
        case True, False:
            verdict = "only OLS goes beyond"
        case False, True:
            verdict = "only the mixed model goes beyond"
        case _:
            verdict = "both stay within"
    return (
        f"OLS predicts {ols}, the mixed model with the clusters' predicted effects {mixed}; "
        f"{verdict} {_value(first, found)} to {_value(last, found)}."
    )


def _run(ends: tuple[float, float], found: FewValues) -> tuple[str, bool]:
    """Write how far predictions run, and return whether they leave the range of the outcome."""
    first, last = found.values[0], found.values[-1]
    low, high = (number(value, last - first) for value in ends)
    if low == high:
        return f"{low} for every row", not first <= as_printed(low) <= last
    beyond = not all(first <= as_printed(text) <= last for text in (low, high))
    return f"from {low} to {high}", beyond


def _value(value: float, found: FewValues) -> str:
    """Write a value of the outcome with the digits that tell it from the others."""
    text = number(value, found.values[-1] - found.values[0])
    digits, power, exponent = text.partition("e")
    return f"{digits.rstrip('0').rstrip('.') if '.' in digits else digits}{power}{exponent}"
