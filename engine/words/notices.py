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
    low, high = map(_value, found.values)
    gap = found.values[1] - found.values[0]
    coefficient = "a coefficient" if gap == 1.0 else f"a coefficient divided by {_value(gap)}"
    return (
        f"“{outcome}” has only two values, {low} and {high} ({high} in {share(found.shares[1])} of "
        f"the rows). Both models take them for measurements: {coefficient} is a difference in the "
        f"share of {high}, and one residual variance holds for all rows, although a share p has "
        f"the variance p(1 − p). {_predictions(found)} Report differences of shares with "
        "cluster-robust standard errors (under “Every estimator”); for odds use a logistic mixed "
        "model, in R glmer with family = binomial."
    )


def _steps(outcome: str, found: FewValues) -> str:
    low, high = _value(found.values[0]), _value(found.values[-1])
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
    gap = found.values[-1] - found.values[0]
    low, high = (number(value, gap) for value in found.predicted)
    if low == high:
        return f"Their prediction is {low} for every row."
    first, last = found.values[0], found.values[-1]
    inside = all(first <= as_printed(text) <= last for text in (low, high))
    return (
        f"Their predictions run from {low} to {high}, {'within' if inside else 'beyond'} "
        f"{_value(first)} to {_value(last)}."
    )


def _value(value: float) -> str:
    return f"{value:g}".replace("-", "−")
