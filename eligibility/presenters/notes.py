"""Notes in words: the threads of each criterion, and those that wait for somebody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eligibility.models import Note, Screening
from eligibility.presenters.dates import day
from eligibility.rules.protocol import Protocol
from trialscreen.institution.models import Account, Site

EPISODE = "episode"
"""In place of a criterion: a note on the episode as a whole."""


@dataclass(frozen=True)
class Said:
    """One note or answer."""

    text: str
    by: str
    when: str
    handed: str
    """To whom the thread went with it; empty if to nobody else."""


@dataclass(frozen=True)
class Thread:
    id: int
    screening: UUID
    patient: UUID
    label: str
    """The screening number."""
    criterion: str
    title: str
    said: tuple[Said, ...]
    waits_for: str
    """Whose turn it is; empty: of nobody in particular."""
    closed: str
    """By whom and when; empty while it is open."""
    there: str
    """The query of the page of its criterion."""


@dataclass(frozen=True)
class Threads:
    """What was noted of one criterion."""

    criterion: str
    anchor: str
    title: str
    screening: UUID
    patient: UUID
    label: str
    open: tuple[Thread, ...]
    closed: tuple[Thread, ...]
    count: str
    """``2 open notes``; empty without one."""
    there: str


@dataclass(frozen=True)
class Person:
    id: int
    name: str


def named(account: Account | None) -> str:
    return (account.name or account.username) if account is not None else ""


def moment(at: datetime, site: Site) -> str:
    """``22 Nov 2026, 09:14`` by the clock of the site."""
    local = timezone.localtime(at, site.zone)
    return f"{day(local.date())}, {local:%H:%M}"


def people(staff: Iterable[Account]) -> tuple[Person, ...]:
    return tuple(Person(one.pk, named(one)) for one in staff)


def of_patient(
    notes: Iterable[Note], *, episodes: list[Screening], protocol: Protocol
) -> Mapping[str, Threads] | None:
    """Of each criterion, what was noted in any episode of a patient; None where there is no episode to note it on."""
    if not episodes:
        return None
    threads = of_notes(notes, protocol=protocol)
    by_criterion: defaultdict[str, list[Thread]] = defaultdict(list)
    for one in threads:
        by_criterion[one.criterion].append(one)
    return {
        key: of_criterion(by_criterion[key], criterion=key, held=episodes[0], protocol=protocol)
        # A criterion that a later version has left out keeps what was noted of it.
        for key in dict.fromkeys(["", *(one.id for one in protocol.criteria), *by_criterion])
    }


def of_criterion(
    threads: Iterable[Thread], *, criterion: str, held: Screening, protocol: Protocol
) -> Threads:
    every = tuple(threads)
    still = tuple(one for one in every if not one.closed)
    return Threads(
        criterion=criterion,
        anchor=f"notes-{criterion or EPISODE}",
        title=title_of(criterion, protocol),
        screening=held.pk,
        patient=held.patient_id,
        label=held.label,
        open=still,
        closed=tuple(one for one in every if one.closed),
        count=ngettext("%(n)d open note", "%(n)d open notes", len(still)) % {"n": len(still)}
        if still
        else "",
        there=_there(criterion),
    )


def of_notes(notes: Iterable[Note], *, protocol: Protocol) -> tuple[Thread, ...]:
    """Threads with their answers, in the order in which they were begun."""
    answers: defaultdict[int, list[Note]] = defaultdict(list)
    first: list[Note] = []
    for one in notes:
        if one.parent_id is None:
            first.append(one)
        else:
            answers[one.parent_id].append(one)
    return tuple(_thread(one, answers[one.pk], protocol) for one in first)


def title_of(criterion: str, protocol: Protocol) -> str:
    if not criterion:
        return _("The screening as a whole")
    return next((one.title for one in protocol.criteria if one.id == criterion), criterion)


def _thread(first: Note, answers: Iterable[Note], protocol: Protocol) -> Thread:
    site = first.screening.site
    closed = ""
    if first.closed_at is not None:
        closed = _("Closed by %(name)s, %(when)s") % {
            "name": named(first.closed_by),
            "when": moment(first.closed_at, site),
        }
    return Thread(
        id=first.pk,
        screening=first.screening_id,
        patient=first.screening.patient_id,
        label=first.screening.label,
        criterion=first.criterion,
        title=title_of(first.criterion, protocol),
        said=(_said(first, site), *(_said(one, site) for one in answers)),
        waits_for=named(first.assignee) if not closed else "",
        closed=closed,
        there=_there(first.criterion),
    )


def _said(note: Note, site: Site) -> Said:
    # The first note shows who has the thread now; each answer, whom it was given to.
    handed = named(note.assignee) if note.parent_id is not None else ""
    return Said(note.text, named(note.by), moment(note.at, site), handed)


def _there(criterion: str) -> str:
    return "?" + urlencode({"criterion": criterion}) if criterion else ""
