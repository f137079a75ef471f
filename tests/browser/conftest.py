"""A running server, a real browser, and pages that are watched while a test uses them.

A test asks for ``open_page`` and gets a Playwright page on which the first run has finished::

    def test_something(open_page):
        page = open_page("/your-data?cluster=school", width=390, height=844)

When the test ends, the console of every page it opened must be empty, nothing may have been
blocked by the content security policy, no exception may stand on the screen, and no request may
have gone anywhere but to the server. When all tests have ended, neither the servers nor the
browser may have looked up a name or opened a connection beyond this machine.
"""

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import IO, Literal, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Request,
    WebError,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[2]
OUTGOING = Path(__file__).parent / "outgoing"

# How fast a page is, tests/bench measures; here a slow machine must not look like a fault.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and run them after the quick ones."""
    browser_tests = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in browser_tests:
        item.add_marker("browser")
    items.sort(key=browser_tests.__contains__)


# --- the server -----------------------------------------------------------------------------------


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextlib.contextmanager
def serving(command: list[str], port: int, log: IO[str], cwd: Path = ROOT) -> Iterator[str]:
    """Run a command that starts the server, and yield the origin once it answers.

    Whatever the server asks of other machines fails the test.
    """
    outgoing = Path(f"{log.name}.outgoing")
    watched = os.environ | {"PYTHONPATH": str(OUTGOING), "OUTGOING": str(outgoing)}
    process = subprocess.Popen(
        command, cwd=cwd, env=watched, stdin=subprocess.DEVNULL, stdout=log, stderr=log
    )
    try:
        deadline = time.monotonic() + 60
        while not is_healthy(port):
            if process.poll() is not None or time.monotonic() > deadline:
                output = Path(log.name).read_text()
                pytest.fail(f"{' '.join(command)} did not start a server. Its output:\n{output}")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    asked = outgoing.read_text() if outgoing.exists() else ""
    assert not asked, f"The server asked other machines:\n{asked}"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Origin of a server started as a user starts it."""
    port = free_port()
    log_file = tmp_path_factory.mktemp("server") / "output.txt"
    with log_file.open("w") as log:
        with serving([sys.executable, "app.py", "--port", str(port)], port, log) as origin:
            yield origin
        complaints = log_file.read_text().splitlines()[1:]
    assert not complaints, "The server complained:\n" + "\n".join(complaints)


# --- the browser ----------------------------------------------------------------------------------


# No name is found but our own. Chromium asks a service of its own about the fields of any page;
# that one leads to a closed port of this machine, where it does not count as ours.
STAND_IN = (
    "MAP content-autofill.googleapis.com 127.0.0.1:9, MAP * ~NOTFOUND, "
    "EXCLUDE 127.0.0.1, EXCLUDE localhost"
)


@cache
def net_log() -> Path:
    """The file in which the browser writes what it does on the network."""
    return Path(tempfile.mkdtemp(prefix="betwixt-")) / "net.json"


def asked_by_pages(log: Path) -> list[str]:
    """Return what the browser looked up for pages, this machine left out.

    Requests name the site on whose behalf they are made: none for those that Chromium makes for
    itself, an anonymous one for a page without an address.
    """
    found = []
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            if '"dns_query_type"' not in line:
                continue
            # A line is an event and a comma, the last one also ends the list.
            asked = json.JSONDecoder().raw_decode(line)[0]["params"]
            host, site = urlsplit(asked["host"]).hostname, asked["network_anonymization_key"]
            for_a_page = "127.0.0.1" in site or "localhost" in site or "anonymous" in site
            if for_a_page and host not in {"127.0.0.1", "localhost"}:
                found.append(f"{asked['host']} for {site}")
    return found


def launch(playwright: Playwright, **which: str) -> Browser:
    quiet = ["quic", "background-networking", "component-update", "sync", "gpu"]
    arguments = ["--no-first-run", *(f"--disable-{name}" for name in quiet)]
    arguments += [f"--host-resolver-rules={STAND_IN}", f"--log-net-log={net_log()}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return playwright.chromium.launch(args=arguments, **which)  # type: ignore[arg-type]


def system_browser(playwright: Playwright) -> Browser:
    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
    path = next(filter(None, map(shutil.which, names)), None)
    # Where browsers are not on the PATH (Windows, macOS) Playwright knows the usual places.
    return (
        launch(playwright, executable_path=path) if path else launch(playwright, channel="chrome")
    )


def playwright_browser(playwright: Playwright) -> Browser:
    return launch(playwright)


def installed_playwright_browser(playwright: Playwright) -> Browser:
    run_quietly([sys.executable, "-m", "playwright", "install", "chromium"])
    return launch(playwright)


def installed_debian_browser(playwright: Playwright) -> Browser:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise RuntimeError("needs apt-get and root")
    run_quietly(["apt-get", "update"])
    run_quietly(["apt-get", "install", "-y", "chromium"])
    return launch(playwright, executable_path="/usr/bin/chromium")


def run_quietly(command: list[str]) -> None:
    subprocess.run(
        command,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=600,
    )


def any_browser(playwright: Playwright) -> Browser:
    """Start the first browser that will; one is installed if there is none."""
    ways: list[Callable[[Playwright], Browser]] = [
        system_browser,
        playwright_browser,
        installed_playwright_browser,
        installed_debian_browser,
    ]
    failures = []
    for way in ways:
        try:
            return way(playwright)
        except (Error, OSError, RuntimeError, subprocess.SubprocessError) as error:
            failures.append(f"{way.__name__}: {str(error).strip().splitlines()[0]}")
    pytest.fail(
        "No browser could be started, and none be installed. Install Chromium or Chrome, or run "
        f"'{sys.executable} -m playwright install --with-deps chromium'. What was tried:\n"
        + "\n".join(failures)
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = any_browser(playwright)
        yield browser
        browser.close()
    asked = asked_by_pages(net_log())
    shutil.rmtree(net_log().parent)
    assert not asked, "Pages asked other machines:\n" + "\n".join(asked)


# --- the pages ------------------------------------------------------------------------------------


class OpenPage(Protocol):
    def __call__(
        self,
        address: str = "/",
        *,
        width: int = 1440,
        height: int = 900,
        scale: float = 1.0,
        color_scheme: Literal["light", "dark"] = "light",
    ) -> Page: ...


# On a deep link the front end first asks for these two below the page's own address, where they
# are not, and the browser logs the 404.
DEEP_LINK_PROBE = re.compile(r"/[^/]+/_stcore/(health|host-config)")

# What the policy blocks a script can hide from the console by catching the error. One of the
# front end's libraries looks whether WebAssembly is there, and does without.
REPORT_BLOCKED = """addEventListener("securitypolicyviolation", event =>
    event.blockedURI === "wasm-eval" ||
    console.error("blocked by", event.violatedDirective, event.blockedURI, event.sourceFile))"""


# How the sentence begins that stands for an exception of ours, and nowhere else.
FAULT = "Something went wrong that should not have"


class Watch:
    """What went wrong in the browser contexts it follows."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.pages: list[Page] = []
        self.complaints: list[str] = []

    def follow(self, context: BrowserContext) -> None:
        context.add_init_script(REPORT_BLOCKED)
        context.on("page", self.on_page)
        context.on("console", self.on_console)
        context.on("weberror", self.on_error)
        context.on("request", self.on_request)

    def on_page(self, page: Page) -> None:
        self.pages.append(page)

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if not DEEP_LINK_PROBE.fullmatch(urlsplit(message.location["url"]).path):
            self.complaints.append(f"console {message.type}: {message.text}")

    def on_error(self, error: WebError) -> None:
        self.complaints.append(f"uncaught: {error.error}")

    def on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.complaints.append(f"request left the server: {request.url}")

    def look_for_exceptions(self) -> None:
        for page in self.pages:
            if not page.is_closed():
                faults = page.get_by_test_id("stException").or_(page.get_by_text(FAULT))
                shown = faults.all_inner_texts()
                self.complaints += [f"exception on the page: {text}" for text in shown]


@pytest.fixture
def open_page(server: str, browser: Browser) -> Iterator[OpenPage]:
    """Open an address of the app in a browser context of its own, and watch it."""
    watch = Watch(server)
    with contextlib.ExitStack() as contexts:

        def open_page(
            address: str = "/",
            *,
            width: int = 1440,
            height: int = 900,
            scale: float = 1.0,
            color_scheme: Literal["light", "dark"] = "light",
        ) -> Page:
            context = contexts.enter_context(
                browser.new_context(
                    base_url=server,
                    viewport={"width": width, "height": height},
                    device_scale_factor=scale,
                    color_scheme=color_scheme,
                    reduced_motion="reduce",
                )
            )
            watch.follow(context)
            page = context.new_page()
            page.goto(address)
            wait_until_idle(page)
            return page

        yield open_page

        watch.look_for_exceptions()
    assert not watch.complaints, "\n".join(watch.complaints)


IS_IDLE = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app !== null
        && app.dataset.testConnectionState === "CONNECTED"
        && app.dataset.testScriptState === "notRunning"
        && document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]') === null
        && document.querySelector('.live-figure[data-drawn="0"]') === null;
}"""


def wait_until_idle(page: Page, *, quiet: float = 0.4, timeout: float = 60) -> None:
    """Wait until the script has run and everything it sent is drawn.

    The front end says when it is connected and when a run ends, but not at once that one is due:
    a slider, for instance, is sent 200 ms after its last key. So the app counts as idle after it
    has been so for ``quiet`` seconds on end.
    """
    last_busy = start = time.monotonic()
    while time.monotonic() - last_busy < quiet:
        if not page.evaluate(IS_IDLE):
            last_busy = time.monotonic()
        if last_busy - start > timeout:
            raise AssertionError(f"{page.url} was still busy after {timeout:g} s")
        page.wait_for_timeout(40)
