"""How R turns numbers, names, tables and code into text: the rules behind both printouts.

They are written from the help pages named in each docstring, and from what R 4.2 and lme4 1.1-31
print. ``tests/reference/rformat.R`` records R's answers in some hundreds of cases.
"""
