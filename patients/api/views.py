"""The patients of the asker's own sites: found, made, and corrected in who they are."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from patients.actions.correcting import IdentifierTaken, NotCorrectable, correct_person
from patients.actions.registering import register
from patients.actions.repeats import Answer
from patients.actions.sources import BY_HAND
from patients.api import described, scoped, shown
from patients.api.changing import asked_for
from patients.api.doors import PAGING, RecordDoor, json_answer
from patients.api.facts import by_field
from patients.api.inputs import read
from patients.api.pages import paged
from patients.api.people import PersonCorrection, PersonInput
from patients.api.refusals import CannotBeUsed, Conflict
from patients.api.versions import check_unchanged, entity_tag, is_known
from patients.intake.corrections import NotHere
from patients.intake.problems import Refused
from patients.merged import is_merged, survivors
from patients.models import Demographics, Patient, PatientIdentifier
from trialscreen.institution.models import Site


class Patients(RecordDoor):
    """The patients of the asker's sites."""

    @extend_schema(**described.PATIENTS)
    def get(self, request: Request) -> Response:
        """A page of patients; ``?site=``, ``?search=`` (name or whole identifier), ``?identifier=SYSTEM|VALUE``."""
        asked = self.parameters(("site", "search", "identifier", *PAGING))
        sites = self.site_ids
        if "site" in asked:
            sites = frozenset({scoped.site_of(sites, asked["site"]).pk})
        rows = scoped.shown_patients(sites).filter(~is_merged())
        if asked.get("search", "").strip():
            rows = rows.filter(_or_as_another(_found(asked["search"].strip()), sites))
        if "identifier" in asked:
            rows = rows.filter(_or_as_another(_identified(asked["identifier"]), sites))
        return paged(request, rows, shown.patient, order=("created_at", "id"))

    @extend_schema(**described.REGISTER)
    def post(self, request: Request) -> HttpResponse:
        """Make one who is not known yet, at ``?site=CODE`` where there are several."""
        site = scoped.site_of(self.site_ids, self.parameters(("site",)).get("site"))
        return self.once(site, lambda: self._register(request, site))

    def _register(self, request: Request, site: Site) -> Answer:
        said = read(PersonInput, request.data)
        today = timezone.localdate(timezone=site.zone)
        source = self.scope.client or BY_HAND
        try:
            made = register(said, site=site, source=source, by=self.attribution, received_on=today)
        except IdentifierTaken as fault:
            raise taken(fault) from None
        except Refused as refused:
            raise CannotBeUsed(by_field(refused)) from None
        return one_patient(made.patient, status=201, Location=address_of(made.patient))


def _found(text: str) -> Q:
    """Every word is part of a current name, or the whole is an identifier."""
    named = Q(patient=OuterRef("pk"), superseded_version=None)
    for word in text.split()[:10]:
        named &= Q(family_name__icontains=word) | Q(given_name__icontains=word)
    by_number = PatientIdentifier.objects.filter(patient=OuterRef("pk"), value=text)
    return Q(Exists(Demographics.objects.filter(named))) | Q(Exists(by_number))


def _or_as_another(found: Q, sites: frozenset[int]) -> Q:
    """Who is found, and as whom somebody is recorded who is found."""
    merged = Patient.objects.filter(is_merged(), found, site__in=sites).values_list("pk", flat=True)
    return found | Q(pk__in=survivors(merged))


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

    @extend_schema(**described.CORRECT_PATIENT)
    def patch(self, request: Request, patient: UUID) -> HttpResponse:
        """Correct who it is: what is named is different from now on; identifiers are added."""
        self.parameters()
        held = scoped.patient_or_404(self.site_ids, patient)
        return self.once(held.site, lambda: self._correct(request, held))

    def _correct(self, request: Request, held: Patient) -> Answer:
        check_unchanged(request, held, required=True)
        said = read(PersonCorrection, request.data, partial=True)
        correction = asked_for(said, held, self.attribution)
        try:
            correct_person(correction, patient=held, site=held.site)
        except IdentifierTaken as fault:
            raise taken(fault) from None
        except NotHere as fault:
            raise CannotBeUsed({fault.field: [fault.detail]}) from None
        except Refused as refused:
            raise CannotBeUsed(by_field(refused)) from None
        except NotCorrectable:
            raise Conflict("No source has said yet who this patient is.") from None
        return one_patient(held)


def one_patient(held: Patient, *, status: int = 200, **headers: str) -> Answer:
    """The patient as it is held now."""
    now = scoped.shown_patients({held.site_id}).get(pk=held.pk)
    return json_answer(shown.patient(now), status=status, ETag=entity_tag(now), **headers)


def address_of(held: Patient) -> str:
    return reverse("api-patient", args=[held.pk])


def taken(fault: IdentifierTaken) -> Conflict:
    """Where the patient is who has the identifier already; it is one of the same site."""
    errors = [
        {
            "pointer": f"/identifiers/{place}",
            "code": "identifier-taken",
            "detail": f"This identifier is that of {address_of(other)}.",
        }
        for place, other in fault.taken.items()
    ]
    return Conflict("Somebody of this site has the identifier already.", errors)
