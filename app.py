"""The server of Betwixt: Streamlit's ASGI app over ``pages/main.py``, made fit for a classroom.

``python app.py`` starts it. ``uvicorn app:app`` and ``streamlit run app.py`` serve the same app.
"""

import argparse
import base64
import contextlib
import errno
import gc
import gzip
import hashlib
import os
import re
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pyarrow as pa
import streamlit as st
import streamlit.config
import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ROOT = Path(__file__).resolve().parent

# Streamlit reads .streamlit/config.toml beside what it holds to be the main script. Left to itself
# that is pages/main.py, and the settings would be found from one working directory only.
streamlit.config._main_script_path = str(ROOT / "app.py")  # noqa: SLF001

from pages.parts.live import live_files, mounted, preload_links  # noqa: E402
from pages.server.guard import with_guard  # noqa: E402

MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}
FRONT_END = Path(st.__file__).parent / "static"


def content_security_policy(front_page: str) -> str:
    """Allow what Streamlit's front end needs from this server, and nothing from any other.

    Parameters
    ----------
    front_page
        HTML of the front end; its inline scripts are admitted by their hashes.
    """
    inline_scripts = re.findall(r"<script>(.*?)</script>", front_page, re.DOTALL)
    digests = [hashlib.sha256(script.encode()).digest() for script in inline_scripts]
    hashes = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    rules = [
        "default-src 'self'",
        # Inline components are loaded from blob: addresses. Nothing may be compiled from text;
        # it costs us Plotly's WebGL traces, whose drawing code is made with Function().
        f"script-src 'self' blob: {hashes}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        # No frame-ancestors and no X-Frame-Options, on purpose: teachers embed lessons in their
        # learning platforms. There is no login and nothing kept here that a hostile frame could
        # act on; every frame opens a session of its own.
    ]
    return "; ".join(rules)


def component_links() -> str:
    """Preload links for the part of the front end that shows components.

    Streamlit asks for it only once the first component has arrived, and then for what it imports,
    one round trip after the other.
    """
    scripts = FRONT_END / "static" / "js"
    front_page = (FRONT_END / "index.html").read_text(encoding="utf-8")
    names = [file.name for file in scripts.glob("BidiComponent.*.js")]
    for name in names:
        imports = re.findall(r'from"\./([^"]+)"', (scripts / name).read_text(encoding="utf-8"))
        names += [other for other in imports if other not in front_page and other not in names]
    return ", ".join(f"<{mounted(f'/static/js/{name}')}>; rel=modulepreload" for name in names)


def with_security_headers(app: ASGIApp) -> ASGIApp:
    """Wrap an ASGI app so that every response carries the security headers."""
    front_page = (FRONT_END / "index.html").read_text(encoding="utf-8")
    headers = {
        "Content-Security-Policy": content_security_policy(front_page),
        "X-Content-Type-Options": "nosniff",
        # The address holds the whole screen, so links to other sites must not carry it along.
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }

    links = f"{component_links()}, {preload_links()}"

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer.update(headers)
                if answer.get("Content-Type", "").startswith("text/html"):
                    # The figures' scripts travel beside Streamlit's own instead of after them.
                    answer["Link"] = links
            await send(message)

        await app(scope, receive, send_with_headers)

    return serve


class CompressedFiles:
    """The scripts and styles of the front end, each compressed once and kept.

    Streamlit sends its own as they are, 9 MB for a page with a chart, and leaves compression to a
    proxy; a laptop in a classroom has none. A file's address holds a hash or a version, so neither
    this copy nor the browser's can go stale.
    """

    def __init__(self) -> None:
        own = (FRONT_END / "static").rglob("*")
        self.files = live_files() | {
            f"/{file.relative_to(FRONT_END).as_posix()}": file
            for file in own
            if file.suffix in MEDIA_TYPES
        }
        # Brotli of level 5 takes the time of gzip's best and saves another eighth. Browsers accept
        # it from this machine or by HTTPS; over a classroom's plain HTTP they ask for gzip.
        brotli = pa.Codec("brotli", compression_level=5)
        self.encoders: dict[str, Callable[[bytes], bytes]] = {
            "br": lambda raw: brotli.compress(raw, asbytes=True),
            "gzip": gzip.compress,
            "identity": bytes,
        }
        self.bodies: dict[tuple[Path, str], bytes] = {}
        self.lock = threading.Lock()

    def body(self, file: Path, encoding: str) -> bytes:
        """Return the file's content; a class arriving together waits for one compression."""
        with self.lock:
            if (file, encoding) not in self.bodies:
                self.bodies[file, encoding] = self.encoders[encoding](file.read_bytes())
            return self.bodies[file, encoding]

    def warm_up(self) -> None:
        """Compress what every page needs first and what takes longest: the figures' scripts."""
        for file in live_files().values():
            for encoding in ("br", "gzip"):
                self.body(file, encoding)

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """Wrap an ASGI app so that these files are answered from here."""

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            file = self.files.get(scope["path"]) if scope.get("method") == "GET" else None
            if file is None:
                await app(scope, receive, send)
                return
            accepted = re.findall(r"\w+", Headers(scope=scope).get("Accept-Encoding", ""))
            encoding = next((name for name in self.encoders if name in accepted), "identity")
            headers = {
                "Vary": "Accept-Encoding",
                "Cache-Control": "public, immutable, max-age=31536000",
            }
            if encoding != "identity":
                headers["Content-Encoding"] = encoding
            content = await run_in_threadpool(self.body, file, encoding)
            await Response(content, 200, headers, MEDIA_TYPES[file.suffix])(scope, receive, send)

        return serve


compressed_files = CompressedFiles()


@contextlib.asynccontextmanager
async def warm_up(_app: st.App) -> AsyncIterator[None]:
    """Pay for imports, first calls and the front page's fits before the first visitor does."""
    from pages.parts.published import published

    published()
    await run_in_threadpool(compressed_files.warm_up)

    # What is loaded by now stays for good: no garbage collection need look at it again.
    gc.collect()
    gc.freeze()
    # A full collection walks through all sessions and holds up every answer, in a class of a
    # hundred for some 50 ms. Little is left for it, so it may come a third as often.
    gc.set_threshold(700, 10, 30)
    yield


app = st.App(
    ROOT / "pages" / "main.py",
    lifespan=warm_up,
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
