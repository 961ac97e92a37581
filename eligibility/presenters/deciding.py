"""What is read before confirming and signing: what was judged, on whose word it rests, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from eligibility.presenters.checklist import Group, Row, groups
from eligibility.presenters.dates import day
from eligibility.presenters.records import Record, piles
from eligibility.presenters.windows import Headline, Window, eligible, headline
from eligibility.presenters.words import sentence
from patients.models import SetAside


@dataclass(frozen=True)
class Aside:
    """A record that somebody set aside."""

    what: str
    reason: str
    note: str
    who: str
    when: str


@dataclass(frozen=True)
class Warned:
    """A criterion with what gives pause."""

    title: str
    said: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    headline: Headline
    window: Window | None
    groups: tuple[Group, ...]
    count: int
    stated: tuple[Row, ...]
    """Rest on a person's word."""
    absent: tuple[Row, ...]
    """Rest on nothing being on record, which nobody has confirmed."""
    warned: tuple[Warned, ...]
    aside: tuple[Aside, ...]
    aside_by_source: tuple[Record, ...]
    unrecognised: tuple[Record, ...]
    unread: tuple[Record, ...]
    version: str
    digest: str


def reading(answer: Mapping[str, Any], aside: Iterable[SetAside]) -> Reading:
    """View objects of one answer, for who decides on it."""
    sections = groups(answer, {})
    rows = [row for section in sections for row in section.rows]
    bases = {one["id"]: one["basis"] for one in answer["criteria"]}
    held = {pile.id: pile.records for pile in piles(answer)}
    windows = eligible(answer)
    return Reading(
        headline=headline(answer),
        window=windows[0] if windows else None,
        groups=sections,
        count=len(rows),
        stated=tuple(row for row in rows if bases[row.id] == "attestation"),
        absent=tuple(row for row in rows if row.id in answer["to_confirm"]),
        warned=tuple(
            Warned(row.title, (*row.conflicts, *row.warnings))
            for row in rows
            if row.conflicts or row.warnings
        ),
        aside=tuple(_aside(one) for one in aside),
        aside_by_source=held.get("set_aside", ()),
        unrecognised=held.get("unrecognised", ()),
        unread=held.get("unread", ()),
        version=str(answer["version"]),
        digest=str(answer["digest"]),
    )


def _aside(one: SetAside) -> Aside:
    who = (one.by.name or one.by.username) if one.by is not None else one.client
    return Aside(
        what=sentence(one.ref),
        reason=dict(SetAside.REASONS).get(one.reason, one.reason),
        note=one.note,
        who=who or _("not stated"),
        when=day(one.recorded_at.date()),
    )
