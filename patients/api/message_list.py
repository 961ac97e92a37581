"""Messages that arrived, what became of them, and processing one again."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from patients import arrived
from patients.actions.message_replays import NotReplayable, replay, why_not
from patients.actions.repeats import Answer
from patients.api import described_messages
from patients.api.doors import PAGING, RecordDoor, json_answer
from patients.api.pages import paged
from patients.api.refusals import Conflict
from patients.models import MessageAttempt, ReceivedMessage
from patients.models.messages import OUTCOMES

_FILTERS = ("outcome", "day")


class MessageList(RecordDoor):
    """What arrived."""

    @extend_schema(**described_messages.LIST)
    def get(self, request: Request) -> Response:
        """A page of the messages of one's sites, the latest first."""
        asked = self.parameters((*_FILTERS, *PAGING))
        outcome, day = asked.get("outcome", ""), asked.get("day")
        if outcome and outcome not in OUTCOMES:
            raise ValidationError({"outcome": [f"One of {', '.join(OUTCOMES)}."]})
        rows = arrived.messages_of(self.site_ids, arrived.Asked(outcome, None, _day(day)))
        held = rows.select_related("site", "sender").prefetch_related("attempts")
        return paged(request, held, _shown, order=("-id",))


class OneMessage(RecordDoor):
    """One of them."""

    @extend_schema(**described_messages.ONE)
    def get(self, request: Request, message: int) -> Response:
        """With every attempt, and the message itself in Base64, byte for byte."""
        self.parameters()
        held = _held(self.site_ids, message)
        raw = base64.b64encode(bytes(held.raw)).decode()
        return Response(_shown(held) | {"raw_base64": raw})


class Replay(RecordDoor):
    """Processing a message that was refused once more."""

    http_method_names = ["post", "options"]

    @extend_schema(**described_messages.REPLAY)
    def post(self, request: Request, message: int) -> HttpResponse:
        """By the state of now; what comes of it is one more attempt."""
        self.parameters()
        held = _held(self.site_ids, message)
        return self.once(held.site, lambda: self._replay(held))

    def _replay(self, held: ReceivedMessage) -> Answer:
        try:
            replay(held, by=self.attribution, at=timezone.now())
        except NotReplayable as refused:
            raise Conflict(refused.sentence) from None
        return json_answer(_shown(_held(self.site_ids, held.pk)))


def _held(site_ids: frozenset[int], key: int) -> ReceivedMessage:
    held = arrived.one_message(site_ids, key) if key < 2**63 else None
    if held is None:
        raise NotFound
    return held


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ValidationError({"day": ["A day is written as 2026-11-25."]})
    return day


def _shown(one: ReceivedMessage) -> dict[str, Any]:
    return {
        "id": one.pk,
        "site": one.site.code,
        "sender": one.sender.name if one.sender else None,
        "received_at": one.received_at.isoformat(),
        "way": one.way,
        "type": one.kind,
        "control_id": one.control_id,
        "size": one.size,
        "sha256": one.digest,
        "outcome": one.outcome,
        "replayable": not why_not(one),
        "repeats": one.repeats_id,
        "patient": str(one.patient_id) if one.patient_id else None,
        "attempts": [_tried(each) for each in sorted(one.attempts.all(), key=lambda a: a.number)],
    }


def _tried(one: MessageAttempt) -> dict[str, Any]:
    return {
        "number": one.number,
        "at": one.at.isoformat(),
        "why": one.why,
        "outcome": one.outcome,
        "acknowledged": one.acknowledged,
        "reasons": one.faults,
        "remarks": one.remarks,
        "delivery": one.delivery_id,
        "merge": one.merge_id,
    }
