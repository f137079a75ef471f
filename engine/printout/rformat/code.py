"""Formulas and calls broken into lines as by R's ``deparse``."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"`(?:\\.|[^`\\])*`| (?P<operator>~|\+|-|\*|\|) |[()]|, |[^`(), ]+|.")
_PRECEDENCE = {"~": 0, "|": 1, "+": 2, "-": 2, "*": 3}
_DEPARSE_WIDTH = 60


def deparse(code: str) -> list[str]:
    """Return the lines into which R's ``deparse`` breaks a model formula or a call.

    Parameters
    ----------
    code
        The code on one line, spaced as R does: ``"y ~ x * z + (1 + x | g)"``.

    Notes
    -----
    A line ends after the first operator or comma that takes it past 60 bytes. The next line is
    indented once for each unfinished operator or call that was broken in this way.
    """
    lines, line = [], ""
    unfinished: list[tuple[int, bool]] = []
    for token in _TOKEN.finditer(code):
        text, operator = token.group(), token.group("operator")
        line += text
        if text == "(":
            unfinished.append((-1, False))
        elif text == ")":
            opened = [k for k, (level, _) in enumerate(unfinished) if level < 0]
            del unfinished[opened[-1] if opened else 0 :]
        elif operator or text == ", ":
            level = _PRECEDENCE[operator] if operator else 0
            outer = [k for k, (other, _) in enumerate(unfinished) if other < level]
            del unfinished[outer[-1] + 1 if outer else 0 :]
            breaks = len(line.encode()) > _DEPARSE_WIDTH
            unfinished.append((level, breaks))
            if breaks:
                lines.append(line)
                line = "    " * sum(broken for _, broken in unfinished)
    return [*lines, line]
