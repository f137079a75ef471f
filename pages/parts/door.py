"""The head of the front page: what this is, for whom, and three ways in."""

import streamlit as st

from pages.parts.lesson.course import course_pages, to_go_on_with


def door(title: str) -> None:
    """Show the title with the ways in beside it: nothing of the page moves down for them."""
    with st.container(key="door"):
        st.title(title, anchor=False)
        st.markdown(
            ":small[Why lm and lmer disagree: lessons and tools for all who learn, teach or report "
            "mixed models.]"
        )
        with st.container(key="door-ways", horizontal=True, gap="small"):
            label, page = to_go_on_with() or ("Take the course", course_pages()[0])
            st.page_link(page, label=label, icon=":material/school:")
            st.page_link("learn/overview.py", label="Show it in class", icon=":material/slideshow:")
            st.page_link(
                "consult/your_data.py", label="Bring your data", icon=":material/upload_file:"
            )
