"""The server of Betwixt: Streamlit's ASGI app over ``pages/main.py``, made fit for a classroom.

``python app.py`` starts it. ``uvicorn app:app`` and ``streamlit run app.py`` serve the same app.
"""

import argparse
import contextlib
import errno
import os
import socket
import sys
from pathlib import Path

import streamlit as st
import uvicorn
from starlette.middleware import Middleware

from pages.server import streamlit_internals

ROOT = Path(__file__).resolve().parent

# Before the imports below: they ask for settings, and Streamlit reads them once.
streamlit_internals.read_settings_beside(ROOT / "app.py")
streamlit_internals.make_no_presenters()

from pages.server.compression import CompressedFiles  # noqa: E402
from pages.server.guard import with_guard  # noqa: E402
from pages.server.security import with_security_headers  # noqa: E402
from pages.server.warm_up import warm_up  # noqa: E402

compressed_files = CompressedFiles()

app = st.App(
    ROOT / "pages" / "main.py",
    lifespan=warm_up(compressed_files),
    middleware=[
        Middleware(with_security_headers),
        Middleware(compressed_files),
        Middleware(with_guard),
    ],
)


def listen(host: str, port: int) -> socket.socket:
    """Open a listening TCP socket; raises OSError if the address cannot be used."""
    # The protocol is named because asyncio sends small messages at once (TCP_NODELAY) only on
    # sockets that say they are TCP. Without that, answers to the browser can wait 40 ms.
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
    )[0]
    listener = socket.socket(family, kind, protocol)
    # On Windows this option would let two programs listen on the same port.
    if os.name != "nt":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen()
    return listener


def main() -> int:
    """Serve until Ctrl+C; return 2 if the address cannot be used."""
    parser = argparse.ArgumentParser(
        description="Start Betwixt, then open the address it prints in a browser.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=8501, help="0 takes any free port")
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 admits other machines")
    chosen = parser.parse_args()
    if not 0 <= chosen.port < 65536:
        parser.error(f"{chosen.port} is not a port: give a number from 0 to 65535")

    try:
        listener = listen(chosen.host, chosen.port)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "it is in use. Is Betwixt running already?" if taken else f"{error.strerror}."
        place = f"{chosen.host}, port {chosen.port}"
        print(f"Cannot use {place}: {reason} Choose another with --port.", file=sys.stderr)
        return 2

    host = "localhost" if chosen.host in {"0.0.0.0", "::"} else chosen.host
    host = f"[{host}]" if ":" in host else host
    print(f"Betwixt is at http://{host}:{listener.getsockname()[1]} (Ctrl+C stops it)", flush=True)
    config = uvicorn.Config(
        app,
        lifespan="on",
        log_config=None,
        access_log=False,
        # In a class the processor is scarce, not the network: an answer is 40 KB.
        ws_per_message_deflate=False,
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
