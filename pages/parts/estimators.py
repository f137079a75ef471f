"""Every estimator of the coefficients, side by side."""

import pandas as pd
import streamlit as st

from engine import Comparison
from engine.words.estimators import estimator_table
from pages.parts.markdown import escaped


def show_estimators(comparison: Comparison) -> None:
    """Show each estimator's coefficients, folded away, and what it compares."""
    with st.expander("Every estimator", icon=":material/balance:"):
        table = estimator_table(comparison)
        frame = pd.DataFrame(
            [list(cells) for cells in table.rows.values()],
            index=[escaped(term) for term in table.rows],
            columns=list(table.columns),
        )
        st.table(frame, border="horizontal", alt="Estimates by estimator, standard errors beside")
        st.caption("Estimates, with standard errors in parentheses.")
        st.markdown("\n".join(f"- **{label}**: {about}" for label, about in table.about.items()))
