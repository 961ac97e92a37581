"""Imports over the programming interface: a file is sent, looked at, approved, and reported on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from patients import imported
from patients.actions.importing.deciding import NotNow, approve, cancel
from patients.actions.importing.uploading import Sent, sent_before, upload
from patients.actions.repeats import Answer
from patients.actions.sources import BY_HAND
from patients.api import described_imports, scoped
from patients.api.doors import PAGING, RecordDoor, as_response, json_answer
from patients.api.pages import paged
from patients.api.refusals import CannotBeUsed, Conflict
from patients.intake.problems import Refused
from patients.models import Import, ImportRefusal
from trialscreen.institution.access import StoredDataView
from trialscreen.institution.rights import May

_STEP = 256 * 1024


class Untouched(BaseParser):
    """A file as it arrives, to be read piece by piece."""

    media_type = "application/octet-stream"

    def parse(  # type: ignore[override] # the stream, on purpose
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> IO[Any]:
        return stream


def _parsers() -> list[Any]:
    kinds = ("text/csv", "application/fhir+ndjson", "application/x-ndjson", "application/ndjson")
    also = ("application/gzip", "application/x-gzip")
    named = [type("Untouched", (Untouched,), {"media_type": kind}) for kind in (*kinds, *also)]
    return [Untouched, *named, MultiPartParser]


class Imports(RecordDoor):
    """The imports of the asker's sites."""

    parser_classes = _parsers()
    reading = writing = May.WRITE_PATIENTS

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """In one transaction; a file is read once, as it arrives."""
        return StoredDataView.dispatch(self, request, *args, **kwargs)

    @extend_schema(**described_imports.IMPORTS)
    def get(self, request: Request) -> Response:
        """A page of imports, the latest first."""
        self.parameters(PAGING)
        return paged(
            request, imported.imports_of(self.site_ids), shown, order=("-created_at", "id")
        )

    @extend_schema(**described_imports.SEND)
    def post(self, request: Request) -> HttpResponse:
        """Take a file in, to be checked."""
        asked = self.parameters(("site", "source", "system", "name"))
        site = scoped.site_of(self.site_ids, asked.get("site"))
        source = asked.get("source") or self.scope.client or BY_HAND
        if self.scope.client and source != self.scope.client:
            raise CannotBeUsed({"source": ["A client is the source of what it sends."]})
        try:
            job = upload(
                _files(request, asked.get("name", "")),
                site=site,
                source=source,
                system=asked.get("system", ""),
                by=self.attribution,
            )
        except Refused as refused:
            issue = refused.issues[0]
            field = issue.place if issue.place in ("source", "system") else "file"
            raise CannotBeUsed({field: [issue.detail]}) from None
        except UnreadablePostError:
            raise ParseError("The file could not be received in full; nothing was kept.") from None
        where = reverse("api-import", args=[job.pk])
        return as_response(json_answer(shown(job), status=201, Location=where))


class OneImport(RecordDoor):
    """One import."""

    reading = writing = May.WRITE_PATIENTS

    @extend_schema(**described_imports.ONE)
    def get(self, request: Request, job: UUID) -> Response:
        """Where it stands."""
        self.parameters()
        return Response(shown(self.held(job)))

    def held(self, job: UUID) -> Import:
        found = imported.imports_of(self.site_ids).filter(pk=job).first()
        if found is None:
            raise NotFound
        return found

    def decided(self, held: Import) -> Answer:
        return json_answer(shown(imported.imports_of(self.site_ids).get(pk=held.pk)))


class Rejects(OneImport):
    """What was refused of an import."""

    @extend_schema(**described_imports.REJECTS)
    def get(self, request: Request, job: UUID) -> Response:
        """A page of refused lines in their order."""
        self.parameters(PAGING)
        rows = imported.refusals_of(self.held(job))
        return paged(request, rows, _refused, order=("file", "line"))


class Approve(OneImport):
    """That what the check left is stored."""

    http_method_names = ["post", "options"]

    @extend_schema(**described_imports.decide("approve", "Let an import be stored"))
    def post(self, request: Request, job: UUID) -> HttpResponse:
        """Approve it, as received today."""
        self.parameters()
        held = self.held(job)
        return self.once(held.site, lambda: self._approve(held))

    def _approve(self, held: Import) -> Answer:
        today = timezone.localdate(timezone=held.site.zone)
        try:
            approve(held, by=self.attribution, on=today, at=timezone.now())
        except NotNow as refusal:
            raise Conflict(refusal.sentence) from None
        return self.decided(held)


class Cancel(OneImport):
    """That an import is discarded, or stops."""

    http_method_names = ["post", "options"]

    @extend_schema(**described_imports.decide("cancel", "Discard an import, or stop it"))
    def post(self, request: Request, job: UUID) -> HttpResponse:
        """Stop after the step that is under way; what was stored stays."""
        self.parameters()
        held = self.held(job)
        return self.once(held.site, lambda: self._cancel(held))

    def _cancel(self, held: Import) -> Answer:
        try:
            cancel(held, at=timezone.now())
        except NotNow as refusal:
            raise Conflict(refusal.sentence) from None
        return self.decided(held)


def _files(request: Request, name: str) -> list[Sent]:
    if not isinstance(request.data, Mapping):
        return [Sent(name, _read(request))]
    if request.FILES:
        sent = [one for field in request.FILES for one in request.FILES.getlist(field)]
        return [Sent(one.name or "", one.chunks()) for one in sent]
    return []


def _read(request: Request) -> Iterator[bytes]:
    """The body piece by piece; raises UnreadablePostError where it ends too early."""
    left = int(request.META.get("CONTENT_LENGTH") or 0)
    while left > 0:
        piece = request._request.read(min(_STEP, left))
        if not piece:
            raise UnreadablePostError("the body ended early")
        left -= len(piece)
        yield piece


def shown(job: Import) -> dict[str, Any]:
    """An import as JSON."""
    before = sent_before(job)
    return {
        "id": str(job.pk),
        "site": job.site.code,
        "source": job.source,
        "system": job.system,
        "kind": job.kind,
        "state": job.state,
        "stopping": job.cancel_asked_at is not None and job.ended_at is None,
        "sent_at": job.created_at.isoformat(),
        "client": job.client or None,
        "by": None if job.person is None else job.person.name,
        "approved_at": job.approved_at and job.approved_at.isoformat(),
        "approved_by": job.approved_client or (job.approved_by and job.approved_by.name) or None,
        "ended_at": job.ended_at and job.ended_at.isoformat(),
        "files": [
            {"name": one.name, "sha256": one.digest, "size": one.size, "columns": one.columns}
            for one in imported.files_of(job)
        ],
        "received": job.received,
        "stored": job.stored,
        "unchanged": job.unchanged,
        "refused": job.refused,
        "patients": job.patients,
        "ignored_columns": job.ignored_columns,
        "failure": job.failure,
        "same_file_as": None if before is None else str(before.pk),
    }


def _refused(one: ImportRefusal) -> dict[str, Any]:
    told = {"file": one.file, "line": one.line, "text": one.text, "faults": one.faults}
    return told | {"after_approval": one.after_approval}
