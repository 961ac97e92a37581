"""Patients and the facts that are held of them, of the asker's own sites."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from patients.actions.entering import enter
from patients.actions.repeats import Answer
from patients.api import described, scoped, shown
from patients.api.doors import PAGING, RecordDoor, json_answer
from patients.api.inputs import ENTERED
from patients.api.pages import paged
from patients.api.reading import switch
from patients.api.refusals import CannotBeUsed
from patients.api.versions import check_unchanged, entity_tag, is_known
from patients.intake.problems import Refused
from patients.models import (
    Condition,
    Demographics,
    DerivedRow,
    Histology,
    LabResult,
    Lesion,
    Observation,
    Patient,
    PatientIdentifier,
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


class Patients(RecordDoor):
    """The patients of the asker's sites."""

    @extend_schema(**described.PATIENTS)
    def get(self, request: Request) -> Response:
        """A page of patients; ``?site=``, ``?search=`` (name or whole identifier), ``?identifier=SYSTEM|VALUE``."""
        asked = self.parameters(("site", "search", "identifier", *PAGING))
        sites = self.site_ids
        if "site" in asked:
            sites = frozenset({scoped.site_of(sites, asked["site"]).pk})
        rows = scoped.shown_patients(sites)
        if asked.get("search", "").strip():
            rows = rows.filter(_found(asked["search"].strip()))
        if "identifier" in asked:
            rows = rows.filter(_identified(asked["identifier"]))
        return paged(request, rows, shown.patient, order=("created_at", "id"))


def _found(text: str) -> Q:
    """Every word is part of a current name, or the whole is an identifier."""
    named = Q(patient=OuterRef("pk"), superseded_version=None)
    for word in text.split()[:10]:
        named &= Q(family_name__icontains=word) | Q(given_name__icontains=word)
    by_number = PatientIdentifier.objects.filter(patient=OuterRef("pk"), value=text)
    return Q(Exists(Demographics.objects.filter(named))) | Q(Exists(by_number))


def _identified(text: str) -> Q:
    """``SYSTEM|VALUE``; ``|VALUE`` of no system, ``VALUE`` of any (FHIR R4, token search)."""
    system, bar, value = text.rpartition("|")
    named = Q(patient=OuterRef("pk"), value=value)
    if bar:
        named &= Q(system=system)
    return Q(Exists(PatientIdentifier.objects.filter(named)))


class OnePatient(RecordDoor):
    """One patient: who it is, and the version of the record."""

    @extend_schema(**described.PATIENT)
    def get(self, request: Request, patient: UUID) -> HttpResponseBase:
        self.parameters()
        held = scoped.shown_patients(self.site_ids).filter(pk=patient).first()
        if held is None:
            raise NotFound
        tag = {"ETag": entity_tag(held)}
        if is_known(request, held):
            return HttpResponse(status=304, headers=tag)
        return Response(shown.patient(held), headers=tag)


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
        response = paged(request, rows, shown.row)
        response.headers["ETag"] = entity_tag(held)
        return response


class EnteredFacts(Facts):
    """Facts that are read as the others, and entered one by one."""

    def post(self, request: Request, patient: UUID) -> HttpResponse:
        """Enter one; it becomes the resource that a hospital system would have sent."""
        self.parameters()
        held = scoped.patient_or_404(self.site_ids, patient)
        return self.once(held.site, lambda: self._enter(request, held))

    def _enter(self, request: Request, held: Patient) -> Answer:
        read_form, _ = ENTERED[self.kind]
        form = read_form(request.data)
        check_unchanged(request, held)
        today = timezone.localdate(timezone=held.site.zone)
        try:
            receipt, record = enter(
                form, patient=held, site=held.site, by=self.attribution, received_on=today
            )
        except Refused as refused:
            raise CannotBeUsed(_by_field(refused)) from None
        read = {
            name: [shown.row(row) for row in scoped.rows_of(table, held).filter(ref=record)]
            for name, table in KINDS.items()
        }
        document = {
            "record": record,
            "record_version": receipt.patient.record_version,
            "facts": {name: rows for name, rows in read.items() if rows},
        }
        return json_answer(document, status=201, ETag=entity_tag(receipt.patient))


def _by_field(refused: Refused) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for issue in refused.issues:
        said.setdefault(issue.place.lstrip("/") or "non_field_errors", []).append(issue.detail)
    return said


class OneFact(RecordDoor):
    """One fact, current or superseded."""

    kind = ""

    def get(self, request: Request, patient: UUID, fact: int) -> Response:
        self.parameters()
        held = scoped.patient_or_404(self.site_ids, patient)
        row = scoped.rows_of(KINDS[self.kind], held).filter(pk=fact).first()
        if row is None:
            raise NotFound
        return Response(shown.row(row), headers={"ETag": entity_tag(held)})
