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
from pages.parts.estimators import show_estimators
from pages.parts.frame import heading
from pages.parts.ledger import show_ledger
from pages.parts.lesson import session
from pages.parts.live import Words, live_panel
from pages.parts.model_controls import forget_shown, model_controls
from pages.parts.source_controls import (
    Source,
    YourDataState,
    no_file_in_words,
    source_controls,
)

# Key of the predictor that the figure runs along unless another one is chosen.
FIRST_AXIS = "your-data.first axis"


def printouts(comparison: Comparison, name: str) -> None:
    """Both fits as R prints them, to compare line by line."""
    with st.expander("As R prints it", icon=":material/terminal:"):
        left, right = st.columns(2)
        left.code(lm_printout(lm_summary(comparison, quote(name))).text, language=None)
        right.code(lmer_printout(lmer_summary(comparison, quote(name))).text, language=None)


def fits(source: Source, comparison: Comparison) -> None:
    """Both fits as a figure, a table, a ledger and printouts."""
    key = YourDataState.key
    if comparison.mixed.random_intercept_only:
        state = session.present(YourDataState)
        predictors = comparison.design.predictors
        show_comparison(
            comparison,
            along(comparison, state.along if len(predictors) > 1 else None),
            key="your-data",
            cluster_lines=state.lines,
        )
        line_control(key("lines"))
        with st.expander("The ledger: which clusters moved it", icon=":material/waterfall_chart:"):
            show_ledger(comparison, "your-data", key("coefficient"))
    else:
        live_panel(
            [Words(one_sentence(comparison)), *coefficient_table(comparison)], key="your-data"
        )
        st.caption("Figures are drawn for models with a random intercept alone.")
    show_estimators(comparison, "your-data")
    printouts(comparison, source.key.split(" ")[0].split(".")[0])
    if source.citation:
        st.caption(f"Source of the data: {source.citation}")


def axis_control(predictors: tuple[str, ...]) -> None:
    """Choose what the figure runs along, where there is a choice."""
    key = YourDataState.key("along")
    first = predictors[0] if predictors else ""
    shown, first_before = st.session_state.get(key), st.session_state.get(FIRST_AXIS)
    if len(predictors) < 2 or shown not in predictors or shown == first_before:
        st.session_state[key] = first
    st.session_state[FIRST_AXIS] = first
    if len(predictors) > 1:
        st.selectbox(
            "Show along",
            predictors,
            key=key,
            persist_state="session",
            help="The figure shows both models along this predictor, "
            "the others held at their averages.",
        )


if session.opened(YourDataState):
    forget_shown()
controls, screen = st.columns([5, 18], gap="medium")
first_axis = ""
try:
    with controls:
        st.title("Your data", anchor=False)
        heading("Settings")
        source = source_controls()
        formula = model_controls(source) if source else None
    with screen:
        heading("Both models")
        if source is None:
            st.info(no_file_in_words())
        elif formula is None:
            st.info("Choose an outcome and the column that names the clusters.")
            st.dataframe(source.frame.head(100), hide_index=True, height=480)
        else:
            comparison = compare(source.frame, formula)
            axes = tuple(comparison.design.predictors)
            first_axis = axes[0] if axes else ""
            with controls:
                axis_control(axes)
            fits(source, comparison)
except FormulaError as error:
    with screen:
        st.error(str(error))
        st.code(error.pointer(), language=None)
except BetwixtError as error:
    with screen:
        st.error(str(error))
session.keep_address(session.present(YourDataState), lambda _: YourDataState(along=first_axis))
