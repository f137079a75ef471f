"""The browser tests again where the kernel counts every packet that leaves the machine."""

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
        for words in (
            "link set lo up",
            "link add out type dummy",
            "addr add 192.0.2.2/24 dev out",
        ):
            self.ip("-n", self.name, *words.split())
        # A device with IPv6 announces itself.
        self.run("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/out/disable_ipv6")
        for words in ("link set out up", "route add default via 192.0.2.1"):
            self.ip("-n", self.name, *words.split())
        return self

    def __exit__(self, *_: object) -> None:
        self.ip("netns", "delete", self.name)
        shutil.rmtree(self.settings)

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
    with Namespace(f"betwixt-{os.getpid()}") as made:
        yield made


def test_a_look_up_and_a_connection_would_be_counted(namespace: Namespace) -> None:
    before = namespace.packets()
    for attempt in (
        "getaddrinfo('outside.example', 80)",
        "create_connection(('192.0.2.9', 80), 1)",
    ):
        namespace.run(sys.executable, "-c", f"import socket; socket.{attempt}")
        assert namespace.packets() > before
        before = namespace.packets()


def test_no_packet_leaves_the_machine_during_all_browser_tests(namespace: Namespace) -> None:
    before = namespace.packets()
    ran = namespace.run(
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/browser"
    )
    assert ran.returncode == 0, ran.stdout[-5_000:] + ran.stderr[-2_000:]
    assert "passed" in ran.stdout
    assert namespace.packets() == before
