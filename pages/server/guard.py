"""What the server refuses to hear, before Streamlit sees it."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.server import streamlit_internals
from pages.server.paths import route
from pages.server.streamlit_internals import CORE, CORE_FOR_PAGES, SIGN_IN

_LOGGER = logging.getLogger(__name__)

# What our pages' front end sends. Others tell the files of the checkout (load_git_info), empty
# everybody's caches (clear_cache), or are tools of developers.
_KINDS = frozenset(
    {
        "rerun_script",
        "stop_script",
        "app_heartbeat",
        "file_urls_request",
        "backend_operation_request.deferred_file",
        "backend_operation_request.dataframe_chunk",
    }
)


def with_guard(app: ASGIApp) -> ASGIApp:
    """Wrap an ASGI app so that only what our pages need is open, to our pages, and heard.

    Streamlit compares a foreign origin with the machine's outside address, which it asks another
    company's server for, and everybody waits for the answer. So the question is settled here.
    """
    if not streamlit_internals.exists(streamlit_internals.MESSAGE):
        _LOGGER.error(
            "This version of Streamlit does not tell what its pages ask for, so no page will open. "
            "Install the version that requirements.txt names."
        )

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not is_open(route(scope)):
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
            return
        if scope["type"] != "websocket":
            await app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin, host = headers.get("origin"), headers.get("host")
        if not is_our_origin(origin, host):
            _Refusals.say(origin, host)
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return

        async def receive_known() -> Message:
            for _ in range(_MAX_UNKNOWN):
                message = await receive()
                if message["type"] != "websocket.receive" or is_known(message.get("bytes")):
                    return message
            await send({"type": "websocket.close", "code": 1008})
            return {"type": "websocket.disconnect", "code": 1008}

        # Streamlit would compare the origin again, letter by letter, and ask outside if it differs.
        admitted = [(name, value) for name, value in scope["headers"] if name != b"origin"]
        await app({**scope, "headers": admitted}, receive_known, send)

    return serve


def is_open(path: str) -> bool:
    """Return whether visitors may ask for this path.

    Closed are the numbers of sessions and memory, the programs' way to drive the app, and the
    login, which would ask other machines: no page of ours needs them.
    """
    if path.startswith(CORE):
        return path.removeprefix(CORE).split("/")[0] in CORE_FOR_PAGES
    return not path.startswith(SIGN_IN)


class _Refusals:
    """Says that a page was refused, a few times only: a flood must not fill the log."""

    left = 10

    @classmethod
    def say(cls, origin: str | None, host: str | None) -> None:
        """Behind a proxy that does not forward the host's name every visitor ends here."""
        if cls.left == 0:
            return
        cls.left -= 1
        _LOGGER.warning(
            "A page of %.200r was refused a connection to %.200r. If it is the app's own address, "
            "let the proxy forward the Host header.",
            origin,
            host,
        )


# A connection that sends so many unknown messages in a row is no page of ours.
_MAX_UNKNOWN = 100


_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_our_origin(origin: str | None, host: str | None) -> bool:
    """Return whether a page of this origin may connect to this host.

    Programs send no origin and are admitted, as a browser never leaves it out. Other origins
    have to be listed in Streamlit's setting ``server.corsAllowedOrigins``.

    Parameters
    ----------
    origin, host
        As in the headers of the request.
    """
    if origin is None:
        return True
    if origin in {str(one).strip() for one in st.get_option("server.corsAllowedOrigins") or ()}:
        return True
    try:
        page = urlsplit(origin)
        served = urlsplit(f"//{host}")
        default = _DEFAULT_PORTS.get(page.scheme)
        if default is None or not page.hostname or page.username or page.path:
            return False
        # A proxy may name the port that the address leaves out.
        same_port = (page.port or default) == (served.port or default)
        return page.hostname == served.hostname and same_port
    except ValueError:
        return False


def is_known(content: bytes | None) -> bool:
    """Return whether a message is of a kind that the front end of our pages sends.

    A kind that cannot be told is unknown. If Streamlit has moved what tells it, no message is
    heard and no page opens: that is seen at once, while letting everything through would give
    away the checkout and everybody's caches without a sign.
    """
    return content is not None and streamlit_internals.kind_of_message(content) in _KINDS
