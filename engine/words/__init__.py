"""Accounts of a comparison as English sentences: the only place that knows the language."""
