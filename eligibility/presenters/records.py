"""What the bundle held beyond the verdicts: unreadable, unrecognised, set aside, unused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from eligibility.presenters.dates import day
from eligibility.presenters.words import Words, sentence


@dataclass(frozen=True)
class Record:
    what: str
    code: str
    where: str
    note: str


@dataclass(frozen=True)
class Pile:
    id: str
    title: Words
    hint: Words
    icon: str
    records: tuple[Record, ...]
    open: bool


_PILES = (
    (
        "unread",
        _("Could not be read"),
        _("Kept as received; used for no verdict until it is corrected at its source."),
        "alert-triangle",
        True,
    ),
    (
        "unrecognised",
        _("Unrecognised codes"),
        _("In no code list here. They change no verdict; look before confirming an absence."),
        "question-mark",
        True,
    ),
    (
        "set_aside",
        _("Set aside"),
        _("Seen, and counted for nothing: the reason stands beside each."),
        "eye-off",
        True,
    ),
    (
        "not_used",
        _("Not used by any criterion"),
        _("Understood, but nothing in this protocol asks for it."),
        "archive",
        False,
    ),
)
LONG = 6


def piles(answer: Mapping[str, Any]) -> tuple[Pile, ...]:
    """The piles that hold something. Long ones start closed; what no criterion uses always does."""
    return tuple(
        Pile(key, title, hint, icon, records, starts_open and len(records) <= LONG)
        for key, title, hint, icon, starts_open in _PILES
        if (records := tuple(_records(answer.get(key) or ())))
    )


def _records(items: Iterable[Mapping[str, Any]]) -> Iterable[Record]:
    for item in items:
        code = "|".join(str(part) for part in (item.get("system"), item.get("code")) if part)
        where = item.get("place") or item.get("source") or _identity(item)
        note = ", ".join(
            part for part in (sentence(item.get("reason")), day(item.get("date"))) if part
        )
        yield Record(
            what=sentence(item.get("text") or item.get("detail") or item.get("type")),
            code=code,
            where=str(where),
            note=note,
        )


def _identity(item: Mapping[str, Any]) -> str:
    return "/".join(str(part) for part in (item.get("type"), item.get("id")) if part)
