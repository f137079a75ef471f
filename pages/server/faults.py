"""What a visitor reads when a page fails through a fault of ours."""

import streamlit as st


def show_fault(_error: Exception) -> bool:
    """Show a sentence instead of Streamlit's, which speaks of its cloud; True says it is shown.

    Streamlit has written the traceback to the server's log before it calls this.
    """
    st.error(
        "Something went wrong that should not have. Reload the page; if it happens again, tell "
        "whoever runs this app: the server's log says what it was."
    )
    return True
