"""Your data: both models on an example or on a file of your own."""

import streamlit as st

from engine import BetwixtError, Comparison, FormulaError, compare
from engine.data.formula.terms import quote
from engine.figures.course import along
from engine.printout.contents import lm_summary, lmer_summary
from engine.printout.lm import lm_printout
from engine.printout.lmer import lmer_printout
from engine.words.verdict import one_sentence
from pages.parts.coefficients import coefficient_table
from pages.parts.comparison import line_control, show_comparison
from pages.parts.ledger import show_ledger
from pages.parts.live import Words, live_panel
from pages.parts.model_controls import model_controls
from pages.parts.source_controls import source_controls


def printouts(comparison: Comparison, name: str) -> None:
    """Both fits as R prints them, to compare line by line."""
    with st.expander("As R prints it", icon=":material/terminal:"):
        left, right = st.columns(2)
        left.code(lm_printout(lm_summary(comparison, quote(name))).text, language=None)
        right.code(lmer_printout(lmer_summary(comparison, quote(name))).text, language=None)


controls, screen = st.columns([5, 18], gap="medium")

try:
    with controls:
        st.title("Your data", anchor=False)
        source = source_controls()
        formula = model_controls(source) if source else None
    if source is None:
        with screen:
            st.info("Choose a CSV or Parquet file with one row per observation.")
        st.stop()
    if formula is None:
        with screen:
            st.info("Choose an outcome and the column that names the clusters.")
            st.dataframe(source.frame.head(100), hide_index=True, height=480)
        st.stop()
    with screen:
        comparison = compare(source.frame, formula)
        predictors = list(comparison.design.predictors)
        shown = None
        if len(predictors) > 1:
            with controls:
                shown = st.selectbox(
                    "Show along",
                    predictors,
                    key=f"along {source.key} {formula}",
                    help="The figure shows both models along this predictor, "
                    "the others held at their averages.",
                )
        if comparison.mixed.random_intercept_only:
            picture = st.container()
            lines = line_control()
            with picture:
                show_comparison(
                    comparison, along(comparison, shown), key="data", cluster_lines=lines
                )
            with st.expander(
                "The ledger: which clusters moved it", icon=":material/waterfall_chart:"
            ):
                show_ledger(comparison, key=f"data {source.key}")
        else:
            live_panel(
                [Words(one_sentence(comparison)), *coefficient_table(comparison)], key="data"
            )
            st.caption("Figures are drawn for models with a random intercept alone.")
        printouts(comparison, source.key.split(" ")[0].split(".")[0])
        if source.citation:
            st.caption(f"Source of the data: {source.citation}")
except FormulaError as error:
    with screen:
        st.error(str(error))
        st.code(error.pointer(), language=None)
except BetwixtError as error:
    with screen:
        st.error(str(error))
