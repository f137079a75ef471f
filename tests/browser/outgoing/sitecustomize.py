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
CONNECTIONS = {"socket.connect", "socket.sendto", "socket.sendmsg"}


def watch(event: str, args: tuple[Any, ...]) -> None:
    if event in LOOK_UPS:
        host = args[0]
    elif event in CONNECTIONS:
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in LOCAL:
        with Path(os.environ["OUTGOING"]).open("a", encoding="utf-8") as log:
            log.write(f"{event} {host}\n")
        raise socket.gaierror(socket.EAI_NONAME, "no outside here")


if "OUTGOING" in os.environ:
    sys.addaudithook(watch)
