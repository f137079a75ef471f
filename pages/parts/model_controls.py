"""Picking a model: outcome, predictors and cluster from the columns, or a formula typed."""

import streamlit as st

from engine.data.formula.grammar import parse, write
from pages.parts.source_controls import Source


def model_controls(source: Source) -> str | None:
    """Show the controls and return the formula text, or None until enough is chosen.

    Choices are kept per data set, so that going back to one finds it as it was left.
    """
    columns = [str(column) for column in source.frame.columns]
    picked = parse(source.formula) if source.formula else None
    typed = st.toggle(
        "Type the formula",
        key=f"typed {source.key}",
        persist_state="session",
        help="As for R's lmer, for example `y ~ a * b + (1 | g)`.",
    )
    if typed:
        text = st.text_input(
            "Formula",
            value=source.formula or "",
            key=f"formula {source.key}",
            persist_state="session",
            placeholder="y ~ x + (1 | g)",
        )
        return text.strip() or None
    outcome = st.selectbox(
        "Outcome",
        columns,
        index=columns.index(picked.outcome) if picked else None,
        placeholder="a column of numbers",
        key=f"outcome {source.key}",
        persist_state="session",
    )
    cluster = st.selectbox(
        "Cluster",
        columns,
        index=columns.index(picked.random.group) if picked else None,
        placeholder="the column that groups rows",
        key=f"cluster {source.key}",
        persist_state="session",
    )
    free = [column for column in columns if column not in (outcome, cluster)]
    predictors = st.multiselect(
        "Predictors",
        free,
        default=[name for name in picked.columns() if name in free] if picked else None,
        placeholder="none: only an intercept",
        key=f"predictors {source.key}",
        persist_state="session",
    )
    interaction = False
    if len(predictors) > 1:
        interaction = st.checkbox(
            "with all their interactions",
            value=picked is not None and any(len(term) > 1 for term in picked.terms),
            key=f"interaction {source.key}",
            persist_state="session",
        )
    if outcome is None or cluster is None:
        return None
    formula = write(outcome, predictors, cluster, interaction=interaction)
    st.code(formula, language=None, wrap_lines=True)
    return formula
