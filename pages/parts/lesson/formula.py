"""A typeset formula by itself; inside a panel, the formula is a part of the panel."""

from __future__ import annotations

import streamlit as st

from engine.words.typeset import Formula
from pages.parts.live import plain
from pages.parts.live.assets import loader, stylesheet
from pages.parts.live.mode import report_missing
from pages.parts.live.typeset import encode_formula, latex

# Without a shadow root: a lesson's own style sheet sets the size, by --formula-size.
_component = st.components.v2.component(
    "formula",
    css=stylesheet("formula.css"),
    js=loader("formula.js"),
    isolate_styles=False,
)


def formula(key: str, value: Formula) -> None:
    """Show a formula whose terms light up what they stand for in the figures of the page.

    Parameters
    ----------
    key
        Tells the formulas of a page apart; the next run changes the formula where it stands.
    value
        The formula, one of `engine.words.formulas`.
    """
    if plain():
        st.latex(latex(value))
        return
    _component(key=key, data=encode_formula(value), on_missing_change=lambda: report_missing(key))
