"""A stand-in resolver: names and connects to nothing outside, and writes down who asked.

Python imports this module at its start where this folder is on PYTHONPATH; OUTGOING names the
file to write to. Streamlit's worker threads and what libraries do on import are seen as well.
"""

import os
import socket
import sys
from pathlib import Path
from typing import Any

LOCAL = {None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::"}
LOOK_UPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
# Reserved for documentation (RFC 5737).
UNASSIGNED = "203.0.113.1"
CONNECTIONS = {"socket.connect", "socket.sendto", "socket.sendmsg"}


def is_own(host: str) -> bool:
    """Whether a host is an address of this machine: only to those can a socket be bound."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0))
    except OSError:
        return False
    return True


def watch(event: str, args: tuple[Any, ...]) -> None:
    if event in LOOK_UPS:
        host = args[0]
    elif event in CONNECTIONS:
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None
        # A datagram socket that is connected sends nothing; to what nobody has, never.
        if event == "socket.connect" and args[0].type == socket.SOCK_DGRAM and host == UNASSIGNED:
            return
        if host not in LOCAL and is_own(host):
            return
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in LOCAL:
        with Path(os.environ["OUTGOING"]).open("a", encoding="utf-8") as log:
            log.write(f"{event} {host}\n")
        raise socket.gaierror(socket.EAI_NONAME, "no outside here")


if "OUTGOING" in os.environ:
    sys.addaudithook(watch)
