"""The criterion that the fit optimises, and what is derived from it."""

from __future__ import annotations

import numpy as np

from engine.words.arithmetic import relation
from engine.words.meanings.facts import DIAL, Facts, Meaning, bracketed
from engine.words.numbers import as_printed, number, plural, with_decimals


def criterion(facts: Facts) -> Meaning:
    """Say what REML minimises or, for maximum likelihood, what the deviance is.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    name = "criterion" if facts.by_reml else "deviance"
    text = facts.texts[f"lmer.{name}"]
    likelihood = "restricted likelihood" if facts.by_reml else "likelihood"
    theta = np.zeros(len(facts.mixed.theta))
    at_ols = facts.comparison.model.criterion(theta, facts.mixed.likelihood)
    gain = at_ols - facts.mixed.criterion
    at_zero = (
        f"the {name} is {with_decimals(at_ols, 1)}, worse by {number(gain)}."
        if gain > 0.0
        else "it is smallest here."
    )
    if facts.intercept_only:
        between, inside = (
            facts.texts["lmer.between_variance"],
            facts.texts["lmer.residual_variance"],
        )
        ratio = number(facts.mixed.variance_ratio)
        quotient = as_printed(between) / as_printed(inside) if as_printed(inside) else np.inf
        return Meaning(
            f"−2 times the logarithm of the {likelihood}, at its best variance ratio; the "
            "smaller, the better. No formula gives that ratio: it has to be searched for. At ratio "
            f"0, which is OLS, {at_zero}",
            f"ρ̂ = {between} / {inside}\n  {relation(quotient, ratio)} {ratio}\n"
            f"{name}({ratio}) = {text}",
            DIAL if facts.by_reml else None,
        )
    return Meaning(
        f"−2 times the logarithm of the {likelihood}, at the best variances and correlations of "
        "the clusters' effects; the smaller, the better. No formula gives these: they have to be "
        f"searched for. With all variances between clusters at 0, which is OLS, {at_zero}",
        f"{_theta(facts)}\n{name}(θ̂) = {text}",
    )


def log_likelihood(facts: Facts) -> Meaning:
    """Say what the log-likelihood is good for.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    deviance, result = facts.texts["lmer.deviance"], facts.texts["lmer.log_likelihood"]
    return Meaning(
        "The logarithm of the likelihood at its largest. It says nothing by itself, only beside "
        "that of another model of the same rows. lm does not print it; for the OLS fit it is "
        f"{with_decimals(facts.ols.log_likelihood, 1)}.",
        f"−{bracketed(deviance)} / 2\n  {relation(-as_printed(deviance) / 2.0, result)} {result}",
    )


def aic(facts: Facts) -> Meaning:
    """Say what Akaike's criterion charges.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    deviance, result = facts.texts["lmer.deviance"], facts.texts["lmer.aic"]
    charged = as_printed(deviance) + 2.0 * facts.mixed.parameters
    return Meaning(
        "Akaike's criterion: the deviance with a charge of 2 for each parameter; the smaller, the "
        "better, among models of the same rows. lm does not print it; for the OLS fit, with "
        f"{plural(len(facts.ols.names) + 1, 'parameter')}, it is "
        f"{with_decimals(facts.ols.aic, 1)}.",
        f"{_parameters(facts)}\n{deviance} + 2 · {facts.mixed.parameters}\n"
        f"  {relation(charged, result)} {result}",
    )


def bic(facts: Facts) -> Meaning:
    """Say what Schwarz's criterion charges.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    rows, parameters = facts.mixed.rows, facts.mixed.parameters
    deviance, result = facts.texts["lmer.deviance"], facts.texts["lmer.bic"]
    charged = as_printed(deviance) + float(np.log(rows)) * parameters
    return Meaning(
        "Schwarz's criterion: the deviance with a charge of log N for each parameter, N being "
        "the number of rows, not of clusters; the smaller, the better, among models of the same "
        "rows. lm does not print it; for the OLS fit, with "
        f"{plural(len(facts.ols.names) + 1, 'parameter')}, it is "
        f"{with_decimals(facts.ols.bic, 1)}.",
        f"{_parameters(facts)}\n{deviance} + log({rows:,}) · {parameters}\n"
        f"  {relation(charged, result)} {result}",
    )


def residual_df(facts: Facts) -> Meaning:
    """Say what lme4 subtracts from the rows, and what lm does.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    rows = facts.mixed.rows
    return Meaning(
        "Rows less parameters, the residual variance and what describes the clusters among them. "
        f"lm takes off its coefficients only, which leaves {facts.ols.residual_df:,}. Neither says "
        "on how many degrees of freedom a coefficient of the mixed model is known.",
        f"{_parameters(facts)}\n{rows:,} − {facts.mixed.parameters}\n"
        f"  = {facts.texts['lmer.df_residual']}",
    )


def convergence(facts: Facts) -> Meaning:
    """Say that an estimate on the boundary is not an error.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    if facts.intercept_only:
        where = "the best between-cluster variance is 0, on the boundary of what a variance can be"
        formula = f"τ̂² = {facts.texts['lmer.between_variance']}"
        trial = "no-cluster-variance"
    else:
        trial = None
        where = (
            "the best covariance matrix of the clusters' effects lies on the boundary of what "
            "such a matrix can be, so that one effect, or a combination of them, does not vary "
            "between clusters"
        )
        formula = _theta(facts)
    return Meaning(
        f"The optimiser's code for a search that ended well: {where}. That is a result, not an "
        "error.",
        formula,
        trial,
    )


def _theta(facts: Facts) -> str:
    entries = ", ".join(number(float(value)) for value in facts.mixed.theta)
    return f"covariance of the effects: σ̂²Λ̂Λ̂ᵀ\nΛ̂ made of θ̂ = ({entries})"


def _parameters(facts: Facts) -> str:
    fixed, random = len(facts.mixed.names), len(facts.mixed.theta)
    return f"parameters: {fixed} (β) + {random} (θ) + 1 (σ)\n  = {facts.mixed.parameters}"
