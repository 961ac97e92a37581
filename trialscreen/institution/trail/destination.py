"""Addresses to which the trail can be told. Settings read this: no Django here."""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult, urlsplit

WAYS: Final = ("syslog+tcp", "syslog+tls", "syslog+udp", "https")


def destination(url: str) -> SplitResult:
    """Raises ValueError where this is no address to which the trail can be told, with what is wrong about it."""
    there = urlsplit(url)
    if there.scheme not in WAYS or not there.hostname:
        raise ValueError(f"must begin with one of {', '.join(f'{way}://' for way in WAYS)}")
    if there.scheme != "https" and there.port is None:
        raise ValueError("must name a port")
    return there


def faults_of(url: str) -> list[str]:
    """What is wrong with this address; nothing is wrong with none."""
    try:
        if url:
            destination(url)
    except ValueError as fault:
        return [str(fault)]
    return []
