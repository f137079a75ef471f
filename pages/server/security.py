"""Security headers on every response."""

import base64
import hashlib

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.parts.live import mounted, preload_links
from pages.server.paths import route
from pages.server.streamlit_internals import MEDIA, component_scripts, inline_scripts


def content_security_policy() -> str:
    """Return a policy that allows what Streamlit's front end needs, and nothing from other servers.

    Scripts inside its HTML are admitted by their hashes.
    """
    digests = [hashlib.sha256(script.encode()).digest() for script in inline_scripts()]
    hashes = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    rules = [
        "default-src 'self'",
        # Inline components are loaded from blob: addresses. No eval: this rules out Plotly's WebGL
        # traces, whose drawing code is made with Function().
        f"script-src 'self' blob: {hashes}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "frame-src 'none'",
        "worker-src 'self' blob:",
        "base-uri 'self'",
        "form-action 'self'",
        # There is deliberately no frame-ancestors and no X-Frame-Options, because teachers embed
        # lessons in their learning platforms. There is no login and no stored data that a hostile
        # frame could act on, and every frame opens a session of its own.
    ]
    return "; ".join(rules)


def with_security_headers(app: ASGIApp) -> ASGIApp:
    """Wrap an ASGI app so that every response carries the security headers.

    Parameters
    ----------
    app
        Answers the requests.
    """
    headers = {
        "Content-Security-Policy": content_security_policy(),
        "X-Content-Type-Options": "nosniff",
        # The address describes the whole screen, so links to other sites must not reveal it.
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        # Other sites get no handle on our windows and none of our files. Frames still work.
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }

    ahead = [f"<{mounted(script)}>; rel=modulepreload" for script in component_scripts()]
    links = ", ".join([*ahead, preload_links()])

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer.update(headers)
                if answer.get("Content-Type", "").startswith("text/html"):
                    # Load the figures' scripts together with Streamlit's own instead of after them.
                    answer["Link"] = links
                if scope["type"] == "http" and route(scope).startswith(MEDIA):
                    # Downloads contain the visitor's data; the next user must not get them.
                    answer["Cache-Control"] = "no-store"
            await send(message)

        await app(scope, receive, send_with_headers)

    return serve
