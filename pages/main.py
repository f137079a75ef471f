"""The frame every page shares: title and navigation."""

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parent.parent
# Streamlit puts the folder of this script on the path; `engine` and `pages` lie one level up.
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

st.set_page_config(page_title="Betwixt", page_icon="⚖️", layout="wide")

from pages.parts.live import say_if_missing  # noqa: E402

page = st.navigation(
    [
        st.Page("learn/puzzle.py", title="The puzzle", default=True),
        st.Page("learn/simulate.py", title="Simulate", url_path="simulate"),
        st.Page("learn/dial.py", title="The dial", url_path="dial"),
        st.Page("consult/your_data.py", title="Your data", url_path="your-data"),
    ],
    position="top",
)
say_if_missing()
page.run()
