"""Where a message may be sent: which URLs can be registered, and which addresses a connection may be made to.

An endpoint's URL is typed in by a person and opened by the server, within the hospital's network: without these rules
it would be a way to reach what only the server reaches. The address is looked up once for a connection, judged, and
then that same address is connected to: a name cannot mean one thing when it is judged and another when it is used.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

LONGEST: Final = 500
Address = IPv4Address | IPv6Address
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_NEVER: Final = tuple(
    ip_network(one)
    for one in (
        "169.254.0.0/16",  # link-local, and with it the metadata of most clouds
        "fe80::/10",
        "fd00:ec2::/32",  # metadata over IPv6
        "100.100.100.200/32",  # metadata in a range that a hospital might list
        "0.0.0.0/8",
        "::/128",
        "224.0.0.0/4",
        "ff00::/8",
        "255.255.255.255/32",
    )
)
"""Not even where a listed network contains them."""
_CARRY_OTHERS: Final = tuple(
    ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
"""Addresses that stand for another one, which a gateway on the way would connect to."""


class NotAnAddress(ValueError):
    """Why this cannot be told anything, in one sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class Rules(NamedTuple):
    """What an installation allows."""

    networks: Sequence[str] = ()
    """Private networks in which receivers may stand (``WEBHOOK_NETWORKS``)."""
    loopback: bool = False
    """This machine itself, also without TLS: for demonstrations and tests alone."""


class Target(NamedTuple):
    """A URL in its parts."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def secure(self) -> bool:
        return self.scheme == "https"

    @property
    def authority(self) -> str:
        """For the ``Host`` header."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.secure else 80) else f"{name}:{self.port}"


def target_of(url: str, rules: Rules) -> Target:
    """The URL, if it is one that may be registered. Nothing is looked up.

    Raises:
        NotAnAddress: with the reason.
    """
    there = _split(url)
    if there.username is not None or there.password is not None:
        raise NotAnAddress(
            "url", "A user name or password in the URL would be written down in many places."
        )
    if there.query or there.fragment or "?" in url or "#" in url:
        raise NotAnAddress(
            "url", "The URL ends with its path: nothing after a question mark or a hash sign."
        )
    host, port = _host_of(there)
    if there.scheme == "http":
        if not (rules.loopback and host in _LOOPBACK_NAMES):
            raise NotAnAddress("url", "The URL begins with https://.")
    elif there.scheme != "https":
        raise NotAnAddress("url", "The URL begins with https://.")
    return Target(there.scheme, host, port, there.path or "/")


def checked_addresses(target: Target, rules: Rules) -> list[Address]:
    """The addresses of the host as they are now, each of which may be connected to.

    Raises:
        NotAnAddress: one of them may not; a host that is partly elsewhere is not trusted at all.
        OSError: the name is not known now.
    """
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(ip_address(str(one[4][0]).split("%")[0]) for one in found))
    for one in addresses:
        if not may_connect(one, target, rules):
            raise NotAnAddress(
                "address",
                "The host stands where nothing may be sent: on this machine, in a network that is not listed, or at "
                "an address that is reserved.",
            )
    return addresses


def may_connect(address: Address, target: Target, rules: Rules) -> bool:
    """Whether this very address may be connected to."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    if mapped is not None:
        return may_connect(mapped, target, rules)
    if address.is_loopback:
        return rules.loopback and target.host in _LOOPBACK_NAMES
    if not target.secure or _within(address, _NEVER) or _within(address, _CARRY_OTHERS):
        return False
    if address.is_multicast or address.is_unspecified or address.is_link_local:
        return False
    return address.is_global or _within(address, [ip_network(one) for one in rules.networks])


def _within(address: Address, networks: Sequence[object]) -> bool:
    return any(address in one for one in networks)  # type: ignore[operator]


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST:
        raise NotAnAddress("url", f"A URL has at most {LONGEST} characters.")
    if (
        not url.isascii()
        or any(one.isspace() or not one.isprintable() for one in url)
        or "\\" in url
    ):
        raise NotAnAddress(
            "url", "A URL has printable ASCII characters alone; a name of other letters as xn--."
        )
    try:
        return urlsplit(url)
    except ValueError:
        raise NotAnAddress("url", "This is no URL.") from None


def _host_of(there: SplitResult) -> tuple[str, int]:
    try:
        host, port = there.hostname or "", there.port
    except ValueError:
        raise NotAnAddress("url", "This is no URL: its port is none.") from None
    if not host or "%" in host or port == 0:
        raise NotAnAddress("url", "The URL names a host, like https://hospital.example/webhooks.")
    return host, port or (443 if there.scheme == "https" else 80)
