"""Every page by section: a menu on top, on a phone a bar at the bottom."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Section:
    """Pages that belong together.

    Attributes
    ----------
    title
        What it is called.
    icon
        Its sign in the bar of a phone.
    pages
        In their order. A section of one page leads straight to it.
    """

    title: str
    icon: str
    pages: Sequence[st.Page]


def choose_page(sections: Sequence[Section]) -> st.Page:
    """Show the menu on top; return the page that the address names.

    Streamlit puts pages without a section first.
    """
    menu: dict[str, list[st.Page]] = {"": []}
    for section in sections:
        menu.setdefault(section.title if len(section.pages) > 1 else "", []).extend(section.pages)
    return st.navigation(menu, position="top")


def phone_bar(sections: Sequence[Section], present: st.Page) -> None:
    """Show the bar at the bottom; the style sheet shows either this or the menu on top.

    Parameters
    ----------
    sections
        All pages.
    present
        The page that is shown; its section is marked.
    """
    with st.container(key="menu", horizontal=True, gap=None):
        for section in sections:
            here = present in section.pages
            with st.container(key=f"menu-{section.title}{'-here' if here else ''}"):
                if len(section.pages) == 1:
                    (page,) = section.pages
                    st.page_link(page, label=section.title, icon=section.icon, width="stretch")
                    continue
                # A list that was open is not open on the page it has led to.
                key = f"menu of {section.title} on {present.url_path}"
                with st.popover(section.title, icon=section.icon, width="stretch", key=key):
                    for page in section.pages:
                        st.page_link(page, width="stretch")
