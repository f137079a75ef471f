"""Text that is data, shown through Markdown as it is."""

_SIGNS = frozenset(r"\`*_{}[]()#+-.!:|~$<>&")


def escaped(text: str) -> str:
    """Keep Markdown from reading its own signs into a column's or a cluster's name."""
    return "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in text)
