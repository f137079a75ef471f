"""For who teaches: plans, wrong answers to expect, worksheets, homework, pages to embed.

What is known of a lesson is asked of the lesson: its question, figure, expected answers and replies
(`mistakes`, `worksheet`). Homework is pure in `homework` (the rows, no answers) and `key` (answers,
for whoever has the secret); `learner` shows the one, `teacher` the other.
"""
