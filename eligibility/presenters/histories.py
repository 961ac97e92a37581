"""The trail in words: who did what, when by the clock of the site, why and from where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from eligibility.presenters.dates import day, in_prose
from eligibility.presenters.deeds import (
    ACTS,
    COUNTS_AGAIN,
    DONE,
    FIELDS,
    PAGES,
    SHOWN,
    SUPERSEDED,
    THINGS,
    UNTOLD,
)
from eligibility.presenters.facts import described
from eligibility.presenters.people import client_in_words
from eligibility.presenters.words import Words
from patients.codec import decode
from trialscreen.institution.models import TrailEntry

LONGEST: Final = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_PEOPLE = ("by_id", "account_id", "person_id", "assignee_id", "lifted_by_id", "confirmed_by_id")


@dataclass(frozen=True)
class Names:
    """What numbers stand for in the entries: accounts and sites, and criteria by their ids."""

    accounts: Mapping[int, str]
    sites: Mapping[int, str]
    criteria: Mapping[str, str]
    answers: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Of each criterion its answers in its own words; without them an answer is told as it is stored."""


@dataclass(frozen=True)
class Deed:
    """What one transaction did to rows of one kind, or one act."""

    number: int
    """Of its last entry."""
    when: str
    who: str
    what: str
    details: tuple[str, ...]
    why: str
    whence: tuple[str, ...]


def present(entries: Iterable[TrailEntry], *, zone: ZoneInfo, names: Names) -> tuple[Deed, ...]:
    """In the order given. Entries of one transaction of which the same is to be said stand together."""
    return tuple(
        _deed(list(of_it), zone, names)
        for _same, of_it in groupby(entries, key=lambda one: (one.transaction, _said(one, 2)))
    )


def what_of(entry: TrailEntry) -> str:
    """One entry in some words."""
    return _said(entry, 1)


def _deed(entries: list[TrailEntry], zone: ZoneInfo, names: Names) -> Deed:
    one, count = entries[0], len(entries)
    what = _said(one, count)
    told = dict.fromkeys(line for each in entries for line in details_of(each, names))
    at = timezone.localtime(one.at, zone)
    return Deed(
        number=one.pk,
        when=f"{day(at.date())}, {at:%H:%M:%S}",
        who=who_of(one),
        what=what if count == 1 else f"{count} {what[:1].lower()}{what[1:]}",
        details=tuple(told),
        why=plain(one.why) or _own_reason(entries),
        whence=tuple(plain(part) for part in (one.origin, one.address, one.request) if part),
    )


def _own_reason(entries: Iterable[TrailEntry]) -> str:
    """The reason that a row itself holds, where it was written before reasons were told to the trail."""
    for each in entries:
        for name in ("lifted_note", "note", "reason"):
            told = (each.new or {}).get(name)
            if isinstance(told, str) and told and each.subject in ("patients_setaside",):
                return plain(told)
    return ""


def _said(entry: TrailEntry, count: int) -> str:
    act = ACTS.get(entry.kind)
    if act is not None:
        return f"{act}: {_of_what(entry)}" if _of_what(entry) else str(act)
    one, several = THINGS.get(entry.subject, (_table(entry.subject),) * 2)
    return capfirst(f"{one if count == 1 else several} {_done(entry)}")


def _done(entry: TrailEntry) -> Words:
    new = entry.new or {}
    if entry.kind == "update" and new.get("lifted_version") is not None:
        return COUNTS_AGAIN
    if entry.kind == "update" and new.get("superseded_version") is not None:
        return SUPERSEDED
    return DONE.get(entry.kind, entry.kind)


def _of_what(entry: TrailEntry) -> str:
    page = str((entry.new or {}).get("page") or "")
    if page:
        return str(PAGES.get(page) or page.replace("-", " ").replace("_", " "))
    return "" if entry.subject in ("account", "page") else entry.subject


def who_of(entry: TrailEntry) -> str:
    """A person, a person or nobody through a client, or the product by itself."""
    name, client = plain(entry.by_name), client_in_words(plain(entry.client))
    if name and client:
        return _("%(who)s through %(client)s") % {"who": name, "client": client}
    if client and client != plain(entry.client):
        return client
    if name or client:
        return name or _("API client %(client)s") % {"client": client}
    if entry.origin.startswith("task "):
        return _("trialscreen by itself")
    return _("nobody signed in (database user %(user)s)") % {"user": entry.database_user}


def details_of(entry: TrailEntry, names: Names) -> Iterator[str]:
    """What of a row is worth saying: of a new one what it is, of a changed one what was and what is."""
    if entry.kind in ACTS:
        yield from _circumstances(entry)
    elif entry.kind == "update":
        yield from _changed(entry, names)
    else:
        yield from _whole(entry, names)


def _circumstances(entry: TrailEntry) -> Iterator[str]:
    for name, told in (entry.new or {}).items():
        if name != "page" and told not in ("", None, [], {}):
            yield f"{_label(entry.subject, name)}: {_value(name, told, None)}"


def _changed(entry: TrailEntry, names: Names) -> Iterator[str]:
    old, new = entry.old or {}, entry.new or {}
    if new.keys() <= UNTOLD:
        yield _("Bookkeeping of the program alone")
    for name in new:
        if name not in UNTOLD:
            before, after = _value(name, old.get(name), names), _value(name, new[name], names)
            yield f"{_label(entry.subject, name)}: {before} → {after}"


def _whole(entry: TrailEntry, names: Names) -> Iterator[str]:
    row = entry.new or entry.old or {}
    if isinstance(row.get("fact"), dict) and (told := _fact(row)):
        yield told
        return
    for name in SHOWN.get(entry.subject, ()):
        if row.get(name) not in ("", None, []):
            own = names.answers.get((str(row.get("criterion")), str(row[name])), "")
            told = plain(own) if name == "answer" and own else _value(name, row[name], names)
            yield f"{_label(entry.subject, name)}: {told}"


def _fact(row: Mapping[str, Any]) -> str:
    try:
        found = described(decode(row["fact"]))
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return plain(str(row.get("ref", "")))
    if found is None:
        return ""
    parts = (found.what, found.value, found.when, found.note, found.source)
    return plain(", ".join(part for part in parts if part))


def _value(name: str, value: Any, names: Names | None) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if names is not None and isinstance(value, int) and name in _PEOPLE:
        return names.accounts.get(value, _("account %(n)d") % {"n": value})
    if names is not None and isinstance(value, int) and name == "site_id":
        return names.sites.get(value, _("site %(n)d") % {"n": value})
    if names is not None and name == "criterion":
        return names.criteria.get(str(value), str(value))
    if isinstance(value, list):
        return plain(", ".join(map(str, value)))
    if isinstance(value, dict):
        return plain(", ".join(f"{key}: {told}" for key, told in value.items()))
    text = plain(str(value))
    if text.startswith("sha256:"):
        return _("not kept in words")
    return in_prose(text) if len(text) > 10 else day(text)


def _label(table: str, name: str) -> str:
    if name in FIELDS:
        return capfirst(str(FIELDS[name]))
    model = _models().get(table)
    try:
        field = model._meta.get_field(name.removesuffix("_id")) if model else None
    except FieldDoesNotExist:
        field = None
    words = getattr(field, "verbose_name", None) or name.replace("_", " ")
    return capfirst(str(words))


def _table(table: str) -> str:
    model = _models().get(table)
    return str(model._meta.verbose_name) if model else table.replace("_", " ")


def _models() -> Mapping[str, type[Model]]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def plain(text: str) -> str:
    """Without line ends, escapes and marks that turn the direction of writing, and not for ever."""
    clean = _CONTROL.sub(" ", text).strip()
    return clean if len(clean) <= LONGEST else f"{clean[:LONGEST]}…"
