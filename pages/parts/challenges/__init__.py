"""Challenges: goals on simulated data, checked by the app, with as few moves as possible.

What a challenge is, and all of them as data, is `engine.challenges`; the data are those of the page
Simulate, and so are sliders and rings (`pages.parts.sandbox`). What was reached is kept as what is
done in the course is. The address holds where everything stands, so nothing else has to be kept:
moves are counted from it.
"""
