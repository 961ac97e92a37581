"""What these addresses take and give, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from patients.actions.repeats import KEPT
from patients.api.kinds import WRITTEN
from patients.api.people import PersonCorrection, PersonInput

Schema = dict[str, Any]
Responses = dict[Any, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
PARTIAL: Schema = {"type": ["string", "null"], "description": "As reported; may be partial."}


class BearerScheme(OpenApiAuthenticationExtension):
    """OAuth 2.0 bearer tokens of clients and people."""

    target_class = "trialscreen.institution.authentication.BearerToken"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        return {"type": "http", "scheme": "bearer"}


def listed(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def an_object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def page(of: Schema) -> Schema:
    link: Schema = {"type": ["string", "null"], "format": "uri"}
    return an_object(next=link, previous=link, results=listed(of))


PROBLEM = an_object(type=TEXT, title=TEXT, status=NUMBER, detail=TEXT, instance=TEXT)
PROBLEM["properties"]["errors"] = listed(an_object(pointer=TEXT, code=TEXT, detail=TEXT))


def refusals(**said: str) -> Responses:
    """Problem documents by status, ``s404="…"``."""
    kind = "application/problem+json"
    return {
        (int(status[1:]), kind): OpenApiResponse(PROBLEM, description=text)
        for status, text in said.items()
    }


def asked(name: str, said: str, kind: OpenApiTypes = OpenApiTypes.STR) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=said)


PAGING = [
    asked("cursor", "Where the page begins, from next or previous."),
    asked("page_size", "50, at most 200.", OpenApiTypes.INT),
]
ONCE = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=f"The same key and the same request within {KEPT.days} days: done once, answered alike.",
)
IF_UNCHANGED = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="The record version that was read, as in ETag; 428 without it, 412 when it is stale.",
)
IN_HEADERS = [
    ONCE,
    OpenApiParameter(
        "If-Match",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        description="The record version that was read, as in ETag; 412 when it is stale.",
    ),
]
ABSENT = {"s404": "No such patient, or not at one of your sites."}
WRITING = {
    "s400": "The body is not JSON, or the address has parameters that are not known.",
    "s403": "Not for you.",
    "s409": "A request with the same Idempotency-Key is under way.",
    "s412": "The record has changed since it was read.",
    "s422": "The content cannot be used, or the key stands for another request.",
    **ABSENT,
}

_PATIENT = an_object(
    id={"type": "string", "format": "uuid"},
    site=TEXT,
    record_version=NUMBER,
    family_name=TEXT,
    given_name=TEXT,
    birth_date=PARTIAL,
    sex={"type": ["string", "null"], "enum": ["female", "male", None]},
    deceased={"type": ["object", "null"]},
    identifiers=listed(
        an_object(source=TEXT, system={"type": ["string", "null"]}, value=TEXT),
    ),
    same_person_as={
        "type": ["string", "null"],
        "format": "uuid",
        "description": "The patient as whom this one is recorded: read and screen that one.",
    },
    created_at=MOMENT,
)
CHANGING = {
    **WRITING,
    "s409": "The fact is superseded, withdrawn or not, or its record has no id at its source; "
    "or a request with the same Idempotency-Key is under way.",
    "s428": "If-Match is missing.",
}
_CHANGE: Schema = {
    **an_object(
        at=MOMENT,
        client={"type": ["string", "null"]},
        by={"type": ["string", "null"]},
        reason={"type": ["string", "null"]},
    ),
    "type": ["object", "null"],
    "description": "When, by which client, for or by whom, and why.",
}
_ROW = an_object(
    id=NUMBER,
    source=TEXT,
    record=TEXT,
    since_version=NUMBER,
    superseded_version={"type": ["integer", "null"]},
    current={"type": "boolean"},
    fact={"type": "object", "description": "As reported, decimals as strings."},
    recorded=_CHANGE,
    superseded=_CHANGE,
)

PATIENTS: dict[str, Any] = {
    "operation_id": "patients_list",
    "summary": "Patients of one's own sites",
    "parameters": [
        asked("site", "The code of one of your sites."),
        asked("search", "Parts of the name, or a whole identifier."),
        asked("identifier", "SYSTEM|VALUE, |VALUE of no system, VALUE of any."),
        *PAGING,
    ],
    "responses": {(200, "application/json"): page(_PATIENT), **refusals(s404="No such site.")},
}
PATIENT: dict[str, Any] = {
    "operation_id": "patients_read",
    "summary": "Who a patient is, and the version of the record",
    "responses": {(200, "application/json"): _PATIENT, **refusals(**ABSENT)},
}
REGISTER: dict[str, Any] = {
    "operation_id": "patients_register",
    "summary": "Make a patient who is not known yet",
    "parameters": [
        asked("site", "The code of one of your sites; needed where there are several."),
        ONCE,
    ],
    "request": PersonInput,
    "responses": {
        (201, "application/json"): _PATIENT,
        **refusals(
            **WRITING
            | {"s404": "No such site.", "s409": "An identifier is that of a patient of the site."}
        ),
    },
}
CORRECT_PATIENT: dict[str, Any] = {
    "operation_id": "patients_correct",
    "summary": "Correct who a patient is",
    "description": "What is named is different from now on, null takes it away, and identifiers are added.",
    "parameters": [ONCE, IF_UNCHANGED],
    "request": PersonCorrection,
    "responses": {(200, "application/json"): _PATIENT, **refusals(**CHANGING)},
}
_WRITTEN = an_object(
    record=TEXT,
    records=listed(TEXT),
    record_version=NUMBER,
    facts={
        "type": "object",
        "description": "What they are read as now, by kind.",
        "additionalProperties": listed(_ROW),
    },
)
_ENTER: dict[str, Any] = {
    "summary": "Enter one fact",
    "parameters": IN_HEADERS,
    "responses": {(201, "application/json"): _WRITTEN, **refusals(**WRITING)},
}
_CHANGED: dict[str, Any] = {
    "parameters": [ONCE, IF_UNCHANGED],
    "responses": {(200, "application/json"): _WRITTEN, **refusals(**CHANGING)},
}


def facts_of_a_kind(kind: str) -> Any:
    """The schema of a list of facts; the operation is named after the kind."""
    return extend_schema(
        operation_id=f"{_named(kind)}_list",
        summary=f"Facts: {kind.replace('-', ' ')}",
        parameters=[
            asked("current", "true: without the superseded.", OpenApiTypes.BOOL),
            *PAGING,
        ],
        responses={(200, "application/json"): page(_ROW), **refusals(**ABSENT)},
    )


def fact_of_a_kind(kind: str) -> Any:
    return extend_schema(
        operation_id=f"{_named(kind)}_read",
        summary=f"One fact: {kind.replace('-', ' ')}",
        responses={(200, "application/json"): _ROW, **refusals(**ABSENT)},
    )


def fact_history(kind: str) -> Any:
    return extend_schema(
        operation_id=f"{_named(kind)}_history",
        summary=f"What the record of a fact said from version to version: {kind.replace('-', ' ')}",
        parameters=PAGING,
        responses={(200, "application/json"): page(_ROW), **refusals(**ABSENT)},
    )


def enter(kind: str) -> Any:
    named = f"{_named(kind)}_enter"
    return extend_schema(operation_id=named, request=WRITTEN[kind].reads, **_ENTER)


def correct(kind: str) -> Any:
    return extend_schema(
        operation_id=f"{_named(kind)}_correct",
        summary="Correct one fact",
        description="What is named is different from now on, null takes it away; the old value stays readable.",
        request=WRITTEN[kind].corrects,
        **_CHANGED,
    )


def withdraw(kind: str, request: Any) -> Any:
    return extend_schema(
        operation_id=f"{_named(kind)}_withdraw",
        summary="Withdraw the record of a fact",
        request=request,
        **_CHANGED,
    )


def reinstate(kind: str, request: Any) -> Any:
    return extend_schema(
        operation_id=f"{_named(kind)}_reinstate",
        summary="Let a withdrawn record count again",
        request=request,
        **_CHANGED,
    )


def _named(kind: str) -> str:
    return f"patients_{kind.replace('-', '_')}"
