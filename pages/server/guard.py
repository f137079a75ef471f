"""What the server refuses to hear, before Streamlit sees it."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

import streamlit as st
from google.protobuf.message import DecodeError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

_LOGGER = logging.getLogger(__name__)

# What our pages' front end sends. Others tell the files of the checkout (load_git_info), empty
# everybody's caches (clear_cache), or are tools of developers.
_KINDS = frozenset(
    {
        "rerun_script",
        "stop_script",
        "app_heartbeat",
        "file_urls_request",
        "backend_operation_request",
    }
)
_OPERATIONS = frozenset({"deferred_file", "dataframe_chunk"})


def with_guard(app: ASGIApp) -> ASGIApp:
    """Wrap an ASGI app so that foreign pages cannot connect and only known messages arrive.

    Streamlit compares a foreign origin with the machine's outside address, which it asks another
    company's server for, and everybody waits for the answer. So the question is settled here.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
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
    """Return whether a message is of a kind that the front end of our pages sends."""
    if not content:
        return False
    try:
        message = BackMsg.FromString(content)
    except DecodeError:
        return False
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        return message.backend_operation_request.WhichOneof("payload") in _OPERATIONS
    return kind in _KINDS
