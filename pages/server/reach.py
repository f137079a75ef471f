"""The address at which other machines reach a page, found without asking any of them."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}

# Of a network reserved for documentation (RFC 5737). Nothing is sent to it.
_ELSEWHERE = ("203.0.113.1", 9)
# Seconds to wait for the machine's own answer.
_PATIENCE = 0.5
# At which this server was reached. A page's address is what a visitor says it is: no other port is
# tried for them.
_own_ports: set[int] = set()


def note_port(port: int) -> None:
    """Note a port at which this server was reached."""
    _own_ports.add(port)


def is_local(host: str) -> bool:
    """Return whether a host of an address means the machine that asks, such as ``localhost``.

    Parameters
    ----------
    host
        A name or an IP address, without brackets.
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def own_address() -> str | None:
    """Return the IPv4 address at which this machine is known in its network; None without one.

    A datagram socket that is connected sends nothing: it only learns which of the machine's
    addresses it would send from.
    """
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(_ELSEWHERE)
            found: str = probe.getsockname()[0]
    except OSError:
        return None
    return None if is_local(found) else found


def reachable(url: str) -> str | None:
    """Return the address of a page with a host that other machines can reach.

    Parameters
    ----------
    url
        The page's address as a browser has it. Unless its host is this machine's name for itself,
        it has come through the network and is returned as it is.

    Returns
    -------
    str or None
        None if the browser is on this machine and the server does not listen at the machine's
        address in its network, and if this is no address of a page.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    if not is_local(parts.hostname or ""):
        return url
    own = own_address() if port in _own_ports else None
    if own is None or not _listens(own, port):
        return None
    return parts._replace(netloc=f"{own}:{port}").geturl()


def _listens(own: str, port: int) -> bool:
    """Try a connection, which does not leave the machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PATIENCE)
        return probe.connect_ex((own, port)) == 0
