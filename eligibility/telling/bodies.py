"""What is sent: the event as JSON, or a FHIR notification that names what it is about and holds nothing of it.

The same message has the same bytes at every attempt: receivers may compare them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from eligibility.telling.kinds import TEST

EVENT, FHIR = "event", "fhir"
CONTENT_TYPES: Final[Mapping[str, str]] = {
    EVENT: "application/json",
    FHIR: "application/fhir+json",
}
TOPIC: Final = "urn:trialscreen:topic:"
"""With a kind of event behind it, the canonical name of a subscription topic."""
_BACKPORT: Final = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
_NOTIFICATION: Final = f"{_BACKPORT}backport-subscription-notification-r4"
_STATUS: Final = f"{_BACKPORT}backport-subscription-status-r4"


def body_of(
    form: str,
    *,
    kind: str,
    message: UUID,
    at: datetime,
    data: Mapping[str, Any],
    endpoint: int,
    number: int,
    origin: str,
) -> bytes:
    """The body in one of the formats. `number` counts the messages of the endpoint, from 1; `origin` is of ours."""
    if form == FHIR:
        return _json(_notification(kind, message, at, data, endpoint, number, origin))
    return _json({"type": kind, "timestamp": _moment(at), "data": dict(data)})


def _notification(
    kind: str,
    message: UUID,
    at: datetime,
    data: Mapping[str, Any],
    endpoint: int,
    number: int,
    origin: str,
) -> dict[str, Any]:
    """A Bundle as the R5 backport for R4 has it, with content ``id-only``."""
    base, screening = f"{origin}/fhir", data.get("screening")
    focus = f"{base}/ResearchSubject/{screening}" if screening else ""
    subscription = f"Subscription/webhook-{endpoint}"
    status = _status(kind, f"{base}/{subscription}", number, _event(number, at, focus))
    entries: list[dict[str, Any]] = [
        {
            "fullUrl": f"urn:uuid:{message}",
            "resource": {**status, "id": str(message)},
            "request": {"method": "GET", "url": f"{subscription}/$status"},
            "response": {"status": "200"},
        }
    ]
    if focus:
        request = {"method": "PUT", "url": f"ResearchSubject/{screening}"}
        entries.append({"fullUrl": focus, "request": request, "response": {"status": "200"}})
    return {
        "resourceType": "Bundle",
        "id": str(message),
        "meta": {"profile": [_NOTIFICATION]},
        "type": "history",
        "timestamp": _moment(at),
        "entry": entries,
    }


def _event(number: int, at: datetime, focus: str) -> list[dict[str, Any]]:
    event: list[dict[str, Any]] = [
        {"name": "event-number", "valueString": str(number)},
        {"name": "timestamp", "valueInstant": _moment(at)},
    ]
    if focus:
        event.append({"name": "focus", "valueReference": {"reference": focus}})
    return event


def _status(
    kind: str, subscription: str, number: int, event: list[dict[str, Any]]
) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": "subscription", "valueReference": {"reference": subscription}},
        {"name": "topic", "valueCanonical": TOPIC + kind},
        {"name": "status", "valueCode": "active"},
        {"name": "type", "valueCode": "handshake" if kind == TEST else "event-notification"},
        {"name": "events-since-subscription-start", "valueString": str(number)},
    ]
    if kind != TEST:
        parameters.append({"name": "notification-event", "part": event})
    return {
        "resourceType": "Parameters",
        "meta": {"profile": [_STATUS]},
        "parameter": parameters,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(document: Mapping[str, Any]) -> bytes:
    text = json.dumps(document, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return text.encode("ascii")
