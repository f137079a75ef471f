"""The style inside the HTML: where it is put, and what is left alone."""

import asyncio

import pytest
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Message

from pages.server.first_style import STYLE, with_first_style

PAGE = "<html><head><title>t</title></head><body></head></body></html>"


def answered(answer: Response, accept: str = "text/html,*/*;q=0.8") -> tuple[Headers, str]:
    """Return head and body of an answer as they are sent."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    headers = [(b"accept", accept.encode()), (b"accept-encoding", b"gzip")]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers}
    asyncio.run(with_first_style(answer)(scope, receive, send))
    start, body = sent
    return Headers(raw=start["headers"]), body["body"].decode()


def test_html_gets_the_style_at_the_end_of_its_head_and_says_how_long_it_is() -> None:
    head, body = answered(HTMLResponse(PAGE))
    assert body == PAGE.replace("</head>", STYLE.decode(), 1)
    assert int(head["Content-Length"]) == len(body)


@pytest.mark.parametrize(
    "answer",
    [PlainTextResponse(PAGE), HTMLResponse(PAGE, status_code=206), HTMLResponse("<p>no head</p>")],
)
def test_all_else_is_left_alone(answer: Response) -> None:
    head, body = answered(answer)
    assert body.encode() == answer.body
    assert int(head["Content-Length"]) == len(body)


def test_what_is_not_asked_for_as_a_page_is_left_alone() -> None:
    assert answered(HTMLResponse(PAGE), accept="*/*")[1] == PAGE
