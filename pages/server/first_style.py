"""The little style that a page needs before its style sheets are there."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The frame's style sheet puts a phone's bar to the bottom. It is shown by a script that the front
# end fetches when it needs it first: until then the bar would stand on top, and the page jump.
# Being earlier in the page, this gives way to the style sheet.
STYLE = (
    b'<style>[data-testid="stLayoutWrapper"]:has(> .st-key-menu) { display: none; }</style></head>'
)


def with_first_style(app: ASGIApp) -> ASGIApp:
    """Wrap an ASGI app so that its HTML brings a style of its own.

    Parameters
    ----------
    app
        Answers the requests. HTML in which no head ends stays as it is.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("Accept", ""):
            await app(scope, receive, send)
            return
        # What is compressed cannot be added to; it is 8 KB.
        headers = [pair for pair in scope["headers"] if pair[0].lower() != b"accept-encoding"]
        await app({**scope, "headers": headers}, receive, _Styling(send).send)

    return serve


class _Styling:
    """Sends an answer on, its head held back until the length of its body is known."""

    def __init__(self, send: Send) -> None:
        self.pass_on = send
        self.start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = Headers(raw=message["headers"]).get("Content-Type", "")
            if message["status"] == 200 and kind.startswith("text/html"):
                self.start = message
                return
        elif self.start is not None:
            start, self.start = self.start, None
            if message["type"] == "http.response.body":
                message = _styled(start, message)
            await self.pass_on(start)
        await self.pass_on(message)


def _styled(start: Message, message: Message) -> Message:
    """Return the body with the style; the head takes note of its length."""
    body = message.get("body", b"")
    styled = body.replace(b"</head>", STYLE, 1)
    headers = MutableHeaders(scope=start)
    if "Content-Length" in headers:
        length = int(headers["Content-Length"]) + len(styled) - len(body)
        headers["Content-Length"] = str(length)
    return {**message, "body": styled}
