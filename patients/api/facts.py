"""The facts that are held of a patient: read, and entered one by one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from patients.actions.entering import enter
from patients.actions.repeats import Answer
from patients.api import scoped
from patients.api.changes import Rows
from patients.api.doors import PAGING, RecordDoor, json_answer
from patients.api.kinds import WRITTEN
from patients.api.pages import paged
from patients.api.reading import switch
from patients.api.refusals import CannotBeUsed
from patients.api.versions import check_unchanged, entity_tag
from patients.intake.problems import Refused
from patients.models import (
    Condition,
    DerivedRow,
    Histology,
    LabResult,
    Lesion,
    Observation,
    Patient,
    PriorTherapy,
    RecordNotice,
    Specimen,
    StudyParticipation,
)

KINDS: dict[str, type[DerivedRow]] = {
    "lab-results": LabResult,
    "observations": Observation,
    "conditions": Condition,
    "prior-therapies": PriorTherapy,
    "lesions": Lesion,
    "histologies": Histology,
    "specimens": Specimen,
    "study-participations": StudyParticipation,
    "notices": RecordNotice,
}
"""Kinds of facts by their name in an address."""


class Facts(RecordDoor):
    """The facts of one kind: current ones and, with their last version, superseded ones."""

    kind = ""

    def get(self, request: Request, patient: UUID) -> Response:
        """A page of them in the order in which they were filed; ``?current=true`` without the superseded."""
        asked = self.parameters(("current", *PAGING))
        held = scoped.patient_or_404(self.site_ids, patient)
        rows: QuerySet[Any] = scoped.rows_of(KINDS[self.kind], held)
        current = switch(asked.get("current"), "current")
        if current is not None:
            rows = rows.filter(superseded_version__isnull=current)
        return fact_page(request, held, rows)


class EnteredFacts(Facts):
    """Facts that are read as the others, and entered one by one."""

    def post(self, request: Request, patient: UUID) -> HttpResponse:
        """Enter one; it becomes the resource that a hospital system would have sent."""
        self.parameters()
        held = scoped.patient_or_404(self.site_ids, patient)
        return self.once(held.site, lambda: self._enter(request, held))

    def _enter(self, request: Request, held: Patient) -> Answer:
        form = WRITTEN[self.kind].form(request.data)
        check_unchanged(request, held)
        today = timezone.localdate(timezone=held.site.zone)
        try:
            receipt, records = enter(
                form, patient=held, site=held.site, by=self.attribution, received_on=today
            )
        except Refused as refused:
            raise CannotBeUsed(by_field(refused)) from None
        return written(receipt.patient, records, status=201)


class OneFact(RecordDoor):
    """One fact, current or superseded."""

    kind = ""

    def get(self, request: Request, patient: UUID, fact: int) -> Response:
        self.parameters()
        held, row = self.found(patient, fact)
        (shown,) = Rows(held).all([row])
        return Response(shown, headers={"ETag": entity_tag(held)})

    def found(self, patient: UUID, fact: int) -> tuple[Patient, DerivedRow]:
        """The patient and the fact. Raises NotFound, alike for what is another site's and what is nowhere."""
        held = scoped.patient_or_404(self.site_ids, patient)
        row = scoped.rows_of(KINDS[self.kind], held).filter(pk=fact).first()
        if row is None:
            raise NotFound
        return held, row


class FactHistory(OneFact):
    """What its record said from version to version."""

    def get(self, request: Request, patient: UUID, fact: int) -> Response:
        """The facts of this kind that were read from the same record, in the order in which they were filed."""
        self.parameters(PAGING)
        held, row = self.found(patient, fact)
        rows = scoped.rows_of(KINDS[self.kind], held)
        return fact_page(request, held, rows.filter(source=row.source, ref=row.ref))


def fact_page(request: Request, held: Patient, found: QuerySet[Any]) -> Response:
    rows = Rows(held)
    response = paged(request, found, rows.show, prepare=rows.prepare)
    response.headers["ETag"] = entity_tag(held)
    return response


def written(
    held: Patient, records: Collection[str], *, source: str = "rest", status: int = 200
) -> Answer:
    """What is read now from records that were written, by kind."""
    rows = Rows(held)
    read_now = {}
    for name, table in KINDS.items():
        found = scoped.rows_of(table, held).filter(
            source=source, ref__in=records, superseded_version=None
        )
        if facts := rows.all(found.order_by("id")):
            read_now[name] = facts
    document = {
        "record": next(iter(records)),
        "records": list(records),
        "record_version": held.record_version,
        "facts": read_now,
    }
    return json_answer(document, status=status, ETag=entity_tag(held))


def by_field(refused: Refused) -> dict[str, Any]:
    """The faults of a form as the framework holds them, by the steps of their places."""
    said: dict[str, Any] = {}
    for issue in refused.issues:
        *way, last = issue.place.strip("/").split("/") if issue.place else ["non_field_errors"]
        within = said
        for step in way:
            within = within.setdefault(step, {})
        within.setdefault(last, []).append(issue.detail)
    return said
