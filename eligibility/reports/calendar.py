"""Days of treatment as an iCalendar file (RFC 5545), which names no patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from eligibility.models import Registration

_OCTETS = 75
"""The longest line, without its end (RFC 5545, 3.1)."""


class Appointment(NamedTuple):
    """A whole day in a calendar."""

    uid: str
    """The same for the same day of treatment, so that a file read again moves it and doubles nothing."""
    on: date
    summary: str
    description: str


def registration_of(screening: UUID) -> Registration:
    """The registration of a screening, with its site, part, trial and screening.

    Raises:
        Registration.DoesNotExist: there is none, or it is another site's.
    """
    related = ("site", "part", "trial", "screening__site")
    return Registration.objects.select_related(*related).get(Q(screening=screening))


def as_ics(name: str, appointments: Iterable[Appointment], *, stamped: datetime) -> bytes:
    """The calendar; `stamped` is the moment the appointments are of, so the same days give the same bytes."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//trialscreen//treatment calendar//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
        *(line for one in appointments for line in _event(one, stamped)),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _event(one: Appointment, stamped: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_escaped(one.uid)}"
    yield f"DTSTAMP:{stamped.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{one.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{one.on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(one.summary)}"
    yield f"DESCRIPTION:{_escaped(one.description)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    """TEXT of RFC 5545, 3.3.11; control characters have no place in it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    kept = "".join(sign for sign in text if sign == "\n" or sign.isprintable())
    return kept.replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """The line in pieces of at most 75 octets, never within a character."""
    pieces: list[bytes] = []
    piece = b""
    for sign in line:
        octets = sign.encode()
        if len(piece) + len(octets) > _OCTETS - bool(pieces):
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece])
