"""The ledger of a comparison: which clusters moved a coefficient, and by how much."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from engine import Comparison
from engine.account.ledger import is_moved, ledger
from engine.account.within_between import only_slope_split
from engine.data.formula.terms import INTERCEPT
from engine.figures.waterfall import ledger_figure
from engine.words.ledger import bars_in_words, ledger_in_words, slope_in_words
from pages.parts.lesson.state import text
from pages.parts.live import LiveFigure, live_panel
from pages.parts.markdown import escaped
from pages.parts.terms import with_terms
from pages.parts.theme import palette


def coefficient_choice(first: str = INTERCEPT) -> Any:
    """The field of a page's state that names the coefficient of its ledger."""
    return text(first, param="coefficient")


def show_ledger(
    comparison: Comparison,
    key: str,
    chosen: str,
    on_change: Callable[[], None] | None = None,
) -> None:
    """Show the waterfall of one coefficient, chosen above it.

    Parameters
    ----------
    comparison
        The fits.
    key
        Tells the figures of a page apart.
    chosen
        Key of the field of `coefficient_choice`.
    on_change
        Called before the script when another coefficient is chosen.
    """
    mixed = comparison.mixed
    if not mixed.theta.any():
        st.markdown("Both models are the same fit: no cluster moves any coefficient.")
        return
    names = list(mixed.names)
    if st.session_state.get(chosen) not in names:
        st.session_state[chosen] = names[0]
    if len(names) > 1:
        st.segmented_control(
            "Coefficient",
            names,
            required=True,
            key=chosen,
            label_visibility="collapsed",
            persist_state="session",
            on_change=on_change,
        )
    term: str = st.session_state[chosen]
    account = ledger(comparison)
    place = names.index(term)
    error = float(comparison.ols.standard_errors[place])
    words = ledger_in_words(account, place, comparison.ols)
    if not is_moved(account, place, error):
        st.markdown(with_terms(escaped(words)))
        return
    st.caption(with_terms(escaped(bars_in_words(account, place, comparison.ols))))
    figure = ledger_figure(
        account, place, palette(), ols=float(comparison.ols.estimates[place]), height=430
    )
    drawing = LiveFigure(
        figure,
        key=f"{key}-ledger",
        height=430,
        alt=f"Waterfall of the estimate of {term} from OLS to the mixed model, by cluster",
        words=words,
    )
    live_panel([drawing], key=drawing.key)
    if mixed.random_intercept_only and place == 1:
        split = only_slope_split(comparison.dial, mixed.variance_ratio)
        if split is not None:
            st.markdown(with_terms(escaped(slope_in_words(split))))
