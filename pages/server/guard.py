"""Requests and messages that the server refuses before Streamlit sees them."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.server import streamlit_internals
from pages.server.paths import route
from pages.server.reach import DEFAULT_PORTS, note_port
from pages.server.streamlit_internals import CORE, CORE_FOR_PAGES, SIGN_IN

_LOGGER = logging.getLogger(__name__)

# Messages that our pages' front end sends. The others reveal the files of the checkout
# (load_git_info), empty everybody's caches (clear_cache), or are developers' tools.
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
    """Wrap an ASGI app so that it serves only what our pages need, and hears only our pages.

    Streamlit compares a foreign origin with the machine's external address. It asks another
    company's server for that address, and everybody waits for the answer. The guard therefore
    decides about origins itself.

    Parameters
    ----------
    app
        Answers the requests and messages that pass.
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

        _, port = scope.get("server") or (None, None)
        if port is not None:
            note_port(port)

        # Streamlit would compare the origin again, letter by letter, and ask outside on a mismatch.
        admitted = [(name, value) for name, value in scope["headers"] if name != b"origin"]
        await app({**scope, "headers": admitted}, receive_known, send)

    return serve


def is_open(path: str) -> bool:
    """Return whether visitors may request this path.

    The paths of session and memory statistics, the interface for programs that drive the app, and
    the login, which would contact other machines, are closed: no page of ours needs them.

    Parameters
    ----------
    path
        Path below the app's own address; see `route`.
    """
    if path.startswith(CORE):
        return path.removeprefix(CORE).split("/")[0] in CORE_FOR_PAGES
    return not path.startswith(SIGN_IN)


class _Refusals:
    """Logs that a page was refused, but only a few times: a flood must not fill the log."""

    left = 10

    @classmethod
    def say(cls, origin: str | None, host: str | None) -> None:
        """Log a refusal.

        Behind a proxy that does not forward the host's name every visitor is refused, so the log
        has to say what to do.
        """
        if cls.left == 0:
            return
        cls.left -= 1
        _LOGGER.warning(
            "A page of %.200r was refused a connection to %.200r. If it is the app's own address, "
            "let the proxy forward the Host header.",
            origin,
            host,
        )


# A connection that sends this many unknown messages in a row is not a page of ours.
_MAX_UNKNOWN = 100


def is_our_origin(origin: str | None, host: str | None) -> bool:
    """Return whether a page of this origin may connect to this host.

    Programs send no origin and are admitted; a browser always sends one. Other origins have to be
    listed in Streamlit's setting ``server.corsAllowedOrigins``.

    Parameters
    ----------
    origin
        The request's header ``Origin``; None if it has none.
    host
        The request's header ``Host``; None if it has none.
    """
    if origin is None:
        return True
    if origin in {str(one).strip() for one in st.get_option("server.corsAllowedOrigins") or ()}:
        return True
    try:
        page = urlsplit(origin)
        served = urlsplit(f"//{host}")
        default = DEFAULT_PORTS.get(page.scheme)
        if default is None or not page.hostname or page.username or page.path:
            return False
        # A proxy may state the port that the address leaves out.
        same_port = (page.port or default) == (served.port or default)
        return page.hostname == served.hostname and same_port
    except ValueError:
        return False


def is_known(content: bytes | None) -> bool:
    """Return whether a message is of a kind that the front end of our pages sends.

    A message whose kind cannot be determined is unknown. If Streamlit moves the code that
    determines it, no message passes and no page opens. That is noticed at once, whereas letting
    everything through would silently expose the checkout and everybody's caches.

    Parameters
    ----------
    content
        The message as received; None if it was text.
    """
    return content is not None and streamlit_internals.kind_of_message(content) in _KINDS
