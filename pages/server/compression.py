"""Compressed delivery of scripts and styles."""

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


# An encoding and its weight, from 0 (not wanted) to 1, which is the default.
CHOICE = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?")


def preferred(accepted: str, offered: list[str]) -> str:
    """Choose an encoding by the rules of RFC 9110, section 12.5.3.

    Parameters
    ----------
    accepted
        Value of the header ``Accept-Encoding``.
    offered
        Encodings to choose from.

    Returns
    -------
    str
        The offered encoding of the largest weight, the first of several; ``"identity"`` if none
        is wanted.
    """
    choices = filter(None, map(CHOICE.fullmatch, accepted.lower().split(",")))
    weights = {name: float(weight or 1) for name, weight in (found.groups() for found in choices)}
    wanted = {name: weights.get(name, weights.get("*", 0.0)) for name in offered}
    best = max(offered, key=lambda name: wanted[name])
    return best if wanted[best] > 0 else "identity"


class CompressedFiles:
    """The scripts and styles of the front end, each compressed once and then kept.

    Streamlit sends its own uncompressed, 9 MB for a page with a chart, and leaves compression to a
    proxy, which a laptop in a classroom does not have. A file's address contains a hash or a
    version, so neither this copy nor the browser's can become stale.

    Attributes
    ----------
    files
        Files by address.
    encoders
        Functions that compress a file, by encoding, the preferred one first.
    bodies
        Compressed files, by file and encoding.
    lock
        Held while a file is compressed.
    """

    def __init__(self) -> None:
        streamlits = {mounted(address): file for address, file in front_end_files().items()}
        self.files = live_files() | streamlits
        # Brotli at level 5 takes as long as gzip at its best, and saves another eighth. Browsers
        # accept it from the same machine or over HTTPS; over plain HTTP, as in a classroom, they
        # ask for gzip.
        brotli = pa.Codec("brotli", compression_level=5)
        self.encoders: dict[str, Callable[[bytes], bytes]] = {
            "br": lambda raw: brotli.compress(raw, asbytes=True),
            "gzip": gzip.compress,
            "identity": bytes,
        }
        self.bodies: dict[tuple[Path, str], bytes] = {}
        self.lock = threading.Lock()

    def body(self, file: Path, encoding: str) -> bytes:
        """Return a file's content, compressed.

        A lock makes a class that arrives at once wait for one compression instead of starting
        many.

        Parameters
        ----------
        file
            One of ``files``.
        encoding
            One of ``encoders``.
        """
        with self.lock:
            if (file, encoding) not in self.bodies:
                self.bodies[file, encoding] = self.encoders[encoding](file.read_bytes())
            return self.bodies[file, encoding]

    def warm_up(self) -> None:
        """Compress the figures' scripts, which every page needs first and which take longest."""
        for file in live_files().values():
            for encoding in ("br", "gzip"):
                self.body(file, encoding)

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """Wrap an ASGI app so that these files are served from here.

        Parameters
        ----------
        app
            Answers all other requests.
        """

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            asked = scope.get("method") in {"GET", "HEAD"}
            file = self.files.get(scope["path"]) if asked else None
            if file is None:
                await app(scope, receive, send)
                return
            accepted = ",".join(Headers(scope=scope).getlist("Accept-Encoding"))
            encoding = preferred(accepted, list(self.encoders))
            content = await run_in_threadpool(self.body, file, encoding)
            headers = {
                "Vary": "Accept-Encoding",
                "Cache-Control": "public, immutable, max-age=31536000",
                "Content-Length": str(len(content)),
            }
            if encoding != "identity":
                headers["Content-Encoding"] = encoding
            sent = b"" if scope["method"] == "HEAD" else content
            await Response(sent, 200, headers, MEDIA_TYPES[file.suffix])(scope, receive, send)

        return serve
