"""What the server sends, how much of it, and how it is started."""

import asyncio
import http.client
import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pyarrow as pa
import pytest
import streamlit
from playwright.sync_api import Browser, Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

import app
from pages.parts.live import live_files
from pages.server.compression import CompressedFiles
from tests.browser.conftest import FAULT, ROOT, OpenPage, free_port, serving, wait_until_idle

FRONT_END = Path(streamlit.__file__).parent / "static"
SCRIPTS = sorted(
    (FRONT_END / "static" / "js").glob("*.js"), key=lambda script: script.stat().st_size
)
LARGEST_SCRIPT = f"/static/js/{SCRIPTS[-1].name}"


def get(url: str, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Fetch without decoding anything; a header's underscores stand for hyphens."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", parts.path, headers=sent)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def megabytes_loaded(page: Page) -> float:
    """What the page fetched over HTTP, as sent over the wire; nothing for what came from cache."""
    sizes = """() => ["navigation", "resource"]
        .flatMap(kind => performance.getEntriesByType(kind))
        .reduce((sum, entry) => sum + entry.transferSize, 0)"""
    return float(page.evaluate(sizes)) / 1e6


@pytest.mark.parametrize(
    "path", ["/", LARGEST_SCRIPT, "/_stcore/health", "/no/such/page", "/page/_stcore/health"]
)
@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_every_answer_carries_the_security_headers(server: str, path: str, encoding: str) -> None:
    _, headers, _ = get(server + path, Accept_Encoding=encoding)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    assert "frame-src 'none'" in policy
    assert "worker-src 'self' blob:" in policy
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_pages_may_be_embedded_in_a_learning_platform(server: str) -> None:
    _, headers, _ = get(server)
    assert "frame-ancestors" not in headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers


@pytest.fixture
def platform(server: str, tmp_path: Path) -> Iterator[str]:
    """Address of a page of another site that embeds the app."""
    (tmp_path / "index.html").write_text(
        f'<iframe src="{server}/dial" style="width: 100%"></iframe>'
    )

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        # To browsers localhost is another site than 127.0.0.1.
        yield f"http://localhost:{other.server_port}/"
        other.shutdown()


def test_a_page_works_in_a_frame_of_another_site(platform: str, browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(platform)
        inside = page.frame_locator("iframe")
        expect(inside.get_by_role("heading", level=1)).to_have_text("The dial")
        expect(inside.locator(".live-figure .js-plotly-plot .main-svg").first).to_be_attached()


def test_a_download_is_kept_by_no_browser(server: str, open_page: OpenPage) -> None:
    page = open_page("/simulate")
    with page.expect_download() as download:
        page.get_by_role("button", name="Data as CSV").click()
    assert "/media/" in download.value.url
    _, headers, body = get(download.value.url)
    assert headers["Cache-Control"] == "no-store"
    assert body == download.value.path().read_bytes()
    _, headers, _ = get(f"{server}/media/no-such-file")
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("offered", "used"), [("gzip, deflate", "gzip"), ("gzip, deflate, br, zstd", "brotli")]
)
def test_large_scripts_travel_compressed_and_stay_in_the_browser(
    server: str, offered: str, used: str
) -> None:
    _, plain_headers, plain = get(server + LARGEST_SCRIPT)
    _, headers, body = get(server + LARGEST_SCRIPT, Accept_Encoding=offered)
    assert "Content-Encoding" not in plain_headers
    assert headers["Content-Encoding"] == {"gzip": "gzip", "brotli": "br"}[used]
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["Content-Type"].startswith("text/javascript")
    assert headers["Cache-Control"] == plain_headers["Cache-Control"]
    assert "immutable" in headers["Cache-Control"]
    assert len(body) < len(plain) / 3
    assert pa.CompressedInputStream(io.BytesIO(body), used).read() == plain
    assert plain == SCRIPTS[-1].read_bytes()


@pytest.mark.parametrize(
    ("offered", "used"),
    [
        ("br;q=0, gzip", "gzip"),
        ("br;q=0,gzip;q=0", None),
        ("gzip;q=0.000", None),
        ("gzip ; q=0, br;Q=0", None),
        ("*;q=0", None),
        ("*;q=0, gzip", "gzip"),
        ("gzip;q=0, *", "br"),
        ("br;q=0.2, gzip;q=0.8", "gzip"),
        ("GZIP", "gzip"),
        ("identity;q=1, gzip;q=0.5", None),
        ("identity;q=0, gzip;q=0.5", "gzip"),
        ("identity;q=0, *;q=0", None),
        ("gzip;q=nonsense", None),
        ("gzip;q=nan", None),
        ("zstd, deflate, x-gzip2", None),
        ("", None),
    ],
)
def test_an_encoding_is_used_only_if_it_is_accepted(
    server: str, offered: str, used: str | None
) -> None:
    status, headers, body = get(server + LARGEST_SCRIPT, Accept_Encoding=offered)
    assert status == 200
    assert headers["Content-Encoding"] == used
    assert headers["Vary"] == "Accept-Encoding"
    assert int(headers["Content-Length"]) == len(body)
    if used is None:
        assert body == SCRIPTS[-1].read_bytes()


@pytest.mark.parametrize("path", [LARGEST_SCRIPT, *list(live_files())[:2]])
@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_head_is_answered_like_get_without_a_body(server: str, path: str, encoding: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
    answers = []
    # On one connection: a body after HEAD would be read as the beginning of the next answer.
    for method in ("HEAD", "GET"):
        connection.request(method, path, headers={"Accept-Encoding": encoding})
        response = connection.getresponse()
        named = {name: value for name, value in response.getheaders() if name != "date"}
        answers.append((response.status, named, len(response.read())))
    connection.close()
    (status, named, length), (_, named_by_get, length_of_get) = answers
    assert (status, length) == (200, 0)
    assert named == named_by_get
    assert int(named["content-length"]) == length_of_get


def test_below_an_address_of_its_own_all_scripts_are_compressed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_the_root = set(CompressedFiles().files)
    monkeypatch.setattr(streamlit, "get_option", {"server.baseUrlPath": "/class/"}.get)
    assert set(CompressedFiles().files) == {f"/class{path}" for path in at_the_root}


def test_the_page_itself_is_asked_for_anew_each_time(server: str) -> None:
    _, headers, _ = get(server)
    assert headers["Cache-Control"] == "no-cache"


def test_a_path_cannot_climb_out_of_the_front_end(server: str) -> None:
    status, _, body = get(server + "/static/../../config.py", Accept_Encoding="gzip")
    assert status in {400, 404} or b'<div id="root">' in body


@pytest.mark.slow
def test_first_visit_is_light_and_the_second_loads_nothing_large(open_page: OpenPage) -> None:
    first = open_page("/")
    # 9.1 as Streamlit sends it; of what is left, Plotly is 1.2 and the fonts are 1.0.
    assert megabytes_loaded(first) < 2.7

    second = first.context.new_page()
    second.goto("/")
    wait_until_idle(second)
    assert megabytes_loaded(second) < 0.05


def test_the_app_opens_with_its_title_and_without_a_word_in_the_console(
    open_page: OpenPage,
) -> None:
    page = open_page("/")
    assert "Betwixt" in page.title()


async def no_delay_option_of_an_accepted_connection() -> int:
    accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def on_connection(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        accepted.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listener = app.listen("127.0.0.1", 0)
    async with await asyncio.start_server(on_connection, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        option = await accepted
        writer.close()
    return option


def test_answers_are_sent_without_waiting_for_more() -> None:
    # In a thread of its own: Playwright keeps an event loop running in this one.
    with ThreadPoolExecutor() as pool:
        assert pool.submit(asyncio.run, no_delay_option_of_an_accepted_connection()).result()


def test_a_taken_port_is_named_in_one_plain_sentence(server: str) -> None:
    port = str(urlsplit(server).port)
    started = subprocess.run(
        [sys.executable, "app.py", "--port", port], cwd=ROOT, capture_output=True, text=True
    )
    assert started.returncode == 2
    assert started.stdout == ""
    assert started.stderr.count("\n") == 1
    assert f"port {port}: it is in use" in started.stderr


def test_a_port_that_cannot_exist_is_refused() -> None:
    started = subprocess.run(
        [sys.executable, "app.py", "--port", "70000"], cwd=ROOT, capture_output=True, text=True
    )
    assert started.returncode == 2
    assert "70000 is not a port" in started.stderr


@pytest.mark.slow
@pytest.mark.parametrize("host", ["a" * 100, "no..name", "", "256.1.1.1"])
def test_a_host_that_cannot_be_is_refused_in_one_plain_sentence(host: str) -> None:
    started = subprocess.run(
        [sys.executable, "app.py", "--port", "0", "--host", host],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert started.returncode == 2
    assert started.stdout == ""
    assert started.stderr.count("\n") == 1
    assert started.stderr.startswith(f"Cannot use {host}, port 0: ")
    assert "--host" in started.stderr


@pytest.mark.slow
@pytest.mark.parametrize("host", ["256.1.1.1", "1.2.3.4.5", "name.99999999999"])
def test_no_name_server_is_asked_about_a_mistyped_address(host: str) -> None:
    program = (
        "import sys, app\n"
        "def hook(event, _): assert event != 'socket.getaddrinfo', 'asked'\n"
        "sys.addaudithook(hook)\n"
        f"sys.argv = ['app.py', '--port', '0', '--host', '{host}']\n"
        "sys.exit(app.main())"
    )
    started = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True
    )
    assert started.returncode == 2
    assert "not an IPv4 address" in started.stderr


@pytest.mark.slow
def test_the_address_is_named_only_once_the_server_serves() -> None:
    program = (
        "import sys, app, pages.parts.published as front_page\n"
        "def broken(): raise RuntimeError('no data')\n"
        "front_page.published = broken\n"
        "sys.argv = ['app.py', '--port', '0']\n"
        "sys.exit(app.main())"
    )
    started = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True
    )
    assert started.returncode == 3
    assert started.stdout == ""
    assert "no data" in started.stderr


@contextmanager
def a_page(port: int) -> Iterator[ClientConnection]:
    """Connect as a page does, and ask for it."""
    url = f"ws://127.0.0.1:{port}/_stcore/stream"
    with connect(url, subprotocols=["streamlit"], close_timeout=1) as page:  # type: ignore[list-item]
        page.send(BackMsg(rerun_script={}).SerializeToString())
        yield page


def a_standing_upload(port: int, session: str) -> socket.socket:
    """Begin to send a file of this session, and send no more."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/_stcore/health")
    cookie = connection.getresponse().headers["Set-Cookie"].split(";")[0]
    connection.close()
    head = [
        f"PUT /_stcore/upload_file/{session}/1 HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Cookie: {cookie}",
        f"X-Xsrftoken: {cookie.partition('=')[2]}",
        "Content-Type: multipart/form-data; boundary=x",
        "Content-Length: 1000000",
    ]
    upload = socket.create_connection(("127.0.0.1", port))
    upload.sendall("\r\n".join([*head, "", "--x"]).encode())
    return upload


@pytest.fixture
def own_server() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server of this test only, and its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "app.py", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert f":{port} " in process.stdout.readline()
        yield process, port
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl+C to all programs of a console")
def test_ctrl_c_ends_a_standing_upload_within_seconds_and_quietly(
    own_server: tuple[subprocess.Popen[str], int],
) -> None:
    process, port = own_server
    with a_page(port) as page:
        messages = (ForwardMsg.FromString(message) for message in page)  # type: ignore[arg-type]
        session = next(m.new_session for m in messages if m.HasField("new_session"))
        with a_standing_upload(port, session.initialize.session_id) as upload:
            upload.settimeout(1)
            # No answer: the server waits for the rest.
            with pytest.raises(TimeoutError):
                upload.recv(1)
            process.send_signal(signal.SIGINT)
            _, complaints = process.communicate(timeout=15)
    assert process.returncode == 0
    assert complaints == ""


@pytest.mark.slow
def test_a_fault_of_ours_is_a_sentence_on_the_page_and_a_traceback_in_the_log(
    tmp_path: Path, browser: Browser
) -> None:
    program = tmp_path / "faulty.py"
    program.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import app, streamlit as st\n"
        "def broken(*_, **__): raise KeyError('the secret of row 17')\n"
        "st.title = broken\n"
        "sys.exit(app.main())"
    )
    port = free_port()
    command = [sys.executable, str(program), "--port", str(port)]
    with (tmp_path / "output.txt").open("w") as log, serving(command, port, log) as origin:
        page = browser.new_page()
        page.goto(f"{origin}/dial")
        expect(page.get_by_role("alert")).to_contain_text(FAULT)
        expect(page.get_by_role("alert")).to_contain_text("Reload the page")
        wait_until_idle(page)
        shown = page.locator("body").inner_text()
        page.close()
    for word in ("KeyError", "row 17", "Manage app", "Traceback"):
        assert word not in shown
    logged = (tmp_path / "output.txt").read_text()
    assert logged.count("Traceback") == 1
    assert "KeyError: 'the secret of row 17'" in logged


def test_no_answer_names_the_server_program(server: str) -> None:
    _, headers, _ = get(server)
    assert "Server" not in headers


@pytest.mark.slow
def test_settings_are_found_from_any_directory(tmp_path: Path) -> None:
    program = "import app, streamlit as st; print(st.get_option('browser.gatherUsageStats'))"
    started = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert started.stdout == "False\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        [str(ROOT / "app.py"), "--port"],
        ["-m", "uvicorn", "--app-dir", str(ROOT), "app:app", "--port"],
        ["-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port"],
        [
            "-m",
            "streamlit",
            "run",
            str(ROOT / "app.py"),
            "--server.address=0.0.0.0",
            "--server.port",
        ],
    ],
    ids=["python", "uvicorn", "streamlit", "streamlit for a class"],
)
def test_each_way_of_starting_works_from_any_directory(command: list[str], tmp_path: Path) -> None:
    port = free_port()
    whole = [sys.executable, *command, str(port)]
    with (
        (tmp_path / "output.txt").open("w") as log,
        serving(whole, port, log, cwd=tmp_path) as origin,
    ):
        _, headers, _ = get(origin + LARGEST_SCRIPT, Accept_Encoding="gzip")
    assert headers["Content-Encoding"] == "gzip"
    assert headers["X-Content-Type-Options"] == "nosniff"
