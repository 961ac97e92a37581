"""What the bundle held beyond the verdicts: unreadable, unrecognised, set aside, unused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from eligibility.presenters.words import Words, sentence
from patients.intake.problems import REASONS


@dataclass(frozen=True)
class Record:
    what: str
    code: str
    where: str
    note: str
    system: str = ""
    coded: str = ""
    """The code alone, by which it may be mapped for the site."""


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
        "local_codes",
        _("Read by the site’s own codes"),
        _("Their codes are local; the site’s map of local codes says what they mean."),
        "checklist",
        False,
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
IGNORED = _("Ignored")
IGNORED_HINT = _("Sent beside the bundle, and without meaning here.")
LONG = 6


def piles(answer: Mapping[str, Any]) -> tuple[Pile, ...]:
    """The piles that hold something. Long ones start closed; what no criterion uses always does."""
    found = tuple(
        Pile(key, title, hint, icon, records, starts_open and len(records) <= LONG)
        for key, title, hint, icon, starts_open in _PILES
        if (records := tuple(_records(answer.get(key) or ())))
    )
    return (*found, *_ignored(answer.get("ignored") or ()))


def _ignored(pointers: Iterable[str]) -> Iterable[Pile]:
    """What stood beside the bundle and means nothing here."""
    records = tuple(Record(what=pointer, code="", where="", note="") for pointer in pointers)
    if records:
        yield Pile("ignored", IGNORED, IGNORED_HINT, "info-circle", records, open=True)


def _records(items: Iterable[Mapping[str, Any]]) -> Iterable[Record]:
    for item in items:
        reason = item.get("reason") or ""
        notes = (REASONS.get(reason, reason), item.get("detail"))
        yield Record(
            what=sentence(item.get("text") or item.get("about") or item.get("type")),
            code="|".join(str(part) for part in (item.get("system"), item.get("code")) if part),
            where="/".join(str(part) for part in (item.get("type"), item.get("id")) if part),
            note=" ".join(sentence(note) for note in notes if note),
            system=item.get("system") or "",
            coded=item.get("code") or "",
        )
