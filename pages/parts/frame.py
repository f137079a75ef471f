"""What every page has around its content: changes read out, terms that explain themselves."""

import streamlit as st

from engine.words.glossary import GLOSSARY
from pages.parts.live.assets import loader, page_style
from pages.parts.live.mode import report_missing

_KEY = "frame"

_component = st.components.v2.component("frame", js=loader("frame.js"), isolate_styles=False)


def frame(section: str) -> None:
    """Mount what all pages share in the browser; it shows nothing by itself.

    The style sheet comes with the page's first message: that of a component comes with its script,
    and until then the page would look otherwise, and jump.

    Parameters
    ----------
    section
        Title of the section to which the page belongs.
    """
    st.html(page_style("frame.css"))
    _component(
        key=_KEY,
        data={
            "meanings": {term.id: f"{term.name}: {term.meaning}" for term in GLOSSARY},
            "section": section,
        },
        on_missing_change=lambda: report_missing(_KEY),
    )


def heading(title: str) -> None:
    """Open a section that the eye sees by itself: only screen readers meet this heading."""
    with st.container(key=f"heading-{title}"):
        st.header(title, anchor=False)


def title(text: str) -> None:
    """Name a page that a projector shows without its name: only screen readers meet it."""
    with st.container(key=f"heading-{text}"):
        st.title(text, anchor=False)


def glossary() -> None:
    """Every term and its meaning, folded away."""
    with st.expander("What the words mean"):
        st.markdown("\n".join(f"- **{term.name}.** {term.meaning}" for term in GLOSSARY))
