"""The server of Betwixt: Streamlit's ASGI app over ``pages/main.py``, made fit for a classroom.

``python app.py`` starts it. ``uvicorn app:app`` and ``streamlit run app.py`` serve the same app.
"""

import argparse
import asyncio
import contextlib
import errno
import logging
import os
import socket
import sys
from pathlib import Path

# Before numpy is imported, which reads it once. Matrices here are small, and a class shares the
# processor: threads that wait for one another then take many times as long as one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import streamlit as st
import uvicorn
from starlette.middleware import Middleware

from pages.server import streamlit_internals

ROOT = Path(__file__).resolve().parent

# Before the imports below: they ask for settings, and Streamlit reads them once.
streamlit_internals.read_settings_beside(ROOT / "app.py")
streamlit_internals.make_no_presenters()
streamlit_internals.say_nothing_of_late_reports()

from pages.server.compression import CompressedFiles  # noqa: E402
from pages.server.faults import show_fault  # noqa: E402
from pages.server.first_style import with_first_style  # noqa: E402
from pages.server.guard import with_guard  # noqa: E402
from pages.server.security import with_security_headers  # noqa: E402
from pages.server.warm_up import warm_up  # noqa: E402

compressed_files = CompressedFiles()

app = st.App(
    ROOT / "pages" / "main.py",
    lifespan=warm_up(compressed_files),
    on_script_error=show_fault,
    middleware=[
        Middleware(with_security_headers),
        Middleware(compressed_files),
        Middleware(with_first_style),
        Middleware(with_guard),
    ],
)


def listen(host: str, port: int) -> socket.socket:
    """Open a listening TCP socket; raises OSError if the address cannot be used."""
    # A host that ends in a number is an address (WHATWG URL, "ends in a number"); a name server
    # must not be asked about a mistyped one.
    if host.rpartition(".")[2].isdecimal():
        try:
            socket.inet_aton(host)
        except OSError:
            raise OSError(errno.EINVAL, "This is not an IPv4 address") from None
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


class Server(uvicorn.Server):
    """Says where the app is once it is there, and stops without a word."""

    def __init__(self, address: str) -> None:
        self.address = address
        config = uvicorn.Config(
            app,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            # In a class the processor is scarce, not the network: an answer is 40 KB.
            ws_per_message_deflate=False,
            # A file that arrives slowly, or not at all, is waited for so many seconds.
            timeout_graceful_shutdown=3,
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Print the address; a start that fails leaves by SystemExit and has logged why."""
        await super().startup(sockets)
        if self.started:
            print(f"Betwixt is at {self.address} (Ctrl+C stops it)", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; whoever asked for it need not read what was cut off."""
        logging.getLogger("uvicorn.error").addFilter(is_no_cut)
        await super().shutdown(sockets)


def is_no_cut(record: logging.LogRecord) -> bool:
    """Whether a line of the log says something else than that a request was cut off."""
    cut = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not cut and "timeout graceful shutdown exceeded" not in record.getMessage()


def main() -> int:
    """Serve until Ctrl+C; return 2 if the address cannot be used, 3 if the start fails."""
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
    except (OSError, UnicodeError) as error:
        place = f"{chosen.host}, port {chosen.port}"
        print(f"Cannot use {place}: {advice(error)}", file=sys.stderr)
        return 2

    host = "localhost" if chosen.host in {"0.0.0.0", "::"} else chosen.host
    host = f"[{host}]" if ":" in host else host
    server = Server(f"http://{host}:{listener.getsockname()[1]}")
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    return 0 if server.started else 3


def advice(error: OSError | UnicodeError) -> str:
    """Say why an address cannot be used, and what to change."""
    if isinstance(error, UnicodeError):  # a name of more than 63 letters, or of none
        return "no machine can have this name. Choose another with --host."
    if error.errno == errno.EADDRINUSE:
        return "it is in use. Is Betwixt running already? Choose another with --port."
    option = "--port" if error.errno == errno.EACCES else "--host"
    return f"{error.strerror}. Choose another with {option}."


if __name__ == "__main__":
    sys.exit(main())
