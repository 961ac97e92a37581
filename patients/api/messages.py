"""``POST /api/v1/hl7v2/``: HL7 v2 messages over HTTP, each answered by its ACK."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from patients.actions.message_senders import HTTP, Connection
from patients.actions.messages import answer_of, receive_messages
from patients.api import described_messages
from patients.api.doors import RecordDoor
from patients.api.scoped import site_of
from patients.intake import hl7v2
from trialscreen.institution.models import Site
from trialscreen.institution.rights import May

MEDIA_TYPE = "application/hl7-v2"


class MessageBytes(BaseParser):
    """A message untouched: its character set stands in it."""

    media_type = MEDIA_TYPE

    def parse(  # type: ignore[override] # bytes, on purpose
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return bytes(stream.read())


class MessageBytesAsText(MessageBytes):
    media_type = "text/plain"


class MessageBytesAsEr7(MessageBytes):
    media_type = "x-application/hl7-v2+er7"


class Messages(RecordDoor):
    """Where laboratory and hospital systems hand over their messages."""

    parser_classes = [MessageBytes, MessageBytesAsText, MessageBytesAsEr7]
    writing = May.WRITE_PATIENTS
    http_method_names = ["post", "options"]

    @extend_schema(**described_messages.TAKE)
    def post(self, request: Request) -> HttpResponse:
        """Take a message, or a batch of them; the answer is the ACK, whatever became of it."""
        fallback = self._fallback(self.parameters(("site",)).get("site"))
        body: object = request.data  # bytes; an empty dict where nothing was sent
        raw = body if isinstance(body, bytes) else b""
        if not hl7v2.is_hl7(raw):
            raise ParseError("The body does not begin like an HL7 v2 message (MSH|^~\\&|).")
        connection = Connection(
            HTTP, peer=str(request.META.get("REMOTE_ADDR") or "")[:60], by=self.attribution
        )
        at = timezone.now()
        answers = receive_messages(
            raw, connection=connection, site_ids=self.site_ids, fallback=fallback, at=at
        )
        return HttpResponse(answer_of(raw, answers, at), content_type=MEDIA_TYPE)

    def _fallback(self, code: str | None) -> Site | None:
        """Where a message is kept that nobody is registered for: the site that was named, or the only one."""
        if code is not None:
            return site_of(self.site_ids, code)
        mine = list(Site.objects.filter(pk__in=self.site_ids)[:2])
        return mine[0] if len(mine) == 1 else None
