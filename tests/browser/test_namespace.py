"""The browser tests again where the kernel counts every packet that leaves the machine."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import ROOT

pytestmark = pytest.mark.slow


class Namespace:
    """A network of its own whose only way out swallows and counts what is sent.

    Addresses are those reserved for documentation (RFC 5737).
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.settings = Path("/etc/netns") / name

    def __enter__(self) -> "Namespace":
        self.settings.mkdir(parents=True)
        (self.settings / "resolv.conf").write_text("nameserver 192.0.2.53\n")
        self.ip("netns", "add", self.name)
        self.ip("-n", self.name, "link", "add", "out", "type", "veth", "peer", "name", "far")
        # Devices with IPv6 announce themselves.
        self.run(
            "sh", "-c", "for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 > $f; done"
        )
        self.ip("-n", self.name, "addr", "add", "192.0.2.2/24", "dev", "out")
        for device in ("lo", "out", "far"):
            self.ip("-n", self.name, "link", "set", device, "up")
        self.ip("-n", self.name, "route", "add", "default", "via", "192.0.2.1")
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["ip", "netns", "delete", self.name], check=False)
        shutil.rmtree(self.settings, ignore_errors=True)

    @staticmethod
    def ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        inside = ["ip", "netns", "exec", self.name, *command]
        return subprocess.run(inside, cwd=ROOT, capture_output=True, text=True, check=False)

    def packets(self) -> int:
        """Return how many packets have left so far."""
        return int(self.run("cat", "/sys/class/net/out/statistics/tx_packets").stdout)


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("needs root and the command ip (Debian's iproute2)")
    made = Namespace(f"betwixt-{os.getpid()}")
    with contextlib.ExitStack() as cleaning:
        cleaning.push(made.__exit__)
        yield made.__enter__()


def test_a_look_up_and_a_connection_would_be_counted(namespace: Namespace) -> None:
    before = namespace.packets()
    for attempt in (
        "getaddrinfo('outside.example', 80)",
        "create_connection(('192.0.2.9', 80), 1)",
    ):
        namespace.run(sys.executable, "-c", f"import socket; socket.{attempt}")
        assert namespace.packets() > before
        before = namespace.packets()


def test_the_machine_learns_its_address_without_sending_anything(namespace: Namespace) -> None:
    before = namespace.packets()
    ran = namespace.run(
        sys.executable,
        "-c",
        "import socket; from pages.server.reach import note_port, own_address, reachable; "
        "note_port(8501); note_port(8502); "
        "server = socket.create_server(('0.0.0.0', 8501)); "
        "print(own_address(), reachable('http://localhost:8501/dial'), "
        "reachable('http://localhost:8502/'))",
    )
    assert ran.stdout.split() == ["192.0.2.2", "http://192.0.2.2:8501/dial", "None"], ran.stderr
    assert namespace.packets() == before


def test_no_packet_leaves_the_machine_during_the_browser_tests_of_every_day(
    namespace: Namespace, tmp_path: Path
) -> None:
    before = namespace.packets()
    # One process, beside that of the other tests that take long.
    tests = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-o", f"cache_dir={tmp_path}"]
    tests += ["tests/browser"]
    ran = namespace.run(*tests)
    assert "passed" in ran.stdout
    # What needs the network fails again; what came too late beside other tests does not.
    if ran.returncode != 0:
        ran = namespace.run(*tests, "--last-failed", "--last-failed-no-failures=none")
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr[-2_000:]
    assert namespace.packets() == before
