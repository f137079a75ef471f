"""What belongs to the whole fit: rows, clusters, R², the F test, and what was left out."""

from __future__ import annotations

from engine.data.formula.terms import INTERCEPT
from engine.words.arithmetic import enough_digits, relation
from engine.words.meanings.facts import Facts, Meaning, bracketed
from engine.words.numbers import as_printed, effective, plural, share


def degrees_of_freedom(facts: Facts) -> Meaning:
    """Say what lm counts as evidence, and why lmer has no such number.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    return Meaning(
        "lm takes off a row for each coefficient and counts the rest as independent evidence. In "
        "a mixed model each coefficient has degrees of freedom of its own, between those of the "
        "clusters and those of the rows, so lmer prints no single number. It names both counts "
        f"instead: {_both_counts(facts)}.",
        _rows_less_coefficients(facts),
        "few-clusters",
    )


def rows(facts: Facts) -> Meaning:
    """Say what the two models make of the same rows.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    return Meaning(
        f"Both fits use the same rows. lmer names both counts, {_both_counts(facts)}, because "
        "which of them is the sample size depends on the question: clusters for what differs "
        "between them, rows for what varies inside. lm prints its residual degrees of freedom "
        "instead, the rows less its coefficients.",
        _rows_less_coefficients(facts),
        "few-clusters",
    )


def _both_counts(facts: Facts) -> str:
    levels = len(facts.comparison.moments.levels)
    return f"{plural(facts.ols.rows, 'row')} in {plural(levels, 'cluster')}"


def _rows_less_coefficients(facts: Facts) -> str:
    count, df = facts.ols.rows, facts.ols.residual_df
    return f"{count:,} − {count - df:,} = {df:,}"


def clusters(facts: Facts) -> Meaning:
    """Say for which questions the number of clusters is the sample size.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    sizes = facts.comparison.moments.counts
    mean = facts.mixed.rows / len(sizes)
    what = (
        "For the between-cluster variance, and for all that rests on it,"
        if facts.intercept_only
        else "For how the clusters' effects vary, and for all that rests on that,"
    )
    return Meaning(
        f"lm never sees the clusters. {what} this is the sample size. "
        + (
            f"All clusters have {plural(int(sizes.min()), 'row')}."
            if sizes.min() == sizes.max()
            else f"The smallest has {plural(int(sizes.min()), 'row')}, the largest "
            f"{plural(int(sizes.max()), 'row')}."
        ),
        f"{facts.mixed.rows:,} / {len(sizes):,}\n"
        f"  {relation(mean, effective(mean))} {effective(mean)} (rows on average)",
        "few-clusters",
    )


def r_squared(facts: Facts) -> Meaning:
    """Say what R² is a share of, and why lmer has none.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    why = (
        "The share of the outcome's variation that the predictors explain. lmer prints none: "
        "with variance between and within clusters there is no single variation to explain."
    )
    if facts.intercept_only:
        why += f" Of what the predictors leave, {share(facts.mixed.icc)} lies between clusters."
    explained = facts.ols.explained_sum
    total = explained + facts.ols.residual_variance * facts.ols.residual_df
    result = facts.texts["lm.r_squared"]
    texts = enough_digits((explained, total), lambda part, whole: part / whole, result)
    quotient = as_printed(texts[0]) / as_printed(texts[1])
    return Meaning(
        why,
        "explained / total sum of squares\n"
        f"  = {texts[0]} / {texts[1]}\n  {relation(quotient, result)} {result}",
    )


def adjusted_r_squared(facts: Facts) -> Meaning:
    """Say what the adjustment charges.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    total_df, df = facts.ols.residual_df + facts.ols.model_df, facts.ols.residual_df
    plain, result = facts.texts["lm.r_squared"], facts.texts["lm.adjusted_r_squared"]
    adjusted = 1.0 - (1.0 - as_printed(plain)) * total_df / df
    return Meaning(
        "R² with a charge for each coefficient, small where rows are many. lmer prints none, "
        "as it prints no R².",
        f"1 − (1 − {plain})\n  · {total_df:,} / {df:,}\n  {relation(adjusted, result)} {result}",
    )


def f_value(facts: Facts) -> Meaning:
    """Say what F compares.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    result, r2 = facts.texts["lm.f"], facts.texts["lm.r_squared"]
    df1, df2 = facts.ols.model_df, facts.ols.residual_df
    slopes = [name for name in facts.ols.names if name != INTERCEPT]
    if len(slopes) == 1 and len(facts.ols.names) == 2:
        t = facts.texts[f"lm.t.{slopes[0]}"]
        formula = f"t² = {bracketed(t)}² {relation(as_printed(t) ** 2, result)} {result}"
    else:
        left = 1.0 - as_printed(r2)
        value = as_printed(r2) / df1 / (left / df2) if left else float("inf")
        formula = (
            f"({r2} / {df1:,})\n  / ((1 − {r2}) / {df2:,})\n  {relation(value, result)} {result}"
        )
    return Meaning(
        "What the predictors explain together, against what they leave, each per degree of "
        "freedom. lmer prints none: which denominator degrees of freedom it needs is only known "
        "approximately.",
        formula,
    )


def f_numerator(facts: Facts) -> Meaning:
    """Say which coefficients F tests.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    coefficients = len(facts.ols.names)
    return Meaning(
        "One for each coefficient that F tests: all but the intercept.",
        f"{coefficients} − 1 = {facts.texts['lm.f_df1']}"
        if facts.ols.model_df < coefficients
        else f"coefficients = {facts.texts['lm.f_df1']}",
    )


def f_denominator(facts: Facts) -> Meaning:
    """Say that these are the residual degrees of freedom.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    return Meaning(
        "The residual degrees of freedom once more: rows less coefficients, every row counted "
        "as independent.",
        _rows_less_coefficients(facts),
        "few-clusters",
    )


def f_p_value(facts: Facts) -> Meaning:
    """Say what the p-value of F takes for granted.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    text = facts.texts["lm.f_p"]
    return Meaning(
        "How often an F this large would come up if no predictor mattered and all rows were "
        "independent. R prints < 2.2e−16 for anything smaller, 2.2e−16 being the "
        "rounding error of a computer's numbers. lmer prints no test of all predictors together.",
        f"P(F ≥ {facts.texts['lm.f']}) {text if text[0] == '<' else f'= {text}'}",
    )


def dropped_terms(facts: Facts) -> Meaning:
    """Say which terms were left out, and why.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    return Meaning(
        "Terms that those before them determine; both programs leave them out, lm as NA.",
        ", ".join(facts.comparison.dropped_terms),
    )


def dropped_rows(facts: Facts) -> Meaning:
    """Say which rows were left out, and why.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    kept, dropped = facts.ols.rows, facts.comparison.design.dropped_rows
    return Meaning(
        "Rows with a missing value in a column of the formula. lmer leaves them out as well, "
        "without saying so.",
        f"{kept + dropped:,} − {dropped:,} = {kept:,}",
    )
