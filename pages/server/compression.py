"""Scripts and styles sent compressed."""

import gzip
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pages.parts.live import live_files, mounted
from pages.server.streamlit_internals import front_end_files

MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}


class CompressedFiles:
    """The scripts and styles of the front end, each compressed once and kept.

    Streamlit sends its own as they are, 9 MB for a page with a chart, and leaves compression to a
    proxy; a laptop in a classroom has none. A file's address holds a hash or a version, so neither
    this copy nor the browser's can go stale.
    """

    def __init__(self) -> None:
        streamlits = {mounted(address): file for address, file in front_end_files().items()}
        self.files = live_files() | streamlits
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
