"""Addresses to hand out, at the origin at which others reach the app."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

from pages.server.reach import reachable

# Of a frame, in pixels: a lesson on a screen of usual width.
FRAME_HEIGHT = 900


def root_of(url: str | None, path: str) -> tuple[str, bool]:
    """Return the address under which the pages lie, and whether other machines reach it.

    Parameters
    ----------
    url
        The present page's address in the browser, without parameters; None if it is not known.
    path
        The present page's own path, which is taken off.
    """
    found = reachable(url) if url else None
    known = urlsplit(found or url or "http://127.0.0.1:8501")
    base = known.path.removesuffix("/").removesuffix(path).removesuffix("/")
    return f"{known.scheme}://{known.netloc}{base}", found is not None


def frame_line(root: str, path: str, title: str) -> str:
    """Return the line of HTML that embeds a page.

    Parameters
    ----------
    root
        As `root_of` gives it.
    path
        The page's own path, without a slash; empty for the puzzle.
    title
        What the page is called.
    """
    address = escape(f"{root}/{path}?embed=true")
    return (
        f'<iframe src="{address}" title="{escape(f"Betwixt: {title}")}" width="100%" '
        f'height="{FRAME_HEIGHT}" style="border: 0" allow="clipboard-write"></iframe>'
    )
