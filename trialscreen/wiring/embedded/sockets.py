"""Listening sockets on this machine's loopback addresses, at a free port.

They are opened here and handed on to the web server, so that no other program can take the port in
between. Browsers try ``localhost`` as ``::1`` first, so both addresses are listened on where the
machine has both; a port counts as free only if it is free on both.
"""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from collections.abc import Iterator

PORTS_TRIED = 50


def status_of(address: str) -> int | None:
    """What a server of this machine answers, past any proxy of the environment; None where nobody does."""
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(address, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return None


def listen_on_loopback(wanted: int) -> tuple[int, list[socket.socket]]:
    """The port (the first free one from `wanted` upwards, else any) and its open sockets."""
    for port in _candidates(wanted):
        opened = _open(port)
        if opened:
            return opened[0].getsockname()[1], opened
    raise OSError("no free port was found on the loopback address")


def _candidates(wanted: int) -> Iterator[int]:
    yield from range(wanted, min(wanted + PORTS_TRIED, 65536))
    # Zero asks the system for any; its choice may be taken on the other address, so a few times.
    yield from [0] * 5


def _open(port: int) -> list[socket.socket]:
    opened: list[socket.socket] = []
    families = [(socket.AF_INET, "127.0.0.1")]
    if _has_ipv6_loopback():
        families.append((socket.AF_INET6, "::1"))
    try:
        for family, address in families:
            port = opened[0].getsockname()[1] if opened else port
            one = socket.socket(family, socket.SOCK_STREAM)
            opened.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind((address, port))
            one.listen(128)
    except OSError:
        for one in opened:
            one.close()
        return []
    return opened


def _has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as attempt:
            attempt.bind(("::1", 0))
    except OSError:
        return False
    return True
