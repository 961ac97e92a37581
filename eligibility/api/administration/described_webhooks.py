"""What the addresses of webhooks take and give, for the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes

from eligibility.api.administration.bodies import TEXT, TEXTS, WHOLE, Body
from eligibility.models import Dispatch, Endpoint
from eligibility.telling.kinds import TEST as TEST_KIND
from eligibility.telling.kinds import Kind
from eligibility.telling.posting import Outcome
from patients.api.described import (
    IF_UNCHANGED,
    MOMENT,
    NUMBER,
    ONCE,
    PAGING,
    an_object,
    asked,
    listed,
    page,
    refusals,
)
from patients.api.described import TEXT as WORD

_SAID: dict[str, Any] = {"type": ["string", "null"]}
_WHEN: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
_FORMAT: dict[str, Any] = {"type": "string", "enum": [word for word, _ in Endpoint.FORMATS]}
_WEBHOOK_SAYS: dict[str, Any] = {
    "id": NUMBER,
    "site": WORD,
    "name": WORD,
    "url": WORD,
    "events": listed({"type": "string", "enum": [one.value for one in Kind]}),
    "format": _FORMAT,
    "active": {"type": "boolean"},
    "secret_since": _WHEN,
    "old_secret_until": _WHEN,
    "registered_at": MOMENT,
    "registered_by": WORD,
    "paused_at": _WHEN,
    "paused_why": _SAID,
    "paused_by": {**_SAID, "description": "Null with a `paused_at`: it was paused by itself."},
    "ended_at": _WHEN,
    "health": an_object(
        waiting=NUMBER,
        parked=NUMBER,
        last_success_at=_WHEN,
        failing_since=_WHEN,
        rests_until=_WHEN,
    ),
}
_WEBHOOK: Final = an_object(**_WEBHOOK_SAYS)
_WITH_SECRET: Final = an_object(
    **_WEBHOOK_SAYS,
    secret={**_SAID, "description": "`whsec_…`; null where the same Idempotency-Key comes again."},
)
_DELIVERY: Final = an_object(
    id=NUMBER,
    webhook=NUMBER,
    message={"type": "string", "format": "uuid", "description": "The `webhook-id`."},
    type={"type": "string", "enum": [*(one.value for one in Kind), TEST_KIND]},
    state={"type": "string", "enum": [word for word, _ in Dispatch.STATES]},
    made_at=MOMENT,
    due_at={**_WHEN, "description": "Of one that waits."},
    done_at=_WHEN,
    tries={**NUMBER, "description": "Since it was last put in line."},
    attempts=listed(
        an_object(
            at=MOMENT,
            outcome={"type": "string", "enum": [one.value for one in Outcome]},
            status={"type": ["integer", "null"]},
            milliseconds=NUMBER,
            next_at=_WHEN,
        )
    ),
)
_AGAIN: Final = an_object(sent_again={**NUMBER, "description": "How many messages."})
_NO = {
    "s400": "The body is not JSON, or the address has parameters that are not known.",
    "s403": "Not for you: the sentence says why.",
    "s404": "No such webhook, or no such delivery.",
    "s409": "Not as things stand: the sentence says why.",
    "s422": "The content cannot be used: each place in the sentence of the page.",
}
_STALE = {"s412": "It has changed since it was read.", "s428": "If-Match is missing."}
_EXAMPLE = {
    "site": "edmonton",
    "name": "Trial office, Edmonton",
    "url": "https://integration.hospital.example/trialscreen",
    "events": [Kind.VERDICT_CHANGED.value, Kind.SIGNATURE_MADE.value, Kind.SIGNATURE_VOIDED.value],
    "format": "event",
}
_OWN = {"name": TEXT, "url": TEXT, "events": TEXTS, "format": TEXT}

NEW_WEBHOOK = Body({"site": TEXT, **_OWN}, ("site", *_OWN), _EXAMPLE)
WEBHOOK_CHANGE = Body(_OWN, (), {"events": _EXAMPLE["events"]})
NEW_SECRET = Body(
    {"overlap_hours": WHOLE, "reason": TEXT},
    ("overlap_hours", "reason"),
    {"overlap_hours": 24, "reason": "Yearly change"},
)
REASON = Body({"reason": TEXT}, ("reason",), {"reason": "The receiver is being replaced"})
NOTHING = Body({}, (), {})
SINCE = Body({"since": TEXT}, ("since",), {"since": "2026-11-25T08:00:00-07:00"})


def _reads(
    operation: str, summary: str, of: Any, *filters: tuple[str, str], many: bool = True
) -> Any:
    named = [asked(name, said, OpenApiTypes.STR) for name, said in filters]
    return {
        "operation_id": f"webhooks_{operation}",
        "summary": summary,
        "tags": ["webhooks"],
        "parameters": [*named, *PAGING] if many else [],
        "responses": {
            (200, "application/json"): page(of) if many else of,
            **refusals(s403=_NO["s403"], s404=_NO["s404"]),
        },
    }


def _acts(
    operation: str,
    summary: str,
    body: Body,
    gives: Any = _WEBHOOK,
    *,
    status: int = 200,
    version: bool = False,
) -> Any:
    told = _NO | (_STALE if version else {})
    return {
        "operation_id": f"webhooks_{operation}",
        "summary": summary,
        "tags": ["webhooks"],
        "parameters": [ONCE, IF_UNCHANGED] if version else [ONCE],
        "responses": {(status, "application/json"): gives, **refusals(**told)},
        **body.request,
    }


WEBHOOKS = _reads("list", "Webhooks", _WEBHOOK, ("site", "Of one site, by its code."))
REGISTER = _acts("register", "Register a webhook", NEW_WEBHOOK, _WITH_SECRET, status=201)
WEBHOOK = _reads("read", "One webhook", _WEBHOOK, many=False)
CHANGE = _acts("change", "Change a webhook", WEBHOOK_CHANGE, version=True)
ROTATE = _acts("rotate", "Another secret for a webhook", NEW_SECRET, _WITH_SECRET, version=True)
PAUSE = _acts("pause", "Pause a webhook", REASON, version=True)
RESUME = _acts("resume", "Resume a webhook", NOTHING, version=True)
END = _acts("end", "End a webhook", REASON, version=True)
TEST = _acts("test", "Send a test message", NOTHING, _DELIVERY, status=202)
DELIVERIES = _reads(
    "deliveries",
    "Deliveries of a webhook",
    _DELIVERY,
    ("state", "waiting, delivered, parked or dropped."),
)
REPLAY_SINCE = _acts(
    "replay_since", "Send again everything since a moment", SINCE, _AGAIN, status=202
)
REPLAY = _acts("replay", "Send one message again", NOTHING, _DELIVERY, status=202)
