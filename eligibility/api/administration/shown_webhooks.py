"""Endpoints and deliveries as JSON: no secret, and nothing of a patient."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from eligibility.models import Attempt

Document = dict[str, Any]


def webhook_of(held: Any) -> Document:
    """An endpoint as :func:`eligibility.webhooks.endpoints` reads it."""
    health = held.health
    return {
        "id": held.pk,
        "site": held.site.code,
        "name": held.name,
        "url": held.url,
        "events": held.events,
        "format": held.format,
        "active": held.ended_at is None,
        "secret_since": _moment(held.secret_since),
        "old_secret_until": _moment(held.old_until),
        "registered_at": _moment(held.registered_at),
        "registered_by": held.registered_by.username,
        "paused_at": _moment(held.paused_at),
        "paused_why": held.paused_why or None,
        "paused_by": held.paused_by.username if held.paused_by is not None else None,
        "ended_at": _moment(held.ended_at),
        "health": {
            "waiting": held.waiting,
            "parked": held.parked,
            "last_success_at": _moment(health.last_success_at),
            "failing_since": _moment(health.failing_since),
            "rests_until": _moment(health.rests_until),
        },
    }


def delivery_of(held: Any, attempts: list[Attempt]) -> Document:
    return {
        "id": held.pk,
        "webhook": held.endpoint_id,
        "message": str(held.message),
        "type": held.kind,
        "state": held.state,
        "made_at": _moment(held.made_at),
        "due_at": _moment(held.due_at) if held.state == held.WAITING else None,
        "done_at": _moment(held.done_at),
        "tries": held.tries,
        "attempts": [
            {
                "at": _moment(one.at),
                "outcome": one.outcome,
                "status": one.status,
                "milliseconds": one.milliseconds,
                "next_at": _moment(one.next_at),
            }
            for one in attempts
        ],
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at is not None else None
