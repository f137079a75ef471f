"""For who teaches: plans, wrong answers to expect, worksheets, homework, and pages to embed."""

from pages.parts.lesson import session
from pages.parts.teaching.learner import show_homework
from pages.parts.teaching.overview import show_overview
from pages.parts.teaching.state import TeachingState
from pages.parts.teaching.worksheet import show_worksheet

session.opened(TeachingState)
state = session.present(TeachingState)
if state.worksheet:
    show_worksheet(state.worksheet)
    session.keep_address(state)
elif state.homework:
    show_homework()
else:
    show_overview()
