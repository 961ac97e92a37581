"""Lines of a patient as the Bundle that is received of them: who it is before them, and what they refer to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from patients.actions.correcting import reference_to
from patients.actions.receive import FHIR_ID
from patients.intake import strict_json
from patients.intake.ndjson import references
from patients.merged import hold
from patients.models import Import, ImportLine, PatientIdentifier, ReceivedResource

MOST_OF_ONE: Final = 4 * 1024 * 1024
"""Bytes of one patient's lines that are received as one Bundle; more are several."""


class Line(NamedTuple):
    """A line that waits to be stored, as `ImportLine` has it."""

    pk: int
    file: int
    line: int
    subject: str
    key: str
    text: str
    row: str


def lines_of(rows: QuerySet[ImportLine]) -> Iterator[Line]:
    """In the order of `rows`, and without objects, of which there would be one for each result."""
    return map(Line._make, rows.values_list(*Line._fields).iterator())


class Part(NamedTuple):
    """Lines of one patient."""

    subject: str
    lines: list[Line]


def parts_of(subject: str, lines: list[Line]) -> Iterator[Part]:
    """The lines of one patient, the Patient first, in parts that are no larger than a Bundle may be."""
    lines.sort(key=lambda line: line.key != line.subject)
    part: list[Line] = []
    size = 0
    for line in lines:
        length = len(line.text.encode())
        if part and size + length > MOST_OF_ONE:
            yield Part(subject, part)
            part, size = [], 0
        part.append(line)
        size += length
    yield Part(subject, part)


class Shared:
    """Resources of nobody, such as a Medication, to which lines of a step refer."""

    def __init__(self, job: Import, step: list[Line]) -> None:
        self.texts: dict[str, str] = {}
        of_nobody = ImportLine.objects.filter(job=job, subject="")
        if job.kind == Import.Kind.CSV or not of_nobody.exists():
            return
        self._of = {line.pk: set(references(strict_json.parse(line.text))) for line in step}
        wanted = {key for named in self._of.values() for key in named}
        while wanted:
            rows = of_nobody.filter(key__in=wanted - self.texts.keys())
            found = dict(rows.values_list("key", "text"))
            self.texts |= found
            wanted = {
                key for text in found.values() for key in references(strict_json.parse(text))
            } - self.texts.keys()

    def of(self, lines: list[Line]) -> list[str]:
        """What these refer to, directly or through another."""
        if not self.texts:
            return []
        wanted = {key for line in lines for key in self._of[line.pk] if key in self.texts}
        held: dict[str, str] = {}
        while wanted:
            key = wanted.pop()
            held[key] = self.texts[key]
            named = set(references(strict_json.parse(held[key])))
            wanted |= {one for one in named if one in self.texts and one not in held}
        return [held[key] for key in sorted(held)]


class Lead(NamedTuple):
    """The Patient before the lines that bring none: the very same as is held, so that it changes nothing."""

    entries: tuple[str, ...] = ()
    subject: str = ""
    """Of CSV, what goes into each resource to say whose it is."""


def leads_of(job: Import, parts: Sequence[Part]) -> list[Lead]:
    """What goes before the lines of each part. The patients whom it tells are held."""
    without = [part.subject for part in parts if part.lines[0].key != part.subject]
    patients = _patients(job, without)
    if patients:
        hold(*patients.values())
    rows = ReceivedResource.objects.filter(
        patient__in=list(patients.values()), source=job.source, type="Patient"
    )
    last = {one.patient_id: one for one in rows.order_by("patient", "-id").distinct("patient")}
    leads = []
    for part in parts:
        row = last.get(patients[part.subject]) if part.subject in patients else None
        leads.append(Lead() if row is None else _lead(job, row))
    return leads


def _patients(job: Import, subjects: list[str]) -> dict[str, UUID]:
    """Who is known by the names of an import's lines."""
    if job.kind == Import.Kind.CSV:
        return {one: UUID(one) for one in subjects}
    ids = {one.removeprefix("Patient/"): one for one in subjects}
    known = PatientIdentifier.objects.filter(
        site_id=job.site_id, source=job.source, system=FHIR_ID, value__in=list(ids)
    )
    return {ids[value]: patient for value, patient in known.values_list("value", "patient")}


def _lead(job: Import, last: ReceivedResource) -> Lead:
    entry = {"fullUrl": last.full_url} if last.full_url else {}
    text = strict_json.write(entry)[:-1] + ("," if entry else "") + f'"resource":{last.raw}}}'
    person = strict_json.parse(last.raw)
    assert isinstance(person, dict)
    whose = strict_json.write({"subject": reference_to(person, last.full_url)})
    return Lead((text,), whose[1:-1] if job.kind == Import.Kind.CSV else "")


def bundle_of(lead: Lead, texts: list[str]) -> str:
    if lead.subject:
        texts = [f"{{{lead.subject},{text[1:]}" for text in texts]
    entries = ",".join((*lead.entries, *(f'{{"resource":{text}}}' for text in texts)))
    return f'{{"resourceType":"Bundle","type":"collection","entry":[{entries}]}}'
