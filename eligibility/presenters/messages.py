"""HL7 v2 messages for people: what arrived, what became of it, and where in it a reason stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from eligibility.presenters.people import client_in_words
from eligibility.presenters.words import Look, Words
from patients.arrived import Asked
from patients.intake import hl7v2
from patients.models import MessageAttempt, MessageSender, ReceivedMessage

LOOKS: Final = {
    "applied": Look(_("Applied"), "pass", "circle-check", "applied"),
    "noted": Look(_("Concerned nobody"), "neutral", "info-circle", "noted"),
    "duplicate": Look(_("Sent again"), "neutral", "refresh", "duplicate"),
    "refused": Look(_("Refused"), "fail", "ban", "refused"),
}
WAYS: Final = {"http": _("HTTP"), "mllp": _("MLLP")}
WHY: Final = {"arrived": _("Arrived"), "resent": _("Sent again"), "replayed": _("Replayed")}
KINDS: Final = {
    "ORU^R01": _("Results"),
    "ADT^A08": _("Who a person is"),
    "ADT^A40": _("Two records are one person"),
}
_LONGEST: Final = 4_000
_MOST_LINES: Final = 400
_PLACE: Final = re.compile(r"([A-Z][A-Z0-9]{2})\[(\d+)\]-(\d+)")
_LINE: Final = re.compile(r"line (\d+)")


@dataclass(frozen=True)
class Row:
    """One message in the list."""

    id: int
    look: Look
    kind: Words
    sender: str
    control_id: str
    site: str
    when: str
    way: Words
    reason: str
    """The first reason for which it was refused."""
    more: int
    """How many other reasons there are."""


class Choice(NamedTuple):
    value: str
    label: Words
    chosen: bool
    number: int = 0


@dataclass(frozen=True)
class Field:
    """One field of a segment as it stands, and whether a reason lies there."""

    number: int
    text: str
    marked: bool


@dataclass(frozen=True)
class Line:
    number: int
    name: str
    fields: tuple[Field, ...]
    marked: bool


@dataclass(frozen=True)
class Reason:
    place: str
    detail: str
    means: str


@dataclass(frozen=True)
class Tried:
    number: int
    when: str
    why: Words
    by: str
    look: Look
    code: str
    reasons: tuple[Reason, ...]
    remarks: tuple[Reason, ...]
    version: int | None
    """The version of the record that it led to."""


def present(rows: Iterable[ReceivedMessage]) -> list[Row]:
    """A page of the list, its attempts prefetched."""
    return [_row(one) for one in rows]


def _row(one: ReceivedMessage) -> Row:
    tries = sorted(one.attempts.all(), key=lambda tried: tried.number)
    faults = tries[-1].faults if tries else []
    return Row(
        id=one.pk,
        look=LOOKS[one.outcome],
        kind=KINDS.get(one.kind, one.kind or _("Cannot be read")),
        sender=_sender(one),
        control_id=one.control_id,
        site=one.site.city,
        when=_moment(one),
        way=WAYS[one.way],
        reason=faults[0]["detail"] if faults else "",
        more=max(len(faults) - 1, 0),
    )


def _sender(one: ReceivedMessage) -> str:
    if one.sender is not None:
        return one.sender.name
    named = " · ".join(part for part in (one.application, one.facility) if part)
    return f"{named} (not registered)" if named else "Not known"


def _moment(one: ReceivedMessage) -> str:
    return one.received_at.astimezone(one.site.zone).strftime("%-d %b %Y, %H:%M:%S")


def outcomes(asked: Asked, counts: dict[str, int]) -> list[Choice]:
    """The filter by outcome, with how many there are of each."""
    every = [Choice("", _("All"), not asked.outcome, sum(counts.values()))]
    return every + [
        Choice(name, look.label, name == asked.outcome, counts.get(name, 0))
        for name, look in LOOKS.items()
    ]


def senders(asked: Asked, held: Sequence[MessageSender]) -> list[Choice]:
    return [Choice(str(one.pk), one.name, one.pk == asked.sender) for one in held]


def address(asked: Asked, **otherwise: Any) -> str:
    """What follows the address of the list for these filters; ``?`` and nothing for none."""
    said = asked._replace(before=None)._asdict() | otherwise
    return "?" + urlencode({name: one for name, one in said.items() if one not in ("", None)})


def lines(message: ReceivedMessage) -> tuple[Line, ...]:
    """A message segment by segment; what lies at the place of a reason of its last attempt is marked."""
    tries = sorted(message.attempts.all(), key=lambda tried: tried.number)
    places = [one["place"] for one in tries[-1].faults] if tries else []
    fields = {
        (found[1], int(found[2]), int(found[3])) for one in places if (found := _PLACE.match(one))
    }
    whole = {int(found[1]) for one in places if (found := _LINE.match(one))}
    seen: dict[str, int] = {}
    shown = []
    for number, text in enumerate(_text(message).split("\n")[:_MOST_LINES], start=1):
        if not text:
            continue
        name = text[:3]
        seen[name] = seen.get(name, 0) + 1
        marks = {field for named, which, field in fields if (named, which) == (name, seen[name])}
        parts = _fields(text, marks)
        shown.append(Line(number, name, parts, number in whole or bool(marks)))
    return tuple(shown)


def _fields(text: str, marks: set[int]) -> tuple[Field, ...]:
    """The fields behind the name of a segment that say something, and those of which a reason is that they do not."""
    separator = text[3:4]
    if not separator or separator.isalnum():
        return (Field(0, text[:_LONGEST], marked=False),)
    first = 2 if text[:3] in ("MSH", "BHS", "FHS") else 1
    held = dict(enumerate(text.split(separator)[1:], start=first))
    return tuple(
        Field(number, held.get(number, "")[:_LONGEST], number in marks)
        for number in sorted(held.keys() | marks)
        if held.get(number) or number in marks
    )


def _text(message: ReceivedMessage) -> str:
    raw = bytes(message.raw)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n\x0b\x1c")


def tries(message: ReceivedMessage) -> list[Tried]:
    """Every attempt, the last first."""
    held = sorted(message.attempts.all(), key=lambda one: -one.number)
    return [_tried(one, message) for one in held]


def _tried(one: MessageAttempt, message: ReceivedMessage) -> Tried:
    return Tried(
        number=one.number,
        when=one.at.astimezone(message.site.zone).strftime("%-d %b %Y, %H:%M:%S"),
        why=WHY[one.why],
        by=one.person.name if one.person else client_in_words(one.client or message.client),
        look=LOOKS[one.outcome],
        code=one.acknowledged,
        reasons=tuple(_reason(given, hl7v2.CODES) for given in one.faults),
        remarks=tuple(_reason(given, hl7v2.NOTICES) for given in one.remarks),
        version=one.delivery.record_version if one.delivery else None,
    )


def _reason(given: dict[str, str], known: Any) -> Reason:
    means = known.get(given["code"], given["code"])
    words = means if isinstance(means, str) else means[1]
    return Reason(given["place"], given["detail"], words if words != given["detail"] else "")
