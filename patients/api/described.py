"""What these addresses take and give, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from patients.api.inputs import ENTERED

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
IN_HEADERS = [
    OpenApiParameter(
        "Idempotency-Key",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        description="The same key and the same request: done once, answered alike.",
    ),
    OpenApiParameter(
        "If-Match",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        description="The record version that was read, as in ETag; 412 when it is stale.",
    ),
]
ABSENT = {"s404": "No such patient, or not at one of your sites."}
WRITING = {
    "s403": "Not for you.",
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
    created_at=MOMENT,
)
_ROW = an_object(
    id=NUMBER,
    source=TEXT,
    record=TEXT,
    since_version=NUMBER,
    superseded_version={"type": ["integer", "null"]},
    current={"type": "boolean"},
    fact={"type": "object", "description": "As reported, decimals as strings."},
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
_ENTER: dict[str, Any] = {
    "summary": "Enter one fact",
    "parameters": IN_HEADERS,
    "responses": {
        (201, "application/json"): an_object(
            record=TEXT,
            record_version=NUMBER,
            facts={"type": "object", "description": "What it was read as, by kind."},
        ),
        **refusals(**WRITING),
    },
}


def facts_of_a_kind(kind: str) -> Any:
    """The schema of a list of facts; the operation is named after the kind."""
    return extend_schema(
        operation_id=f"patients_{kind.replace('-', '_')}_list",
        summary=f"Facts: {kind.replace('-', ' ')}",
        parameters=[
            asked("current", "true: without the superseded.", OpenApiTypes.BOOL),
            *PAGING,
        ],
        responses={(200, "application/json"): page(_ROW), **refusals(**ABSENT)},
    )


def fact_of_a_kind(kind: str) -> Any:
    return extend_schema(
        operation_id=f"patients_{kind.replace('-', '_')}_read",
        summary=f"One fact: {kind.replace('-', ' ')}",
        responses={(200, "application/json"): _ROW, **refusals(**ABSENT)},
    )


def enter(kind: str) -> Any:
    named = f"patients_{kind.replace('-', '_')}_enter"
    return extend_schema(operation_id=named, request=ENTERED[kind][1], **_ENTER)
