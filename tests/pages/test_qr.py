"""The QR code: whose address it holds, and that it is an image anybody can read."""

import re
import socket
from base64 import b64decode
from collections.abc import Iterator
from urllib.parse import unquote

import pytest

from pages.parts.lesson.qr import address_for_phones, code_image
from pages.server import reach
from tests.pages.screen import opened


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server at this machine's address, for which the loopback's stands in."""
    monkeypatch.setattr(reach, "own_address", lambda: "127.0.0.1")
    monkeypatch.setattr(reach, "_own_ports", set())
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        reach.note_port(port)
        yield port


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.7:8501/rows-or-clusters",
        "https://betwixt.example/course/rows-or-clusters",
        "http://[2001:db8::7]:8501/",
    ],
)
def test_an_address_that_came_through_the_network_is_kept(url: str) -> None:
    assert address_for_phones(url, {}) == url
    assert address_for_phones(url, {"step": "play", "answers": "at:5"}) == (
        f"{url}?step=play&answers=at:5"
    )


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "app.localhost"])
def test_for_localhost_stands_the_machine_s_address_if_the_server_listens_there(
    port: int, host: str
) -> None:
    found = address_for_phones(f"http://{host}:{port}/shrinkage", {"step": "why"})
    assert found == f"http://127.0.0.1:{port}/shrinkage?step=why"


def test_there_is_no_address_where_nobody_listens_or_no_network_is(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    reach.note_port(closed)
    assert address_for_phones(f"http://localhost:{closed}/", {}) is None
    monkeypatch.setattr(reach, "own_address", lambda: None)
    assert address_for_phones(f"http://localhost:{port}/", {}) is None
    assert address_for_phones(None, {}) is None


def test_what_a_visitor_calls_the_page_s_address_tries_no_port_of_another_program(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []
    monkeypatch.setattr(reach, "_listens", lambda _own, port: bool(tried.append(port)) or True)
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert reach.reachable(f"http://localhost:{other.getsockname()[1]}/") is None
    for odd in ("http://localhost:99999/", "ftp://localhost/", "localhost", "http://[::1/"):
        assert reach.reachable(odd) is None
    assert not tried
    assert reach.reachable(f"http://localhost:{port}/")
    assert tried == [port]


def test_the_code_is_dark_on_white_and_names_its_address() -> None:
    image = code_image("http://192.0.2.7:8501/?a=1&b=2")
    assert 'alt="QR code of http://192.0.2.7:8501/?a=1&amp;b=2"' in image
    source = re.search(r'src="data:image/svg\+xml;([^"]+)"', image)
    assert source
    kind, _, content = source[1].partition(",")
    picture = b64decode(content).decode() if "base64" in kind else unquote(content)
    assert "viewBox" in picture and "#fff" in picture and "#000" in picture


def test_without_an_address_it_says_how_to_start_the_server() -> None:
    page = opened("main.py", view="lecture")
    page.button(key="lesson-qr").click().run()
    assert not page.exception
    assert any("--host 0.0.0.0" in block.value for block in page.code)
