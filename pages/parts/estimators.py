"""Every estimator of the coefficients, side by side."""

import pandas as pd
import streamlit as st

from engine import Comparison
from engine.account.headline import headline
from engine.figures.estimators import estimators_figure
from engine.words.estimators import estimator_table
from pages.parts.live import LiveFigure, live_panel
from pages.parts.markdown import escaped
from pages.parts.terms import with_terms
from pages.parts.theme import palette


def show_estimators(comparison: Comparison, key: str) -> None:
    """Show each estimator's coefficients, folded away, and what it compares.

    The figure shows the coefficient that the page speaks of first.
    """
    with st.expander("Every estimator", icon=":material/balance:"):
        table = estimator_table(comparison)
        frame = pd.DataFrame(
            [list(cells) for cells in table.rows.values()],
            index=[escaped(term) for term in table.rows],
            columns=list(table.columns),
        )
        st.table(frame, border="horizontal", alt="Estimates by estimator, standard errors beside")
        st.caption("Estimates, with standard errors in parentheses.")
        term = headline(comparison).term
        figure = estimators_figure(comparison, term, palette())
        cells = zip(table.columns, table.rows[term], strict=True)
        drawing = LiveFigure(
            figure,
            key=f"{key}-estimators",
            height=figure["layout"]["height"],
            alt=f"The coefficient {term} by every estimator, with 95% intervals",
            words=f"{term}: " + "; ".join(f"{label} {cell}" for label, cell in cells if cell) + ".",
        )
        live_panel([drawing], key=drawing.key)
        about = "\n".join(f"- **{label}**: {what}" for label, what in table.about.items())
        st.markdown(with_terms(about))
