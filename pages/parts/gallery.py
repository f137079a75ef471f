"""A gallery: things to choose from, each with a small picture of its own data."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from engine.figures.course import FittedLines
from engine.figures.picture import picture
from pages.parts.markdown import escaped
from pages.parts.theme import palette

LEGEND = (
    "In the pictures :orange[OLS, R's `lm`, is dashed] and "
    ":blue[the mixed model, R's `lmer`, is solid]."
)


def card(
    name: str,
    title: str,
    fitted: FittedLines,
    about: str,
    label: str,
    key: str,
    choose: Callable[[str], None],
    done: str,
) -> None:
    """Show one thing of a gallery; call it in a container of the key ``gallery``.

    Parameters
    ----------
    name
        Its id, which is what `choose` gets.
    title
        Its heading.
    fitted
        Its rows and both lines, for the picture.
    about
        What stands below the picture, shown as it is.
    label, key
        Of the button that opens it.
    choose
        What the button does.
    done
        What was done in it, in a few words; empty for nothing.
    """
    with st.container(key=f"gallery-{name}", border=True):
        st.header(title, anchor=False)
        alt = f"The rows of “{title.partition('. ')[2]}” with OLS's line and the mixed model's"
        # Inline: an image of its own would take the system's colours and not the app's.
        st.markdown(picture(fitted, palette(), alt), unsafe_allow_html=True)
        st.caption(escaped(about))
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.button(
                label, key=key, on_click=choose, args=(name,), icon=":material/arrow_forward:"
            )
            if done:
                st.markdown(f"✓ {done}")
