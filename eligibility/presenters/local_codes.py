"""A site's map of local codes in words: what a version changes and would bring about, and what nothing reads yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eligibility.presenters.dates import day
from eligibility.presenters.words import Words
from patients.codes.local import LocalCodes, meaning_of
from patients.codes.local_rows import Line
from patients.models import MapState

SHOWN = 300
"""Lines of a map on a page; the others are found by searching."""
_ABOUT = {
    "condition": gettext_lazy("condition"),
    "observation": gettext_lazy("result or observation"),
    "drug": gettext_lazy("drug"),
    "procedure": gettext_lazy("procedure"),
}
_STATUSES = (
    ("eligible", gettext_lazy("eligible")),
    ("ineligible", gettext_lazy("ineligible")),
    ("undetermined", gettext_lazy("in need of data")),
    ("not_yet", gettext_lazy("not yet eligible")),
)


@dataclass(frozen=True)
class Change:
    """One code that two versions do not read alike."""

    code: str
    system: str
    display: str
    before: str
    after: str
    comment: str


@dataclass(frozen=True)
class Unread:
    """A code on record that nothing reads, how often it is there, and where it is proposed for the map."""

    code: str
    system: str
    text: str
    about: Words
    records: int
    patients: int
    address: str
    mapped: int
    """The version of the map that reads it by now; 0: none does."""


@dataclass(frozen=True)
class Impact:
    """What a version would change, counted or asked for."""

    asked: str
    counted: str
    against: int
    sentences: tuple[str, ...]
    codes: tuple[Mapping[str, Any], ...]
    criteria: tuple[tuple[str, str], ...]
    left_out: int


@dataclass(frozen=True)
class Step:
    what: Words
    when: str
    by: str
    reason: str


@dataclass(frozen=True)
class Version:
    pk: int
    number: int
    state: str
    label: Words
    by: str
    when: str
    reason: str


def version(held: Any, zone: ZoneInfo) -> Version:
    return Version(
        held.pk,
        held.number,
        held.state,
        MapState(held.state).label,
        held.by_name,
        moment(held.at, zone),
        held.reason,
    )


def steps(events: Iterable[Any], zone: ZoneInfo) -> tuple[Step, ...]:
    return tuple(
        Step(MapState(one.after).label, moment(one.at, zone), one.by_name, one.reason)
        for one in events
    )


def sought(lines: Sequence[Line], words: str) -> list[Line]:
    """The lines in which every one of some words stands, whatever its case."""
    asked = words.casefold().split()
    return [one for one in lines if all(word in _said(one) for word in asked)]


def _said(one: Line) -> str:
    read = one.read
    meaning = meaning_of(read.target_system, read.target_code)
    parts = (read.system, read.code, one.display, read.target_code, meaning, one.comment)
    return " ".join(parts).casefold()


def shown(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Lines of a map as a table has them."""
    return [
        {
            "code": one.read.code,
            "system": one.read.system,
            "display": one.display,
            "target": one.read.target_code,
            "target_system": one.read.target_system,
            "meaning": meaning_of(one.read.target_system, one.read.target_code),
            "since": one.read.since,
            "comment": one.comment,
        }
        for one in lines
    ]


def changes(before: Iterable[Line], after: Iterable[Line]) -> tuple[Change, ...]:
    """What a version reads otherwise than another, or says otherwise of it, code by code."""
    was, now = _by_code(before), _by_code(after)
    return tuple(
        _change(key, was.get(key, ()), now.get(key, ()))
        for key in sorted(was.keys() | now.keys())
        if _bare(was.get(key, ())) != _bare(now.get(key, ()))
    )


def _by_code(lines: Iterable[Line]) -> dict[tuple[str, str], tuple[Line, ...]]:
    held: dict[tuple[str, str], tuple[Line, ...]] = {}
    for one in lines:
        key = one.read.system, one.read.code
        held[key] = (*held.get(key, ()), one)
    return held


def _bare(lines: Iterable[Line]) -> list[Line]:
    return sorted(one._replace(read=one.read._replace(since=0)) for one in lines)


def _change(key: tuple[str, str], was: Sequence[Line], now: Sequence[Line]) -> Change:
    last = (now or was)[0]
    return Change(key[1], key[0], last.display, _reading(was), _reading(now), last.comment)


def _reading(lines: Iterable[Line]) -> str:
    read = [one.read for one in lines]
    return "; ".join(
        f"{one.target_code} ({one.target_system}): {meaning_of(one.target_system, one.target_code)}"
        for one in read
    )


def unread(found: Iterable[Mapping[str, Any]], site: str, in_force: LocalCodes) -> list[Unread]:
    """Codes that nothing read, each with the address at which it is proposed for the map.

    `in_force`: what the map in force reads already, while the records with it wait to be read again.
    """
    return [
        Unread(
            one["coded"],
            one["system"],
            one["text"][:80],
            _ABOUT.get(one["about"], one["about"]),
            one["records"],
            one["patients"],
            address_for(site, one["system"], one["coded"]),
            max(
                (line.since for line in in_force.of(one["about"], one["system"], one["coded"])),
                default=0,
            ),
        )
        for one in found
    ]


def address_for(site: str, system: str, code: str) -> str:
    """Where a code that was seen somewhere is proposed for the map of its site. What a record calls it stays out: no
    address says anything that somebody wrote of a patient."""
    asked = {"site": site, "system": system, "code": code}
    return f"{reverse('local-codes-add')}?{urlencode({k: v for k, v in asked.items() if v})}"


def impact(found: Any, titles: Mapping[str, str], zone: ZoneInfo) -> Impact | None:
    if found is None:
        return None
    counts = found.counts or {}
    return Impact(
        asked=f"{found.by_name}, {moment(found.asked_at, zone)}",
        counted=moment(found.finished_at, zone) if found.finished_at else "",
        against=found.against,
        sentences=sentences(counts) if counts else (),
        codes=tuple(counts.get("codes", ())),
        criteria=tuple(
            (titles.get(name, name), _verdicts(turned))
            for name, turned in counts.get("criteria", {}).items()
        ),
        left_out=counts.get("left_out", 0),
    )


def sentences(counts: Mapping[str, Any]) -> tuple[str, ...]:
    """What was counted, for the page and for programs."""
    records = ngettext("%(n)d record", "%(n)d records", counts["records"])
    patients = ngettext("%(n)d patient", "%(n)d patients", counts["patients"])
    said = [
        ngettext(
            "%(records)s of %(patients)s is read otherwise.",
            "%(records)s of %(patients)s are read otherwise.",
            counts["records"],
        )
        % {
            "records": records % {"n": counts["records"]},
            "patients": patients % {"n": counts["patients"]},
        }
    ]
    moved = [
        f"{counts['becomes'][key]} {name}" for key, name in _STATUSES if counts["becomes"][key]
    ]
    of = ngettext("%(n)d open candidate", "%(n)d open candidates", counts["candidates"])
    asked = of % {"n": counts["candidates"]}
    if moved:
        said.append(
            _("Of %(asked)s become: %(moved)s.") % {"asked": asked, "moved": ", ".join(moved)}
        )
    elif counts["candidates"]:
        said.append(_("None of %(asked)s changes its status.") % {"asked": asked})
    else:
        said.append(_("No candidate is open at the site, so no status changes."))
    if counts["standing"]:
        standing = ngettext(
            "A verdict changes of %(n)d who is confirmed or signed.",
            "A verdict changes of %(n)d who are confirmed or signed.",
            counts["standing"],
        )
        said.append(standing % {"n": counts["standing"]})
    return tuple(said)


def _verdicts(turned: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in turned.items())


def moment(at: datetime, zone: ZoneInfo) -> str:
    local = timezone.localtime(at, zone)
    return f"{day(local.date())}, {local:%H:%M}"
