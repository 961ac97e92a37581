"""What the addresses of imports take and give, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from patients.api.described import (
    MOMENT,
    NUMBER,
    ONCE,
    PAGING,
    TEXT,
    Schema,
    an_object,
    asked,
    listed,
    page,
    refusals,
)
from patients.models import Import

_SAID: Schema = {"type": ["string", "null"]}
_WHEN: Schema = {**MOMENT, "type": ["string", "null"]}
IMPORT = an_object(
    id={"type": "string", "format": "uuid"},
    site=TEXT,
    source=TEXT,
    system=TEXT,
    kind={"type": "string", "enum": list(Import.Kind.values)},
    state={"type": "string", "enum": list(Import.State.values)},
    stopping={"type": "boolean"},
    sent_at=MOMENT,
    client=_SAID,
    by=_SAID,
    approved_at=_WHEN,
    approved_by=_SAID,
    ended_at=_WHEN,
    files=listed(an_object(name=TEXT, sha256=TEXT, size=NUMBER, columns=listed(TEXT))),
    received={**NUMBER, "description": "Lines; once done, stored + unchanged + refused."},
    stored=NUMBER,
    unchanged=NUMBER,
    refused=NUMBER,
    patients=NUMBER,
    ignored_columns=listed(TEXT),
    failure=TEXT,
    same_file_as={
        "type": ["string", "null"],
        "format": "uuid",
        "description": "The earlier import of the very same file.",
    },
)
_REFUSED = an_object(
    file=NUMBER,
    line=NUMBER,
    text=TEXT,
    faults=listed(an_object(column=TEXT, code=TEXT, detail=TEXT)),
    after_approval={"type": "boolean"},
)
_ABSENT = {"s404": "No such import, or not at one of your sites."}
_FILE: Schema = {"type": "string", "format": "binary"}
IMPORTS: dict[str, Any] = {
    "operation_id": "imports_list",
    "summary": "Imports of one's own sites, the latest first",
    "parameters": PAGING,
    "responses": {(200, "application/json"): page(IMPORT), **refusals(**_ABSENT)},
}
SEND: dict[str, Any] = {
    "operation_id": "imports_send",
    "summary": "Send a file of results (CSV) or of FHIR resources (NDJSON) to be checked",
    "description": "The body is the file, as it is or packed with gzip; or several files as multipart/form-data. "
    "What it is is told by its content. Nothing is stored before it is approved.",
    "parameters": [
        asked("site", "The code of one of your sites; needed where there are several."),
        asked("source", "The system whose patients they are. An API client is its own source."),
        asked("system", "Of CSV: the system of the numbers in patient_id."),
        asked("name", "What the file is called, to be shown."),
    ],
    "request": dict.fromkeys(("text/csv", "application/fhir+ndjson", "application/gzip"), _FILE),
    "responses": {
        (201, "application/json"): IMPORT,
        **refusals(
            s400="The body could not be received in full.",
            s403="Not for you.",
            s404="No such site.",
            s413="The file is too large.",
            s422="The file is none that is read; nothing of it was kept.",
        ),
    },
}
ONE: dict[str, Any] = {
    "operation_id": "imports_read",
    "summary": "Where an import stands, and its counts",
    "responses": {(200, "application/json"): IMPORT, **refusals(**_ABSENT)},
}
REJECTS: dict[str, Any] = {
    "operation_id": "imports_rejects",
    "summary": "The lines of an import that were refused, as they were sent, with every reason",
    "parameters": PAGING,
    "responses": {(200, "application/json"): page(_REFUSED), **refusals(**_ABSENT)},
}


def decide(what: str, said: str) -> dict[str, Any]:
    return {
        "operation_id": f"imports_{what}",
        "summary": said,
        "parameters": [ONCE],
        "request": None,
        "responses": {
            (200, "application/json"): IMPORT,
            **refusals(**_ABSENT, s403="Not for you.", s409="It is not the time for it."),
        },
    }
