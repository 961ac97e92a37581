"""What a stored record means for a trial, and what people state of it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from eligibility import answers
from eligibility.actions import answered
from eligibility.actions.entering import Said, state
from eligibility.api import record_schemas as schemas
from eligibility.api.reading import day_of, switch_of
from eligibility.api.views import protocol_or_404
from eligibility.policies import NotAllowed
from eligibility.rules.criterion import Criterion
from eligibility.rules.protocol import Protocol
from eligibility.snapshots import take
from patients.actions.repeats import Answer
from patients.api import scoped, shown
from patients.api.doors import PAGING, RecordDoor, json_answer
from patients.api.inputs import CalendarDay, StrictSerializer, StrictText, read
from patients.api.pages import paged
from patients.api.refusals import CannotBeUsed, NotTheirs
from patients.api.versions import check_unchanged, entity_tag
from patients.models import Patient
from trialscreen.institution.models import Account
from trialscreen.institution.rights import May


class Eligibility(RecordDoor):
    """Every criterion for one patient, worked out now from what is held."""

    reading = May.READ_VERDICTS

    @extend_schema(**schemas.ELIGIBILITY)
    def get(self, request: Request, patient: UUID) -> HttpResponse:
        """``?trial=`` as of ``?on=`` (today at the site), over time with ``?timeline=true``."""
        asked = self.parameters(("trial", "on", "timeline"))
        on, timeline = day_of(request.query_params), switch_of(request.query_params, "timeline")
        if "trial" not in asked:
            raise ValidationError({"trial": ["Name a trial: ?trial=NCT00514085."]})
        protocol = protocol_or_404(asked["trial"])
        held = scoped.patient_or_404(self.site_ids, patient)
        snapshot = take(held.pk, trial=protocol.trial)
        day = on if on is not None else timezone.localdate(timezone=held.site.zone)
        _, _, document = answered(snapshot, protocol=protocol, on=day, timeline=timeline)
        return HttpResponse(answers.to_json(document), content_type="application/json")


class AttestationInput(StrictSerializer):
    """A person's answer to one criterion."""

    trial = StrictText(max_length=20)
    criterion = StrictText(max_length=60)
    answer = serializers.ChoiceField(choices=("met", "not_met", "not_applicable"))
    stated_on = CalendarDay()
    detail = StrictText(max_length=60, required=False)
    source = StrictText(max_length=300, required=False)  # type: ignore[assignment] # its name
    source_dated = CalendarDay(required=False)
    note = StrictText(max_length=2000, required=False)


class Attestations(RecordDoor):
    """What people have stated of a patient's criteria; the last statement of each counts."""

    @extend_schema(**schemas.ATTESTATIONS)
    def get(self, request: Request, patient: UUID) -> Response:
        """A page of them in the order in which they were recorded; ``?trial=``, ``?criterion=``."""
        asked = self.parameters(("trial", "criterion", *PAGING))
        held = scoped.patient_or_404(self.site_ids, patient)
        named = {name: asked[name] for name in ("trial", "criterion") if name in asked}
        response = paged(request, scoped.attestations_of(held).filter(**named), shown.attestation)
        response.headers["ETag"] = entity_tag(held)
        return response

    @extend_schema(request=AttestationInput, **schemas.ATTEST)
    def post(self, request: Request, patient: UUID) -> HttpResponse:
        """Answer one criterion in one's own name; a client never does."""
        self.parameters()
        held = scoped.patient_or_404(self.site_ids, patient)
        person = self.scope.account
        if self.scope.client or person is None:
            raise PermissionDenied
        return self.once(held.site, lambda: self._attest(request, held, person))

    def _attest(self, request: Request, held: Patient, person: Account) -> Answer:
        said = read(AttestationInput, request.data)
        check_unchanged(request, held)
        today = timezone.localdate(timezone=held.site.zone)
        _check_days(said, today)
        protocol = protocol_or_404(said.pop("trial"))
        criterion = _criterion(protocol, said["criterion"], said["answer"])
        said.pop("criterion")
        try:
            filed = state(
                Said(**said),
                patient=held,
                criterion=criterion,
                protocol=protocol,
                by=person,
                on=today,
            )
        except NotAllowed as refusal:
            raise NotTheirs(refusal.sentence) from None
        tag = f'"{filed.record_version}"'
        return json_answer(shown.attestation(filed), status=201, ETag=tag)


def _check_days(said: dict[str, Any], today: date) -> None:
    """Neither answer nor source lies ahead, and the answer is not older than its source. Raises `CannotBeUsed`."""
    stated, dated = said["stated_on"], said.get("source_dated")
    if stated > today:
        raise CannotBeUsed({"stated_on": ["A statement is not made in the future."]})
    if dated is None:
        return
    if not said.get("source"):
        raise CannotBeUsed({"source": ["Name the source that is of this day."]})
    if dated > today:
        raise CannotBeUsed({"source_dated": ["A source is not dated in the future."]})
    if dated > stated:
        raise CannotBeUsed({"stated_on": ["The answer is older than its source."]})


def _criterion(protocol: Protocol, name: str, answer: str) -> Criterion:
    """The criterion, which takes such an answer. Raises `CannotBeUsed`."""
    criterion = next((one for one in protocol.criteria if one.id == name), None)
    if criterion is None:
        raise CannotBeUsed({"criterion": ["The protocol has no such criterion."]})
    allowed: Any = criterion.attestable
    if allowed is None:
        raise CannotBeUsed({"criterion": ["What it asks for is entered as data, not stated."]})
    if answer not in allowed.answers:
        raise CannotBeUsed({"answer": [f"It is answered by {' or '.join(allowed.answers)}."]})
    return criterion
