"""Security headers on every answer."""

import base64
import hashlib
import re
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.parts.live import mounted, preload_links

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
