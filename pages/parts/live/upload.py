"""A visitor's file that outlives the session it was uploaded in."""

from __future__ import annotations

import streamlit as st

from pages.parts.live import mode
from pages.parts.live.assets import loader

_KEY = "upload-again"
# It shows nothing: the style sheet of the frame hides it.
_component = st.components.v2.component("upload", js=loader("upload.js"), isolate_styles=False)


def upload_again(held: str, lost: str) -> None:
    """Let the browser keep the file it uploaded last, and upload it again to a new session.

    Call it in the run that shows the uploader. It shows nothing, and does nothing on a plain page.

    Parameters
    ----------
    held
        Name of the file that the session holds; empty for none.
    lost
        Name of the file that the session should hold and does not; empty for none.
    """
    if not mode.plain():
        _component(
            key=_KEY,
            data={"held": held, "lost": lost},
            on_missing_change=lambda: mode.report_missing(_KEY),
        )
