"""What the addresses of versions take and give, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from eligibility.api.schemas import PROBLEM, TEXT, _list, _object, _one_of, _page
from eligibility.models import Signatures
from patients.api.described import ONCE
from patients.api.inputs import StrictSerializer, StrictText

MAYBE: dict[str, Any] = {"type": ["string", "null"]}
_STATES = ("draft", "returned", "reviewed", "published", "retired")
EVENT = _object(
    ("number", "act", "to", "at", "by", "reason"),
    number={"type": "integer", "description": "Within the trial, without gaps."},
    act=_one_of("set-up", "submit", "review", "send-back", "publish", "retire"),
    to=_one_of(*_STATES),
    at={"type": "string", "format": "date-time"},
    by=TEXT,
    reason=TEXT,
    signatures=_one_of("keep", "recheck", None),
    **{"from": _one_of(*_STATES, None)},
)
VERSION = _object(
    ("version", "digest", "state", "events"),
    version=TEXT,
    digest=TEXT,
    state=_one_of("not-submitted", *_STATES),
    events=_list(EVENT),
)
_PART = _object(
    (),
    part=TEXT,
    where={"type": "string", "description": "Of a value its place in the rule."},
    to=MAYBE,
    **{"from": MAYBE},
)
_CRITERION = _object(id=TEXT, title=TEXT, text_of_registry=TEXT, requirement=TEXT, logic=TEXT)
_END = _object(version=TEXT, digest=TEXT)
DIFFERENCES = _object(
    (),
    trial=TEXT,
    summary=TEXT,
    added=_list(_CRITERION),
    removed=_list(_CRITERION),
    changed=_list(_object(id=TEXT, title=TEXT, parts=_list(_PART))),
    policy=_list(_PART),
    title=_list(_PART),
    order_changed={"type": "boolean"},
    to=_END,
    **{"from": _END},
)


class SubmitInput(StrictSerializer):
    """Why a version is submitted."""

    reason = StrictText(max_length=1000)


class ReviewInput(StrictSerializer):
    """What was reviewed, and against what."""

    statement = StrictText(max_length=1000)


class SendBackInput(StrictSerializer):
    """Why a version is not to be published as it is."""

    reason = StrictText(max_length=1000)


class PublishInput(StrictSerializer):
    """Why a version is published, and what becomes of earlier signatures."""

    signatures = serializers.ChoiceField(choices=Signatures.choices)
    reason = StrictText(max_length=1000)


def _problem(status: int, said: str) -> dict[Any, OpenApiResponse]:
    return {(status, "application/problem+json"): OpenApiResponse(PROBLEM, description=said)}


_NOT_FOUND = _problem(404, "No such trial or version.")
LIST: dict[str, Any] = {
    "operation_id": "trial_versions_list",
    "summary": "Versions of the criteria",
    "responses": {(200, "application/json"): _page(VERSION), **_NOT_FOUND},
}
READ: dict[str, Any] = {
    "operation_id": "trial_versions_read",
    "summary": "One version, with its steps",
    "responses": {(200, "application/json"): VERSION, **_NOT_FOUND},
}
CHANGES: dict[str, Any] = {
    "operation_id": "trial_versions_changes",
    "summary": "What differs between two versions",
    "responses": {(200, "application/json"): DIFFERENCES, **_NOT_FOUND},
}
_NUMBERS: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "integer"}}
_COUNTS = _object(
    candidates={"type": "integer"},
    left_out={"type": "integer"},
    unchanged={"type": "integer"},
    standing={"type": "integer", "description": "Confirmed or signed under an earlier version."},
    becomes=_NUMBERS,
    criteria={"type": "object", "additionalProperties": _NUMBERS},
)
_IMPACT = _object(
    ("against", "asked_at", "asked_by", "finished_at", "sentence", "counts"),
    against=TEXT,
    asked_at=TEXT,
    asked_by=TEXT,
    finished_at=MAYBE,
    sentence=MAYBE,
    counts={
        "oneOf": [
            {"type": "null"},
            {
                **_COUNTS,
                "properties": {
                    **_COUNTS["properties"],
                    "sites": {"type": "object", "additionalProperties": _COUNTS},
                },
            },
        ]
    },
)
IMPACT: dict[str, Any] = {
    "operation_id": "trial_versions_impact",
    "summary": "What publishing a version would change, in numbers",
    "responses": {(200, "application/json"): _IMPACT, **_NOT_FOUND},
}
ASK_IMPACT: dict[str, Any] = {
    "operation_id": "trial_versions_ask_impact",
    "summary": "Have the impact of a version counted",
    "responses": {
        (202, "application/json"): _IMPACT,
        **_problem(403, "Not this person."),
        **_NOT_FOUND,
        **_problem(409, "Not in this state."),
    },
}
_SUMMARIES = {
    "submit": "Submit a version for review",
    "review": "Approve a version after review",
    "send_back": "Send a version back that is not published yet",
    "publish": "Publish a reviewed version",
}


def step(name: str) -> dict[str, Any]:
    return {
        "operation_id": f"trial_versions_{name}",
        "summary": _SUMMARIES[name],
        "parameters": [
            ONCE,
            OpenApiParameter(
                "If-Match",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                required=True,
                description="The ETag: the last step of any version of the trial that was read.",
            ),
        ],
        "responses": {
            (200, "application/json"): VERSION,
            **_problem(403, "Not this person."),
            **_NOT_FOUND,
            **_problem(409, "Not in this state."),
            **_problem(412, "Somebody else has done something since."),
            **_problem(
                422, "The body cannot be used; or the Idempotency-Key was used for another request."
            ),
            **_problem(428, "If-Match is missing."),
        },
    }
