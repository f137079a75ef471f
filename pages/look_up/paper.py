"""In a paper: sentences for methods and results, from one's own model or from an example."""

import streamlit as st

from engine import BetwixtError, Comparison
from engine.data.examples import EXAMPLES
from engine.words.paper import SITUATIONS, Passage, Situation, passages
from pages.parts.chosen_model import data_control
from pages.parts.lesson import session
from pages.parts.markdown import escaped, with_code
from pages.parts.paper_controls import (
    PaperState,
    coefficient_control,
    comparison_of,
    start_of,
    take_new_data,
)
from pages.parts.source_controls import (
    FILE,
    YourDataState,
    no_model,
    way_to_your_data,
)
from pages.parts.terms import with_terms

PURPOSE = (
    "Sentences for the methods and the results section, with the numbers of the model that is "
    "chosen here; only those that are true of it. Put your own words for rows and clusters, and "
    "for the names of columns."
)
TITLES = {example.name: example.title for example in EXAMPLES}


def show(name: str, passage: Passage) -> None:
    """What to write, why, and what not to write."""
    with st.container(key=f"paper-{name}", gap="xsmall"):
        for section, text in (("Methods", passage.methods), ("Results", passage.results)):
            if text:
                st.caption(section)
                st.code(text, language=None, wrap_lines=True)
        st.markdown(
            with_terms(
                f"**Why so:** {escaped(passage.why)}\n\n"
                f"**Not:** “{escaped(passage.wrong)}” {escaped(passage.instead)}"
            )
        )


def of_example(name: str, situation: Situation) -> None:
    """The same for a situation in which the model is not, folded away."""
    with st.expander(f"{situation.title} – an example: {TITLES[situation.example]}"):
        st.markdown(f"The model: `{situation.formula}`")
        show(name, situation.of_example())


def sentences(comparison: Comparison, term: str, title: str) -> None:
    """Those of the model, then those of other situations."""
    found = passages(comparison, term)
    st.header(title, anchor=False)
    for name, passage in found.items():
        st.subheader(SITUATIONS[name].title, anchor=name)
        show(name, passage)
    others = {name: each for name, each in SITUATIONS.items() if name not in found}
    if others:
        st.header("Other situations", anchor=False)
        st.markdown(
            "This model and this coefficient are in none of these, so the numbers are from other "
            "data."
        )
        for name, situation in others.items():
            of_example(name, situation)


def leaving(state: PaperState) -> dict[str, str]:
    """What the address of this page says."""
    return state.encode(start_of(state))


session.opened(PaperState, start_of)
controls, screen = st.columns([5, 18], gap="medium")
with controls:
    st.title("In a paper", anchor=False)
    st.caption(with_terms(PURPOSE))
    data_control(PaperState, take_new_data)
state = session.present(PaperState)
model = YourDataState(example=state.data, file=state.file, formula=state.formula)
try:
    both = comparison_of(state)
    if both is None:
        with screen:
            no_model(model, leaving(state))
    else:
        with controls:
            st.code(both.formula.text, language=None, wrap_lines=True)
            chosen = coefficient_control(both)
            way_to_your_data(
                "Another model, on Your data",
                state.data,
                state.file,
                state.formula,
                leaving(state),
            )
        own = "From your model" if state.data == FILE else f"From an example: {TITLES[state.data]}"
        with screen:
            sentences(both, chosen, own)
except BetwixtError as error:
    with screen:
        st.error(with_code(str(error)))
        way_to_your_data(
            "Choose another model on Your data",
            state.data,
            state.file,
            state.formula,
            leaving(state),
        )
session.keep_address(session.present(PaperState), start_of)
