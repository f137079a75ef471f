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

from pages.parts.frame import frame, glossary  # noqa: E402
from pages.parts.lesson import progress  # noqa: E402
from pages.parts.lesson.course import course_pages, lessons  # noqa: E402
from pages.parts.live import say_if_missing  # noqa: E402
from pages.parts.menu import Section, choose_page, phone_bar  # noqa: E402

progress.take_saved()
course = course_pages()
sections = [
    Section(
        "The puzzle",
        ":material/extension:",
        [st.Page("learn/puzzle.py", title="The puzzle", default=True)],
    ),
    Section(
        "Learn",
        ":material/school:",
        [st.Page("learn/overview.py", title="The course", url_path="course"), *course],
    ),
    Section(
        "Explore",
        ":material/tune:",
        [
            st.Page("learn/simulate.py", title="Simulate", url_path="simulate"),
            st.Page("learn/dial.py", title="The dial", url_path="dial"),
        ],
    ),
    Section(
        "Practise",
        ":material/fitness_center:",
        [
            st.Page("practise/puzzles.py", title="Famous puzzles", url_path="puzzles"),
            st.Page("practise/challenges.py", title="Challenges", url_path="challenges"),
        ],
    ),
    Section(
        "Your data",
        ":material/table_chart:",
        [st.Page("consult/your_data.py", title="Your data", url_path="your-data")],
    ),
    Section(
        "Look up",
        ":material/search:",
        [
            st.Page("look_up/questions.py", title="Questions", url_path="questions"),
            st.Page("look_up/glossary.py", title="Glossary", url_path="glossary"),
            st.Page("look_up/paper.py", title="In a paper", url_path="paper"),
            st.Page("look_up/teaching.py", title="For teaching", url_path="teaching"),
        ],
    ),
]
page = choose_page(sections)
# In the menu a lesson's title also says its number and what was done.
title = {lesson.id: lesson.title for lesson in lessons()}.get(page.url_path, page.title)
st.set_page_config(page_title=f"{title} – Betwixt")
frame(next(section.title for section in sections if page in section.pages))
phone_bar(sections, page)
after_reconnecting()
say_if_missing()
page.run()
# The page of that name is the same list.
if page.url_path != "glossary":
    glossary()
# A lesson does so itself, where it runs again when something was done.
if page not in course:
    progress.keep_everywhere()
