"""What the addresses of local codes take and give, for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers

from eligibility.api.schemas import TEXT
from patients.api.described import MOMENT, NUMBER, ONCE, an_object, listed, page, refusals
from patients.api.inputs import StrictSerializer, StrictText
from patients.models import MapState

MOST_LINES = 5000
_MAYBE = {"type": ["string", "null"]}
_STATE = {"type": "string", "enum": list(MapState.values)}
_LINE = an_object(
    code=TEXT,
    system={"type": "string", "description": "Empty: the code is sent without one."},
    display=TEXT,
    target=TEXT,
    target_system=TEXT,
    meaning=TEXT,
    since={"type": "integer", "description": "The version since which it is read so."},
    comment=TEXT,
)
_LISTED: dict[str, Any] = {
    "number": NUMBER,
    "state": _STATE,
    "based_on": {"type": "integer", "description": "The version that was in force; 0: none was."},
    "digest": TEXT,
    "reason": TEXT,
    "by": TEXT,
    "at": MOMENT,
}
_COUNTS: dict[str, Any] = {"type": ["object", "null"], "description": "Null until it is counted."}
_WHOLE = an_object(
    **_LISTED,
    lines=listed(_LINE),
    changes=listed(an_object(system=TEXT, code=TEXT, display=TEXT, to=_MAYBE, **{"from": _MAYBE})),
    events=listed(an_object(to=_STATE, by=TEXT, at=MOMENT, reason=TEXT)),
    impact={
        "oneOf": [
            {"type": "null"},
            an_object(
                against=NUMBER,
                asked_at=MOMENT,
                asked_by=TEXT,
                finished_at=_MAYBE,
                sentences=listed(TEXT),
                counts=_COUNTS,
            ),
        ]
    },
)
_UNREAD = an_object(system=TEXT, code=TEXT, text=TEXT, about=TEXT, records=NUMBER, patients=NUMBER)


class LineInput(StrictSerializer):
    """A code of the hospital and the code of the dictionary that it means; without a target it is taken out."""

    system = StrictText(required=False, allow_blank=True)
    code = StrictText()
    display = StrictText(required=False, allow_blank=True)
    target_system = StrictText(required=False, allow_blank=True)
    target_code = StrictText(required=False, allow_blank=True)
    comment = StrictText(required=False, allow_blank=True)


class ProposalInput(StrictSerializer):
    """Lines that take the place of what the map says of their codes; all others stay."""

    lines = serializers.ListField(child=LineInput(), allow_empty=False, max_length=MOST_LINES)
    reason = StrictText(max_length=500)
    seen = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**31 - 1,
        help_text="The version that was read; refused where another one is there by now.",
    )


class StepInput(StrictSerializer):
    """Why, or what was reviewed and against what."""

    reason = StrictText(max_length=500)


class ImpactInput(StrictSerializer):
    """Nothing but the wish."""


_ABSENT = {"s404": "No such site or version, or not one of yours."}
_ACTS: dict[str, Any] = refusals(
    s400="The body is not JSON.",
    s403="Not for you: the sentence says why.",
    s409="Not now: the sentence says why.",
    s422="The content cannot be used.",
    **_ABSENT,
)
MAP: dict[str, Any] = {
    "operation_id": "local_codes_map",
    "summary": "The map of local codes in force at a site",
    "responses": {
        (200, "application/json"): an_object(version=NUMBER, lines=listed(_LINE)),
        **refusals(**_ABSENT),
    },
}
UNREAD: dict[str, Any] = {
    "operation_id": "local_codes_unread",
    "summary": "Codes on record that nothing reads, the most frequent first",
    "responses": {(200, "application/json"): page(_UNREAD), **refusals(**_ABSENT)},
}
VERSIONS: dict[str, Any] = {
    "operation_id": "local_codes_versions",
    "summary": "Versions of a site's map of local codes",
    "responses": {(200, "application/json"): page(an_object(**_LISTED)), **refusals(**_ABSENT)},
}
PROPOSE: dict[str, Any] = {
    "operation_id": "local_codes_propose",
    "summary": "Propose lines, as a person; others review and put in force",
    "parameters": [ONCE],
    "request": ProposalInput,
    "responses": {(201, "application/json"): _WHOLE, **_ACTS},
    "examples": [
        OpenApiExample(
            "One laboratory code",
            request_only=True,
            value={
                "reason": "Catalogue of the laboratory, November 2026",
                "lines": [
                    {
                        "system": "https://laboratory.invalid/codes",
                        "code": "LAB-NEUT",
                        "display": "Neutrophils, automated",
                        "target_system": "loinc",
                        "target_code": "751-8",
                    }
                ],
            },
        )
    ],
}
VERSION: dict[str, Any] = {
    "operation_id": "local_codes_version",
    "summary": "One version of a map: its lines, what differs, its steps, its impact",
    "responses": {(200, "application/json"): _WHOLE, **refusals(**_ABSENT)},
}


def step(name: str, summary: str, takes: type[StrictSerializer]) -> Callable[[Any], Any]:
    """The description of an address at which a version is brought on."""
    return extend_schema_view(
        post=extend_schema(
            operation_id=f"local_codes_{name}",
            summary=summary,
            parameters=[ONCE],
            request=takes,
            responses={(200, "application/json"): _WHOLE, **_ACTS},
        )
    )
