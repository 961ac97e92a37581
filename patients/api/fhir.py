"""``POST /fhir``: a Bundle of one patient, kept and read; the answer says what became of each entry."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from patients.actions import receive_bundle
from patients.actions.repeats import Answer
from patients.actions.sources import BY_HAND
from patients.api.doors import RecordDoor, json_answer
from patients.api.outcomes import MEDIA_TYPE, fhir_answer, outcome
from patients.api.reading import BundleBytes, BundleBytesAsJson
from patients.api.scoped import site_of
from patients.api.transactions import response_bundle, unread_entries
from patients.intake import strict_json
from patients.intake.fhir import read_bundle
from patients.intake.problems import Refused, operation_outcome
from trialscreen.institution.models import Site
from trialscreen.institution.rights import May

_STATUS = {"not-utf-8": 400, "not-json": 400, "too-large": 413}


class Deliveries(RecordDoor):
    """Where hospital systems send what they know of a patient."""

    parser_classes = [BundleBytes, BundleBytesAsJson]
    writing = May.WRITE_PATIENTS

    @extend_schema(exclude=True)
    def post(self, request: Request) -> HttpResponse:
        """The Bundle of one patient, for ``?site=CODE`` where who sends it has several sites."""
        site = site_of(self.site_ids, self.parameters(("site",)).get("site"))
        body: object = request.data  # bytes; an empty dict where nothing was sent
        raw = body if isinstance(body, bytes) else b""
        return self.once(site, lambda: self._receive(raw, site))

    def _receive(self, raw: bytes, site: Site) -> Answer:
        source = self.scope.client or BY_HAND
        today = timezone.localdate(timezone=site.zone)
        receipt = receive_bundle(
            raw, site=site, source=source, by=self.attribution, received_on=today
        )
        tree = strict_json.parse(raw)
        assert isinstance(tree, dict)
        unread = {}
        if receipt.account.by_outcome.get("unread"):
            unread = unread_entries(read_bundle(tree, received_on=today, zone=site.zone))
        answer = response_bundle(tree, receipt, unread, source)
        return json_answer(answer, content_type=MEDIA_TYPE)

    def handle_exception(self, exc: Exception) -> Any:
        """A refusal in FHIR's own form, with the status and headers it would have elsewhere."""
        if isinstance(exc, Refused):
            status = _STATUS.get(exc.issues[0].code, 422)
            return fhir_answer(operation_outcome(exc), status=status)
        refused = super().handle_exception(exc)
        problem = refused.data or {}
        said = outcome(
            refused.status_code, problem.get("detail", ""), errors=problem.get("errors", ())
        )
        headers = {k: v for k, v in refused.headers.items() if k.lower() != "content-type"}
        return fhir_answer(said, status=refused.status_code, headers=headers)
