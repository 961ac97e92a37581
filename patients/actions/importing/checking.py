"""The check of an import: every line by itself, a thousand in one transaction with the mark of how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.db.models import Exists, F, OuterRef

from patients.actions.importing.deciding import forget
from patients.actions.importing.reading import (
    Checked,
    check_numbers,
    header_of,
    read_file,
    with_their_patients,
)
from patients.actions.importing.refusing import refuse_lines
from patients.actions.receive import FHIR_ID
from patients.intake.csv.rows import Bad, Fault
from patients.intake.problems import Refused
from patients.models import Import, ImportFile, ImportLine, PatientIdentifier
from trialscreen.institution.scope import use_sites

State = Import.State
AT_ONCE: Final = 1000
"""Lines of one step."""


class Moved(Exception):
    """Somebody else has moved the import on: what this step did is undone."""


def check(job: Import, *, at: datetime) -> Iterator[None]:
    """Check an import, a step at a time; each step is kept when it is given.

    Raises:
        Moved: somebody else is at it.
    """
    if not _claimed(job):
        raise Moved
    try:
        for file in _files(job):
            if file.number >= job.file:
                yield from _check_file(job, file)
    except Refused as refused:
        _fail(job, refused, at)
        return
    with use_sites([job.site_id]):
        _finish(job)
    yield


def _claimed(job: Import) -> bool:
    """Whether there is something to check. One that was begun goes on where it stopped."""
    with use_sites([job.site_id]):
        mine = Import.objects.filter(pk=job.pk)
        mine.filter(state=State.UPLOADED).update(state=State.CHECKING)
        now = mine.filter(state=State.CHECKING).first()
    if now is None:
        return False
    job.state, job.file, job.at_line = now.state, now.file, now.at_line
    return True


def _files(job: Import) -> list[ImportFile]:
    with use_sites([job.site_id]):
        return list(ImportFile.objects.filter(job=job).order_by("number"))


def _check_file(job: Import, file: ImportFile) -> Iterator[None]:
    if job.kind == Import.Kind.CSV and not file.columns:
        with use_sites([job.site_id]):
            check_numbers(job)
            header = header_of(file)
            columns = [name[:200] for name in header.names]
            ImportFile.objects.filter(pk=file.pk).update(columns=columns)
            ignored = [name[:200] for name in header.unknown]
            Import.objects.filter(pk=job.pk).update(ignored_columns=ignored)
    done = job.at_line if file.number == job.file else 0
    coming = (one for one in read_file(job, file) if one.number > done)
    while True:
        with use_sites([job.site_id]):
            step: Any = list(islice(coming, AT_ONCE))
            if not step:
                break
            _keep(job, file.number, with_their_patients(job, step))
        yield


def _keep(job: Import, file: int, found: list[Checked | Bad]) -> None:
    good = [one for one in found if isinstance(one, Checked)]
    bad = [(one.number, one.text, one.faults) for one in found if isinstance(one, Bad)]
    ImportLine.objects.bulk_create(
        ImportLine(
            site_id=job.site_id,
            job=job,
            file=file,
            line=one.number,
            subject=one.subject,
            key=one.key,
            text=one.text,
            row=one.row,
        )
        for one in good
    )
    refuse_lines(job, [(file, *one) for one in bad])
    mark = max(one.number for one in found)
    mine = Import.objects.filter(
        pk=job.pk, state=State.CHECKING, file=job.file, at_line=job.at_line
    )
    moved = mine.update(
        file=file,
        at_line=mark,
        received=F("received") + len(found),
        refused=F("refused") + len(bad),
    )
    if not moved:
        raise Moved
    job.file, job.at_line = file, mark


def _finish(job: Import) -> None:
    """Lines of nobody are refused, and how many patients there are is counted."""
    lines = ImportLine.objects.filter(job=job)
    if job.kind == Import.Kind.NDJSON:
        _refuse_of_nobody(job)
    patients = lines.exclude(subject="").values("subject").distinct().count()
    mine = Import.objects.filter(pk=job.pk, state=State.CHECKING)
    if not mine.update(state=State.CHECKED, patients=patients):
        raise Moved


def _refuse_of_nobody(job: Import) -> None:
    """Lines of a Patient who neither has a line nor is known."""
    own = ImportLine.objects.filter(job=job, subject=OuterRef("subject"), key=OuterRef("subject"))
    lines = ImportLine.objects.filter(job=job).exclude(subject="")
    orphans = lines.filter(~Exists(own)).values_list("subject", flat=True).distinct()
    for some in _at_once(orphans.order_by("subject").iterator(chunk_size=AT_ONCE)):
        ids = {one.removeprefix("Patient/"): one for one in some}
        known = PatientIdentifier.objects.filter(
            site_id=job.site_id, source=job.source, system=FHIR_ID, value__in=ids
        ).values_list("value", flat=True)
        nobody = [ids[one] for one in ids.keys() - set(known)]
        gone = list(lines.filter(subject__in=nobody).values_list("file", "line", "text", "subject"))
        refuse_lines(
            job,
            [
                (file, line, text, (Fault("", "no-patient", _NOBODY.format(subject)),))
                for file, line, text, subject in gone
            ],
        )
        lines.filter(subject__in=nobody).delete()
        Import.objects.filter(pk=job.pk).update(refused=F("refused") + len(gone))


_NOBODY = "{} has no line of its own, and the source knows nobody by this id."


def _at_once(coming: Iterator[str]) -> Iterator[list[str]]:
    while some := list(islice(coming, AT_ONCE)):
        yield some


def _fail(job: Import, refused: Refused, at: datetime) -> None:
    """Nothing of a file that cannot be read as a whole is stored, and nothing of it is kept."""
    issue = refused.issues[0]
    where = f"{issue.place}: " if issue.place else ""
    with use_sites([job.site_id]):
        mine = Import.objects.filter(pk=job.pk, state=State.CHECKING)
        if mine.update(state=State.FAILED, failure=f"{where}{issue.detail}"[:500], ended_at=at):
            forget(job)
