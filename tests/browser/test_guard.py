"""Strangers: what may connect, what is heard, and that nothing is asked of other machines."""

import asyncio
import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest, BackMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from pages.server import guard, reach, streamlit_internals
from pages.server.paths import route
from tests.browser.conftest import OUTGOING, ROOT, asked_by_pages, free_port, serving


def status_for(server: str, origin: str | None, host: str | None = None) -> int:
    """Ask for a connection as a page of this origin would; return the HTTP status."""
    address = urlsplit(server)
    url = f"ws://{host or address.netloc}/_stcore/stream"
    where = (address.hostname, address.port)
    try:
        with (
            socket.create_connection(where) as opened,  # type: ignore[arg-type]
            connect(url, sock=opened, origin=origin, subprotocols=["streamlit"]),  # type: ignore[arg-type,list-item]
        ):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


# --- who may connect ------------------------------------------------------------------------------


def test_pages_of_this_server_and_programs_may_connect(server: str) -> None:
    assert status_for(server, server) == 101
    assert status_for(server, None) == 101


def test_pages_of_others_are_refused_and_nobody_is_asked_about_them(tmp_path: Path) -> None:
    port = free_port()
    foreign = [
        "https://evil.example",
        "null",
        "file://",
        "",
        "http://[",
        f"http://localhost:{port}",
        "http://127.0.0.1",
        f"http://127.0.0.1:{port + 1}",
        f"http://127.0.0.1:{port}.evil.example",
        f"http://127.0.0.1:{port}@evil.example",
        f"http://evil.example/127.0.0.1:{port}",
        "https://anything.streamlit.app",
    ]
    command = [sys.executable, "app.py", "--port", str(port)]
    # `serving` fails this test if the server asks another machine anything.
    with (tmp_path / "output.txt").open("w") as log, serving(command, port, log) as server:
        assert {origin: status_for(server, origin) for origin in foreign} == dict.fromkeys(
            foreign, 403
        )
        assert status_for(server, server) == 101
        # Letter by letter these differ from the host.
        assert status_for(server, "https://class.example", "Class.Example:443") == 101
        assert status_for(server, f"http://Class.example:{port}", f"class.example:{port}") == 101


def test_admitted_origins_are_not_asked_about_either(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.corsAllowedOrigins", "https://lms.example"]
    with (tmp_path / "output.txt").open("w") as log, serving(command, port, log) as server:
        assert status_for(server, "https://lms.example") == 101
        assert status_for(server, "https://other.example") == 403


def test_an_origin_is_compared_with_the_host_a_proxy_forwards() -> None:
    assert guard.is_our_origin("https://Class.example", "class.example")
    assert guard.is_our_origin("https://class.example:8443", "class.example:8443")
    assert guard.is_our_origin("https://class.example", "class.example:443")
    assert guard.is_our_origin("http://class.example", "class.example:80")
    assert guard.is_our_origin("http://[::1]:8501", "[::1]:8501")
    assert not guard.is_our_origin("https://class.example", "class.example:80")
    assert not guard.is_our_origin("https://class.example", "127.0.0.1:8501")
    assert not guard.is_our_origin("https://class.example", None)
    assert not guard.is_our_origin("ftp://class.example", "class.example")
    assert not guard.is_our_origin("https://class.example/path", "class.example")


def test_whoever_runs_the_app_may_admit_further_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard.st, "get_option", lambda _: ["https://lms.example "])
    assert guard.is_our_origin("https://lms.example", "class.example")
    assert not guard.is_our_origin("https://lms.example.evil", "class.example")


# --- which addresses are open ---------------------------------------------------------------------


def answer(server: str, method: str, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
    try:
        connection.request(method, path, body=b"{}" if method == "POST" else None)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/metrics?families=session_events",
        "/%5fstcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/interact",
        "/_stcore/agent/mcp",
        "/_stcore/script-health-check",
        "/_stcore/anything-new",
        "/_stcore/healthy",
        "/auth/login",
        "/auth/logout",
        "/oauth2callback",
        "/oauth2callback?state=a&code=b",
    ],
)
def test_what_no_page_needs_is_not_there_for_visitors(server: str, method: str, path: str) -> None:
    status, content = answer(server, method, path)
    assert status == 404
    assert content in {b"", b"Not Found"}


@pytest.mark.parametrize("path", ["/_stcore/health", "/_stcore/host-config", "/", "/authors"])
def test_what_pages_need_is_open(server: str, path: str) -> None:
    assert answer(server, "GET", path)[0] == 200


@pytest.mark.parametrize(
    ("path", "root_path", "base", "is_open"),
    [
        ("/class/_stcore/metrics", "/class", "", False),
        ("/class/_stcore/metrics", "", "class", False),
        ("/class/oauth2callback", "", "/class/", False),
        ("/a/class/auth/login", "/a", "class", False),
        ("/a/class/_stcore/health", "/a", "class", True),
        ("/class/_stcore/upload_file/1/2", "", "class", True),
        ("/class", "", "class", True),
    ],
)
def test_below_an_address_of_its_own_the_same_is_closed(
    path: str, root_path: str, base: str, is_open: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard.st, "get_option", lambda _: base)
    assert guard.is_open(route({"path": path, "root_path": root_path})) == is_open


# Streamlit's own, and what the guard makes of them. A new one is to be looked at.
ROUTES = {
    "/_stcore/health": True,
    "/_stcore/metrics": False,
    "/_stcore/host-config": True,
    "/media/{file_id:path}": True,
    "/_stcore/upload_file/{session_id}/{file_id}": True,
    "/component/{path:path}": True,
    "/_stcore/bidi-components/{path:path}": True,
    "/_stcore/stream": True,
    "/auth/login": False,
    "/auth/logout": False,
    "/oauth2callback": False,
    "/_stcore/agent/interact": False,
    "/_stcore/agent/openapi.json": False,
    "/_stcore/agent/mcp": False,
    "": True,
}


def test_the_guard_knows_every_route_of_streamlit() -> None:
    program = "import app, json; routes = app.app._build_starlette_app().routes\n"
    program += "print(json.dumps([route.path for route in routes]))"
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(json.loads(told.stdout)) == set(ROUTES)
    assert {path: guard.is_open(path) for path in ROUTES} == ROUTES


# --- what is heard --------------------------------------------------------------------------------


def sent(**content: Any) -> dict[str, Any]:
    return {"type": "websocket.receive", "bytes": BackMsg(**content).SerializeToString()}


def heard(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what reaches Streamlit of these messages, up to the end of the connection."""
    waiting = iter([*messages, {"type": "websocket.disconnect"}])
    received: list[dict[str, Any]] = []

    async def app(_scope: Any, receive: Any, _send: Any) -> None:
        for _ in range(len(messages) + 1):
            received.append(await receive())
            if received[-1]["type"] == "websocket.disconnect":
                return

    async def receive() -> dict[str, Any]:
        return next(waiting)

    async def send(message: MutableMapping[str, Any]) -> None:
        assert message == {"type": "websocket.close", "code": 1008}

    async def run() -> None:
        scope = {"type": "websocket", "headers": [], "server": ("127.0.0.1", 8501)}
        await guard.with_guard(app)(scope, receive, send)

    # In a thread of its own: Playwright keeps an event loop running in this one.
    with ThreadPoolExecutor() as pool:
        pool.submit(asyncio.run, run()).result()
    return received[:-1]


def test_only_messages_that_our_pages_send_are_heard() -> None:
    kinds = {field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields}
    known = {"rerun_script", "stop_script", "app_heartbeat", "file_urls_request"}
    assert known < kinds
    for kind in kinds - {"backend_operation_request"}:
        field = BackMsg.DESCRIPTOR.fields_by_name[kind]
        message = sent(**{kind: {} if field.message_type else True})
        assert heard([message]) == ([message] if kind in known else []), kind


def test_a_connection_tells_at_which_port_the_server_is_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reach, "_own_ports", set())
    monkeypatch.setattr(reach, "own_address", lambda: "192.0.2.2")
    monkeypatch.setattr(reach, "_listens", lambda _own, _port: True)
    assert reach.reachable("http://localhost:8501/dial") is None
    heard([])
    assert reach.reachable("http://localhost:8501/dial") == "http://192.0.2.2:8501/dial"


def test_of_the_operations_only_those_of_tables_and_downloads_are_heard() -> None:
    payloads = {
        field.name for field in BackendOperationRequest.DESCRIPTOR.oneofs_by_name["payload"].fields
    }
    assert {"install_skills", "deferred_file", "dataframe_chunk"} < payloads
    for payload in payloads:
        message = sent(backend_operation_request={payload: {}})
        expected = [message] if payload in {"deferred_file", "dataframe_chunk"} else []
        assert heard([message]) == expected, payload


@pytest.mark.parametrize(
    "message",
    [
        {"type": "websocket.receive", "text": "hello"},
        {"type": "websocket.receive", "bytes": b""},
        {"type": "websocket.receive", "bytes": b"\xff\xff\xff"},
        {"type": "websocket.receive", "bytes": b"\x60\x01"},
    ],
    ids=["text", "empty", "no message", "git information"],
)
def test_noise_is_dropped_and_what_follows_is_heard(message: dict[str, Any]) -> None:
    known = sent(app_heartbeat=True)
    assert heard([message, known, message]) == [known]


def test_a_connection_that_sends_nothing_but_noise_is_closed() -> None:
    noise, known = {"type": "websocket.receive", "bytes": b""}, sent(app_heartbeat=True)
    assert heard([*[noise] * 99, known]) == [known]
    assert heard([*[noise] * 100, known]) == []


def test_if_streamlit_no_longer_tells_what_is_asked_nothing_is_heard_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(streamlit_internals, "MESSAGE", ("streamlit.proto.BackMsg_pb2", "gone"))
    assert heard([sent(app_heartbeat=True)]) == []
    assert "requirements.txt" in caplog.text


# --- settings -------------------------------------------------------------------------------------

PROTECTIONS = {
    "client.allowedOrigins": [],
    "global.developmentMode": False,
    "server.corsAllowedOrigins": [],
    "server.enableAgentApi": False,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.enableXsrfProtection": True,
    "server.headless": True,
}


def test_settings_of_whoever_starts_the_app_switch_no_protection_off(tmp_path: Path) -> None:
    home = tmp_path / ".streamlit"
    home.mkdir()
    (home / "config.toml").write_text(
        "[client]\nallowedOrigins = ['https://evil.example']\n"
        "[server]\nenableCORS = false\nenableXsrfProtection = false\nenableAgentApi = true\n"
        "enableStaticServing = true\nheadless = false\ncorsAllowedOrigins = ['https://evil.example']\n"
    )
    program = f"import app, streamlit as st; print([st.get_option(k) for k in {list(PROTECTIONS)}])"
    started = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert started.stdout.strip() == str(list(PROTECTIONS.values()))


# --- nothing leaves the machine -------------------------------------------------------------------


def test_the_stand_in_resolver_sees_what_a_server_asks(tmp_path: Path) -> None:
    program = (
        "import socket\n"
        "try: socket.create_connection(('outside.example', 80))\n"
        "except OSError: pass"
    )
    log = tmp_path / "asked"
    watched = os.environ | {"PYTHONPATH": str(OUTGOING), "OUTGOING": str(log)}
    subprocess.run([sys.executable, "-c", program], env=watched, check=True)
    assert log.read_text() == "socket.getaddrinfo outside.example\n"


def test_the_stand_in_resolver_sees_what_a_page_asks(tmp_path: Path) -> None:
    other = tmp_path / "net.json"
    program = (
        "import sys; from pathlib import Path; from playwright.sync_api import sync_playwright\n"
        "from tests.browser import conftest\n"
        f"conftest.net_log = lambda: Path({str(other)!r})\n"
        "with sync_playwright() as playwright:\n"
        "    browser = conftest.any_browser(playwright)\n"
        "    page = browser.new_page()\n"
        "    page.set_content('<img src=\"http://outside.example/x.png\">')\n"
        "    page.wait_for_timeout(500)\n"
        "    browser.close()\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
    assert len(asked_by_pages(other)) == 1
