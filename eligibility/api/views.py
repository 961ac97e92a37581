"""The programming interface: trials, their criteria, and the dry run."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from eligibility import answers, dryrun, protocols
from eligibility.api import described, schemas
from eligibility.api.problems import MEDIA_TYPE, problem_document
from eligibility.api.reading import day_of, switch_of
from eligibility.rules.protocol import Protocol
from patients.api.reading import BundleBytes, BundleBytesAsJson, OneForm
from patients.intake.problems import Refused


def today_in(zone: ZoneInfo) -> date:
    return timezone.localdate(timezone=zone)


def protocol_or_404(nct_id: str) -> Protocol:
    try:
        return protocols.get(nct_id)
    except protocols.UnknownTrial:
        raise NotFound from None


class Door(APIView):
    """What all of these addresses have in common."""

    content_negotiation_class = OneForm
    # Nothing stored is read or written here, so nobody is asked who they are.
    authentication_classes = ()
    permission_classes = (AllowAny,)


class Evaluate(Door):
    """A dry run: a FHIR Bundle in, every criterion explained, nothing stored."""

    parser_classes = [BundleBytesAsJson, BundleBytes]

    @extend_schema(**schemas.EVALUATE)
    def post(self, request: Request, nct_id: str) -> HttpResponse:
        protocol_or_404(nct_id)
        on, timeline = day_of(request.query_params), switch_of(request.query_params, "timeline")
        body: object = request.data  # bytes; an empty dict where nothing was sent
        raw = body if isinstance(body, bytes) else b""
        try:
            answer = dryrun.answer_document(
                raw, trial=nct_id, on=on, today=today_in, timeline=timeline
            )
        except Refused as refused:
            problem = problem_document(refused, instance=request.path)
            return _json(problem, status=422, content_type=MEDIA_TYPE)
        return _json(answer)


class Trials(Door):
    """The trials that can be asked about."""

    @extend_schema(**schemas.TRIALS)
    def get(self, request: Request) -> Response:
        results = [described.trial(protocols.get(nct_id)) for nct_id in protocols.trials()]
        return Response({"next": None, "previous": None, "results": results})


class Trial(Door):
    """One trial: its current protocol version and policy."""

    @extend_schema(**schemas.TRIAL)
    def get(self, request: Request, nct_id: str) -> Response:
        return Response(described.trial(protocol_or_404(nct_id)))


class Criteria(Door):
    """Every criterion in protocol order: place, registry text, meaning, data, who may state it."""

    @extend_schema(**schemas.CRITERIA)
    def get(self, request: Request, nct_id: str) -> Response:
        results = described.criteria(protocol_or_404(nct_id))
        return Response({"next": None, "previous": None, "results": results})


def _json(
    document: dict[str, Any], *, status: int = 200, content_type: str = "application/json"
) -> HttpResponse:
    return HttpResponse(answers.to_json(document), status=status, content_type=content_type)
