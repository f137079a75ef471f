"""What people ask about the two models, each question with an answer computed on an example.

A question is one `Question` in the module of its theme: words, a control, and a function that asks
the engine for the example's numbers at the control's value. Nothing else has to be told of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.questions import averages, errors, slopes, variances
from engine.questions.question import Control, Curve, Numbers, Question

__all__ = ["QUESTIONS", "THEMES", "Control", "Curve", "Numbers", "Question"]

# What the list of questions is ordered by.
THEMES: Mapping[str, tuple[Question, ...]] = {
    "Slopes": slopes.QUESTIONS,
    "Intercepts and averages": averages.QUESTIONS,
    "Standard errors and tests": errors.QUESTIONS,
    "Variances": variances.QUESTIONS,
}
QUESTIONS: Mapping[str, Question] = {
    question.id: question for questions in THEMES.values() for question in questions
}
