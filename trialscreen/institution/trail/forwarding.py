"""The trail told to the security office's log (a SIEM), as it is sealed: who did what, never what it said of a patient.

Each link is told whole, in the order of its chain, at least once: how far it came is kept in a table, in the same
transaction, and what could not be told is tried again. Names, reasons, old and new values stay here. What the other
side lost, as it may where it answers nothing (``syslog+udp``, ``syslog+tcp``), shows as a gap in the links' numbers.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from itertools import groupby
from typing import Any, Final, NamedTuple, Protocol
from urllib.request import Request, urlopen

import structlog
from django.db import connection, transaction

from trialscreen.institution.models.trail import TrailForwarded
from trialscreen.institution.scope import SETTING
from trialscreen.institution.trail.destination import destination
from trialscreen.institution.trail.functions import INSTITUTION_SETTING

PATIENCE: Final = 5
"""Seconds for the other side."""
LINKS_AT_A_TIME: Final = 200
_LOCK = 7_305_114
"""Of PostgreSQL: one process at a time tells the trail, or it would be told twice and out of order."""
_INFORMATIONAL, _WARNING = 13 * 8 + 6, 13 * 8 + 4
"""Facility 13 of RFC 5424: log audit."""
_ALARMING = ("refused", "sign-in-failed", "signing-failed", "truncate", "delete")
_BEHIND = """
SELECT h.chain, coalesce(f.sequence, 0) FROM institution_trailhead h
LEFT JOIN institution_trailforwarded f ON f.chain = h.chain
WHERE h.sequence > coalesce(f.sequence, 0) ORDER BY h.chain
"""
# Of a page that does not exist the address is what somebody typed: it is not told.
_NEXT = """
SELECT l.sequence, l.hash, e.id, e.at, e.kind, e.subject, e.key, e.account_id, e.client,
    CASE WHEN e.kind = 'refused' AND coalesce(e.new ->> 'page', '') = '' THEN split_part(e.origin, ' ', 1)
    ELSE e.origin END, e.address, e.request
FROM institution_traillink l
JOIN institution_trailentry e ON e.transaction = l.transaction AND coalesce(e.site_id, 0) = l.chain
    AND e.id BETWEEN l.first_entry AND l.last_entry
WHERE l.chain = %s AND l.sequence > %s AND l.sequence <= %s ORDER BY l.sequence, e.id
"""
_TOLD = ("id", "at", "kind", "subject", "key", "account", "client", "origin", "address", "request")

log = structlog.get_logger(__name__)


class Event(NamedTuple):
    """One entry as it is told."""

    at: datetime
    kind: str
    told: dict[str, Any]

    def body(self) -> str:
        """JSON of ASCII characters alone: no line, no control character and no other alphabet in it."""
        return json.dumps(self.told, ensure_ascii=True)

    def syslog(self, host: str) -> bytes:
        """A message of RFC 5424."""
        severity = _WARNING if self.kind in _ALARMING else _INFORMATIONAL
        at = self.told["at"]
        return f"<{severity}>1 {at} {host} trialscreen - {self.kind} - {self.body()}".encode()


class Line(Protocol):
    """To whom it is told."""

    def tell(self, events: list[Event]) -> None:
        """Raises OSError if it could not be told."""


class _Stream(NamedTuple):
    connected: socket.socket
    host: str

    def tell(self, events: list[Event]) -> None:
        # Octet counting of RFC 6587: a message may hold what it likes.
        framed = (each.syslog(self.host) for each in events)
        self.connected.sendall(b"".join(b"%d %s" % (len(each), each) for each in framed))


class _Datagrams(NamedTuple):
    connected: socket.socket
    host: str

    def tell(self, events: list[Event]) -> None:
        for each in events:
            self.connected.send(each.syslog(self.host))


class _Web(NamedTuple):
    url: str

    def tell(self, events: list[Event]) -> None:
        lines = "\n".join(each.body() for each in events).encode()
        request = Request(self.url, lines, {"Content-Type": "application/x-ndjson"})  # noqa: S310
        with urlopen(request, timeout=PATIENCE):  # noqa: S310 (https alone: `destination`)
            pass


@contextmanager
def _line(url: str) -> Iterator[Line]:
    there = destination(url)
    if there.scheme == "https":
        yield _Web(url)
        return
    place, here = (there.hostname or "", there.port or 0), socket.gethostname() or "-"
    if there.scheme == "syslog+udp":
        family, kind, number, _name, address = socket.getaddrinfo(*place, type=socket.SOCK_DGRAM)[0]
        with closing(socket.socket(family, kind, number)) as connected:
            connected.connect(address)
            yield _Datagrams(connected, here)
        return
    with closing(socket.create_connection(place, timeout=PATIENCE)) as plain:
        if there.scheme == "syslog+tcp":
            yield _Stream(plain, here)
            return
        with ssl.create_default_context().wrap_socket(plain, server_hostname=place[0]) as sealed:
            yield _Stream(sealed, here)
            # The other side sends of itself (its tickets), and a socket that is closed over what it has not read
            # throws away what is still under way: the last messages. So both say that they have done.
            with suppress(OSError):
                sealed.unwrap()


def forward(url: str, *, now: datetime) -> int:
    """Tell everything that was sealed since the last time. Returns how many entries; 0 also if it could not be told.

    Raises:
        ValueError: `url` is no address for it.
    """
    destination(url)
    told = 0
    try:
        behind = _behind()
        if not behind:
            return 0
        with _line(url) as line:
            for chain, sequence in behind:
                at = sequence
                while (step := _step(line, chain, at, now)) is not None:
                    at, count = step
                    told += count
    except OSError as fault:
        # The address of the other side is the operator's; nothing of the trail is in this.
        log.warning("trail_not_forwarded", why=type(fault).__name__, told=told)
    return told


def _behind() -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND)
        return cursor.fetchall()


def _step(line: Line, chain: int, sequence: int, now: datetime) -> tuple[int, int] | None:
    """Tell the next links of a chain and keep how far that is; None if there are none, or another process is at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return None
        kept = TrailForwarded.objects.filter(pk=chain).values_list("sequence", flat=True).first()
        if (kept or 0) != sequence:
            return None
        cursor.execute(
            "SELECT set_config(%s, %s, true), set_config(%s, 'on', true)",
            [SETTING, str(chain or ""), INSTITUTION_SETTING],
        )
        cursor.execute(_NEXT, [chain, sequence, sequence + LINKS_AT_A_TIME])
        count = 0
        for last, of_it in groupby(cursor.fetchall(), key=lambda row: row[0]):
            events = [_event(chain, row) for row in of_it]
            line.tell(events)
            sequence, count = last, count + len(events)
        if not count:
            return None
        TrailForwarded.objects.update_or_create(
            pk=chain, defaults={"sequence": sequence, "at": now}
        )
        return sequence, count


def _event(chain: int, row: tuple[Any, ...]) -> Event:
    sequence, digest, *entry = row
    told = dict(zip(_TOLD, entry, strict=True))
    at = told["at"]
    told["at"] = f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"
    return Event(at, told["kind"], {"chain": chain, "link": sequence, "hash": digest} | told)
