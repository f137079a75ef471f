"""A QR code of the present page, made here, for phones in the room."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

import segno
import streamlit as st

from pages.parts.markdown import escaped
from pages.server.reach import reachable


def qr_button(params: Mapping[str, str]) -> None:
    """Offer the QR code of the present page.

    Parameters
    ----------
    params
        Parameters of the address that the code leads to.
    """
    if st.button("QR code", key="lesson-qr", type="tertiary", icon=":material/qr_code_2:"):
        _show(dict(params))


@st.dialog("This page on your phone", width="large")
def _show(params: dict[str, str]) -> None:
    address = address_for_phones(st.context.url, params)
    if address is None:
        st.markdown(
            "This page was opened at an address that only this machine knows, and Betwixt listens "
            "at no other. For phones in the same network, start it with `--host 0.0.0.0`:"
        )
        st.code("python app.py --host 0.0.0.0", language=None)
        return
    with st.container(key="lesson-qr-code"):
        st.html(code_image(address))
        st.markdown(escaped(address))


def address_for_phones(url: str | None, params: Mapping[str, str]) -> str | None:
    """Return the address of a page as phones reach it; None if they cannot.

    Parameters
    ----------
    url
        The page's address in the browser, without parameters; None if Streamlit does not know it.
    params
        Its parameters.
    """
    found = reachable(url) if url else None
    query = urlencode(params, safe=":,")
    return f"{found}?{query}" if found and query else found


def code_image(address: str) -> str:
    """Return an image of the QR code of an address, as HTML."""
    code = segno.make(address, micro=False)
    # Dark on white in either theme, with the margin of four modules that the standard asks for. How
    # large, the style sheet says.
    picture = code.svg_data_uri(dark="#000", light="#fff", border=4, omitsize=True)
    return f'<img src="{escape(picture)}" alt="QR code of {escape(address)}">'
