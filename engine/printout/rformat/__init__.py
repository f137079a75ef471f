"""How R turns numbers, names, tables and code into text: the rules every printout here rests on.

Written from the help pages named in each docstring and from what R 4.2 and lme4 1.1-31 print;
``tests/reference/rformat.R`` records what R answers on some hundreds of cases.
"""
