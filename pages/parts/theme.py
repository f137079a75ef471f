"""The palette that fits the browser's light or dark mode."""

import streamlit as st

from engine.figures.palette import PALETTES, Palette


def palette() -> Palette:
    """Return the palette of the mode the visitor sees; light until the browser has said."""
    return PALETTES["dark" if st.context.theme.type == "dark" else "light"]
