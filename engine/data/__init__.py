"""Turns a file or data frame, and a formula, into the arrays that models are fitted to."""
