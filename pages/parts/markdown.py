"""Text that is data, shown through Markdown as it is."""

import re

_SIGNS = frozenset(r"\`*_{}[]()#+-.!:|~$<>&")


def escaped(text: str) -> str:
    """Keep Markdown from reading its own signs into a column's or a cluster's name."""
    return "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in text)


def with_code(text: str) -> str:
    """Show a message of the engine: names between backticks as code, everything else as it is."""
    pieces = re.split(r"(`[^`\n]+`)", text)
    return "".join(piece if k % 2 else escaped(piece) for k, piece in enumerate(pieces))
