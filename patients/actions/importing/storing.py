"""Storing an import: some patients in one transaction, each through the one door, and their lines are gone with it.

What is left to do is the lines that are left. So who takes an import over after a worker was killed does what the dead
one had not committed, and nothing twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby, islice
from typing import Any, Final, NamedTuple

from django.db import OperationalError
from django.db.models import F
from django.db.models.functions import Length

from patients.actions.importing.bundling import (
    Lead,
    Line,
    Part,
    Shared,
    bundle_of,
    leads_of,
    lines_of,
    parts_of,
)
from patients.actions.importing.checking import Moved
from patients.actions.importing.deciding import forget
from patients.actions.importing.refusing import refuse_lines
from patients.actions.receive import Attribution, Receipt, Told, receive_bundle
from patients.actions.telling import left_to_the_query
from patients.actions.together import receive_together
from patients.intake.csv.rows import Fault
from patients.intake.problems import Refused
from patients.models import Import, ImportLine, ReceivedResource
from trialscreen.institution.scope import use_sites

State = Import.State
AT_ONCE: Final = 1000
"""Lines of one step; a step ends with the patient that exceeds it."""
MOST_AT_ONCE: Final = 8 * 1024 * 1024
"""Characters of the lines of one step, likewise."""
_DEADLOCK: Final = "40P01"
_TRIES: Final = 4
_ENTRY = re.compile(r"Bundle\.entry\[([0-9]{1,7})\]|/entry/([0-9]{1,7})")


class _Done(NamedTuple):
    """What became of lines."""

    stored: int = 0
    unchanged: int = 0
    refused: int = 0

    def __add__(self, other: Any) -> _Done:
        return _Done(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


def store(job: Import, *, at: datetime) -> Iterator[None]:
    """Store an import that was approved, a step at a time; each step is kept when it is given.

    Raises:
        Moved: somebody else is at it.
    """
    with use_sites([job.site_id]):
        mine = Import.objects.filter(pk=job.pk)
        mine.filter(state=State.APPROVED).update(state=State.RUNNING)
        if not mine.filter(state=State.RUNNING).exists():
            raise Moved
    yield
    last = _one_step(job, "", at)
    while last is not None:
        yield
        last = _one_step(job, last, at)


def _one_step(job: Import, after: str, at: datetime) -> str | None:
    """The last patient that was stored; None when all are. Begun anew where the database broke a deadlock with it."""
    for attempt in range(_TRIES):
        try:
            with use_sites([job.site_id]), left_to_the_query():
                step = _next_step(job, after)
                if not step:
                    _finish(job, at)
                    return None
                _count(job, _store_step(job, step))
                return step[-1].subject
        except OperationalError as fault:
            broken = getattr(fault.__cause__, "pgcode", None) == _DEADLOCK
            if not broken or attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _next_step(job: Import, after: str) -> list[Line]:
    """All lines of the next patients, in the order of their names in the source."""
    lines = ImportLine.objects.filter(job=job, subject__gt=after).order_by(
        "subject", "file", "line"
    )
    last, size = "", 0
    for subject, length in lines.values_list("subject", Length("text"))[:AT_ONCE]:
        if last and subject != last and size > MOST_AT_ONCE:
            break
        last = subject
        size += length
    return list(lines_of(lines.filter(subject__lte=last))) if last else []


def _store_step(job: Import, step: list[Line]) -> _Done:
    """All that can be is stored at once; what is left then, one patient after the other."""
    shared = Shared(job, step)
    parts = [
        part
        for subject, of_one in groupby(step, key=lambda line: line.subject)
        for part in parts_of(subject, list(of_one))
    ]
    done = _Done()
    for part, together in zip(parts, _at_once(job, parts, shared), strict=True):
        done += _one_by_one(job, part, shared) if together is None else together
    ImportLine.objects.filter(pk__in=[line.pk for line in step]).delete()
    return done


def _at_once(job: Import, parts: list[Part], shared: Shared) -> list[_Done | None]:
    """What became of those that could be received together; none could where one patient has several parts."""
    if len({part.subject for part in parts}) < len(parts):
        return [None] * len(parts)
    leads = leads_of(job, parts)
    bundles = [
        bundle_of(lead, [*(line.text for line in part.lines), *shared.of(part.lines)])
        for part, lead in zip(parts, leads, strict=True)
    ]
    return [
        None if receipt is None else _stored(part.lines, lead, receipt)
        for part, lead, receipt in zip(
            parts, leads, receive_together(bundles, _told(job)), strict=True
        )
    ]


def _told(job: Import) -> Told:
    assert job.received_on is not None
    by = Attribution(client=job.approved_client, person=job.approved_by)
    return Told(job.site, job.source, by, job.received_on, correction=False, reason="")


def _one_by_one(job: Import, part: Part, shared: Shared) -> _Done:
    """Receive the lines of one patient as a Bundle; what it is refused for is left out, line by line."""
    told = _told(job)
    refused: list[tuple[Line, Fault]] = []
    (lead,) = leads_of(job, [part])
    lines = part.lines
    while lines:
        texts = [*(line.text for line in lines), *shared.of(lines)]
        try:
            receipt = receive_bundle(
                bundle_of(lead, texts),
                site=told.site,
                source=told.source,
                by=told.by,
                received_on=told.received_on,
            )
        except Refused as fault:
            guilty = _guilty(fault, lines, len(lead.entries))
            refused += guilty
            gone = {line.pk for line, _ in guilty}
            lines = [line for line in lines if line.pk not in gone]
            continue
        _refuse(job, refused)
        return _stored(lines, lead, receipt) + _Done(refused=len(refused))
    _refuse(job, refused)
    return _Done(refused=len(refused))


def _stored(lines: list[Line], lead: Lead, receipt: Receipt) -> _Done:
    """Of these lines, the new and the unchanged."""
    first = len(lead.entries)
    stored = sum(first <= position < first + len(lines) for position in receipt.fresh)
    return _Done(stored, len(lines) - stored)


def _guilty(fault: Refused, lines: list[Line], lead: int) -> list[tuple[Line, Fault]]:
    """Which lines a Bundle was refused for; all of them, where no place says which, or it is the Patient's."""
    found: dict[int, Fault] = {}
    for issue in fault.issues:
        place = _ENTRY.match(issue.place)
        at = int(place[1] or place[2]) - lead if place else -1
        if not 0 <= at < len(lines) or lines[at].key == lines[at].subject:
            why = Fault("", issue.code, issue.detail)
            return [(line, why) for line in lines]
        inside = issue.place[place.end() :] if place else ""
        column = inside.removeprefix(".resource").removeprefix("/resource")
        found[at] = Fault(column, issue.code, issue.detail)
    return [(lines[at], why) for at, why in found.items()]


def _refuse(job: Import, refused: list[tuple[Line, Fault]]) -> None:
    refuse_lines(
        job,
        [(line.file, line.line, line.row or line.text, (why,)) for line, why in refused],
        after_approval=True,
    )


def _count(job: Import, done: _Done) -> None:
    moved = Import.objects.filter(pk=job.pk, state=State.RUNNING).update(
        stored=F("stored") + done.stored,
        unchanged=F("unchanged") + done.unchanged,
        refused=F("refused") + done.refused,
    )
    if not moved:
        raise Moved


def _finish(job: Import, at: datetime) -> None:
    """Nothing is left but what others refer to: stored with them, or refused where nobody does."""
    done = _Done()
    lines = lines_of(ImportLine.objects.filter(job=job, subject="").order_by("file", "line"))
    held = ReceivedResource.objects.filter(site_id=job.site_id, source=job.source)
    while some := list(islice(lines, AT_ONCE)):
        # What was received has no index of its keys: it is looked through once for many lines.
        keys = held.filter(key__in={line.key for line in some}).values_list("key", flat=True)
        known = set(keys.order_by().distinct())
        of_nobody = [line for line in some if not line.key or line.key not in known]
        done += _Done(stored=len(some) - len(of_nobody), refused=len(of_nobody))
        _refuse(job, [(line, Fault("", "of-nobody", _OF_NOBODY)) for line in of_nobody])
    _count(job, done)
    forget(job)
    Import.objects.filter(pk=job.pk, state=State.RUNNING).update(state=State.DONE, ended_at=at)


_OF_NOBODY = "It belongs to no patient by itself, and no record of the file refers to it."
