"""Your data: both models on an example or on a file of your own."""

import streamlit as st

from engine import BetwixtError, Comparison, FormulaError, compare
from engine.account.headline import headline
from engine.data.formula.terms import quote
from engine.figures.course import along
from engine.printout.contents import lm_summary, lmer_summary
from engine.printout.lm import lm_printout
from engine.printout.lmer import lmer_printout
from engine.words.clusters import clusters_in_words
from engine.words.verdict import paragraphs
from pages.parts.comparison import line_control, show_comparison
from pages.parts.dial_controls import way_to_the_dial
from pages.parts.estimators import show_estimators
from pages.parts.frame import heading
from pages.parts.ledger import show_ledger
from pages.parts.lesson import session
from pages.parts.markdown import escaped, with_code
from pages.parts.model_controls import forget_shown, model_controls
from pages.parts.paper_controls import way_to_the_paper
from pages.parts.source_controls import (
    Source,
    YourDataState,
    no_file_in_words,
    source_controls,
)
from pages.parts.terms import with_terms

NO_COLUMNS = "Choose an outcome and the column that names the clusters."
NO_TEXT = (
    "Type a formula, such as `outcome ~ predictor + (1 | cluster)`, with the names of the columns."
)


def printouts(comparison: Comparison, name: str) -> None:
    """Both fits as R prints them, to compare line by line."""
    texts = (
        lm_printout(lm_summary(comparison, quote(name))).text,
        lmer_printout(lmer_summary(comparison, quote(name))).text,
    )
    with (
        st.expander("As R prints it", icon=":material/terminal:"),
        # Side by side where there is room for whole lines, else one below the other.
        st.container(horizontal=True),
    ):
        for text in texts:
            st.code(text, language=None, width="content")


def findings(comparison: Comparison) -> None:
    """What there is to say beyond the headline: assumptions, standard errors, the boundary."""
    _, *others = paragraphs(comparison)
    if others:
        st.header("What else to know", anchor=False)
        st.markdown(with_terms("\n".join(f"- {escaped(said)}" for said in others)))


def fits(source: Source, comparison: Comparison, start: YourDataState) -> None:
    """Both fits as a figure, a table, a ledger and printouts; where the page starts with them."""
    key = YourDataState.key
    state = session.present(YourDataState)
    predictors = comparison.design.predictors
    intercept_only = comparison.mixed.random_intercept_only
    show_comparison(
        comparison,
        along(comparison, state.along if len(predictors) > 1 else None),
        key="your-data",
        cluster_lines=state.lines if intercept_only else "partial pooling",
    )
    if intercept_only:
        line_control(key("lines"))
    else:
        st.caption("Each cluster has a line of its own, so none is shrunk to one level.")
    findings(comparison)
    with st.expander("The ledger: which clusters moved it", icon=":material/waterfall_chart:"):
        show_ledger(comparison, "your-data", key("coefficient"))
    with st.container(key="your-data-on", horizontal=True):
        if intercept_only:
            way_to_the_dial(state, state.encode(start))
        way_to_the_paper(state, state.encode(start))
    show_estimators(comparison, "your-data")
    printouts(comparison, source.key.split(" ")[0].split(".")[0])
    if source.example:
        st.caption(f"Source of the data: {source.example.source}")


def axis_control(predictors: tuple[str, ...]) -> None:
    """Choose what the figure runs along, where there is a choice."""
    key = YourDataState.key("along")
    session.start_choice(key, predictors, predictors[0] if predictors else "")
    if len(predictors) > 1:
        st.selectbox(
            "Show along",
            predictors,
            key=key,
            persist_state="session",
            help="The figure shows both models along this predictor, "
            "the others as they are: a line is the mean of its fitted values.",
        )


if session.opened(YourDataState):
    forget_shown()
controls, screen = st.columns([5, 18], gap="medium")
start = YourDataState()
try:
    with controls:
        st.title("Your data", anchor=False)
        heading("Settings")
        source = source_controls()
        formula = model_controls(source) if source else None
    with screen:
        heading("Both models")
        if source is None:
            st.info(no_file_in_words(session.present(YourDataState).file))
        elif formula is None:
            shown = session.present(YourDataState)
            # What was chosen of other data's model says nothing here.
            start = YourDataState(along=shown.along, coefficient=shown.coefficient)
            st.info(NO_TEXT if shown.typed else NO_COLUMNS)
            st.dataframe(source.frame.head(100), hide_index=True, height=480)
        else:
            comparison = compare(source.frame, formula)
            axes = tuple(comparison.design.predictors)
            start = YourDataState(
                along=axes[0] if axes else "", coefficient=headline(comparison).term
            )
            names = comparison.mixed.names
            session.start_choice(YourDataState.key("coefficient"), names, start.coefficient)
            with controls:
                st.caption(escaped(clusters_in_words(comparison, source.example)))
                axis_control(axes)
            fits(source, comparison, start)
except FormulaError as error:
    with screen:
        st.error(with_code(str(error)))
        st.code(error.pointer(), language=None)
except BetwixtError as error:
    with screen:
        st.error(with_code(str(error)))
session.keep_address(session.present(YourDataState), lambda _: start)
