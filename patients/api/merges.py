"""Two patients recorded as one person, and the taking back of that."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from patients.actions.merging import Merging, NotInForce, NotMergeable, merge, reverse_merge
from patients.actions.reasons import NoReason
from patients.actions.repeats import Answer
from patients.api import described_merges, scoped, shown
from patients.api.doors import PAGING, RecordDoor, json_answer
from patients.api.inputs import StrictSerializer, StrictText, read
from patients.api.pages import paged
from patients.api.refusals import CannotBeUsed, Conflict
from patients.api.versions import check_unchanged, entity_tag
from patients.merged import hold
from patients.models import Patient, PatientMerge
from patients.signals import MayNotMerge

TAKEN_BACK = "This merge was reversed already."
NOBODY = "There is no such patient at this site."


@extend_schema_field(OpenApiTypes.UUID)
class PatientId(StrictText):
    """The id of a patient."""

    default_error_messages = {"uuid": "The id of a patient is a UUID."}

    def to_internal_value(self, data: object) -> Any:
        text = super().to_internal_value(data)
        try:
            return UUID(text)
        except ValueError:
            self.fail("uuid")


class MergeInput(StrictSerializer):
    """Who is the same person, and why that is known."""

    merged = PatientId()
    reason = StrictText(max_length=500)
    confirmation = StrictText(max_length=500, required=False)
    source_document = StrictText(max_length=300, required=False)


class ReversalInput(StrictSerializer):
    """Why a merge is taken back."""

    reason = StrictText(max_length=500)


class Merges(RecordDoor):
    """The merges of a patient, in force and reversed."""

    @extend_schema(**described_merges.MERGES)
    def get(self, request: Request, patient: UUID) -> Response:
        """A page of those by which others were recorded as this patient, or this patient as another."""
        self.parameters(PAGING)
        held = scoped.patient_or_404(self.site_ids, patient)
        response = paged(request, _merges_of(held), shown.merge)
        response.headers["ETag"] = entity_tag(held)
        return response

    @extend_schema(request=MergeInput, **described_merges.MERGE)
    def post(self, request: Request, patient: UUID) -> HttpResponse:
        """Record another patient of the site as the same person as this one."""
        self.parameters()
        held = scoped.patient_or_404(self.site_ids, patient)
        return self.once(held.site, lambda: self._merge(request, held))

    def _merge(self, request: Request, held: Patient) -> Answer:
        said = read(MergeInput, request.data)
        hold(held.pk, said["merged"])
        check_unchanged(request, held, required=True)
        try:
            made = merge(Merging(held.pk, **said), site=held.site, by=self.attribution)
        except Patient.DoesNotExist:
            raise CannotBeUsed({"merged": [NOBODY]}) from None
        except NoReason as fault:
            raise CannotBeUsed({"reason": [fault.sentence]}) from None
        except NotMergeable as fault:
            if fault.field == "confirmation":
                raise CannotBeUsed({fault.field: [fault.sentence]}) from None
            raise Conflict(fault.sentence) from None
        except MayNotMerge as refusal:
            raise Conflict(refusal.sentence) from None
        return _answer(made, held, status=201)


class Reversal(RecordDoor):
    """The taking back of one merge."""

    http_method_names = ["post", "options"]

    @extend_schema(request=ReversalInput, **described_merges.REVERSE)
    def post(self, request: Request, patient: UUID, merge: int) -> HttpResponse:
        """Let both records stand for themselves again, as if they had never been one."""
        self.parameters()
        held = scoped.patient_or_404(self.site_ids, patient)
        made = _merges_of(held).filter(pk=merge, survivor=held).first()
        if made is None:
            raise NotFound
        return self.once(held.site, lambda: self._reverse(request, held, made))

    def _reverse(self, request: Request, held: Patient, made: PatientMerge) -> Answer:
        check_unchanged(request, held, required=True)
        said = read(ReversalInput, request.data)
        try:
            reverse_merge(
                made, reason=said["reason"], site=held.site, by=self.attribution, at=timezone.now()
            )
        except NoReason as fault:
            raise CannotBeUsed({"reason": [fault.sentence]}) from None
        except NotInForce:
            raise Conflict(TAKEN_BACK) from None
        return _answer(made, held)


def _merges_of(held: Patient) -> Any:
    rows = PatientMerge.objects.filter(Q(survivor=held) | Q(merged=held))
    return rows.select_related("by").prefetch_related("reversals__by")


def _answer(made: PatientMerge, held: Patient, *, status: int = 200) -> Answer:
    now = _merges_of(held).get(pk=made.pk)
    held.refresh_from_db(fields=["record_version"])
    where = {} if status == 200 else {"Location": reverse("api-merges", args=[held.pk])}
    return json_answer(shown.merge(now), status=status, ETag=entity_tag(held), **where)
