"""The frame every page shares: title and navigation."""

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parent.parent
# Streamlit puts the folder of this script on the path; `engine` and `pages` lie one level up.
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


@st.fragment(run_every="12h")
def after_reconnecting() -> None:
    """Nothing, but rarely and by itself.

    A browser that has lost its connection, and with it perhaps its session, asks for a run of the
    page when it is back only if something on it runs by itself. Without that run a new session
    knows none of the page's fragments, and every control would be dead.
    """


st.set_page_config(page_title="Betwixt", page_icon="⚖️", layout="wide")

from pages.parts.frame import frame, glossary, phone_menu  # noqa: E402
from pages.parts.lesson.course import course_pages  # noqa: E402
from pages.parts.live import say_if_missing  # noqa: E402

pages = [
    st.Page("learn/puzzle.py", title="The puzzle", default=True),
    st.Page("learn/simulate.py", title="Simulate", url_path="simulate"),
    st.Page("learn/dial.py", title="The dial", url_path="dial"),
    st.Page("consult/your_data.py", title="Your data", url_path="your-data"),
]
course = course_pages()
page = st.navigation({"": pages, "Course": course}, position="top")
st.set_page_config(page_title=f"{page.title} – Betwixt")
frame()
phone_menu({each: each.title for each in pages} | {course[0]: "Course"})
after_reconnecting()
say_if_missing()
page.run()
glossary()
