"""Imports in words: where each stands, its counts, and refused lines beside their reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eligibility.presenters.events import moment
from patients.imported import Refused
from patients.models import WORKING, Import, ImportFile

State = Import.State
TONES = {
    State.UPLOADED: ("wait", "hourglass"),
    State.CHECKING: ("wait", "hourglass"),
    State.CHECKED: ("unknown", "clipboard-check"),
    State.APPROVED: ("wait", "hourglass"),
    State.RUNNING: ("wait", "hourglass"),
    State.DONE: ("pass", "circle-check"),
    State.CANCELLED: ("unknown", "ban"),
    State.DISCARDED: ("unknown", "x"),
    State.FAILED: ("fail", "alert-circle"),
}
"""Tone and icon of every state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An import on a page."""

    id: UUID
    title: str
    state: str
    status: str
    tone: str
    icon: str
    kind: str
    source: str
    site: str
    sent: str
    approved: str
    counts: tuple[tuple[str, int], ...]
    sentence: str
    percent: int
    works: bool
    to_approve: bool
    storable: int
    cancellable: bool
    stopping: bool
    refused: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a refused row."""

    column: str
    text: str
    wrong: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """A refused line, and beside it what is wrong."""

    place: str
    cells: tuple[Cell, ...]
    text: str
    faults: tuple[tuple[str, str], ...]


def present(job: Import, files: list[ImportFile], *, size: int) -> Shown:
    tone, icon = TONES[State(job.state)]
    done = job.stored + job.unchanged + job.refused
    stopping = job.cancel_asked_at is not None and job.state in WORKING
    return Shown(
        id=job.pk,
        title=", ".join(one.name or _("a file without a name") for one in files[:3])
        + (_(" and {n} more").format(n=len(files) - 3) if len(files) > 3 else ""),
        state=job.state,
        status=_("Stopping") if stopping else job.get_state_display(),
        tone=tone,
        icon=icon,
        kind=job.get_kind_display(),
        source=job.source,
        site=job.site.name,
        sent=_by(job.client, job.person, moment(job.created_at, job.site.zone)),
        approved=_by(job.approved_client, job.approved_by, moment(job.approved_at, job.site.zone))
        if job.approved_at
        else "",
        counts=_counts(job),
        sentence=_sentence(job, size),
        percent=_percent(done, job.received) if job.state == State.RUNNING else 0,
        works=job.state in WORKING,
        to_approve=job.state == State.CHECKED,
        storable=job.received - job.refused,
        cancellable=job.state in (*WORKING, State.CHECKED) and not stopping,
        stopping=stopping,
        refused=job.refused,
    )


def _counts(job: Import) -> tuple[tuple[str, int], ...]:
    left = job.received - job.stored - job.unchanged - job.refused
    return (
        (_("received"), job.received),
        (_("stored"), job.stored),
        (_("held already"), job.unchanged),
        (_("refused"), job.refused),
        (_("not stored") if job.ended_at else _("to store"), left),
    )


def _sentence(job: Import, size: int) -> str:
    """What is so, and what comes next."""
    good = job.received - job.refused
    if job.state in (State.UPLOADED, State.CHECKING):
        return _(
            "{n} lines of {size} are checked. Nothing is stored before you approve it."
        ).format(n=_n(job.received), size=_size(size))
    if job.state == State.CHECKED:
        if not good:
            return _("No line of it can be stored.")
        lines = ngettext("{n} line", "{n} lines", good).format(n=_n(good))
        people = ngettext("{n} patient", "{n} patients", job.patients).format(n=_n(job.patients))
        return _("{lines} of {people} can be stored. Nothing is stored yet.").format(
            lines=lines, people=people
        )
    if job.state == State.FAILED:
        return _("{why} Nothing of it was stored, and the file was not kept.").format(
            why=job.failure
        )
    if job.state == State.DISCARDED:
        return _("Nothing of it was stored, and the file was not kept.")
    if job.state == State.CANCELLED:
        return _("{n} lines had been stored before it was cancelled, and stay.").format(
            n=_n(job.stored)
        )
    if job.state == State.DONE:
        return _("Every line is accounted for: stored, held already word for word, or refused.")
    return _("It goes on by itself: you can leave this page.")


def problem(refused: Refused, columns: list[str], names: dict[int, str]) -> Problem:
    wrong = {fault["column"] for fault in refused.faults}
    cells = tuple(
        Cell(column, cell, column in wrong)
        for column, cell in zip(columns, refused.cells, strict=False)
    )
    line = _("line {n}").format(n=refused.line)
    place = line if len(names) < 2 else f"{names.get(refused.file, '')}, {line}"
    text = refused.text if len(refused.text) <= 600 else f"{refused.text[:600]}…"
    faults = tuple((fault["column"], fault["detail"]) for fault in refused.faults)
    return Problem(place, cells, "" if cells else text, faults)


def _by(client: str, person: Any, moment: str) -> str:
    who = person.name if person is not None else client
    return f"{who}, {moment}" if who else moment


def _percent(done: int, of: int) -> int:
    return 100 * done // of if of else 0


def _n(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _size(size: int) -> str:
    for unit, of in (("GB", 1024**3), ("MB", 1024**2), ("kB", 1024)):
        if size >= of:
            return f"{size / of:.1f} {unit}"
    return f"{size} bytes"
