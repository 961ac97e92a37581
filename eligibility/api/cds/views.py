"""The addresses of CDS Hooks: what there is, a question about one patient, and what came of the cards."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from eligibility import dryrun, protocols
from eligibility.actions.record_systems import take_feedback
from eligibility.api.cds.asking import HOOK, Question, read_feedback, read_question
from eligibility.api.cds.doors import CdsDoor, for_origin, source_of
from eligibility.api.cds.prefetch import TEMPLATES
from eligibility.api.problems import MEDIA_TYPE, problem_document
from eligibility.models import RecordSystem
from eligibility.presenters.cds_cards import allowing_for, card
from eligibility.requests import Request as Asked
from eligibility.snapshots import settings_of
from patients.actions import Attribution, receive_bundle
from patients.api.known import known_patient
from patients.intake import strict_json
from patients.intake.problems import Refused
from patients.local_codes import map_in_force
from trialscreen.institution.scope import use_sites
from trialscreen.institution.trail.actions import Word, note

SERVICE: Final = "trial-eligibility"


@require_http_methods(["GET", "HEAD", "OPTIONS"])
def discovery(request: HttpRequest) -> HttpResponseBase:
    """Every service, for everybody."""
    service = {
        "id": SERVICE,
        "hook": HOOK,
        "title": "Trial eligibility",
        "description": (
            "Whether the patient may be a candidate for the trials that this institution screens for: which criteria "
            "are not met, which need data, and a link to the candidate."
        ),
        "usageRequirements": (
            "All pages of each prefetch. What is not sent is unknown here; nothing is fetched from the record system."
        ),
        "prefetch": dict(TEMPLATES),
    }
    return for_origin(request, _json({"services": [service]}), verbs="GET, OPTIONS")


class TrialEligibility(CdsDoor):
    """A card for each trial."""

    @extend_schema(exclude=True)
    def post(self, request: Request) -> HttpResponse:
        """Evaluated as a dry run at the site of who asks; kept only where that is set for the record system."""
        question = read_question(request.data)
        system = self.system
        try:
            with use_sites([system.site_id]):
                patient = _stored(system, question)
                found = {trial: _answer(system, question, trial) for trial in protocols.trials()}
                if patient is None:
                    patient = known_patient(
                        question.gathered.bundle, site=system.site_id, source=source_of(system)
                    )
                _note(system, question, found, patient)
        except Refused as refused:
            problem = problem_document(refused, instance=request.path)
            return _json(problem, status=422, content_type=MEDIA_TYPE)
        base = request._request.build_absolute_uri("/")
        link = None
        if patient is not None:
            link = request._request.build_absolute_uri(reverse("patient", args=[patient]))
        missing = question.gathered.missing
        cards = [card(one, missing=missing, base=base, link=link) for one in found.values()]
        return _json({"cards": cards})


class Feedback(CdsDoor):
    """What somebody did with cards."""

    @extend_schema(exclude=True)
    def post(self, request: Request) -> HttpResponse:
        """Kept as told; told again, nothing changes."""
        told = read_feedback(request.data)
        with use_sites([self.system.site_id]):
            take_feedback(self.system, told, at=timezone.now())
        return _json({})


def _answer(system: RecordSystem, question: Question, trial: str) -> dict[str, Any]:
    """As of the site's day, by its policy, ranges and codes; what was not sent is unknown."""
    protocol = protocols.get(trial)
    today = timezone.localdate(timezone=system.site.zone)
    held = settings_of(system.site_id, trial=trial, on=today)
    asked = Asked(
        bundle=question.gathered.bundle,
        enveloped=False,
        on=today,
        received_on=today,
        zone=system.site.zone,
        policy=held.policy,
        ranges=held.ranges,
        local_codes=map_in_force(system.site_id),
    )
    document = dryrun.answer_request(asked, protocol)
    return allowing_for(document, question.gathered.missing)


def _stored(system: RecordSystem, question: Question) -> UUID | None:
    """The patient under whom it was received, where this is set; a record without its Patient is not kept."""
    if not system.stores or not question.gathered.has_patient:
        return None
    receipt = receive_bundle(
        strict_json.write(question.gathered.bundle),
        site=system.site,
        source=source_of(system),
        by=Attribution(client=source_of(system)),
        received_on=timezone.localdate(timezone=system.site.zone),
    )
    return receipt.patient.pk


def _note(
    system: RecordSystem, question: Question, found: dict[str, Any], patient: UUID | None
) -> None:
    note(
        Word.EVALUATED,
        about="record-system",
        key=str(system.pk),
        site=system.site_id,
        patient=patient,
        circumstances={
            "page": "cds-trial-eligibility",
            "instance": str(question.instance),
            "found": {trial: one["status"] for trial, one in found.items()},
            "missing": list(question.gathered.missing),
            "stored": system.stores,
        },
    )


def _json(
    document: Any, *, status: int = 200, content_type: str = "application/json"
) -> HttpResponse:
    text = json.dumps(document, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type=content_type)
