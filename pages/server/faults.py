"""What a visitor reads when a page fails because of a bug of ours."""

import streamlit as st


def show_fault(_error: Exception) -> bool:
    """Show a sentence in place of Streamlit's, which speaks of its cloud.

    Parameters
    ----------
    _error
        Ignored: Streamlit has already written the traceback to the server's log.

    Returns
    -------
    bool
        True, which tells Streamlit that the error has been shown.
    """
    st.error(
        "Something went wrong that should not have. Reload the page; if it happens again, tell "
        "whoever runs this app: the server's log says what it was."
    )
    return True
