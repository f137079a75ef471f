"""What belongs to the whole fit: rows, clusters, R², the F test, and what was left out."""

from __future__ import annotations

from engine.data.formula.terms import INTERCEPT
from engine.words.meanings.facts import Facts, Meaning, bracketed, count_text
from engine.words.numbers import number, plural, share


def rows(facts: Facts) -> Meaning:
    """Say what lm counts as evidence, and what lmer prints instead.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    count, df = facts.ols.rows, facts.ols.residual_df
    clusters_text = plural(len(facts.comparison.moments.levels), "cluster")
    return Meaning(
        "lm takes off a row for each coefficient and counts the rest as independent evidence. "
        f"lmer prints {count} rows in {clusters_text} instead, since it depends on "
        "the coefficient which of the two counts.",
        f"{count} − {count - df} = {df}",
        "few-clusters",
    )


def clusters(facts: Facts) -> Meaning:
    """Say for which questions the number of clusters is the sample size.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    sizes = facts.comparison.moments.counts
    what = (
        "For the between-cluster variance, and for all that rests on it,"
        if facts.intercept_only
        else "For how the clusters’ effects vary, and for all that rests on that,"
    )
    return Meaning(
        f"lm never sees the clusters. {what} this is the sample size. "
        + (
            f"All clusters have {plural(int(sizes.min()), 'row')}."
            if sizes.min() == sizes.max()
            else f"The smallest has {plural(int(sizes.min()), 'row')}, the largest "
            f"{plural(int(sizes.max()), 'row')}."
        ),
        f"{facts.mixed.rows:,} rows / {len(sizes):,}\n"
        f"  = {count_text(facts.mixed.rows / len(sizes))} on average",
        "few-clusters",
    )


def r_squared(facts: Facts) -> Meaning:
    """Say what R² is a share of, and why lmer has none.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    left = facts.ols.residual_variance * facts.ols.residual_df
    total = left + facts.ols.explained_sum
    why = (
        "The share of the outcome’s variation that the predictors explain. lmer prints none: "
        "with variance between and within clusters there is no single variation to explain."
    )
    if facts.intercept_only:
        why += f" Of what the predictors leave, {share(facts.mixed.icc)} lies between clusters."
    return Meaning(
        why,
        f"1 − {number(left, facts.ols.explained_sum)} / {number(total, facts.ols.explained_sum)}\n"
        f"  = {facts.texts['lm.r_squared']}",
    )


def adjusted_r_squared(facts: Facts) -> Meaning:
    """Say what the adjustment charges.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    total_df = facts.ols.residual_df + facts.ols.model_df
    return Meaning(
        "R² with a charge for each coefficient, small where rows are many. lmer prints none, "
        "as it prints no R².",
        f"1 − (1 − {facts.texts['lm.r_squared']})\n  · {total_df} / {facts.ols.residual_df}\n"
        f"  = {facts.texts['lm.adjusted_r_squared']}",
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
        formula = f"t² = {bracketed(facts.texts[f'lm.t.{slopes[0]}'])}² = {result}"
    else:
        formula = f"({r2} / {df1})\n  / ((1 − {r2}) / {df2})\n  = {result}"
    return Meaning(
        "What the predictors explain together, against what they leave, each per degree of "
        "freedom. lmer prints none: which degrees of freedom belong below is only known "
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
    return Meaning(
        "One for each coefficient that F tests: all but the intercept.",
        f"{facts.texts['lm.f_df1']} of {plural(len(facts.ols.names), 'coefficient')}",
    )


def f_denominator(facts: Facts) -> Meaning:
    """Say that these are the residual degrees of freedom.

    Parameters
    ----------
    facts
        Both fits and their printed numbers.
    """
    count, df = facts.ols.rows, facts.ols.residual_df
    return Meaning(
        "The residual degrees of freedom once more: rows less coefficients, every row counted "
        "as independent.",
        f"{count} − {count - df} = {df}",
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
        "independent; R prints nothing below the computer’s precision, 2.2e−16. lmer prints "
        "no test of all predictors together.",
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
        f"{kept + dropped} − {dropped} = {kept}",
    )
